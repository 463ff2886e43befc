//! The arguments of a call, and their conversion.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::str::FromStr;

use mozjs::conversions::jsstr_to_string;
use mozjs::jsapi::{CallArgs, JS_GetObjectFunction, JSString};
use mozjs::jsval::JSVal;
use mozjs::rooted;
use mozjs::rust::wrappers2::JS_GetFunctionId;
use mozjs::rust::{HandleValue, MutableHandleValue};

use super::call::gc_point;
use super::conversions::FromJs;
use super::{DOMString, Error, Fallible, JSContext};

/// The arguments of a call: <https://webidl.spec.whatwg.org/#js-operations>.
pub struct Args<'a> {
    pub(super) raw: CallArgs,
    interface: &'static CStr,
    call: PhantomData<&'a CallArgs>,
}

impl<'a> Args<'a> {
    /// # Safety
    /// The two must be what SpiderMonkey called with, and the result must not outlive the call.
    pub(super) unsafe fn new(vp: *mut JSVal, argc: u32, interface: &'static CStr) -> Args<'a> {
        // SAFETY: the caller's promise.
        Args { raw: unsafe { CallArgs::from_vp(vp, argc) }, interface, call: PhantomData }
    }

    /// As [`at`](Args::at), null if there is none or it is undefined.
    pub fn at_or_null(&self, index: u32) -> HandleValue<'a> {
        match self.at(index) {
            value if value.is_undefined() => HandleValue::null(),
            value => value,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.raw.argc_ as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The argument at `index`, undefined if there is none.
    pub fn at(&self, index: u32) -> HandleValue<'a> {
        // SAFETY: arguments are rooted for as long as the call lasts.
        unsafe { HandleValue::from_raw(self.raw.get(index)) }
    }

    pub(super) fn rval(&self) -> MutableHandleValue<'a> {
        // SAFETY: the place for the result is rooted.
        unsafe { MutableHandleValue::from_raw(self.raw.rval()) }
    }

    pub(super) fn this(&self) -> HandleValue<'a> {
        // SAFETY: `this` is rooted.
        unsafe { HandleValue::from_raw(self.raw.thisv()) }
    }

    /// The name of the interface or namespace.
    fn interface(&self) -> &'static str {
        self.interface.to_str().unwrap_or_default()
    }

    /// The name of the function that is called.
    fn function_name(&self, cx: &mut JSContext) -> Option<String> {
        // SAFETY: the callee is a native function, and rooted by the call.
        unsafe {
            rooted!(&in(cx) let function = JS_GetObjectFunction(self.raw.callee()));
            rooted!(&in(cx) let mut name = ptr::null_mut::<JSString>());
            if JS_GetFunctionId(cx, function.handle(), name.handle_mut()) {
                NonNull::new(name.get()).map(|name| jsstr_to_string(cx, name))
            } else {
                None
            }
        }
    }

    /// `Interface.member` of the function that is called.
    fn callee_name(&self, cx: &mut JSContext) -> String {
        let name = self.function_name(cx);
        match name.as_deref().map(|name| name.trim_start_matches("get ").trim_start_matches("set ")) {
            Some(name) if self.raw.is_constructing() => format!("{name} constructor"),
            Some(name) => format!("{}.{name}", self.interface()),
            None => self.interface().to_owned(),
        }
    }

    /// A TypeError since a constructor was called without `new`.
    #[cold]
    pub(super) fn without_new(&self, cx: &mut JSContext) -> Error {
        let name = self.function_name(cx).unwrap_or_else(|| self.interface().to_owned());
        Error::Type(format!("{name} constructor: 'new' is required"))
    }

    /// Puts the function's name before the message of a failed conversion.
    #[cold]
    fn explain(&self, cx: &mut JSContext, error: Error, what: &str) -> Error {
        let callee = self.callee_name(cx);
        match error {
            Error::Type(message) => Error::Type(format!("{callee}: {what}{message}")),
            Error::Range(message) => Error::Range(format!("{callee}: {what}{message}")),
            other => other,
        }
    }

    #[cold]
    fn explain_argument(&self, cx: &mut JSContext, error: Error, index: u32) -> Error {
        self.explain(cx, error, &format!("Argument {} ", index + 1))
    }

    /// A TypeError about this call.
    #[cold]
    pub fn error(&self, cx: &mut JSContext, message: &str) -> Error {
        self.explain(cx, Error::Type(message.to_owned()), "")
    }

    /// Throws unless there are at least `count` arguments.
    #[inline]
    pub fn require(&self, cx: &mut JSContext, count: usize) -> Fallible<()> {
        if self.len() >= count { Ok(()) } else { Err(self.too_few(cx, count)) }
    }

    #[cold]
    fn too_few(&self, cx: &mut JSContext, count: usize) -> Error {
        let (plural, passed) = (if count == 1 { "" } else { "s" }, self.len());
        self.error(cx, &format!("At least {count} argument{plural} required, but only {passed} passed"))
    }

    /// Converts the argument at `index` (undefined if there is none).
    #[inline]
    pub fn get<C: FromJs>(&self, cx: &mut JSContext, index: u32) -> Fallible<C::Out> {
        gc_point(cx);
        C::from_js(cx, self.at(index)).map_err(|error| self.explain_argument(cx, error, index))
    }

    /// Converts the argument at `index`; None if it is undefined or missing.
    #[inline]
    pub fn optional<C: FromJs>(&self, cx: &mut JSContext, index: u32) -> Fallible<Option<C::Out>> {
        if self.at(index).is_undefined() { Ok(None) } else { self.get::<C>(cx, index).map(Some) }
    }

    /// Converts the argument at `index`; the default if it is undefined or missing.
    pub fn or<C: FromJs>(
        &self,
        cx: &mut JSContext,
        index: u32,
        default: impl FnOnce() -> C::Out,
    ) -> Fallible<C::Out> {
        if self.at(index).is_undefined() { Ok(default()) } else { self.get::<C>(cx, index) }
    }

    /// Converts all arguments from `index` on.
    pub fn rest<C: FromJs>(&self, cx: &mut JSContext, index: u32) -> Fallible<Vec<C::Out>> {
        (index..self.raw.argc_).map(|index| self.get::<C>(cx, index)).collect()
    }

    /// Converts the value that is being assigned by a setter.
    pub fn assigned<C: FromJs>(&self, cx: &mut JSContext) -> Fallible<C::Out> {
        C::from_js(cx, self.at(0)).map_err(|error| self.explain(cx, error, "Value being assigned "))
    }

    /// As [`assigned`](Args::assigned), for an enumeration: None for a string that is no value of it, which is
    /// ignored (<https://webidl.spec.whatwg.org/#dfn-attribute-setter>).
    pub fn assigned_enumeration<E: FromStr>(&self, cx: &mut JSContext) -> Fallible<Option<E>> {
        Ok(self.assigned::<DOMString>(cx)?.parse().ok())
    }
}
