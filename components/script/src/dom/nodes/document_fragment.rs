//! <https://dom.spec.whatwg.org/#interface-documentfragment>

use super::document::Document;
use super::element::Element;
use super::html_collection::HTMLCollection;
use super::node::{Node, NodeKind};
use super::node_list::NodeList;
use super::parent_node;
use crate::bindings::interfaces::DocumentFragmentMethods;
use crate::bindings::unions::NodeOrDOMString;
use crate::dom::html::window::Window;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#documentfragment>
#[dom_struct]
pub struct DocumentFragment {
    node: Node,
    children: MutNullableDom<HTMLCollection>,
}

impl DocumentFragment {
    fn new_inherited(document: &Document) -> DocumentFragment {
        DocumentFragment {
            node: Node::new_inherited(NodeKind::DocumentFragment, Some(document)),
            children: MutNullableDom::default(),
        }
    }

    /// A fragment of `document`.
    pub(crate) fn new(cx: &mut JSContext, document: &Document) -> DomRoot<DocumentFragment> {
        reflect_dom_object(cx, Box::new(DocumentFragment::new_inherited(document)), &document.global())
    }
}

impl DocumentFragmentMethods for DocumentFragment {
    /// <https://dom.spec.whatwg.org/#dom-documentfragment-documentfragment>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<DocumentFragment>> {
        let document = Window::of(global)?.document();
        let fragment = Box::new(DocumentFragment::new_inherited(&document));
        Ok(reflect_dom_object_with_proto(cx, fragment, global, proto))
    }

    /// <https://dom.spec.whatwg.org/#dom-nonelementparentnode-getelementbyid>
    fn GetElementById(&self, _cx: &mut JSContext, id: DOMString) -> Fallible<Option<DomRoot<Element>>> {
        Ok(parent_node::element_by_id(self.upcast(), &id))
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
}
