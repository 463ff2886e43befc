//! <https://dom.spec.whatwg.org/#interface-documenttype>

use super::child_node;
use super::document::Document;
use super::node::{Node, NodeKind};
use crate::bindings::interfaces::DocumentTypeMethods;
use crate::bindings::unions::NodeOrDOMString;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#concept-doctype>
#[dom_struct]
pub struct DocumentType {
    node: Node,
    name: DOMString,
    public_id: DOMString,
    system_id: DOMString,
}

impl DocumentType {
    /// A doctype of `document`.
    pub(crate) fn new(
        cx: &mut JSContext,
        name: DOMString,
        public_id: DOMString,
        system_id: DOMString,
        document: &Document,
    ) -> DomRoot<DocumentType> {
        let node = Node::new_inherited(NodeKind::DocumentType, Some(document));
        reflect_dom_object(
            cx,
            Box::new(DocumentType { node, name, public_id, system_id }),
            &document.global(),
        )
    }

    /// <https://dom.spec.whatwg.org/#concept-doctype-name>
    pub(crate) fn name(&self) -> &DOMString {
        &self.name
    }

    /// <https://dom.spec.whatwg.org/#concept-doctype-publicid>
    pub(crate) fn public_id(&self) -> &DOMString {
        &self.public_id
    }

    /// <https://dom.spec.whatwg.org/#concept-doctype-systemid>
    pub(crate) fn system_id(&self) -> &DOMString {
        &self.system_id
    }
}

impl DocumentTypeMethods for DocumentType {
    /// <https://dom.spec.whatwg.org/#dom-documenttype-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }

    /// <https://dom.spec.whatwg.org/#dom-documenttype-publicid>
    fn PublicId(&self) -> DOMString {
        self.public_id.clone()
    }

    /// <https://dom.spec.whatwg.org/#dom-documenttype-systemid>
    fn SystemId(&self) -> DOMString {
        self.system_id.clone()
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
        super::mutation::remove(cx, self.upcast());
        Ok(())
    }
}
