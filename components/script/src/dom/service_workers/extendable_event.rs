//! <https://w3c.github.io/ServiceWorker/#extendableevent-interface>

use std::cell::{Cell, RefCell};

use futures::channel::oneshot;
use service_worker::host::DispatchOutcome;

use super::ServiceWorkerGlobalScope;
use crate::bindings::dictionaries::ExtendableEventInit;
use crate::bindings::interfaces::ExtendableEventMethods;
use crate::dom::events::event::Event;
use crate::runtime::exception;
use crate::runtime::microtasks::{Microtask, queue_microtask};
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#extendableevent-interface>
#[dom_struct]
pub struct ExtendableEvent {
    event: Event,
    /// The [pending promises count](https://w3c.github.io/ServiceWorker/#extendableevent-pending-promises-count).
    pending_promises_count: Cell<u32>,
    /// Why the first of the
    /// [extend lifetime promises](https://w3c.github.io/ServiceWorker/#extendableevent-extend-lifetime-promises)
    /// that was rejected was: what waiting for all of them gives.
    #[no_trace]
    rejection: RefCell<Option<String>>,
    /// Who waits until the event is no longer active.
    #[no_trace]
    completion: RefCell<Option<oneshot::Sender<DispatchOutcome>>>,
}

impl ExtendableEvent {
    pub(crate) fn new_inherited() -> ExtendableEvent {
        ExtendableEvent {
            event: Event::new_inherited(),
            pending_promises_count: Cell::new(0),
            rejection: RefCell::default(),
            completion: RefCell::default(),
        }
    }

    /// An event that is yet to be initialised.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<ExtendableEvent> {
        reflect_dom_object(cx, Box::new(ExtendableEvent::new_inherited()), global)
    }

    /// Whether the event is [active](https://w3c.github.io/ServiceWorker/#extendableevent-active).
    ///
    /// NB: there is no timed out flag to look at: a worker whose event takes too long is ended by the manager.
    pub(crate) fn is_active(&self) -> bool {
        self.pending_promises_count.get() > 0 || self.event.is_being_dispatched()
    }

    /// Dispatches the event, trusted, at the worker's global, and tells `completion` when it is no longer active.
    pub(super) fn dispatch(
        &self,
        cx: &mut JSContext,
        global: &ServiceWorkerGlobalScope,
        completion: oneshot::Sender<DispatchOutcome>,
    ) {
        *self.completion.borrow_mut() = Some(completion);
        self.event.fire(cx, global.upcast::<EventTarget>());
        // [Update Service Worker Extended Events Set](https://w3c.github.io/ServiceWorker/#update-service-worker-extended-events-set-algorithm).
        if self.is_active() {
            global.add_extended_event(self);
        } else {
            self.complete();
        }
    }

    /// The event is no longer active.
    fn complete(&self) {
        let Some(completion) = self.completion.borrow_mut().take() else { return };
        // A click that nobody used is over.
        if self.event.has_type("backgroundfetchclick")
            && let Some(worker) = self.global().downcast::<ServiceWorkerGlobalScope>()
        {
            worker.take_window_interaction();
        }
        let outcome = match self.rejection.borrow_mut().take() {
            None => DispatchOutcome::Handled,
            Some(reason) => DispatchOutcome::Failed(reason),
        };
        // Whoever asked may have given up meanwhile.
        let _ = completion.send(outcome);
    }

    /// [Add lifetime promise](https://w3c.github.io/ServiceWorker/#extendableevent-add-lifetime-promise).
    pub(crate) fn add_lifetime_promise(&self, cx: &mut JSContext, promise: &Promise) -> Fallible<()> {
        // 1. Only events of ours.
        if !self.event.is_trusted() {
            return Err(Error::InvalidState("the event was not dispatched by the engine".into()));
        }
        // 2. Only while it is active.
        if !self.is_active() {
            return Err(Error::InvalidState("the event is over".into()));
        }
        // 3–4. One more. (The reactions keep the promise's end of it.)
        self.pending_promises_count.set(self.pending_promises_count.get() + 1);
        // 5. When it is settled, queue a microtask.
        promise.react(
            cx,
            Dom::from_ref(self),
            |cx, event, _value| LifetimePromiseSettled::queue(cx, event),
            |cx, event, reason| {
                let reason = exception::extract(cx, reason).message;
                event.rejection.borrow_mut().get_or_insert(reason);
                LifetimePromiseSettled::queue(cx, event);
            },
        );
        Ok(())
    }

    /// Add lifetime promise, 5.1–5.2.
    fn lifetime_promise_settled(&self) {
        // 5.1. One less.
        self.pending_promises_count.set(self.pending_promises_count.get().saturating_sub(1));
        // 5.2. The last one: the manager tries to clear or activate the registration when it hears of it.
        if !self.is_active() {
            if let Some(global) = self.global().downcast::<ServiceWorkerGlobalScope>() {
                global.remove_extended_event(self);
            }
            self.complete();
        }
    }
}

/// The microtask in which a promise no longer counts.
struct LifetimePromiseSettled {
    event: Dom<ExtendableEvent>,
}

impl LifetimePromiseSettled {
    fn queue(cx: &JSContext, event: &ExtendableEvent) {
        queue_microtask(cx, Box::new(LifetimePromiseSettled { event: Dom::from_ref(event) }));
    }
}

impl Microtask for LifetimePromiseSettled {
    fn run(&self, _cx: &mut JSContext) {
        self.event.as_rooted().lifetime_promise_settled();
    }
}

// SAFETY: the event is traced.
#[expect(unsafe_code, reason = "traces the event")]
unsafe impl JSTraceable for LifetimePromiseSettled {
    unsafe fn trace(&self, tracer: *mut mozjs::jsapi::JSTracer) {
        // SAFETY: called by the collector.
        unsafe { self.event.trace(tracer) }
    }
}

impl ExtendableEventMethods for ExtendableEvent {
    /// <https://w3c.github.io/ServiceWorker/#dom-extendableevent-extendableevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &ExtendableEventInit,
    ) -> Fallible<DomRoot<ExtendableEvent>> {
        let event = Box::new(ExtendableEvent::new_inherited());
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-extendableevent-waituntil>
    fn WaitUntil(&self, cx: &mut JSContext, promise: &Promise) -> Fallible<()> {
        self.add_lifetime_promise(cx, promise)
    }
}
