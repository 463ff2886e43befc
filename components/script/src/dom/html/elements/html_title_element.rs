//! <https://html.spec.whatwg.org/multipage/semantics.html#the-title-element>

use html5ever::QualName;

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLTitleElementMethods;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/semantics.html#htmltitleelement>
#[dom_struct]
pub struct HTMLTitleElement {
    html_element: HTMLElement,
}

impl HTMLTitleElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLTitleElement {
        HTMLTitleElement { html_element: HTMLElement::new_inherited(name, document) }
    }
}

impl HTMLTitleElementMethods for HTMLTitleElement {
    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-title-text>
    fn Text(&self) -> DOMString {
        self.upcast::<Node>().child_text_content()
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-title-text>
    fn SetText(&self, cx: &mut JSContext, text: DOMString) -> Fallible<()> {
        self.upcast::<Node>().string_replace_all(cx, text);
        Ok(())
    }
}
