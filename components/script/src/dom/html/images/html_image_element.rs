//! <https://html.spec.whatwg.org/multipage/embedded-content.html#the-img-element>

use std::cell::RefCell;

use fetch::Url;
use futures::future::AbortHandle;
use html5ever::{LocalName, QualName, local_name, ns};

use super::image_request::{ImageRequest, ImageState};
use crate::bindings::interfaces::HTMLImageElementMethods;
use crate::dom::html::document_loading::LoadDelay;
use crate::dom::html::elements::html_element::HTMLElement;
use crate::dom::html::window::Window;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/embedded-content.html#htmlimageelement>
#[dom_struct]
pub struct HTMLImageElement {
    html_element: HTMLElement,
    /// The [current request](https://html.spec.whatwg.org/multipage/images.html#current-request).
    #[no_trace]
    pub(super) current: DomRefCell<ImageRequest>,
    /// What is being fetched.
    #[no_trace]
    pub(super) pending: RefCell<Option<Url>>,
    #[no_trace]
    pub(super) fetching: RefCell<Option<AbortHandle>>,
    /// Counts the fetches.
    pub(super) fetch: Cell<u64>,
    /// Counts the updates: what an earlier one is about to do is of no interest.
    pub(super) update: Cell<u64>,
    /// Whether one is about to begin.
    pub(super) is_to_be_updated: Cell<bool>,
    #[no_trace]
    pub(super) load_delay: RefCell<Option<LoadDelay>>,
    /// The promises of `decode()`.
    decodes: DomRefCell<Vec<HeapPromise>>,
}

impl HTMLImageElement {
    /// Only fields.
    pub(in crate::dom::html) fn new_inherited(name: QualName, document: &Document) -> HTMLImageElement {
        HTMLImageElement {
            html_element: HTMLElement::new_inherited(name, document),
            current: DomRefCell::default(),
            pending: RefCell::default(),
            fetching: RefCell::default(),
            fetch: Cell::new(0),
            update: Cell::new(0),
            is_to_be_updated: Cell::new(false),
            load_delay: RefCell::default(),
            decodes: DomRefCell::default(),
        }
    }

    pub(super) fn html_element(&self) -> &HTMLElement {
        &self.html_element
    }

    fn has(&self, attribute: &LocalName) -> bool {
        self.upcast::<Element>().has_attribute(attribute)
    }

    /// The element was made with its attributes, by the parser or as a copy, or came into a document.
    pub(in crate::dom) fn has_attributes_now(&self, cx: &mut JSContext) {
        let is_new = self.update.get() == 0;
        if is_new && (self.has(&local_name!("src")) || self.has(&local_name!("srcset"))) {
            self.update_the_image_data(cx);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/images.html#relevant-mutations>
    pub(in crate::dom::html) fn attribute_changed(
        &self,
        cx: &mut JSContext,
        name: &LocalName,
        old_value: Option<&DOMString>,
        value: Option<&DOMString>,
    ) {
        let is_relevant = match *name {
            local_name!("src") | local_name!("srcset") => true,
            local_name!("crossorigin") | local_name!("referrerpolicy") => old_value != value,
            _ => false,
        };
        if is_relevant {
            self.update_the_image_data(cx);
        }
    }

    fn is_on_its_way(&self) -> bool {
        self.is_to_be_updated.get() || self.pending.borrow().is_some()
    }

    /// Tells those who wait for the image to be decoded.
    pub(super) fn settle_decodes(&self, cx: &mut JSContext) {
        let is_there = matches!(self.current.borrow().state, ImageState::CompletelyAvailable(_));
        let promises = self.decodes.take_rooted();
        for promise in promises.iter() {
            let promise = promise.root();
            if is_there {
                promise.resolve(cx, &());
            } else {
                promise.reject(cx, Error::Encoding("there is no image".into()));
            }
        }
    }

    fn natural_size(&self) -> (u32, u32) {
        match self.current.borrow().state {
            ImageState::CompletelyAvailable(size) => size.unwrap_or_default(),
            _ => (0, 0),
        }
    }
}

impl HTMLImageElementMethods for HTMLImageElement {
    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-image>
    fn Image(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        width: Option<u32>,
        height: Option<u32>,
    ) -> Fallible<DomRoot<HTMLImageElement>> {
        // 1–2. The element.
        let document = Window::of(global)?.document();
        let name = QualName::new(None, ns!(html), local_name!("img"));
        let image = Box::new(HTMLImageElement::new_inherited(name, &document));
        let image = reflect_dom_object_with_proto(cx, image, global, proto);
        // 3–4. Its size.
        for (attribute, value) in [(local_name!("width"), width), (local_name!("height"), height)] {
            if let Some(value) = value {
                image.html_element.reflect_unsigned(cx, attribute, value, 0)?;
            }
        }
        // 5. Return it.
        Ok(image)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-alt>
    fn Alt(&self) -> DOMString {
        self.html_element.reflected(&local_name!("alt"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-alt>
    fn SetAlt(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("alt"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-src>
    fn Src(&self) -> USVString {
        self.html_element.reflected_url(&local_name!("src"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-src>
    fn SetSrc(&self, cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("src"), value.into())
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-srcset>
    fn Srcset(&self) -> USVString {
        self.html_element.reflected(&local_name!("srcset")).into()
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-srcset>
    fn SetSrcset(&self, cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("srcset"), value.into())
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-sizes>
    fn Sizes(&self) -> DOMString {
        self.html_element.reflected(&local_name!("sizes"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-sizes>
    fn SetSizes(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("sizes"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-crossorigin>
    fn GetCrossOrigin(&self) -> Option<DOMString> {
        self.html_element.reflected_cross_origin()
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-crossorigin>
    fn SetCrossOrigin(&self, cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        self.html_element.reflect_cross_origin(cx, value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-usemap>
    fn UseMap(&self) -> DOMString {
        self.html_element.reflected(&local_name!("usemap"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-usemap>
    fn SetUseMap(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("usemap"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-ismap>
    fn IsMap(&self) -> bool {
        self.has(&local_name!("ismap"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-ismap>
    fn SetIsMap(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.upcast::<Element>().set_boolean_attribute(cx, local_name!("ismap"), value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-width>: nothing is rendered, so that what the
    /// attribute says would be the width, if it says something.
    fn Width(&self) -> u32 {
        self.html_element.reflected_unsigned(&local_name!("width"), self.natural_size().0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-width>
    fn SetWidth(&self, cx: &mut JSContext, value: u32) -> Fallible<()> {
        self.html_element.reflect_unsigned(cx, local_name!("width"), value, 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-height>; likewise.
    fn Height(&self) -> u32 {
        self.html_element.reflected_unsigned(&local_name!("height"), self.natural_size().1)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-height>
    fn SetHeight(&self, cx: &mut JSContext, value: u32) -> Fallible<()> {
        self.html_element.reflect_unsigned(cx, local_name!("height"), value, 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-naturalwidth>
    fn NaturalWidth(&self) -> u32 {
        self.natural_size().0
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-naturalheight>
    fn NaturalHeight(&self) -> u32 {
        self.natural_size().1
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-complete>
    fn Complete(&self) -> bool {
        let has_source = self.has(&local_name!("srcset"))
            || self
                .upcast::<Element>()
                .attribute_without_namespace(&local_name!("src"))
                .is_some_and(|src| !src.is_empty());
        let is_known = !matches!(self.current.borrow().state, ImageState::Unavailable);
        !has_source || is_known && !self.is_on_its_way()
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-currentsrc>
    fn CurrentSrc(&self) -> USVString {
        self.current.borrow().current_url.as_str().into()
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-referrerpolicy>
    fn ReferrerPolicy(&self) -> DOMString {
        self.html_element.reflected_referrer_policy()
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-referrerpolicy>
    fn SetReferrerPolicy(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("referrerpolicy"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-img-decode>
    fn Decode(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 1. A promise.
        let promise = Promise::new(cx, &self.global());
        // 2. When it is known what comes of it.
        self.decodes.borrow_mut().push(promise.to_heap());
        let is_active = self.upcast::<Node>().node_document().is_fully_active();
        if !is_active || !self.is_on_its_way() {
            self.settle_decodes(cx);
        }
        // 3. Return it.
        Ok(promise)
    }
}
