//! Changes of the tree: <https://dom.spec.whatwg.org/#mutation-algorithms>.
//!
//! There are no ranges, shadow trees or custom elements; the steps that only concern them are left out.

use super::document::Document;
use super::element::Element;
use super::mutation_record::TreeChange;
use super::node::{Node, NodeKind};
use super::registered_observers::{
    add_transient_observers, queue_a_tree_mutation_record, queue_an_attribute_record,
};
use crate::dom::html::tree_steps;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#concept-node-ensure-pre-insertion-validity>
pub(crate) fn ensure_pre_insertion_validity(
    node: &Node,
    parent: &Node,
    child: Option<&Node>,
) -> Fallible<()> {
    ensure_insertion(node, parent, child)?;
    // 6. In a document, the result must still be a document.
    if parent.kind() == NodeKind::Document {
        ensure_document_children(node, parent, child, None)?;
    }
    Ok(())
}

/// Steps 1 to 5 of both validity checks.
fn ensure_insertion(node: &Node, parent: &Node, child: Option<&Node>) -> Fallible<()> {
    let hierarchy = |message: &str| Err(Error::HierarchyRequest(message.into()));
    // 1. Only these have children.
    if !matches!(parent.kind(), NodeKind::Document | NodeKind::DocumentFragment | NodeKind::Element) {
        return hierarchy("this node can't have children");
    }
    // 2. No cycles.
    if node.is_inclusive_ancestor_of(parent) {
        return hierarchy("the node to insert contains the new parent");
    }
    // 3. The place has to be among the parent's children.
    if let Some(child) = child
        && child.parent().as_deref() != Some(parent)
    {
        return Err(Error::NotFound("the reference node is not a child of this node".into()));
    }
    // 4 and 5. What can be inserted where.
    match node.kind() {
        NodeKind::Document => hierarchy("a document can't be inserted"),
        NodeKind::Attribute => hierarchy("an attribute can't be inserted"),
        NodeKind::Text if parent.kind() == NodeKind::Document => {
            hierarchy("a text node can't be a child of a document")
        }
        NodeKind::DocumentType if parent.kind() != NodeKind::Document => {
            hierarchy("a doctype can only be a child of a document")
        }
        _ => Ok(()),
    }
}

/// Step 6 of both validity checks: what a document may have as children, when `node` comes before `child`, and
/// `replaced` (if there is one: `child` is what follows it) goes.
fn ensure_document_children(
    node: &Node,
    parent: &Node,
    child: Option<&Node>,
    replaced: Option<&Node>,
) -> Fallible<()> {
    let hierarchy = |message: &str| Err(Error::HierarchyRequest(message.into()));
    let others = || parent.children().filter(|other| Some(&**other) != replaced);
    let has_element = || others().any(|other| other.kind() == NodeKind::Element);
    let doctype_follows = || {
        child.is_some_and(|child| {
            child.kind() == NodeKind::DocumentType
                || child.following_siblings().any(|other| other.kind() == NodeKind::DocumentType)
        })
    };
    let insert_element = || {
        if has_element() {
            return hierarchy("a document has one element at most");
        }
        if doctype_follows() {
            return hierarchy("the doctype of a document comes before its element");
        }
        Ok(())
    };
    match node.kind() {
        NodeKind::DocumentFragment => {
            if node.children().any(|child| child.kind() == NodeKind::Text) {
                return hierarchy("a text node can't be a child of a document");
            }
            match node.child_elements().count() {
                0 => Ok(()),
                1 => insert_element(),
                _ => hierarchy("a document has one element at most"),
            }
        }
        NodeKind::Element => insert_element(),
        NodeKind::DocumentType => {
            if others().any(|other| other.kind() == NodeKind::DocumentType) {
                return hierarchy("a document has one doctype at most");
            }
            let element_precedes = match child {
                Some(child) => child
                    .preceding_siblings()
                    .any(|other| other.kind() == NodeKind::Element && Some(&*other) != replaced),
                None => has_element(),
            };
            if element_precedes {
                return hierarchy("the doctype of a document comes before its element");
            }
            Ok(())
        }
        NodeKind::Attribute | NodeKind::Text | NodeKind::Comment | NodeKind::Document => Ok(()),
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-pre-insert>
pub(crate) fn pre_insert(
    cx: &mut JSContext,
    node: &Node,
    parent: &Node,
    child: Option<&Node>,
) -> Fallible<()> {
    // 1. May it?
    ensure_pre_insertion_validity(node, parent, child)?;
    // 2 and 3. The place, if it is the node itself, is the one after it.
    let after = match child {
        Some(child) if child == node => node.next_sibling(),
        _ => child.map(DomRoot::from_ref),
    };
    // 4. Insert.
    insert(cx, node, parent, after.as_deref());
    Ok(())
}

/// The nodes that an insertion is about: a fragment stands for its children.
fn nodes_to_insert(node: &Node) -> Vec<DomRoot<Node>> {
    match node.kind() {
        NodeKind::DocumentFragment => node.children_vec(),
        _ => vec![DomRoot::from_ref(node)],
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-insert>
pub(crate) fn insert(cx: &mut JSContext, node: &Node, parent: &Node, child: Option<&Node>) {
    insert_node(cx, node, parent, child, Observers::Told);
}

/// Whether observers are told of a change: the spec's "suppress observers", by its meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Observers {
    Told,
    Suppressed,
}

fn insert_node(cx: &mut JSContext, node: &Node, parent: &Node, child: Option<&Node>, observers: Observers) {
    // 1. The nodes.
    let nodes = nodes_to_insert(node);
    // 2 and 3. Nothing to do.
    if nodes.is_empty() {
        return;
    }
    // 4. They leave the fragment.
    if node.kind() == NodeKind::DocumentFragment {
        for node in &nodes {
            remove_node(cx, node, Observers::Suppressed);
        }
        queue_a_tree_mutation_record(cx, node, &TreeChange { removed: &nodes, ..TreeChange::default() });
    }
    // 6. What comes before.
    let previous_sibling = match child {
        Some(child) => child.previous_sibling(),
        None => parent.last_child(),
    };
    // 7. Each, in order:
    let document = parent.node_document();
    for node in &nodes {
        // 7.1. Comes to the parent's document,
        adopt(cx, node, &document);
        // 7.2 and 7.3. to its place,
        node.link(parent, child);
        // 7.7. and it and its descendants run their insertion steps.
        for descendant in node.inclusive_descendants() {
            descendant.set_connected(parent.is_connected());
        }
        document.tree_changed();
        for descendant in node.inclusive_descendants().collect::<Vec<_>>() {
            tree_steps::insertion_steps(cx, &descendant);
        }
    }
    // 8. Tell observers.
    if observers == Observers::Told {
        let change = TreeChange {
            added: &nodes,
            previous_sibling: previous_sibling.as_deref(),
            next_sibling: child,
            ..TreeChange::default()
        };
        queue_a_tree_mutation_record(cx, parent, &change);
    }
    // 9. The parent's children changed.
    tree_steps::children_changed_steps(cx, parent);
    // 10 to 12. With all of them in place: the steps that may run script.
    let inserted: Vec<_> = nodes.iter().flat_map(|node| node.inclusive_descendants()).collect();
    for node in inserted {
        if node.is_connected() {
            tree_steps::post_connection_steps(cx, &node);
        }
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-append>
pub(crate) fn append(cx: &mut JSContext, node: &Node, parent: &Node) -> Fallible<()> {
    pre_insert(cx, node, parent, None)
}

/// <https://dom.spec.whatwg.org/#concept-node-replace>
pub(crate) fn replace(cx: &mut JSContext, child: &Node, node: &Node, parent: &Node) -> Fallible<()> {
    // 1 to 5.
    ensure_insertion(node, parent, Some(child))?;
    // 6.
    if parent.kind() == NodeKind::Document {
        let next = child.next_sibling();
        ensure_document_children(node, parent, next.as_deref(), Some(child))?;
    }
    // 7 and 8. What comes after.
    let mut reference = child.next_sibling();
    if reference.as_deref() == Some(node) {
        reference = node.next_sibling();
    }
    // 9. What comes before.
    let previous_sibling = child.previous_sibling();
    // 10 and 11. The child goes, if nothing took it away already.
    let mut removed = Vec::new();
    if child.parent().is_some() {
        removed.push(DomRoot::from_ref(child));
        remove_node(cx, child, Observers::Suppressed);
    }
    // 12 and 13. The node comes.
    let nodes = nodes_to_insert(node);
    insert_node(cx, node, parent, reference.as_deref(), Observers::Suppressed);
    // 14. Tell observers.
    let change = TreeChange {
        added: &nodes,
        removed: &removed,
        previous_sibling: previous_sibling.as_deref(),
        next_sibling: reference.as_deref(),
    };
    queue_a_tree_mutation_record(cx, parent, &change);
    Ok(())
}

/// <https://dom.spec.whatwg.org/#concept-node-replace-all>
pub(crate) fn replace_all(cx: &mut JSContext, node: Option<&Node>, parent: &Node) {
    // 1 to 4. What goes and what comes.
    let removed = parent.children_vec();
    let added = node.map(nodes_to_insert).unwrap_or_default();
    // 5. All children go.
    for child in &removed {
        remove_node(cx, child, Observers::Suppressed);
    }
    // 6. The node comes.
    if let Some(node) = node {
        insert_node(cx, node, parent, None, Observers::Suppressed);
    }
    // 7. Tell observers.
    if !added.is_empty() || !removed.is_empty() {
        let change = TreeChange { added: &added, removed: &removed, ..TreeChange::default() };
        queue_a_tree_mutation_record(cx, parent, &change);
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-pre-remove>
pub(crate) fn pre_remove(cx: &mut JSContext, child: &Node, parent: &Node) -> Fallible<()> {
    // 1. It has to be a child.
    if child.parent().as_deref() != Some(parent) {
        return Err(Error::NotFound("the node to remove is not a child of this node".into()));
    }
    // 2. Remove it.
    remove(cx, child);
    Ok(())
}

/// <https://dom.spec.whatwg.org/#concept-node-remove>
pub(crate) fn remove(cx: &mut JSContext, node: &Node) {
    remove_node(cx, node, Observers::Told);
}

fn remove_node(cx: &mut JSContext, node: &Node, observers: Observers) {
    // 1 and 2. Its parent.
    let Some(parent) = node.parent() else { return };
    // 5 and 6. Its place.
    let (previous_sibling, next_sibling) = (node.previous_sibling(), node.next_sibling());
    // 7. Take it out.
    let was_connected = node.is_connected();
    node.unlink();
    for descendant in node.inclusive_descendants() {
        descendant.set_connected(false);
    }
    node.node_document().tree_changed();
    // 11 to 14. It and its descendants run their removing steps.
    for descendant in node.inclusive_descendants().collect::<Vec<_>>() {
        tree_steps::removing_steps(cx, &descendant, was_connected);
    }
    // 15. Who observes the tree observes what has left it, for a while.
    add_transient_observers(node, &parent);
    // 16. Tell observers.
    if observers == Observers::Told {
        let change = TreeChange {
            removed: &[DomRoot::from_ref(node)],
            previous_sibling: previous_sibling.as_deref(),
            next_sibling: next_sibling.as_deref(),
            ..TreeChange::default()
        };
        queue_a_tree_mutation_record(cx, &parent, &change);
    }
    // 17. The parent's children changed.
    tree_steps::children_changed_steps(cx, &parent);
}

/// <https://dom.spec.whatwg.org/#concept-node-adopt>
pub(crate) fn adopt(cx: &mut JSContext, node: &Node, document: &Document) {
    // 1. Where it was.
    let old_document = node.node_document();
    // 2. It leaves its parent.
    if node.parent().is_some() {
        remove(cx, node);
    }
    // 3. A new node document for it and its descendants.
    if *old_document != *document {
        for descendant in node.inclusive_descendants() {
            descendant.set_node_document(document);
            // The nodes of its attributes go with it.
            if let Some(element) = descendant.downcast::<Element>() {
                element
                    .attrs()
                    .borrow()
                    .iter()
                    .for_each(|attr| attr.upcast::<Node>().set_node_document(document));
            }
        }
    }
}

/// Says that an attribute changed: <https://dom.spec.whatwg.org/#handle-attribute-changes>.
pub(crate) fn attribute_changed(
    cx: &mut JSContext,
    element: &Element,
    name: &html5ever::QualName,
    old_value: Option<&DOMString>,
    value: Option<&DOMString>,
) {
    element.upcast::<Node>().node_document().tree_changed();
    // 1. Tell observers.
    queue_an_attribute_record(cx, element, name, old_value);
    // 3. The attribute change steps.
    tree_steps::attribute_change_steps(cx, element, name, old_value, value);
}
