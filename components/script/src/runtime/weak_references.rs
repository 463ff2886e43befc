//! Weak references from script to DOM objects.

#![expect(unsafe_code, reason = "called by SpiderMonkey")]

use mozjs::context::{JSContext, RawJSContext};
use mozjs::jsapi::HandleObject;
use mozjs::rust::wrappers2::SetPreserveWrapperCallbacks;

/// Without these callbacks a DOM object can't be the target of a `WeakRef` or the key of a `WeakMap`.
pub(super) fn install(cx: &JSContext) {
    // SAFETY: the callbacks have the right signatures and live for ever.
    unsafe { SetPreserveWrapperCallbacks(cx, Some(preserve_wrapper), Some(has_released_wrapper)) };
}

/// A DOM object became such a target or key. Nothing has to be done: it never gets a second reflector, since it goes
/// with its first.
unsafe extern "C" fn preserve_wrapper(_cx: *mut RawJSContext, _object: HandleObject) -> bool {
    true
}

/// Whether a reflector has lost its DOM object: never.
unsafe extern "C" fn has_released_wrapper(_object: HandleObject) -> bool {
    false
}
