//! Legacy platform objects: <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.
//!
//! They are proxies with one handler for all. What the interface answers is found through the object's class and its
//! realm's tables; properties that page authors put onto the object live on another object, the expando.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

use mozjs::conversions::ToJSValConvertible;
use mozjs::glue::{
    AppendToIdVector, CreateProxyHandler, GetProxyReservedSlot, ProxyTraps, RUST_JSID_IS_INT,
    RUST_JSID_IS_STRING, RUST_JSID_TO_INT, RUST_JSID_TO_STRING, SetDataPropertyDescriptor,
    SetProxyReservedSlot, int_to_jsid,
};
use mozjs::jsapi::{
    GCContext, GetNonCCWObjectGlobal, GetStaticPrototype, Handle, HandleId as RawHandleId,
    HandleObject as RawHandleObject, JSContext as RawJSContext, JSErrNum, JSITER_HIDDEN, JSITER_OWNONLY,
    JSITER_SYMBOLS, JSObject, JSPROP_ENUMERATE, JSPROP_READONLY, JSTracer, MutableHandle as RawMutableHandle,
    MutableHandleIdVector as RawMutableHandleIdVector, MutableHandleObject as RawMutableHandleObject,
    ObjectOpResult, PropertyDescriptor, jsid,
};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    GetPropertyKeys, JS_DefinePropertyById, JS_DeletePropertyById, JS_GetOwnPropertyDescriptorById,
    JS_HasPropertyById, JS_NewObjectWithGivenProto, JS_ValueToId,
};
use mozjs::rust::{HandleId, HandleObject, IdVector, MutableHandleObject, MutableHandleValue};

use super::call::native;
use super::class;
use super::global::RealmData;
use super::legacy_properties::LegacyProperties;
use super::{DOMString, Fallible, JSContext, string_from_js};

/// A property key as these properties see it.
enum Key {
    Index(u32),
    Name(DOMString),
    Symbol,
}

impl Key {
    fn of(cx: &JSContext, id: HandleId<'_>) -> Key {
        // SAFETY: the id is rooted, and says what it is.
        unsafe {
            if RUST_JSID_IS_INT(id.into()) {
                Key::Index(RUST_JSID_TO_INT(id.into()).cast_unsigned())
            } else if RUST_JSID_IS_STRING(id.into()) {
                Key::Name(string_from_js(cx, RUST_JSID_TO_STRING(id.into())))
            } else {
                Key::Symbol
            }
        }
    }
}

/// How the interface of an object answers.
///
/// # Safety
/// `proxy` must be an object of the handler below.
unsafe fn properties_of(proxy: *mut JSObject) -> &'static LegacyProperties {
    static NONE: LegacyProperties = LegacyProperties::new();
    // SAFETY: its realm is one of `create_global`.
    unsafe {
        let realm = RealmData::of_global(GetNonCCWObjectGlobal(proxy));
        class::dom_class(proxy)
            .and_then(|class| realm.world.interfaces.get(usize::from(class.interface())))
            .and_then(|spec| spec.proxy)
            .unwrap_or(&NONE)
    }
}

/// The object with what page authors added; null if they didn't.
fn expando(proxy: HandleObject<'_>, mut object: MutableHandleObject<'_>) {
    let mut value = UndefinedValue();
    // SAFETY: the class has the slot.
    unsafe { GetProxyReservedSlot(proxy.get(), 0, &mut value) };
    object.set(if value.is_object() { value.to_object() } else { ptr::null_mut() });
}

/// An indexed or named property's value, if there is one: <https://webidl.spec.whatwg.org/#legacy-platform-object-getownproperty-algorithm>.
/// `Ok(None)`: it is no such key.
fn lookup(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    value: MutableHandleValue<'_>,
) -> Fallible<Option<Found>> {
    // SAFETY: for traps.
    let properties = unsafe { properties_of(proxy.get()) };
    match Key::of(cx, id) {
        // Steps 1.2: what is an index is never anything else.
        Key::Index(index) if properties.indexed.is_some() => {
            // SAFETY: the proxy is rooted.
            let (length, getter) = unsafe {
                (properties.length.map_or(0, |length| length(cx, proxy.get())), properties.indexed)
            };
            let there = match getter {
                // SAFETY: the proxy is rooted.
                Some(getter) if index < length => unsafe { getter(cx, proxy.get(), index, value)? },
                _ => false,
            };
            Ok(Some(Found { there, enumerable: true }))
        }
        key => {
            let name = match key {
                Key::Index(index) => index.to_string().into(),
                Key::Name(name) => name,
                Key::Symbol => return Ok(None),
            };
            let Some((names, getter)) = properties.names.zip(properties.named) else { return Ok(None) };
            // SAFETY: the proxy is rooted.
            if !unsafe { names(cx, proxy.get()) }.contains(&name) {
                return Ok(None);
            }
            // <https://webidl.spec.whatwg.org/#dfn-named-property-visibility>
            if !properties.override_built_ins && is_shadowed(cx, proxy, id)? {
                return Ok(None);
            }
            // SAFETY: the proxy is rooted.
            let there = unsafe { getter(cx, proxy.get(), name, value)? };
            Ok(there.then_some(Found { there, enumerable: properties.enumerable }))
        }
    }
}

struct Found {
    there: bool,
    enumerable: bool,
}

/// Whether the object itself or its prototypes have a property of that name.
fn is_shadowed(cx: &mut JSContext, proxy: HandleObject<'_>, id: HandleId<'_>) -> Fallible<bool> {
    rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
    let mut found = false;
    expando(proxy, object.handle_mut());
    // SAFETY: what is passed is rooted.
    unsafe {
        if !object.get().is_null() && !JS_HasPropertyById(cx, object.handle(), id, &mut found) {
            return Err(super::Error::JSFailed);
        }
        if !found {
            object.set(GetStaticPrototype(proxy.get()));
            if !object.get().is_null() && !JS_HasPropertyById(cx, object.handle(), id, &mut found) {
                return Err(super::Error::JSFailed);
            }
        }
    }
    Ok(found)
}

/// The handler of all these proxies; it has no state.
pub(super) fn handler() -> *const c_void {
    struct Handler(*const c_void);
    // SAFETY: never written to, and never dropped.
    unsafe impl Send for Handler {}
    // SAFETY: as above.
    unsafe impl Sync for Handler {}
    static HANDLER: OnceLock<Handler> = OnceLock::new();
    HANDLER
        .get_or_init(|| {
            let traps = ProxyTraps {
                getOwnPropertyDescriptor: Some(get_own_property_descriptor),
                defineProperty: Some(define_property),
                ownPropertyKeys: Some(own_property_keys),
                delete_: Some(delete),
                getPrototypeIfOrdinary: Some(get_prototype_if_ordinary),
                preventExtensions: Some(prevent_extensions),
                isExtensible: Some(is_extensible),
                trace: Some(trace),
                finalize: Some(finalize),
                ..ProxyTraps::default()
            };
            // SAFETY: the traps are copied.
            Handler(unsafe { CreateProxyHandler(&traps, ptr::null()) })
        })
        .0
}

/// Turns a failure into an exception.
fn succeeded(cx: &mut JSContext, result: Fallible<()>) -> bool {
    result.map_err(|error| error.throw(cx)).is_ok()
}

fn failed(ok: bool) -> Fallible<()> {
    if ok { Ok(()) } else { Err(super::Error::JSFailed) }
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-getownproperty>
unsafe extern "C" fn get_own_property_descriptor(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    id: RawHandleId,
    descriptor: RawMutableHandle<PropertyDescriptor>,
    is_none: *mut bool,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let (proxy, id) = (HandleObject::from_raw(proxy), HandleId::from_raw(id));
            *is_none = true;
            rooted!(&in(cx) let mut value = UndefinedValue());
            let result = lookup(cx, proxy, id, value.handle_mut()).and_then(|found| {
                if let Some(found) = found {
                    if found.there {
                        let enumerable = if found.enumerable { JSPROP_ENUMERATE } else { 0 };
                        let attributes = u32::from(JSPROP_READONLY | enumerable);
                        SetDataPropertyDescriptor(descriptor, value.handle().into(), attributes);
                        *is_none = false;
                    }
                    return Ok(());
                }
                rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
                expando(proxy, object.handle_mut());
                if object.get().is_null() {
                    return Ok(());
                }
                let descriptor = mozjs::rust::MutableHandle::from_raw(descriptor);
                failed(JS_GetOwnPropertyDescriptorById(cx, object.handle(), id, descriptor, is_none))
            });
            succeeded(cx, result)
        })
    }
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-defineownproperty>
unsafe extern "C" fn define_property(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    id: RawHandleId,
    descriptor: Handle<PropertyDescriptor>,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let (proxy, id) = (HandleObject::from_raw(proxy), HandleId::from_raw(id));
            rooted!(&in(cx) let mut value = UndefinedValue());
            let done = lookup(cx, proxy, id, value.handle_mut()).and_then(|found| {
                // Steps 1 and 2: there are no setters.
                if found.is_some() {
                    (*result).code_ = JSErrNum::JSMSG_CANT_REDEFINE_PROP as usize;
                    return Ok(());
                }
                rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
                expando(proxy, object.handle_mut());
                if object.get().is_null() {
                    object.set(JS_NewObjectWithGivenProto(cx, ptr::null(), HandleObject::null()));
                    failed(!object.get().is_null())?;
                    SetProxyReservedSlot(proxy.get(), 0, &ObjectValue(object.get()));
                }
                let descriptor = mozjs::rust::Handle::from_raw(descriptor);
                failed(JS_DefinePropertyById(cx, object.handle(), id, descriptor, result))
            });
            succeeded(cx, done)
        })
    }
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-delete>
unsafe extern "C" fn delete(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    id: RawHandleId,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let (proxy, id) = (HandleObject::from_raw(proxy), HandleId::from_raw(id));
            rooted!(&in(cx) let mut value = UndefinedValue());
            let done = lookup(cx, proxy, id, value.handle_mut()).and_then(|found| {
                (*result).code_ = 0;
                if let Some(found) = found {
                    // Steps 1 and 2: there are no deleters.
                    if found.there {
                        (*result).code_ = JSErrNum::JSMSG_CANT_DELETE as usize;
                    }
                    return Ok(());
                }
                rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
                expando(proxy, object.handle_mut());
                if object.get().is_null() {
                    return Ok(());
                }
                failed(JS_DeletePropertyById(cx, object.handle(), id, result))
            });
            succeeded(cx, done)
        })
    }
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-ownpropertykeys>
unsafe extern "C" fn own_property_keys(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    keys: RawMutableHandleIdVector,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let proxy = HandleObject::from_raw(proxy);
            let result = all_keys(cx, proxy, keys);
            succeeded(cx, result)
        })
    }
}

/// # Safety
/// For the trap.
unsafe fn all_keys(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    keys: RawMutableHandleIdVector,
) -> Fallible<()> {
    // SAFETY: what is passed is rooted.
    unsafe {
        let properties = properties_of(proxy.get());
        rooted!(&in(cx) let mut id = jsid::default());
        // Step 2: the indices.
        let length = properties.length.map_or(0, |length| length(cx, proxy.get()));
        for index in 0..length.cast_signed() {
            int_to_jsid(index, id.handle_mut().into());
            failed(AppendToIdVector(keys, id.handle().into()))?;
        }
        // Step 3: the names that are visible.
        let names = properties.names.map_or_else(Vec::new, |names| names(cx, proxy.get()));
        rooted!(&in(cx) let mut value = UndefinedValue());
        for name in names {
            name.to_jsval(cx, value.handle_mut());
            failed(JS_ValueToId(cx, value.handle(), id.handle_mut()))?;
            if properties.override_built_ins || !is_shadowed(cx, proxy, id.handle())? {
                failed(AppendToIdVector(keys, id.handle().into()))?;
            }
        }
        // Steps 4 and 5: the object's own.
        rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
        expando(proxy, object.handle_mut());
        if !object.get().is_null() {
            let mut own = IdVector::new(cx);
            let flags = JSITER_OWNONLY | JSITER_HIDDEN | JSITER_SYMBOLS;
            failed(GetPropertyKeys(cx, object.handle(), flags, own.handle_mut()))?;
            for key in &*own {
                id.set(*key);
                failed(AppendToIdVector(keys, id.handle().into()))?;
            }
        }
        Ok(())
    }
}

unsafe extern "C" fn get_prototype_if_ordinary(
    _: *mut RawJSContext,
    proxy: RawHandleObject,
    is_ordinary: *mut bool,
    prototype: RawMutableHandleObject,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        *is_ordinary = true;
        MutableHandleObject::from_raw(prototype).set(GetStaticPrototype(proxy.get()));
    }
    true
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-preventextensions>
unsafe extern "C" fn prevent_extensions(
    _: *mut RawJSContext,
    _: RawHandleObject,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { (*result).code_ = JSErrNum::JSMSG_CANT_PREVENT_EXTENSIONS as usize };
    true
}

unsafe extern "C" fn is_extensible(_: *mut RawJSContext, _: RawHandleObject, succeeded: *mut bool) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { *succeeded = true };
    true
}

unsafe extern "C" fn trace(tracer: *mut JSTracer, proxy: *mut JSObject) {
    if let Some(trace) = class::dom_class(proxy).and_then(|class| class.hooks().trace) {
        // SAFETY: called by the collector.
        unsafe { trace(tracer, proxy) }
    }
}

unsafe extern "C" fn finalize(context: *mut GCContext, proxy: *mut JSObject) {
    if let Some(finalize) = class::dom_class(proxy).and_then(|class| class.hooks().finalize) {
        // SAFETY: called by the collector.
        unsafe { finalize(context, proxy) }
    }
}
