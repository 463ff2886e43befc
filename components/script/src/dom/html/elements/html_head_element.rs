//! <https://html.spec.whatwg.org/multipage/semantics.html#the-head-element>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/semantics.html#htmlheadelement>
#[dom_struct]
pub struct HTMLHeadElement {
    html_element: HTMLElement,
}

impl HTMLHeadElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLHeadElement {
        HTMLHeadElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}
