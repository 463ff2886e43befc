//! Mutation records: <https://dom.spec.whatwg.org/#interface-mutationrecord>.

use html5ever::QualName;

use super::node::Node;
use super::node_list::NodeList;
use super::registered_observers::namespace_of;
use crate::bindings::interfaces::MutationRecordMethods;
use crate::webidl::*;

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MutationType {
    Attributes,
    CharacterData,
    ChildList,
}

/// How the children of a node have changed.
#[derive(Clone, Copy, Default)]
pub(super) struct TreeChange<'a> {
    pub(super) added: &'a [DomRoot<Node>],
    pub(super) removed: &'a [DomRoot<Node>],
    pub(super) previous_sibling: Option<&'a Node>,
    pub(super) next_sibling: Option<&'a Node>,
}

/// <https://dom.spec.whatwg.org/#mutationrecord>
#[dom_struct]
pub struct MutationRecord {
    reflector: Reflector,
    #[no_trace]
    type_: MutationType,
    target: Dom<Node>,
    added_nodes: Dom<NodeList>,
    removed_nodes: Dom<NodeList>,
    previous_sibling: MutNullableDom<Node>,
    next_sibling: MutNullableDom<Node>,
    attribute_name: Option<DOMString>,
    attribute_namespace: Option<DOMString>,
    old_value: Option<DOMString>,
}

impl MutationRecord {
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        type_: MutationType,
        target: &Node,
        name: Option<&QualName>,
        old_value: Option<DOMString>,
        change: &TreeChange<'_>,
    ) -> DomRoot<MutationRecord> {
        let added = NodeList::new_static(cx, global, change.added);
        let removed = NodeList::new_static(cx, global, change.removed);
        let record = MutationRecord {
            reflector: Reflector::new(),
            type_,
            target: Dom::from_ref(target),
            added_nodes: Dom::from_ref(&added),
            removed_nodes: Dom::from_ref(&removed),
            previous_sibling: MutNullableDom::new(change.previous_sibling),
            next_sibling: MutNullableDom::new(change.next_sibling),
            attribute_name: name.map(|name| (*name.local).into()),
            attribute_namespace: name.and_then(|name| namespace_of(&name.ns)),
            old_value,
        };
        reflect_dom_object(cx, Box::new(record), global)
    }
}

impl MutationRecordMethods for MutationRecord {
    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-type>
    fn Type(&self) -> DOMString {
        match self.type_ {
            MutationType::Attributes => "attributes",
            MutationType::CharacterData => "characterData",
            MutationType::ChildList => "childList",
        }
        .into()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-target>
    fn Target(&self, _cx: &mut JSContext) -> DomRoot<Node> {
        self.target.as_rooted()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-addednodes>
    fn AddedNodes(&self, _cx: &mut JSContext) -> DomRoot<NodeList> {
        self.added_nodes.as_rooted()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-removednodes>
    fn RemovedNodes(&self, _cx: &mut JSContext) -> DomRoot<NodeList> {
        self.removed_nodes.as_rooted()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-previoussibling>
    fn GetPreviousSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Node>> {
        self.previous_sibling.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-nextsibling>
    fn GetNextSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Node>> {
        self.next_sibling.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-attributename>
    fn GetAttributeName(&self) -> Option<DOMString> {
        self.attribute_name.clone()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-attributenamespace>
    fn GetAttributeNamespace(&self) -> Option<DOMString> {
        self.attribute_namespace.clone()
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationrecord-oldvalue>
    fn GetOldValue(&self) -> Option<DOMString> {
        self.old_value.clone()
    }
}
