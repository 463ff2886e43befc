//! The one door to the network.

use std::fmt;
use std::sync::Arc;

use crate::csp::CspViolation;
use crate::{HandleFetch, NetworkError, NetworkErrorKind, Request, Response, WebSocketConnection};

/// A boxed future that can be sent to other threads.
pub type BoxFuture<'a, T> = futures::future::BoxFuture<'a, T>;

/// Called with the number of bytes of the request's body that were handed to the transport since the last call.
/// A redirect that sends the body again is counted again (SD-22).
pub type OnBodySent = Arc<dyn Fn(u64) + Send + Sync>;

/// Called with the Content Security Policy violations of the request, enforced and report-only ones, so that the
/// client can be told (<https://w3c.github.io/webappsec-csp/#report-violation>).
pub type OnCspViolation = Arc<dyn Fn(Vec<CspViolation>) + Send + Sync>;

/// Something that can [fetch](https://fetch.spec.whatwg.org/#concept-fetch).
///
/// All of Fetch's policy is applied behind this call: CSP, mixed content, bad ports, CORS with its preflight,
/// redirects, response filtering. The caller gets a response as its mode allows it, or an error.
pub trait Network: Send + Sync {
    /// Starts a fetch. The future resolves at the final response's head; the body streams after that.
    /// Dropping the future, or the body, ends the transfer.
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>>;

    /// [Establishes a WebSocket connection](https://websockets.spec.whatwg.org/#concept-websocket-establish) to the
    /// URL of the request, which is a `ws:` or `wss:` one, with these subprotocols. All else of the request that is not
    /// its client's is set by the algorithm.
    ///
    /// Dropping the future ends it. A network need not have WebSockets.
    fn connect_web_socket(
        &self,
        params: FetchParams,
        protocols: Vec<String>,
    ) -> BoxFuture<'static, Result<WebSocketConnection, NetworkError>> {
        let _ = (params, protocols);
        let error = NetworkError::new(NetworkErrorKind::UnsupportedScheme, "this network has no WebSockets");
        Box::pin(std::future::ready(Err(error)))
    }
}

/// What [`Network::fetch`] is given
/// (of Fetch's [fetch params](https://fetch.spec.whatwg.org/#fetch-params), what crosses this border).
#[derive(Clone)]
pub struct FetchParams {
    /// The request.
    pub request: Request,
    /// Process request body chunk length.
    pub on_body_sent: Option<OnBodySent>,
    /// Report a violation.
    pub on_csp_violation: Option<OnCspViolation>,
    /// Who is asked for a response before the network is, where the request's service-workers mode is "all".
    pub handle_fetch: Option<Arc<dyn HandleFetch>>,
    /// Whether it is HTML's navigation that fetches: only that takes a request whose redirect mode is "manual" from one
    /// redirect to the next.
    pub is_navigation: bool,
    /// Whether the 64 KiB that a client's `keepalive` requests may have in flight hold for this one
    /// (<https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>). Not for a background fetch (SD-20).
    pub limit_keepalive: bool,
    /// Whether content codings (gzip, …) are decoded. Where not, no coding is asked for either, and the body is
    /// whatever the server sent.
    pub decode: bool,
}

impl FetchParams {
    /// A fetch of `request` with content decoding.
    pub fn new(request: Request) -> Self {
        FetchParams {
            request,
            on_body_sent: None,
            on_csp_violation: None,
            handle_fetch: None,
            is_navigation: false,
            limit_keepalive: true,
            decode: true,
        }
    }
}

impl fmt::Debug for FetchParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchParams")
            .field("request", &self.request)
            .field("decode", &self.decode)
            .finish_non_exhaustive()
    }
}
