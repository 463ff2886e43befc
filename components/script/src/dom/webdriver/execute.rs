//! Scripts that a driver runs: <https://w3c.github.io/webdriver/#executing-script>.

#![expect(unsafe_code, reason = "compiles functions, makes one")]

use std::cell::RefCell;

use mozjs::jsapi::js::{GetFunctionNativeReserved, SetFunctionNativeReserved};
use mozjs::jsapi::{
    CallArgs, JS_GetFunctionObject, JSContext as RawJSContext, JSFunction, SupportUnscopables,
};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{CompileFunction1, NewFunctionWithReserved, ResolvePromise};
use mozjs::rust::{CompileOptionsWrapper, EnvironmentChain, transform_str_to_source_text};
use serde_json::Value;

use super::json::{json_clone, json_deserialize};
use crate::automation::{CommandError, ErrorCode, Reply};
use crate::bindings::callbacks::Function;
use crate::dom::html::window::Window;
use crate::runtime::exception::{self, ErrorInformation};
use crate::webidl::call::native;
use crate::webidl::*;

/// [Execute Script](https://w3c.github.io/webdriver/#execute-script) and
/// [Execute Async Script](https://w3c.github.io/webdriver/#execute-async-script), in the window's realm.
pub(super) fn execute(
    cx: &mut JSContext,
    window: &Window,
    body: &str,
    arguments: &[Value],
    asynchronous: bool,
    handle: String,
    reply: Reply,
) {
    match start(cx, window, body, arguments, asynchronous) {
        Err(error) => reply(Err(error)),
        Ok(Started::Done(value)) => reply(json_clone(cx, window, &handle, value.handle())),
        Ok(Started::Pending(promise)) => {
            let waiting = Waiting { window: Dom::from_ref(window), handle, reply: RefCell::new(Some(reply)) };
            promise.react(
                cx,
                waiting,
                |cx, waiting, value| {
                    let window = waiting.window.as_rooted();
                    let value = json_clone(cx, &window, &waiting.handle, value);
                    waiting.answer(value);
                },
                |cx, waiting, reason| {
                    let information = exception::extract(cx, reason);
                    waiting.answer(Err(javascript_error(information)));
                },
            );
        }
    }
}

/// Whoever waits for a script's promise.
#[derive(JSTraceable)]
struct Waiting {
    window: Dom<Window>,
    #[no_trace]
    handle: String,
    #[no_trace]
    reply: RefCell<Option<Reply>>,
}

impl Waiting {
    fn answer(&self, answer: Result<Value, CommandError>) {
        if let Some(reply) = self.reply.take() {
            reply(answer);
        }
    }
}

/// A script that was called.
enum Started {
    /// It is over, with this value. (Nothing waits for a promise: the script may have removed the frame that it was in.)
    Done(RootedValue),
    /// It is over when this is settled.
    Pending(Promise),
}

/// Calls the script.
fn start(
    cx: &mut JSContext,
    window: &Window,
    body: &str,
    arguments: &[Value],
    asynchronous: bool,
) -> Result<Started, CommandError> {
    let mut values = Vec::with_capacity(arguments.len() + 1);
    for argument in arguments {
        values.push(json_deserialize(cx, window, argument)?);
    }
    let promise = Promise::new_in_current_realm(cx);
    if asynchronous {
        // The last argument ends it.
        values.push(resolving_function(cx, &promise)?);
    }
    let function = compile(cx, body)?;
    let called: Fallible<RootedValue> = function.call(cx, HandleValue::undefined(), &values);
    let result = called.map_err(|error| failed(cx, error))?;
    if !is_thenable(cx, result.handle())? {
        return Ok(if asynchronous { Started::Pending(promise) } else { Started::Done(result) });
    }
    let outcome = Promise::from_value(cx, result.handle()).map_err(|error| failed(cx, error))?;
    if !asynchronous {
        return Ok(Started::Pending(outcome));
    }
    // What the function returned may settle it too.
    outcome.react(
        cx,
        promise.to_heap(),
        |cx, promise, value| promise.root().resolve_value(cx, value),
        |cx, promise, reason| promise.root().reject_value(cx, reason),
    );
    Ok(Started::Pending(promise))
}

/// <https://w3c.github.io/webdriver/#dfn-execute-a-function-body>, up to the call.
fn compile(cx: &mut JSContext, body: &str) -> Result<Rooted<Function>, CommandError> {
    let scopes = EnvironmentChain::new(cx, SupportUnscopables::No);
    let mut options = CompileOptionsWrapper::new(cx, c"webdriver script".to_owned(), 1);
    options.set_introduction_type(c"webdriver");
    let mut source = transform_str_to_source_text(body);
    // SAFETY: what is passed lives until the call is over; the result is rooted.
    rooted!(&in(cx) let function: *mut JSFunction = unsafe {
        CompileFunction1(cx, scopes.get(), options.ptr, c"".as_ptr(), 0, std::ptr::null(), &mut source)
    });
    if function.get().is_null() {
        return Err(pending_error(cx));
    }
    // SAFETY: a live function.
    rooted!(&in(cx) let value = ObjectValue(unsafe { JS_GetFunctionObject(function.get()) }));
    Rooted::<Function>::from_js(cx, value.handle()).map_err(|error| failed(cx, error))
}

/// A function that [resolves](https://tc39.es/ecma262/#sec-createresolvingfunctions) the promise.
fn resolving_function(cx: &mut JSContext, promise: &Promise) -> Result<RootedValue, CommandError> {
    // SAFETY: the function is rooted as soon as it is there, and its one slot is set once.
    unsafe {
        let function = NewFunctionWithReserved(cx, Some(resolve), 1, 0, c"".as_ptr());
        if function.is_null() {
            return Err(pending_error(cx));
        }
        rooted!(&in(cx) let object = JS_GetFunctionObject(function));
        SetFunctionNativeReserved(object.get(), 0, &ObjectValue(promise.promise_object().get()));
        rooted!(&in(cx) let value = ObjectValue(object.get()));
        Ok(value.handle().into())
    }
}

unsafe extern "C" fn resolve(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey; the callee is a function of `resolving_function`.
    unsafe {
        native(cx, |cx| {
            let args = CallArgs::from_vp(vp, argc);
            rooted!(&in(cx) let promise = (*GetFunctionNativeReserved(args.callee(), 0)).to_object());
            args.rval().set(UndefinedValue());
            ResolvePromise(cx, promise.handle(), HandleValue::from_raw(args.get(0)))
        })
    }
}

/// Whether a value is an object with a method `then`.
fn is_thenable(cx: &mut JSContext, value: HandleValue<'_>) -> Result<bool, CommandError> {
    if !value.is_object() {
        return Ok(false);
    }
    rooted!(&in(cx) let object = value.to_object());
    rooted!(&in(cx) let mut then = UndefinedValue());
    property(cx, Some(object.handle()), c"then", then.handle_mut()).map_err(|error| failed(cx, error))?;
    // SAFETY: looks at a rooted object.
    Ok(then.is_object() && unsafe { mozjs::jsapi::IsCallable(then.to_object()) })
}

/// The pending exception as an error; without one, the script was ended from outside.
pub(super) fn pending_error(cx: &mut JSContext) -> CommandError {
    rooted!(&in(cx) let mut exception = UndefinedValue());
    match exception::take_pending(cx, exception.handle_mut()) {
        Some(information) => javascript_error(information),
        None => CommandError::new(ErrorCode::JavascriptError, "the script was ended"),
    }
}

/// A failure of a call or conversion as an error.
pub(super) fn failed(cx: &mut JSContext, error: Error) -> CommandError {
    error.throw(cx);
    pending_error(cx)
}

fn javascript_error(information: ErrorInformation) -> CommandError {
    CommandError { code: ErrorCode::JavascriptError, message: information.message, stack: information.stack }
}
