//! Cloning and comparing: <https://dom.spec.whatwg.org/#concept-node-clone>,
//! <https://dom.spec.whatwg.org/#concept-node-equals>.

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
pub(crate) fn clone(
    cx: &mut JSContext,
    node: &Node,
    document: Option<&Document>,
    subtree: bool,
) -> DomRoot<Node> {
    // 1 and 2. The copy alone.
    let document = document.map_or_else(|| node.node_document(), DomRoot::from_ref);
    let copy = clone_single(cx, node, &document);
    // 3. The cloning steps of other specifications.
    tree_steps::cloning_steps(node, &copy);
    // 4. The children.
    if subtree {
        let document = copy.node_document();
        for child in node.children_vec() {
            let child = clone(cx, &child, Some(&document), true);
            mutation::insert(cx, &child, &copy, None);
        }
    }
    // 6. Done.
    copy
}

/// <https://dom.spec.whatwg.org/#clone-a-single-node>
fn clone_single(cx: &mut JSContext, node: &Node, document: &Document) -> DomRoot<Node> {
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
    if a.kind() != b.kind() || a.child_count() != b.child_count() {
        return false;
    }
    let same = match a.kind() {
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
        NodeKind::Text | NodeKind::Comment => {
            a.downcast::<CharacterData>().map(CharacterData::data)
                == b.downcast::<CharacterData>().map(CharacterData::data)
        }
        NodeKind::Document | NodeKind::DocumentFragment => true,
    };
    same && a.children().zip(b.children()).all(|(a, b)| equals(&a, &b))
}
