//! Promises that were rejected without a handler.
//!
//! <https://html.spec.whatwg.org/multipage/webappapis.html#unhandled-promise-rejections>

#![expect(unsafe_code, reason = "hooks into promises")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::c_void;
use std::ptr::{self, NonNull};

use mozjs::context::{JSContext, RawJSContext};
use mozjs::jsapi::{
    HandleObject as RawHandleObject, Heap, JSObject, JSTracer, PromiseRejectionHandlingState,
};
use mozjs::jsval::{BooleanValue, ObjectValue, UndefinedValue};
use mozjs::panic::wrap_panic;
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    GetPromiseIsHandled, GetWeakMapEntry, JS_GetPromiseResult, NewWeakMapObject,
    SetPromiseRejectionTrackerCallback, SetWeakMapEntry,
};
use mozjs::rust::{HandleObject, HandleValue, RootedTraceableBox, Trace};

use super::agent::{Agent, GlobalId};
use super::exception;
use super::task_source::TaskSource;
use crate::dom::events::Event;
use crate::dom::html::promise_rejection_event::PromiseRejectionEvent;
use crate::embedder::{AgentEvent, ErrorKind};
use crate::webidl::{Castable, GlobalScope, global_of_object};

/// Rooted by whoever holds it (the agent traces its lists); boxed, since a [`Heap`] must not move.
type HeldPromise = Box<Heap<*mut JSObject>>;

/// The two lists that HTML keeps for each global, here for all of an agent's, and what queued tasks will need:
/// JavaScript things can't be moved into a task, so each task takes its own from the front of its list.
#[derive(Default)]
pub(super) struct Rejections {
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#about-to-be-notified-rejected-promises-list>
    about_to_be_notified: RefCell<Vec<HeldPromise>>,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#outstanding-rejected-promises-weak-set>:
    /// a `WeakMap` of SpiderMonkey's from promise to whether it is in the set; made on first use.
    outstanding: Heap<*mut JSObject>,
    /// For tasks that fire `unhandledrejection`.
    unhandled: RefCell<VecDeque<Vec<HeldPromise>>>,
    /// For tasks that fire `rejectionhandled`.
    handled_late: RefCell<VecDeque<HeldPromise>>,
}

// SAFETY: all fields are traced.
unsafe impl Trace for Rejections {
    unsafe fn trace(&self, trc: *mut JSTracer) {
        // SAFETY: `trc` is the engine's.
        unsafe {
            self.about_to_be_notified.borrow().trace(trc);
            self.outstanding.trace(trc);
            self.unhandled.borrow().trace(trc);
            self.handled_late.borrow().trace(trc);
        }
    }
}

impl Rejections {
    pub(super) fn clear(&self) {
        drop(self.about_to_be_notified.take());
        self.outstanding.set(ptr::null_mut());
        drop(self.unhandled.take());
        drop(self.handled_late.take());
    }

    /// Takes a promise out of the first list; false if it was not there.
    fn forget(&self, promise: HandleObject<'_>) -> bool {
        let mut list = self.about_to_be_notified.borrow_mut();
        let Some(index) = list.iter().position(|held| held.get() == promise.get()) else { return false };
        list.remove(index);
        true
    }

    fn is_outstanding(&self, cx: &mut JSContext, promise: HandleObject<'_>) -> bool {
        if self.outstanding.get().is_null() {
            return false;
        }
        rooted!(&in(cx) let map = self.outstanding.get());
        rooted!(&in(cx) let key = ObjectValue(promise.get()));
        rooted!(&in(cx) let mut is = UndefinedValue());
        // SAFETY: everything is rooted.
        let found = unsafe { GetWeakMapEntry(cx, map.handle(), key.handle(), is.handle_mut()) };
        found && is.is_boolean() && is.to_boolean()
    }

    fn set_outstanding(&self, cx: &mut JSContext, promise: HandleObject<'_>, is: bool) {
        if self.outstanding.get().is_null() {
            // SAFETY: we are in a realm: that of the promise.
            self.outstanding.set(unsafe { NewWeakMapObject(cx) });
        }
        rooted!(&in(cx) let map = self.outstanding.get());
        if map.get().is_null() {
            return;
        }
        rooted!(&in(cx) let key = ObjectValue(promise.get()));
        rooted!(&in(cx) let value = BooleanValue(is));
        // SAFETY: everything is rooted. Without memory for it, a `rejectionhandled` is not fired.
        unsafe { SetWeakMapEntry(cx, map.handle(), key.handle(), value.handle()) };
    }
}

/// Has SpiderMonkey tell us of rejections.
pub(super) fn install(cx: &JSContext) {
    // SAFETY: the callback has the right signature and lives for ever; it needs no data.
    unsafe { SetPromiseRejectionTrackerCallback(cx, Some(promise_rejection_tracker), ptr::null_mut()) };
}

unsafe extern "C" fn promise_rejection_tracker(
    cx: *mut RawJSContext,
    muted_errors: bool,
    promise: RawHandleObject,
    state: PromiseRejectionHandlingState,
    _data: *mut c_void,
) {
    wrap_panic(&mut || {
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer; the handle is
        // the engine's.
        let (mut cx, promise) = unsafe { (JSContext::from_ptr(cx), HandleObject::from_raw(promise)) };
        track(&mut cx, muted_errors, promise, state);
    });
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#the-hostpromiserejectiontracker-implementation>
fn track(
    cx: &mut JSContext,
    muted_errors: bool,
    promise: HandleObject<'_>,
    state: PromiseRejectionHandlingState,
) {
    // 1 and 2. Nothing is said about scripts of other origins.
    if muted_errors {
        return;
    }
    // 3. The global is that of the promise.
    let Some(agent) = Agent::current() else { return };
    let rejections = &agent.rejections;
    match state {
        // 4. "reject": remember it.
        PromiseRejectionHandlingState::Unhandled => {
            rejections.about_to_be_notified.borrow_mut().push(Heap::boxed(promise.get()));
        }
        // 5. "handle":
        PromiseRejectionHandlingState::Handled => {
            // 5.1. In time: nothing was said yet.
            if rejections.forget(promise) {
                return;
            }
            // 5.2 and 5.3. It was reported, and is not outstanding any more.
            if !rejections.is_outstanding(cx, promise) {
                return;
            }
            rejections.set_outstanding(cx, promise, false);
            // 5.4. Queue a global task that fires `rejectionhandled`.
            rejections.handled_late.borrow_mut().push_back(Heap::boxed(promise.get()));
            agent.task_queue().post(TaskSource::DomManipulation, Box::new(fire_rejection_handled));
        }
    }
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#notify-about-rejected-promises>
pub(super) fn notify_about_rejected_promises(_cx: &mut JSContext, agent: &Agent) {
    // 1 and 3. Take the list.
    let list = agent.rejections.about_to_be_notified.take();
    // 2. Mostly there is nothing.
    if list.is_empty() {
        return;
    }
    // 4. Queue a global task, for each global its own.
    let mut by_global: Vec<(GlobalId, Vec<HeldPromise>)> = Vec::new();
    for held in list {
        let global = global_of_object(held.get()).id();
        match by_global.iter_mut().find(|(other, _)| *other == global) {
            Some((_, promises)) => promises.push(held),
            None => by_global.push((global, vec![held])),
        }
    }
    for (_, promises) in by_global {
        agent.rejections.unhandled.borrow_mut().push_back(promises);
        agent.task_queue().post(TaskSource::DomManipulation, Box::new(fire_unhandled_rejections));
    }
}

/// The global that a promise's tasks are for; None once it is gone.
fn global_of(agent: &Agent, promise: *mut JSObject) -> Option<NonNull<JSObject>> {
    NonNull::new(agent.global_with_id(global_of_object(promise).id()))
}

/// Step 4 of notify about rejected promises.
fn fire_unhandled_rejections(cx: &mut JSContext) {
    let Some(agent) = Agent::current() else { return };
    let Some(list) = agent.rejections.unhandled.borrow_mut().pop_front() else { return };
    let list = RootedTraceableBox::new(list);
    let global = list.first().and_then(|first| global_of(&agent, first.get()));
    let Some(global) = global else { return };
    let mut realm = AutoRealm::new(cx, global);
    let cx = &mut *realm;
    // 4.1. For each promise:
    for held in list.iter() {
        rooted!(&in(cx) let promise = held.get());
        // 4.1.1. Handled in the meantime?
        // SAFETY: the promise is rooted.
        if unsafe { GetPromiseIsHandled(promise.handle()) } {
            continue;
        }
        rooted!(&in(cx) let mut reason = UndefinedValue());
        // SAFETY: the promise is rooted and rejected.
        unsafe { JS_GetPromiseResult(promise.handle(), reason.handle_mut()) };
        // 4.1.2. Fire the event.
        let not_canceled = fire(cx, "unhandledrejection", promise.handle(), reason.handle());
        // 4.1.3. Nobody said that this is fine: tell the console.
        if not_canceled {
            let information = exception::extract(cx, reason.handle());
            agent.tell(AgentEvent::Error(information.into_report(ErrorKind::UnhandledRejection)));
        }
        // 4.1.4. It is outstanding unless a listener handled it.
        // SAFETY: the promise is rooted.
        if unsafe { !GetPromiseIsHandled(promise.handle()) } {
            agent.rejections.set_outstanding(cx, promise.handle(), true);
        }
    }
}

/// Step 5.4 of the tracker.
fn fire_rejection_handled(cx: &mut JSContext) {
    let Some(agent) = Agent::current() else { return };
    let Some(held) = agent.rejections.handled_late.borrow_mut().pop_front() else { return };
    rooted!(&in(cx) let promise = held.get());
    drop(held);
    let Some(global) = global_of(&agent, promise.get()) else { return };
    let mut realm = AutoRealm::new(cx, global);
    let cx = &mut *realm;
    rooted!(&in(cx) let mut reason = UndefinedValue());
    // SAFETY: the promise is rooted and rejected.
    unsafe { JS_GetPromiseResult(promise.handle(), reason.handle_mut()) };
    fire(cx, "rejectionhandled", promise.handle(), reason.handle());
}

/// Fires a `PromiseRejectionEvent` at the current global; true if it was not cancelled.
fn fire(cx: &mut JSContext, event: &str, promise: HandleObject<'_>, reason: HandleValue<'_>) -> bool {
    let global = GlobalScope::from_current_realm(cx);
    let event = PromiseRejectionEvent::new(cx, &global, event, promise, reason);
    event.upcast::<Event>().fire(cx, global.upcast())
}
