//! <https://html.spec.whatwg.org/multipage/media.html#the-audio-element>

use html5ever::{QualName, local_name, ns};

use super::html_media_element::HTMLMediaElement;
use crate::bindings::interfaces::HTMLAudioElementMethods;
use crate::dom::html::window::Window;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/media.html#htmlaudioelement>
#[dom_struct]
pub struct HTMLAudioElement {
    media_element: HTMLMediaElement,
}

impl HTMLAudioElement {
    /// Only fields.
    pub(in crate::dom::html) fn new_inherited(name: QualName, document: &Document) -> HTMLAudioElement {
        HTMLAudioElement { media_element: HTMLMediaElement::new_inherited(name, document) }
    }
}

impl HTMLAudioElementMethods for HTMLAudioElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-audio>
    fn Audio(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        src: Option<DOMString>,
    ) -> Fallible<DomRoot<HTMLAudioElement>> {
        // 1. The window's document.
        let document = Window::of(global)?.document();
        // 2. The element.
        let name = QualName::new(None, ns!(html), local_name!("audio"));
        let audio = Box::new(HTMLAudioElement::new_inherited(name, &document));
        let audio = reflect_dom_object_with_proto(cx, audio, global, proto);
        let element: &Element = audio.upcast();
        // 3. It is to be fetched.
        element.set_attribute_without_namespace(cx, local_name!("preload"), "auto".into());
        // 4. What.
        if let Some(src) = src {
            element.set_attribute_without_namespace(cx, local_name!("src"), src);
        }
        // 5. Return it.
        Ok(audio)
    }
}
