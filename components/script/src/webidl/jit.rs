//! Getters that SpiderMonkey's compilers call without a detour: past the function, straight to the struct.
//!
//! A getter's function has a `JSJitInfo` with a second entry, which is only called on objects of the interface and gets
//! the struct's address: there is no `this` to check. What it depends on is said there, too: a getter that takes no `cx`
//! runs no script and changes nothing, so that compiled code may call it less often than it is written.

#![allow(unsafe_code)]

use std::ffi::{CString, c_void};

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::js::JSDOMCallbacks;
use mozjs::jsapi::{
    __BindgenBitfieldUnit, HandleObject as RawHandleObject, JS_GetFunctionObject, JSClass,
    JSContext as RawJSContext, JSJitGetterCallArgs, JSJitInfo, JSJitInfo__bindgen_ty_1,
    JSJitInfo__bindgen_ty_2, JSJitInfo__bindgen_ty_3, JSJitInfo_AliasSet, JSJitInfo_OpType, JSNative,
    JSObject, JSString, MutableHandle,
};
use mozjs::rust::MutableHandleValue;
use mozjs::rust::wrappers2::{JS_NewFunction, SetDOMCallbacks};

use super::call::{conjure, getter, native};
use super::class::DomClass;
use super::global::out_of_memory;
use super::{DomInterface, DomType, JSContext};
use crate::dom::DOMException;

/// The type of compiled code's entry.
type Entry =
    unsafe extern "C" fn(*mut RawJSContext, RawHandleObject, *mut c_void, JSJitGetterCallArgs) -> bool;

/// A getter's function, and what compiled code calls instead of it.
#[derive(Clone, Copy)]
pub struct Getter {
    pub(super) native: JSNative,
    pub(super) info: &'static JSJitInfo,
}

/// The getter of an attribute whose steps run no script and change nothing.
pub const fn pure_getter<T, R, F>(_closure: F) -> Getter
where
    T: DomInterface,
    R: ToJSValConvertible + 'static,
    F: Fn(&T) -> R + Copy + 'static,
{
    /// # Safety
    /// For compiled code.
    unsafe extern "C" fn entry<T, R, F>(
        cx: *mut RawJSContext,
        _object: RawHandleObject,
        this: *mut c_void,
        args: JSJitGetterCallArgs,
    ) -> bool
    where
        T: DomInterface,
        R: ToJSValConvertible,
        F: Fn(&T) -> R + Copy,
    {
        // SAFETY: called on an object of the interface, which is rooted; `pure_getter` checked the closure's type.
        unsafe {
            native(cx, |cx| {
                let value = conjure::<F>()(&*this.cast_const().cast::<T>());
                value.to_jsval(cx, MutableHandleValue::from_raw(args._base));
                true
            })
        }
    }
    assert!(size_of::<F>() == 0, "the closure must capture nothing");
    Getter {
        // SAFETY: the closure's type was just checked.
        native: getter(|_cx, this: &T| (unsafe { conjure::<F>() })(this)),
        info: &const { info::<T>(entry::<T, R, F>, JSJitInfo_AliasSet::AliasDOMSets) },
    }
}

/// The getter of an attribute whose steps may do anything.
pub const fn direct_getter<T, R, F>(_closure: F) -> Getter
where
    T: DomInterface,
    R: ToJSValConvertible + 'static,
    F: Fn(&mut JSContext, &T) -> R + Copy + 'static,
{
    /// # Safety
    /// For compiled code.
    unsafe extern "C" fn entry<T, R, F>(
        cx: *mut RawJSContext,
        _object: RawHandleObject,
        this: *mut c_void,
        args: JSJitGetterCallArgs,
    ) -> bool
    where
        T: DomInterface,
        R: ToJSValConvertible,
        F: Fn(&mut JSContext, &T) -> R + Copy,
    {
        // SAFETY: called on an object of the interface, which is rooted; `direct_getter` checked the closure's type.
        unsafe {
            native(cx, |cx| {
                let value = conjure::<F>()(cx, &*this.cast_const().cast::<T>());
                value.to_jsval(cx, MutableHandleValue::from_raw(args._base));
                true
            })
        }
    }
    assert!(size_of::<F>() == 0, "the closure must capture nothing");
    Getter {
        // SAFETY: the closure's type was just checked.
        native: getter(|cx, this: &T| (unsafe { conjure::<F>() })(cx, this)),
        info: &const { info::<T>(entry::<T, R, F>, JSJitInfo_AliasSet::AliasEverything) },
    }
}

/// What the compilers are told.
const fn info<T: DomInterface>(entry: Entry, alias: JSJitInfo_AliasSet) -> JSJitInfo {
    let movable = matches!(alias, JSJitInfo_AliasSet::AliasDOMSets);
    // NB: fallible: a panic ends the call without an exception.
    let bits = mozjs::new_jsjitinfo_bitfield_1!(
        JSJitInfo_OpType::Getter as u8,
        alias as u8,
        // JSVAL_TYPE_UNKNOWN
        0x20u8,
        false,
        movable,
        movable,
        false,
        false,
        false,
        0u16,
    );
    JSJitInfo {
        __bindgen_anon_1: JSJitInfo__bindgen_ty_1 { getter: Some(entry) },
        __bindgen_anon_2: JSJitInfo__bindgen_ty_2 { protoID: T::ID },
        __bindgen_anon_3: JSJitInfo__bindgen_ty_3 { depth: T::DEPTH as u16 },
        _bitfield_align_1: [],
        _bitfield_1: __BindgenBitfieldUnit::new(bits.to_ne_bytes()),
    }
}

/// The function of a getter. The caller roots it at once.
pub(super) fn getter_function(
    cx: &mut JSContext,
    name: &str,
    native: JSNative,
    info: &'static JSJitInfo,
) -> *mut JSObject {
    let name = CString::new(format!("get {name}")).unwrap_or_default();
    // SAFETY: the name outlives the call; the function is a new native one.
    unsafe {
        let function = JS_NewFunction(cx, native, 0, 0, name.as_ptr());
        if function.is_null() {
            out_of_memory();
        }
        mozjs::glue::RUST_SET_JITINFO(function, info);
        JS_GetFunctionObject(function)
    }
}

/// Tells SpiderMonkey what it has to know of DOM classes. It relies on being told.
pub(super) fn install_dom_callbacks(cx: &JSContext) {
    // SAFETY: the callbacks are static.
    unsafe { SetDOMCallbacks(cx, &raw const DOM_CALLBACKS) };
}

static DOM_CALLBACKS: JSDOMCallbacks = JSDOMCallbacks {
    instanceClassMatchesProto: Some(instance_class_matches),
    instanceClassIsError: Some(instance_class_is_error),
    extractExceptionInfo: Some(extract_exception_info),
};

/// Whether objects of a DOM class are of an interface, by its number and depth.
unsafe extern "C" fn instance_class_matches(class: *const JSClass, id: u32, depth: u32) -> bool {
    // SAFETY: SpiderMonkey asks about DOM classes alone.
    let class = unsafe { &*class.cast::<DomClass>() };
    u16::try_from(id).is_ok_and(|id| class.derives_from(id, depth as usize))
}

/// Whether objects of a DOM class are errors: <https://webidl.spec.whatwg.org/#js-DOMException-specialness>.
unsafe extern "C" fn instance_class_is_error(class: *const JSClass) -> bool {
    // SAFETY: SpiderMonkey asks about DOM classes alone.
    DOMException::is_class(unsafe { &*class.cast::<DomClass>() })
}

/// For SpiderMonkey's own reports, which nobody sees: exceptions are reported by `report_exception`.
unsafe extern "C" fn extract_exception_info(
    _cx: *mut RawJSContext,
    _object: RawHandleObject,
    is_exception: *mut bool,
    _file: MutableHandle<*mut JSString>,
    _line: *mut u32,
    _column: *mut u32,
    _message: MutableHandle<*mut JSString>,
) -> bool {
    // SAFETY: a place for the answer.
    unsafe { *is_exception = false };
    true
}
