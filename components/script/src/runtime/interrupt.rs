//! The interrupt callback: how a script that runs is ended.

#![expect(unsafe_code, reason = "installs a hook in SpiderMonkey")]

use mozjs::context::{JSContext, RawJSContext};
use mozjs::panic::wrap_panic;
use mozjs::rust::wrappers2::JS_AddInterruptCallback;

use super::agent::Agent;

/// Has SpiderMonkey ask [`Agent::must_stop`] whenever somebody requested an interrupt.
pub(super) fn install(cx: &JSContext) {
    // SAFETY: the callback has the right signature and lives for ever.
    unsafe { JS_AddInterruptCallback(cx, Some(on_interrupt)) };
}

/// False ends the script: no `catch` and no `finally` of it runs, and no exception is pending afterwards.
unsafe extern "C" fn on_interrupt(_cx: *mut RawJSContext) -> bool {
    let mut go_on = true;
    wrap_panic(&mut || {
        go_on = Agent::current().is_none_or(|agent| !agent.must_stop());
    });
    go_on
}
