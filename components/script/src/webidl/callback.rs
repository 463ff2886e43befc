//! Callback functions and callback interfaces: <https://webidl.spec.whatwg.org/#js-invoking-callback-functions>.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::CStr;
use std::rc::Rc;
use std::sync::OnceLock;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{HandleValueArray, Heap, IsCallable, JSObject, JSTracer};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::Call;
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue};

use super::call::gc_point;
use super::keys::get_property;
use super::root::{DomRoot, StableTrace};
use super::{Error, Fallible, FromJs, JSContext, JSTraceable, Promise};
use crate::dom::GlobalScope;

/// What the binding asks the event loop for.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// <https://html.spec.whatwg.org/#report-the-exception>: takes the exception that is pending on the context, and
    /// reports it for the current global object.
    pub report_exception: fn(&mut JSContext),
    /// <https://html.spec.whatwg.org/#perform-a-microtask-checkpoint>
    pub microtask_checkpoint: fn(&mut JSContext),
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// Tells the binding about the event loop. The first call counts.
pub fn install_hooks(hooks: Hooks) {
    let _ = HOOKS.set(hooks);
}

thread_local! {
    /// How many entries into script there are on this thread's stack.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Enters script, from a task or from a native function: what `run` does in it is followed by a microtask checkpoint
/// if it was the outermost. <https://html.spec.whatwg.org/#prepare-to-run-script>,
/// <https://html.spec.whatwg.org/#clean-up-after-running-script>.
pub fn run_script<R>(cx: &mut JSContext, run: impl FnOnce(&mut JSContext) -> R) -> R {
    struct Entry;
    impl Drop for Entry {
        fn drop(&mut self) {
            DEPTH.set(DEPTH.get() - 1);
        }
    }
    let entry = Entry;
    DEPTH.set(DEPTH.get() + 1);
    let result = run(cx);
    drop(entry);
    if DEPTH.get() == 0
        && let Some(hooks) = HOOKS.get()
    {
        (hooks.microtask_checkpoint)(cx);
    }
    result
}

/// Whether script is running on this thread, further out on the stack.
pub fn is_running_script() -> bool {
    DEPTH.get() > 0
}

/// Reports the exception that is pending on `cx`, if there is one, to the current global object.
pub fn report_pending_exception(cx: &mut JSContext) {
    // SAFETY: only asks.
    if unsafe { mozjs::rust::wrappers2::JS_IsExceptionPending(cx) } {
        match HOOKS.get() {
            Some(hooks) => (hooks.report_exception)(cx),
            // Nobody listens: it must not stay pending.
            // SAFETY: only clears.
            None => unsafe { mozjs::rust::wrappers2::JS_ClearPendingException(cx) },
        }
    }
}

/// What callback types of both kinds hold. Clones share it.
#[derive(Clone)]
pub struct CallbackObject {
    object: Rc<Heap<*mut JSObject>>,
}

// SAFETY: the one edge is traced.
unsafe impl JSTraceable for CallbackObject {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: called by the collector.
        unsafe { self.object.trace(tracer) }
    }
}

// SAFETY: what is shared does not move, and is never replaced.
unsafe impl StableTrace for CallbackObject {
    type Target = CallbackObject;
    fn stable_trace(&self) -> *const dyn JSTraceable {
        let object: *const Heap<*mut JSObject> = &*self.object;
        object
    }
    fn target(&self) -> &CallbackObject {
        self
    }
}

impl PartialEq for CallbackObject {
    /// Whether it is the same object to script.
    fn eq(&self, other: &CallbackObject) -> bool {
        self.object.get() == other.object.get()
    }
}

impl CallbackObject {
    fn new(object: *mut JSObject) -> CallbackObject {
        let place = Rc::new(Heap::default());
        // Only now that it is where it stays.
        place.set(object);
        CallbackObject { object: place }
    }

    /// <https://webidl.spec.whatwg.org/#js-callback-function>
    pub fn function(value: HandleValue<'_>) -> Fallible<CallbackObject> {
        // SAFETY: looks at the object alone.
        if value.is_object() && unsafe { IsCallable(value.to_object()) } {
            Ok(CallbackObject::new(value.to_object()))
        } else {
            Err(Error::Type("is not callable".to_owned()))
        }
    }

    /// <https://webidl.spec.whatwg.org/#js-callback-interface>, and callback functions marked
    /// `[LegacyTreatNonObjectAsNull]`.
    pub fn object(value: HandleValue<'_>) -> Fallible<CallbackObject> {
        if value.is_object() {
            Ok(CallbackObject::new(value.to_object()))
        } else {
            Err(Error::Type("is not an object".to_owned()))
        }
    }

    /// The function or object.
    pub fn handle(&self) -> HandleObject<'_> {
        // SAFETY: it can only be reached from what is rooted, and is traced by its owner.
        unsafe { HandleObject::from_raw(self.object.handle()) }
    }

    /// The global object that exceptions of the callback are reported to.
    pub fn global(&self) -> DomRoot<GlobalScope> {
        super::global::global_of_object(self.object.get())
    }

    /// <https://webidl.spec.whatwg.org/#invoke-a-callback-function>; the exception, if any, is left pending.
    pub fn call_function(
        &self,
        cx: &mut JSContext,
        this: HandleValue<'_>,
        arguments: &[&dyn ToJSValConvertible],
        result: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        // The callback may be dropped from where it is kept while it runs.
        rooted!(&in(cx) let function = ObjectValue(self.object.get()));
        // `[LegacyTreatNonObjectAsNull]`: what can't be called returns undefined.
        // SAFETY: looks at the object alone.
        if !unsafe { IsCallable(function.to_object()) } {
            return Ok(());
        }
        let mut realm = super::global::enter_realm_of(cx, self.object.get());
        call(&mut realm, function.handle(), this, arguments, result)
    }

    /// <https://webidl.spec.whatwg.org/#call-a-user-objects-operation>; the exception, if any, is left pending.
    pub fn call_operation(
        &self,
        cx: &mut JSContext,
        this: HandleValue<'_>,
        name: &'static CStr,
        arguments: &[&dyn ToJSValConvertible],
        result: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        rooted!(&in(cx) let object = self.object.get());
        let mut realm = super::global::enter_realm_of(cx, object.get());
        let cx: &mut JSContext = &mut realm;
        // Step 10: a function is called itself.
        rooted!(&in(cx) let mut function = ObjectValue(object.get()));
        // SAFETY: what is passed is rooted or static.
        unsafe {
            if IsCallable(object.get()) {
                return call(cx, function.handle(), this, arguments, result);
            }
            // Another object's method of that name, on the object.
            get_property(cx, object.handle(), name, function.handle_mut())?;
            if !function.is_object() || !IsCallable(function.to_object()) {
                let message = format!("{} is not a function", name.to_string_lossy());
                Error::Type(message).throw(cx);
                return Err(Error::JSFailed);
            }
        }
        rooted!(&in(cx) let this = ObjectValue(object.get()));
        call(cx, function.handle(), this.handle(), arguments, result)
    }

    /// Calls the function, or the object's operation, and converts the result.
    pub fn call<C: FromJs>(
        &self,
        cx: &mut JSContext,
        this: HandleValue<'_>,
        operation: Option<&'static CStr>,
        arguments: &[&dyn ToJSValConvertible],
    ) -> Fallible<C::Out> {
        rooted!(&in(cx) let mut result = UndefinedValue());
        match operation {
            None => self.call_function(cx, this, arguments, result.handle_mut())?,
            Some(name) => self.call_operation(cx, this, name, arguments, result.handle_mut())?,
        }
        let mut realm = super::global::enter_realm_of(cx, self.object.get());
        C::from_js(&mut realm, result.handle()).map_err(|error| {
            error.within(|| "The callback's result ".to_owned()).throw(&mut realm);
            Error::JSFailed
        })
    }

    /// As [`call`](CallbackObject::call), for callbacks that return promises: an exception becomes a rejected one.
    pub fn call_for_promise(
        &self,
        cx: &mut JSContext,
        this: HandleValue<'_>,
        operation: Option<&'static CStr>,
        arguments: &[&dyn ToJSValConvertible],
    ) -> Promise {
        self.call::<Promise>(cx, this, operation, arguments).unwrap_or_else(|error| {
            let mut realm = super::global::enter_realm_of(cx, self.object.get());
            let promise = Promise::new_in_current_realm(&mut realm);
            promise.reject(&mut realm, error);
            promise
        })
    }

    /// Turns a failure into a report to the callback's global.
    pub fn report<R>(&self, cx: &mut JSContext, result: Fallible<R>) -> Option<R> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let mut realm = super::global::enter_realm_of(cx, self.object.get());
                error.throw(&mut realm);
                report_pending_exception(&mut realm);
                None
            }
        }
    }
}

/// Converts the arguments, in the realm of the callback, and calls.
fn call(
    cx: &mut JSContext,
    function: HandleValue<'_>,
    this: HandleValue<'_>,
    arguments: &[&dyn ToJSValConvertible],
    result: MutableHandleValue<'_>,
) -> Fallible<()> {
    gc_point(cx);
    rooted!(&in(cx) let mut values: Vec<JSVal> = Vec::with_capacity(arguments.len()));
    rooted!(&in(cx) let mut value = UndefinedValue());
    for argument in arguments {
        argument.to_jsval(cx, value.handle_mut());
        values.push(value.get());
    }
    let array = HandleValueArray::from(&values);
    // SAFETY: what is passed is rooted.
    if run_script(cx, |cx| unsafe { Call(cx, this, function, &array, result) }) {
        Ok(())
    } else {
        mozjs::panic::maybe_resume_unwind();
        Err(Error::JSFailed)
    }
}

/// Enters the realm of a DOM object or callback.
pub fn enter_realm<'cx>(cx: &'cx mut JSContext, object: HandleObject<'_>) -> AutoRealm<'cx> {
    AutoRealm::new_from_handle(cx, object)
}

/// The types that generated code makes of callbacks: newtypes of [`CallbackObject`].
#[macro_export]
macro_rules! callback_type {
    ($name:ident, $convert:ident) => {
        impl $name {
            /// The function or object.
            pub fn callback(&self) -> &$crate::webidl::CallbackObject {
                &self.0
            }
        }
        // SAFETY: the one edge is traced.
        #[allow(unsafe_code)]
        unsafe impl $crate::webidl::JSTraceable for $name {
            unsafe fn trace(&self, tracer: *mut $crate::webidl::JSTracer) {
                // SAFETY: called by the collector.
                unsafe { self.0.trace(tracer) }
            }
        }
        // SAFETY: that of the object.
        #[allow(unsafe_code)]
        unsafe impl $crate::webidl::StableTrace for $name {
            type Target = $name;
            fn stable_trace(&self) -> *const dyn $crate::webidl::JSTraceable {
                self.0.stable_trace()
            }
            fn target(&self) -> &$name {
                self
            }
        }
        impl $crate::webidl::FromJs for $crate::webidl::Rooted<$name> {
            type Out = $crate::webidl::Rooted<$name>;
            fn from_js(
                _cx: &mut $crate::webidl::JSContext,
                value: $crate::webidl::HandleValue<'_>,
            ) -> $crate::webidl::Fallible<Self> {
                $crate::webidl::CallbackObject::$convert(value)
                    .map(|callback| $crate::webidl::Rooted::from_unrooted($name(callback)))
            }
        }
        impl $crate::webidl::ToJSValConvertible for $crate::webidl::Rooted<$name> {
            fn to_jsval(
                &self,
                _cx: &mut $crate::webidl::JSContext,
                mut rval: $crate::webidl::MutableHandleValue<'_>,
            ) {
                rval.set($crate::webidl::object_value(self.0.handle().get()));
            }
        }
    };
}
