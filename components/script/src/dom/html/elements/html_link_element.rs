//! <https://html.spec.whatwg.org/multipage/semantics.html#the-link-element>, as far as its links are preloaded.

use std::cell::RefCell;

use fetch::{Destination, NetworkError, Response};
use futures::TryStreamExt;
use futures::future::{AbortHandle, Abortable};
use html5ever::{LocalName, QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLLinkElementMethods;
use crate::dom::html::console_message;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::dom_token_list::{DOMTokenList, parse_ordered_set};
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::performance_timeline::start_fetch;
use crate::embedder::ConsoleLevel;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/semantics.html#htmllinkelement>
///
/// FIXME(spec): all link types but `preload`; and what is preloaded is fetched again by whoever needs it.
#[dom_struct]
pub struct HTMLLinkElement {
    html_element: HTMLElement,
    rel_list: MutNullableDom<DOMTokenList>,
    /// The latest fetch.
    #[no_trace]
    fetching: RefCell<Option<AbortHandle>>,
}

impl HTMLLinkElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLLinkElement {
        HTMLLinkElement {
            html_element: HTMLElement::new_inherited(name, document),
            rel_list: MutNullableDom::default(),
            fetching: RefCell::default(),
        }
    }

    fn value_of(&self, attribute: &LocalName) -> Option<DOMString> {
        self.upcast::<Element>().attribute_without_namespace(attribute)
    }

    /// The element came into a document, or an attribute of it changed: when
    /// [preload links](https://html.spec.whatwg.org/multipage/links.html#link-type-preload) are to be fetched and
    /// processed.
    pub(in crate::dom::html) fn became_connected(&self, _cx: &mut JSContext) {
        let is_preload = || {
            let rel = self.value_of(&local_name!("rel")).unwrap_or_default();
            parse_ordered_set(&rel).iter().any(|token| token.eq_ignore_ascii_case("preload"))
        };
        let node: &Node = self.upcast();
        // Browsing-context connected.
        if node.is_connected() && node.node_document().is_fully_active() && is_preload() {
            self.preload();
        }
    }

    /// An attribute was set, changed or removed.
    pub(in crate::dom::html) fn attribute_changed(&self, cx: &mut JSContext, name: &LocalName) {
        let matters = matches!(
            *name,
            local_name!("href")
                | local_name!("rel")
                | local_name!("as")
                | local_name!("type")
                | local_name!("media")
                | local_name!("crossorigin")
        );
        if matters {
            self.became_connected(cx);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#translate-a-preload-destination>
    fn preload_destination(&self) -> Option<Destination> {
        let value = self.value_of(&local_name!("as"))?.to_ascii_lowercase();
        match &*value {
            "fetch" => Some(Destination::None),
            "font" | "image" | "script" | "style" | "track" => value.parse().ok(),
            _ => None,
        }
    }

    /// <https://html.spec.whatwg.org/multipage/links.html#link-type-preload:fetch-and-process-the-linked-resource-2>, with
    /// <https://html.spec.whatwg.org/multipage/links.html#preload>. FIXME(spec): `type`, `media` and `imagesrcset` are not
    /// looked at.
    fn preload(&self) {
        if let Some(fetching) = self.fetching.take() {
            fetching.abort();
        }
        // 3–5. For something, from somewhere.
        let Some(destination) = self.preload_destination() else { return };
        let Some(href) = self.value_of(&local_name!("href")).filter(|href| !href.is_empty()) else { return };
        let document = self.upcast::<Node>().node_document();
        let Ok(url) = document.parse_url(&href) else { return };
        // Preload, 1–7. The request: <https://html.spec.whatwg.org/multipage/semantics.html#create-a-link-request>
        let global = self.global();
        let mut request = self.html_element.create_a_potential_cors_request(url, destination);
        request.integrity = self.Integrity().into();
        request.referrer_policy = self.ReferrerPolicy().parse().unwrap_or_default();
        // Preload, 8–13. Fetch it, with all of its body.
        let (this, tasks) = (Trusted::new(self), global.task_sender());
        let fetching = start_fetch(&global, request, "link");
        let (abort, registration) = AbortHandle::new_pair();
        *self.fetching.borrow_mut() = Some(abort);
        global.spawn(async move {
            let Ok(outcome) = Abortable::new(load(fetching), registration).await else { return };
            tasks.post(
                TaskSource::Networking,
                Box::new(move |cx, global| {
                    // 11. `load`, whatever the status, or `error` where there was none.
                    let name = match outcome {
                        Ok(()) => "load",
                        Err(error) => {
                            let text = format!("a preload failed: {error}");
                            console_message(global, ConsoleLevel::Warn, text);
                            "error"
                        }
                    };
                    this.root().upcast::<EventTarget>().fire_event(cx, name);
                }),
            );
        });
    }
}

/// processResponseConsumeBody.
async fn load(fetching: impl Future<Output = Result<Response, NetworkError>>) -> Result<(), NetworkError> {
    let response = fetching.await?;
    if let Some(mut body) = response.body {
        // Read to its end; nobody looks at it yet.
        while body.try_next().await?.is_some() {}
    }
    Ok(())
}

impl HTMLLinkElementMethods for HTMLLinkElement {
    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-href>
    fn Href(&self) -> USVString {
        self.html_element.reflected_url(&local_name!("href"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-href>
    fn SetHref(&self, cx: &mut JSContext, href: USVString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("href"), href.into())
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-crossorigin>
    fn GetCrossOrigin(&self) -> Option<DOMString> {
        self.html_element.reflected_cross_origin()
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-crossorigin>
    fn SetCrossOrigin(&self, cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        self.html_element.reflect_cross_origin(cx, value)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-rel>
    fn Rel(&self) -> DOMString {
        self.html_element.reflected(&local_name!("rel"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-rel>
    fn SetRel(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("rel"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-as>: limited to known values.
    fn As(&self) -> DOMString {
        let value = self.html_element.reflected(&local_name!("as")).to_ascii_lowercase();
        let known = value == "fetch" || value.parse::<Destination>().is_ok();
        if known { value.into() } else { DOMString::new() }
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-as>
    fn SetAs(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("as"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-rellist>: no other kind of link is followed here.
    fn RelList(&self, cx: &mut JSContext) -> DomRoot<DOMTokenList> {
        self.rel_list
            .or_init(|| DOMTokenList::with_supported(cx, self.upcast(), local_name!("rel"), &["preload"]))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-media>
    fn Media(&self) -> DOMString {
        self.html_element.reflected(&local_name!("media"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-media>
    fn SetMedia(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("media"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-integrity>
    fn Integrity(&self) -> DOMString {
        self.html_element.reflected(&local_name!("integrity"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-integrity>
    fn SetIntegrity(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("integrity"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-type>
    fn Type(&self) -> DOMString {
        self.html_element.reflected(&local_name!("type"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-type>
    fn SetType(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("type"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-referrerpolicy>
    fn ReferrerPolicy(&self) -> DOMString {
        self.html_element.reflected_referrer_policy()
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-link-referrerpolicy>
    fn SetReferrerPolicy(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("referrerpolicy"), value)
    }
}
