//! <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#the-iframe-element>

use std::cell::RefCell;

use fetch::Url;
use html5ever::{LocalName, QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLIFrameElementMethods;
use crate::dom::html::document_loading::LoadDelay;
use crate::dom::html::frames::{self, NavigateParams, equals_without_fragment};
use crate::dom::html::navigation::about_blank;
use crate::dom::html::window_proxy::WindowProxy;
use crate::dom::nodes::document::{Document, Sandboxing};
use crate::dom::nodes::dom_token_list::{DOMTokenList, parse_ordered_set};
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#htmliframeelement>
#[dom_struct]
pub struct HTMLIFrameElement {
    html_element: HTMLElement,
    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#content-navigable>
    content_navigable: MutNullableDom<WindowProxy>,
    /// What the `load` event of the element's document waits for.
    #[no_trace]
    load_delay: RefCell<Option<LoadDelay>>,
    sandbox: MutNullableDom<DOMTokenList>,
}

impl HTMLIFrameElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLIFrameElement {
        HTMLIFrameElement {
            html_element: HTMLElement::new_inherited(name, document),
            content_navigable: MutNullableDom::default(),
            load_delay: RefCell::new(None),
            sandbox: MutNullableDom::default(),
        }
    }

    fn value_of(&self, attribute: &LocalName) -> Option<DOMString> {
        self.upcast::<Element>().attribute_without_namespace(attribute)
    }

    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#content-navigable>
    pub(crate) fn content_navigable(&self) -> Option<DomRoot<WindowProxy>> {
        self.content_navigable.get()
    }

    /// The attribute `name`.
    pub(crate) fn name(&self) -> DOMString {
        self.html_element.reflected(&local_name!("name"))
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#iframe-sandboxing-flag-set>
    pub(crate) fn sandboxing(&self) -> Sandboxing {
        match self.value_of(&local_name!("sandbox")) {
            Some(value) => Sandboxing::parse(&parse_ordered_set(&value)),
            None => Sandboxing::default(),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#the-iframe-element:html-element-post-connection-steps>
    pub(crate) fn became_connected(&self, cx: &mut JSContext) {
        let document = self.upcast::<Node>().node_document();
        if self.content_navigable().is_some() || !document.is_fully_active() {
            return;
        }
        let Some(window) = document.window() else { return };
        // 1 and 2. A new child navigable.
        let navigable = frames::create_child_navigable(cx, self, &window);
        self.content_navigable.set(Some(&navigable));
        document.child_navigable_was_created();
        // 3. Process the attributes.
        self.process_attributes(cx, true);
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#the-iframe-element:html-element-removing-steps>
    pub(crate) fn destroy_content_navigable(&self, cx: &mut JSContext) {
        let Some(navigable) = self.content_navigable.take() else { return };
        // Whose child it was: the element may be in another document by now.
        if let Some(parent) = navigable.parent() {
            parent.document().child_navigable_was_destroyed();
        }
        frames::destroy_child_navigable(cx, &navigable);
        self.end_load_delay(cx);
    }

    /// The attributes that say what is shown changed:
    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#process-the-iframe-attributes>.
    pub(crate) fn attribute_changed(&self, cx: &mut JSContext, name: &LocalName, value: Option<&DOMString>) {
        let Some(navigable) = self.content_navigable() else { return };
        match *name {
            local_name!("srcdoc") => self.process_attributes(cx, false),
            local_name!("src") if value.is_some() && !self.has_srcdoc() => self.process_attributes(cx, false),
            // <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#attr-iframe-name>
            local_name!("name") => navigable.set_name(value.cloned().unwrap_or_default()),
            _ => {}
        }
    }

    fn has_srcdoc(&self) -> bool {
        self.value_of(&local_name!("srcdoc")).is_some()
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#process-the-iframe-attributes>
    fn process_attributes(&self, cx: &mut JSContext, initial_insertion: bool) {
        // 1. What it holds itself.
        if let Some(srcdoc) = self.value_of(&local_name!("srcdoc"))
            && let Ok(url) = Url::parse("about:srcdoc")
        {
            self.navigate(url, Some(srcdoc.into()));
            return;
        }
        // 2. What it names.
        let Some(url) = self.shared_attribute_processing() else { return };
        // 2.4. Nothing: the document that is there.
        if initial_insertion && matches_about_blank(&url) {
            if let Some(navigable) = self.content_navigable() {
                // <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#shared-attribute-processing-steps-for-iframe-and-frame-elements>, 4.
                navigable.document().set_url(url);
            }
            self.run_load_event_steps(cx);
            return;
        }
        // 2.6. Navigate.
        self.navigate(url, None);
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#shared-attribute-processing-steps-for-iframe-and-frame-elements>
    fn shared_attribute_processing(&self) -> Option<Url> {
        let document = self.upcast::<Node>().node_document();
        // 1 and 2. The URL.
        let src = self.value_of(&local_name!("src")).filter(|src| !src.is_empty());
        let url = src.and_then(|src| document.parse_url(&src).ok()).unwrap_or_else(about_blank);
        // 3. Not what it is in: there would be no end.
        let window = document.window()?;
        let navigable = window.window_proxy();
        let recursive = navigable
            .inclusive_ancestors()
            .any(|ancestor| equals_without_fragment(&ancestor.document().url(), &url));
        (!recursive || matches_about_blank(&url)).then_some(url)
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#navigate-an-iframe-or-frame>
    fn navigate(&self, url: Url, srcdoc: Option<String>) {
        let document = self.upcast::<Node>().node_document();
        let (Some(navigable), Some(window)) = (self.content_navigable(), document.window()) else { return };
        let referrer_policy = self.ReferrerPolicy().parse().unwrap_or_default();
        let params = NavigateParams { srcdoc, referrer_policy, ..NavigateParams::by(window.upcast(), url) };
        frames::navigate(&navigable, params);
    }

    /// A navigation of the content navigable begins: `load` of the element's document waits for its end.
    pub(crate) fn delay_load_event(&self) {
        let mut delay = self.load_delay.borrow_mut();
        if delay.is_none() {
            *delay = Some(self.upcast::<Node>().node_document().delay_load_event());
        }
    }

    /// It has ended.
    pub(crate) fn end_load_delay(&self, cx: &mut JSContext) {
        let delay = self.load_delay.borrow_mut().take();
        if let Some(delay) = delay {
            delay.end(cx);
        }
    }

    /// The content document is loaded:
    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#completely-finish-loading>, 4.
    pub(crate) fn content_is_loaded(&self) {
        let this = Trusted::new(self);
        self.upcast::<Node>().node_document().global().task_sender().post(
            TaskSource::DomManipulation,
            Box::new(move |cx, _global| {
                let this = this.root();
                // Not if another navigation has begun meanwhile, or it was removed.
                if this.content_navigable().is_some_and(|navigable| !navigable.has_ongoing_navigation()) {
                    this.run_load_event_steps(cx);
                    this.end_load_delay(cx);
                }
            }),
        );
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#iframe-load-event-steps>
    fn run_load_event_steps(&self, cx: &mut JSContext) {
        // 6. `load`, at the element.
        self.upcast::<EventTarget>().fire_event(cx, "load");
    }
}

/// <https://url.spec.whatwg.org/#matches-about:blank>
fn matches_about_blank(url: &Url) -> bool {
    url.scheme() == "about" && url.path() == "blank" && url.username().is_empty() && url.host().is_none()
}

impl HTMLIFrameElementMethods for HTMLIFrameElement {
    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-src>
    fn Src(&self) -> USVString {
        self.html_element.reflected_url(&local_name!("src"))
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-src>
    fn SetSrc(&self, cx: &mut JSContext, src: USVString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("src"), src.into())
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-srcdoc>
    fn Srcdoc(&self) -> DOMString {
        self.html_element.reflected(&local_name!("srcdoc"))
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-srcdoc>
    fn SetSrcdoc(&self, cx: &mut JSContext, srcdoc: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("srcdoc"), srcdoc)
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-name>
    fn Name(&self) -> DOMString {
        self.name()
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-name>
    fn SetName(&self, cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("name"), name)
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-sandbox>
    fn Sandbox(&self, cx: &mut JSContext) -> DomRoot<DOMTokenList> {
        self.sandbox.or_init(|| DOMTokenList::new(cx, self.upcast(), local_name!("sandbox")))
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-allow>. NB: no permissions policy
    /// follows from it.
    fn Allow(&self) -> DOMString {
        self.html_element.reflected(&LocalName::from("allow"))
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-allow>
    fn SetAllow(&self, cx: &mut JSContext, allow: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, LocalName::from("allow"), allow)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-width>
    fn Width(&self) -> DOMString {
        self.html_element.reflected(&local_name!("width"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-width>
    fn SetWidth(&self, cx: &mut JSContext, width: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("width"), width)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-height>
    fn Height(&self) -> DOMString {
        self.html_element.reflected(&local_name!("height"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-height>
    fn SetHeight(&self, cx: &mut JSContext, height: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("height"), height)
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-referrerpolicy>
    fn ReferrerPolicy(&self) -> DOMString {
        self.html_element.reflected_referrer_policy()
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-referrerpolicy>
    fn SetReferrerPolicy(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("referrerpolicy"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-contentdocument>
    fn GetContentDocument(&self, _cx: &mut JSContext) -> Option<DomRoot<Document>> {
        // <https://html.spec.whatwg.org/multipage/document-sequences.html#concept-bcc-content-document>: only of the same
        // origin.
        let navigable = self.content_navigable()?;
        navigable.is_same_origin_with(&self.global()).then(|| navigable.document())
    }

    /// <https://html.spec.whatwg.org/multipage/iframe-embed-object.html#dom-iframe-contentwindow>
    fn GetContentWindow(&self, _cx: &mut JSContext) -> Option<DomRoot<WindowProxy>> {
        self.content_navigable()
    }
}
