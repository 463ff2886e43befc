//! What an exception says, and where it came from.

#![expect(unsafe_code, reason = "takes exceptions from SpiderMonkey")]

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use mozjs::context::JSContext;
use mozjs::conversions::jsstr_to_string;
use mozjs::jsapi::{
    BorrowedErrorReport, ExceptionStack, JS_StackCapture_AllFrames, JSObject, JSString, Rooted,
    SavedFrameResult, SavedFrameSelfHosted, StackCapture, StackFormat, TaggedColumnNumberOneOrigin,
};
use mozjs::jsval::{JSVal, NullValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    BuildStackString, CaptureCurrentStack, ExceptionStackOrNull, GetSavedFrameColumn, GetSavedFrameLine,
    GetSavedFrameSource, JS_ClearPendingException, JS_ErrorFromException, JS_IsExceptionPending,
    StealPendingExceptionStack,
};
use mozjs::rust::{
    HandleObject, HandleValue, MutableHandleObject, MutableHandleValue, ToString, borrowed_error_report,
};

use crate::bindings::dictionaries::{ErrorEventInit, EventInit};
use crate::dom::events::Event;
use crate::dom::html::error_event::ErrorEvent;
use crate::dom::html::workers::dedicated_worker_global_scope::DedicatedWorkerGlobalScope;
use crate::embedder::{AgentEvent, ErrorKind, ErrorReport};
use crate::webidl::{Castable, DomObject, GlobalScope, RootedValue, enter_realm};

/// <https://html.spec.whatwg.org/multipage/webappapis.html#extract-error>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorInformation {
    /// What is to be shown: `TypeError: x is not a function`.
    pub(crate) message: String,
    /// The script's URL.
    pub(crate) filename: String,
    /// From 1; 0 if not known.
    pub(crate) line: u32,
    /// From 1; 0 if not known.
    pub(crate) column: u32,
    /// One frame per line, innermost first.
    pub(crate) stack: Option<String>,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#muted-errors> of the script that it is about.
    pub(crate) muted: bool,
}

impl ErrorInformation {
    /// As the embedder is told.
    pub(crate) fn into_report(self, kind: ErrorKind) -> ErrorReport {
        let Self { message, filename, line, column, stack, muted: _ } = self;
        ErrorReport { kind, message, filename, line, column, stack }
    }
}

/// Takes the pending exception into `value`. None if there is none: the script was ended from outside.
pub(crate) fn take_pending(
    cx: &mut JSContext,
    mut value: MutableHandleValue<'_>,
) -> Option<ErrorInformation> {
    rooted!(&in(cx) let mut stack: *mut JSObject = ptr::null_mut());
    if !steal(cx, value.reborrow(), stack.handle_mut()) {
        return None;
    }
    Some(extract_with_stack(cx, value.handle(), stack.handle()))
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#extract-error>
pub(crate) fn extract(cx: &mut JSContext, value: HandleValue<'_>) -> ErrorInformation {
    extract_with_stack(cx, value, HandleObject::null())
}

fn steal(cx: &mut JSContext, mut value: MutableHandleValue<'_>, mut stack: MutableHandleObject<'_>) -> bool {
    // SAFETY: asks for a flag.
    if unsafe { !JS_IsExceptionPending(cx) } {
        return false;
    }
    let mut exception = ExceptionStack {
        exception_: Rooted::new_unrooted(UndefinedValue()),
        stack_: Rooted::new_unrooted(ptr::null_mut()),
    };
    // SAFETY: both fields are rooted while the engine fills them, and `exception` does not move until they
    // are unrooted again; nothing in between can panic.
    let stolen = unsafe {
        Rooted::add_to_root_stack(&raw mut exception.exception_, cx.raw_cx_no_gc());
        Rooted::add_to_root_stack(&raw mut exception.stack_, cx.raw_cx_no_gc());
        let stolen = StealPendingExceptionStack(cx, &raw mut exception);
        value.set(exception.exception_.data);
        stack.set(exception.stack_.data);
        exception.stack_.remove_from_root_stack();
        exception.exception_.remove_from_root_stack();
        stolen
    };
    if !stolen {
        // Out of memory while the value was wrapped.
        // SAFETY: no precondition.
        unsafe { JS_ClearPendingException(cx) };
    }
    stolen
}

fn extract_with_stack(
    cx: &mut JSContext,
    value: HandleValue<'_>,
    thrown_at: HandleObject<'_>,
) -> ErrorInformation {
    let mut information = ErrorInformation::default();
    rooted!(&in(cx) let mut stack = thrown_at.get());
    if value.is_object() {
        rooted!(&in(cx) let object = value.to_object());
        fill_from_error_object(cx, object.handle(), &mut information);
        // SAFETY: the object is rooted.
        let own_stack = unsafe { ExceptionStackOrNull(object.handle()) };
        if !own_stack.is_null() {
            stack.set(own_stack);
        }
    }
    let text = describe(cx, value, &information.message);
    information.message = if value.is_object() { text } else { format!("uncaught exception: {text}") };
    if !stack.get().is_null() {
        if information.filename.is_empty() {
            fill_from_frame(cx, stack.handle(), &mut information);
        }
        information.stack = stack_string(cx, stack.handle());
    }
    information
}

/// For objects that the engine itself knows as errors: it keeps where they were made.
fn fill_from_error_object(cx: &JSContext, object: HandleObject<'_>, information: &mut ErrorInformation) {
    borrowed_error_report(cx, |cx, report: &mut BorrowedErrorReport| {
        // SAFETY: `report` is rooted by `borrowed_error_report`; what it points to lives as long.
        unsafe {
            if !JS_ErrorFromException(cx, object, report) || report.report_.is_null() {
                return;
            }
            let base = &(*report.report_)._base;
            information.message = text(base.message_.data_);
            information.filename = text(base.filename.data_);
            information.line = base.lineno;
            information.column = base.column._base;
            information.muted = (*report.report_).isMuted();
        }
    });
}

/// # Safety
/// `chars` is null or a string of C's.
unsafe fn text(chars: *const std::ffi::c_char) -> String {
    if chars.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(chars) }.to_string_lossy().into_owned()
}

/// A value as text; `otherwise` where it has none. This may run script (`toString`), whose exceptions don't matter.
pub(crate) fn describe(cx: &mut JSContext, value: HandleValue<'_>, otherwise: &str) -> String {
    // SAFETY: `value` is rooted; a null result means that an exception is pending.
    let string = unsafe { ToString(cx, value) };
    match NonNull::new(string) {
        // SAFETY: `string` is a string that was just made, and nothing allocates before it is read.
        Some(string) => unsafe { jsstr_to_string(cx, string) },
        None => {
            // A symbol, or an object that refuses.
            // SAFETY: no precondition.
            unsafe { JS_ClearPendingException(cx) };
            if otherwise.is_empty() { "a value that has no text" } else { otherwise }.to_owned()
        }
    }
}

fn fill_from_frame(cx: &mut JSContext, frame: HandleObject<'_>, information: &mut ErrorInformation) {
    rooted!(&in(cx) let mut source: *mut JSString = ptr::null_mut());
    let mut column = TaggedColumnNumberOneOrigin { value_: 0 };
    // SAFETY: `frame` is a saved frame; the results go to rooted or plain places.
    unsafe {
        let principals = ptr::null_mut();
        let skip = SavedFrameSelfHosted::Exclude;
        if GetSavedFrameSource(cx, principals, frame, source.handle_mut(), skip) != SavedFrameResult::Ok {
            return;
        }
        let skip = SavedFrameSelfHosted::Exclude;
        GetSavedFrameLine(cx, principals, frame, &mut information.line, skip);
        let skip = SavedFrameSelfHosted::Exclude;
        GetSavedFrameColumn(cx, principals, frame, &mut column, skip);
        if let Some(source) = NonNull::new(source.get()) {
            information.filename = jsstr_to_string(cx, source);
        }
    }
    information.column = column.value_;
}

fn stack_string(cx: &mut JSContext, stack: HandleObject<'_>) -> Option<String> {
    rooted!(&in(cx) let mut string: *mut JSString = ptr::null_mut());
    // SAFETY: `stack` is a saved frame, the result is rooted.
    let built = unsafe {
        BuildStackString(cx, ptr::null_mut(), stack, string.handle_mut(), 0, StackFormat::SpiderMonkey)
    };
    if !built {
        // SAFETY: no precondition.
        unsafe { JS_ClearPendingException(cx) };
        return None;
    }
    // SAFETY: the string is rooted.
    let text = NonNull::new(string.get()).map(|string| unsafe { jsstr_to_string(cx, string) })?;
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The call stack at this moment.
pub(crate) fn current_stack(cx: &mut JSContext) -> Option<String> {
    let mut capture = MaybeUninit::<StackCapture>::uninit();
    rooted!(&in(cx) let mut stack: *mut JSObject = ptr::null_mut());
    // SAFETY: `JS_StackCapture_AllFrames` initialises what it is given; the result is rooted.
    let captured = unsafe {
        JS_StackCapture_AllFrames(capture.as_mut_ptr());
        CaptureCurrentStack(cx, stack.handle_mut(), capture.as_mut_ptr(), HandleObject::null())
    };
    if !captured || stack.get().is_null() {
        return None;
    }
    stack_string(cx, stack.handle())
}

/// Reports the pending exception to the current global; does nothing if there is none (the script was ended from
/// outside).
pub(crate) fn report_pending(cx: &mut JSContext) {
    report_pending_of_script(cx, false);
}

/// The same for an exception that came out of a script with or without
/// [muted errors](https://html.spec.whatwg.org/multipage/webappapis.html#muted-errors).
pub(crate) fn report_pending_of_script(cx: &mut JSContext, muted: bool) {
    rooted!(&in(cx) let mut value: JSVal = UndefinedValue());
    let Some(mut information) = take_pending(cx, value.handle_mut()) else { return };
    information.muted |= muted;
    let global = GlobalScope::from_current_realm(cx);
    report(cx, &global, value.handle(), information);
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception>
pub(crate) fn report(
    cx: &mut JSContext,
    global: &GlobalScope,
    value: HandleValue<'_>,
    information: ErrorInformation,
) {
    // 1 to 3. What happened where.
    let mut information = information;
    let mut error = RootedValue::from(value);
    // 4. A script of another origin tells nothing.
    if information.muted {
        information = ErrorInformation { message: "Script error.".into(), ..ErrorInformation::default() };
        error = RootedValue::from_value(NullValue());
    }
    // 5 and 6. Not while an error of this global is being reported.
    let mut not_handled = true;
    if let Some(_reporting) = global.enter_error_reporting_mode() {
        // 6.2. Fire `error`.
        let init = ErrorEventInit {
            parent: EventInit { cancelable: true, ..EventInit::default() },
            message: information.message.as_str().into(),
            filename: information.filename.as_str().into(),
            lineno: information.line,
            colno: information.column,
            error: Some(error),
        };
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let event = ErrorEvent::new(&mut realm, global, &init);
        not_handled = event.upcast::<Event>().fire(&mut realm, global.upcast());
    }
    // 7. Nobody took care of it.
    if not_handled {
        // 7.2. A dedicated worker's owner is told.
        if let Some(worker) = global.downcast::<DedicatedWorkerGlobalScope>() {
            match worker.report_to_owner(information) {
                Ok(()) => return,
                Err(nobodys) => information = nobodys,
            }
        }
        // 7.3. The developer is.
        global.tell(AgentEvent::Error(information.into_report(ErrorKind::Exception)));
    }
}
