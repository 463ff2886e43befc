//! For debug builds alone: collections wherever one could happen, and a register of the structs that are alive.
//!
//! With `FERRY_GC_STRESS=n`, garbage is collected at every n-th step of the binding that may run the collector. What
//! isn't rooted is then dropped at once, and its next use panics, instead of happening to work.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::OnceLock;

use mozjs::jsapi::GCReason;
use mozjs::rust::wrappers2::JS_GC;

use super::{JSContext, Reflector};

thread_local! {
    /// The reflectors (and by them, the structs) of this thread that are alive.
    static ALIVE: RefCell<HashSet<*const Reflector>> = RefCell::default();
    /// How many places were passed.
    static PASSED: Cell<usize> = const { Cell::new(0) };
}

/// A place where the collector may run.
pub(super) fn gc_point(cx: &mut JSContext) {
    static EVERY: OnceLock<usize> = OnceLock::new();
    let from_environment =
        || std::env::var("FERRY_GC_STRESS").ok().and_then(|every| every.parse().ok()).unwrap_or(0);
    let every = *EVERY.get_or_init(from_environment);
    if every > 0 {
        let passed = PASSED.get() + 1;
        PASSED.set(passed);
        if passed.is_multiple_of(every) {
            // SAFETY: the caller could have allocated.
            unsafe { JS_GC(cx, GCReason::API) };
        }
    }
}

pub(super) fn note_alive(reflector: &Reflector) {
    let _ = ALIVE.try_with(|alive| alive.borrow_mut().insert(reflector));
}

pub(super) fn note_dropped(reflector: *const Reflector) {
    let _ = ALIVE.try_with(|alive| alive.borrow_mut().remove(&reflector));
}

/// # Panics
/// If the struct was dropped: somebody held it without a root.
#[track_caller]
pub(super) fn assert_alive(reflector: *const Reflector) {
    let alive = ALIVE.try_with(|alive| alive.borrow().contains(&reflector));
    assert!(alive.unwrap_or(true), "a DOM object was used after it had been collected: it was not rooted");
}
