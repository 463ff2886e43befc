//! The mixin ChildNode: <https://dom.spec.whatwg.org/#interface-childnode>.

use super::mutation;
use super::node::Node;
use super::parent_node::convert_nodes_into_a_node;
use crate::bindings::unions::NodeOrDOMString;
use crate::webidl::*;

fn is_one_of(node: &Node, nodes: &[NodeOrDOMString]) -> bool {
    nodes.iter().any(|other| matches!(other, NodeOrDOMString::Node(other) if **other == *node))
}

/// <https://dom.spec.whatwg.org/#dom-childnode-before>
pub(super) fn before(cx: &mut JSContext, node: &Node, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
    // 1 and 2. Without a parent there is no before.
    let Some(parent) = node.parent() else { return Ok(()) };
    // 3. The nearest sibling before that stays where it is.
    let viable = node.preceding_siblings().find(|sibling| !is_one_of(sibling, &nodes));
    // 4. What comes.
    let new = convert_nodes_into_a_node(cx, nodes, &node.node_document())?;
    // 5 and 6. After that sibling.
    let place = match viable {
        None => parent.first_child(),
        Some(viable) => viable.next_sibling(),
    };
    mutation::pre_insert(cx, &new, &parent, place.as_deref())
}

/// <https://dom.spec.whatwg.org/#dom-childnode-after>
pub(super) fn after(cx: &mut JSContext, node: &Node, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
    // 1 and 2. Without a parent there is no after.
    let Some(parent) = node.parent() else { return Ok(()) };
    // 3. The nearest sibling after that stays where it is.
    let viable = node.following_siblings().find(|sibling| !is_one_of(sibling, &nodes));
    // 4 and 5. Before it.
    let new = convert_nodes_into_a_node(cx, nodes, &node.node_document())?;
    mutation::pre_insert(cx, &new, &parent, viable.as_deref())
}

/// <https://dom.spec.whatwg.org/#dom-childnode-replacewith>
pub(super) fn replace_with(cx: &mut JSContext, node: &Node, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
    // 1 and 2. Without a parent there is nothing to replace it in.
    let Some(parent) = node.parent() else { return Ok(()) };
    // 3. The nearest sibling after that stays where it is.
    let viable = node.following_siblings().find(|sibling| !is_one_of(sibling, &nodes));
    // 4. What comes. (This may have taken the node away.)
    let new = convert_nodes_into_a_node(cx, nodes, &node.node_document())?;
    // 5 and 6. Instead of the node, or where it was.
    if node.parent().as_deref() == Some(&parent) {
        mutation::replace(cx, node, &new, &parent)
    } else {
        mutation::pre_insert(cx, &new, &parent, viable.as_deref())
    }
}
