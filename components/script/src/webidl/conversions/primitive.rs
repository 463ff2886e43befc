//! Symbols and bigints, for which Rust has nothing: they stay JavaScript values.

#![allow(unsafe_code)]

use std::marker::PhantomData;

use mozjs::jsapi::JSType;
use mozjs::jsval::{BigIntValue, NullValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{ToBigInt, ToPrimitive};
use mozjs::rust::{HandleValue, ToNumber};

use super::FromJs;
use crate::webidl::{Error, Fallible, JSContext, RootedValue};

/// `symbol`: <https://webidl.spec.whatwg.org/#js-symbol>
pub struct JsSymbol;

impl FromJs for JsSymbol {
    type Out = RootedValue;
    fn from_js(_cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedValue> {
        if value.is_symbol() { Ok(value.into()) } else { Err(Error::Type("is not a symbol".to_owned())) }
    }
}

/// `bigint`: <https://webidl.spec.whatwg.org/#js-bigint>
pub struct JsBigInt;

impl FromJs for JsBigInt {
    type Out = RootedValue;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedValue> {
        // SAFETY: a rooted value; the result is rooted at once.
        match unsafe { ToBigInt(cx, value).as_ref() } {
            Some(bigint) => Ok(RootedValue::from_value(BigIntValue(bigint))),
            None => Err(Error::JSFailed),
        }
    }
}

/// `T?` of a type whose values stay JavaScript values.
pub struct NullableValue<T>(PhantomData<T>);

impl<C: FromJs<Out = RootedValue>> FromJs for NullableValue<C> {
    type Out = RootedValue;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedValue> {
        if value.is_null_or_undefined() {
            Ok(RootedValue::from_value(NullValue()))
        } else {
            C::from_js(cx, value)
        }
    }
}

/// <https://tc39.es/ecma262/#sec-tonumeric>: a number or a bigint.
pub fn to_numeric(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<RootedValue> {
    rooted!(&in(cx) let mut primitive = value.get());
    // SAFETY: what is passed is rooted.
    unsafe {
        if value.is_object() {
            rooted!(&in(cx) let object = value.to_object());
            if !ToPrimitive(cx, object.handle(), JSType::JSTYPE_NUMBER, primitive.handle_mut()) {
                return Err(Error::JSFailed);
            }
        }
        if primitive.is_bigint() {
            return Ok(primitive.handle().into());
        }
        match ToNumber(cx, primitive.handle()) {
            Ok(number) => Ok(RootedValue::from_value(mozjs::jsval::DoubleValue(number))),
            Err(()) => Err(Error::JSFailed),
        }
    }
}
