//! Booleans and numbers: <https://webidl.spec.whatwg.org/#js-boolean>, <https://webidl.spec.whatwg.org/#js-integer-types>.

#![allow(unsafe_code)]

use std::marker::PhantomData;

use mozjs::rust::{HandleValue, ToBoolean, ToInt32, ToInt64, ToNumber, ToUint32, ToUint64};

use super::FromJs;
use crate::webidl::{Error, Fallible, JSContext};

/// `[Clamp] T`
pub struct Clamp<T>(PhantomData<T>);
/// `[EnforceRange] T`
pub struct EnforceRange<T>(PhantomData<T>);
/// `unrestricted float` and `unrestricted double`
pub struct Unrestricted<T>(PhantomData<T>);

impl FromJs for bool {
    type Out = bool;
    fn from_js(_cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<bool> {
        // SAFETY: a rooted value.
        Ok(unsafe { ToBoolean(value) })
    }
}

fn number(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<f64> {
    // SAFETY: a rooted value.
    unsafe { ToNumber(cx, value) }.map_err(|()| Error::JSFailed)
}

macro_rules! integers {
    ($($type:ident $convert:ident $min:expr, $max:expr;)*) => {$(
        impl FromJs for $type {
            type Out = $type;
            fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<$type> {
                // Modulo the size, as the conversion to 32 or 64 bits is.
                // SAFETY: a rooted value.
                unsafe { $convert(cx, value) }.map(|number| number as $type).map_err(|()| Error::JSFailed)
            }
        }

        impl FromJs for Clamp<$type> {
            type Out = $type;
            fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<$type> {
                let number = number(cx, value)?;
                // Casts saturate at the type's limits; those of 64-bit types are narrower here. NaN becomes 0.
                Ok(number.clamp($min, $max).round_ties_even() as $type)
            }
        }

        impl FromJs for EnforceRange<$type> {
            type Out = $type;
            fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<$type> {
                let number = number(cx, value)?;
                if !number.is_finite() {
                    return Err(Error::Type(format!("is {number}, not a finite number")));
                }
                let integer = number.trunc();
                if !($min..=$max).contains(&integer) {
                    return Err(Error::Type(format!("is {integer}, out of the range of {}", stringify!($type))));
                }
                Ok(integer as $type)
            }
        }
    )*};
}

// https://webidl.spec.whatwg.org/#abstract-opdef-converttoint: 64-bit types are clamped and enforced to what a
// double holds exactly.
integers! {
    i8 ToInt32 f64::from(i8::MIN), f64::from(i8::MAX);
    u8 ToInt32 0.0, f64::from(u8::MAX);
    i16 ToInt32 f64::from(i16::MIN), f64::from(i16::MAX);
    u16 ToInt32 0.0, f64::from(u16::MAX);
    i32 ToInt32 f64::from(i32::MIN), f64::from(i32::MAX);
    u32 ToUint32 0.0, f64::from(u32::MAX);
    i64 ToInt64 -9007199254740991.0, 9007199254740991.0;
    u64 ToUint64 0.0, 9007199254740991.0;
}

impl FromJs for Unrestricted<f64> {
    type Out = f64;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<f64> {
        number(cx, value)
    }
}

impl FromJs for Unrestricted<f32> {
    type Out = f32;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<f32> {
        number(cx, value).map(|number| number as f32)
    }
}

const NOT_FINITE: &str = "is not a finite floating-point value";

impl FromJs for f64 {
    type Out = f64;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<f64> {
        let number = number(cx, value)?;
        if number.is_finite() { Ok(number) } else { Err(Error::Type(NOT_FINITE.to_owned())) }
    }
}

impl FromJs for f32 {
    type Out = f32;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<f32> {
        // Also what is finite as a double may not be as a float.
        let number = number(cx, value)? as f32;
        if number.is_finite() { Ok(number) } else { Err(Error::Type(NOT_FINITE.to_owned())) }
    }
}
