//! What interfaces with indexed and named properties answer:
//! <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.

#![allow(unsafe_code)]

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::JSObject;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::NewProxyObject;
use mozjs::rust::{HandleObject, MutableHandleValue};

use super::call::{conjure, native_of};
use super::class::DomClass;
use super::proxy_traps::handler;
use super::{DOMString, DomInterface, Fallible, JSContext};

/// The value of a property into the place, true if there is one.
type Get<K> = unsafe fn(&mut JSContext, *mut JSObject, K, MutableHandleValue<'_>) -> Fallible<bool>;

/// How an interface answers for indexed and named properties.
pub struct LegacyProperties {
    /// How many indexed properties there are.
    pub(super) length: Option<unsafe fn(&mut JSContext, *mut JSObject) -> u32>,
    pub(super) indexed: Option<Get<u32>>,
    /// <https://webidl.spec.whatwg.org/#dfn-supported-property-names>
    pub(super) names: Option<unsafe fn(&mut JSContext, *mut JSObject) -> Vec<DOMString>>,
    pub(super) named: Option<Get<DOMString>>,
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
            names: None,
            named: None,
            override_built_ins: false,
            enumerable: true,
        }
    }

    /// Indexed properties: how many, and the getter.
    pub const fn indexed<T, V, L, G>(mut self, _length: L, _getter: G) -> LegacyProperties
    where
        T: DomInterface,
        V: ToJSValConvertible,
        L: Fn(&mut JSContext, &T) -> u32 + Copy + 'static,
        G: Fn(&mut JSContext, &T, u32) -> Fallible<Option<V>> + Copy + 'static,
    {
        assert!(size_of::<L>() == 0 && size_of::<G>() == 0, "the closures must capture nothing");
        /// # Safety
        /// The object is rooted.
        unsafe fn length<T: DomInterface, L: Fn(&mut JSContext, &T) -> u32 + Copy>(
            cx: &mut JSContext,
            object: *mut JSObject,
        ) -> u32 {
            // SAFETY: the caller's promise; the closure's type was checked.
            unsafe { native_of::<T>(object).map_or(0, |this| conjure::<L>()(cx, this)) }
        }
        self.length = Some(length::<T, L>);
        self.indexed = Some(get::<T, u32, V, G>);
        self
    }

    /// Named properties: which, the getter, and how they behave.
    pub const fn named<T, V, N, G>(
        mut self,
        _names: N,
        _getter: G,
        override_built_ins: bool,
        enumerable: bool,
    ) -> LegacyProperties
    where
        T: DomInterface,
        V: ToJSValConvertible,
        N: Fn(&mut JSContext, &T) -> Vec<DOMString> + Copy + 'static,
        G: Fn(&mut JSContext, &T, DOMString) -> Fallible<Option<V>> + Copy + 'static,
    {
        assert!(size_of::<N>() == 0 && size_of::<G>() == 0, "the closures must capture nothing");
        /// # Safety
        /// The object is rooted.
        unsafe fn names<T: DomInterface, N: Fn(&mut JSContext, &T) -> Vec<DOMString> + Copy>(
            cx: &mut JSContext,
            object: *mut JSObject,
        ) -> Vec<DOMString> {
            // SAFETY: the caller's promise; the closure's type was checked.
            unsafe { native_of::<T>(object).map_or_else(Vec::new, |this| conjure::<N>()(cx, this)) }
        }
        self.names = Some(names::<T, N>);
        self.named = Some(get::<T, DOMString, V, G>);
        self.override_built_ins = override_built_ins;
        self.enumerable = enumerable;
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
unsafe fn get<T, K, V, G>(
    cx: &mut JSContext,
    object: *mut JSObject,
    key: K,
    rval: MutableHandleValue<'_>,
) -> Fallible<bool>
where
    T: DomInterface,
    V: ToJSValConvertible,
    G: Fn(&mut JSContext, &T, K) -> Fallible<Option<V>> + Copy,
{
    // SAFETY: the caller's promise; the closure's type was checked.
    let Some(this) = (unsafe { native_of::<T>(object) }) else { return Ok(false) };
    // SAFETY: as above.
    match unsafe { conjure::<G>() }(cx, this, key)? {
        Some(value) => {
            value.to_jsval(cx, rval);
            Ok(true)
        }
        None => Ok(false),
    }
}
