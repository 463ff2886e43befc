//! How documents are fetched and shown: <https://html.spec.whatwg.org/multipage/browsing-the-web.html#navigate>.

use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use encoding_rs::{Encoding, UTF_8};
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::mime_type::MimeType;
use fetch::referrer_policy::determine_referrer;
use fetch::schemes::is_local;
use fetch::{
    BodyStream, Bytes, CacheMode, CredentialsMode, CspList, Destination, FetchParams, HandleFetch,
    NetworkError, Origin, PolicyContainer, RedirectMode, Referrer, ReferrerPolicy, Request, RequestMode,
    ResponseHead, Url,
};
use futures::TryStreamExt;
use futures::future::{AbortHandle, Abortable};
use service_worker::{ClientId, Reply};

use super::frames::{self, NavigateParams};
use super::global_scope::EnvironmentSettings;
use super::parsing::parser::DocumentParser;
use super::unloading::tell_of_unloading;
use super::window::{Place, Window};
use super::window_proxy::{NavigationId, WindowProxy};
use super::x_frame_options;
use crate::dom::nodes::document::{Document, Sandboxing};
use crate::dom::nodes::node::Node;
use crate::dom::service_workers::handle_fetch::{Reservation, ReservationTerms};
use crate::embedder::{AgentEvent, ErrorKind, ErrorReport, Hosts};
use crate::runtime::agent::{Agent, Setup};
use crate::runtime::pending::PendingOperation;
use crate::runtime::task_queue::TaskQueue;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// `about:blank`
pub(crate) fn about_blank() -> Url {
    static URL: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("about:blank").ok());
    match &*URL {
        Some(url) => url.clone(),
        None => unreachable!("it is a URL"),
    }
}

/// A page's first task: fetch the document at `url`, then show it.
pub(crate) fn navigate(url: Url) -> Setup {
    Box::new(move |cx, agent| {
        if url.as_str() == "about:blank" {
            // <https://html.spec.whatwg.org/multipage/document-sequences.html#creating-a-new-browsing-context>
            let settings = EnvironmentSettings::new(url, PolicyContainer::default());
            let window = Window::create(cx, agent, settings, "text/html");
            start_parser(&window.document(), None);
            end_document(cx, &window.document());
            return;
        }
        // <https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching>, 3. The
        // request. No page asks for this one.
        let mut request = Request::new(url.clone(), Origin::of(&url));
        request.referrer = Referrer::NoReferrer;
        let loading = Loading::new(agent, url, Target::Page, ReservationTerms::of_window(None));
        loading.fetch(navigation_request(request, Destination::Document), None);
    })
}

/// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#navigate>, from step 19 on: to another document.
/// `reply` gets the client that the document is.
pub(super) fn navigate_navigable(
    navigable: &WindowProxy,
    params: NavigateParams,
    reply: Reply<Option<ClientId>>,
) {
    let agent = Agent::of_this_thread();
    // 19. It is the ongoing navigation; `load` of what it is in waits for it.
    let id = navigable.begin_navigation();
    let container = navigable.container();
    if let Some(container) = &container {
        container.delay_load_event();
    }
    // <https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching>, 3.
    let client = params.initiator.client.clone();
    let mut request =
        Request::for_client(params.url.clone(), client, params.initiator.policy_container.clone());
    request.referrer_policy = params.referrer_policy;
    request.reload_navigation = params.reload;
    request.blob_url_entry = params.blob_url_entry.clone();
    if params.reload {
        // NB: the specification leaves it to the user agent; web-platform-tests have it like this.
        request.cache = CacheMode::NoCache;
    }
    let referrer = match determine_referrer(&request) {
        Referrer::Url(url) => url.into(),
        _ => String::new(),
    };
    let old = navigable.window();
    let old: &GlobalScope = old.upcast();
    let sandboxing = sandboxing_of(navigable);
    let terms = ReservationTerms {
        is_opaque: sandboxing.origin,
        replaces: Some((old.environment_id(), old.origin().clone())),
        ..ReservationTerms::of_window(old.embedder().as_ref())
    };
    let url = params.url.clone();
    let is_local = params.srcdoc.is_some() || url.scheme() == "about";
    let navigable_of_task = Trusted::new(navigable);
    let reply = Mutex::new(Some(reply));
    let shown = Shown { navigable: navigable_of_task, id, params, sandboxing, referrer, reply };
    let target = Target::Navigable(Arc::new(shown));
    let loading = Loading::new(&agent, url, target, terms);
    if is_local {
        // Nothing is fetched.
        let tasks = loading.tasks.clone();
        tasks.post(TaskSource::NavigationAndTraversal, Box::new(move |cx| loading.show_local(cx)));
        return;
    }
    let destination = if container.is_some() { Destination::IFrame } else { Destination::Document };
    let (handle, registration) = AbortHandle::new_pair();
    navigable.set_navigation_fetch(id, handle);
    loading.fetch(navigation_request(request, destination), Some(registration));
}

fn navigation_request(mut request: Request, destination: Destination) -> Request {
    request.destination = destination;
    request.mode = RequestMode::Navigate;
    request.credentials = CredentialsMode::Include;
    request.use_url_credentials = true;
    request.redirect = RedirectMode::Manual;
    request
}

/// Where a document is going to be shown.
#[derive(Clone)]
enum Target {
    /// In a page that has none yet.
    Page,
    /// Instead of another one.
    Navigable(Arc<Shown>),
}

/// A navigation of a navigable.
struct Shown {
    navigable: Trusted<WindowProxy>,
    id: NavigationId,
    params: NavigateParams,
    /// What the navigable and the documents around it forbade when the navigation began:
    /// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#target-snapshot-params-sandbox>.
    sandboxing: Sandboxing,
    /// <https://html.spec.whatwg.org/multipage/dom.html#the-document's-referrer>, unless redirects change it.
    referrer: String,
    /// Who is told what is shown. It is dropped if that is nothing.
    reply: Mutex<Option<Reply<Option<ClientId>>>>,
}

impl Shown {
    /// Tells once what is shown.
    fn reply(&self, shown: Result<Option<ClientId>, service_worker::Error>) {
        let reply = self.reply.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reply) = reply {
            reply.send(shown);
        }
    }

    /// The navigable, while this is its ongoing navigation.
    fn navigable(&self) -> Option<DomRoot<WindowProxy>> {
        let navigable = self.navigable.root();
        (!navigable.is_discarded() && navigable.is_navigating(self.id)).then_some(navigable)
    }

    /// Settings of the document to come.
    fn settings(
        &self,
        navigable: &WindowProxy,
        url: Url,
        policies: PolicyContainer,
        sandboxing: Sandboxing,
    ) -> EnvironmentSettings {
        let initiator = &self.params.initiator;
        // <https://html.spec.whatwg.org/multipage/browsers.html#determining-the-origin>
        let origin = match url.scheme() {
            _ if sandboxing.origin => Origin::new_opaque(),
            "about" => initiator.client.origin.clone(),
            "blob" => match &self.params.blob_url_entry {
                Some(entry) => entry.origin.clone(),
                None => Origin::of(&url),
            },
            _ => Origin::of(&url),
        };
        // What was made here has the controller of who made it, unless it is of an origin of its own.
        let has_creator = matches!(url.scheme(), "about" | "blob");
        let settings = EnvironmentSettings {
            is_secure_context: fetch::secure_contexts::is_origin_potentially_trustworthy(&origin),
            origin,
            creator: has_creator.then(|| initiator.client.id.clone()),
            ..EnvironmentSettings::new(url, policies)
        };
        settings.within(navigable.window().upcast::<GlobalScope>().embedder())
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#determining-navigation-params-policy-container>, but for
    /// step 1.
    fn policy_container(
        &self,
        navigable: &WindowProxy,
        url: &Url,
        of_response: PolicyContainer,
    ) -> PolicyContainer {
        let parent = navigable.parent().filter(|_| self.params.srcdoc.is_some());
        match parent {
            // 2. What a frame's element holds has the policies of its document.
            Some(parent) => parent.window().upcast::<GlobalScope>().policy_container(),
            // 3. What came from nowhere has those of who asked for it.
            None if is_local(url) => self.params.initiator.policy_container.clone(),
            // 4 and 5.
            None => of_response,
        }
    }

    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#initialise-the-document-object>. None, if the document
    /// that was there has seen to it that there won't be one.
    fn show(
        &self,
        cx: &mut JSContext,
        agent: &Rc<Agent>,
        navigable: &WindowProxy,
        settings: EnvironmentSettings,
        sandboxing: Sandboxing,
        content_type: &str,
    ) -> Option<DomRoot<Window>> {
        let old = navigable.window();
        // The old one hears that it is over. Then the navigable may be gone, or on its way elsewhere.
        tell_of_unloading(cx, &old.document());
        self.navigable()?;
        navigable.navigation_has_document();
        // 7. The window of an initial `about:blank` stays.
        let same_origin = old.upcast::<GlobalScope>().origin().same_origin(&settings.origin);
        let stays = old.document().is_initial_about_blank() && same_origin;
        {
            let mut realm = enter_realm(cx, old.reflector().get_jsobject());
            frames::destroy_document(&mut realm, &old.document());
        }
        let window = if stays {
            old.reuse(cx, settings, content_type);
            old
        } else {
            let url = settings.creation_url.clone();
            let window = Window::create_in(cx, agent, settings, Place::Of(navigable));
            let document = Document::new_for_window(cx, &window, url, content_type);
            window.set_document(&document);
            old.upcast::<GlobalScope>().discard();
            window.become_client(cx);
            window
        };
        let document = window.document();
        document.set_sandboxing(sandboxing);
        document.set_about_base_url(self.params.initiator.base_url.clone());
        document.set_referrer(self.referrer.clone());
        self.reply(Ok(Some(frames::client_of(&window))));
        Some(window)
    }

    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#read-ua-inline>: an empty document that nobody can
    /// look into.
    fn show_error(&self, cx: &mut JSContext, agent: &Rc<Agent>, message: String) {
        let Some(navigable) = self.navigable() else { return };
        self.reply(Err(service_worker::Error::Type(message.clone())));
        report(agent, &self.params.url, message);
        let settings = EnvironmentSettings {
            origin: Origin::new_opaque(),
            ..self.settings(&navigable, self.params.url.clone(), PolicyContainer::default(), self.sandboxing)
        };
        let shown = self.show(cx, agent, &navigable, settings, self.sandboxing, "text/html");
        let Some(window) = shown else { return };
        start_parser(&window.document(), None);
        end_document(cx, &window.document());
    }
}

/// <https://html.spec.whatwg.org/multipage/browsers.html#determining-the-creation-sandboxing-flags>
fn sandboxing_of(navigable: &WindowProxy) -> Sandboxing {
    match navigable.container() {
        Some(container) => {
            let embedder = container.upcast::<Node>().node_document().sandboxing();
            embedder.with(container.sandboxing())
        }
        None => Sandboxing::default(),
    }
}

/// <https://html.spec.whatwg.org/multipage/browsers.html#csp-derived-sandboxing-flags>
fn csp_derived_sandboxing(policies: &PolicyContainer) -> Sandboxing {
    let parse = |tokens: &Vec<String>| {
        let tokens = tokens.iter().map(|token| DOMString::from(&**token)).collect::<Vec<_>>();
        Sandboxing::parse(&tokens)
    };
    policies.csp_list.sandbox_directives().iter().map(parse).fold(Sandboxing::default(), Sandboxing::with)
}

/// A document on its way to its agent. While it is, the agent is not idle.
struct Loading {
    tasks: Arc<TaskQueue>,
    hosts: Arc<Hosts>,
    _pending: PendingOperation,
    url: Url,
    target: Target,
    /// The environment of the document.
    reservation: Arc<Reservation>,
    /// The document, once there is one.
    document: Arc<OnceLock<Trusted<Document>>>,
}

impl Loading {
    fn new(agent: &Agent, url: Url, target: Target, terms: ReservationTerms) -> Loading {
        Loading {
            tasks: agent.task_queue().clone(),
            hosts: agent.hosts().clone(),
            _pending: agent.pending_operation(),
            url,
            target,
            reservation: Reservation::new(agent, terms),
            document: Arc::default(),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching>
    fn fetch(self, request: Request, registration: Option<futures::future::AbortRegistration>) {
        let handle_fetch: Arc<dyn HandleFetch> = self.reservation.clone();
        let params = FetchParams {
            handle_fetch: Some(handle_fetch),
            is_navigation: true,
            ..FetchParams::new(request)
        };
        let fetching = self.hosts.network.fetch(params);
        let spawner = self.hosts.spawner.clone();
        let load = async move {
            match fetching.await {
                Err(error) => self.fail(error),
                Ok(response) => {
                    let head = response.internal_head().clone();
                    let url = response.request_url.or_else(|| head.url().cloned());
                    self.head(head, url.unwrap_or_else(|| self.url.clone()), response.request_referrer);
                    self.body(response.body).await;
                }
            }
        };
        spawner.spawn(match registration {
            Some(registration) => Box::pin(async move {
                // Where it was aborted, nothing is left to be done.
                let _ = Abortable::new(load, registration).await;
            }),
            None => Box::pin(load),
        });
    }

    fn post(&self, steps: impl FnOnce(&mut JSContext, &Rc<Agent>) + Send + 'static) {
        self.tasks.post(TaskSource::Networking, Box::new(move |cx| steps(cx, &Agent::of_this_thread())));
    }

    /// Does something with the document, if it is still there, in its realm.
    fn post_to_document(&self, steps: impl FnOnce(&mut JSContext, &Document) + Send + 'static) {
        let document = self.document.clone();
        self.post(move |cx, _agent| {
            let Some(document) = document.get().map(Trusted::root) else { return };
            let mut realm = enter_realm(cx, document.reflector().get_jsobject());
            steps(&mut realm, &document);
        });
    }

    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#loading-a-document>. The document's URL is that of
    /// the request, wherever a service worker has the response from.
    fn head(&self, head: ResponseHead, url: Url, referrer: Option<Referrer>) {
        let requested = self.url.clone();
        let (target, place) = (self.target.clone(), self.document.clone());
        let reservation = self.reservation.clone();
        self.post(move |cx, agent| {
            let mime_type = extract_mime_type(&head.headers);
            let kind = Kind::of(mime_type.as_ref());
            let policies = policy_container_of(&head, &url);
            let unknown = || {
                let what = mime_type.as_ref().map(|mime_type| mime_type.essence()).unwrap_or_default();
                format!("{url} can't be shown: it is of type {what}")
            };
            let window = match (&target, &kind) {
                (Target::Page, _) => {
                    if head.status >= 400 {
                        // What came with it is a document all the same.
                        let status = format!("{} {}", head.status, head.status_message);
                        report(agent, &requested, format!("{url} was answered with {}", status.trim_end()));
                    }
                    let Some(kind) = &kind else { return report(agent, &requested, unknown()) };
                    let sandboxing = csp_derived_sandboxing(&policies);
                    let mut settings = EnvironmentSettings::new(url.clone(), policies);
                    // NB: it stays the secure context that its URL makes it.
                    if sandboxing.origin {
                        settings.origin = Origin::new_opaque();
                    }
                    let settings = reservation.for_settings(settings);
                    let window = Window::create(cx, agent, settings, &kind.content_type());
                    window.document().set_sandboxing(sandboxing);
                    window
                }
                (Target::Navigable(shown), kind) => {
                    let Some(navigable) = shown.navigable() else { return };
                    // <https://html.spec.whatwg.org/multipage/browsing-the-web.html#attempt-to-populate-the-history-entry's-document>:
                    // no content is no document.
                    if matches!(head.status, 204 | 205) {
                        navigable.end_navigation();
                        if let Some(container) = navigable.container() {
                            container.end_load_delay(cx);
                        }
                        return;
                    }
                    let embedder = navigable.window().upcast::<GlobalScope>().embedder();
                    let ancestors = embedder.map(|embedder| embedder.ancestor_origins).unwrap_or_default();
                    if let Err(why) = x_frame_options::check(&head.headers, &Origin::of(&url), &ancestors) {
                        return shown.show_error(cx, agent, format!("{url} is not shown in a frame: {why}"));
                    }
                    let Some(kind) = kind else { return shown.show_error(cx, agent, unknown()) };
                    let policies = shown.policy_container(&navigable, &url, policies);
                    let sandboxing = shown.sandboxing.with(csp_derived_sandboxing(&policies));
                    let settings = shown.settings(&navigable, url.clone(), policies, sandboxing);
                    let settings = reservation.for_settings(settings);
                    let content_type = kind.content_type();
                    let window = shown.show(cx, agent, &navigable, settings, sandboxing, &content_type);
                    let Some(window) = window else { return };
                    // What the redirects have left of it.
                    match referrer {
                        Some(Referrer::Url(url)) => window.document().set_referrer(url.into()),
                        Some(Referrer::NoReferrer) => window.document().set_referrer(String::new()),
                        Some(Referrer::Client) | None => {}
                    }
                    window
                }
            };
            let document = window.document();
            let parser = start_parser(&document, transport_encoding(mime_type.as_ref()));
            if let Some(Kind::Text(_)) = kind {
                parser.start_plain_text(cx);
            }
            // It is set once.
            let _ = place.set(Trusted::new(&*document));
        });
    }

    /// `about:srcdoc`, `about:blank`, and other `about:` URLs, which are errors.
    fn show_local(self, cx: &mut JSContext) {
        let Target::Navigable(shown) = &self.target else { return };
        let Some(navigable) = shown.navigable() else { return };
        let agent = Agent::of_this_thread();
        if shown.params.srcdoc.is_none() && self.url.path() != "blank" {
            shown.show_error(cx, &agent, format!("there is nothing at {}", self.url));
            return;
        }
        let policies = shown.policy_container(&navigable, &self.url, PolicyContainer::default());
        let settings = shown.settings(&navigable, self.url.clone(), policies, shown.sandboxing);
        let window = shown.show(cx, &agent, &navigable, settings, shown.sandboxing, "text/html");
        let Some(window) = window else { return };
        let document = window.document();
        let mut realm = enter_realm(cx, window.reflector().get_jsobject());
        let parser = start_parser(&document, Some(UTF_8));
        parser.feed(&mut realm, shown.params.srcdoc.as_deref().unwrap_or_default().as_bytes());
        end_document(&mut realm, &document);
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
        self.post_to_document(end_document);
    }

    fn chunk(&self, chunk: Bytes) {
        self.post_to_document(move |cx, document| {
            if let Some(parser) = document.parser() {
                parser.feed(cx, &chunk);
            }
        });
    }

    fn fail(&self, error: NetworkError) {
        let (url, target) = (self.url.clone(), self.target.clone());
        self.post(move |cx, agent| {
            let message = format!("{url} could not be loaded: {error}");
            match &target {
                Target::Page => report(agent, &url, message),
                Target::Navigable(shown) => shown.show_error(cx, agent, message),
            }
        });
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

fn start_parser(document: &Document, transport_encoding: Option<&'static Encoding>) -> Rc<DocumentParser> {
    let parser = Rc::new(DocumentParser::new(document, transport_encoding));
    document.set_parser(Some(parser.clone()));
    parser
}

fn end_document(cx: &mut JSContext, document: &Document) {
    let mut realm = enter_realm(cx, document.reflector().get_jsobject());
    if let Some(parser) = document.parser() {
        parser.end_of_input(&mut realm);
    }
}
