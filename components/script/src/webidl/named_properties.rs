//! Named properties objects: <https://webidl.spec.whatwg.org/#named-properties-object>. There is one kind: a window's,
//! between its interface prototype object and that of `EventTarget`.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

use mozjs::glue::{AppendToIdVector, CreateProxyHandler, ProxyTraps, SetDataPropertyDescriptor};
use mozjs::jsapi::{
    GetStaticPrototype, Handle, HandleId as RawHandleId, HandleObject as RawHandleObject,
    JSContext as RawJSContext, JSErrNum, JSObject, MutableHandle as RawMutableHandle,
    MutableHandleIdVector as RawMutableHandleIdVector, MutableHandleObject as RawMutableHandleObject,
    ObjectOpResult, PropertyDescriptor, SymbolCode, jsid,
};
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::{GetWellKnownSymbolKey, JS_HasPropertyById, NewProxyObject};
use mozjs::rust::{HandleId, HandleObject, MutableHandleObject, MutableHandleValue};

use super::call::native;
use super::global::{global_of_object, out_of_memory};
use super::proxy_lookup::Key;
use super::{Castable, Error, Fallible, JSContext};
use crate::dom::html::window::Window;

/// Makes one for the current realm, whose prototype is `prototype`.
pub(super) fn create(cx: &mut JSContext, prototype: HandleObject<'_>) -> *mut JSObject {
    rooted!(&in(cx) let private = UndefinedValue());
    // SAFETY: what is passed is rooted; the class is the default one.
    let object =
        unsafe { NewProxyObject(cx, handler(), private.handle(), prototype.get(), ptr::null(), false) };
    if object.is_null() {
        out_of_memory();
    }
    object
}

/// Puts the value of the property into the place, true if there is one that can be seen.
fn lookup(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    id: HandleId<'_>,
    mut value: MutableHandleValue<'_>,
) -> Fallible<bool> {
    let name = match Key::of(cx, id) {
        Key::Name(name) => name,
        Key::Index(index) => index.to_string().into(),
        Key::Symbol => {
            // SAFETY: a well-known symbol lives for ever.
            let tag: jsid = unsafe { GetWellKnownSymbolKey(cx, SymbolCode::toStringTag) };
            let is_tag = tag.asBits_ == id.get().asBits_;
            if is_tag {
                mozjs::conversions::ToJSValConvertible::to_jsval("WindowProperties", cx, value);
            }
            return Ok(is_tag);
        }
    };
    let global = global_of_object(object.get());
    let Some(window) = global.downcast::<Window>() else { return Ok(false) };
    if !window.named_property(cx, &name, value.reborrow()) {
        return Ok(false);
    }
    // <https://webidl.spec.whatwg.org/#dfn-named-property-visibility>: what is further up goes first.
    let mut found = false;
    // SAFETY: what is passed is rooted.
    unsafe {
        rooted!(&in(cx) let prototype = GetStaticPrototype(object.get()));
        if !prototype.get().is_null() && !JS_HasPropertyById(cx, prototype.handle(), id, &mut found) {
            return Err(Error::JSFailed);
        }
    }
    Ok(!found)
}

/// The handler of all these proxies; it has no state.
fn handler() -> *const c_void {
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
                setImmutablePrototype: Some(set_immutable_prototype),
                preventExtensions: Some(prevent_extensions),
                isExtensible: Some(is_extensible),
                ..ProxyTraps::default()
            };
            // SAFETY: the traps are copied.
            Handler(unsafe { CreateProxyHandler(&traps, ptr::null()) })
        })
        .0
}

/// <https://webidl.spec.whatwg.org/#named-properties-object-getownproperty>
unsafe extern "C" fn get_own_property_descriptor(
    cx: *mut RawJSContext,
    object: RawHandleObject,
    id: RawHandleId,
    descriptor: RawMutableHandle<PropertyDescriptor>,
    is_none: *mut bool,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            *is_none = true;
            rooted!(&in(cx) let mut value = UndefinedValue());
            let (object, id) = (HandleObject::from_raw(object), HandleId::from_raw(id));
            match lookup(cx, object, id, value.handle_mut()) {
                Ok(there) => {
                    if there {
                        // Writable, configurable, not enumerable.
                        SetDataPropertyDescriptor(descriptor, value.handle().into(), 0);
                        *is_none = false;
                    }
                    true
                }
                Err(error) => {
                    error.throw(cx);
                    false
                }
            }
        })
    }
}

/// <https://webidl.spec.whatwg.org/#named-properties-object-defineownproperty>
unsafe extern "C" fn define_property(
    _: *mut RawJSContext,
    _: RawHandleObject,
    _: RawHandleId,
    _: Handle<PropertyDescriptor>,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { (*result).code_ = JSErrNum::JSMSG_CANT_DEFINE_PROP_OBJECT_NOT_EXTENSIBLE as usize };
    true
}

/// <https://webidl.spec.whatwg.org/#named-properties-object-delete>
unsafe extern "C" fn delete(
    _: *mut RawJSContext,
    _: RawHandleObject,
    _: RawHandleId,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { (*result).code_ = JSErrNum::JSMSG_CANT_DELETE as usize };
    true
}

/// NB: the names are not listed, as in other engines.
unsafe extern "C" fn own_property_keys(
    cx: *mut RawJSContext,
    _: RawHandleObject,
    keys: RawMutableHandleIdVector,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            rooted!(&in(cx) let tag: jsid = GetWellKnownSymbolKey(cx, SymbolCode::toStringTag));
            AppendToIdVector(keys, tag.handle().into())
        })
    }
}

unsafe extern "C" fn get_prototype_if_ordinary(
    _: *mut RawJSContext,
    object: RawHandleObject,
    is_ordinary: *mut bool,
    prototype: RawMutableHandleObject,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        *is_ordinary = true;
        MutableHandleObject::from_raw(prototype).set(GetStaticPrototype(object.get()));
    }
    true
}

unsafe extern "C" fn set_immutable_prototype(
    _: *mut RawJSContext,
    _: RawHandleObject,
    succeeded: *mut bool,
) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { *succeeded = true };
    true
}

/// <https://webidl.spec.whatwg.org/#named-properties-object-preventextensions>
unsafe extern "C" fn prevent_extensions(
    _: *mut RawJSContext,
    _: RawHandleObject,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { (*result).code_ = JSErrNum::JSMSG_CANT_PREVENT_EXTENSIONS as usize };
    true
}

unsafe extern "C" fn is_extensible(_: *mut RawJSContext, _: RawHandleObject, extensible: *mut bool) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { *extensible = true };
    true
}
