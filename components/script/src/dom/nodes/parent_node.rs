//! The mixins ParentNode and NonElementParentNode: <https://dom.spec.whatwg.org/#interface-parentnode>,
//! <https://dom.spec.whatwg.org/#interface-nonelementparentnode>.

use super::document::Document;
use super::document_fragment::DocumentFragment;
use super::element::Element;
use super::mutation;
use super::node::Node;
use super::node_list::NodeList;
use super::selectors::Selectors;
use super::text::Text;
use crate::bindings::unions::NodeOrDOMString;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#converting-nodes-into-a-node>
pub(super) fn convert_nodes_into_a_node(
    cx: &mut JSContext,
    nodes: Vec<NodeOrDOMString>,
    document: &Document,
) -> Fallible<DomRoot<Node>> {
    // 1 and 2. Strings become text nodes.
    let mut converted = Vec::with_capacity(nodes.len());
    for node in nodes {
        converted.push(match node {
            NodeOrDOMString::Node(node) => node,
            NodeOrDOMString::DOMString(data) => DomRoot::upcast(Text::new(cx, data, document)),
        });
    }
    // 3. One node is itself.
    if converted.len() == 1
        && let Some(node) = converted.pop()
    {
        return Ok(node);
    }
    // 4. Several go into a fragment.
    let fragment = DomRoot::upcast::<Node>(DocumentFragment::new(cx, document));
    for node in &converted {
        mutation::append(cx, node, &fragment)?;
    }
    Ok(fragment)
}

/// <https://dom.spec.whatwg.org/#dom-parentnode-prepend>
pub(super) fn prepend(cx: &mut JSContext, parent: &Node, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
    let node = convert_nodes_into_a_node(cx, nodes, &parent.node_document())?;
    mutation::pre_insert(cx, &node, parent, parent.first_child().as_deref())
}

/// <https://dom.spec.whatwg.org/#dom-parentnode-append>
pub(super) fn append(cx: &mut JSContext, parent: &Node, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
    let node = convert_nodes_into_a_node(cx, nodes, &parent.node_document())?;
    mutation::append(cx, &node, parent)
}

/// <https://dom.spec.whatwg.org/#dom-parentnode-replacechildren>
pub(super) fn replace_children(
    cx: &mut JSContext,
    parent: &Node,
    nodes: Vec<NodeOrDOMString>,
) -> Fallible<()> {
    let node = convert_nodes_into_a_node(cx, nodes, &parent.node_document())?;
    mutation::ensure_pre_insertion_validity(&node, parent, None)?;
    mutation::replace_all(cx, Some(&node), parent);
    Ok(())
}

/// <https://dom.spec.whatwg.org/#dom-parentnode-lastelementchild>
pub(super) fn last_element_child(parent: &Node) -> Option<DomRoot<Element>> {
    let last = parent.last_child()?;
    std::iter::successors(Some(last), |node| node.previous_sibling()).find_map(DomRoot::downcast)
}

/// <https://dom.spec.whatwg.org/#dom-parentnode-childelementcount>
pub(super) fn child_element_count(parent: &Node) -> u32 {
    u32::try_from(parent.child_elements().count()).unwrap_or(u32::MAX)
}

/// <https://dom.spec.whatwg.org/#dom-nonelementparentnode-getelementbyid>
pub(super) fn element_by_id(root: &Node, id: &DOMString) -> Option<DomRoot<Element>> {
    if id.is_empty() {
        return None;
    }
    root.descendants().filter_map(DomRoot::downcast::<Element>).find(|element| element.has_id(id))
}

/// A selector list, or the `SyntaxError` that it is none.
pub(super) fn parse_selectors(text: &str) -> Fallible<Selectors> {
    Selectors::parse(text).ok_or_else(|| Error::Syntax(format!("`{text}` is not a valid selector")))
}

/// <https://dom.spec.whatwg.org/#dom-parentnode-queryselector>
pub(super) fn query_selector(root: &Node, selectors: &str) -> Fallible<Option<DomRoot<Element>>> {
    Ok(parse_selectors(selectors)?.all(root).next())
}

/// <https://dom.spec.whatwg.org/#dom-parentnode-queryselectorall>
pub(super) fn query_selector_all(
    cx: &mut JSContext,
    root: &Node,
    selectors: &str,
) -> Fallible<DomRoot<NodeList>> {
    let found: Vec<_> = parse_selectors(selectors)?.all(root).map(DomRoot::upcast).collect();
    Ok(NodeList::new_static(cx, &root.global(), &found))
}

/// <https://dom.spec.whatwg.org/#insert-adjacent>; whether there is such a place.
pub(super) fn insert_adjacent(
    cx: &mut JSContext,
    element: &Element,
    position: &str,
    node: &Node,
) -> Fallible<bool> {
    let this: &Node = element.upcast();
    let is = |name: &str| position.eq_ignore_ascii_case(name);
    let (parent, before) = if is("beforebegin") {
        (this.parent(), Some(DomRoot::from_ref(this)))
    } else if is("afterbegin") {
        (Some(DomRoot::from_ref(this)), this.first_child())
    } else if is("beforeend") {
        (Some(DomRoot::from_ref(this)), None)
    } else if is("afterend") {
        (this.parent(), this.next_sibling())
    } else {
        return Err(Error::Syntax(format!("`{position}` is not a place next to an element")));
    };
    let Some(parent) = parent else { return Ok(false) };
    mutation::pre_insert(cx, node, &parent, before.as_deref())?;
    Ok(true)
}
