//! Sequences, records, frozen arrays: <https://webidl.spec.whatwg.org/#js-sequence>.

#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ops::{ControlFlow, Deref};

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{
    HandleValueArray, JSITER_HIDDEN, JSITER_OWNONLY, JSITER_SYMBOLS, JSPROP_ENUMERATE, JSTracer,
    PropertyDescriptor,
};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    Call, GetPropertyKeys, JS_DefineUCProperty2, JS_FreezeObject, JS_GetOwnPropertyDescriptorById,
    JS_GetProperty, JS_GetPropertyById, JS_IdToValue, JS_NewPlainObject,
};
use mozjs::rust::{ForOfIterationFailure, HandleValue, IdVector, MutableHandleValue, ToBoolean, for_of};

use super::FromJs;
use crate::webidl::call::gc_point;
use crate::webidl::global::out_of_memory;
use crate::webidl::{
    ByteString, DOMString, Error, Fallible, JSContext, JSTraceable, RootedObject, RootedValue, USVString,
};

impl<C: FromJs> FromJs for Vec<C> {
    type Out = Vec<C::Out>;

    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Vec<C::Out>> {
        if !value.is_object() {
            return Err(Error::Type("can't be converted to a sequence".to_owned()));
        }
        let mut elements = Vec::new();
        let result = for_of(cx, value, |cx: &mut JSContext, element| {
            gc_point(cx);
            let index = elements.len();
            let element = C::from_js(cx, element).map_err(|error| {
                ForOfIterationFailure::Other(error.within(|| format!("element {index} ")))
            })?;
            elements.push(element);
            Ok(ControlFlow::Continue(()))
        });
        match result {
            Ok(()) => Ok(elements),
            Err(ForOfIterationFailure::ValueIsNotIterable) => {
                Err(Error::Type("can't be converted to a sequence".to_owned()))
            }
            Err(ForOfIterationFailure::JSFailed) => Err(Error::JSFailed),
            Err(ForOfIterationFailure::Other(error)) => Err(error),
        }
    }
}

/// What an iterable object is converted to once its iterator method is known, so that it is asked for once alone.
pub trait FromIterable: FromJs {
    /// <https://webidl.spec.whatwg.org/#create-sequence-from-iterable>
    fn from_method(cx: &mut JSContext, value: HandleValue<'_>, method: &RootedValue) -> Fallible<Self::Out>;
}

impl<C: FromJs> FromIterable for Vec<C> {
    fn from_method(
        cx: &mut JSContext,
        value: HandleValue<'_>,
        method: &RootedValue,
    ) -> Fallible<Vec<C::Out>> {
        rooted!(&in(cx) let mut next = UndefinedValue());
        rooted!(&in(cx) let mut iterator = UndefinedValue());
        rooted!(&in(cx) let mut item = UndefinedValue());
        let none = HandleValueArray::empty();
        let mut elements = Vec::new();
        // SAFETY: what is passed is rooted or static.
        unsafe {
            // Step 1: the iterator, and its method.
            failed(Call(cx, value, method.handle(), &none, iterator.handle_mut()))?;
            let object = object_of(iterator.handle())?;
            failed(JS_GetProperty(cx, object.handle(), c"next".as_ptr(), next.handle_mut()))?;
            // Step 3: value by value.
            loop {
                gc_point(cx);
                failed(Call(cx, iterator.handle(), next.handle(), &none, item.handle_mut()))?;
                let result = object_of(item.handle())?;
                failed(JS_GetProperty(cx, result.handle(), c"done".as_ptr(), item.handle_mut()))?;
                if ToBoolean(item.handle()) {
                    return Ok(elements);
                }
                failed(JS_GetProperty(cx, result.handle(), c"value".as_ptr(), item.handle_mut()))?;
                let index = elements.len();
                let element = C::from_js(cx, item.handle());
                elements.push(element.map_err(|error| error.within(|| format!("element {index} ")))?);
            }
        }
    }
}

/// An exception is pending unless `ok`.
fn failed(ok: bool) -> Fallible<()> {
    if ok { Ok(()) } else { Err(Error::JSFailed) }
}

fn object_of(value: HandleValue<'_>) -> Fallible<RootedObject> {
    match value.is_object() {
        true => Ok(RootedObject::from_object(value.to_object())),
        false => Err(Error::Type("has an iterator that gives no object".to_owned())),
    }
}

/// `record<K, V>`: an ordered map, <https://webidl.spec.whatwg.org/#idl-record>.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<K, V>(pub Vec<(K, V)>);

impl<K, V> Default for Record<K, V> {
    fn default() -> Record<K, V> {
        Record(Vec::new())
    }
}

impl<K, V> Deref for Record<K, V> {
    type Target = [(K, V)];
    fn deref(&self) -> &[(K, V)] {
        &self.0
    }
}

impl<K, V> IntoIterator for Record<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

// SAFETY: everything in it is traced.
unsafe impl<K: JSTraceable, V: JSTraceable> JSTraceable for Record<K, V> {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: called by the collector.
        unsafe { self.0.trace(tracer) }
    }
}

/// <https://webidl.spec.whatwg.org/#js-record>
impl<K: FromJs, V: FromJs> FromJs for Record<K, V>
where
    K::Out: PartialEq,
{
    type Out = Record<K::Out, V::Out>;

    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Record<K::Out, V::Out>> {
        // Step 1: only objects are records.
        if !value.is_object() {
            return Err(Error::Type("is not an object".to_owned()));
        }
        rooted!(&in(cx) let object = value.to_object());
        let mut entries: Vec<(K::Out, V::Out)> = Vec::new();
        // Step 3: its own keys, in order.
        let mut keys = IdVector::new(cx);
        let flags = JSITER_OWNONLY | JSITER_HIDDEN | JSITER_SYMBOLS;
        // SAFETY: what is passed is rooted.
        if !unsafe { GetPropertyKeys(cx, object.handle(), flags, keys.handle_mut()) } {
            return Err(Error::JSFailed);
        }
        for key in &*keys {
            rooted!(&in(cx) let id = *key);
            // Steps 4.1 and 4.2: those that are enumerable when their turn comes.
            let mut is_none = false;
            rooted!(&in(cx) let mut descriptor = PropertyDescriptor::default());
            // SAFETY: what is passed is rooted.
            if !unsafe {
                JS_GetOwnPropertyDescriptorById(
                    cx,
                    object.handle(),
                    id.handle(),
                    descriptor.handle_mut(),
                    &mut is_none,
                )
            } {
                return Err(Error::JSFailed);
            }
            if is_none || !descriptor.enumerable_() {
                continue;
            }
            // Steps 4.2.1 to 4.2.3: convert key and value.
            rooted!(&in(cx) let mut js_value = UndefinedValue());
            // SAFETY: what is passed is rooted.
            if !unsafe { JS_IdToValue(cx, id.get(), js_value.handle_mut()) } {
                return Err(Error::JSFailed);
            }
            let key =
                K::from_js(cx, js_value.handle()).map_err(|error| error.within(|| "a key ".to_owned()))?;
            // SAFETY: what is passed is rooted.
            if !unsafe { JS_GetPropertyById(cx, object.handle(), id.handle(), js_value.handle_mut()) } {
                return Err(Error::JSFailed);
            }
            let value =
                V::from_js(cx, js_value.handle()).map_err(|error| error.within(|| "a value ".to_owned()))?;
            // Step 4.2.4: a later value replaces that of an equal key.
            match entries.iter_mut().find(|(other, _)| *other == key) {
                Some(entry) => entry.1 = value,
                None => entries.push((key, value)),
            }
        }
        Ok(Record(entries))
    }
}

/// A record's keys.
pub trait RecordKey {
    /// The name of the property.
    fn property_name(&self) -> Vec<u16>;
}

impl RecordKey for DOMString {
    fn property_name(&self) -> Vec<u16> {
        self.to_code_units().into_owned()
    }
}

impl RecordKey for USVString {
    fn property_name(&self) -> Vec<u16> {
        self.encode_utf16().collect()
    }
}

impl RecordKey for ByteString {
    fn property_name(&self) -> Vec<u16> {
        self.iter().copied().map(u16::from).collect()
    }
}

impl<K: RecordKey, V: ToJSValConvertible> ToJSValConvertible for Record<K, V> {
    fn to_jsval(&self, cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        // SAFETY: what is passed is rooted.
        unsafe {
            rooted!(&in(cx) let object = JS_NewPlainObject(cx));
            if object.get().is_null() {
                out_of_memory();
            }
            rooted!(&in(cx) let mut js_value = UndefinedValue());
            for (key, value) in &self.0 {
                let name = key.property_name();
                value.to_jsval(cx, js_value.handle_mut());
                let attributes = JSPROP_ENUMERATE.into();
                let (name, length) = (name.as_ptr(), name.len());
                if !JS_DefineUCProperty2(cx, object.handle(), name, length, js_value.handle(), attributes) {
                    out_of_memory();
                }
            }
            rval.set(ObjectValue(object.get()));
        }
    }
}

/// `FrozenArray<T>`: a new frozen array of the converted elements.
pub struct FrozenArray<T>(PhantomData<T>);

/// <https://webidl.spec.whatwg.org/#js-frozen-array>
impl<C: FromJs> FromJs for FrozenArray<C>
where
    C::Out: ToJSValConvertible,
{
    type Out = RootedValue;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedValue> {
        let elements = Vec::<C>::from_js(cx, value)?;
        rooted!(&in(cx) let mut array = UndefinedValue());
        to_frozen_array(cx, &elements, array.handle_mut());
        Ok(RootedValue::from_value(array.get()))
    }
}

impl<C: FromJs> FromIterable for FrozenArray<C>
where
    C::Out: ToJSValConvertible,
{
    fn from_method(
        cx: &mut JSContext,
        value: HandleValue<'_>,
        method: &RootedValue,
    ) -> Fallible<RootedValue> {
        let elements = Vec::<C>::from_method(cx, value, method)?;
        rooted!(&in(cx) let mut array = UndefinedValue());
        to_frozen_array(cx, &elements, array.handle_mut());
        Ok(RootedValue::from_value(array.get()))
    }
}

/// A new `FrozenArray<T>` (keep it in a [`HeapValue`](crate::webidl::HeapValue): a getter returns the same one until
/// the attribute changes): <https://webidl.spec.whatwg.org/#create-frozen-array>.
pub fn to_frozen_array<T: ToJSValConvertible>(
    cx: &mut JSContext,
    elements: &[T],
    mut rval: MutableHandleValue<'_>,
) {
    elements.to_jsval(cx, rval.reborrow());
    rooted!(&in(cx) let array = rval.to_object());
    // SAFETY: what is passed is rooted.
    if !unsafe { JS_FreezeObject(cx, array.handle()) } {
        out_of_memory();
    }
}
