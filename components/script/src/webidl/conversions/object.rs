//! `any`, `object`, interfaces, promises, and the properties of dictionaries.

#![allow(unsafe_code)]

use std::ffi::CStr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::JSPROP_ENUMERATE;
use mozjs::jsval::{ObjectOrNullValue, ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::JS_DefineProperty;
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue};

use super::FromJs;
use crate::webidl::call::native_of;
use crate::webidl::heap::{HeapObject, HeapValue};
use crate::webidl::keys::get_property;
use crate::webidl::root::{Dom, DomRoot, Rooted};
use crate::webidl::{
    DomInterface, DomObject, Error, Fallible, JSContext, Promise, RootedObject, RootedValue,
    global::out_of_memory,
};

/// `undefined` as a member of a union or the result of a callback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undefined;

impl FromJs for Undefined {
    type Out = ();
    fn from_js(_cx: &mut JSContext, _value: HandleValue<'_>) -> Fallible<()> {
        Ok(())
    }
}

/// <https://webidl.spec.whatwg.org/#js-any>
impl FromJs for RootedValue {
    type Out = RootedValue;
    fn from_js(_cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedValue> {
        Ok(value.into())
    }
}

/// <https://webidl.spec.whatwg.org/#js-object>
impl FromJs for RootedObject {
    type Out = RootedObject;
    fn from_js(_cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedObject> {
        if value.is_object() {
            Ok(RootedObject::from_object(value.to_object()))
        } else {
            Err(Error::Type("is not an object".to_owned()))
        }
    }
}

/// `object?`
pub struct NullableObject;

impl FromJs for NullableObject {
    type Out = RootedObject;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedObject> {
        if value.is_null_or_undefined() {
            Ok(RootedObject::from_object(std::ptr::null_mut()))
        } else {
            RootedObject::from_js(cx, value)
        }
    }
}

/// <https://webidl.spec.whatwg.org/#js-interface>
impl<T: DomInterface> FromJs for DomRoot<T> {
    type Out = DomRoot<T>;
    fn from_js(_cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<DomRoot<T>> {
        if !value.is_object() {
            return Err(Error::Type("is not an object".to_owned()));
        }
        // SAFETY: the value is rooted, and the result is at once.
        match unsafe { native_of::<T>(value.to_object()) } {
            Some(object) => Ok(DomRoot::from_ref(object)),
            None => Err(Error::Type(format!("does not implement interface {}", T::SPEC.name()))),
        }
    }
}

/// <https://webidl.spec.whatwg.org/#js-promise>
impl FromJs for Promise {
    type Out = Promise;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Promise> {
        Promise::from_value(cx, value)
    }
}

impl<T: DomObject> ToJSValConvertible for Rooted<Dom<T>> {
    fn to_jsval(&self, _cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        rval.set(ObjectValue(self.reflector().script_object()));
    }
}

impl ToJSValConvertible for Rooted<HeapValue> {
    fn to_jsval(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.get(rval);
    }
}

impl ToJSValConvertible for Rooted<HeapObject> {
    fn to_jsval(&self, _cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        rval.set(ObjectOrNullValue(self.handle().get()));
    }
}

/// Gets a dictionary's member: undefined if there is no object (the dictionary was undefined or null).
pub fn property(
    cx: &mut JSContext,
    object: Option<HandleObject<'_>>,
    name: &'static CStr,
    mut value: MutableHandleValue<'_>,
) -> Fallible<()> {
    let Some(object) = object else {
        value.set(UndefinedValue());
        return Ok(());
    };
    get_property(cx, object, name, value)
}

/// Sets a member of an object that a dictionary is being turned into.
pub fn set_property(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    name: &'static CStr,
    member: &dyn ToJSValConvertible,
) {
    rooted!(&in(cx) let mut value = UndefinedValue());
    member.to_jsval(cx, value.handle_mut());
    // SAFETY: what is passed is rooted or static.
    if !unsafe { JS_DefineProperty(cx, object, name.as_ptr(), value.handle(), JSPROP_ENUMERATE.into()) } {
        out_of_memory();
    }
}
