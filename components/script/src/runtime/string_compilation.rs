//! `eval` and its like under a content security policy:
//! <https://w3c.github.io/webappsec-csp/#can-compile-strings>.

#![expect(unsafe_code, reason = "hooks into SpiderMonkey")]

use std::ptr::NonNull;

use mozjs::context::{JSContext, RawJSContext};
use mozjs::conversions::jsstr_to_string;
use mozjs::jsapi::js::TempAllocPolicy;
use mozjs::jsapi::{
    CompilationType, Handle as RawHandle, HandleObject as RawHandleObject, HandleString as RawHandleString,
    HandleValue as RawHandleValue, JSSecurityCallbacks, JSString,
    MutableHandleString as RawMutableHandleString, RuntimeCode, StackGCVector, Value,
};
use mozjs::panic::wrap_panic;
use mozjs::rust::wrappers2::JS_SetSecurityCallbacks;

use crate::dom::csp::report_violations;
use crate::dom::html::console_message;
use crate::embedder::ConsoleLevel;
use crate::webidl::GlobalScope;

static CALLBACKS: JSSecurityCallbacks = JSSecurityCallbacks {
    contentSecurityPolicyAllows: Some(may_compile),
    codeForEvalGets: Some(code_for_eval),
    subsumes: None,
};

/// Has SpiderMonkey ask before it compiles a string.
pub(super) fn install(cx: &JSContext) {
    // SAFETY: the callbacks are static.
    unsafe { JS_SetSecurityCallbacks(cx, &CALLBACKS) };
}

/// <https://tc39.es/ecma262/#sec-hostensurecancompilestrings>
unsafe extern "C" fn may_compile(
    cx: *mut RawJSContext,
    kind: RuntimeCode,
    code: RawHandleString,
    _compilation_type: CompilationType,
    _parameters: RawHandle<StackGCVector<*mut JSString, TempAllocPolicy>>,
    _body: RawHandleString,
    _parameter_arguments: RawHandle<StackGCVector<Value, TempAllocPolicy>>,
    _body_argument: RawHandleValue,
    may: *mut bool,
) -> bool {
    let mut allowed = false;
    wrap_panic(&mut || {
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let cx = unsafe { JSContext::from_ptr(cx) };
        let global = GlobalScope::from_current_realm(&cx);
        let policies = global.policy_container().csp_list;
        if policies.0.is_empty() {
            allowed = true;
            return;
        }
        // WebAssembly has no text.
        let source = match (kind, NonNull::new(code.get())) {
            // SAFETY: the engine roots it.
            (RuntimeCode::JS, Some(code)) => unsafe { jsstr_to_string(&cx, code) },
            _ => String::new(),
        };
        let (blocked, violations) = policies.should_eval_be_blocked(&source);
        allowed = !blocked;
        if blocked {
            let text = "a string was not run as script: Content Security Policy forbids it".to_owned();
            console_message(&global, ConsoleLevel::Error, text);
        }
        report_violations(&global, None, violations);
    });
    // SAFETY: the engine's place for the answer.
    unsafe { *may = allowed };
    true
}

/// <https://tc39.es/proposal-dynamic-code-brand-checks/#sec-hostgetcodeforeval>: no object stands for code here (there
/// are no trusted types).
unsafe extern "C" fn code_for_eval(
    _cx: *mut RawJSContext,
    _code: RawHandleObject,
    code_for_eval: RawMutableHandleString,
) -> bool {
    code_for_eval.set(std::ptr::null_mut());
    true
}
