//! <https://html.spec.whatwg.org/multipage/image-maps.html#the-area-element>

use html5ever::{QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLAreaElementMethods;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::dom_token_list::DOMTokenList;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/image-maps.html#htmlareaelement>
#[dom_struct]
pub struct HTMLAreaElement {
    html_element: HTMLElement,
    rel_list: MutNullableDom<DOMTokenList>,
}

impl HTMLAreaElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLAreaElement {
        HTMLAreaElement {
            html_element: HTMLElement::new_inherited(name, document),
            rel_list: MutNullableDom::default(),
        }
    }
}

impl HTMLAreaElementMethods for HTMLAreaElement {
    /// <https://html.spec.whatwg.org/multipage/image-maps.html#dom-area-rel>
    fn Rel(&self) -> DOMString {
        self.html_element.reflected(&local_name!("rel"))
    }

    /// <https://html.spec.whatwg.org/multipage/image-maps.html#dom-area-rel>
    fn SetRel(&self, cx: &mut JSContext, rel: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("rel"), rel)
    }

    /// <https://html.spec.whatwg.org/multipage/image-maps.html#dom-area-rellist>: no link is followed here, so none of its
    /// kinds is supported.
    fn RelList(&self, cx: &mut JSContext) -> DomRoot<DOMTokenList> {
        self.rel_list.or_init(|| DOMTokenList::with_supported(cx, self.upcast(), local_name!("rel"), &[]))
    }
}
