//! Cloning and comparing: <https://dom.spec.whatwg.org/#concept-node-clone>,
//! <https://dom.spec.whatwg.org/#concept-node-equals>.

use super::attr::Attr;
use super::character_data::CharacterData;
use super::comment::Comment;
use super::document::Document;
use super::document_fragment::DocumentFragment;
use super::document_type::DocumentType;
use super::element::Element;
use super::mutation;
use super::node::{Node, NodeKind};
use super::text::Text;
use crate::dom::html::tree_steps;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#concept-node-clone>; into the node's own document if none is given.
///
/// Without recursion: a tree may be deeper than any stack.
pub(crate) fn clone(
    cx: &mut JSContext,
    node: &Node,
    document: Option<&Document>,
    subtree: bool,
) -> DomRoot<Node> {
    let document = document.map_or_else(|| node.node_document(), DomRoot::from_ref);
    let root = clone_single(cx, node, &document);
    if !subtree {
        return root;
    }
    let document = root.node_document();
    // In tree order: each copy goes under the copy of its original's parent.
    let mut original = DomRoot::from_ref(node);
    let mut copy = root.clone();
    'next: loop {
        if let Some(child) = original.first_child() {
            original = child;
        } else {
            loop {
                if *original == *node {
                    break 'next;
                }
                // The copy of the parent takes the next child.
                match copy.parent() {
                    Some(parent) => copy = parent,
                    None => break 'next,
                }
                if let Some(sibling) = original.next_sibling() {
                    original = sibling;
                    break;
                }
                match original.parent() {
                    Some(parent) => original = parent,
                    None => break 'next,
                }
            }
        }
        let child = clone_single(cx, &original, &document);
        mutation::insert(cx, &child, &copy, None);
        copy = child;
    }
    root
}

/// <https://dom.spec.whatwg.org/#clone-a-single-node>
fn clone_single(cx: &mut JSContext, node: &Node, document: &Document) -> DomRoot<Node> {
    let copy = clone_alone(cx, node, document);
    // <https://dom.spec.whatwg.org/#concept-node-clone> 3. The cloning steps of other specifications.
    tree_steps::cloning_steps(cx, node, &copy);
    copy
}

fn clone_alone(cx: &mut JSContext, node: &Node, document: &Document) -> DomRoot<Node> {
    if let Some(element) = node.downcast::<Element>() {
        return DomRoot::upcast(element.clone_alone(cx, document));
    }
    if let Some(original) = node.downcast::<Document>() {
        return DomRoot::upcast(original.clone_alone(cx));
    }
    if let Some(doctype) = node.downcast::<DocumentType>() {
        let (name, public, system) = (doctype.name(), doctype.public_id(), doctype.system_id());
        return DomRoot::upcast(DocumentType::new(
            cx,
            name.clone(),
            public.clone(),
            system.clone(),
            document,
        ));
    }
    if let Some(attr) = node.downcast::<Attr>() {
        return DomRoot::upcast(attr.clone_alone(cx, document));
    }
    if let Some(text) = node.downcast::<Text>() {
        return DomRoot::upcast(Text::new(cx, text.upcast::<CharacterData>().data(), document));
    }
    if let Some(comment) = node.downcast::<Comment>() {
        return DomRoot::upcast(Comment::new(cx, comment.upcast::<CharacterData>().data(), document));
    }
    DomRoot::upcast(DocumentFragment::new(cx, document))
}

/// <https://dom.spec.whatwg.org/#concept-node-equals>
pub(crate) fn equals(a: &Node, b: &Node) -> bool {
    // With as many children at each place, the two go through their trees in step.
    a.inclusive_descendants()
        .zip(b.inclusive_descendants())
        .all(|(a, b)| a.child_count() == b.child_count() && equals_alone(&a, &b))
}

fn equals_alone(a: &Node, b: &Node) -> bool {
    if a.kind() != b.kind() {
        return false;
    }
    match a.kind() {
        NodeKind::DocumentType => match (a.downcast::<DocumentType>(), b.downcast::<DocumentType>()) {
            (Some(a), Some(b)) => {
                (a.name(), a.public_id(), a.system_id()) == (b.name(), b.public_id(), b.system_id())
            }
            _ => false,
        },
        NodeKind::Element => match (a.downcast::<Element>(), b.downcast::<Element>()) {
            (Some(a), Some(b)) => a.equals_alone(b),
            _ => false,
        },
        NodeKind::Attribute => match (a.downcast::<Attr>(), b.downcast::<Attr>()) {
            (Some(a), Some(b)) => a.equals_alone(b),
            _ => false,
        },
        NodeKind::Text | NodeKind::Comment => {
            a.downcast::<CharacterData>().map(CharacterData::data)
                == b.downcast::<CharacterData>().map(CharacterData::data)
        }
        NodeKind::Document | NodeKind::DocumentFragment => true,
    }
}
