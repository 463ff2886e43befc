//! <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script>

use encoding_rs::UTF_8;
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{Destination, NetworkError, NetworkErrorKind, ReferrerPolicy, RequestMode, Response, Url};
use futures::TryStreamExt;
use service_worker::ScriptImport;

use super::map::{Fetched, ModuleWaiter};
use crate::dom::html::scripting::fetch_script::report_failure;
use crate::dom::performance_timeline::start_fetch;
use crate::dom::service_workers::ServiceWorkerGlobalScope;
use crate::dom::streams::promises::exception_value;
use crate::runtime::module_script::{ModuleKind, Referrer, compile_json_module, compile_module};
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// Which module to fetch, and how.
#[derive(Clone, Debug)]
pub(crate) struct ModuleRequest {
    /// Its URL.
    pub(crate) url: Url,
    /// What it has to be.
    pub(crate) kind: ModuleKind,
    /// The request's destination.
    pub(crate) destination: Destination,
    /// The integrity metadata.
    pub(crate) integrity: String,
    /// The request's referrer.
    pub(crate) referrer: fetch::Referrer,
    /// The script fetch options. (Their base URL is of no use here: a module's is its own URL.)
    pub(crate) options: Referrer,
}

/// A module's text, and what the response said of it.
struct Source {
    text: String,
    url: Url,
    referrer_policy: ReferrerPolicy,
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script>
pub(crate) fn fetch_a_single_module_script(
    cx: &mut JSContext,
    global: &GlobalScope,
    request: ModuleRequest,
    waiter: impl ModuleWaiter + 'static,
) {
    // 2 to 6. It is there, or on its way.
    if !global.module_map().wait(cx, global, &request.url, request.kind, waiter) {
        return;
    }
    // 13. "Perform the fetch" of service workers.
    if let Some(worker) = global.downcast::<ServiceWorkerGlobalScope>() {
        return fetch_for_service_worker(worker, request);
    }
    let ModuleRequest { url, kind, destination, integrity, referrer, options } = request;
    // 7 to 12. The request.
    let mut request = global.new_request(url.clone());
    request.destination = destination;
    request.mode = RequestMode::Cors;
    request.credentials = options.credentials;
    request.referrer = referrer;
    request.cryptographic_nonce_metadata.clone_from(&options.nonce);
    request.integrity = integrity;
    request.parser_metadata = options.parser_metadata;
    request.referrer_policy = options.referrer_policy;
    // 13. Fetch it, with all of its body.
    let tasks = global.task_sender();
    let fetching = start_fetch(global, request, "script");
    global.spawn(async move {
        let outcome = load(fetching.await, kind).await;
        fetched(&tasks, url, kind, options, outcome);
    });
}

/// A module of a service worker's graph: its manager has it, or fetches it.
fn fetch_for_service_worker(worker: &ServiceWorkerGlobalScope, request: ModuleRequest) {
    let ModuleRequest { url, kind, options, .. } = request;
    let tasks = worker.upcast::<GlobalScope>().task_sender();
    let import = ScriptImport::Module {
        is_json: kind == ModuleKind::Json,
        referrer: options.base_url.clone(),
        referrer_policy: options.referrer_policy,
    };
    worker.import_script(url.clone(), import, move |script| {
        let outcome = match script {
            Ok(script) => Ok(Source::new(
                &script.body,
                script.response_url.clone(),
                ReferrerPolicy::parse_header(&script.headers),
            )),
            Err(error) => Err(NetworkError::new(NetworkErrorKind::Internal, error.to_string())),
        };
        fetched(&tasks, url, kind, options, outcome);
    });
}

/// The module is there, or will never be: a task tells those who wait for it.
fn fetched(
    tasks: &TaskSender,
    url: Url,
    kind: ModuleKind,
    options: Referrer,
    outcome: Result<Source, NetworkError>,
) {
    tasks.post(
        TaskSource::Networking,
        Box::new(move |cx, global| {
            let fetched = match outcome {
                Ok(source) => create(cx, global, source, kind, options),
                Err(error) => {
                    report_failure(global, &url, &error);
                    Fetched::Null
                }
            };
            global.module_map().set(cx, global, &url, kind, &fetched);
        }),
    );
}

/// Steps 13.1 to 13.4.
async fn load(response: Result<Response, NetworkError>, kind: ModuleKind) -> Result<Source, NetworkError> {
    let response = response?;
    let head = response.head;
    // 1. Only a good one.
    if !head.ok() {
        let message = format!("the server answered {} {}", head.status, head.status_message);
        return Err(NetworkError::new(NetworkErrorKind::Protocol, message.trim_end()));
    }
    // 2 and 4 to 7. Of the right type.
    let mime_type = extract_mime_type(&head.headers);
    let fits = mime_type.as_ref().is_some_and(|mime_type| match kind {
        ModuleKind::JavaScript => mime_type.is_javascript(),
        ModuleKind::Json => mime_type.is_json(),
    });
    if !fits {
        let what = mime_type.map_or_else(|| "no type".to_owned(), |mime_type| mime_type.essence());
        let message = format!("a module can't be of the type {what}");
        return Err(NetworkError::new(NetworkErrorKind::Blocked(fetch::BlockReason::MimeType), message));
    }
    let referrer_policy = ReferrerPolicy::parse_header(&head.headers);
    let url = head.url().cloned();
    let url = url.ok_or_else(|| NetworkError::new(NetworkErrorKind::Internal, "a response without a URL"))?;
    let mut bytes = Vec::new();
    if let Some(mut body) = response.body {
        while let Some(chunk) = body.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(Source::new(&bytes, url, referrer_policy))
}

impl Source {
    fn new(bytes: &[u8], url: Url, referrer_policy: ReferrerPolicy) -> Source {
        // 3. Always UTF-8.
        let (text, _) = UTF_8.decode_with_bom_removal(bytes);
        Source { text: text.into_owned(), url, referrer_policy }
    }
}

/// Steps 13.5 to 13.7: the module script.
fn create(
    cx: &mut JSContext,
    global: &GlobalScope,
    source: Source,
    kind: ModuleKind,
    options: Referrer,
) -> Fetched {
    let created = match kind {
        ModuleKind::JavaScript => {
            // What it imports in turn follows the policy that came with it.
            let referrer_policy = match source.referrer_policy {
                ReferrerPolicy::Empty => options.referrer_policy,
                policy => policy,
            };
            let referrer = Referrer { base_url: source.url.clone(), referrer_policy, ..options };
            compile_module(cx, &source.text, &source.url, 1, &referrer)
        }
        ModuleKind::Json => compile_json_module(cx, &source.text, &source.url),
    };
    match created {
        Ok(module) => Fetched::Module(module),
        Err(error) => Fetched::ParseError(exception_value(cx, global, error)),
    }
}
