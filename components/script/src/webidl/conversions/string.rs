//! Strings: <https://webidl.spec.whatwg.org/#js-DOMString>.

#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::{ptr, slice};

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{JS_DeprecatedStringHasLatin1Chars, JSString};
use mozjs::jsval::StringValue;
use mozjs::rust::wrappers2::{
    JS_GetLatin1StringCharsAndLength, JS_GetTwoByteStringCharsAndLength, JS_NewStringCopyN,
    JS_NewUCStringCopyN,
};
use mozjs::rust::{HandleValue, MutableHandleValue, ToString};

use super::FromJs;
use crate::webidl::global::out_of_memory;
use crate::webidl::{ByteString, DOMString, Error, Fallible, JSContext, USVString};

/// `[LegacyNullToEmptyString] T`
pub struct NullToEmpty<T>(PhantomData<T>);

/// A string's characters.
enum Chars<'a> {
    Latin1(&'a [u8]),
    TwoByte(&'a [u16]),
}

/// # Safety
/// `string` must be a live string; the characters are good until the next call that may collect.
unsafe fn chars<'a>(cx: &'a JSContext, string: *mut JSString) -> Chars<'a> {
    // SAFETY: the caller's promise.
    unsafe {
        let mut length = 0;
        if JS_DeprecatedStringHasLatin1Chars(string) {
            let chars = JS_GetLatin1StringCharsAndLength(cx, string, &mut length);
            Chars::Latin1(if chars.is_null() { &[] } else { slice::from_raw_parts(chars, length) })
        } else {
            let chars = JS_GetTwoByteStringCharsAndLength(cx, string, &mut length);
            Chars::TwoByte(if chars.is_null() { &[] } else { slice::from_raw_parts(chars, length) })
        }
    }
}

fn latin1_to_string(latin1: &[u8]) -> String {
    match std::str::from_utf8(latin1) {
        Ok(text) if latin1.is_ascii() => text.to_owned(),
        _ => latin1.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The text of a JavaScript string that is a string already.
///
/// # Safety
/// `string` must be a live string.
pub unsafe fn string_from_js(cx: &JSContext, string: *mut JSString) -> DOMString {
    // SAFETY: the caller's promise.
    match unsafe { chars(cx, string) } {
        Chars::Latin1(latin1) => latin1_to_string(latin1).into(),
        Chars::TwoByte(units) => DOMString::from_code_units(units),
    }
}

fn to_string(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<*mut JSString> {
    // SAFETY: a rooted value.
    let string = unsafe { ToString(cx, value) };
    if string.is_null() { Err(Error::JSFailed) } else { Ok(string) }
}

impl FromJs for DOMString {
    type Out = DOMString;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<DOMString> {
        let string = to_string(cx, value)?;
        // SAFETY: just made, and nothing collects meanwhile.
        Ok(unsafe { string_from_js(cx, string) })
    }
}

/// <https://webidl.spec.whatwg.org/#js-USVString>
impl FromJs for USVString {
    type Out = USVString;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<USVString> {
        let string = to_string(cx, value)?;
        // SAFETY: just made, and nothing collects meanwhile.
        Ok(USVString(match unsafe { chars(cx, string) } {
            Chars::Latin1(latin1) => latin1_to_string(latin1),
            Chars::TwoByte(units) => String::from_utf16_lossy(units),
        }))
    }
}

/// <https://webidl.spec.whatwg.org/#js-ByteString>
impl FromJs for ByteString {
    type Out = ByteString;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<ByteString> {
        let string = to_string(cx, value)?;
        // SAFETY: just made, and nothing collects meanwhile.
        match unsafe { chars(cx, string) } {
            Chars::Latin1(latin1) => Ok(ByteString(latin1.to_vec())),
            Chars::TwoByte(units) => {
                let bytes: Option<Vec<u8>> = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
                bytes.map(ByteString).ok_or_else(|| Error::Type("has a character above U+00FF".to_owned()))
            }
        }
    }
}

impl<C: FromJs> FromJs for NullToEmpty<C>
where
    C::Out: Default,
{
    type Out = C::Out;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<C::Out> {
        if value.is_null() { Ok(C::Out::default()) } else { C::from_js(cx, value) }
    }
}

impl ToJSValConvertible for DOMString {
    fn to_jsval(&self, cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        match self.ill_formed_units() {
            None => self.as_str().to_jsval(cx, rval),
            // SAFETY: SpiderMonkey copies the units.
            Some(units) => unsafe {
                let string = JS_NewUCStringCopyN(cx, units.as_ptr(), units.len());
                rval.set(StringValue(string.as_ref().unwrap_or_else(|| out_of_memory())));
            },
        }
    }
}

impl ToJSValConvertible for USVString {
    fn to_jsval(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.0.as_str().to_jsval(cx, rval);
    }
}

impl ToJSValConvertible for ByteString {
    fn to_jsval(&self, cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        // SAFETY: SpiderMonkey copies the bytes, each to the code unit of its value.
        unsafe {
            let bytes = if self.0.is_empty() { ptr::null() } else { self.0.as_ptr().cast() };
            let string = JS_NewStringCopyN(cx, bytes, self.0.len());
            rval.set(StringValue(string.as_ref().unwrap_or_else(|| out_of_memory())));
        }
    }
}
