//! Fetching workers' scripts: <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-script> and
//! <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script>.

use fetch::http_extensions::content_type::extract_mime_type;
use fetch::schemes::is_http;
use fetch::{
    BodyStream, CredentialsMode, Destination, NetworkError, NetworkErrorKind, ParserMetadata, Request,
    RequestMode, Response, ResponseHead, ResponseType, Url,
};
use futures::TryStreamExt;

use crate::bindings::dictionaries::WorkerOptions;
use crate::bindings::enums::WorkerType;
use crate::webidl::*;

/// A script's source, and what came with it.
pub(super) struct WorkerScript {
    /// The head of the [unsafe response](https://fetch.spec.whatwg.org/#unsafe-response).
    pub(super) head: ResponseHead,
    /// The response's URL.
    pub(super) url: Url,
    /// The text.
    pub(super) source: String,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#muted-errors>
    pub(super) muted_errors: bool,
}

/// The request of [fetch a classic worker script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-script),
/// step 1, or of [fetch a module worker script graph](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree);
/// `global` is that of the outside settings.
pub(super) fn worker_script_request(
    global: &GlobalScope,
    url: Url,
    destination: Destination,
    options: &WorkerOptions,
) -> Request {
    let mut request = global.new_request(url);
    request.destination = destination;
    request.mode = RequestMode::SameOrigin;
    request.parser_metadata = ParserMetadata::NotParserInserted;
    match options.type_ {
        WorkerType::Classic => {
            request.credentials = CredentialsMode::SameOrigin;
            request.use_url_credentials = true;
        }
        WorkerType::Module => request.credentials = options.credentials.into(),
    }
    request
}

/// The request of [fetch a classic worker-imported script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script),
/// step 2.
pub(super) fn imported_script_request(global: &GlobalScope, url: Url) -> Request {
    let mut request = global.new_request(url);
    request.destination = Destination::Script;
    request.parser_metadata = ParserMetadata::NotParserInserted;
    request.use_url_credentials = true;
    request
}

/// Fetch a classic worker script, steps 2.1 to 2.5.
pub(super) async fn load_worker_script(
    response: Result<Response, NetworkError>,
) -> Result<WorkerScript, NetworkError> {
    // 2.3. What came over HTTP has to say that it is JavaScript.
    load(response, is_http).await
}

/// [Fetch a single module script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script),
/// steps 13.1 to 13.4, of a worker's own.
pub(super) async fn load_module_worker_script(
    response: Result<Response, NetworkError>,
) -> Result<WorkerScript, NetworkError> {
    load(response, |_| true).await
}

/// Fetch a classic worker-imported script, steps 5 to 8.
pub(super) async fn load_imported_script(
    response: Result<Response, NetworkError>,
) -> Result<WorkerScript, NetworkError> {
    // 6. Whatever it came over.
    load(response, |_| true).await
}

async fn load(
    response: Result<Response, NetworkError>,
    needs_type: impl Fn(&Url) -> bool,
) -> Result<WorkerScript, NetworkError> {
    let response = response?;
    // The page may not see it, we may.
    let head = response.internal_head().clone();
    let muted_errors = response.head.response_type == ResponseType::Opaque;
    let failure = |message: String| NetworkError::new(NetworkErrorKind::Protocol, message);
    let url = head.url().cloned().ok_or_else(|| failure("a response without a URL".into()))?;
    // Only a good one,
    if !head.ok() {
        let message = format!("the server answered {} {}", head.status, head.status_message);
        return Err(failure(message.trim_end().to_owned()));
    }
    // of the right type.
    let mime_type = extract_mime_type(&head.headers);
    if needs_type(&url) && !mime_type.as_ref().is_some_and(|mime_type| mime_type.is_javascript()) {
        let mime_type = mime_type.map_or("no type".into(), |mime_type| mime_type.essence());
        return Err(failure(format!("it is not JavaScript, but of {mime_type}")));
    }
    // Always UTF-8.
    let body = read(response.body).await?;
    let (source, _) = encoding_rs::UTF_8.decode_with_bom_removal(&body);
    Ok(WorkerScript { head, url, source: source.into_owned(), muted_errors })
}

async fn read(body: Option<BodyStream>) -> Result<Vec<u8>, NetworkError> {
    let mut bytes = Vec::new();
    if let Some(mut body) = body {
        while let Some(chunk) = body.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}
