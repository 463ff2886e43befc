//! Mutation observers: <https://dom.spec.whatwg.org/#mutation-observers>.

use super::mutation_record::MutationRecord;
use super::node::Node;
use super::registered_observers::{ObserverOptions, ObserverSource, RegisteredObserver};
use crate::bindings::callbacks::MutationCallback;
use crate::bindings::dictionaries::MutationObserverInit;
use crate::bindings::interfaces::MutationObserverMethods;
use crate::runtime::agent::Agent;
use crate::runtime::microtasks::{Microtask, queue_microtask};
use crate::webidl::*;
use mozjs::rooted;

/// <https://dom.spec.whatwg.org/#mutationobserver>
#[dom_struct]
pub struct MutationObserver {
    reflector: Reflector,
    callback: MutationCallback,
    /// The node list.
    nodes: DomRefCell<Vec<WeakDom<Node>>>,
    /// The record queue.
    records: DomRefCell<Vec<Dom<MutationRecord>>>,
}

/// What an agent knows of its mutation observers.
#[derive(Default, JSTraceable)]
pub(crate) struct PendingObservers {
    /// Whether there was ever an observer: else no mutation has to look for one.
    exist: Cell<bool>,
    /// [Mutation observer microtask queued](https://dom.spec.whatwg.org/#mutation-observer-compound-microtask-queued-flag).
    microtask_queued: Cell<bool>,
    /// The observers with records.
    pending: DomRefCell<Vec<Dom<MutationObserver>>>,
}

impl PendingObservers {
    /// Whether any node may have a registered observer.
    pub(super) fn exist(&self) -> bool {
        self.exist.get()
    }

    /// Nobody is told any more.
    pub(crate) fn clear(&self) {
        self.pending.borrow_mut().clear();
    }
}

/// <https://dom.spec.whatwg.org/#queue-a-mutation-observer-compound-microtask>
fn queue_a_mutation_observer_microtask(cx: &mut JSContext, observers: &PendingObservers) {
    // 1–2. Once.
    if !observers.microtask_queued.replace(true) {
        // 3.
        queue_microtask(cx, Box::new(NotifyMutationObservers));
    }
}

/// <https://dom.spec.whatwg.org/#notify-mutation-observers>
#[derive(JSTraceable)]
struct NotifyMutationObservers;

impl Microtask for NotifyMutationObservers {
    fn run(&self, cx: &mut JSContext) {
        let agent = Agent::of_this_thread();
        let observers = agent.mutation_observers();
        // 1.
        observers.microtask_queued.set(false);
        // 2–3.
        let notify_set = observers.pending.take_rooted();
        // 6. Each:
        for observer in notify_set.iter() {
            let observer = observer.as_rooted();
            let mut realm = enter_realm(cx, observer.reflector().get_jsobject());
            observer.notify(&mut realm);
        }
    }
}

impl MutationObserver {
    /// [Queue a mutation record](https://dom.spec.whatwg.org/#queue-a-mutation-record), 5.2 and 6: one more record.
    pub(super) fn enqueue(&self, cx: &mut JSContext, record: &MutationRecord) {
        self.records.borrow_mut().push(Dom::from_ref(record));
        let agent = Agent::of_this_thread();
        let observers = agent.mutation_observers();
        {
            let mut pending = observers.pending.borrow_mut();
            if !pending.iter().any(|observer| *observer == self) {
                pending.push(Dom::from_ref(self));
            }
        }
        queue_a_mutation_observer_microtask(cx, observers);
    }

    /// [Notify mutation observers](https://dom.spec.whatwg.org/#notify-mutation-observers), 6.1–6.4.
    fn notify(&self, cx: &mut JSContext) {
        // 6.1–6.2. The records.
        let records = self.take_records();
        // 6.3. Those who were here for what was removed are no longer.
        self.for_each_node(|node| {
            node.registered_observers().borrow_mut().retain(|registered| {
                registered.observer != self || registered.source == ObserverSource::Observe
            });
        });
        // 6.4. Call back.
        if !records.is_empty() {
            rooted!(&in(cx) let this = object_value(self.reflector().get_jsobject().get()));
            let callback = Rooted::from_unrooted(self.callback.clone());
            callback.call_and_report(cx, this.handle(), records, self);
        }
    }

    fn take_records(&self) -> Vec<DomRoot<MutationRecord>> {
        self.records.take_rooted().iter().map(Dom::as_rooted).collect()
    }

    fn for_each_node(&self, mut steps: impl FnMut(&Node)) {
        for node in self.nodes.borrow().iter().filter_map(WeakDom::root) {
            steps(&node);
        }
    }

    /// A transient registered observer came to a node.
    pub(super) fn add_node(&self, node: &Node) {
        let mut nodes = self.nodes.borrow_mut();
        nodes.retain(|other| other.root().is_some());
        nodes.push(WeakDom::new(node));
    }
}

impl MutationObserverMethods for MutationObserver {
    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-mutationobserver>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        callback: &MutationCallback,
    ) -> Fallible<DomRoot<MutationObserver>> {
        let observer = MutationObserver {
            reflector: Reflector::new(),
            callback: callback.clone(),
            nodes: DomRefCell::default(),
            records: DomRefCell::default(),
        };
        Ok(reflect_dom_object_with_proto(cx, Box::new(observer), global, proto))
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-observe>
    fn Observe(&self, _cx: &mut JSContext, target: &Node, options: &MutationObserverInit) -> Fallible<()> {
        // 1–6. What for.
        let options = ObserverOptions::from_init(options)?;
        Agent::of_this_thread().mutation_observers().exist.set(true);
        let known =
            target.registered_observers().borrow().iter().any(|registered| {
                registered.observer == self && registered.source == ObserverSource::Observe
            });
        if known {
            // 7. Again, but for something else: what followed from the first time is over.
            self.for_each_node(|node| {
                node.registered_observers().borrow_mut().retain(|registered| {
                    registered.observer != self || !registered.source.is_transient_of(target)
                });
            });
            for registered in target.registered_observers().borrow_mut().iter_mut() {
                if registered.observer == self && registered.source == ObserverSource::Observe {
                    registered.options = options.clone();
                }
            }
        } else {
            // 8.
            let registered = RegisteredObserver {
                observer: Dom::from_ref(self),
                options,
                source: ObserverSource::Observe,
            };
            target.registered_observers().borrow_mut().push(registered);
            self.add_node(target);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-disconnect>
    fn Disconnect(&self, _cx: &mut JSContext) -> Fallible<()> {
        // 1.
        self.for_each_node(|node| {
            node.registered_observers().borrow_mut().retain(|registered| registered.observer != self);
        });
        self.nodes.borrow_mut().clear();
        // 2.
        self.records.borrow_mut().clear();
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-takerecords>
    fn TakeRecords(&self, _cx: &mut JSContext) -> Fallible<Vec<DomRoot<MutationRecord>>> {
        // 1–3.
        Ok(self.take_records())
    }
}
