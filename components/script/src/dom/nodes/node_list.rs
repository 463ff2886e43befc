//! <https://dom.spec.whatwg.org/#interface-nodelist>

use super::node::Node;
use crate::bindings::interfaces::NodeListMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#nodelist>
#[dom_struct]
pub struct NodeList {
    reflector: Reflector,
    nodes: Nodes,
}

/// The nodes that a list represents.
#[derive(JSTraceable)]
enum Nodes {
    /// Always the same.
    Static(Vec<Dom<Node>>),
    /// The children of a node, live.
    Children(Children),
}

#[derive(JSTraceable)]
struct Children {
    parent: Dom<Node>,
    /// Where the last look was, so that a loop over the list is not quadratic.
    cursor: DomRefCell<Option<Cursor>>,
}

#[derive(JSTraceable)]
struct Cursor {
    /// The tree that the cursor is of: see `Document::tree_version`.
    version: u64,
    index: u32,
    node: Dom<Node>,
}

impl NodeList {
    /// The list that `childNodes` returns.
    pub(super) fn new_child_nodes(cx: &mut JSContext, parent: &Node) -> DomRoot<NodeList> {
        let nodes = Children { parent: Dom::from_ref(parent), cursor: DomRefCell::new(None) };
        let list = NodeList { reflector: Reflector::new(), nodes: Nodes::Children(nodes) };
        reflect_dom_object(cx, Box::new(list), &parent.global())
    }

    /// A list that stays as it is.
    pub(super) fn new_static(
        cx: &mut JSContext,
        global: &GlobalScope,
        nodes: &[DomRoot<Node>],
    ) -> DomRoot<NodeList> {
        let nodes = nodes.iter().map(|node| Dom::from_ref(&**node)).collect();
        let list = NodeList { reflector: Reflector::new(), nodes: Nodes::Static(nodes) };
        reflect_dom_object(cx, Box::new(list), global)
    }
}

impl Children {
    fn item(&self, index: u32) -> Option<DomRoot<Node>> {
        if index >= self.parent.child_count() {
            return None;
        }
        let version = self.parent.node_document().tree_version();
        let from = self
            .cursor
            .borrow()
            .as_ref()
            .filter(|cursor| cursor.version == version && cursor.index <= index)
            .map(|cursor| (cursor.index, cursor.node.as_rooted()));
        let (start, node) = match from {
            Some(found) => found,
            None => (0, self.parent.first_child()?),
        };
        let node =
            std::iter::successors(Some(node), |node| node.next_sibling()).nth((index - start) as usize)?;
        *self.cursor.borrow_mut() = Some(Cursor { version, index, node: Dom::from_ref(&node) });
        Some(node)
    }
}

impl NodeListMethods for NodeList {
    /// <https://dom.spec.whatwg.org/#dom-nodelist-item>
    fn Item(&self, _cx: &mut JSContext, index: u32) -> Fallible<Option<DomRoot<Node>>> {
        Ok(match &self.nodes {
            Nodes::Static(nodes) => nodes.get(index as usize).map(Dom::as_rooted),
            Nodes::Children(children) => children.item(index),
        })
    }

    /// <https://dom.spec.whatwg.org/#dom-nodelist-length>
    fn Length(&self) -> u32 {
        match &self.nodes {
            Nodes::Static(nodes) => u32::try_from(nodes.len()).unwrap_or(u32::MAX),
            Nodes::Children(children) => children.parent.child_count(),
        }
    }
}
