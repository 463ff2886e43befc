//! <https://html.spec.whatwg.org/multipage/form-elements.html#the-select-element>

use html5ever::{QualName, local_name, ns};

use super::create_element;
use super::html_element::HTMLElement;
use super::html_option_element::HTMLOptionElement;
use crate::bindings::interfaces::HTMLSelectElementMethods;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::mutation;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// So many options can be made by setting a length.
const MAX_LENGTH: u32 = 100_000;

/// <https://html.spec.whatwg.org/multipage/form-elements.html#htmlselectelement>
#[dom_struct]
pub struct HTMLSelectElement {
    html_element: HTMLElement,
}

impl HTMLSelectElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLSelectElement {
        HTMLSelectElement { html_element: HTMLElement::new_inherited(name, document) }
    }

    /// <https://html.spec.whatwg.org/multipage/form-elements.html#concept-select-option-list>
    fn options(&self) -> Vec<DomRoot<HTMLOptionElement>> {
        let select: &Node = self.upcast();
        // 1 and 2.
        let mut options = Vec::new();
        let mut next = select.first_child();
        // 3. Each descendant, in tree order.
        while let Some(node) = next {
            // 3.1. An option?
            if let Some(option) = node.downcast::<HTMLOptionElement>() {
                options.push(DomRoot::from_ref(option));
            }
            // 3.2 and 3.3. Into it, or past it.
            let inner = if self.hides_options(&node) { None } else { node.first_child() };
            next = inner.or_else(|| {
                node.inclusive_ancestors()
                    .take_while(|above| **above != *select)
                    .find_map(|above| above.next_sibling())
            });
        }
        options
    }

    /// Whether options in this descendant are not of this element.
    fn hides_options(&self, node: &Node) -> bool {
        let Some(element) = node.downcast::<Element>() else { return false };
        if element.name().ns != ns!(html) {
            return false;
        }
        match element.name().local {
            local_name!("select") | local_name!("hr") | local_name!("option") | local_name!("datalist") => {
                true
            }
            local_name!("optgroup") => node
                .inclusive_ancestors()
                .skip(1)
                .take_while(|above| **above != *self.upcast::<Node>())
                .filter_map(DomRoot::downcast::<Element>)
                .any(|above| above.is_html(&local_name!("optgroup"))),
            _ => false,
        }
    }
}

impl HTMLSelectElementMethods for HTMLSelectElement {
    /// <https://html.spec.whatwg.org/multipage/form-elements.html#dom-select-length>
    fn Length(&self) -> u32 {
        u32::try_from(self.options().len()).unwrap_or(u32::MAX)
    }

    /// <https://html.spec.whatwg.org/multipage/common-dom-interfaces.html#dom-htmloptionscollection-length>
    fn SetLength(&self, cx: &mut JSContext, length: u32) -> Fallible<()> {
        // 1. What is there.
        let options = self.options();
        let wanted = length as usize;
        // 2. More: new ones at the end, unless those are very many.
        if wanted > options.len() && length <= MAX_LENGTH {
            let document = self.upcast::<Node>().node_document();
            for _ in options.len()..wanted {
                let name = QualName::new(None, ns!(html), local_name!("option"));
                let option = create_element(cx, &document, name);
                mutation::append(cx, option.upcast(), self.upcast())?;
            }
        }
        // 3. Fewer: without the last ones.
        for option in options.iter().skip(wanted) {
            mutation::remove(cx, option.upcast());
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/common-dom-interfaces.html#dom-htmloptionscollection-setter>
    fn IndexedSetter(
        &self,
        cx: &mut JSContext,
        index: u32,
        option: Option<&HTMLOptionElement>,
    ) -> Fallible<()> {
        // 1. Null takes away what is there.
        let options = self.options();
        let existing = options.get(index as usize);
        let Some(option) = option else {
            if let Some(existing) = existing {
                mutation::remove(cx, existing.upcast());
            }
            return Ok(());
        };
        // 2–5. In the place of another one, or at the end, after so many new ones that it has its place.
        match existing {
            Some(existing) if *existing.upcast::<Node>() == *option.upcast::<Node>() => {}
            Some(existing) => {
                if let Some(parent) = existing.upcast::<Node>().parent() {
                    mutation::replace(cx, existing.upcast(), option.upcast(), &parent)?;
                }
            }
            // NB: as with the length, very many are not made.
            None if index > MAX_LENGTH => {}
            None => {
                self.SetLength(cx, index)?;
                mutation::append(cx, option.upcast(), self.upcast())?;
            }
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/form-elements.html#dom-select-item>
    fn Item(&self, _cx: &mut JSContext, index: u32) -> Fallible<Option<DomRoot<HTMLOptionElement>>> {
        Ok(self.options().into_iter().nth(index as usize))
    }
}
