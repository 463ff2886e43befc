//! <https://dom.spec.whatwg.org/#interface-namednodemap>

use super::attr::Attr;
use super::element::Element;
use super::names::qualified_name;
use crate::bindings::interfaces::NamedNodeMapMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#namednodemap>: an element's attributes.
#[dom_struct]
pub struct NamedNodeMap {
    reflector: Reflector,
    element: Dom<Element>,
}

impl NamedNodeMap {
    /// Those of an element.
    pub(super) fn new(cx: &mut JSContext, element: &Element) -> DomRoot<NamedNodeMap> {
        let map = NamedNodeMap { reflector: Reflector::new(), element: Dom::from_ref(element) };
        reflect_dom_object(cx, Box::new(map), &element.global())
    }

    fn remove(&self, cx: &mut JSContext, attr: Option<DomRoot<Attr>>) -> Fallible<DomRoot<Attr>> {
        let attr = attr.ok_or_else(|| Error::NotFound("there is no such attribute".into()))?;
        self.element.as_rooted().remove_attr(cx, &attr);
        Ok(attr)
    }
}

impl NamedNodeMapMethods for NamedNodeMap {
    /// <https://dom.spec.whatwg.org/#dom-namednodemap-length>
    fn Length(&self) -> u32 {
        u32::try_from(self.element.attributes().borrow().iter().count()).unwrap_or(u32::MAX)
    }

    /// <https://dom.spec.whatwg.org/#dom-namednodemap-item>
    fn Item(&self, cx: &mut JSContext, index: u32) -> Fallible<Option<DomRoot<Attr>>> {
        Ok(self.element.as_rooted().attr_at(cx, index as usize))
    }

    /// <https://dom.spec.whatwg.org/#dom-namednodemap-getnameditem>
    fn GetNamedItem(&self, cx: &mut JSContext, name: DOMString) -> Fallible<Option<DomRoot<Attr>>> {
        Ok(self.element.as_rooted().attr_by_name(cx, name))
    }

    /// <https://dom.spec.whatwg.org/#dom-namednodemap-getnameditemns>
    fn GetNamedItemNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<Option<DomRoot<Attr>>> {
        Ok(self.element.as_rooted().attr_by_namespace(cx, namespace, &local))
    }

    /// <https://dom.spec.whatwg.org/#dom-namednodemap-setnameditem>
    fn SetNamedItem(&self, cx: &mut JSContext, attr: &Attr) -> Fallible<Option<DomRoot<Attr>>> {
        self.element.as_rooted().set_attr(cx, attr)
    }

    /// <https://dom.spec.whatwg.org/#dom-namednodemap-setnameditemns>
    fn SetNamedItemNS(&self, cx: &mut JSContext, attr: &Attr) -> Fallible<Option<DomRoot<Attr>>> {
        self.element.as_rooted().set_attr(cx, attr)
    }

    /// <https://dom.spec.whatwg.org/#dom-namednodemap-removenameditem>
    fn RemoveNamedItem(&self, cx: &mut JSContext, name: DOMString) -> Fallible<DomRoot<Attr>> {
        let attr = self.element.as_rooted().attr_by_name(cx, name);
        self.remove(cx, attr)
    }

    /// <https://dom.spec.whatwg.org/#dom-namednodemap-removenameditemns>
    fn RemoveNamedItemNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<DomRoot<Attr>> {
        let attr = self.element.as_rooted().attr_by_namespace(cx, namespace, &local);
        self.remove(cx, attr)
    }

    /// <https://dom.spec.whatwg.org/#ref-for-dfn-supported-property-names%E2%91%A0>
    fn SupportedPropertyNames(&self) -> Vec<DOMString> {
        // 1. The qualified names, each once.
        let mut names = Vec::new();
        for attribute in self.element.attributes().borrow().iter() {
            let name = qualified_name(&attribute.name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // 2. Of HTML elements in HTML those that can be found.
        if self.element.is_html_in_html_document() {
            names.retain(|name| !name.contains(|c: char| c.is_ascii_uppercase()));
        }
        // 3.
        names
    }
}
