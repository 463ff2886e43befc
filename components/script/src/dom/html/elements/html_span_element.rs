//! <https://html.spec.whatwg.org/multipage/text-level-semantics.html#the-span-element>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/text-level-semantics.html#htmlspanelement>
#[dom_struct]
pub struct HTMLSpanElement {
    html_element: HTMLElement,
}

impl HTMLSpanElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLSpanElement {
        HTMLSpanElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}
