//! <https://dom.spec.whatwg.org/#interface-node>

use std::cmp::Ordering;

use super::attr::Attr;
use super::document::Document;
use super::element::Element;
use super::mutation;
use super::node_list::NodeList;
use super::registered_observers::RegisteredObserver;
use crate::bindings::dictionaries::GetRootNodeOptions;
use crate::bindings::interfaces::NodeMethods;
use crate::dom::html::unloading::is_about_to_be_removed;
use crate::dom::nodes::character_data::CharacterData;
use crate::dom::nodes::document_type::DocumentType;
use crate::dom::nodes::text::Text;
use crate::webidl::*;

/// What a node is: <https://dom.spec.whatwg.org/#dom-node-nodetype>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeKind {
    /// An element.
    Element = 1,
    /// An attribute.
    Attribute = 2,
    /// A text node.
    Text = 3,
    /// A comment.
    Comment = 8,
    /// A document.
    Document = 9,
    /// A doctype.
    DocumentType = 10,
    /// A document fragment.
    DocumentFragment = 11,
}

/// <https://dom.spec.whatwg.org/#node>
#[dom_struct]
pub struct Node {
    event_target: EventTarget,
    #[no_trace]
    kind: NodeKind,
    /// <https://dom.spec.whatwg.org/#concept-node-document>; None in a document: it is its own.
    node_document: MutNullableDom<Document>,
    parent: MutNullableDom<Node>,
    first_child: MutNullableDom<Node>,
    last_child: MutNullableDom<Node>,
    previous_sibling: MutNullableDom<Node>,
    next_sibling: MutNullableDom<Node>,
    child_count: Cell<u32>,
    /// <https://dom.spec.whatwg.org/#connected>
    connected: Cell<bool>,
    child_nodes: MutNullableDom<NodeList>,
    /// The [registered observer list](https://dom.spec.whatwg.org/#registered-observer-list).
    registered_observers: DomRefCell<Vec<RegisteredObserver>>,
}

impl Node {
    /// Only fields. A document has no node document but itself: None.
    pub(crate) fn new_inherited(kind: NodeKind, node_document: Option<&Document>) -> Node {
        Node {
            event_target: EventTarget::new_inherited(),
            kind,
            node_document: MutNullableDom::new(node_document),
            parent: MutNullableDom::default(),
            first_child: MutNullableDom::default(),
            last_child: MutNullableDom::default(),
            previous_sibling: MutNullableDom::default(),
            next_sibling: MutNullableDom::default(),
            child_count: Cell::new(0),
            connected: Cell::new(kind == NodeKind::Document),
            child_nodes: MutNullableDom::default(),
            registered_observers: DomRefCell::default(),
        }
    }

    /// The registered observer list.
    pub(super) fn registered_observers(&self) -> &DomRefCell<Vec<RegisteredObserver>> {
        &self.registered_observers
    }

    /// What kind of node it is.
    pub(crate) fn kind(&self) -> NodeKind {
        self.kind
    }

    /// <https://dom.spec.whatwg.org/#concept-node-document>
    pub(crate) fn node_document(&self) -> DomRoot<Document> {
        match self.node_document.get() {
            Some(document) => document,
            None => match self.downcast::<Document>() {
                Some(document) => DomRoot::from_ref(document),
                None => unreachable!("every node but a document is made with a node document"),
            },
        }
    }

    pub(super) fn set_node_document(&self, document: &Document) {
        self.node_document.set(Some(document));
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-parent>
    pub(crate) fn parent(&self) -> Option<DomRoot<Node>> {
        self.parent.get()
    }

    /// The parent, if it is an element.
    pub(crate) fn parent_element(&self) -> Option<DomRoot<Element>> {
        self.parent().and_then(DomRoot::downcast)
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-first-child>
    pub(crate) fn first_child(&self) -> Option<DomRoot<Node>> {
        self.first_child.get()
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-last-child>
    pub(crate) fn last_child(&self) -> Option<DomRoot<Node>> {
        self.last_child.get()
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-previous-sibling>
    pub(crate) fn previous_sibling(&self) -> Option<DomRoot<Node>> {
        self.previous_sibling.get()
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-next-sibling>
    pub(crate) fn next_sibling(&self) -> Option<DomRoot<Node>> {
        self.next_sibling.get()
    }

    /// How many children there are.
    pub(crate) fn child_count(&self) -> u32 {
        self.child_count.get()
    }

    /// The children, in order. The tree must not change while they are walked; see [`Node::children_vec`].
    pub(crate) fn children(&self) -> impl Iterator<Item = DomRoot<Node>> + use<> {
        std::iter::successors(self.first_child(), |node| node.next_sibling())
    }

    /// The children as they are now.
    pub(crate) fn children_vec(&self) -> Vec<DomRoot<Node>> {
        self.children().collect()
    }

    /// The children that are elements.
    pub(crate) fn child_elements(&self) -> impl Iterator<Item = DomRoot<Element>> + use<> {
        self.children().filter_map(DomRoot::downcast)
    }

    /// The siblings after this node.
    pub(crate) fn following_siblings(&self) -> impl Iterator<Item = DomRoot<Node>> + use<> {
        std::iter::successors(self.next_sibling(), |node| node.next_sibling())
    }

    /// The siblings before this node, nearest first.
    pub(crate) fn preceding_siblings(&self) -> impl Iterator<Item = DomRoot<Node>> + use<> {
        std::iter::successors(self.previous_sibling(), |node| node.previous_sibling())
    }

    /// This node and its ancestors, outwards.
    pub(crate) fn inclusive_ancestors(&self) -> impl Iterator<Item = DomRoot<Node>> + use<> {
        std::iter::successors(Some(DomRoot::from_ref(self)), |node| node.parent())
    }

    /// This node and its descendants in [tree order](https://dom.spec.whatwg.org/#concept-tree-order).
    pub(crate) fn inclusive_descendants(&self) -> InclusiveDescendants {
        let root = DomRoot::from_ref(self);
        InclusiveDescendants { next: Some(root.clone()), root }
    }

    /// The descendants in tree order.
    pub(crate) fn descendants(&self) -> impl Iterator<Item = DomRoot<Node>> + use<> {
        self.inclusive_descendants().skip(1)
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-root>
    pub(crate) fn root(&self) -> DomRoot<Node> {
        let mut root = DomRoot::from_ref(self);
        while let Some(parent) = root.parent() {
            root = parent;
        }
        root
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-inclusive-ancestor>
    pub(crate) fn is_inclusive_ancestor_of(&self, other: &Node) -> bool {
        // One without children need not be looked for all the way up: deep trees are built quickly by that.
        if self.first_child.is_none() {
            return self == other;
        }
        other.inclusive_ancestors().any(|ancestor| *ancestor == *self)
    }

    /// <https://dom.spec.whatwg.org/#concept-tree-index>
    pub(crate) fn index(&self) -> usize {
        self.preceding_siblings().count()
    }

    /// <https://dom.spec.whatwg.org/#connected>
    pub(crate) fn is_connected(&self) -> bool {
        self.connected.get()
    }

    pub(super) fn set_connected(&self, connected: bool) {
        self.connected.set(connected);
    }

    /// <https://dom.spec.whatwg.org/#concept-child-text-content>
    pub(crate) fn child_text_content(&self) -> DOMString {
        self.children()
            .filter_map(DomRoot::downcast::<Text>)
            .map(|text| text.upcast::<CharacterData>().data())
            .collect()
    }

    /// <https://dom.spec.whatwg.org/#concept-descendant-text-content>
    pub(crate) fn descendant_text_content(&self) -> DOMString {
        self.descendants()
            .filter_map(DomRoot::downcast::<Text>)
            .map(|text| text.upcast::<CharacterData>().data())
            .collect()
    }

    /// <https://dom.spec.whatwg.org/#string-replace-all>
    pub(crate) fn string_replace_all(&self, cx: &mut JSContext, string: DOMString) {
        // 1 and 2. A text node, unless there is no text.
        let document = self.node_document();
        let node = (!string.is_empty()).then(|| Text::new(cx, string, &document));
        // 3. Replace all children by it.
        mutation::replace_all(cx, node.as_deref().map(|text| text.upcast::<Node>()), self);
    }

    /// Links `self` into the tree, with no steps of any kind.
    pub(super) fn link(&self, parent: &Node, before: Option<&Node>) {
        debug_assert!(self.parent.is_none());
        let previous = match before {
            Some(before) => before.previous_sibling(),
            None => parent.last_child(),
        };
        self.parent.set(Some(parent));
        self.previous_sibling.set(previous.as_deref());
        self.next_sibling.set(before);
        match &previous {
            Some(previous) => previous.next_sibling.set(Some(self)),
            None => parent.first_child.set(Some(self)),
        }
        match before {
            Some(before) => before.previous_sibling.set(Some(self)),
            None => parent.last_child.set(Some(self)),
        }
        parent.child_count.set(parent.child_count.get() + 1);
    }

    /// Takes `self` out of the tree, with no steps of any kind.
    pub(super) fn unlink(&self) {
        let Some(parent) = self.parent.take() else { return };
        let previous = self.previous_sibling.take();
        let next = self.next_sibling.take();
        match &previous {
            Some(previous) => previous.next_sibling.set(next.as_deref()),
            None => parent.first_child.set(next.as_deref()),
        }
        match &next {
            Some(next) => next.previous_sibling.set(previous.as_deref()),
            None => parent.last_child.set(previous.as_deref()),
        }
        parent.child_count.set(parent.child_count.get() - 1);
    }
}

impl PartialEq for Node {
    /// Identity.
    fn eq(&self, other: &Node) -> bool {
        std::ptr::eq(self, other)
    }
}

/// See [`Node::inclusive_descendants`].
pub(crate) struct InclusiveDescendants {
    root: DomRoot<Node>,
    next: Option<DomRoot<Node>>,
}

impl Iterator for InclusiveDescendants {
    type Item = DomRoot<Node>;

    fn next(&mut self) -> Option<DomRoot<Node>> {
        let current = self.next.take()?;
        self.next = current.first_child().or_else(|| {
            // Up to the first ancestor within the root that has a next sibling.
            current
                .inclusive_ancestors()
                .take_while(|node| *node != self.root)
                .find_map(|node| node.next_sibling())
        });
        Some(current)
    }
}

impl NodeMethods for Node {
    /// <https://dom.spec.whatwg.org/#dom-node-nodetype>
    fn NodeType(&self) -> u16 {
        self.kind as u16
    }

    /// <https://dom.spec.whatwg.org/#dom-node-nodename>
    fn NodeName(&self) -> DOMString {
        match self.kind {
            NodeKind::Element => {
                self.downcast::<Element>().map(Element::html_uppercased_qualified_name).unwrap_or_default()
            }
            NodeKind::Attribute => self.downcast().map(Attr::qualified_name).unwrap_or_default(),
            NodeKind::Text => "#text".into(),
            NodeKind::Comment => "#comment".into(),
            NodeKind::Document => "#document".into(),
            NodeKind::DocumentType => {
                self.downcast::<DocumentType>().map(|t| t.name().clone()).unwrap_or_default()
            }
            NodeKind::DocumentFragment => "#document-fragment".into(),
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-node-baseuri>
    fn BaseURI(&self) -> USVString {
        String::from(self.node_document().base_url()).into()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-isconnected>
    fn IsConnected(&self) -> bool {
        self.is_connected()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-ownerdocument>
    fn GetOwnerDocument(&self, _cx: &mut JSContext) -> Option<DomRoot<Document>> {
        self.node_document.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-getrootnode>
    fn GetRootNode(&self, _cx: &mut JSContext, _options: &GetRootNodeOptions) -> Fallible<DomRoot<Node>> {
        // There are no shadow trees, so the composed option changes nothing.
        Ok(self.root())
    }

    /// <https://dom.spec.whatwg.org/#dom-node-parentnode>
    fn GetParentNode(&self, _cx: &mut JSContext) -> Option<DomRoot<Node>> {
        self.parent()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-parentelement>
    fn GetParentElement(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.parent_element()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-haschildnodes>
    fn HasChildNodes(&self, _cx: &mut JSContext) -> Fallible<bool> {
        Ok(self.child_count() != 0)
    }

    /// <https://dom.spec.whatwg.org/#dom-node-childnodes>
    fn ChildNodes(&self, cx: &mut JSContext) -> DomRoot<NodeList> {
        self.child_nodes.or_init(|| NodeList::new_child_nodes(cx, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-firstchild>
    fn GetFirstChild(&self, _cx: &mut JSContext) -> Option<DomRoot<Node>> {
        self.first_child()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-lastchild>
    fn GetLastChild(&self, _cx: &mut JSContext) -> Option<DomRoot<Node>> {
        self.last_child()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-previoussibling>
    fn GetPreviousSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Node>> {
        self.previous_sibling()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-nextsibling>
    fn GetNextSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Node>> {
        self.next_sibling()
    }

    /// <https://dom.spec.whatwg.org/#dom-node-nodevalue>
    fn GetNodeValue(&self) -> Option<DOMString> {
        let data = self.downcast::<CharacterData>().map(CharacterData::data);
        data.or_else(|| self.downcast().map(Attr::value))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-nodevalue>
    fn SetNodeValue(&self, cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        if let Some(data) = self.downcast::<CharacterData>() {
            data.replace_all(cx, value.unwrap_or_default());
        } else if let Some(attr) = self.downcast::<Attr>() {
            attr.set_value(cx, value.unwrap_or_default());
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-node-textcontent>
    fn GetTextContent(&self) -> Option<DOMString> {
        match self.kind {
            NodeKind::Element | NodeKind::DocumentFragment => Some(self.descendant_text_content()),
            NodeKind::Attribute | NodeKind::Text | NodeKind::Comment => self.GetNodeValue(),
            NodeKind::Document | NodeKind::DocumentType => None,
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-node-textcontent>
    fn SetTextContent(&self, cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        match self.kind {
            NodeKind::Element | NodeKind::DocumentFragment => {
                self.string_replace_all(cx, value.unwrap_or_default());
                Ok(())
            }
            NodeKind::Attribute | NodeKind::Text | NodeKind::Comment => self.SetNodeValue(cx, value),
            NodeKind::Document | NodeKind::DocumentType => Ok(()),
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-node-normalize>
    fn Normalize(&self, cx: &mut JSContext) -> Fallible<()> {
        let texts: Vec<_> = self.descendants().filter_map(DomRoot::downcast::<Text>).collect();
        for text in texts {
            let node: &Node = text.upcast();
            // One that was merged into an earlier one is gone.
            if !self.is_inclusive_ancestor_of(node) {
                continue;
            }
            let data = text.upcast::<CharacterData>();
            // 1 and 2. An empty one goes.
            if data.length() == 0 {
                mutation::remove(cx, node);
                continue;
            }
            // 3 to 7. The contiguous ones after it go into it.
            let rest: Vec<_> = node.following_siblings().map_while(DomRoot::downcast::<Text>).collect();
            for next in rest {
                data.append(cx, &next.upcast::<CharacterData>().data());
                mutation::remove(cx, next.upcast());
            }
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-node-clonenode>
    fn CloneNode(&self, cx: &mut JSContext, subtree: bool) -> Fallible<DomRoot<Node>> {
        Ok(super::node_clone::clone(cx, self, None, subtree))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-isequalnode>
    fn IsEqualNode(&self, _cx: &mut JSContext, other: Option<&Node>) -> Fallible<bool> {
        Ok(other.is_some_and(|other| super::node_clone::equals(self, other)))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-issamenode>
    fn IsSameNode(&self, _cx: &mut JSContext, other: Option<&Node>) -> Fallible<bool> {
        Ok(other.is_some_and(|other| other == self))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-comparedocumentposition>
    fn CompareDocumentPosition(&self, _cx: &mut JSContext, other: &Node) -> Fallible<u16> {
        const DISCONNECTED: u16 = 0x01;
        const PRECEDING: u16 = 0x02;
        const FOLLOWING: u16 = 0x04;
        const CONTAINS: u16 = 0x08;
        const CONTAINED_BY: u16 = 0x10;
        const IMPLEMENTATION_SPECIFIC: u16 = 0x20;
        // 1. The same node.
        if self == other {
            return Ok(0);
        }
        // 2–5. An attribute is where its element is.
        let attr = |node: &Node| node.downcast::<Attr>().map(DomRoot::from_ref);
        let (other_attr, own_attr) = (attr(other), attr(self));
        let place = |node: &Node, attr: &Option<DomRoot<Attr>>| match attr {
            Some(attr) => attr.element().map(DomRoot::upcast::<Node>),
            None => Some(DomRoot::from_ref(node)),
        };
        let places = place(other, &other_attr).zip(place(self, &own_attr));
        if let (Some(other_attr), Some(own_attr), Some((there, here))) = (&other_attr, &own_attr, &places)
            && there == here
            && let Some(element) = here.downcast::<Element>()
        {
            // Of two of one element, the first in its list.
            let index = |attr: &Attr| {
                let names = element.attribute_names();
                names.iter().position(|name| name.ns == attr.name().ns && name.local == attr.name().local)
            };
            let before = index(other_attr) < index(own_attr);
            return Ok(IMPLEMENTATION_SPECIFIC | if before { PRECEDING } else { FOLLOWING });
        }
        // 6. Different trees: some order that does not change.
        let connected = places.filter(|(there, here)| there.root() == here.root());
        let Some((there, here)) = connected else {
            let order = match (std::ptr::from_ref(other)).cmp(&std::ptr::from_ref(self)) {
                Ordering::Less => PRECEDING,
                Ordering::Equal | Ordering::Greater => FOLLOWING,
            };
            return Ok(DISCONNECTED | IMPLEMENTATION_SPECIFIC | order);
        };
        // 7 and 8. One contains the other.
        if there == here {
            let own = own_attr.is_some();
            return Ok(if own { CONTAINS | PRECEDING } else { CONTAINED_BY | FOLLOWING });
        }
        if other_attr.is_none() && there.is_inclusive_ancestor_of(&here) {
            return Ok(CONTAINS | PRECEDING);
        }
        if own_attr.is_none() && here.is_inclusive_ancestor_of(&there) {
            return Ok(CONTAINED_BY | FOLLOWING);
        }
        // 9 and 10. Otherwise by tree order.
        let path = |node: &Node| {
            let mut path: Vec<usize> = node.inclusive_ancestors().map(|node| node.index()).collect();
            path.reverse();
            path
        };
        Ok(if path(&there) < path(&here) { PRECEDING } else { FOLLOWING })
    }

    /// <https://dom.spec.whatwg.org/#dom-node-contains>
    fn Contains(&self, _cx: &mut JSContext, other: Option<&Node>) -> Fallible<bool> {
        Ok(other.is_some_and(|other| self.is_inclusive_ancestor_of(other)))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-insertbefore>
    fn InsertBefore(&self, cx: &mut JSContext, node: &Node, child: Option<&Node>) -> Fallible<DomRoot<Node>> {
        mutation::pre_insert(cx, node, self, child)?;
        Ok(DomRoot::from_ref(node))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-appendchild>
    fn AppendChild(&self, cx: &mut JSContext, node: &Node) -> Fallible<DomRoot<Node>> {
        mutation::pre_insert(cx, node, self, None)?;
        Ok(DomRoot::from_ref(node))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-replacechild>
    fn ReplaceChild(&self, cx: &mut JSContext, node: &Node, child: &Node) -> Fallible<DomRoot<Node>> {
        mutation::replace(cx, child, node, self)?;
        Ok(DomRoot::from_ref(child))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-removechild>
    fn RemoveChild(&self, cx: &mut JSContext, child: &Node) -> Fallible<DomRoot<Node>> {
        is_about_to_be_removed(cx, child);
        mutation::pre_remove(cx, child, self)?;
        Ok(DomRoot::from_ref(child))
    }
}
