//! Fetching classic scripts: <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-script>.

use encoding_rs::Encoding;
use fetch::http_extensions::content_type::{extract_mime_type, legacy_extract_encoding};
use fetch::{
    CredentialsMode, Destination, NetworkError, NetworkErrorKind, ParserMetadata, ReferrerPolicy,
    RequestMode, Response, ResponseType, Url,
};
use futures::TryStreamExt;

use super::{ScriptResult, SourceText};
use crate::dom::performance_timeline::start_fetch;
use crate::embedder::{AgentEvent, ErrorKind, ErrorReport};
use crate::runtime::module_script::Referrer;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute>
#[derive(Clone, Copy, Debug)]
pub(crate) enum CorsSetting {
    /// No CORS.
    NoCors,
    /// CORS with this credentials mode.
    Cors(CredentialsMode),
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#script-fetch-options>, and the encoding.
#[derive(Clone, Debug)]
pub(crate) struct ScriptFetchOptions {
    pub(crate) cors: CorsSetting,
    pub(crate) nonce: String,
    pub(crate) integrity: String,
    pub(crate) parser_metadata: ParserMetadata,
    pub(crate) referrer_policy: ReferrerPolicy,
    /// For a script that does not say.
    pub(crate) fallback_encoding: &'static Encoding,
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-script>; `on_complete` runs in a task.
pub(crate) fn fetch_classic_script(
    global: &GlobalScope,
    url: Url,
    options: ScriptFetchOptions,
    on_complete: impl FnOnce(&mut JSContext, ScriptResult) + Send + 'static,
) {
    // 1. <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request>
    let mut request = global.new_request(url.clone());
    request.destination = Destination::Script;
    (request.mode, request.credentials) = match options.cors {
        CorsSetting::NoCors => (RequestMode::NoCors, CredentialsMode::Include),
        CorsSetting::Cors(credentials) => (RequestMode::Cors, credentials),
    };
    request.use_url_credentials = true;
    // 3. <https://html.spec.whatwg.org/multipage/webappapis.html#set-up-the-classic-script-request>
    let nonce = options.nonce;
    request.cryptographic_nonce_metadata.clone_from(&nonce);
    request.integrity = options.integrity;
    request.parser_metadata = options.parser_metadata;
    request.referrer_policy = options.referrer_policy;
    // 4. Fetch it, with all of its body.
    let tasks = global.task_sender();
    let fetching = start_fetch(global, request, "script");
    let fallback = options.fallback_encoding;
    // What it imports is fetched alike.
    let mut referrer = Referrer::with_default_options(url.clone());
    referrer.nonce = nonce;
    referrer.parser_metadata = options.parser_metadata;
    referrer.referrer_policy = options.referrer_policy;
    if let CorsSetting::Cors(credentials) = options.cors {
        referrer.credentials = credentials;
    }
    global.spawn(async move {
        let outcome = load(fetching.await, fallback, referrer).await;
        tasks.post(
            TaskSource::Networking,
            Box::new(move |cx, global| {
                let result = match outcome {
                    Ok(source) => ScriptResult::Classic(Box::new(source)),
                    Err(error) => {
                        report_failure(global, &url, &error);
                        ScriptResult::Null
                    }
                };
                on_complete(cx, result);
            }),
        );
    });
}

/// Step 4's processResponseConsumeBody.
async fn load(
    response: Result<Response, NetworkError>,
    fallback: &'static Encoding,
    referrer: Referrer,
) -> Result<SourceText, NetworkError> {
    let response = response?;
    // 1. The page may not see it, we may.
    let head = response.internal_head().clone();
    let muted_errors = response.head.response_type == ResponseType::Opaque;
    let url = head.url().cloned();
    // 2. Only a good one.
    if !head.ok() {
        let message = format!("the server answered {} {}", head.status, head.status_message);
        return Err(NetworkError::new(NetworkErrorKind::Protocol, message.trim_end()));
    }
    let mut bytes = Vec::new();
    if let Some(mut body) = response.body {
        while let Some(chunk) = body.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
    }
    // 3 and 4. The encoding; a byte order mark has the say.
    let mime_type = extract_mime_type(&head.headers);
    let encoding = legacy_extract_encoding(mime_type.as_ref(), fallback);
    let (text, _, _) = encoding.decode(&bytes);
    // 5 and 6. The script.
    let url = url.ok_or_else(|| NetworkError::new(NetworkErrorKind::Internal, "a response without a URL"))?;
    let referrer = Referrer { base_url: url.clone(), ..referrer };
    Ok(SourceText { text: text.into_owned(), url, line: 1, muted_errors, referrer })
}

/// Tells the embedder that a script could not be loaded.
pub(crate) fn report_failure(global: &GlobalScope, url: &Url, error: &NetworkError) {
    global.tell(AgentEvent::Error(ErrorReport {
        kind: ErrorKind::Load,
        message: format!("the script {url} could not be loaded: {error}"),
        filename: url.to_string(),
        line: 0,
        column: 0,
        stack: None,
    }));
}
