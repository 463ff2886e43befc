//! <https://html.spec.whatwg.org/multipage/form-elements.html#the-option-element>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/form-elements.html#htmloptionelement>
#[dom_struct]
pub struct HTMLOptionElement {
    html_element: HTMLElement,
}

impl HTMLOptionElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLOptionElement {
        HTMLOptionElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}
