//! How a page gets its document: <https://html.spec.whatwg.org/multipage/browsing-the-web.html#navigate>, for the one
//! navigation that a page has.

use std::rc::Rc;
use std::sync::Arc;

use encoding_rs::Encoding;
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::mime_type::MimeType;
use fetch::{
    BodyStream, Bytes, CredentialsMode, CspList, Destination, FetchParams, NetworkError, Origin,
    PolicyContainer, Referrer, ReferrerPolicy, Request, RequestMode, ResponseHead, Url,
};
use futures::TryStreamExt;

use super::global_scope::EnvironmentSettings;
use super::parsing::parser::DocumentParser;
use super::window::Window;
use crate::embedder::{AgentEvent, ErrorKind, ErrorReport, Hosts};
use crate::runtime::agent::{Agent, Setup};
use crate::runtime::pending::PendingOperation;
use crate::runtime::task_queue::TaskQueue;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// A page's first task: fetch the document at `url`, then show it.
pub(crate) fn navigate(url: Url) -> Setup {
    Box::new(move |cx, agent| {
        if url.as_str() == "about:blank" {
            // <https://html.spec.whatwg.org/multipage/document-sequences.html#creating-a-new-browsing-context>
            let settings = EnvironmentSettings::new(url, PolicyContainer::default());
            let window = start_document(cx, agent, settings, "text/html", None);
            end_document(cx, &window);
            return;
        }
        fetch_document(agent, url);
    })
}

/// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching>
fn fetch_document(agent: &Agent, url: Url) {
    // 3. The request. No page asks for this one.
    let mut request = Request::new(url.clone(), Origin::of(&url));
    request.destination = Destination::Document;
    request.mode = RequestMode::Navigate;
    request.credentials = CredentialsMode::Include;
    request.use_url_credentials = true;
    request.referrer = Referrer::NoReferrer;
    let loading = Loading {
        tasks: agent.task_queue().clone(),
        hosts: agent.hosts().clone(),
        _pending: agent.pending_operation(),
        url,
    };
    let fetching = loading.hosts.network.fetch(FetchParams::new(request));
    let spawner = loading.hosts.spawner.clone();
    spawner.spawn(Box::pin(async move {
        match fetching.await {
            Err(error) => loading.fail(error),
            Ok(response) => {
                let head = response.internal_head().clone();
                loading.head(head);
                loading.body(response.body).await;
            }
        }
    }));
}

/// A document on its way to its agent. While it is, the agent is not idle.
struct Loading {
    tasks: Arc<TaskQueue>,
    hosts: Arc<Hosts>,
    _pending: PendingOperation,
    url: Url,
}

impl Loading {
    fn post(&self, steps: impl FnOnce(&mut JSContext, &Rc<Agent>) + Send + 'static) {
        self.tasks.post(TaskSource::Networking, Box::new(move |cx| steps(cx, &Agent::of_this_thread())));
    }

    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#loading-a-document>
    fn head(&self, head: ResponseHead) {
        let requested = self.url.clone();
        self.post(move |cx, agent| {
            let url = head.url().cloned().unwrap_or_else(|| requested.clone());
            if head.status >= 400 {
                // What came with it is a document all the same.
                let status = format!("{} {}", head.status, head.status_message);
                report(agent, &requested, format!("{url} was answered with {}", status.trim_end()));
            }
            let mime_type = extract_mime_type(&head.headers);
            let settings = EnvironmentSettings::new(url.clone(), policy_container_of(&head, &url));
            match Kind::of(mime_type.as_ref()) {
                Some(kind) => {
                    let window = start_document(
                        cx,
                        agent,
                        settings,
                        &kind.content_type(),
                        transport_encoding(mime_type.as_ref()),
                    );
                    if let (Kind::Text(_), Some(parser)) = (&kind, window.document().parser()) {
                        parser.start_plain_text(cx);
                    }
                }
                None => {
                    let what = mime_type.map(|mime_type| mime_type.essence()).unwrap_or_default();
                    report(agent, &requested, format!("{url} can't be shown: it is of type {what}"));
                }
            }
        });
    }

    async fn body(&self, body: Option<BodyStream>) {
        if let Some(mut body) = body {
            loop {
                match body.try_next().await {
                    Ok(Some(chunk)) => self.chunk(chunk),
                    Ok(None) => break,
                    Err(error) => {
                        let url = self.url.clone();
                        self.post(move |_cx, agent| {
                            report(agent, &url, format!("{url} could not be loaded to its end: {error}"));
                        });
                        break;
                    }
                }
            }
        }
        self.post(|cx, agent| {
            if let Some(window) = window_of(agent) {
                end_document(cx, &window);
            }
        });
    }

    fn chunk(&self, chunk: Bytes) {
        self.post(move |cx, agent| {
            let Some(window) = window_of(agent) else { return };
            let mut realm = enter_realm(cx, window.reflector().get_jsobject());
            if let Some(parser) = window.document().parser() {
                parser.feed(&mut realm, &chunk);
            }
        });
    }

    fn fail(&self, error: NetworkError) {
        let url = self.url.clone();
        self.post(move |_cx, agent| report(agent, &url, format!("{url} could not be loaded: {error}")));
    }
}

/// Says why there is no document at the URL that was asked for, or not all of it, or another one.
fn report(agent: &Agent, url: &Url, message: String) {
    agent.global_is_known();
    let filename = url.to_string();
    agent.tell(AgentEvent::Error(ErrorReport {
        kind: ErrorKind::Load,
        message,
        filename,
        line: 0,
        column: 0,
        stack: None,
    }));
}

/// What kind of document a response becomes.
enum Kind {
    /// Parsed as HTML.
    Html,
    /// Shown as it is.
    Text(String),
}

impl Kind {
    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#loading-a-document>; None for what is no
    /// document. NB: a response without a type is taken for HTML, without looking at its bytes.
    fn of(mime_type: Option<&MimeType>) -> Option<Kind> {
        let Some(mime_type) = mime_type else { return Some(Kind::Html) };
        if mime_type.is_html() {
            return Some(Kind::Html);
        }
        let essence = mime_type.essence();
        // FIXME(spec): XML documents.
        let is_text = mime_type.type_() == "text" && essence != "text/xml";
        (is_text || mime_type.is_json() || mime_type.is_javascript()).then_some(Kind::Text(essence))
    }

    fn content_type(&self) -> String {
        match self {
            Kind::Html => "text/html".into(),
            Kind::Text(essence) => essence.clone(),
        }
    }
}

fn transport_encoding(mime_type: Option<&MimeType>) -> Option<&'static Encoding> {
    Encoding::for_label(mime_type?.parameter("charset")?.as_bytes())
}

/// <https://html.spec.whatwg.org/multipage/browsers.html#creating-a-policy-container-from-a-fetch-response>
pub(crate) fn policy_container_of(head: &ResponseHead, url: &Url) -> PolicyContainer {
    PolicyContainer {
        csp_list: CspList::parse_headers(&head.headers, &Origin::of(url)),
        referrer_policy: ReferrerPolicy::parse_header(&head.headers),
    }
}

fn window_of(agent: &Agent) -> Option<DomRoot<Window>> {
    GlobalScope::of_agent(agent).and_then(DomRoot::downcast)
}

/// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#initialise-the-document-object>
fn start_document(
    cx: &mut JSContext,
    agent: &Rc<Agent>,
    settings: EnvironmentSettings,
    content_type: &str,
    transport_encoding: Option<&'static Encoding>,
) -> DomRoot<Window> {
    let window = Window::create(cx, agent, settings, content_type);
    let document = window.document();
    document.set_parser(Some(Rc::new(DocumentParser::new(&document, transport_encoding))));
    window
}

fn end_document(cx: &mut JSContext, window: &Window) {
    let mut realm = enter_realm(cx, window.reflector().get_jsobject());
    if let Some(parser) = window.document().parser() {
        parser.end_of_input(&mut realm);
    }
}
