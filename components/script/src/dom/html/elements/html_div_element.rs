//! <https://html.spec.whatwg.org/multipage/grouping-content.html#the-div-element>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/grouping-content.html#htmldivelement>
#[dom_struct]
pub struct HTMLDivElement {
    html_element: HTMLElement,
}

impl HTMLDivElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLDivElement {
        HTMLDivElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}
