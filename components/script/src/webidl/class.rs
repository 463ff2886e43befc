//! The SpiderMonkey classes of DOM objects, and how a reflector leads to its struct.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::ptr;

use mozjs::glue::SetProxyReservedSlot;
use mozjs::jsapi::js::{ProxyClassExtension, ProxyClassOps, ProxyObjectOps};
use mozjs::jsapi::{
    AddAssociatedMemory, GCContext, JS_GlobalObjectTraceHook, JS_MayResolveStandardClass,
    JS_NewEnumerateStandardClasses, JS_ResolveStandardClass, JSCLASS_DELAY_METADATA_BUILDER,
    JSCLASS_FOREGROUND_FINALIZE, JSCLASS_GLOBAL_FLAGS, JSCLASS_IS_DOMJSCLASS, JSCLASS_IS_PROXY,
    JSCLASS_RESERVED_SLOTS_MASK, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSClass_NON_NATIVE, JSClassOps,
    JSObject, JSTracer, MemoryUse, RemoveAssociatedMemory,
};
use mozjs::jsval::JSVal;
use mozjs::rust::{get_object_class, is_dom_class};

use super::global::RealmData;
use super::{DomObject, Reflector};

/// Names an interface in [`DomClass::chain`] and in the tables. Consecutive from 0.
pub type InterfaceId = u16;

/// The reserved slot that holds the pointer to the struct. JIT code of SpiderMonkey relies on its being 0.
pub const DOM_OBJECT_SLOT: u32 = 0;
/// The first of the slots for attributes' values, in objects that keep some.
pub const FIRST_CACHED_SLOT: u32 = 1;
/// A global object's slot for the pointer to its [`RealmData`].
pub const REALM_DATA_SLOT: u32 = 1;

/// The class of an interface's objects. Every class with `JSCLASS_IS_DOMJSCLASS` is one.
#[repr(C)]
pub struct DomClass {
    /// First, so that a pointer to it is a pointer to the whole.
    base: JSClass,
    /// The interface's ancestors from the root down, and itself.
    chain: &'static [InterfaceId],
    /// What finalises and traces its objects' structs.
    hooks: &'static JSClassOps,
    /// How many attributes' values its objects keep.
    cached_values: u32,
}

// SAFETY: never written to; what it points to is static.
unsafe impl Sync for DomClass {}

impl DomClass {
    /// The class of plain objects of an interface.
    pub const fn plain(
        name: &'static CStr,
        ops: &'static JSClassOps,
        chain: &'static [InterfaceId],
    ) -> DomClass {
        let flags = JSCLASS_IS_DOMJSCLASS | JSCLASS_FOREGROUND_FINALIZE | (1 << JSCLASS_RESERVED_SLOTS_SHIFT);
        DomClass::with_flags(name, flags, ops, chain)
    }

    /// The class of a global.
    pub const fn global(
        name: &'static CStr,
        ops: &'static JSClassOps,
        chain: &'static [InterfaceId],
    ) -> DomClass {
        let flags = JSCLASS_IS_DOMJSCLASS | JSCLASS_FOREGROUND_FINALIZE | JSCLASS_GLOBAL_FLAGS;
        DomClass::with_flags(name, flags, ops, chain)
    }

    /// The class of legacy platform objects, which are proxies; their handler uses the hooks.
    pub const fn proxy(
        name: &'static CStr,
        hooks: &'static JSClassOps,
        chain: &'static [InterfaceId],
    ) -> DomClass {
        // As SpiderMonkey's `PROXY_CLASS_DEF` has it.
        let flags = JSCLASS_IS_DOMJSCLASS
            | JSCLASS_IS_PROXY
            | JSCLASS_DELAY_METADATA_BUILDER
            | JSClass_NON_NATIVE
            | (1 << JSCLASS_RESERVED_SLOTS_SHIFT);
        let mut class = DomClass::with_flags(name, flags, hooks, chain);
        class.base.cOps = &raw const ProxyClassOps;
        class.base.ext = &raw const ProxyClassExtension;
        class.base.oOps = &raw const ProxyObjectOps;
        class
    }

    /// With places for the values of so many attributes. Objects have room for own properties, too: SpiderMonkey gives them
    /// an even number of places.
    pub const fn with_cached_values(mut self, count: u32) -> DomClass {
        let slots = (FIRST_CACHED_SLOT + count) | 1;
        assert!(slots < 16, "compiled code and `reserved_slot` look for them right in the object");
        self.base.flags &= !(JSCLASS_RESERVED_SLOTS_MASK << JSCLASS_RESERVED_SLOTS_SHIFT);
        self.base.flags |= slots << JSCLASS_RESERVED_SLOTS_SHIFT;
        self.cached_values = count;
        self
    }

    const fn with_flags(
        name: &'static CStr,
        flags: u32,
        hooks: &'static JSClassOps,
        chain: &'static [InterfaceId],
    ) -> DomClass {
        let base = JSClass {
            name: name.as_ptr(),
            flags,
            cOps: hooks,
            spec: ptr::null(),
            ext: ptr::null(),
            oOps: ptr::null(),
        };
        DomClass { base, chain, hooks, cached_values: 0 }
    }

    /// What finalises and traces its objects' structs.
    pub(super) fn hooks(&self) -> &'static JSClassOps {
        self.hooks
    }

    /// For SpiderMonkey.
    pub fn as_js_class(&'static self) -> &'static JSClass {
        &self.base
    }

    /// Whether objects of this class are of the interface `id`, that has `depth` ancestors.
    pub fn derives_from(&self, id: InterfaceId, depth: usize) -> bool {
        self.chain.get(depth) == Some(&id)
    }

    /// Whether this is a class of global objects.
    pub fn is_global(&self) -> bool {
        self.base.flags & mozjs::jsapi::JSCLASS_IS_GLOBAL != 0
    }

    /// The interface that objects of this class are made for.
    pub fn interface(&self) -> InterfaceId {
        self.chain.last().copied().unwrap_or_default()
    }
}

/// The hooks of plain objects whose struct is a `T`.
pub const fn class_ops<T: DomObject>() -> JSClassOps {
    JSClassOps {
        addProperty: None,
        delProperty: None,
        enumerate: None,
        newEnumerate: None,
        resolve: None,
        mayResolve: None,
        finalize: Some(finalize::<T>),
        call: None,
        construct: None,
        trace: Some(trace::<T>),
    }
}

/// The hooks of global objects whose struct is a `T`.
pub const fn global_class_ops<T: DomObject>() -> JSClassOps {
    JSClassOps {
        newEnumerate: Some(JS_NewEnumerateStandardClasses),
        resolve: Some(JS_ResolveStandardClass),
        mayResolve: Some(JS_MayResolveStandardClass),
        finalize: Some(finalize_global::<T>),
        trace: Some(trace_global::<T>),
        ..class_ops::<T>()
    }
}

/// Drops the struct. (A panic in a destructor aborts: it must not go through SpiderMonkey's frames.)
unsafe extern "C" fn finalize<T: DomObject>(_: *mut GCContext, object: *mut JSObject) {
    // SAFETY: the slot holds what `adopt` put there, or nothing. It is not used after this.
    unsafe {
        if let Some(native) = private_of(object) {
            RemoveAssociatedMemory(object, size_of::<T>(), MemoryUse::DOMBinding);
            #[cfg(debug_assertions)]
            super::stress::note_dropped(native.cast());
            drop(Box::from_raw(native.cast_mut().cast::<T>()));
        }
    }
}

unsafe extern "C" fn trace<T: DomObject>(tracer: *mut JSTracer, object: *mut JSObject) {
    // SAFETY: the slot holds what `adopt` put there, or nothing.
    unsafe {
        if let Some(native) = private_of(object) {
            (*native.cast::<T>()).trace(tracer);
        }
    }
}

unsafe extern "C" fn finalize_global<T: DomObject>(context: *mut GCContext, object: *mut JSObject) {
    // SAFETY: as for plain objects.
    unsafe {
        RealmData::drop_from(object);
        finalize::<T>(context, object);
    }
}

unsafe extern "C" fn trace_global<T: DomObject>(tracer: *mut JSTracer, object: *mut JSObject) {
    // SAFETY: as for plain objects; the engine's own hook comes first.
    unsafe {
        JS_GlobalObjectTraceHook(tracer, object);
        RealmData::trace_in(tracer, object);
        trace::<T>(tracer, object);
    }
}

/// Makes `object` own `native`.
///
/// # Safety
/// `object` must be a fresh object of a class whose hooks are `class_ops::<T>` or its like.
pub(super) unsafe fn adopt<T: DomObject>(object: *mut JSObject, native: Box<T>) -> *const T {
    let native = Box::into_raw(native);
    // SAFETY: the caller's promise.
    unsafe {
        if (*get_object_class(object)).flags & JSCLASS_IS_PROXY != 0 {
            SetProxyReservedSlot(
                object,
                DOM_OBJECT_SLOT,
                &mozjs::jsval::PrivateValue(native.cast_const().cast()),
            );
        } else {
            set_slot(object, DOM_OBJECT_SLOT, native.cast_const().cast());
        }
        (*native).reflector().set_jsobject(object);
        AddAssociatedMemory(object, size_of::<T>(), MemoryUse::DOMBinding);
        #[cfg(debug_assertions)]
        super::stress::note_alive((*native).reflector());
    }
    native
}

/// The place of a reserved slot of an object that is no proxy, as SpiderMonkey's `js/public/shadow/Object.h` has it: the
/// first reserved slots come right after the object's header.
///
/// # Safety
/// The object must be no proxy, and have that reserved slot, one of the first 16.
unsafe fn reserved_slot(object: *mut JSObject, slot: u32) -> *mut JSVal {
    const HEADER: usize = if size_of::<usize>() == 8 { 3 } else { 2 };
    // SAFETY: the caller's promise.
    let place = unsafe { object.cast::<JSVal>().add(HEADER + slot as usize) };
    #[cfg(debug_assertions)]
    // SAFETY: as above.
    unsafe {
        let mut value = mozjs::jsval::UndefinedValue();
        mozjs::glue::JS_GetReservedSlot(object, slot, &mut value);
        debug_assert_eq!((*place).asBits_, value.asBits_, "the layout of objects is another one");
    }
    place
}

/// # Safety
/// The object must be no proxy and have that reserved slot, one of the first 16, for pointers alone.
pub(super) unsafe fn set_slot(object: *mut JSObject, slot: u32, pointer: *const std::ffi::c_void) {
    // SAFETY: the caller's promise; nothing that the collector would have to be told of comes or goes.
    unsafe { *reserved_slot(object, slot) = mozjs::jsval::PrivateValue(pointer) }
}

/// # Safety
/// The object must be no proxy and have that reserved slot, one of the first 16, for pointers alone.
pub(super) unsafe fn get_slot(object: *mut JSObject, slot: u32) -> *const std::ffi::c_void {
    // SAFETY: the caller's promise.
    let value = unsafe { *reserved_slot(object, slot) };
    if value.is_undefined() { ptr::null() } else { value.to_private() }
}

/// The value of an attribute that an object keeps; undefined if it has to be made.
///
/// # Safety
/// The object's class must have places for more than `index` of them.
pub(super) unsafe fn cached_value(object: *mut JSObject, index: u32) -> JSVal {
    // SAFETY: the caller's promise.
    unsafe { *reserved_slot(object, FIRST_CACHED_SLOT + index) }
}

/// Has an object keep the value of an attribute.
///
/// # Safety
/// The object's class must have places for more than `index` of them.
pub(super) unsafe fn cache_value(object: *mut JSObject, index: u32, value: &JSVal) {
    // SAFETY: the caller's promise.
    unsafe { mozjs::jsapi::JS_SetReservedSlot(object, FIRST_CACHED_SLOT + index, value) }
}

/// Forgets the values that an object keeps.
pub(super) fn forget_cached_values(object: *mut JSObject) {
    let Some(class) = dom_class(object) else { return };
    for index in 0..class.cached_values {
        // SAFETY: the class has so many.
        unsafe {
            if !cached_value(object, index).is_undefined() {
                cache_value(object, index, &mozjs::jsval::UndefinedValue());
            }
        }
    }
}

/// The pointer to the struct of an object of a [`DomClass`]: in its first reserved slot, where compiled code looks, too.
///
/// # Safety
/// The object's class must be a [`DomClass`].
unsafe fn private_of(object: *mut JSObject) -> Option<*const std::ffi::c_void> {
    // SAFETY: the caller's promise.
    let value: JSVal = unsafe {
        if (*get_object_class(object)).flags & JSCLASS_IS_PROXY != 0 {
            let mut value = mozjs::jsval::UndefinedValue();
            mozjs::glue::GetProxyReservedSlot(object, DOM_OBJECT_SLOT, &mut value);
            value
        } else {
            *reserved_slot(object, DOM_OBJECT_SLOT)
        }
    };
    (!value.is_undefined()).then(|| value.to_private())
}

/// The class of any object, if it is a DOM object.
#[allow(clippy::not_unsafe_ptr_arg_deref, reason = "whoever has an object's address has it rooted")]
pub(crate) fn dom_class(object: *mut JSObject) -> Option<&'static DomClass> {
    if object.is_null() {
        return None;
    }
    // SAFETY: an object has a class; a DOM class is the beginning of a `DomClass`.
    unsafe {
        let class = get_object_class(object);
        is_dom_class(&*class).then(|| &*class.cast::<DomClass>())
    }
}

/// The class of a reflector; None before it is made.
pub(super) fn class_of(reflector: &Reflector) -> Option<&'static DomClass> {
    dom_class(reflector.get_jsobject().get())
}

/// The struct of an object of a [`DomClass`].
///
/// # Safety
/// The object's struct must be a `T`, or begin with one; the reference is good for as long as the object is rooted.
pub(super) unsafe fn native<'a, T>(object: *mut JSObject) -> Option<&'a T> {
    // SAFETY: the caller's promise.
    unsafe { private_of(object).map(|native| &*native.cast::<T>()) }
}
