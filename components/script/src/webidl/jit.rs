//! Getters and operations that SpiderMonkey's compilers call without a detour: past the function, straight to the struct.
//!
//! Their functions have a `JSJitInfo` with a second entry, which is only called on objects of the interface and gets the
//! struct's address: there is no `this` to check. What it depends on is said there, too: a getter that takes no `cx` runs
//! no script and changes nothing, and one marked `[SameObject]` doesn't even depend on anything, so that compiled code may
//! call them less often than is written.

#![allow(unsafe_code)]

use std::ffi::{CString, c_void};

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::js::JSDOMCallbacks;
use mozjs::jsapi::{
    __BindgenBitfieldUnit, HandleObject as RawHandleObject, JS_GetFunctionObject, JSClass,
    JSContext as RawJSContext, JSJitGetterCallArgs, JSJitInfo, JSJitInfo__bindgen_ty_1,
    JSJitInfo__bindgen_ty_2, JSJitInfo__bindgen_ty_3, JSJitInfo_AliasSet, JSJitInfo_OpType,
    JSJitMethodCallArgs, JSNative, JSObject, JSString, MutableHandle,
};
use mozjs::rust::MutableHandleValue;
use mozjs::rust::wrappers2::{JS_NewFunction, SetDOMCallbacks};

use super::call::{conjure, getter, getter_with_rval, native};
use super::class::{DomClass, FIRST_CACHED_SLOT, cache_value, cached_value};
use super::conversions::to_interned;
use super::global::out_of_memory;
use super::{DOMString, DomInterface, DomType, JSContext};
use crate::dom::DOMException;

/// The type of compiled code's entry.
type Entry =
    unsafe extern "C" fn(*mut RawJSContext, RawHandleObject, *mut c_void, JSJitGetterCallArgs) -> bool;

/// The type of compiled code's entry to an operation.
pub(super) type MethodEntry =
    unsafe extern "C" fn(*mut RawJSContext, RawHandleObject, *mut c_void, *const JSJitMethodCallArgs) -> bool;

/// An operation's function, and what compiled code calls instead of it on objects of the interface.
#[derive(Clone, Copy)]
pub struct Operation {
    pub(super) native: JSNative,
    pub(super) info: Option<&'static JSJitInfo>,
}

impl Operation {
    /// None.
    pub(super) const NONE: Operation = Operation { native: None, info: None };
}

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
    let info = &const { info::<T>(direct_entry::<T, R, F>, JSJitInfo_AliasSet::AliasEverything) };
    // SAFETY: `getter` checks the closure's type.
    Getter { native: getter(|cx, this: &T| (unsafe { conjure::<F>() })(cx, this)), info }
}

/// As [`direct_getter`], putting its value into a place.
pub const fn direct_getter_with_rval<T, F>(closure: F) -> Getter
where
    T: DomInterface,
    F: Fn(&mut JSContext, &T, MutableHandleValue<'_>) + Copy + 'static,
{
    /// # Safety
    /// For compiled code; `F` is the type of a closure that captures nothing.
    unsafe extern "C" fn entry<T, F>(
        cx: *mut RawJSContext,
        _object: RawHandleObject,
        this: *mut c_void,
        args: JSJitGetterCallArgs,
    ) -> bool
    where
        T: DomInterface,
        F: Fn(&mut JSContext, &T, MutableHandleValue<'_>) + Copy,
    {
        // SAFETY: called on an object of the interface, which is rooted.
        unsafe {
            native(cx, |cx| {
                let this = &*this.cast_const().cast::<T>();
                conjure::<F>()(cx, this, MutableHandleValue::from_raw(args._base));
                true
            })
        }
    }
    let info = &const { info::<T>(entry::<T, F>, JSJitInfo_AliasSet::AliasEverything) };
    Getter { native: getter_with_rval(closure), info }
}

/// The getter of an attribute that gives the same object each time (`[SameObject]`): what made it at first can't be
/// told from its having been there, and nothing changes it.
pub const fn same_object_getter<T, R, F>(_closure: F) -> Getter
where
    T: DomInterface,
    R: ToJSValConvertible + 'static,
    F: Fn(&mut JSContext, &T) -> R + Copy + 'static,
{
    let info = &const { info::<T>(direct_entry::<T, R, F>, JSJitInfo_AliasSet::AliasNone) };
    // SAFETY: `getter` checks the closure's type.
    Getter { native: getter(|cx, this: &T| (unsafe { conjure::<F>() })(cx, this)), info }
}

/// The getter of an attribute whose value, a string, the object keeps in the place of that number, until
/// [`forget_cached_values`](super::Reflector::forget_cached_values). Compiled code looks there itself.
pub const fn cached_getter<const PLACE: u32, T, F>(_closure: F) -> Getter
where
    T: DomInterface,
    F: Fn(&T) -> DOMString + Copy + 'static,
{
    /// # Safety
    /// For compiled code.
    unsafe extern "C" fn entry<const PLACE: u32, T, F>(
        cx: *mut RawJSContext,
        _object: RawHandleObject,
        this: *mut c_void,
        args: JSJitGetterCallArgs,
    ) -> bool
    where
        T: DomInterface,
        F: Fn(&T) -> DOMString + Copy,
    {
        // SAFETY: called on an object of the interface, which is rooted.
        unsafe {
            native(cx, |cx| {
                let this = &*this.cast_const().cast::<T>();
                get_cached::<PLACE, T, F>(cx, this, MutableHandleValue::from_raw(args._base));
                true
            })
        }
    }
    const {
        assert!(size_of::<F>() == 0, "the closure must capture nothing");
    }
    let info = const {
        let entry = JSJitInfo__bindgen_ty_1 { getter: Some(entry::<PLACE, T, F>) };
        let slot = FIRST_CACHED_SLOT + PLACE;
        &jit_info::<T>(entry, JSJitInfo_OpType::Getter, JSJitInfo_AliasSet::AliasDOMSets, Some(slot as u16))
    };
    Getter { native: getter_with_rval(|cx, this: &T, rval| get_cached::<PLACE, T, F>(cx, this, rval)), info }
}

/// The value that the object keeps; if there is none, that of the closure from now on.
fn get_cached<const PLACE: u32, T, F>(cx: &mut JSContext, this: &T, mut rval: MutableHandleValue<'_>)
where
    T: DomInterface,
    F: Fn(&T) -> DOMString + Copy,
{
    let object = this.reflector().get_jsobject();
    // SAFETY: the class has a place for each attribute with such a getter, which checks the closure's type.
    unsafe {
        let kept = cached_value(object.get(), PLACE);
        if kept.is_undefined() {
            to_interned(cx, &conjure::<F>()(this), rval.reborrow());
            cache_value(object.get(), PLACE, &rval.get());
        } else {
            rval.set(kept);
        }
    }
}

/// # Safety
/// For compiled code; `F` is the type of a closure that captures nothing.
unsafe extern "C" fn direct_entry<T, R, F>(
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
    // SAFETY: called on an object of the interface, which is rooted.
    unsafe {
        native(cx, |cx| {
            let value = conjure::<F>()(cx, &*this.cast_const().cast::<T>());
            value.to_jsval(cx, MutableHandleValue::from_raw(args._base));
            true
        })
    }
}

/// What the compilers are told of a getter.
const fn info<T: DomInterface>(entry: Entry, alias: JSJitInfo_AliasSet) -> JSJitInfo {
    jit_info::<T>(JSJitInfo__bindgen_ty_1 { getter: Some(entry) }, JSJitInfo_OpType::Getter, alias, None)
}

/// What the compilers are told of an operation, which may do anything.
pub(super) const fn method_info<T: DomInterface>(entry: MethodEntry) -> JSJitInfo {
    let entry = JSJitInfo__bindgen_ty_1 { method: Some(entry) };
    jit_info::<T>(entry, JSJitInfo_OpType::Method, JSJitInfo_AliasSet::AliasEverything, None)
}

const fn jit_info<T: DomInterface>(
    entry: JSJitInfo__bindgen_ty_1,
    kind: JSJitInfo_OpType,
    alias: JSJitInfo_AliasSet,
    cache: Option<u16>,
) -> JSJitInfo {
    let (is_cached, slot) = match cache {
        Some(slot) => (true, slot),
        None => (false, 0),
    };
    let movable = !matches!(alias, JSJitInfo_AliasSet::AliasEverything);
    // NB: fallible: a panic ends the call without an exception.
    let bits = mozjs::new_jsjitinfo_bitfield_1!(
        kind as u8,
        alias as u8,
        // JSVAL_TYPE_UNKNOWN
        0x20u8,
        false,
        movable,
        movable,
        false,
        is_cached,
        false,
        slot,
    );
    JSJitInfo {
        __bindgen_anon_1: entry,
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
