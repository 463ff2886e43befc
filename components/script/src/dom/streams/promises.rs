//! Small algorithms on promises and exceptions that the rest of this folder shares.

#![allow(unsafe_code)]

use mozjs::jsapi::ExceptionStackBehavior;
use mozjs::jsval::UndefinedValue;
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::JS_SetPendingException;

use crate::webidl::*;

/// <https://webidl.spec.whatwg.org/#a-promise-rejected-with> any value.
pub(crate) fn rejected_with_value(
    cx: &mut JSContext,
    global: &GlobalScope,
    reason: HandleValue<'_>,
) -> Promise {
    let promise = Promise::new(cx, global);
    promise.reject_value(cx, reason);
    promise
}

/// Reacting to `promise` with a fulfillment step that returns undefined
/// (<https://webidl.spec.whatwg.org/#dfn-perform-steps-once-promise-is-settled>).
pub(crate) fn then_undefined(cx: &mut JSContext, global: &GlobalScope, promise: &Promise) -> Promise {
    let result = Promise::new(cx, global);
    promise.react(
        cx,
        result.to_heap(),
        |cx, result, _| result.root().resolve(cx, &()),
        |cx, result, reason| result.root().reject_value(cx, reason),
    );
    result
}

/// The exception that `error` is, made in the realm of `global`; for `Error::JSFailed`, the pending one, which is
/// then no longer pending. Undefined where script is being ended.
pub(crate) fn exception_value(cx: &mut JSContext, global: &GlobalScope, error: Error) -> RootedValue {
    let mut realm = AutoRealm::new_from_handle(cx, global.reflector().get_jsobject());
    let cx: &mut JSContext = &mut realm;
    rooted!(&in(cx) let mut value = UndefinedValue());
    error.take_value(cx, value.handle_mut());
    RootedValue::from_value(value.get())
}

/// Throws a value: the exception is then pending.
pub(crate) fn throw_value(cx: &mut JSContext, value: HandleValue<'_>) -> Error {
    // SAFETY: a rooted value.
    unsafe { JS_SetPendingException(cx, value, ExceptionStackBehavior::Capture) };
    Error::JSFailed
}

/// <https://html.spec.whatwg.org/#queue-a-microtask>. `captures` is traced while it waits, not rooted.
pub(crate) fn queue_a_microtask<C: JSTraceable + 'static>(
    cx: &mut JSContext,
    global: &GlobalScope,
    captures: C,
    steps: fn(&mut JSContext, &C),
) {
    // A reaction to a promise that is already resolved is a microtask.
    let promise = Promise::resolved(cx, global, &());
    promise.react(
        cx,
        MicrotaskSteps { captures, steps },
        |cx, MicrotaskSteps { captures, steps }, _| steps(cx, captures),
        |_, _, _| {},
    );
}

#[derive(JSTraceable)]
struct MicrotaskSteps<C> {
    captures: C,
    #[no_trace]
    steps: fn(&mut JSContext, &C),
}
