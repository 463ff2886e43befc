//! Legacy platform objects: <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.
//!
//! They are proxies with one handler for all. What the interface answers is found through the object's class and its
//! realm's tables; properties that page authors put onto the object live on another object, the expando.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

use mozjs::conversions::ToJSValConvertible;
use mozjs::glue::{AppendToIdVector, CreateProxyHandler, ProxyTraps};
use mozjs::jsapi::{
    GCContext, GetStaticPrototype, Handle, HandleId as RawHandleId, HandleObject as RawHandleObject,
    HandleValue as RawHandleValue, JSContext as RawJSContext, JSErrNum, JSITER_HIDDEN, JSITER_OWNONLY,
    JSITER_SYMBOLS, JSObject, JSTracer, MutableHandle as RawMutableHandle,
    MutableHandleIdVector as RawMutableHandleIdVector, MutableHandleObject as RawMutableHandleObject,
    ObjectOpResult, PropertyDescriptor, jsid,
};
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::{GetPropertyKeys, JS_IndexToId, JS_ValueToId};
use mozjs::rust::{HandleId, HandleObject, HandleValue, IdVector, MutableHandle, MutableHandleObject};

use super::call::native;
use super::class;
use super::proxy_assignment::{define_own, delete_property, set_property};
use super::proxy_lookup::{expando, failed, is_visible, own_descriptor, properties_of};
use super::{Fallible, JSContext};

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
                set: Some(set),
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
            let descriptor = MutableHandle::from_raw(descriptor);
            let result = own_descriptor(cx, proxy, id, descriptor, &mut *is_none, false);
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
            let descriptor = mozjs::rust::Handle::from_raw(descriptor);
            let done = define_own(cx, proxy, id, descriptor, &mut *result);
            succeeded(cx, done)
        })
    }
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-set>
unsafe extern "C" fn set(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    id: RawHandleId,
    value: RawHandleValue,
    receiver: RawHandleValue,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let (proxy, id) = (HandleObject::from_raw(proxy), HandleId::from_raw(id));
            let (value, receiver) = (HandleValue::from_raw(value), HandleValue::from_raw(receiver));
            let done = set_property(cx, proxy, id, value, receiver, &mut *result);
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
            let done = delete_property(cx, proxy, id, &mut *result);
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
        let length = properties.length.map_or(0, |length| length(proxy.get()));
        for index in 0..length {
            failed(JS_IndexToId(cx, index, id.handle_mut()))?;
            failed(AppendToIdVector(keys, id.handle().into()))?;
        }
        // Step 3: the names that are visible.
        let names = properties.names.map_or_else(Vec::new, |names| names(proxy.get()));
        rooted!(&in(cx) let mut value = UndefinedValue());
        for name in names {
            name.to_jsval(cx, value.handle_mut());
            failed(JS_ValueToId(cx, value.handle(), id.handle_mut()))?;
            if is_visible(cx, properties, proxy, id.handle())? {
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
