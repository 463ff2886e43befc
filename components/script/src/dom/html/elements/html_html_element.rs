//! <https://html.spec.whatwg.org/multipage/semantics.html#the-html-element>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/semantics.html#htmlhtmlelement>
#[dom_struct]
pub struct HTMLHtmlElement {
    html_element: HTMLElement,
}

impl HTMLHtmlElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLHtmlElement {
        HTMLHtmlElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}
