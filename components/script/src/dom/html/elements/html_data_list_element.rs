//! <https://html.spec.whatwg.org/multipage/form-elements.html#the-datalist-element>

use html5ever::{QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLDataListElementMethods;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::html_collection::{Filter, HTMLCollection};
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/form-elements.html#htmldatalistelement>
#[dom_struct]
pub struct HTMLDataListElement {
    html_element: HTMLElement,
    options: MutNullableDom<HTMLCollection>,
}

impl HTMLDataListElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLDataListElement {
        HTMLDataListElement {
            html_element: HTMLElement::new_inherited(name, document),
            options: MutNullableDom::default(),
        }
    }
}

impl HTMLDataListElementMethods for HTMLDataListElement {
    /// <https://html.spec.whatwg.org/multipage/form-elements.html#dom-datalist-options>
    fn Options(&self, cx: &mut JSContext) -> DomRoot<HTMLCollection> {
        let filter = Filter::Html(local_name!("option"));
        self.options.or_init(|| HTMLCollection::new(cx, self.upcast(), filter))
    }
}
