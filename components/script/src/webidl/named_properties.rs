//! Named properties objects: <https://webidl.spec.whatwg.org/#named-properties-object>. A global with a named getter has
//! one between its interface prototype object and that of the interface that it inherits from.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

use mozjs::conversions::ToJSValConvertible;
use mozjs::glue::{AppendToIdVector, CreateProxyHandler, ProxyTraps, SetDataPropertyDescriptor};
use mozjs::jsapi::{
    GetNonCCWObjectGlobal, GetStaticPrototype, Handle, HandleId as RawHandleId,
    HandleObject as RawHandleObject, JSContext as RawJSContext, JSErrNum, JSObject, JSPROP_ENUMERATE,
    JSPROP_READONLY, MutableHandle as RawMutableHandle, MutableHandleIdVector as RawMutableHandleIdVector,
    MutableHandleObject as RawMutableHandleObject, ObjectOpResult, PropertyDescriptor, SymbolCode, jsid,
};
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    GetWellKnownSymbolKey, JS_HasPropertyById, JS_SetImmutablePrototype, NewProxyObject,
};
use mozjs::rust::{HandleId, HandleObject, MutableHandleObject, MutableHandleValue};

use super::call::native;
use super::class::dom_class;
use super::global::{RealmData, out_of_memory};
use super::interface::must;
use super::legacy_properties::{Get, get};
use super::proxy_lookup::Key;
use super::tables::InterfaceSpec;
use super::{DOMString, DomInterface, Error, Fallible, JSContext};

/// The named getter of a global.
pub struct NamedProperties {
    get: Get<DOMString>,
    /// Without `[LegacyUnenumerableNamedProperties]`.
    enumerable: bool,
}

impl NamedProperties {
    /// From a closure that puts the value of a property into the place, and is true if there is one.
    pub const fn new<T, G>(_getter: G, enumerable: bool) -> NamedProperties
    where
        T: DomInterface,
        G: Fn(&mut JSContext, &T, DOMString, MutableHandleValue<'_>) -> Fallible<bool> + Copy + 'static,
    {
        assert!(size_of::<G>() == 0, "the closure must capture nothing");
        NamedProperties { get: get::<T, DOMString, G>, enumerable }
    }
}

/// The interface of a global, whose named properties those are.
fn interface_of(global: *mut JSObject) -> Option<&'static InterfaceSpec> {
    let class = dom_class(global).filter(|class| class.is_global())?;
    // SAFETY: every global is `create_global`'s.
    let world = unsafe { RealmData::of_global(global) }.world;
    let own = world.interfaces[usize::from(class.interface())];
    std::iter::successors(Some(own), |spec| spec.parent).find(|spec| spec.named_properties.is_some())
}

/// Makes one for the current realm, whose prototype is `prototype`:
/// <https://webidl.spec.whatwg.org/#create-a-named-properties-object>.
pub(super) fn create(cx: &mut JSContext, prototype: HandleObject<'_>) -> *mut JSObject {
    rooted!(&in(cx) let private = UndefinedValue());
    // SAFETY: what is passed is rooted; the class is the default one.
    let object =
        unsafe { NewProxyObject(cx, handler(), private.handle(), prototype.get(), ptr::null(), false) };
    if object.is_null() {
        out_of_memory();
    }
    rooted!(&in(cx) let object = object);
    let mut succeeded = false;
    // SAFETY: what is passed is rooted.
    must(unsafe { JS_SetImmutablePrototype(cx, object.handle(), &mut succeeded) });
    object.get()
}

/// What a property is.
enum Property {
    ClassString,
    Named { enumerable: bool },
}

/// Puts the value of the property into the place, if there is one that can be seen.
fn lookup(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    id: HandleId<'_>,
    mut value: MutableHandleValue<'_>,
) -> Fallible<Option<Property>> {
    // SAFETY: there are no wrappers between the realms of an agent.
    rooted!(&in(cx) let global = unsafe { GetNonCCWObjectGlobal(object.get()) });
    let Some(spec) = interface_of(global.get()) else { return Ok(None) };
    let name = match Key::of(cx, id) {
        Key::Name(name) => name,
        Key::Index(index) => index.to_string().into(),
        Key::Symbol => {
            // SAFETY: a well-known symbol lives for ever.
            let tag: jsid = unsafe { GetWellKnownSymbolKey(cx, SymbolCode::toStringTag) };
            if tag.asBits_ != id.get().asBits_ {
                return Ok(None);
            }
            format!("{}Properties", spec.name()).to_jsval(cx, value);
            return Ok(Some(Property::ClassString));
        }
    };
    let Some(named) = spec.named_properties else { return Ok(None) };
    // SAFETY: the global is rooted.
    if !unsafe { (named.get)(cx, global.get(), name, value.reborrow()) }? {
        return Ok(None);
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
    Ok((!found).then_some(Property::Named { enumerable: named.enumerable }))
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
                Ok(property) => {
                    // Configurable; what is named can be written to.
                    let attributes = match property {
                        Some(Property::ClassString) => JSPROP_READONLY,
                        Some(Property::Named { enumerable: true }) => JSPROP_ENUMERATE,
                        Some(Property::Named { enumerable: false }) => 0,
                        None => return true,
                    };
                    SetDataPropertyDescriptor(descriptor, value.handle().into(), attributes.into());
                    *is_none = false;
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
