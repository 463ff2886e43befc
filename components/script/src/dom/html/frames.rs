//! Child navigables: <https://html.spec.whatwg.org/multipage/document-sequences.html#child-navigables>, and what they
//! are navigated to.

use fetch::blob_urls::BlobUrlEntry;
use fetch::{Origin, PolicyContainer, RequestClient, Url};
use html5ever::interface::QuirksMode;
use html5ever::{LocalName, QualName, local_name, ns};
use service_worker::{ClientId, Reply};

use super::elements::create_element;
use super::elements::html_iframe_element::HTMLIFrameElement;
use super::global_scope::{EmbedderSettings, EnvironmentSettings};
use super::navigation::{self, about_blank};
use super::window::{Place, Window};
use super::window_proxy::WindowProxy;
use crate::dom::html::console_message;
use crate::dom::nodes::document::{Document, Sandboxing};
use crate::dom::nodes::mutation;
use crate::dom::nodes::node::Node;
use crate::embedder::ConsoleLevel;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// What a navigation is to lead to, and who wants it:
/// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#source-snapshot-params>.
#[derive(Clone, Debug)]
pub(crate) struct NavigateParams {
    /// Where to.
    pub(crate) url: Url,
    /// What was behind the URL if that is a blob URL.
    pub(crate) blob_url_entry: Option<BlobUrlEntry>,
    /// The document itself, of an `about:srcdoc`.
    pub(crate) srcdoc: Option<String>,
    /// Who asks.
    pub(crate) initiator: Initiator,
    /// The referrer policy of the element that asks.
    pub(crate) referrer_policy: fetch::ReferrerPolicy,
    /// Whether it is a reload.
    pub(crate) reload: bool,
}

/// The document that asks for a navigation, as it was then.
#[derive(Clone, Debug)]
pub(crate) struct Initiator {
    /// Its settings.
    pub(crate) client: RequestClient,
    /// Its policies.
    pub(crate) policy_container: PolicyContainer,
    /// Its base URL.
    pub(crate) base_url: Url,
}

impl Initiator {
    fn of(global: &GlobalScope) -> Initiator {
        Initiator {
            client: global.request_client(),
            policy_container: global.policy_container(),
            base_url: global.api_base_url(),
        }
    }
}

impl NavigateParams {
    /// To `url`, because script of `global` wants it.
    pub(crate) fn by(global: &GlobalScope, url: Url) -> NavigateParams {
        NavigateParams {
            blob_url_entry: global.blob_urls().resolve(&url),
            url,
            srcdoc: None,
            initiator: Initiator::of(global),
            referrer_policy: fetch::ReferrerPolicy::Empty,
            reload: false,
        }
    }
}

/// <https://html.spec.whatwg.org/multipage/document-sequences.html#create-a-new-child-navigable>
pub(crate) fn create_child_navigable(
    cx: &mut JSContext,
    element: &HTMLIFrameElement,
    embedder: &Window,
) -> DomRoot<WindowProxy> {
    let agent = Agent::of_this_thread();
    let parent = embedder.window_proxy();
    let creator: &GlobalScope = embedder.upcast();
    let document = embedder.document();
    let sandboxing = document.sandboxing().with(element.sandboxing());
    // <https://html.spec.whatwg.org/multipage/document-sequences.html#creating-a-new-browsing-context>
    // 4 and 5. The origin is the creator's, unless it is sandboxed.
    let origin = if sandboxing.origin { Origin::new_opaque() } else { creator.origin().clone() };
    let settings = EnvironmentSettings {
        origin,
        creator: Some(creator.environment_id()),
        ..EnvironmentSettings::new(about_blank(), creator.policy_container())
    };
    let settings = settings.within(Some(EmbedderSettings::of(creator)));
    // 6 to 13. A realm, a window and its settings.
    let window =
        Window::create_in(cx, &agent, settings, Place::Frame { container: element, parent: &parent });
    let mut realm = enter_realm(cx, window.reflector().get_jsobject());
    let cx: &mut JSContext = &mut realm;
    // 14 to 18. The initial document.
    let initial = Document::new_initial_about_blank(cx, &window);
    initial.set_sandboxing(sandboxing);
    initial.set_about_base_url(document.base_url());
    initial.set_quirks_mode(QuirksMode::Quirks);
    window.set_document(&initial);
    // 20. Populate it with html, head and body.
    populate(cx, &initial);
    // 21. It is a client from now on.
    window.become_client(cx);
    window.window_proxy()
}

/// <https://html.spec.whatwg.org/multipage/dom.html#populate-with-html/head/body>
fn populate(cx: &mut JSContext, document: &Document) {
    let element = |cx: &mut JSContext, name: LocalName| {
        create_element(cx, document, QualName::new(None, ns!(html), name))
    };
    let html = element(cx, local_name!("html"));
    for name in [local_name!("head"), local_name!("body")] {
        let child = element(cx, name);
        mutation::insert(cx, child.upcast(), html.upcast(), None);
    }
    mutation::insert(cx, html.upcast::<Node>(), document.upcast(), None);
}

/// <https://html.spec.whatwg.org/multipage/document-sequences.html#destroy-a-child-navigable>
pub(crate) fn destroy_child_navigable(cx: &mut JSContext, navigable: &WindowProxy) {
    // 3. It is in no element any more.
    navigable.leave_container();
    navigable.abort_navigations();
    // 5. Destroy its document, and those in it.
    destroy_document(cx, &navigable.document());
    navigable.window().upcast::<GlobalScope>().discard();
}

/// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#destroy-a-document-and-its-descendants>. The global
/// of the document itself is left to the caller.
pub(crate) fn destroy_document(cx: &mut JSContext, document: &Document) {
    for child in document.child_navigables() {
        if let Some(container) = child.container() {
            container.destroy_content_navigable(cx);
        }
    }
    // <https://html.spec.whatwg.org/multipage/document-lifecycle.html#destroy-a-document>
    document.abort_parser();
    document.leave_window();
}

/// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#navigate>
pub(crate) fn navigate(navigable: &WindowProxy, params: NavigateParams) {
    navigate_for_client(navigable, params, Reply::ignore());
}

/// The same; `reply` gets the client that the document is which is shown in the end.
pub(crate) fn navigate_for_client(
    navigable: &WindowProxy,
    params: NavigateParams,
    reply: Reply<Option<ClientId>>,
) {
    if navigable.is_discarded() {
        return;
    }
    // 17. `javascript:` URLs. FIXME(spec): they are not run.
    if params.url.scheme() == "javascript" {
        let text = format!("navigating to {} is not supported", params.url);
        console_message(navigable.window().upcast(), ConsoleLevel::Error, text);
        return;
    }
    // 13. Within the document. FIXME(spec): `hashchange`, and entries of the session history.
    let document = navigable.document();
    if params.srcdoc.is_none()
        && !params.reload
        && params.url.fragment().is_some()
        && equals_without_fragment(&params.url, &document.url())
    {
        document.set_url(params.url);
        return reply.send(Ok(Some(client_of(&navigable.window()))));
    }
    navigation::navigate_navigable(navigable, params, reply);
}

/// The [service worker client](https://w3c.github.io/ServiceWorker/#dfn-service-worker-client) that a window is, if it is
/// one.
pub(super) fn client_of(window: &Window) -> ClientId {
    ClientId::from(window.upcast::<GlobalScope>().environment_id().as_str())
}

/// <https://url.spec.whatwg.org/#concept-url-equals>, with *exclude fragments*.
pub(crate) fn equals_without_fragment(one: &Url, other: &Url) -> bool {
    one[..url::Position::AfterQuery] == other[..url::Position::AfterQuery]
}

impl Sandboxing {
    /// <https://html.spec.whatwg.org/multipage/browsers.html#parse-a-sandboxing-directive>
    ///
    /// FIXME(spec): the flags that only concern forms, dialogs, downloads, popups and navigations of others.
    pub(crate) fn parse(tokens: &[DOMString]) -> Sandboxing {
        let allows = |token: &str| tokens.iter().any(|other| other.eq_ignore_ascii_case(token));
        Sandboxing { origin: !allows("allow-same-origin"), scripts: !allows("allow-scripts") }
    }

    /// What either of them forbids.
    pub(crate) fn with(self, other: Sandboxing) -> Sandboxing {
        Sandboxing { origin: self.origin || other.origin, scripts: self.scripts || other.scripts }
    }
}
