//! What a legacy platform object finds at a property key:
//! <https://webidl.spec.whatwg.org/#legacy-platform-object-abstract-ops>.

#![allow(unsafe_code)]

use std::ptr;

use mozjs::glue::{
    GetProxyPrivate, RUST_JSID_IS_INT, RUST_JSID_IS_STRING, RUST_JSID_TO_INT, RUST_JSID_TO_STRING,
    SetDataPropertyDescriptor, SetProxyPrivate,
};
use mozjs::jsapi::{
    GetNonCCWObjectGlobal, GetStaticPrototype, JSCLASS_IS_PROXY, JSObject, JSPROP_ENUMERATE, JSPROP_READONLY,
    PropertyDescriptor,
};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    JS_GetOwnPropertyDescriptorById, JS_HasPropertyById, JS_NewObjectWithGivenProto,
};
use mozjs::rust::{
    HandleId, HandleObject, MutableHandle, MutableHandleObject, MutableHandleValue, get_object_class,
};

use super::class;
use super::global::RealmData;
use super::legacy_properties::LegacyProperties;
use super::{DOMString, Error, Fallible, InterfaceSpec, JSContext, string_from_js};

/// An exception is pending unless `ok`.
pub(super) fn failed(ok: bool) -> Fallible<()> {
    if ok { Ok(()) } else { Err(Error::JSFailed) }
}

/// A property key as these properties see it.
pub(super) enum Key {
    Index(u32),
    Name(DOMString),
    Symbol,
}

impl Key {
    /// The number, of those that are one for SpiderMonkey too.
    pub(super) fn index(id: HandleId<'_>) -> Option<u32> {
        // SAFETY: the id is rooted, and says what it is.
        unsafe { RUST_JSID_IS_INT(id.into()).then(|| RUST_JSID_TO_INT(id.into()).cast_unsigned()) }
    }

    pub(super) fn of(cx: &JSContext, id: HandleId<'_>) -> Key {
        // SAFETY: the id is rooted, and says what it is.
        unsafe {
            if RUST_JSID_IS_INT(id.into()) {
                Key::Index(RUST_JSID_TO_INT(id.into()).cast_unsigned())
            } else if RUST_JSID_IS_STRING(id.into()) {
                let name = string_from_js(cx, RUST_JSID_TO_STRING(id.into()));
                array_index(&name).map_or(Key::Name(name), Key::Index)
            } else {
                Key::Symbol
            }
        }
    }

    /// The name, whether it is an index or not; None for a symbol.
    pub(super) fn name(self) -> Option<DOMString> {
        match self {
            Key::Index(index) => Some(index.to_string().into()),
            Key::Name(name) => Some(name),
            Key::Symbol => None,
        }
    }
}

/// <https://webidl.spec.whatwg.org/#is-an-array-index>
pub(super) fn array_index(name: &str) -> Option<u32> {
    let index: u32 = name.parse().ok().filter(|index| *index != u32::MAX)?;
    // In its one canonical form.
    (index == 0 || !name.starts_with(['0', '+'])).then_some(index).filter(|_| index != 0 || name == "0")
}

/// The tables of an object's interface.
///
/// # Safety
/// `proxy` must be an object of the handler below.
pub(super) unsafe fn spec_of(proxy: *mut JSObject) -> Option<&'static InterfaceSpec> {
    // SAFETY: its realm is one of `create_global`.
    let realm = unsafe { RealmData::of_global(GetNonCCWObjectGlobal(proxy)) };
    let class = class::dom_class(proxy)?;
    realm.world.interfaces.get(usize::from(class.interface())).copied()
}

/// How the interface of an object answers.
///
/// # Safety
/// `proxy` must be an object of the handler below.
pub(super) unsafe fn properties_of(proxy: *mut JSObject) -> &'static LegacyProperties {
    static NONE: LegacyProperties = LegacyProperties::new();
    // SAFETY: the caller's promise.
    unsafe { spec_of(proxy) }.and_then(|spec| spec.proxy).unwrap_or(&NONE)
}

/// The object with what page authors added; null if they didn't.
pub(super) fn expando(proxy: HandleObject<'_>, mut object: MutableHandleObject<'_>) {
    let mut value = UndefinedValue();
    // SAFETY: the class has the slot.
    unsafe { GetProxyPrivate(proxy.get(), &mut value) };
    object.set(if value.is_object() { value.to_object() } else { ptr::null_mut() });
}

/// As [`expando`], made if it isn't there. False if memory has run out.
pub(super) fn ensure_expando(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    mut object: MutableHandleObject<'_>,
) -> bool {
    expando(proxy, object.reborrow());
    if object.get().is_null() {
        // SAFETY: what is passed is rooted; the class has the slot.
        unsafe {
            object.set(JS_NewObjectWithGivenProto(cx, ptr::null(), HandleObject::null()));
            if object.get().is_null() {
                return false;
            }
            SetProxyPrivate(proxy.get(), &ObjectValue(object.get()));
        }
    }
    true
}

/// What LegacyPlatformObjectGetOwnProperty finds before it comes to the object's own properties.
pub(super) enum Found {
    /// An indexed or named property: the value is in its place.
    Property { writable: bool, enumerable: bool },
    /// An index that is not supported, which is no own property either.
    NoIndex,
    /// Neither.
    Own,
}

/// <https://webidl.spec.whatwg.org/#LegacyPlatformObjectGetOwnProperty>
pub(super) fn lookup(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    value: MutableHandleValue<'_>,
    ignore_named: bool,
) -> Fallible<Found> {
    // SAFETY: for traps.
    let properties = unsafe { properties_of(proxy.get()) };
    let key = Key::of(cx, id);
    // Step 1: what is an index is never anything else.
    if let (Key::Index(index), Some(getter)) = (&key, properties.indexed) {
        // SAFETY: the proxy is rooted.
        let there = unsafe {
            let length = properties.length.map_or(0, |length| length(proxy.get()));
            *index < length && getter(cx, proxy.get(), *index, value)?
        };
        let writable = properties.indexed_setter.is_some();
        return Ok(if there { Found::Property { writable, enumerable: true } } else { Found::NoIndex });
    }
    // Step 2: a name that is visible.
    let (Some(name), Some(getter), false) = (key.name(), properties.named, ignore_named) else {
        return Ok(Found::Own);
    };
    // Most names are those of the prototype's members, and to find that out is cheaper than to list the supported ones;
    // where prototypes run no script, nobody sees which is asked first.
    let visibility_first = has_ordinary_prototypes(proxy);
    if visibility_first && !is_visible(cx, properties, proxy, id)? {
        return Ok(Found::Own);
    }
    if !is_supported(properties, proxy, &name)
        || (!visibility_first && !is_visible(cx, properties, proxy, id)?)
    {
        return Ok(Found::Own);
    }
    // SAFETY: the proxy is rooted.
    if !unsafe { getter(cx, proxy.get(), name, value)? } {
        return Ok(Found::Own);
    }
    Ok(Found::Property { writable: properties.named_setter.is_some(), enumerable: properties.enumerable })
}

/// Whether none of the prototypes is a proxy.
fn has_ordinary_prototypes(proxy: HandleObject<'_>) -> bool {
    // SAFETY: reads what objects are made of; nothing is allocated, so nothing moves.
    unsafe {
        let mut prototype = GetStaticPrototype(proxy.get());
        while !prototype.is_null() {
            if (*get_object_class(prototype)).flags & JSCLASS_IS_PROXY != 0 {
                return false;
            }
            prototype = GetStaticPrototype(prototype);
        }
    }
    true
}

/// Whether a name is a [supported property name](https://webidl.spec.whatwg.org/#dfn-supported-property-names).
pub(super) fn is_supported(properties: &LegacyProperties, proxy: HandleObject<'_>, name: &DOMString) -> bool {
    // SAFETY: the proxy is rooted.
    properties.names.is_some_and(|names| unsafe { names(proxy.get()) }.contains(name))
}

/// <https://webidl.spec.whatwg.org/#dfn-named-property-visibility>, of a supported name.
pub(super) fn is_visible(
    cx: &mut JSContext,
    properties: &LegacyProperties,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
) -> Fallible<bool> {
    // Steps 2 and 3.
    if has_own(cx, proxy, id)? {
        return Ok(false);
    }
    if properties.override_built_ins {
        return Ok(true);
    }
    // Steps 4 and 5: the prototypes.
    // SAFETY: what is passed is rooted.
    unsafe {
        rooted!(&in(cx) let prototype = GetStaticPrototype(proxy.get()));
        let mut found = false;
        failed(prototype.get().is_null() || JS_HasPropertyById(cx, prototype.handle(), id, &mut found))?;
        Ok(!found)
    }
}

/// Whether the object has a property of its own of that name.
pub(super) fn has_own(cx: &mut JSContext, proxy: HandleObject<'_>, id: HandleId<'_>) -> Fallible<bool> {
    rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
    expando(proxy, object.handle_mut());
    let mut found = false;
    // SAFETY: what is passed is rooted.
    let asked = object.get().is_null() || unsafe { JS_HasPropertyById(cx, object.handle(), id, &mut found) };
    failed(asked).map(|()| found)
}

/// <https://webidl.spec.whatwg.org/#LegacyPlatformObjectGetOwnProperty>, to the end.
pub(super) fn own_descriptor(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    descriptor: MutableHandle<'_, PropertyDescriptor>,
    is_none: &mut bool,
    ignore_named: bool,
) -> Fallible<()> {
    *is_none = true;
    rooted!(&in(cx) let mut value = UndefinedValue());
    match lookup(cx, proxy, id, value.handle_mut(), ignore_named)? {
        Found::Property { writable, enumerable } => {
            let enumerable = if enumerable { JSPROP_ENUMERATE } else { 0 };
            let readonly = if writable { 0 } else { JSPROP_READONLY };
            let attributes = u32::from(readonly | enumerable);
            // SAFETY: what is passed is rooted.
            unsafe { SetDataPropertyDescriptor(descriptor.into(), value.handle().into(), attributes) };
            *is_none = false;
            Ok(())
        }
        Found::NoIndex => Ok(()),
        Found::Own => {
            rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
            expando(proxy, object.handle_mut());
            if object.get().is_null() {
                return Ok(());
            }
            // SAFETY: what is passed is rooted.
            failed(unsafe { JS_GetOwnPropertyDescriptorById(cx, object.handle(), id, descriptor, is_none) })
        }
    }
}
