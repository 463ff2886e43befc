//! Loading scripts over the network.

use bytes::{Bytes, BytesMut};
use fetch::{
    CacheMode, CredentialsMode, Destination, FetchParams, NetworkError, NetworkErrorKind, ParserMetadata,
    RedirectMode, Referrer, Request, RequestMode, ResponseHead, ResponseType, ServiceWorkersMode, StorageKey,
};
use futures::StreamExt;
use url::Url;

use super::jobs::JobClient;
use super::{Manager, policy};
use crate::{ScriptImport, ScriptResource, WorkerType};

/// A script's response, whole.
pub(super) struct LoadedScript {
    /// The [unsafe response](https://fetch.spec.whatwg.org/#unsafe-response)'s head.
    pub head: ResponseHead,
    /// Whether the page's own origin may not look into it.
    pub is_opaque: bool,
    pub body: Bytes,
}

/// Why a script could not be loaded.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error("the script is longer than {0} bytes")]
    TooLong(usize),
}

impl LoadError {
    /// Whether it is a redirect that was not followed.
    pub fn is_redirect(&self) -> bool {
        matches!(self, LoadError::Network(error) if error.kind == NetworkErrorKind::Redirect)
    }
}

impl Manager {
    /// Fetches a script and reads it whole.
    pub(super) async fn load_script(&self, request: Request) -> Result<LoadedScript, LoadError> {
        let response = self.hosts.network.fetch(FetchParams::new(request)).await?;
        let limit = self.config.max_script_bytes;
        let head = response.internal_head().clone();
        let is_opaque = response.head.response_type == ResponseType::Opaque;
        let mut body = BytesMut::new();
        let mut stream = response.body;
        while let Some(chunk) = match stream.as_mut() {
            Some(stream) => stream.next().await,
            None => None,
        } {
            let chunk = chunk?;
            if body.len() + chunk.len() > limit {
                return Err(LoadError::TooLong(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(LoadedScript { head, is_opaque, body: body.freeze() })
    }
}

impl LoadedScript {
    /// Whether its MIME type is a
    /// [JavaScript MIME type](https://mimesniff.spec.whatwg.org/#javascript-mime-type).
    pub fn is_javascript(&self) -> bool {
        policy::is_javascript(&self.head)
    }

    /// The script as the map keeps it, by the request's URL.
    pub fn into_resource(self, url: Url) -> ScriptResource {
        ScriptResource {
            response_url: self.head.url().unwrap_or(&url).clone(),
            url,
            status: self.head.status,
            headers: self.head.headers,
            body: self.body,
            muted_errors: self.is_opaque,
        }
    }
}

/// The request of [fetch a classic worker script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-script)
/// or [fetch a module worker script graph](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree)
/// for a service worker's own script.
pub(super) fn worker_script_request(
    url: Url,
    worker_type: WorkerType,
    client: Option<&JobClient>,
    storage_key: &StorageKey,
) -> Request {
    let mut request = request_of(url, client, storage_key);
    if worker_type == WorkerType::Module {
        set_module(&mut request);
    }
    request.destination = Destination::ServiceWorker;
    request.mode = RequestMode::SameOrigin;
    // <https://w3c.github.io/ServiceWorker/#update-algorithm>, the fetch hook: the header that servers see.
    request.headers.append("Service-Worker", "script");
    request.redirect = RedirectMode::Error;
    request
}

/// The request of [fetch a classic worker-imported script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script)
/// or [fetch a single module script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script).
pub(super) fn imported_script_request(
    url: Url,
    import: &ScriptImport,
    client: Option<&JobClient>,
    storage_key: &StorageKey,
) -> Request {
    let mut request = request_of(url, client, storage_key);
    match import {
        ScriptImport::Classic => request.destination = Destination::Script,
        ScriptImport::Module { is_json, referrer, referrer_policy } => {
            set_module(&mut request);
            request.destination = if *is_json { Destination::Json } else { Destination::ServiceWorker };
            request.mode = RequestMode::Cors;
            request.referrer = Referrer::Url(referrer.clone());
            request.referrer_policy = *referrer_policy;
            // <https://w3c.github.io/ServiceWorker/#update-algorithm>, the fetch hook: for all of the graph.
            request.headers.append("Service-Worker", "script");
        }
    }
    request
}

/// The [script fetch options](https://html.spec.whatwg.org/multipage/webappapis.html#script-fetch-options) of a module
/// service worker.
///
/// NB: the standard says "same-origin" for the credentials; web-platform-tests want none, as browsers do.
fn set_module(request: &mut Request) {
    request.credentials = CredentialsMode::Omit;
    request.use_url_credentials = false;
}

/// What the two have in common, for a registration with this storage key.
fn request_of(url: Url, client: Option<&JobClient>, storage_key: &StorageKey) -> Request {
    let mut request = match client {
        Some(client) => Request::for_client(url, client.environment.clone(), client.policy_container.clone()),
        // A soft update has no client: the worker's own origin asks.
        None => {
            let mut request = Request::new(url, storage_key.0.clone());
            request.referrer = Referrer::NoReferrer;
            request
        }
    };
    request.parser_metadata = ParserMetadata::NotParserInserted;
    request.use_url_credentials = true;
    request.service_workers_mode = ServiceWorkersMode::None;
    request
}

/// Has the HTTP cache validated first, if `condition` holds.
pub(super) fn set_no_cache(request: &mut Request, condition: bool) {
    if condition {
        request.cache = CacheMode::NoCache;
    }
}
