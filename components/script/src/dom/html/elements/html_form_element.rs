//! <https://html.spec.whatwg.org/multipage/forms.html#the-form-element>

use html5ever::{QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLFormElementMethods;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::dom_token_list::DOMTokenList;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/forms.html#htmlformelement>
#[dom_struct]
pub struct HTMLFormElement {
    html_element: HTMLElement,
    rel_list: MutNullableDom<DOMTokenList>,
}

impl HTMLFormElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLFormElement {
        HTMLFormElement {
            html_element: HTMLElement::new_inherited(name, document),
            rel_list: MutNullableDom::default(),
        }
    }
}

impl HTMLFormElementMethods for HTMLFormElement {
    /// <https://html.spec.whatwg.org/multipage/forms.html#dom-form-name>
    fn Name(&self) -> DOMString {
        self.html_element.reflected(&local_name!("name"))
    }

    /// <https://html.spec.whatwg.org/multipage/forms.html#dom-form-name>
    fn SetName(&self, cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("name"), name)
    }

    /// <https://html.spec.whatwg.org/multipage/forms.html#dom-form-rel>
    fn Rel(&self) -> DOMString {
        self.html_element.reflected(&local_name!("rel"))
    }

    /// <https://html.spec.whatwg.org/multipage/forms.html#dom-form-rel>
    fn SetRel(&self, cx: &mut JSContext, rel: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("rel"), rel)
    }

    /// <https://html.spec.whatwg.org/multipage/forms.html#dom-form-rellist>: no link is followed here, so none of its
    /// kinds is supported.
    fn RelList(&self, cx: &mut JSContext) -> DomRoot<DOMTokenList> {
        self.rel_list.or_init(|| DOMTokenList::with_supported(cx, self.upcast(), local_name!("rel"), &[]))
    }
}
