//! <https://html.spec.whatwg.org/multipage/embedded-content.html#the-source-element>

use html5ever::{LocalName, QualName, local_name};

use super::html_media_element::HTMLMediaElement;
use crate::bindings::interfaces::HTMLSourceElementMethods;
use crate::dom::html::elements::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/embedded-content.html#htmlsourceelement>
#[dom_struct]
pub struct HTMLSourceElement {
    html_element: HTMLElement,
}

impl HTMLSourceElement {
    /// Only fields.
    pub(in crate::dom::html) fn new_inherited(name: QualName, document: &Document) -> HTMLSourceElement {
        HTMLSourceElement { html_element: HTMLElement::new_inherited(name, document) }
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#the-source-element:html-element-insertion-steps>
    pub(in crate::dom::html) fn inserted(&self, cx: &mut JSContext) {
        if let Some(media) = self.upcast::<Node>().parent().and_then(DomRoot::downcast::<HTMLMediaElement>) {
            media.source_inserted(cx);
        }
    }

    fn reflected(&self, attribute: &LocalName) -> DOMString {
        self.html_element.reflected(attribute)
    }

    fn reflect(&self, cx: &mut JSContext, attribute: LocalName, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, attribute, value)
    }
}

impl HTMLSourceElementMethods for HTMLSourceElement {
    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-src>
    fn Src(&self) -> USVString {
        self.html_element.reflected_url(&local_name!("src"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-src>
    fn SetSrc(&self, cx: &mut JSContext, src: USVString) -> Fallible<()> {
        self.reflect(cx, local_name!("src"), src.into())
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-type>
    fn Type(&self) -> DOMString {
        self.reflected(&local_name!("type"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-type>
    fn SetType(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.reflect(cx, local_name!("type"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-srcset>
    fn Srcset(&self) -> USVString {
        self.reflected(&local_name!("srcset")).into()
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-srcset>
    fn SetSrcset(&self, cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.reflect(cx, local_name!("srcset"), value.into())
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-sizes>
    fn Sizes(&self) -> DOMString {
        self.reflected(&local_name!("sizes"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-sizes>
    fn SetSizes(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.reflect(cx, local_name!("sizes"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-media>
    fn Media(&self) -> DOMString {
        self.reflected(&local_name!("media"))
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-media>
    fn SetMedia(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.reflect(cx, local_name!("media"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-width>
    fn Width(&self) -> u32 {
        self.html_element.reflected_unsigned(&local_name!("width"), 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-width>
    fn SetWidth(&self, cx: &mut JSContext, width: u32) -> Fallible<()> {
        self.html_element.reflect_unsigned(cx, local_name!("width"), width, 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-height>
    fn Height(&self) -> u32 {
        self.html_element.reflected_unsigned(&local_name!("height"), 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#dom-source-height>
    fn SetHeight(&self, cx: &mut JSContext, height: u32) -> Fallible<()> {
        self.html_element.reflect_unsigned(cx, local_name!("height"), height, 0)
    }
}
