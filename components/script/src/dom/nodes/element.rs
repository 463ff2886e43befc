//! <https://dom.spec.whatwg.org/#interface-element>

use html5ever::{LocalName, Namespace, QualName, local_name, ns};

use super::attr::Attr;
use super::attributes::{Attribute, Attributes};
use super::child_node;
use super::document::Document;
use super::dom_token_list::DOMTokenList;
use super::html_collection::HTMLCollection;
use super::named_node_map::NamedNodeMap;
use super::names::{
    NameContext, is_ascii_whitespace, is_valid_attribute_local_name, qualified_name, validate_and_extract,
};
use super::node::{Node, NodeKind};
use super::node_list::NodeList;
use super::text::Text;
use super::{mutation, parent_node};
use crate::bindings::interfaces::ElementMethods;
use crate::bindings::unions::NodeOrDOMString;
use crate::dom::events::content_attributes;
use crate::dom::html::elements::create_element;
use crate::dom::html::parsing::fragment::parse_fragment;
use crate::dom::html::unloading::is_about_to_be_removed;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#element>
#[dom_struct]
pub struct Element {
    node: Node,
    #[no_trace]
    name: QualName,
    #[no_trace]
    attributes: DomRefCell<Attributes>,
    /// The nodes of attributes that script has asked for.
    attrs: DomRefCell<Vec<Dom<Attr>>>,
    attribute_map: MutNullableDom<NamedNodeMap>,
    class_list: MutNullableDom<DOMTokenList>,
    children: MutNullableDom<HTMLCollection>,
}

impl Element {
    /// Only fields.
    pub(crate) fn new_inherited(name: QualName, document: &Document) -> Element {
        Element {
            node: Node::new_inherited(NodeKind::Element, Some(document)),
            name,
            attributes: DomRefCell::default(),
            attrs: DomRefCell::default(),
            attribute_map: MutNullableDom::default(),
            class_list: MutNullableDom::default(),
            children: MutNullableDom::default(),
        }
    }

    /// Namespace, prefix and local name.
    pub(crate) fn name(&self) -> &QualName {
        &self.name
    }

    /// Whether it is the HTML element of that name.
    pub(crate) fn is_html(&self, local: &LocalName) -> bool {
        self.name.ns == ns!(html) && self.name.local == *local
    }

    /// <https://dom.spec.whatwg.org/#concept-element-qualified-name>
    pub(crate) fn qualified_name(&self) -> DOMString {
        qualified_name(&self.name)
    }

    /// An HTML element in an HTML document: its names don't depend on case.
    pub(crate) fn is_html_in_html_document(&self) -> bool {
        self.name.ns == ns!(html) && self.upcast::<Node>().node_document().is_html_document()
    }

    /// <https://dom.spec.whatwg.org/#element-html-uppercased-qualified-name>
    pub(crate) fn html_uppercased_qualified_name(&self) -> DOMString {
        let name = self.qualified_name();
        if self.is_html_in_html_document() { name.to_ascii_uppercase().into() } else { name }
    }

    /// The value of an attribute: <https://dom.spec.whatwg.org/#concept-element-attributes-get-value>, but with its
    /// absence told apart.
    pub(crate) fn attribute(&self, namespace: &Namespace, local: &LocalName) -> Option<DOMString> {
        self.attributes.borrow().get(namespace, local).map(|attribute| attribute.value.clone())
    }

    /// The value of an attribute without a namespace.
    pub(crate) fn attribute_without_namespace(&self, local: &LocalName) -> Option<DOMString> {
        self.attribute(&ns!(), local)
    }

    /// Whether there is such an attribute without a namespace.
    pub(crate) fn has_attribute(&self, local: &LocalName) -> bool {
        self.attributes.borrow().get(&ns!(), local).is_some()
    }

    /// The attributes that the parser found, or that are copied; before anything knows the element.
    pub(crate) fn set_initial_attributes(&self, attributes: Attributes) {
        // Event handlers are the only attributes that are of consequence now.
        for attribute in attributes.iter().filter(|attribute| attribute.name.ns == ns!()) {
            content_attributes::attribute_changed(self, &attribute.name.local, Some(&attribute.value));
        }
        *self.attributes.borrow_mut() = attributes;
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-set-value>
    pub(crate) fn set_attribute_value(&self, cx: &mut JSContext, name: &QualName, value: DOMString) {
        let old = self.attributes.borrow_mut().set(name, value.clone());
        mutation::attribute_changed(cx, self, name, old.as_ref(), Some(&value));
    }

    /// Sets an attribute without a namespace.
    pub(crate) fn set_attribute_without_namespace(
        &self,
        cx: &mut JSContext,
        local: LocalName,
        value: DOMString,
    ) {
        self.set_attribute_value(cx, &QualName::new(None, ns!(), local), value);
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-remove>
    pub(crate) fn remove_attribute(&self, cx: &mut JSContext, name: &QualName) {
        let removed = self.attributes.borrow_mut().remove(name);
        if let Some(removed) = removed {
            self.detach_attr(&removed.name, &removed.value);
            mutation::attribute_changed(cx, self, &removed.name, Some(&removed.value), None);
        }
    }

    /// Sets or removes an attribute whose presence is a boolean.
    pub(crate) fn set_boolean_attribute(&self, cx: &mut JSContext, local: LocalName, present: bool) {
        if present {
            self.set_attribute_without_namespace(cx, local, DOMString::new());
        } else {
            self.remove_attribute(cx, &QualName::new(None, ns!(), local));
        }
    }

    /// Adds the attributes that the element does not have yet (a second `html` or `body` tag does that).
    pub(crate) fn add_missing_attributes(&self, cx: &mut JSContext, attributes: Attributes) {
        for attribute in attributes.iter() {
            if self.attributes.borrow().get(&attribute.name.ns, &attribute.name.local).is_none() {
                self.set_attribute_value(cx, &attribute.name, attribute.value.clone());
            }
        }
    }

    /// Whether one of the attributes is so.
    pub(super) fn any_attribute(&self, is_so: impl FnMut(&Attribute) -> bool) -> bool {
        self.attributes.borrow().iter().any(is_so)
    }

    /// The attributes.
    pub(super) fn attributes(&self) -> &DomRefCell<Attributes> {
        &self.attributes
    }

    /// The nodes of attributes that there are.
    pub(super) fn attrs(&self) -> &DomRefCell<Vec<Dom<Attr>>> {
        &self.attrs
    }

    /// The names of the attributes, in order.
    pub(crate) fn attribute_names(&self) -> Vec<QualName> {
        self.attributes.borrow().iter().map(|attribute| attribute.name.clone()).collect()
    }

    /// The attributes as they are now.
    pub(super) fn cloned_attributes(&self) -> Attributes {
        self.attributes.borrow().clone()
    }

    /// <https://dom.spec.whatwg.org/#concept-id>
    pub(crate) fn has_id(&self, id: &DOMString) -> bool {
        self.attributes
            .borrow()
            .get(&ns!(), &local_name!("id"))
            .is_some_and(|attribute| attribute.value == *id)
    }

    /// <https://dom.spec.whatwg.org/#concept-class>
    pub(crate) fn has_class(&self, class: &DOMString) -> bool {
        self.attributes.borrow().get(&ns!(), &local_name!("class")).is_some_and(|attribute| {
            attribute.value.split(is_ascii_whitespace).any(|token| *token == **class)
        })
    }

    /// The same name and attributes.
    pub(super) fn equals_alone(&self, other: &Element) -> bool {
        self.name == other.name && self.attributes.borrow().equals(&other.attributes.borrow())
    }

    /// A copy without children: <https://dom.spec.whatwg.org/#clone-a-single-node>.
    pub(super) fn clone_alone(&self, cx: &mut JSContext, document: &Document) -> DomRoot<Element> {
        let copy = create_element(cx, document, self.name.clone());
        copy.set_initial_attributes(self.attributes.borrow().clone());
        copy
    }

    /// The qualified name as `getAttribute` and its like look for it.
    pub(super) fn lookup_name(&self, name: DOMString) -> DOMString {
        if self.is_html_in_html_document() { name.to_ascii_lowercase().into() } else { name }
    }
}

impl ElementMethods for Element {
    /// <https://dom.spec.whatwg.org/#dom-element-namespaceuri>
    fn GetNamespaceURI(&self) -> Option<DOMString> {
        (self.name.ns != ns!()).then(|| (*self.name.ns).into())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-prefix>
    fn GetPrefix(&self) -> Option<DOMString> {
        self.name.prefix.as_ref().map(|prefix| (**prefix).into())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-localname>
    fn LocalName(&self) -> DOMString {
        (*self.name.local).into()
    }

    /// <https://dom.spec.whatwg.org/#dom-element-tagname>
    fn TagName(&self) -> DOMString {
        self.html_uppercased_qualified_name()
    }

    /// <https://dom.spec.whatwg.org/#dom-element-id>
    fn Id(&self) -> DOMString {
        self.attribute_without_namespace(&local_name!("id")).unwrap_or_default()
    }

    /// <https://dom.spec.whatwg.org/#dom-element-id>
    fn SetId(&self, cx: &mut JSContext, id: DOMString) -> Fallible<()> {
        self.set_attribute_without_namespace(cx, local_name!("id"), id);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-classname>
    fn ClassName(&self) -> DOMString {
        self.attribute_without_namespace(&local_name!("class")).unwrap_or_default()
    }

    /// <https://dom.spec.whatwg.org/#dom-element-classname>
    fn SetClassName(&self, cx: &mut JSContext, class: DOMString) -> Fallible<()> {
        self.set_attribute_without_namespace(cx, local_name!("class"), class);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-classlist>
    fn ClassList(&self, cx: &mut JSContext) -> DomRoot<DOMTokenList> {
        self.class_list.or_init(|| DOMTokenList::new(cx, self, local_name!("class")))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-closest>
    fn Closest(&self, _cx: &mut JSContext, selectors: DOMString) -> Fallible<Option<DomRoot<Element>>> {
        // 1–2.
        let selectors = parent_node::parse_selectors(&selectors)?;
        // 3–4. The nearest, this element first.
        let mut elements = self.upcast::<Node>().inclusive_ancestors().filter_map(DomRoot::downcast);
        Ok(elements.find(|element| selectors.matches(element, Some(self))))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-matches>
    fn Matches(&self, _cx: &mut JSContext, selectors: DOMString) -> Fallible<bool> {
        Ok(parent_node::parse_selectors(&selectors)?.matches(self, Some(self)))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-webkitmatchesselector>
    fn WebkitMatchesSelector(&self, cx: &mut JSContext, selectors: DOMString) -> Fallible<bool> {
        self.Matches(cx, selectors)
    }

    /// <https://dom.spec.whatwg.org/#dom-element-attributes>
    fn Attributes(&self, cx: &mut JSContext) -> DomRoot<NamedNodeMap> {
        self.attribute_map.or_init(|| NamedNodeMap::new(cx, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getattributenode>
    fn GetAttributeNode(&self, cx: &mut JSContext, name: DOMString) -> Fallible<Option<DomRoot<Attr>>> {
        Ok(self.attr_by_name(cx, name))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getattributenodens>
    fn GetAttributeNodeNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<Option<DomRoot<Attr>>> {
        Ok(self.attr_by_namespace(cx, namespace, &local))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-setattributenode>
    fn SetAttributeNode(&self, cx: &mut JSContext, attr: &Attr) -> Fallible<Option<DomRoot<Attr>>> {
        self.set_attr(cx, attr)
    }

    /// <https://dom.spec.whatwg.org/#dom-element-setattributenodens>
    fn SetAttributeNodeNS(&self, cx: &mut JSContext, attr: &Attr) -> Fallible<Option<DomRoot<Attr>>> {
        self.set_attr(cx, attr)
    }

    /// <https://dom.spec.whatwg.org/#dom-element-removeattributenode>
    fn RemoveAttributeNode(&self, cx: &mut JSContext, attr: &Attr) -> Fallible<DomRoot<Attr>> {
        // 1. It has to be one of this element's.
        if attr.element().is_none_or(|element| !std::ptr::eq(&raw const *element, self)) {
            return Err(Error::NotFound("the attribute is not of this element".into()));
        }
        // 2–3.
        self.remove_attr(cx, attr);
        Ok(DomRoot::from_ref(attr))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-hasattributes>
    fn HasAttributes(&self, _cx: &mut JSContext) -> Fallible<bool> {
        Ok(self.attributes.borrow().iter().next().is_some())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getattributenames>
    fn GetAttributeNames(&self, _cx: &mut JSContext) -> Fallible<Vec<DOMString>> {
        Ok(self.attributes.borrow().iter().map(|attribute| qualified_name(&attribute.name)).collect())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getattribute>
    fn GetAttribute(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<Option<DOMString>> {
        let name = self.lookup_name(name);
        Ok(self.attributes.borrow().get_by_qualified_name(&name).map(|attribute| attribute.value.clone()))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getattributens>
    fn GetAttributeNS(
        &self,
        _cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<Option<DOMString>> {
        let namespace = Namespace::from(namespace.as_deref().unwrap_or_default());
        Ok(self.attribute(&namespace, &LocalName::from(&*local)))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-setattribute>
    fn SetAttribute(&self, cx: &mut JSContext, name: DOMString, value: DOMString) -> Fallible<()> {
        // 1. A name?
        if !is_valid_attribute_local_name(&name) {
            return Err(Error::InvalidCharacter(format!("`{name}` is not a valid attribute name")));
        }
        // 2 and 4. The attribute with that qualified name, whatever its namespace.
        let name = self.lookup_name(name);
        let existing =
            self.attributes.borrow().get_by_qualified_name(&name).map(|attribute| attribute.name.clone());
        // 5 and 6. Or a new one.
        let name = existing.unwrap_or_else(|| QualName::new(None, ns!(), LocalName::from(&*name)));
        self.set_attribute_value(cx, &name, value);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-setattributens>
    fn SetAttributeNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        name: DOMString,
        value: DOMString,
    ) -> Fallible<()> {
        let name = validate_and_extract(namespace, &name, NameContext::Attribute)?;
        self.set_attribute_value(cx, &name, value);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-removeattribute>
    fn RemoveAttribute(&self, cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        let name = self.lookup_name(name);
        let found =
            self.attributes.borrow().get_by_qualified_name(&name).map(|attribute| attribute.name.clone());
        if let Some(name) = found {
            self.remove_attribute(cx, &name);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-removeattributens>
    fn RemoveAttributeNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<()> {
        let namespace = Namespace::from(namespace.as_deref().unwrap_or_default());
        self.remove_attribute(cx, &QualName::new(None, namespace, LocalName::from(&*local)));
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-toggleattribute>
    fn ToggleAttribute(&self, cx: &mut JSContext, name: DOMString, force: Option<bool>) -> Fallible<bool> {
        // 1. A name?
        if !is_valid_attribute_local_name(&name) {
            return Err(Error::InvalidCharacter(format!("`{name}` is not a valid attribute name")));
        }
        // 2 and 3. Is it there?
        let name = self.lookup_name(name);
        let existing =
            self.attributes.borrow().get_by_qualified_name(&name).map(|attribute| attribute.name.clone());
        match existing {
            // 4. Not there: comes, unless it is to stay away.
            None => {
                if force == Some(false) {
                    return Ok(false);
                }
                self.set_attribute_without_namespace(cx, LocalName::from(&*name), DOMString::new());
                Ok(true)
            }
            // 5. There: goes, unless it is to stay.
            Some(name) if force != Some(true) => {
                self.remove_attribute(cx, &name);
                Ok(false)
            }
            // 6. Stays.
            Some(_) => Ok(true),
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-element-hasattribute>
    fn HasAttribute(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<bool> {
        let name = self.lookup_name(name);
        Ok(self.attributes.borrow().get_by_qualified_name(&name).is_some())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-hasattributens>
    fn HasAttributeNS(
        &self,
        _cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<bool> {
        let namespace = Namespace::from(namespace.as_deref().unwrap_or_default());
        Ok(self.attributes.borrow().get(&namespace, &LocalName::from(&*local)).is_some())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getelementsbytagname>
    fn GetElementsByTagName(&self, cx: &mut JSContext, name: DOMString) -> Fallible<DomRoot<HTMLCollection>> {
        Ok(HTMLCollection::by_qualified_name(cx, self.upcast(), name))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getelementsbytagnamens>
    fn GetElementsByTagNameNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<DomRoot<HTMLCollection>> {
        Ok(HTMLCollection::by_name(cx, self.upcast(), namespace, &local))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getelementsbyclassname>
    fn GetElementsByClassName(
        &self,
        cx: &mut JSContext,
        names: DOMString,
    ) -> Fallible<DomRoot<HTMLCollection>> {
        Ok(HTMLCollection::by_classes(cx, self.upcast(), &names))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-insertadjacentelement>
    fn InsertAdjacentElement(
        &self,
        cx: &mut JSContext,
        position: DOMString,
        element: &Element,
    ) -> Fallible<Option<DomRoot<Element>>> {
        let inserted = parent_node::insert_adjacent(cx, self, &position, element.upcast())?;
        Ok(inserted.then(|| DomRoot::from_ref(element)))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-insertadjacenttext>
    fn InsertAdjacentText(&self, cx: &mut JSContext, position: DOMString, data: DOMString) -> Fallible<()> {
        // 1. The text.
        let text = Text::new(cx, data, &self.upcast::<Node>().node_document());
        // 2. At its place.
        parent_node::insert_adjacent(cx, self, &position, text.upcast()).map(drop)
    }

    /// <https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-element-innerhtml>
    fn TryInnerHTML(&self) -> Fallible<DOMString> {
        if !self.upcast::<Node>().node_document().is_html_document() {
            return Err(Error::NotSupported("XML can't be serialized yet".into()));
        }
        Ok(self.upcast::<Node>().markup().into())
    }

    /// <https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-element-innerhtml>
    fn SetInnerHTML(&self, cx: &mut JSContext, markup: DOMString) -> Fallible<()> {
        if !self.upcast::<Node>().node_document().is_html_document() {
            return Err(Error::NotSupported("XML can't be parsed yet".into()));
        }
        // 3. The nodes.
        let fragment = parse_fragment(cx, self, &markup)?;
        // 5. They take the place of all children.
        mutation::replace_all(cx, Some(fragment.upcast()), self.upcast());
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-children>
    fn Children(&self, cx: &mut JSContext) -> DomRoot<HTMLCollection> {
        self.children.or_init(|| HTMLCollection::children(cx, self.upcast()))
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-firstelementchild>
    fn GetFirstElementChild(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.upcast::<Node>().child_elements().next()
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-lastelementchild>
    fn GetLastElementChild(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        parent_node::last_element_child(self.upcast())
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-childelementcount>
    fn ChildElementCount(&self) -> u32 {
        parent_node::child_element_count(self.upcast())
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-prepend>
    fn Prepend(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        parent_node::prepend(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-append>
    fn Append(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        parent_node::append(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-queryselector>
    fn QuerySelector(&self, _cx: &mut JSContext, selectors: DOMString) -> Fallible<Option<DomRoot<Element>>> {
        parent_node::query_selector(self.upcast(), &selectors)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-queryselectorall>
    fn QuerySelectorAll(&self, cx: &mut JSContext, selectors: DOMString) -> Fallible<DomRoot<NodeList>> {
        parent_node::query_selector_all(cx, self.upcast(), &selectors)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-replacechildren>
    fn ReplaceChildren(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        parent_node::replace_children(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-nondocumenttypechildnode-previouselementsibling>
    fn GetPreviousElementSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.upcast::<Node>().preceding_siblings().find_map(DomRoot::downcast)
    }

    /// <https://dom.spec.whatwg.org/#dom-nondocumenttypechildnode-nextelementsibling>
    fn GetNextElementSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.upcast::<Node>().following_siblings().find_map(DomRoot::downcast)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-before>
    fn Before(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        child_node::before(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-after>
    fn After(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        child_node::after(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-replacewith>
    fn ReplaceWith(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        child_node::replace_with(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-remove>
    fn Remove(&self, cx: &mut JSContext) -> Fallible<()> {
        is_about_to_be_removed(cx, self.upcast());
        mutation::remove(cx, self.upcast());
        Ok(())
    }
}
