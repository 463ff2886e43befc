//! Classic scripts: <https://html.spec.whatwg.org/multipage/webappapis.html#classic-script>.

#![expect(unsafe_code, reason = "compiles and runs script")]

use std::ffi::{CStr, CString};

use mozjs::context::JSContext;
use mozjs::jsapi::JSScript;
use mozjs::jsval::UndefinedValue;
use mozjs::panic::maybe_resume_unwind;
use mozjs::rooted;
use mozjs::rust::wrappers2::{Compile1, JS_ExecuteScript};
use mozjs::rust::{CompileOptionsWrapper, Handle, MutableHandleValue, transform_str_to_source_text};

use super::exception::{self, ErrorInformation};
use super::module_script::{Referrer, set_script_referrer};
use crate::webidl::{DomObject, GlobalScope, enter_realm, run_script};

/// A classic script before it is compiled.
#[derive(Clone, Debug)]
pub(crate) struct ClassicScript<'a> {
    /// The text.
    pub(crate) source: &'a str,
    /// The URL that errors name.
    pub(crate) url: &'a str,
    /// The line of `url` that the text starts in, from 1.
    pub(crate) line: u32,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#muted-errors>
    pub(crate) muted_errors: bool,
    /// For tools: what brought the script in.
    pub(crate) introduction: &'static CStr,
    /// For what the script imports; None: as its global has it.
    pub(crate) referrer: Option<Referrer>,
}

impl<'a> ClassicScript<'a> {
    /// A script that came from `url` as a whole.
    pub(crate) fn new(source: &'a str, url: &'a str) -> Self {
        Self { source, url, line: 1, muted_errors: false, introduction: c"srcScript", referrer: None }
    }
}

/// The script threw (or could not be parsed), or was ended: the exception is pending, or none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Abrupt;

/// [Creates](https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-classic-script) and
/// [runs](https://html.spec.whatwg.org/multipage/webappapis.html#run-a-classic-script) a classic script in the
/// current realm, with "rethrow errors": an exception is left pending.
pub(crate) fn run_classic_script(
    cx: &mut JSContext,
    script: &ClassicScript<'_>,
    result: MutableHandleValue<'_>,
) -> Result<(), Abrupt> {
    run_script(cx, |cx| evaluate(cx, script, result))
}

/// The same without "rethrow errors": an exception is reported to `global`, before microtasks run.
pub(crate) fn run_classic_script_and_report(
    cx: &mut JSContext,
    global: &GlobalScope,
    script: &ClassicScript<'_>,
) {
    run_script(cx, |cx| {
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        rooted!(&in(cx) let mut result = UndefinedValue());
        if evaluate(cx, script, result.handle_mut()).is_err() {
            exception::report_pending_of_script(cx, script.muted_errors);
        }
    });
}

/// The same for a worker's own script: one that can't be parsed has an
/// [error to rethrow](https://html.spec.whatwg.org/multipage/webappapis.html#concept-script-error-to-rethrow), which is
/// returned, not reported.
pub(crate) fn run_worker_script(
    cx: &mut JSContext,
    global: &GlobalScope,
    script: &ClassicScript<'_>,
) -> Result<(), ErrorInformation> {
    run_script(cx, |cx| {
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        rooted!(&in(cx) let mut result = UndefinedValue());
        rooted!(&in(cx) let compiled = compile(cx, script));
        if compiled.get().is_null() {
            let error = exception::take_pending(cx, result.handle_mut());
            return Err(error.unwrap_or_default());
        }
        if execute(cx, compiled.handle(), result.handle_mut()).is_err() {
            exception::report_pending_of_script(cx, script.muted_errors);
        }
        Ok(())
    })
}

/// The same without microtasks afterwards: the caller is already between preparing and cleaning up.
pub(crate) fn evaluate(
    cx: &mut JSContext,
    script: &ClassicScript<'_>,
    result: MutableHandleValue<'_>,
) -> Result<(), Abrupt> {
    rooted!(&in(cx) let compiled = compile(cx, script));
    if compiled.get().is_null() {
        return Err(Abrupt);
    }
    execute(cx, compiled.handle(), result)
}

/// Null if it can't be parsed: then the exception is pending.
fn compile(cx: &mut JSContext, script: &ClassicScript<'_>) -> *mut JSScript {
    // A URL has no NUL; whatever else is given as a name is cut there.
    let filename = CString::new(script.url).unwrap_or_else(|error| {
        let end = error.nul_position();
        CString::new(&script.url.as_bytes()[..end]).unwrap_or_default()
    });
    let mut options = CompileOptionsWrapper::new(cx, filename, script.line);
    options.set_muted_errors(script.muted_errors);
    options.set_introduction_type(script.introduction);
    let mut source = transform_str_to_source_text(script.source);
    // SAFETY: options and source live until the script is compiled (it keeps a copy of its own).
    let compiled = unsafe { Compile1(cx, options.ptr, &mut source) };
    if let (false, Some(referrer)) = (compiled.is_null(), &script.referrer) {
        set_script_referrer(compiled, referrer);
    }
    compiled
}

fn execute(
    cx: &mut JSContext,
    compiled: Handle<'_, *mut JSScript>,
    result: MutableHandleValue<'_>,
) -> Result<(), Abrupt> {
    // SAFETY: the script is rooted, and was compiled in this realm.
    let finished = unsafe { JS_ExecuteScript(cx, compiled, result) };
    maybe_resume_unwind();
    if finished { Ok(()) } else { Err(Abrupt) }
}
