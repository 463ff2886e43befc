//! <https://html.spec.whatwg.org/multipage/sections.html#the-body-element>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/sections.html#htmlbodyelement>
#[dom_struct]
pub struct HTMLBodyElement {
    html_element: HTMLElement,
}

impl HTMLBodyElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLBodyElement {
        HTMLBodyElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}
