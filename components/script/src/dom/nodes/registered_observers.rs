//! Who observes a node, and telling them: <https://dom.spec.whatwg.org/#queueing-a-mutation-record>.

use html5ever::{Namespace, QualName, ns};

use super::element::Element;
use super::mutation_observer::MutationObserver;
use super::mutation_record::{MutationRecord, MutationType, TreeChange};
use super::node::Node;
use crate::bindings::dictionaries::MutationObserverInit;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// A [registered observer](https://dom.spec.whatwg.org/#registered-observer), of a node.
#[derive(JSTraceable)]
pub(super) struct RegisteredObserver {
    pub(super) observer: Dom<MutationObserver>,
    #[no_trace]
    pub(super) options: ObserverOptions,
    #[no_trace]
    pub(super) source: ObserverSource,
}

/// Where a registered observer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObserverSource {
    /// `observe()`
    Observe,
    /// It is a [transient](https://dom.spec.whatwg.org/#transient-registered-observer) one: a node above, of this
    /// address, was observed when this node was removed. (The address is only compared.)
    Transient(*const Node),
}

impl ObserverSource {
    /// Whether it followed from observing `node`.
    pub(super) fn is_transient_of(self, node: &Node) -> bool {
        self == ObserverSource::Transient(node)
    }
}

/// The options of `observe()`, made complete.
#[derive(Clone, Debug)]
pub(super) struct ObserverOptions {
    child_list: bool,
    attributes: bool,
    character_data: bool,
    subtree: bool,
    attribute_old_value: bool,
    character_data_old_value: bool,
    attribute_filter: Option<Vec<DOMString>>,
}

impl ObserverOptions {
    /// Steps 1 to 6 of <https://dom.spec.whatwg.org/#dom-mutationobserver-observe>.
    pub(super) fn from_init(init: &MutationObserverInit) -> Fallible<ObserverOptions> {
        let wants_attributes = init.attribute_old_value.is_some() || init.attribute_filter.is_some();
        let options = ObserverOptions {
            child_list: init.child_list,
            // 1–2. What is said of their values means them.
            attributes: init.attributes.unwrap_or(wants_attributes),
            character_data: init.character_data.unwrap_or(init.character_data_old_value.is_some()),
            subtree: init.subtree,
            attribute_old_value: init.attribute_old_value.unwrap_or(false),
            character_data_old_value: init.character_data_old_value.unwrap_or(false),
            attribute_filter: init.attribute_filter.clone(),
        };
        let refuse = |message: &str| Err(Error::Type(message.into()));
        // 3. Something has to be observed.
        if !(options.child_list || options.attributes || options.character_data) {
            return refuse("one of childList, attributes and characterData has to be true");
        }
        // 4–5.
        if !options.attributes && (options.attribute_old_value || options.attribute_filter.is_some()) {
            return refuse("attributes is false, but something is said of their values");
        }
        // 6.
        if !options.character_data && options.character_data_old_value {
            return refuse("characterData is false, but its old value is asked for");
        }
        Ok(options)
    }

    /// Step 3.2 of queueing a record: None for who is not interested, else whether the old value is wanted.
    fn interest(&self, is_target: bool, type_: MutationType, name: Option<&QualName>) -> Option<bool> {
        if !is_target && !self.subtree {
            return None;
        }
        match type_ {
            MutationType::ChildList => self.child_list.then_some(false),
            MutationType::CharacterData => self.character_data.then_some(self.character_data_old_value),
            MutationType::Attributes => {
                let passes = match (&self.attribute_filter, name) {
                    (None, _) => true,
                    (Some(filter), Some(name)) => {
                        name.ns == ns!() && filter.iter().any(|wanted| **wanted == *name.local)
                    }
                    (Some(_), None) => false,
                };
                (self.attributes && passes).then_some(self.attribute_old_value)
            }
        }
    }
}

/// <https://dom.spec.whatwg.org/#queue-a-mutation-record>
fn queue_a_mutation_record(
    cx: &mut JSContext,
    target: &Node,
    type_: MutationType,
    name: Option<&QualName>,
    old_value: Option<&DOMString>,
    change: &TreeChange<'_>,
) {
    if !Agent::of_this_thread().mutation_observers().exist() {
        return;
    }
    // 1–3. Who is interested, each once.
    let mut interested: Vec<(DomRoot<MutationObserver>, bool)> = Vec::new();
    for node in std::iter::successors(Some(DomRoot::from_ref(target)), |node| node.parent()) {
        for registered in node.registered_observers().borrow().iter() {
            let Some(wants_old_value) = registered.options.interest(*node == *target, type_, name) else {
                continue;
            };
            match interested.iter_mut().find(|(observer, _)| registered.observer == &**observer) {
                Some((_, wants)) => *wants |= wants_old_value,
                None => interested.push((registered.observer.as_rooted(), wants_old_value)),
            }
        }
    }
    // 4–5. A record for each.
    for (observer, wants_old_value) in interested {
        let old_value = old_value.filter(|_| wants_old_value).cloned();
        let record = MutationRecord::new(cx, &observer.global(), type_, target, name, old_value, change);
        observer.enqueue(cx, &record);
    }
}

/// <https://dom.spec.whatwg.org/#queue-a-tree-mutation-record>
pub(super) fn queue_a_tree_mutation_record(cx: &mut JSContext, target: &Node, change: &TreeChange<'_>) {
    queue_a_mutation_record(cx, target, MutationType::ChildList, None, None, change);
}

/// The record of a changed attribute: <https://dom.spec.whatwg.org/#handle-attribute-changes>, 1.
pub(super) fn queue_an_attribute_record(
    cx: &mut JSContext,
    element: &Element,
    name: &QualName,
    old_value: Option<&DOMString>,
) {
    let (target, change) = (element.upcast(), TreeChange::default());
    queue_a_mutation_record(cx, target, MutationType::Attributes, Some(name), old_value, &change);
}

/// The record of changed data: <https://dom.spec.whatwg.org/#concept-cd-replace>, 4.
pub(super) fn queue_a_data_record(cx: &mut JSContext, target: &Node, old_value: &DOMString) {
    let change = TreeChange::default();
    queue_a_mutation_record(cx, target, MutationType::CharacterData, None, Some(old_value), &change);
}

/// <https://dom.spec.whatwg.org/#concept-node-remove>, 15: who observes the trees that `node` was in goes on to observe
/// it until they are told.
pub(super) fn add_transient_observers(node: &Node, parent: &Node) {
    if !Agent::of_this_thread().mutation_observers().exist() {
        return;
    }
    for ancestor in std::iter::successors(Some(DomRoot::from_ref(parent)), |node| node.parent()) {
        for registered in ancestor.registered_observers().borrow().iter() {
            if !registered.options.subtree {
                continue;
            }
            let observer = registered.observer.as_rooted();
            node.registered_observers().borrow_mut().push(RegisteredObserver {
                observer: Dom::from_ref(&*observer),
                options: registered.options.clone(),
                source: ObserverSource::Transient(&raw const *ancestor),
            });
            observer.add_node(node);
        }
    }
}

/// The namespace of an attribute, as records have it.
pub(super) fn namespace_of(namespace: &Namespace) -> Option<DOMString> {
    (*namespace != ns!()).then(|| (**namespace).into())
}
