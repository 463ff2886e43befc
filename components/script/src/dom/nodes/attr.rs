//! <https://dom.spec.whatwg.org/#interface-attr>
//!
//! An element keeps its attributes as names and values; the nodes are made when script asks for them.

use html5ever::{LocalName, Namespace, QualName, ns};

use super::document::Document;
use super::element::Element;
use super::mutation;
use super::names::qualified_name;
use super::node::{Node, NodeKind};
use crate::bindings::interfaces::AttrMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#attr>
#[dom_struct]
pub struct Attr {
    node: Node,
    #[no_trace]
    name: QualName,
    /// <https://dom.spec.whatwg.org/#concept-attribute-element>: while there is one, it has the value.
    element: MutNullableDom<Element>,
    /// The value of one without an element.
    value: DomRefCell<DOMString>,
}

impl Attr {
    /// An attribute of an element, or of none.
    pub(super) fn new(
        cx: &mut JSContext,
        name: QualName,
        element: Option<&Element>,
        document: &Document,
    ) -> DomRoot<Attr> {
        let attr = Attr {
            node: Node::new_inherited(NodeKind::Attribute, Some(document)),
            name,
            element: MutNullableDom::new(element),
            value: DomRefCell::default(),
        };
        reflect_dom_object(cx, Box::new(attr), &document.global())
    }

    /// A copy, without an element: <https://dom.spec.whatwg.org/#clone-a-single-node>.
    pub(super) fn clone_alone(&self, cx: &mut JSContext, document: &Document) -> DomRoot<Attr> {
        let copy = Attr::new(cx, self.name.clone(), None, document);
        *copy.value.borrow_mut() = self.value();
        copy
    }

    /// <https://dom.spec.whatwg.org/#concept-attribute-value>
    pub(super) fn value(&self) -> DOMString {
        match self.element.get() {
            Some(element) => element.attribute(&self.name.ns, &self.name.local).unwrap_or_default(),
            None => self.value.borrow().clone(),
        }
    }

    /// <https://dom.spec.whatwg.org/#set-an-existing-attribute-value>
    pub(super) fn set_value(&self, cx: &mut JSContext, value: DOMString) {
        match self.element.get() {
            // 1. One without an element just has it.
            None => *self.value.borrow_mut() = value,
            // 2–5. The element's attribute changes.
            Some(element) => element.set_attribute_value(cx, &self.name, value),
        }
    }

    /// <https://dom.spec.whatwg.org/#concept-attribute-qualified-name>
    pub(super) fn qualified_name(&self) -> DOMString {
        qualified_name(&self.name)
    }

    /// Namespace, prefix and local name.
    pub(super) fn name(&self) -> &QualName {
        &self.name
    }

    /// <https://dom.spec.whatwg.org/#concept-attribute-element>
    pub(super) fn element(&self) -> Option<DomRoot<Element>> {
        self.element.get()
    }

    /// The same namespace, local name and value.
    pub(super) fn equals_alone(&self, other: &Attr) -> bool {
        self.has_name(&other.name.ns, &other.name.local) && self.value() == other.value()
    }

    fn has_name(&self, namespace: &Namespace, local: &LocalName) -> bool {
        self.name.ns == *namespace && self.name.local == *local
    }
}

impl AttrMethods for Attr {
    /// <https://dom.spec.whatwg.org/#dom-attr-namespaceuri>
    fn GetNamespaceURI(&self) -> Option<DOMString> {
        (self.name.ns != ns!()).then(|| (*self.name.ns).into())
    }

    /// <https://dom.spec.whatwg.org/#dom-attr-prefix>
    fn GetPrefix(&self) -> Option<DOMString> {
        self.name.prefix.as_ref().map(|prefix| (**prefix).into())
    }

    /// <https://dom.spec.whatwg.org/#dom-attr-localname>
    fn LocalName(&self) -> DOMString {
        (*self.name.local).into()
    }

    /// <https://dom.spec.whatwg.org/#dom-attr-name>
    fn Name(&self) -> DOMString {
        self.qualified_name()
    }

    /// <https://dom.spec.whatwg.org/#dom-attr-value>
    fn Value(&self) -> DOMString {
        self.value()
    }

    /// <https://dom.spec.whatwg.org/#dom-attr-value>
    fn SetValue(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.set_value(cx, value);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-attr-ownerelement>
    fn GetOwnerElement(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.element()
    }

    /// <https://dom.spec.whatwg.org/#dom-attr-specified>
    fn Specified(&self) -> bool {
        true
    }
}

impl Element {
    /// The node of the attribute of that name, which there is.
    fn attr(&self, cx: &mut JSContext, name: &QualName) -> DomRoot<Attr> {
        let made = self
            .attrs()
            .borrow()
            .iter()
            .find(|attr| attr.has_name(&name.ns, &name.local))
            .map(Dom::as_rooted);
        made.unwrap_or_else(|| {
            let attr = Attr::new(cx, name.clone(), Some(self), &self.upcast::<Node>().node_document());
            self.attrs().borrow_mut().push(Dom::from_ref(&attr));
            attr
        })
    }

    /// The node of the attribute at an index.
    pub(super) fn attr_at(&self, cx: &mut JSContext, index: usize) -> Option<DomRoot<Attr>> {
        let name = self.attributes().borrow().iter().nth(index)?.name.clone();
        Some(self.attr(cx, &name))
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-get-by-name>
    pub(super) fn attr_by_name(&self, cx: &mut JSContext, name: DOMString) -> Option<DomRoot<Attr>> {
        let name = self.lookup_name(name);
        let name = self.attributes().borrow().get_by_qualified_name(&name)?.name.clone();
        Some(self.attr(cx, &name))
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-get-by-namespace>
    pub(super) fn attr_by_namespace(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: &DOMString,
    ) -> Option<DomRoot<Attr>> {
        let namespace = Namespace::from(namespace.as_deref().unwrap_or_default());
        let name = self.attributes().borrow().get(&namespace, &LocalName::from(&**local))?.name.clone();
        Some(self.attr(cx, &name))
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-set>; gives the attribute that it replaces.
    pub(super) fn set_attr(&self, cx: &mut JSContext, attr: &Attr) -> Fallible<Option<DomRoot<Attr>>> {
        // 2. It has to be free.
        match attr.element.get() {
            // 4. It is there already.
            Some(element) if std::ptr::eq(&raw const *element, self) => {
                return Ok(Some(DomRoot::from_ref(attr)));
            }
            Some(_) => {
                return Err(Error::InUseAttribute("the attribute belongs to another element".into()));
            }
            None => {}
        }
        // 3. The one of that name.
        let name = &attr.name;
        let there = self.attributes().borrow().get(&name.ns, &name.local).map(|old| old.name.clone());
        let old = there.map(|name| self.attr(cx, &name));
        // 6–7. It takes that one's place, or the last.
        let value = attr.value();
        let old_value = self.attributes().borrow_mut().put(name, value.clone());
        if let (Some(old), Some(old_value)) = (&old, &old_value) {
            self.detach_attr(&old.name, old_value);
        }
        attr.element.set(Some(self));
        self.attrs().borrow_mut().push(Dom::from_ref(attr));
        attr.upcast::<Node>().set_node_document(&self.upcast::<Node>().node_document());
        mutation::attribute_changed(cx, self, name, old_value.as_ref(), Some(&value));
        // 8.
        Ok(old)
    }

    /// The attribute is not of this element any more: its node, if there is one, keeps the value.
    pub(super) fn detach_attr(&self, name: &QualName, value: &DOMString) {
        let mut attrs = self.attrs().borrow_mut();
        if let Some(index) = attrs.iter().position(|attr| attr.has_name(&name.ns, &name.local)) {
            *attrs[index].value.borrow_mut() = value.clone();
            attrs[index].element.set(None);
            attrs.remove(index);
        }
    }

    /// Takes the attribute away from this element: <https://dom.spec.whatwg.org/#concept-element-attributes-remove>.
    pub(super) fn remove_attr(&self, cx: &mut JSContext, attr: &Attr) {
        self.remove_attribute(cx, &attr.name);
    }
}
