//! What interfaces with indexed and named properties answer:
//! <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.

#![allow(unsafe_code)]

use mozjs::jsapi::JSObject;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::NewProxyObject;
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue};

use super::call::{conjure, native_of};
use super::class::DomClass;
use super::proxy_traps::handler;
use super::{DOMString, DomInterface, Fallible, JSContext};

/// The value of a property into the place, true if there is one.
pub(super) type Get<K> =
    unsafe fn(&mut JSContext, *mut JSObject, K, MutableHandleValue<'_>) -> Fallible<bool>;
/// Converts a value and sets a property to it.
type Set<K> = unsafe fn(&mut JSContext, *mut JSObject, K, HandleValue<'_>) -> Fallible<()>;
/// Deletes a property; false if that failed.
type Delete = unsafe fn(&mut JSContext, *mut JSObject, DOMString) -> Fallible<bool>;

/// How an interface answers for indexed and named properties.
pub struct LegacyProperties {
    /// How many indexed properties there are.
    pub(super) length: Option<unsafe fn(*mut JSObject) -> u32>,
    pub(super) indexed: Option<Get<u32>>,
    pub(super) indexed_setter: Option<Set<u32>>,
    /// <https://webidl.spec.whatwg.org/#dfn-supported-property-names>
    pub(super) names: Option<unsafe fn(*mut JSObject) -> Vec<DOMString>>,
    pub(super) named: Option<Get<DOMString>>,
    pub(super) named_setter: Option<Set<DOMString>>,
    pub(super) named_deleter: Option<Delete>,
    /// `[LegacyOverrideBuiltIns]`
    pub(super) override_built_ins: bool,
    /// Without `[LegacyUnenumerableNamedProperties]`.
    pub(super) enumerable: bool,
}

impl LegacyProperties {
    /// None of either.
    pub const fn new() -> LegacyProperties {
        LegacyProperties {
            length: None,
            indexed: None,
            indexed_setter: None,
            names: None,
            named: None,
            named_setter: None,
            named_deleter: None,
            override_built_ins: false,
            enumerable: true,
        }
    }

    /// Indexed properties: how many, and the getter.
    pub const fn indexed<T, L, G>(mut self, _length: L, _getter: G) -> LegacyProperties
    where
        T: DomInterface,
        L: Fn(&T) -> u32 + Copy + 'static,
        G: Fn(&mut JSContext, &T, u32, MutableHandleValue<'_>) -> Fallible<bool> + Copy + 'static,
    {
        assert!(size_of::<L>() == 0 && size_of::<G>() == 0, "the closures must capture nothing");
        self.length = Some(ask::<T, u32, L>);
        self.indexed = Some(get::<T, u32, G>);
        self
    }

    /// The setter of indexed properties.
    pub const fn indexed_setter<T, S>(mut self, _setter: S) -> LegacyProperties
    where
        T: DomInterface,
        S: Fn(&mut JSContext, &T, u32, HandleValue<'_>) -> Fallible<()> + Copy + 'static,
    {
        assert!(size_of::<S>() == 0, "the closure must capture nothing");
        self.indexed_setter = Some(set::<T, u32, S>);
        self
    }

    /// Named properties: which, the getter, and how they behave.
    pub const fn named<T, N, G>(
        mut self,
        _names: N,
        _getter: G,
        override_built_ins: bool,
        enumerable: bool,
    ) -> LegacyProperties
    where
        T: DomInterface,
        N: Fn(&T) -> Vec<DOMString> + Copy + 'static,
        G: Fn(&mut JSContext, &T, DOMString, MutableHandleValue<'_>) -> Fallible<bool> + Copy + 'static,
    {
        assert!(size_of::<N>() == 0 && size_of::<G>() == 0, "the closures must capture nothing");
        self.names = Some(ask::<T, Vec<DOMString>, N>);
        self.named = Some(get::<T, DOMString, G>);
        self.override_built_ins = override_built_ins;
        self.enumerable = enumerable;
        self
    }

    /// The setter of named properties.
    pub const fn named_setter<T, S>(mut self, _setter: S) -> LegacyProperties
    where
        T: DomInterface,
        S: Fn(&mut JSContext, &T, DOMString, HandleValue<'_>) -> Fallible<()> + Copy + 'static,
    {
        assert!(size_of::<S>() == 0, "the closure must capture nothing");
        self.named_setter = Some(set::<T, DOMString, S>);
        self
    }

    /// The deleter of named properties: false if it failed.
    pub const fn named_deleter<T, D>(mut self, _deleter: D) -> LegacyProperties
    where
        T: DomInterface,
        D: Fn(&mut JSContext, &T, DOMString) -> Fallible<bool> + Copy + 'static,
    {
        assert!(size_of::<D>() == 0, "the closure must capture nothing");
        self.named_deleter = Some(delete::<T, D>);
        self
    }

    pub(super) fn has_indexed(&self) -> bool {
        self.indexed.is_some()
    }

    /// A proxy for a struct to be put into.
    pub(super) fn new_object(
        &'static self,
        cx: &mut JSContext,
        class: &'static DomClass,
        prototype: HandleObject<'_>,
    ) -> *mut JSObject {
        rooted!(&in(cx) let private = UndefinedValue());
        // SAFETY: the class is a proxy's, the prototype rooted.
        unsafe {
            NewProxyObject(cx, handler(), private.handle(), prototype.get(), class.as_js_class(), false)
        }
    }
}

impl Default for LegacyProperties {
    fn default() -> LegacyProperties {
        LegacyProperties::new()
    }
}

/// # Safety
/// The object is rooted.
unsafe fn ask<T, R, A>(object: *mut JSObject) -> R
where
    T: DomInterface,
    R: Default,
    A: Fn(&T) -> R + Copy,
{
    // SAFETY: the caller's promise; the closure's type was checked.
    unsafe { native_of::<T>(object).map_or_else(R::default, |this| conjure::<A>()(this)) }
}

/// # Safety
/// The object is rooted.
pub(super) unsafe fn get<T, K, G>(
    cx: &mut JSContext,
    object: *mut JSObject,
    key: K,
    rval: MutableHandleValue<'_>,
) -> Fallible<bool>
where
    T: DomInterface,
    G: Fn(&mut JSContext, &T, K, MutableHandleValue<'_>) -> Fallible<bool> + Copy,
{
    // SAFETY: the caller's promise; the closure's type was checked.
    match unsafe { native_of::<T>(object) } {
        // SAFETY: as above.
        Some(this) => (unsafe { conjure::<G>() })(cx, this, key, rval),
        None => Ok(false),
    }
}

/// # Safety
/// The object is rooted.
unsafe fn set<T, K, S>(
    cx: &mut JSContext,
    object: *mut JSObject,
    key: K,
    value: HandleValue<'_>,
) -> Fallible<()>
where
    T: DomInterface,
    S: Fn(&mut JSContext, &T, K, HandleValue<'_>) -> Fallible<()> + Copy,
{
    // SAFETY: the caller's promise; the closure's type was checked.
    match unsafe { native_of::<T>(object) } {
        // SAFETY: as above.
        Some(this) => (unsafe { conjure::<S>() })(cx, this, key, value),
        None => Ok(()),
    }
}

/// # Safety
/// The object is rooted.
unsafe fn delete<T, D>(cx: &mut JSContext, object: *mut JSObject, name: DOMString) -> Fallible<bool>
where
    T: DomInterface,
    D: Fn(&mut JSContext, &T, DOMString) -> Fallible<bool> + Copy,
{
    // SAFETY: the caller's promise; the closure's type was checked.
    match unsafe { native_of::<T>(object) } {
        // SAFETY: as above.
        Some(this) => (unsafe { conjure::<D>() })(cx, this, name),
        None => Ok(true),
    }
}
