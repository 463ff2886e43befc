//! <https://dom.spec.whatwg.org/#interface-nodelist>

use super::node::Node;
use crate::bindings::interfaces::NodeListMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#nodelist>: the children of a node, live.
#[dom_struct]
pub struct NodeList {
    reflector: Reflector,
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
        let list = NodeList {
            reflector: Reflector::new(),
            parent: Dom::from_ref(parent),
            cursor: DomRefCell::new(None),
        };
        reflect_dom_object(cx, Box::new(list), &parent.global())
    }

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
        Ok(self.item(index))
    }

    /// <https://dom.spec.whatwg.org/#dom-nodelist-length>
    fn Length(&self) -> u32 {
        self.parent.child_count()
    }
}
