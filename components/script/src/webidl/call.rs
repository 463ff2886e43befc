//! From SpiderMonkey's calls to the methods of DOM structs and back.
//!
//! Generated tables hold functions made here from closures that capture nothing: `operation::<Foo, _, _>(|cx, this,
//! args| this.Bar(cx, args.get::<DOMString>(cx, 0)?))`. A closure that captures nothing has no data, so that its type
//! alone says what to run; each becomes one `extern "C"` function.

#![allow(unsafe_code)]

use std::any::Any;
use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::{self, NonNull};

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{
    HandleObject as RawHandleObject, JSContext as RawJSContext, JSJitMethodCallArgs, JSNative, JSObject,
};
use mozjs::jsval::{JSVal, UndefinedValue};
use mozjs::panic::wrap_panic;
use mozjs::rooted;
use mozjs::rust::wrappers2::{CurrentGlobalOrNull, JS_GetProperty};
use mozjs::rust::{HandleObject, MutableHandleValue};

use super::args::Args;
use super::global::entered_global;
use super::interface;
use super::jit::{Operation, method_info};
use super::root::DomRoot;
use super::tables::InterfaceSpec;
use super::{DomInterface, Error, Fallible, JSContext, Promise, class, window_proxy};
use crate::dom::GlobalScope;

/// Runs Rust code that SpiderMonkey calls. A panic stops here, to go on where Rust had called SpiderMonkey: script
/// ends without an exception until then.
///
/// # Safety
/// `cx` must come from SpiderMonkey's call of the function that this is called in, and be used in no other way.
pub(crate) unsafe fn native(cx: *mut RawJSContext, run: impl FnOnce(&mut JSContext) -> bool) -> bool {
    let Some(cx) = NonNull::new(cx) else { return false };
    let result = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the caller's promise: this is the only one in use.
        let mut cx = unsafe { JSContext::from_ptr(cx) };
        gc_point(&mut cx);
        run(&mut cx)
    }));
    result.unwrap_or_else(keep_panic)
}

/// Keeps a panic for `maybe_resume_unwind`.
#[cold]
fn keep_panic(payload: Box<dyn Any + Send>) -> bool {
    let mut payload = Some(payload);
    wrap_panic(&mut || {
        if let Some(payload) = payload.take() {
            resume_unwind(payload);
        }
    });
    false
}

/// A place where the collector may run; in debug builds it can be told to.
#[inline(always)]
pub(super) fn gc_point(cx: &mut JSContext) {
    #[cfg(debug_assertions)]
    super::stress::gc_point(cx);
    let _ = cx;
}

/// The object that a function is called on: <https://webidl.spec.whatwg.org/#dfn-attribute-getter>,
/// <https://webidl.spec.whatwg.org/#dfn-create-operation-function>.
///
/// # Safety
/// The reference is good for as long as the call lasts.
pub(super) unsafe fn this_object<'a, T: DomInterface>(
    cx: &mut JSContext,
    args: &Args<'a>,
) -> Fallible<&'a T> {
    let this = args.this();
    let object = match this.get() {
        value if value.is_object() => value.to_object(),
        // Of the function's realm, which is the current one.
        // SAFETY: there is a current realm.
        value if value.is_null_or_undefined() => unsafe { CurrentGlobalOrNull(cx) },
        _ => ptr::null_mut(),
    };
    // <https://webidl.spec.whatwg.org/#dfn-perform-a-security-check>
    // SAFETY: the object is `this`, or the global of the current realm, so that it is rooted.
    unsafe { window_proxy::perform_a_security_check(cx, object)? };
    // SAFETY: as above.
    match unsafe { native_of::<T>(object) } {
        Some(native) => Ok(native),
        None => {
            let message = format!("called on an object that does not implement interface {}", T::SPEC.name());
            Err(args.error(cx, &message))
        }
    }
}

/// The struct of an object, if it is a `T`.
///
/// # Safety
/// The reference is good for as long as the object is rooted.
pub(super) unsafe fn native_of<'a, T: DomInterface>(object: *mut JSObject) -> Option<&'a T> {
    let (object, class) = match class::dom_class(object) {
        Some(class) => (object, class),
        // A window's proxy stands for the window.
        None => {
            let window = window_proxy::window_of(object);
            (window, class::dom_class(window)?)
        }
    };
    if class.derives_from(T::SPEC.id, T::DEPTH) {
        // SAFETY: objects of the class hold a `T`, or what begins with one.
        unsafe { class::native::<T>(object) }
    } else {
        None
    }
}

/// What has a name in IDL: the structs of interfaces and namespaces.
pub trait IdlName {
    /// The identifier.
    const NAME: &'static CStr;
}

/// Brings a closure's value back from its type.
///
/// # Safety
/// `F` must be the type of a value that was given to one of the functions below, which check that it has no data.
pub(super) unsafe fn conjure<'a, F: Copy>() -> &'a F {
    // SAFETY: a value without data is nowhere in particular.
    unsafe { NonNull::<F>::dangling().as_ref() }
}

const fn assert_captures_nothing<F: Copy>() {
    assert!(size_of::<F>() == 0, "the closure must capture nothing");
}

/// Sets the result, or throws.
fn finish<R: ToJSValConvertible>(cx: &mut JSContext, args: &Args<'_>, result: Fallible<R>) -> bool {
    match result {
        Ok(value) => {
            gc_point(cx);
            value.to_jsval(cx, args.rval());
            true
        }
        Err(error) => {
            error.throw(cx);
            false
        }
    }
}

/// As [`finish`], for what returns a promise: an exception becomes a rejected one.
fn finish_promise(cx: &mut JSContext, args: &Args<'_>, result: Fallible<Promise>) -> bool {
    let promise = result.unwrap_or_else(|error| {
        let promise = Promise::new_in_current_realm(cx);
        promise.reject(cx, error);
        promise
    });
    promise.to_jsval(cx, args.rval());
    true
}

macro_rules! natives {
    ($(
        $(#[$doc:meta])*
        $name:ident<T: $bound:ident $(, $result:ident)?>($($closure:tt)*) -> $made:ident {
            |$cx:ident, $args:ident, $run:ident| $body:expr
        }
    )*) => {$(
        $(#[$doc])*
        pub const fn $name<T, $($result,)? F>(_closure: F) -> $made
        where
            T: $bound,
            $($result: ToJSValConvertible,)?
            F: $($closure)* + Copy + 'static,
        {
            unsafe extern "C" fn call<T, $($result,)? F>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool
            where
                T: $bound,
                $($result: ToJSValConvertible,)?
                F: $($closure)* + Copy + 'static,
            {
                // SAFETY: called by SpiderMonkey; the closure's type was checked.
                unsafe {
                    native(cx, |$cx| {
                        let $args = &Args::new(vp, argc, T::NAME);
                        let $run = conjure::<F>();
                        $body
                    })
                }
            }
            assert_captures_nothing::<F>();
            natives!(@$made call::<T, $($result,)? F>)
        }
    )*};
    (@JSNative $call:expr) => { Some($call) };
    (@Operation $call:expr) => { Operation { native: Some($call), info: None } };
}

macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $name:ident<T $(, $result:ident)?>($($closure:tt)*) {
            |$cx:ident, $args:ident, $this:ident, $run:ident| $body:expr
        }
    )*) => {$(
        $(#[$doc])*
        pub const fn $name<T, $($result,)? F>(_closure: F) -> Operation
        where
            T: DomInterface,
            $($result: ToJSValConvertible + 'static,)?
            F: $($closure)* + Copy + 'static,
        {
            #[inline(always)]
            fn run<'a, T, $($result,)? F>($cx: &mut JSContext, $args: &Args<'a>, $this: Fallible<&'a T>, $run: &F) -> bool
            where
                T: DomInterface,
                $($result: ToJSValConvertible + 'static,)?
                F: $($closure)* + Copy + 'static,
            {
                $body
            }
            unsafe extern "C" fn call<T, $($result,)? F>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool
            where
                T: DomInterface,
                $($result: ToJSValConvertible + 'static,)?
                F: $($closure)* + Copy + 'static,
            {
                // SAFETY: called by SpiderMonkey; the closure's type was checked.
                unsafe {
                    native(cx, |cx| {
                        let args = &Args::new(vp, argc, T::NAME);
                        let this = this_object::<T>(cx, args);
                        run(cx, args, this, conjure::<F>())
                    })
                }
            }
            unsafe extern "C" fn entry<T, $($result,)? F>(
                cx: *mut RawJSContext,
                _object: RawHandleObject,
                this: *mut c_void,
                args: *const JSJitMethodCallArgs,
            ) -> bool
            where
                T: DomInterface,
                $($result: ToJSValConvertible + 'static,)?
                F: $($closure)* + Copy + 'static,
            {
                // SAFETY: called by compiled code on an object of the interface, which is rooted; the arguments come
                // after the places for function and `this`; the closure's type was checked.
                unsafe {
                    native(cx, |cx| {
                        let args = &Args::new((*args).argv_.sub(2), (*args).argc_, T::NAME);
                        run(cx, args, Ok(&*this.cast_const().cast::<T>()), conjure::<F>())
                    })
                }
            }
            assert_captures_nothing::<F>();
            Operation {
                native: Some(call::<T, $($result,)? F>),
                info: Some(&const { method_info::<T>(entry::<T, $($result,)? F>) }),
            }
        }
    )*};
}

operations! {
    /// A regular operation.
    operation<T, R>(Fn(&mut JSContext, &T, &Args<'_>) -> Fallible<R>) {
        |cx, args, this, run| {
            let result = this.and_then(|this| run(cx, this, args));
            finish(cx, args, result)
        }
    }

    /// A regular operation that puts its result into a place.
    operation_with_rval<T>(Fn(&mut JSContext, &T, &Args<'_>, MutableHandleValue<'_>) -> Fallible<()>) {
        |cx, args, this, run| {
            let result = this.and_then(|this| run(cx, this, args, args.rval()));
            result.map_err(|error| error.throw(cx)).is_ok()
        }
    }

    /// A regular operation that returns a promise.
    promise_operation<T>(Fn(&mut JSContext, &T, &Args<'_>) -> Fallible<Promise>) {
        |cx, args, this, run| {
            let result = this.and_then(|this| run(cx, this, args));
            finish_promise(cx, args, result)
        }
    }
}

natives! {
    /// A regular operation that may be called on a window of another origin.
    cross_origin_operation<T: DomInterface, R>(Fn(&mut JSContext, &T, &Args<'_>) -> Fallible<R>) -> JSNative {
        |cx, args, run| {
            let this = args.this();
            let object = if this.is_object() { this.to_object() } else { ptr::null_mut() };
            let result = match native_of::<T>(object) {
                Some(this) => run(cx, this, args),
                None => Err(args.error(cx, "called on an object that is not a window")),
            };
            finish(cx, args, result)
        }
    }

    /// A static operation.
    static_operation<T: IdlName, R>(Fn(&mut JSContext, &GlobalScope, &Args<'_>) -> Fallible<R>) -> Operation {
        |cx, args, run| {
            let result = run(cx, entered_global(cx), args);
            finish(cx, args, result)
        }
    }

    /// A static operation that puts its result into a place.
    static_operation_with_rval<T: IdlName>(
        Fn(&mut JSContext, &GlobalScope, &Args<'_>, MutableHandleValue<'_>) -> Fallible<()>
    ) -> Operation {
        |cx, args, run| {
            let result = run(cx, entered_global(cx), args, args.rval());
            result.map_err(|error| error.throw(cx)).is_ok()
        }
    }

    /// A static operation that returns a promise.
    static_promise_operation<T: IdlName>(Fn(&mut JSContext, &GlobalScope, &Args<'_>) -> Fallible<Promise>) -> Operation {
        |cx, args, run| {
            let result = run(cx, entered_global(cx), args);
            finish_promise(cx, args, result)
        }
    }

    /// The getter of an attribute.
    getter<T: DomInterface, R>(Fn(&mut JSContext, &T) -> R) -> JSNative {
        |cx, args, run| {
            let result = this_object::<T>(cx, args).map(|this| run(cx, this));
            finish(cx, args, result)
        }
    }

    /// The getter of an attribute that can fail.
    fallible_getter<T: DomInterface, R>(Fn(&mut JSContext, &T) -> Fallible<R>) -> JSNative {
        |cx, args, run| {
            let result = this_object::<T>(cx, args).and_then(|this| run(cx, this));
            finish(cx, args, result)
        }
    }

    /// As [`fallible_getter`], putting its value into a place.
    fallible_getter_with_rval<T: DomInterface>(Fn(&mut JSContext, &T, MutableHandleValue<'_>) -> Fallible<()>) -> JSNative {
        |cx, args, run| {
            let result = this_object::<T>(cx, args).and_then(|this| run(cx, this, args.rval()));
            result.map_err(|error| error.throw(cx)).is_ok()
        }
    }

    /// The getter of an attribute that puts its value into a place.
    getter_with_rval<T: DomInterface>(Fn(&mut JSContext, &T, MutableHandleValue<'_>)) -> JSNative {
        |cx, args, run| {
            let result = this_object::<T>(cx, args).map(|this| run(cx, this, args.rval()));
            result.map_err(|error| error.throw(cx)).is_ok()
        }
    }

    /// The getter of an attribute whose type is a promise.
    promise_getter<T: DomInterface>(Fn(&mut JSContext, &T) -> Promise) -> JSNative {
        |cx, args, run| {
            let result = this_object::<T>(cx, args).map(|this| run(cx, this));
            finish_promise(cx, args, result)
        }
    }

    /// The getter of an attribute marked `[LegacyLenientThis]`.
    lenient_getter<T: DomInterface, R>(Fn(&mut JSContext, &T) -> R) -> JSNative {
        |cx, args, run| {
            match this_object::<T>(cx, args) {
                Ok(this) => {
                    let value = run(cx, this);
                    finish(cx, args, Ok(value))
                },
                Err(_) => finish(cx, args, Ok(())),
            }
        }
    }

    /// As [`lenient_getter`], putting its value into a place.
    lenient_getter_with_rval<T: DomInterface>(Fn(&mut JSContext, &T, MutableHandleValue<'_>)) -> JSNative {
        |cx, args, run| {
            match this_object::<T>(cx, args) {
                Ok(this) => {
                    run(cx, this, args.rval());
                    true
                }
                Err(_) => finish(cx, args, Ok(())),
            }
        }
    }

    /// As [`lenient_getter`], of a promise.
    lenient_promise_getter<T: DomInterface>(Fn(&mut JSContext, &T) -> Promise) -> JSNative {
        |cx, args, run| {
            match this_object::<T>(cx, args) {
                Ok(this) => {
                    let promise = run(cx, this);
                    finish_promise(cx, args, Ok(promise))
                }
                Err(_) => finish(cx, args, Ok(())),
            }
        }
    }

    /// The setter of an attribute.
    setter<T: DomInterface>(Fn(&mut JSContext, &T, &Args<'_>) -> Fallible<()>) -> JSNative {
        |cx, args, run| {
            let result = this_object::<T>(cx, args).and_then(|this| run(cx, this, args));
            finish(cx, args, result)
        }
    }

    /// The setter of an attribute marked `[LegacyLenientThis]`.
    lenient_setter<T: DomInterface>(Fn(&mut JSContext, &T, &Args<'_>) -> Fallible<()>) -> JSNative {
        |cx, args, run| {
            let result = match this_object::<T>(cx, args) {
                Ok(this) => run(cx, this, args),
                Err(_) => Ok(()),
            };
            finish(cx, args, result)
        }
    }

    /// The getter of a static attribute.
    static_getter<T: IdlName, R>(Fn(&mut JSContext, &GlobalScope) -> R) -> JSNative {
        |cx, args, run| {
            let value = run(cx, entered_global(cx));
            finish(cx, args, Ok(value))
        }
    }

    /// The getter of a static attribute that puts its value into a place.
    static_getter_with_rval<T: IdlName>(Fn(&mut JSContext, &GlobalScope, MutableHandleValue<'_>)) -> JSNative {
        |cx, args, run| {
            run(cx, entered_global(cx), args.rval());
            true
        }
    }

    /// The getter of a static attribute whose type is a promise.
    static_promise_getter<T: IdlName>(Fn(&mut JSContext, &GlobalScope) -> Promise) -> JSNative {
        |cx, args, run| {
            let promise = run(cx, entered_global(cx));
            finish_promise(cx, args, Ok(promise))
        }
    }

    /// The setter of a static attribute.
    static_setter<T: IdlName>(Fn(&mut JSContext, &GlobalScope, &Args<'_>) -> Fallible<()>) -> JSNative {
        |cx, args, run| {
            let result = run(cx, entered_global(cx), args);
            finish(cx, args, result)
        }
    }

    /// A constructor: <https://webidl.spec.whatwg.org/#dfn-create-interface-object>.
    constructor<T: DomInterface>(
        Fn(&mut JSContext, &GlobalScope, Option<HandleObject<'_>>, &Args<'_>) -> Fallible<DomRoot<T>>
    ) -> JSNative {
        |cx, args, run| {
            if !args.raw.is_constructing() {
                args.without_new(cx).throw(cx);
                return false;
            }
            rooted!(&in(cx) let mut prototype = ptr::null_mut::<JSObject>());
            if !desired_prototype(cx, args, T::SPEC, prototype.handle_mut()) {
                return false;
            }
            let proto = (!prototype.get().is_null()).then(|| prototype.handle());
            let result = run(cx, entered_global(cx), proto, args);
            finish(cx, args, result)
        }
    }
}

/// The prototype that `new.target` asks for; null for the interface's own in the current realm:
/// <https://webidl.spec.whatwg.org/#internally-create-a-new-object-implementing-the-interface>. False if it threw.
fn desired_prototype(
    cx: &mut JSContext,
    args: &Args<'_>,
    spec: &'static InterfaceSpec,
    mut prototype: mozjs::rust::MutableHandleObject<'_>,
) -> bool {
    // SAFETY: `new.target` is rooted by the call.
    unsafe {
        if args.raw.new_target().to_object() == args.raw.callee() {
            return true;
        }
        rooted!(&in(cx) let new_target = args.raw.new_target().to_object());
        rooted!(&in(cx) let mut value = UndefinedValue());
        if !JS_GetProperty(cx, new_target.handle(), c"prototype".as_ptr(), value.handle_mut()) {
            return false;
        }
        if value.is_object() {
            prototype.set(value.to_object());
            return true;
        }
        // Not an object: the interface's own, in the realm of `new.target`.
        let realm = mozjs::rust::wrappers2::GetFunctionRealm(cx, new_target.handle());
        if realm.is_null() {
            return false;
        }
        rooted!(&in(cx) let global = mozjs::jsapi::GetRealmGlobalOrNull(realm));
        prototype.set(interface::prototype_in_realm_of(cx, global.handle(), spec));
        true
    }
}

/// The function of an interface without a constructor.
pub(super) fn illegal_constructor() -> JSNative {
    unsafe extern "C" fn call(cx: *mut RawJSContext, _argc: u32, _vp: *mut JSVal) -> bool {
        // SAFETY: called by SpiderMonkey.
        unsafe {
            native(cx, |cx| {
                Error::Type("Illegal constructor".to_owned()).throw(cx);
                false
            })
        }
    }
    Some(call)
}
