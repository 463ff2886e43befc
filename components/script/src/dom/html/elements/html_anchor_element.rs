//! <https://html.spec.whatwg.org/multipage/text-level-semantics.html#the-a-element>

use html5ever::{QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::{HTMLAnchorElementMethods, NodeMethods};
use crate::dom::nodes::document::Document;
use crate::dom::nodes::dom_token_list::DOMTokenList;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/text-level-semantics.html#htmlanchorelement>
#[dom_struct]
pub struct HTMLAnchorElement {
    html_element: HTMLElement,
    rel_list: MutNullableDom<DOMTokenList>,
}

impl HTMLAnchorElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLAnchorElement {
        HTMLAnchorElement {
            html_element: HTMLElement::new_inherited(name, document),
            rel_list: MutNullableDom::default(),
        }
    }
}

impl HTMLAnchorElementMethods for HTMLAnchorElement {
    /// <https://html.spec.whatwg.org/multipage/text-level-semantics.html#dom-a-rel>
    fn Rel(&self) -> DOMString {
        self.html_element.reflected(&local_name!("rel"))
    }

    /// <https://html.spec.whatwg.org/multipage/text-level-semantics.html#dom-a-rel>
    fn SetRel(&self, cx: &mut JSContext, rel: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("rel"), rel)
    }

    /// <https://html.spec.whatwg.org/multipage/text-level-semantics.html#dom-a-rellist>: no link is followed here, so none of its
    /// kinds is supported.
    fn RelList(&self, cx: &mut JSContext) -> DomRoot<DOMTokenList> {
        self.rel_list.or_init(|| DOMTokenList::with_supported(cx, self.upcast(), local_name!("rel"), &[]))
    }

    /// <https://html.spec.whatwg.org/multipage/text-level-semantics.html#dom-a-text>
    fn Text(&self) -> DOMString {
        self.upcast::<Node>().GetTextContent().unwrap_or_default()
    }

    /// <https://html.spec.whatwg.org/multipage/text-level-semantics.html#dom-a-text>
    fn SetText(&self, cx: &mut JSContext, text: DOMString) -> Fallible<()> {
        self.upcast::<Node>().SetTextContent(cx, Some(text))
    }
}
