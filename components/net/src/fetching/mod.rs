//! Fetching (<https://fetch.spec.whatwg.org/#fetching>), a file per algorithm.

mod cors_preflight_fetch;
mod http_fetch;
mod http_network_fetch;
mod http_network_or_cache_fetch;
mod http_redirect_fetch;
mod keepalive;
mod main_fetch;
mod message;
mod scheme_fetch;
pub(crate) mod web_socket;

use std::sync::{Arc, Mutex, PoisonError};

use fetch::{
    Destination, FetchParams, HandleFetch, Initiator, NetworkError, OnBodySent, OnCspViolation, Request,
    Response,
};

pub(crate) use keepalive::InflightKeepalive;

use crate::service::Shared;

/// The [document `Accept` header value](https://fetch.spec.whatwg.org/#document-accept-header-value).
const DOCUMENT_ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// One fetch: the spec's fetch params.
pub(crate) struct Fetch {
    shared: Arc<Shared>,
    request: Request,
    on_body_sent: Option<OnBodySent>,
    on_csp_violation: Option<OnCspViolation>,
    handle_fetch: Option<Arc<dyn HandleFetch>>,
    is_navigation: bool,
    limit_keepalive: bool,
    decode: bool,
    /// Whether a hop went through CORS's preflight.
    made_cors_preflight: bool,
    /// The connection that became a WebSocket's. (It is no one's to look at but the owner's.)
    upgraded: Mutex<Option<hyper::upgrade::Upgraded>>,
}

/// What a hop came to.
enum Hop {
    /// A response.
    End(Response),
    /// A redirect that is to be followed.
    Redirect(Response),
}

impl Fetch {
    pub(crate) fn new(shared: Arc<Shared>, params: FetchParams) -> Self {
        let FetchParams {
            request,
            on_body_sent,
            on_csp_violation,
            handle_fetch,
            is_navigation,
            limit_keepalive,
            decode,
        } = params;
        Fetch {
            shared,
            request,
            on_body_sent,
            on_csp_violation,
            handle_fetch,
            is_navigation,
            limit_keepalive,
            decode,
            made_cors_preflight: false,
            upgraded: Mutex::default(),
        }
    }

    /// The connection, where a request in mode "websocket" was answered with 101.
    fn take_upgraded(&mut self) -> Option<hyper::upgrade::Upgraded> {
        self.upgraded.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// <https://fetch.spec.whatwg.org/#concept-fetch>
    pub(crate) async fn fetch(mut self) -> Result<Response, NetworkError> {
        // 1.–10. Our requests are made with what the spec takes from the client; FIXME(spec): preloads.
        // 11. Accept, by destination.
        if !self.request.headers.contains("Accept") {
            let value = match self.request.destination {
                _ if self.request.initiator == Initiator::Prefetch => DOCUMENT_ACCEPT,
                Destination::Document | Destination::Frame | Destination::IFrame => DOCUMENT_ACCEPT,
                Destination::Image => "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
                Destination::Json => "application/json,*/*;q=0.5",
                Destination::Style => "text/css,*/*;q=0.1",
                Destination::Text => "text/plain,*/*;q=0.5",
                _ => "*/*",
            };
            self.request.headers.append("Accept", value);
        }
        // 12.–13. Accept-Language.
        if !self.request.headers.contains("Accept-Language") {
            let languages = self.shared.config.accept_language.as_str();
            self.request.headers.append("Accept-Language", languages);
        }
        // 16. Main fetch; 17. the future and the body are our controller.
        self.main_fetch().await
    }
}
