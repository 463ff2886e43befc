//! `WindowProxy` objects: <https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-windowproxy-exotic-object>.
//!
//! SpiderMonkey knows them: a global object that has one is never seen by script, which has the proxy in its place. A
//! proxy leads to the window that it shows, in whose realm it is; when another window takes that place, the proxy
//! stays the same object. It owns the struct [`WindowProxy`].

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

use mozjs::glue::{
    AppendToIdVector, CreateWrapperProxyHandler, GetProxyReservedSlot, GetWindowProxyClass, ProxyTraps,
    SetAccessorPropertyDescriptor, SetDataPropertyDescriptor, SetProxyReservedSlot, int_to_jsid,
};
use mozjs::jsapi::{
    GCContext, GetNonCCWObjectGlobal, GetStaticPrototype, Handle, HandleId as RawHandleId,
    HandleObject as RawHandleObject, HandleValue as RawHandleValue, JSContext as RawJSContext, JSErrNum,
    JSITER_HIDDEN, JSITER_OWNONLY, JSITER_SYMBOLS, JSObject, JSPROP_ENUMERATE, JSPROP_READONLY, JSTracer,
    MutableHandle as RawMutableHandle, MutableHandleIdVector as RawMutableHandleIdVector,
    MutableHandleObject as RawMutableHandleObject, MutableHandleValue as RawMutableHandleValue,
    ObjectOpResult, PropertyDescriptor, jsid,
};
use mozjs::jsval::{ObjectValue, PrivateValue, UndefinedValue};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    CurrentGlobalOrNull, GetPropertyKeys, JS_DefinePropertyById, JS_DeletePropertyById,
    JS_ForwardGetPropertyTo, JS_ForwardSetPropertyTo, JS_GetOwnPropertyDescriptorById, JS_HasOwnPropertyById,
    JS_HasPropertyById, JS_TransplantObject, NewWindowProxy, SetWindowProxy, SetWindowProxyClass,
};
use mozjs::rust::{HandleId, HandleObject, HandleValue, IdVector, MutableHandleValue, get_object_class};

use super::call::native;
use super::global::out_of_memory;
use super::proxy_lookup::Key;
use super::root::DomRoot;
use super::{DomObject, Error, Fallible, FromJs, JSContext, JSTraceable};
use crate::dom::WindowProxy;

/// The proxy's slot for the pointer to its struct.
const NATIVE_SLOT: u32 = 0;

/// Tells SpiderMonkey which objects are such proxies. Once in a runtime.
pub(crate) fn install(cx: &JSContext) {
    // SAFETY: the class is static.
    unsafe { SetWindowProxyClass(cx, GetWindowProxyClass()) };
}

/// Whether an object is such a proxy.
///
/// # Safety
/// For live objects.
unsafe fn is_proxy(object: *mut JSObject) -> bool {
    // SAFETY: the caller's promise.
    unsafe { ptr::eq(get_object_class(object), GetWindowProxyClass()) }
}

/// The window that a proxy shows; of other objects, null.
pub(super) fn window_of(object: *mut JSObject) -> *mut JSObject {
    // SAFETY: whoever has an object's address has it rooted. A proxy is in the realm of its window.
    unsafe {
        if !object.is_null() && is_proxy(object) { GetNonCCWObjectGlobal(object) } else { ptr::null_mut() }
    }
}

/// The struct of a proxy.
///
/// # Safety
/// For live objects; good for as long as the object is rooted.
unsafe fn native_of_proxy<'a>(object: *mut JSObject) -> Option<&'a WindowProxy> {
    // SAFETY: the caller's promise; the slot holds a pointer from `create`, or nothing.
    unsafe {
        if !is_proxy(object) {
            return None;
        }
        let mut slot = UndefinedValue();
        GetProxyReservedSlot(object, NATIVE_SLOT, &mut slot);
        if slot.is_undefined() { None } else { Some(&*slot.to_private().cast::<WindowProxy>()) }
    }
}

/// Makes the proxy of `window`, a global that script has not seen yet.
pub(crate) fn create(
    cx: &mut JSContext,
    window: HandleObject<'_>,
    native: Box<WindowProxy>,
) -> DomRoot<WindowProxy> {
    let native = mozjs::rust::RootedTraceableBox::from_box(native);
    let mut realm = AutoRealm::new_from_handle(cx, window);
    let cx: &mut JSContext = &mut realm;
    // SAFETY: what is passed is rooted; the slot owns the struct from then on.
    unsafe {
        rooted!(&in(cx) let proxy = NewWindowProxy(cx, window, handler()));
        if proxy.get().is_null() {
            out_of_memory();
        }
        let native = Box::into_raw(native.into_box());
        (*native).reflector().set_jsobject(proxy.get());
        SetProxyReservedSlot(proxy.get(), NATIVE_SLOT, &PrivateValue(native.cast_const().cast()));
        #[cfg(debug_assertions)]
        super::stress::note_alive((*native).reflector());
        SetWindowProxy(cx, window, proxy.handle());
        DomRoot::from_ref(&*native)
    }
}

/// From now on the proxy shows `window`, a global that script has not seen yet.
pub(crate) fn show(cx: &mut JSContext, native: &WindowProxy, window: HandleObject<'_>) {
    let proxy = native.reflector().get_jsobject();
    let mut realm = AutoRealm::new_from_handle(cx, window);
    let cx: &mut JSContext = &mut realm;
    // SAFETY: what is passed is rooted. The two objects change places with all that is in them, so that the pointer to
    // the struct has to be brought back; it is in exactly one of them whenever the collector looks.
    unsafe {
        rooted!(&in(cx) let new = NewWindowProxy(cx, window, handler()));
        if new.get().is_null() {
            out_of_memory();
        }
        SetProxyReservedSlot(new.get(), NATIVE_SLOT, &UndefinedValue());
        let shown = JS_TransplantObject(cx, proxy, new.handle());
        debug_assert!(ptr::eq(shown, proxy.get()));
        SetProxyReservedSlot(new.get(), NATIVE_SLOT, &UndefinedValue());
        let pointer = PrivateValue(ptr::from_ref(native).cast());
        SetProxyReservedSlot(proxy.get(), NATIVE_SLOT, &pointer);
        SetWindowProxy(cx, window, proxy);
    }
}

/// Whether a value is a `WindowProxy`.
pub fn is_window_proxy(value: HandleValue<'_>) -> bool {
    // SAFETY: the value is rooted.
    value.is_object() && unsafe { is_proxy(value.to_object()) }
}

impl FromJs for DomRoot<WindowProxy> {
    type Out = DomRoot<WindowProxy>;
    fn from_js(_cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<DomRoot<WindowProxy>> {
        if value.is_object() {
            // SAFETY: the value is rooted, and the result is at once.
            if let Some(proxy) = unsafe { native_of_proxy(value.to_object()) } {
                return Ok(DomRoot::from_ref(proxy));
            }
        }
        Err(Error::Type("is not a window".to_owned()))
    }
}

/// What a property of a proxy is.
enum Property {
    /// The window's own business.
    OfWindow,
    /// There is none.
    None,
    /// It is this value, put into the place.
    Value { enumerable: bool },
    /// It can be set alone, by the function in the place.
    SetOnly,
}

/// Steps that all internal methods begin with.
///
/// # Safety
/// For traps.
unsafe fn lookup(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    mut value: MutableHandleValue<'_>,
) -> Fallible<Property> {
    // SAFETY: the proxy is rooted.
    let Some(this) = (unsafe { native_of_proxy(proxy.get()) }) else { return Ok(Property::OfWindow) };
    // <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-getownproperty>, 2: an index is one of
    // the frames.
    if let Some(index) = Key::index(id) {
        return match this.child_at(index) {
            Some(child) => {
                value.set(ObjectValue(child.reflector().get_jsobject().get()));
                Ok(Property::Value { enumerable: true })
            }
            None if is_accessible(cx, proxy, this) => Ok(Property::None),
            None => Err(denied()),
        };
    }
    // 3. The same origin: everything.
    if is_accessible(cx, proxy, this) {
        return Ok(Property::OfWindow);
    }
    // 4 to 7. Another one: very little.
    match Key::of(cx, id) {
        // FIXME(spec): `location` can be read, too.
        Key::Name(name) if name == "location" => {
            this.cross_origin_location_setter(cx, value);
            Ok(Property::SetOnly)
        }
        Key::Name(name) if this.cross_origin_property(cx, &name, value.reborrow())? => {
            Ok(Property::Value { enumerable: false })
        }
        // <https://html.spec.whatwg.org/multipage/nav-history-apis.html#crossoriginpropertyfallback-(-p-)>
        Key::Name(name) if name == "then" => Ok(Property::Value { enumerable: false }),
        Key::Symbol if is_cross_origin_symbol(cx, id) => Ok(Property::Value { enumerable: false }),
        _ => Err(denied()),
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#isplatformobjectsameorigin-(-o-)>
fn is_accessible(cx: &JSContext, proxy: HandleObject<'_>, this: &WindowProxy) -> bool {
    // SAFETY: only looks.
    let same = unsafe { ptr::eq(CurrentGlobalOrNull(cx), GetNonCCWObjectGlobal(proxy.get())) };
    same || this.is_same_origin_with(&super::current_global(cx))
}

/// The symbols of <https://html.spec.whatwg.org/multipage/nav-history-apis.html#crossoriginpropertyfallback-(-p-)>.
fn cross_origin_symbols(cx: &JSContext) -> [jsid; 3] {
    use mozjs::jsapi::SymbolCode;
    [SymbolCode::toStringTag, SymbolCode::hasInstance, SymbolCode::isConcatSpreadable].map(|symbol| {
        // SAFETY: well-known symbols live for ever.
        unsafe { mozjs::rust::wrappers2::GetWellKnownSymbolKey(cx, symbol) }
    })
}

fn is_cross_origin_symbol(cx: &JSContext, id: HandleId<'_>) -> bool {
    cross_origin_symbols(cx).iter().any(|key| key.asBits_ == id.get().asBits_)
}

fn denied() -> Error {
    Error::Security("a window of another origin can't be looked into".into())
}

/// <https://webidl.spec.whatwg.org/#dfn-perform-a-security-check>, for what a function is called on: windows of other
/// origins let nobody call their functions, but those that `cross_origin_operation` makes.
///
/// # Safety
/// For rooted objects, or null.
pub(super) unsafe fn perform_a_security_check(cx: &JSContext, object: *mut JSObject) -> Fallible<()> {
    // SAFETY: the caller's promise.
    match unsafe { if object.is_null() { None } else { native_of_proxy(object) } } {
        Some(this) if !this.is_same_origin_with(&super::current_global(cx)) => Err(denied()),
        _ => Ok(()),
    }
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
                getOwnEnumerablePropertyKeys: Some(own_enumerable_property_keys),
                enumerate: Some(enumerate),
                getPrototypeIfOrdinary: Some(get_prototype_if_ordinary),
                getPrototype: Some(get_prototype),
                setPrototype: Some(set_prototype),
                hasOwn: Some(has_own),
                delete_: Some(delete),
                preventExtensions: Some(prevent_extensions),
                has: Some(has),
                get: Some(get),
                set: Some(set),
                trace: Some(trace),
                finalize: Some(finalize),
                ..ProxyTraps::default()
            };
            // SAFETY: the traps are copied.
            Handler(unsafe { CreateWrapperProxyHandler(&traps) })
        })
        .0
}

/// Turns a failure into an exception.
fn succeeded(cx: &mut JSContext, result: Fallible<()>) -> bool {
    result.map_err(|error| error.throw(cx)).is_ok()
}

fn failed(ok: bool) -> Fallible<()> {
    if ok { Ok(()) } else { Err(Error::JSFailed) }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-getownproperty>
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
            let result = lookup(cx, proxy, id, value.handle_mut()).and_then(|property| match property {
                Property::None => Ok(()),
                Property::SetOnly => {
                    rooted!(&in(cx) let setter = value.get().to_object());
                    let nothing = HandleObject::null();
                    SetAccessorPropertyDescriptor(descriptor, nothing.into(), setter.handle().into(), 0);
                    *is_none = false;
                    Ok(())
                }
                Property::Value { enumerable } => {
                    let enumerable = if enumerable { JSPROP_ENUMERATE } else { 0 };
                    let attributes = u32::from(JSPROP_READONLY | enumerable);
                    SetDataPropertyDescriptor(descriptor, value.handle().into(), attributes);
                    *is_none = false;
                    Ok(())
                }
                Property::OfWindow => {
                    rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
                    let descriptor = mozjs::rust::MutableHandle::from_raw(descriptor);
                    failed(JS_GetOwnPropertyDescriptorById(cx, window.handle(), id, descriptor, is_none))
                }
            });
            succeeded(cx, result)
        })
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-defineownproperty>
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
            let done = accessible(cx, proxy).and_then(|()| {
                if Key::index(id).is_some() {
                    (*result).code_ = JSErrNum::JSMSG_CANT_REDEFINE_PROP as usize;
                    return Ok(());
                }
                rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
                let descriptor = mozjs::rust::Handle::from_raw(descriptor);
                failed(JS_DefinePropertyById(cx, window.handle(), id, descriptor, result))
            });
            succeeded(cx, done)
        })
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-get>
unsafe extern "C" fn get(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    receiver: RawHandleValue,
    id: RawHandleId,
    rval: RawMutableHandleValue,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let (proxy, id) = (HandleObject::from_raw(proxy), HandleId::from_raw(id));
            let mut rval = MutableHandleValue::from_raw(rval);
            rval.set(UndefinedValue());
            let result = match lookup(cx, proxy, id, rval.reborrow()) {
                Ok(Property::OfWindow) => {
                    rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
                    let receiver = HandleValue::from_raw(receiver);
                    failed(JS_ForwardGetPropertyTo(cx, window.handle(), id, receiver, rval))
                }
                // An index without a frame: what is in the prototypes.
                Ok(Property::None) => {
                    rooted!(&in(cx) let prototype = GetStaticPrototype(GetNonCCWObjectGlobal(proxy.get())));
                    let receiver = HandleValue::from_raw(receiver);
                    failed(JS_ForwardGetPropertyTo(cx, prototype.handle(), id, receiver, rval))
                }
                // <https://html.spec.whatwg.org/multipage/nav-history-apis.html#crossoriginget-(-o,-p,-receiver-)>, 6.
                Ok(Property::SetOnly) => Err(denied()),
                Ok(Property::Value { .. }) => Ok(()),
                Err(error) => Err(error),
            };
            succeeded(cx, result)
        })
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-set>
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
            let value = HandleValue::from_raw(value);
            (*result).code_ = 0;
            // 3. Another origin: only `location` can be set.
            if let (Key::Name(name), Some(this)) = (Key::of(cx, id), native_of_proxy(proxy.get()))
                && name == "location"
                && !is_accessible(cx, proxy, this)
            {
                let done = this.set_cross_origin_location(cx, value);
                return succeeded(cx, done);
            }
            let done = accessible(cx, proxy).and_then(|()| {
                // 2. Frames are not set.
                if Key::index(id).is_some() {
                    (*result).code_ = JSErrNum::JSMSG_READ_ONLY as usize;
                    return Ok(());
                }
                rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
                let receiver = HandleValue::from_raw(receiver);
                failed(JS_ForwardSetPropertyTo(cx, window.handle(), id, value, receiver, result))
            });
            succeeded(cx, done)
        })
    }
}

/// The `[[HasProperty]]` that follows from the others.
unsafe extern "C" fn has(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    id: RawHandleId,
    found: *mut bool,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let (proxy, id) = (HandleObject::from_raw(proxy), HandleId::from_raw(id));
            rooted!(&in(cx) let mut value = UndefinedValue());
            let result = lookup(cx, proxy, id, value.handle_mut()).and_then(|property| match property {
                Property::None => {
                    rooted!(&in(cx) let prototype = GetStaticPrototype(GetNonCCWObjectGlobal(proxy.get())));
                    failed(JS_HasPropertyById(cx, prototype.handle(), id, &mut *found))
                }
                Property::Value { .. } | Property::SetOnly => {
                    *found = true;
                    Ok(())
                }
                Property::OfWindow => {
                    rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
                    failed(JS_HasPropertyById(cx, window.handle(), id, &mut *found))
                }
            });
            succeeded(cx, result)
        })
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-delete>
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
            let done = accessible(cx, proxy).and_then(|()| {
                (*result).code_ = 0;
                if let (Some(index), Some(this)) = (Key::index(id), native_of_proxy(proxy.get())) {
                    if this.child_at(index).is_some() {
                        (*result).code_ = JSErrNum::JSMSG_CANT_DELETE as usize;
                    }
                    return Ok(());
                }
                rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
                failed(JS_DeletePropertyById(cx, window.handle(), id, result))
            });
            succeeded(cx, done)
        })
    }
}

/// Throws if the proxy's window is of another origin.
///
/// # Safety
/// For traps.
unsafe fn accessible(cx: &JSContext, proxy: HandleObject<'_>) -> Fallible<()> {
    // SAFETY: the proxy is rooted.
    match unsafe { native_of_proxy(proxy.get()) } {
        Some(this) if !is_accessible(cx, proxy, this) => Err(denied()),
        _ => Ok(()),
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-ownpropertykeys>
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
        rooted!(&in(cx) let mut id = jsid::default());
        let Some(this) = native_of_proxy(proxy.get()) else { return Ok(()) };
        // 2 to 4. The frames.
        for index in 0..this.child_count().cast_signed() {
            int_to_jsid(index, id.handle_mut().into());
            failed(AppendToIdVector(keys, id.handle().into()))?;
        }
        // 6. What may be seen from another origin.
        if !is_accessible(cx, proxy, this) {
            rooted!(&in(cx) let mut value = UndefinedValue());
            for name in WindowProxy::CROSS_ORIGIN_PROPERTIES.iter().chain(&["then"]) {
                mozjs::conversions::ToJSValConvertible::to_jsval(*name, cx, value.handle_mut());
                failed(mozjs::rust::wrappers2::JS_ValueToId(cx, value.handle(), id.handle_mut()))?;
                failed(AppendToIdVector(keys, id.handle().into()))?;
            }
            for key in cross_origin_symbols(cx) {
                id.set(key);
                failed(AppendToIdVector(keys, id.handle().into()))?;
            }
            return Ok(());
        }
        // 5. The window's own.
        rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
        let mut own = IdVector::new(cx);
        let flags = JSITER_OWNONLY | JSITER_HIDDEN | JSITER_SYMBOLS;
        failed(GetPropertyKeys(cx, window.handle(), flags, own.handle_mut()))?;
        for key in &*own {
            id.set(*key);
            failed(AppendToIdVector(keys, id.handle().into()))?;
        }
        Ok(())
    }
}

/// Those of the keys that are enumerable, for `Object.keys()`.
unsafe extern "C" fn own_enumerable_property_keys(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    keys: RawMutableHandleIdVector,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let result = enumerable_keys(cx, HandleObject::from_raw(proxy), keys, JSITER_OWNONLY);
            succeeded(cx, result)
        })
    }
}

/// The same with those of the prototypes, for `for…in`.
unsafe extern "C" fn enumerate(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    keys: RawMutableHandleIdVector,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let result = enumerable_keys(cx, HandleObject::from_raw(proxy), keys, 0);
            succeeded(cx, result)
        })
    }
}

/// The frames' indices, and, for the same origin, what the window has besides.
///
/// # Safety
/// For the traps.
unsafe fn enumerable_keys(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    keys: RawMutableHandleIdVector,
    flags: u32,
) -> Fallible<()> {
    // SAFETY: what is passed is rooted.
    unsafe {
        rooted!(&in(cx) let mut id = jsid::default());
        let Some(this) = native_of_proxy(proxy.get()) else { return Ok(()) };
        for index in 0..this.child_count().cast_signed() {
            int_to_jsid(index, id.handle_mut().into());
            failed(AppendToIdVector(keys, id.handle().into()))?;
        }
        if !is_accessible(cx, proxy, this) {
            return Ok(());
        }
        rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
        let mut of_window = IdVector::new(cx);
        failed(GetPropertyKeys(cx, window.handle(), flags, of_window.handle_mut()))?;
        for key in &*of_window {
            id.set(*key);
            failed(AppendToIdVector(keys, id.handle().into()))?;
        }
        Ok(())
    }
}

/// Who asks decides: see [`get_prototype`].
unsafe extern "C" fn get_prototype_if_ordinary(
    _: *mut RawJSContext,
    _: RawHandleObject,
    is_ordinary: *mut bool,
    _: RawMutableHandleObject,
) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { *is_ordinary = false };
    true
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-getprototypeof>
unsafe extern "C" fn get_prototype(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    prototype: RawMutableHandleObject,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let visible = accessible(cx, HandleObject::from_raw(proxy)).is_ok();
            // 2. The window's. 3. Another origin sees none.
            let window = GetNonCCWObjectGlobal(proxy.get());
            prototype.set(if visible { GetStaticPrototype(window) } else { ptr::null_mut() });
            true
        })
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-setprototypeof>: it never changes.
unsafe extern "C" fn set_prototype(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    prototype: RawHandleObject,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let visible = accessible(cx, HandleObject::from_raw(proxy)).is_ok();
            let now = if visible {
                GetStaticPrototype(GetNonCCWObjectGlobal(proxy.get()))
            } else {
                ptr::null_mut()
            };
            let same = ptr::eq(now, prototype.get());
            (*result).code_ = if same { 0 } else { JSErrNum::JSMSG_CANT_SET_PROTO as usize };
            true
        })
    }
}

/// Whether there is an own property: `[[GetOwnProperty]]` says.
unsafe extern "C" fn has_own(
    cx: *mut RawJSContext,
    proxy: RawHandleObject,
    id: RawHandleId,
    found: *mut bool,
) -> bool {
    // SAFETY: called by SpiderMonkey with rooted things.
    unsafe {
        native(cx, |cx| {
            let (proxy, id) = (HandleObject::from_raw(proxy), HandleId::from_raw(id));
            rooted!(&in(cx) let mut value = UndefinedValue());
            let result = lookup(cx, proxy, id, value.handle_mut()).and_then(|property| match property {
                Property::OfWindow => {
                    rooted!(&in(cx) let window = GetNonCCWObjectGlobal(proxy.get()));
                    failed(JS_HasOwnPropertyById(cx, window.handle(), id, &mut *found))
                }
                Property::None | Property::Value { .. } | Property::SetOnly => {
                    *found = !matches!(property, Property::None);
                    Ok(())
                }
            });
            succeeded(cx, result)
        })
    }
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-preventextensions>
unsafe extern "C" fn prevent_extensions(
    _: *mut RawJSContext,
    _: RawHandleObject,
    result: *mut ObjectOpResult,
) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { (*result).code_ = JSErrNum::JSMSG_CANT_PREVENT_EXTENSIONS as usize };
    true
}

unsafe extern "C" fn trace(tracer: *mut JSTracer, proxy: *mut JSObject) {
    // SAFETY: called by the collector.
    unsafe {
        if let Some(native) = native_of_proxy(proxy) {
            native.trace(tracer);
        }
    }
}

/// Drops the struct.
unsafe extern "C" fn finalize(_: *mut GCContext, proxy: *mut JSObject) {
    // SAFETY: called by the collector; the slot is not used after this.
    unsafe {
        if let Some(native) = native_of_proxy(proxy) {
            let native = ptr::from_ref(native).cast_mut();
            #[cfg(debug_assertions)]
            super::stress::note_dropped(native.cast_const().cast());
            drop(Box::from_raw(native));
        }
    }
}
