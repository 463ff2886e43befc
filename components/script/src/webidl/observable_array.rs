//! Observable arrays: <https://webidl.spec.whatwg.org/#js-observable-arrays>.
//!
//! As the standard has it, script sees a `Proxy` of an array, and the handler's traps are functions of ours. The handler
//! refers to the platform object, in whose struct the list is.

#![allow(unsafe_code)]

use std::ptr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{JSNative, JSObject, JSTracer};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{GetArrayLength, JS_GetElement};
use mozjs::rust::{HandleObject, HandleValue};

use super::args::Args;
use super::call::{conjure, getter_with_rval, native_of, setter};
use super::heap::{HeapObject, HeapValue};
use super::observable_array_proxy::{Handler, array_of};
use super::{DomInterface, DomRefCell, Error, Fallible, FromJs, JSContext, JSTraceable, RootedValue};

/// The list of an observable array attribute, in a field of the struct:
/// <https://webidl.spec.whatwg.org/#observable-array-attribute-backing-list>.
#[derive(Default)]
pub struct ObservableArray {
    /// The proxy, once script has asked for it.
    pub(super) array: HeapObject,
    list: DomRefCell<Vec<HeapValue>>,
}

// SAFETY: all edges are traced.
unsafe impl JSTraceable for ObservableArray {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: called by the collector.
        unsafe {
            self.array.trace(tracer);
            self.list.trace(tracer);
        }
    }
}

impl ObservableArray {
    /// How many values there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.list.borrow().len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at an index, as JavaScript has it.
    pub fn get(&self, index: u32) -> Option<RootedValue> {
        self.list.borrow().get(index as usize).map(HeapValue::root)
    }

    pub(super) fn pop(&self) {
        self.list.borrow_mut().pop();
    }

    pub(super) fn put(&self, index: u32, value: &RootedValue) {
        let mut list = self.list.borrow_mut();
        match list.get(index as usize) {
            Some(place) => place.set(value.handle()),
            None => list.push(HeapValue::new(value.handle())),
        }
    }
}

/// What an attribute's arrays do: its functions, by the type of the attribute.
#[derive(Clone, Copy)]
pub(super) struct Algorithms {
    /// The list in a struct.
    pub(super) list: unsafe fn(*mut JSObject) -> *const ObservableArray,
    /// Converts a value to the attribute's type and back, runs [set an indexed
    /// value](https://webidl.spec.whatwg.org/#observable-array-attribute-set-an-indexed-value), and returns what to
    /// keep. The first step alone if there is no index.
    pub(super) set:
        fn(&mut JSContext, *mut JSObject, HandleValue<'_>, u32, &mut Before<'_>) -> Fallible<RootedValue>,
    /// [Delete an indexed
    /// value](https://webidl.spec.whatwg.org/#observable-array-attribute-delete-an-indexed-value).
    pub(super) delete: fn(&mut JSContext, *mut JSObject, HandleValue<'_>, u32) -> Fallible<()>,
}

/// What happens between the conversion and the setting of a value.
pub(super) type Before<'a> = dyn FnMut(&mut JSContext) -> Fallible<()> + 'a;

/// An attribute whose type is an observable array.
#[derive(Clone, Copy)]
pub struct ObservableArrayAttribute {
    pub(super) getter: JSNative,
    pub(super) setter: JSNative,
}

impl ObservableArrayAttribute {
    /// From the functions for the list and the algorithms; `C` names the conversion of the elements.
    pub const fn new<T, C, L, S, D>(_list: L, _set: S, _delete: D) -> ObservableArrayAttribute
    where
        T: DomInterface,
        C: FromJs<Out: ToJSValConvertible> + 'static,
        L: Fn(&T) -> &ObservableArray + Copy + 'static,
        S: Fn(&mut JSContext, &T, C::Out, u32) -> Fallible<()> + Copy + 'static,
        D: Fn(&mut JSContext, &T, C::Out, u32) -> Fallible<()> + Copy + 'static,
    {
        assert!(
            size_of::<L>() == 0 && size_of::<S>() == 0 && size_of::<D>() == 0,
            "the closures must capture nothing"
        );
        ObservableArrayAttribute {
            getter: getter_with_rval(|cx, this: &T, mut rval| {
                let owner = this.reflector().get_jsobject();
                rval.set(ObjectValue(array_of(cx, owner, algorithms::<T, C, L, S, D>())));
            }),
            setter: setter(|cx, this: &T, args| {
                assign::<C>(cx, this.reflector().get_jsobject(), args, algorithms::<T, C, L, S, D>())
            }),
        }
    }

    /// A read-only attribute.
    pub const fn readonly(mut self) -> ObservableArrayAttribute {
        self.setter = None;
        self
    }
}

/// The algorithms of an attribute; `new` has checked the types of the closures.
fn algorithms<T, C, L, S, D>() -> &'static Algorithms
where
    T: DomInterface,
    C: FromJs<Out: ToJSValConvertible> + 'static,
    L: Fn(&T) -> &ObservableArray + Copy + 'static,
    S: Fn(&mut JSContext, &T, C::Out, u32) -> Fallible<()> + Copy + 'static,
    D: Fn(&mut JSContext, &T, C::Out, u32) -> Fallible<()> + Copy + 'static,
{
    /// # Safety
    /// The object must be a `T`, and rooted.
    unsafe fn list<T: DomInterface, L: Fn(&T) -> &ObservableArray + Copy>(
        owner: *mut JSObject,
    ) -> *const ObservableArray {
        // SAFETY: the caller's promise.
        match unsafe { native_of::<T>(owner) } {
            // SAFETY: `new` checked the closure's type.
            Some(this) => (unsafe { conjure::<L>() })(this),
            None => ptr::null(),
        }
    }
    fn set<T, C, S>(
        cx: &mut JSContext,
        owner: *mut JSObject,
        value: HandleValue<'_>,
        index: u32,
        before: &mut Before<'_>,
    ) -> Fallible<RootedValue>
    where
        T: DomInterface,
        C: FromJs<Out: ToJSValConvertible>,
        S: Fn(&mut JSContext, &T, C::Out, u32) -> Fallible<()> + Copy,
    {
        let value = C::from_js(cx, value)?;
        rooted!(&in(cx) let mut js_value = UndefinedValue());
        value.to_jsval(cx, js_value.handle_mut());
        before(cx)?;
        // SAFETY: the handler or the call keeps the owner alive; `new` checked the closure's type.
        if let Some(this) = unsafe { native_of::<T>(owner) } {
            // SAFETY: as above.
            (unsafe { conjure::<S>() })(cx, this, value, index)?;
        }
        Ok(js_value.handle().into())
    }
    fn delete<T, C, D>(
        cx: &mut JSContext,
        owner: *mut JSObject,
        value: HandleValue<'_>,
        index: u32,
    ) -> Fallible<()>
    where
        T: DomInterface,
        C: FromJs,
        D: Fn(&mut JSContext, &T, C::Out, u32) -> Fallible<()> + Copy,
    {
        // What was converted once is itself.
        let value = C::from_js(cx, value)?;
        // SAFETY: as in `set`.
        match unsafe { native_of::<T>(owner) } {
            // SAFETY: as above.
            Some(this) => (unsafe { conjure::<D>() })(cx, this, value, index),
            None => Ok(()),
        }
    }
    &const { Algorithms { list: list::<T, L>, set: set::<T, C, S>, delete: delete::<T, C, D> } }
}

/// The setter's steps: <https://webidl.spec.whatwg.org/#dfn-attribute-setter>.
fn assign<C: FromJs<Out: ToJSValConvertible>>(
    cx: &mut JSContext,
    owner: HandleObject<'_>,
    args: &Args<'_>,
    algorithms: &'static Algorithms,
) -> Fallible<()> {
    // 4.5.10.1. All are converted before anything changes.
    let values = args.assigned::<Vec<C>>(cx)?;
    rooted!(&in(cx) let mut array = UndefinedValue());
    values.to_jsval(cx, array.handle_mut());
    drop(values);
    let handler = Handler { owner, algorithms };
    // 3. Empty.
    handler.set_length(cx, 0)?;
    // 4–5. One after the other.
    rooted!(&in(cx) let array = array.to_object());
    let mut length = 0;
    // SAFETY: what is passed is rooted.
    unsafe {
        if !GetArrayLength(cx, array.handle(), &mut length) {
            return Err(Error::JSFailed);
        }
        for index in 0..length {
            rooted!(&in(cx) let mut value = UndefinedValue());
            if !JS_GetElement(cx, array.handle(), index, value.handle_mut()) {
                return Err(Error::JSFailed);
            }
            let kept = (algorithms.set)(cx, owner.get(), value.handle(), index, &mut |_| Ok(()))?;
            handler.list().put(handler.list().len(), &kept);
        }
    }
    Ok(())
}
