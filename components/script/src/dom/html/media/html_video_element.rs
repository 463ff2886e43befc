//! <https://html.spec.whatwg.org/multipage/media.html#the-video-element>

use html5ever::{LocalName, QualName, local_name};

use super::html_media_element::HTMLMediaElement;
use super::ready_states::ReadyState;
use crate::bindings::interfaces::HTMLVideoElementMethods;
use crate::dom::html::elements::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/media.html#htmlvideoelement>
#[dom_struct]
pub struct HTMLVideoElement {
    media_element: HTMLMediaElement,
    /// The [natural dimensions](https://html.spec.whatwg.org/multipage/media.html#concept-video-natural-width), in CSS
    /// pixels; none, where there is nothing to see.
    #[no_trace]
    size: Cell<Option<(u32, u32)>>,
}

impl HTMLVideoElement {
    /// Only fields.
    pub(in crate::dom::html) fn new_inherited(name: QualName, document: &Document) -> HTMLVideoElement {
        HTMLVideoElement {
            media_element: HTMLMediaElement::new_inherited(name, document),
            size: Cell::new(None),
        }
    }

    /// The resource is this large.
    pub(super) fn has_size(&self, size: Option<(u32, u32)>) {
        self.size.set(size);
        if size.is_some() {
            self.media_element.queue_event("resize");
        }
    }

    fn known_size(&self) -> (u32, u32) {
        let is_known = self.media_element.ready_state() != ReadyState::Nothing;
        self.size.get().filter(|_| is_known).unwrap_or_default()
    }

    fn html_element(&self) -> &HTMLElement {
        self.upcast()
    }
}

impl HTMLVideoElementMethods for HTMLVideoElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-video-videowidth>
    fn VideoWidth(&self) -> u32 {
        self.known_size().0
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-video-videoheight>
    fn VideoHeight(&self) -> u32 {
        self.known_size().1
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-width>
    fn Width(&self) -> u32 {
        self.html_element().reflected_unsigned(&local_name!("width"), 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-width>
    fn SetWidth(&self, cx: &mut JSContext, width: u32) -> Fallible<()> {
        self.html_element().reflect_unsigned(cx, local_name!("width"), width, 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-height>
    fn Height(&self) -> u32 {
        self.html_element().reflected_unsigned(&local_name!("height"), 0)
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content-other.html#dom-dim-height>
    fn SetHeight(&self, cx: &mut JSContext, height: u32) -> Fallible<()> {
        self.html_element().reflect_unsigned(cx, local_name!("height"), height, 0)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-video-poster>
    fn Poster(&self) -> USVString {
        self.html_element().reflected_url(&local_name!("poster"))
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-video-poster>
    fn SetPoster(&self, cx: &mut JSContext, poster: USVString) -> Fallible<()> {
        self.html_element().reflect(cx, local_name!("poster"), poster.into())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-video-playsinline>
    fn PlaysInline(&self) -> bool {
        self.upcast::<Element>().has_attribute(&LocalName::from("playsinline"))
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-video-playsinline>
    fn SetPlaysInline(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.upcast::<Element>().set_boolean_attribute(cx, LocalName::from("playsinline"), value);
        Ok(())
    }
}
