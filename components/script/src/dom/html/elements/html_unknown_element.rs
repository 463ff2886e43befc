//! <https://html.spec.whatwg.org/multipage/dom.html#htmlunknownelement>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/dom.html#htmlunknownelement>
#[dom_struct]
pub struct HTMLUnknownElement {
    html_element: HTMLElement,
}

impl HTMLUnknownElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLUnknownElement {
        HTMLUnknownElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}
