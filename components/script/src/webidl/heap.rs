//! JavaScript values and objects in fields, and rooted copies of them.

#![allow(unsafe_code)]

use std::cell::OnceCell;
use std::ptr;

use mozjs::jsapi::{Heap, JSObject, JSTracer};
use mozjs::jsval::{JSVal, UndefinedValue};
use mozjs::rust::{HandleObject, HandleValue, MutableHandleObject, MutableHandleValue};

use super::JSTraceable;
use super::root::{Rooted, StableTrace};

/// A JavaScript value in a field. Undefined until it is set.
#[derive(Default)]
pub struct HeapValue {
    /// Boxed: the collector remembers where it is. Made when it is first needed.
    value: OnceCell<Box<Heap<JSVal>>>,
}

/// A JavaScript value, rooted.
pub type RootedValue = Rooted<HeapValue>;

impl HeapValue {
    /// A field with this value.
    pub fn new(value: HandleValue<'_>) -> HeapValue {
        let field = HeapValue::default();
        field.set(value);
        field
    }

    fn place(&self) -> &Heap<JSVal> {
        self.value.get_or_init(|| Heap::boxed(UndefinedValue()))
    }

    /// Sets the value.
    pub fn set(&self, value: HandleValue<'_>) {
        self.set_unrooted(value.get());
    }

    pub(crate) fn set_unrooted(&self, value: JSVal) {
        if self.value.get().is_some() || !value.is_undefined() {
            self.place().set(value);
        }
    }

    /// Copies the value out, for a getter's `rval`.
    pub fn get(&self, mut value: MutableHandleValue<'_>) {
        value.set(self.get_unrooted());
    }

    pub(crate) fn get_unrooted(&self) -> JSVal {
        self.value.get().map_or_else(UndefinedValue, |value| value.get())
    }

    /// The value where it is.
    pub fn handle(&self) -> HandleValue<'_> {
        match self.value.get() {
            // SAFETY: the field can only be reached from what is rooted, and is traced by its owner.
            Some(value) => unsafe { HandleValue::from_raw(value.handle()) },
            None => HandleValue::undefined(),
        }
    }

    /// A rooted copy.
    pub fn root(&self) -> RootedValue {
        RootedValue::from_value(self.get_unrooted())
    }

    /// Whether the value is undefined.
    pub fn is_undefined(&self) -> bool {
        self.get_unrooted().is_undefined()
    }
}

impl Clone for HeapValue {
    fn clone(&self) -> HeapValue {
        HeapValue::new(self.handle())
    }
}

// SAFETY: the one edge is traced.
unsafe impl JSTraceable for HeapValue {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        if let Some(value) = self.value.get() {
            // SAFETY: called by the collector.
            unsafe { value.trace(tracer) }
        }
    }
}

// SAFETY: the box does not move, and once made is not replaced.
unsafe impl StableTrace for HeapValue {
    type Target = HeapValue;
    fn stable_trace(&self) -> *const dyn JSTraceable {
        let place: *const Heap<JSVal> = self.place();
        place
    }
    fn target(&self) -> &HeapValue {
        self
    }
}

impl RootedValue {
    /// Roots a value. (One that came from a handle's `get` just now.)
    pub fn from_value(value: JSVal) -> RootedValue {
        let field = HeapValue::default();
        field.set_unrooted(value);
        Rooted::from_unrooted(field)
    }
}

impl From<HandleValue<'_>> for RootedValue {
    fn from(value: HandleValue<'_>) -> RootedValue {
        RootedValue::from_value(value.get())
    }
}

impl Default for RootedValue {
    /// Undefined.
    fn default() -> RootedValue {
        RootedValue::from_value(UndefinedValue())
    }
}

/// A JavaScript object in a field. Null until it is set.
#[derive(Default)]
pub struct HeapObject {
    /// As in [`HeapValue`].
    object: OnceCell<Box<Heap<*mut JSObject>>>,
}

/// A JavaScript object, rooted.
pub type RootedObject = Rooted<HeapObject>;

impl HeapObject {
    /// A field with this object.
    pub fn new(object: HandleObject<'_>) -> HeapObject {
        let field = HeapObject::default();
        field.set(object);
        field
    }

    fn place(&self) -> &Heap<*mut JSObject> {
        self.object.get_or_init(|| Heap::boxed(ptr::null_mut()))
    }

    /// Sets the object.
    pub fn set(&self, object: HandleObject<'_>) {
        self.set_unrooted(object.get());
    }

    pub(crate) fn set_unrooted(&self, object: *mut JSObject) {
        if self.object.get().is_some() || !object.is_null() {
            self.place().set(object);
        }
    }

    /// Copies the object out.
    pub fn get(&self, mut object: MutableHandleObject<'_>) {
        object.set(self.get_unrooted());
    }

    pub(crate) fn get_unrooted(&self) -> *mut JSObject {
        self.object.get().map_or(ptr::null_mut(), |object| object.get())
    }

    /// The object where it is.
    pub fn handle(&self) -> HandleObject<'_> {
        match self.object.get() {
            // SAFETY: the field can only be reached from what is rooted, and is traced by its owner.
            Some(object) => unsafe { HandleObject::from_raw(object.handle()) },
            None => HandleObject::null(),
        }
    }

    /// A rooted copy.
    pub fn root(&self) -> RootedObject {
        RootedObject::from_object(self.get_unrooted())
    }

    /// Whether there is no object.
    pub fn is_null(&self) -> bool {
        self.get_unrooted().is_null()
    }
}

impl Clone for HeapObject {
    fn clone(&self) -> HeapObject {
        HeapObject::new(self.handle())
    }
}

// SAFETY: the one edge is traced.
unsafe impl JSTraceable for HeapObject {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        if let Some(object) = self.object.get() {
            // SAFETY: called by the collector.
            unsafe { object.trace(tracer) }
        }
    }
}

// SAFETY: the box does not move, and once made is not replaced.
unsafe impl StableTrace for HeapObject {
    type Target = HeapObject;
    fn stable_trace(&self) -> *const dyn JSTraceable {
        let place: *const Heap<*mut JSObject> = self.place();
        place
    }
    fn target(&self) -> &HeapObject {
        self
    }
}

impl RootedObject {
    /// Roots an object. (One that came from a handle's `get` or an allocation just now.)
    pub fn from_object(object: *mut JSObject) -> RootedObject {
        let field = HeapObject::default();
        field.set_unrooted(object);
        Rooted::from_unrooted(field)
    }
}

impl From<HandleObject<'_>> for RootedObject {
    fn from(object: HandleObject<'_>) -> RootedObject {
        RootedObject::from_object(object.get())
    }
}
