//! `maplike` and `setlike`: <https://webidl.spec.whatwg.org/#js-maplike>, <https://webidl.spec.whatwg.org/#js-setlike>.
//!
//! The entries are kept in a `Map` or `Set` that script never sees, so that its iterators are those of the standard, and
//! its order, and what keys are equal.

#![allow(unsafe_code)]

use std::ffi::CStr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::js::{GetFunctionNativeReserved, SetFunctionNativeReserved};
use mozjs::jsapi::{
    CallArgs, HandleValueArray, JS_GetFunctionObject, JSContext as RawJSContext, JSNative, JSTracer,
};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2 as js;
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue};

use super::args::Args;
use super::call::{conjure, getter, native, operation, operation_with_rval};
use super::global::out_of_memory;
use super::heap::HeapObject;
use super::jit::Operation;
use super::{DomInterface, Error, Fallible, FromJs, JSContext, JSTraceable, RootedValue};

/// The functions of a `maplike` or `setlike` declaration.
pub struct Collection {
    pub(super) size: JSNative,
    /// Name, function, and its `length`.
    pub(super) methods: [(&'static CStr, Operation, u16); 9],
    /// The function that is also at `Symbol.iterator`.
    pub(super) iterator: &'static CStr,
    /// For sets, `keys` is the function `values`.
    pub(super) keys_are_values: bool,
    readonly: bool,
    /// The members that the interface has itself.
    own: &'static [&'static str],
}

impl Collection {
    /// Whether the interface has the function of that name by its declaration.
    pub(super) fn has(&self, name: &CStr) -> bool {
        let changes = [c"set", c"add", c"delete", c"clear"].contains(&name);
        let own = name.to_str().is_ok_and(|name| self.own.contains(&name));
        let is_left_out = name.is_empty() || own || (changes && self.readonly);
        !is_left_out
    }

    /// From the function that gives the entries; `K` and `V` name the conversions.
    pub const fn maplike<T, K, V, F>(_entries: F, readonly: bool, own: &'static [&'static str]) -> Collection
    where
        T: DomInterface,
        K: FromJs<Out: ToJSValConvertible> + 'static,
        V: FromJs<Out: ToJSValConvertible> + 'static,
        F: Fn(&T) -> &MapEntries + Copy + 'static,
    {
        assert!(size_of::<F>() == 0, "the closure must capture nothing");
        let entries =
            operation_with_rval(|cx, this: &T, _, rval| map::<T, F>(this).iterate(cx, Kind::Entries, rval));
        let keys =
            operation_with_rval(|cx, this: &T, _, rval| map::<T, F>(this).iterate(cx, Kind::Keys, rval));
        let values =
            operation_with_rval(|cx, this: &T, _, rval| map::<T, F>(this).iterate(cx, Kind::Values, rval));
        let for_each = operation(|cx, this: &T, args| {
            let map = map::<T, F>(this).object(cx);
            for_each(cx, this, args, |cx, callback| {
                // SAFETY: a map, and rooted values.
                unsafe { js::MapForEach(cx, map, callback, args.at(1)) }
            })
        });
        let get = operation_with_rval(|cx, this: &T, args, rval| {
            let key = argument::<K>(cx, args, 0)?;
            map::<T, F>(this).get_value(cx, key.handle(), rval)
        });
        let has = operation(|cx, this: &T, args| {
            let key = argument::<K>(cx, args, 0)?;
            map::<T, F>(this).has_value(cx, key.handle())
        });
        let set = operation_with_rval(|cx, this: &T, args, rval| {
            let key = argument::<K>(cx, args, 0)?;
            let value = argument::<V>(cx, args, 1)?;
            map::<T, F>(this).set_value(cx, key.handle(), value.handle())?;
            return_this(this, rval)
        });
        let delete = operation(|cx, this: &T, args| {
            let key = argument::<K>(cx, args, 0)?;
            map::<T, F>(this).delete_value(cx, key.handle())
        });
        let clear = operation(|cx, this: &T, _| {
            map::<T, F>(this).clear(cx);
            Ok(())
        });
        Collection {
            size: getter(|cx, this: &T| map::<T, F>(this).len(cx)),
            methods: [
                (c"entries", entries, 0),
                (c"keys", keys, 0),
                (c"values", values, 0),
                (c"forEach", for_each, 1),
                (c"get", get, 1),
                (c"has", has, 1),
                (c"set", set, 2),
                (c"delete", delete, 1),
                (c"clear", clear, 0),
            ],
            iterator: c"entries",
            keys_are_values: false,
            readonly,
            own,
        }
    }

    /// From the function that gives the entries; `V` names the conversion.
    pub const fn setlike<T, V, F>(_entries: F, readonly: bool, own: &'static [&'static str]) -> Collection
    where
        T: DomInterface,
        V: FromJs<Out: ToJSValConvertible> + 'static,
        F: Fn(&T) -> &SetEntries + Copy + 'static,
    {
        assert!(size_of::<F>() == 0, "the closure must capture nothing");
        let entries =
            operation_with_rval(|cx, this: &T, _, rval| set::<T, F>(this).iterate(cx, Kind::Entries, rval));
        let values =
            operation_with_rval(|cx, this: &T, _, rval| set::<T, F>(this).iterate(cx, Kind::Values, rval));
        let for_each = operation(|cx, this: &T, args| {
            let set = set::<T, F>(this).object(cx);
            for_each(cx, this, args, |cx, callback| {
                // SAFETY: a set, and rooted values.
                unsafe { js::SetForEach(cx, set, callback, args.at(1)) }
            })
        });
        let has = operation(|cx, this: &T, args| {
            let value = argument::<V>(cx, args, 0)?;
            set::<T, F>(this).has_value(cx, value.handle())
        });
        let add = operation_with_rval(|cx, this: &T, args, rval| {
            let value = argument::<V>(cx, args, 0)?;
            set::<T, F>(this).add_value(cx, value.handle())?;
            return_this(this, rval)
        });
        let delete = operation(|cx, this: &T, args| {
            let value = argument::<V>(cx, args, 0)?;
            set::<T, F>(this).delete_value(cx, value.handle())
        });
        let clear = operation(|cx, this: &T, _| {
            set::<T, F>(this).clear(cx);
            Ok(())
        });
        Collection {
            size: getter(|cx, this: &T| set::<T, F>(this).len(cx)),
            methods: [
                (c"entries", entries, 0),
                (c"values", values, 0),
                (c"forEach", for_each, 1),
                (c"has", has, 1),
                (c"add", add, 1),
                (c"delete", delete, 1),
                (c"clear", clear, 0),
                (c"", Operation::NONE, 0),
                (c"", Operation::NONE, 0),
            ],
            iterator: c"values",
            keys_are_values: true,
            readonly,
            own,
        }
    }
}

fn map<T, F: Fn(&T) -> &MapEntries + Copy>(this: &T) -> &MapEntries {
    // SAFETY: `maplike` checked the closure's type.
    (unsafe { conjure::<F>() })(this)
}

fn set<T, F: Fn(&T) -> &SetEntries + Copy>(this: &T) -> &SetEntries {
    // SAFETY: `setlike` checked the closure's type.
    (unsafe { conjure::<F>() })(this)
}

/// An argument, converted to its type and back: what is kept.
fn argument<C: FromJs<Out: ToJSValConvertible>>(
    cx: &mut JSContext,
    args: &Args<'_>,
    index: u32,
) -> Fallible<RootedValue> {
    let value = args.get::<C>(cx, index)?;
    Ok(to_value(cx, &value))
}

fn to_value(cx: &mut JSContext, value: &impl ToJSValConvertible) -> RootedValue {
    rooted!(&in(cx) let mut js_value = UndefinedValue());
    value.to_jsval(cx, js_value.handle_mut());
    js_value.handle().into()
}

fn return_this<T: DomInterface>(this: &T, mut rval: MutableHandleValue<'_>) -> Fallible<()> {
    rval.set(ObjectValue(this.reflector().get_jsobject().get()));
    Ok(())
}

fn failed(ok: bool) -> Fallible<()> {
    if ok { Ok(()) } else { Err(Error::JSFailed) }
}

/// What an iterator gives.
#[derive(Clone, Copy)]
enum Kind {
    Keys,
    Values,
    Entries,
}

macro_rules! entries {
    ($(#[$doc:meta])* $name:ident, $new:ident, $size:ident, $has:ident, $delete:ident, $clear:ident, $keys:ident, $values:ident, $entries:ident) => {
        $(#[$doc])*
        #[derive(Default)]
        pub struct $name {
            object: HeapObject,
        }

        // SAFETY: the one edge is traced.
        unsafe impl JSTraceable for $name {
            unsafe fn trace(&self, tracer: *mut JSTracer) {
                // SAFETY: called by the collector.
                unsafe { self.object.trace(tracer) }
            }
        }

        impl $name {
            fn object(&self, cx: &mut JSContext) -> HandleObject<'_> {
                if self.object.is_null() {
                    // SAFETY: stored at once.
                    let object = unsafe { js::$new(cx) };
                    if object.is_null() {
                        out_of_memory();
                    }
                    self.object.set_unrooted(object);
                }
                self.object.handle()
            }

            /// How many there are.
            pub fn len(&self, cx: &mut JSContext) -> u32 {
                let object = self.object(cx);
                // SAFETY: it is such an object.
                unsafe { js::$size(cx, object) }
            }

            /// Removes all.
            pub fn clear(&self, cx: &mut JSContext) {
                let object = self.object(cx);
                // SAFETY: it is such an object.
                if !unsafe { js::$clear(cx, object) } {
                    out_of_memory();
                }
            }

            /// Whether there is an entry of that key.
            pub fn has(&self, cx: &mut JSContext, key: &impl ToJSValConvertible) -> bool {
                let key = to_value(cx, key);
                self.has_value(cx, key.handle()).unwrap_or_else(|_| out_of_memory())
            }

            /// Removes an entry; whether it was there.
            pub fn delete(&self, cx: &mut JSContext, key: &impl ToJSValConvertible) -> bool {
                let key = to_value(cx, key);
                self.delete_value(cx, key.handle()).unwrap_or_else(|_| out_of_memory())
            }

            fn has_value(&self, cx: &mut JSContext, key: HandleValue<'_>) -> Fallible<bool> {
                let (object, mut there) = (self.object(cx), false);
                // SAFETY: it is such an object, and a rooted key.
                failed(unsafe { js::$has(cx, object, key, &mut there) }).map(|()| there)
            }

            fn delete_value(&self, cx: &mut JSContext, key: HandleValue<'_>) -> Fallible<bool> {
                let (object, mut there) = (self.object(cx), false);
                // SAFETY: it is such an object, and a rooted key.
                failed(unsafe { js::$delete(cx, object, key, &mut there) }).map(|()| there)
            }

            fn iterate(
                &self,
                cx: &mut JSContext,
                kind: Kind,
                rval: MutableHandleValue<'_>,
            ) -> Fallible<()> {
                let object = self.object(cx);
                // SAFETY: it is such an object, and a rooted place.
                failed(unsafe {
                    match kind {
                        Kind::Keys => js::$keys(cx, object, rval),
                        Kind::Values => js::$values(cx, object, rval),
                        Kind::Entries => js::$entries(cx, object, rval),
                    }
                })
            }
        }
    };
}

entries! {
    /// The entries of a `maplike`, in a field of the struct: <https://webidl.spec.whatwg.org/#map-entries>.
    MapEntries, NewMapObject, MapSize, MapHas, MapDelete, MapClear, MapKeys, MapValues, MapEntries
}
entries! {
    /// The entries of a `setlike`, in a field of the struct: <https://webidl.spec.whatwg.org/#set-entries>.
    SetEntries, NewSetObject, SetSize, SetHas, SetDelete, SetClear, SetKeys, SetValues, SetEntries
}

impl MapEntries {
    /// Sets the value of a key.
    pub fn set(&self, cx: &mut JSContext, key: &impl ToJSValConvertible, value: &impl ToJSValConvertible) {
        let (key, value) = (to_value(cx, key), to_value(cx, value));
        if self.set_value(cx, key.handle(), value.handle()).is_err() {
            out_of_memory();
        }
    }

    /// The value of a key, as JavaScript has it; undefined if there is none.
    pub fn get(&self, cx: &mut JSContext, key: &impl ToJSValConvertible) -> RootedValue {
        let key = to_value(cx, key);
        rooted!(&in(cx) let mut value = UndefinedValue());
        if self.get_value(cx, key.handle(), value.handle_mut()).is_err() {
            out_of_memory();
        }
        value.handle().into()
    }

    fn get_value(
        &self,
        cx: &mut JSContext,
        key: HandleValue<'_>,
        rval: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        let map = self.object(cx);
        // SAFETY: a map, and rooted values.
        failed(unsafe { js::MapGet(cx, map, key, rval) })
    }

    fn set_value(&self, cx: &mut JSContext, key: HandleValue<'_>, value: HandleValue<'_>) -> Fallible<()> {
        let map = self.object(cx);
        // SAFETY: a map, and rooted values.
        failed(unsafe { js::MapSet(cx, map, key, value) })
    }
}

impl SetEntries {
    /// Adds a value.
    pub fn add(&self, cx: &mut JSContext, value: &impl ToJSValConvertible) {
        let value = to_value(cx, value);
        if self.add_value(cx, value.handle()).is_err() {
            out_of_memory();
        }
    }

    fn add_value(&self, cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<()> {
        let set = self.object(cx);
        // SAFETY: a set, and a rooted value.
        failed(unsafe { js::SetAdd(cx, set, value) })
    }
}

/// `forEach`: the engine's own, with a function between that gives the callback the platform object instead of the map.
fn for_each<T: DomInterface>(
    cx: &mut JSContext,
    this: &T,
    args: &Args<'_>,
    run: impl FnOnce(&mut JSContext, HandleValue<'_>) -> bool,
) -> Fallible<()> {
    if !super::generated::is_callable(args.at(0)) {
        return Err(args.error(cx, "Argument 1 is not callable"));
    }
    // SAFETY: the new function is rooted at once; what it keeps is rooted.
    unsafe {
        let function = js::NewFunctionWithReserved(cx, Some(call_back), 3, 0, c"".as_ptr());
        if function.is_null() {
            out_of_memory();
        }
        rooted!(&in(cx) let between = ObjectValue(JS_GetFunctionObject(function)));
        let object = between.to_object();
        SetFunctionNativeReserved(object, 0, &args.at(0).get());
        SetFunctionNativeReserved(object, 1, &ObjectValue(this.reflector().get_jsobject().get()));
        let done = run(cx, between.handle());
        mozjs::panic::maybe_resume_unwind();
        failed(done)
    }
}

/// Calls the callback with value, key and the platform object.
unsafe extern "C" fn call_back(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by the engine's `forEach`; the slots hold what `for_each` put there.
    unsafe {
        native(cx, |cx| {
            let args = CallArgs::from_vp(vp, argc);
            rooted!(&in(cx) let callback = *GetFunctionNativeReserved(args.callee(), 0));
            let object = *GetFunctionNativeReserved(args.callee(), 1);
            rooted!(&in(cx) let values = vec![args.get(0).get(), args.get(1).get(), object]);
            let values = HandleValueArray::from(&values);
            let this = HandleValue::from_raw(args.thisv());
            rooted!(&in(cx) let mut result = UndefinedValue());
            let called = js::Call(cx, this, callback.handle(), &values, result.handle_mut());
            MutableHandleValue::from_raw(args.rval()).set(UndefinedValue());
            called
        })
    }
}
