//! Strings: <https://webidl.spec.whatwg.org/#js-DOMString>.

#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::slice;

use compact_str::CompactString;
use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::JS::shadow;
use mozjs::jsapi::{JS_DeprecatedStringHasLatin1Chars, JSString};
use mozjs::jsval::StringValue;
use mozjs::rust::wrappers2::{
    JS_AtomizeStringN, JS_GetLatin1StringCharsAndLength, JS_GetTwoByteStringCharsAndLength,
    JS_NewStringCopyN, JS_NewUCStringCopyN,
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
#[inline]
unsafe fn chars<'a>(cx: &'a JSContext, string: *mut JSString) -> Chars<'a> {
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(latin1) = latin1_chars(string) {
            return Chars::Latin1(latin1);
        }
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

/// The characters of a string that is in one piece, and Latin-1, as most are: as SpiderMonkey's
/// `js/public/shadow/String.h` has them.
///
/// # Safety
/// As for [`chars`].
#[inline]
unsafe fn latin1_chars<'a>(string: *mut JSString) -> Option<&'a [u8]> {
    const FLAGS: u32 = shadow::String_LINEAR_BIT | shadow::String_LATIN1_CHARS_BIT;
    // SAFETY: the layout that strings have.
    let string = unsafe { &*string.cast::<shadow::String>() };
    // Narrower pointers have the length elsewhere.
    let (flags, length) = (string.flags_ as u32, (string.flags_ as u64 >> 32) as usize);
    if cfg!(not(target_pointer_width = "64")) || flags & FLAGS != FLAGS {
        return None;
    }
    // SAFETY: the flag says which it is.
    unsafe {
        let chars = match flags & shadow::String_INLINE_CHARS_BIT {
            0 => string.__bindgen_anon_1.nonInlineCharsLatin1,
            _ => string.__bindgen_anon_1.inlineStorageLatin1.as_ptr(),
        };
        Some(slice::from_raw_parts(chars, length))
    }
}

#[inline]
fn latin1_to_string(latin1: &[u8]) -> CompactString {
    if latin1.is_ascii() {
        // SAFETY: all ASCII is UTF-8.
        unsafe { str::from_utf8_unchecked(latin1) }.into()
    } else {
        latin1.iter().map(|byte| char::from(*byte)).collect()
    }
}

/// The text of a JavaScript string that is a string already.
///
/// # Safety
/// `string` must be a live string.
#[inline]
pub unsafe fn string_from_js(cx: &JSContext, string: *mut JSString) -> DOMString {
    // SAFETY: the caller's promise.
    match unsafe { chars(cx, string) } {
        Chars::Latin1(latin1) => latin1_to_string(latin1).into(),
        Chars::TwoByte(units) => DOMString::from_code_units(units),
    }
}

#[inline]
fn to_string(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<*mut JSString> {
    // SAFETY: a rooted value.
    let string = unsafe { ToString(cx, value) };
    if string.is_null() { Err(Error::JSFailed) } else { Ok(string) }
}

impl FromJs for DOMString {
    type Out = DOMString;
    #[inline]
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<DOMString> {
        let string = to_string(cx, value)?;
        // SAFETY: just made, and nothing collects meanwhile.
        Ok(unsafe { string_from_js(cx, string) })
    }
}

/// <https://webidl.spec.whatwg.org/#js-USVString>
impl FromJs for USVString {
    type Out = USVString;
    #[inline]
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<USVString> {
        let string = to_string(cx, value)?;
        // SAFETY: just made, and nothing collects meanwhile.
        Ok(match unsafe { chars(cx, string) } {
            Chars::Latin1(latin1) => latin1_to_string(latin1).into(),
            Chars::TwoByte(units) => CompactString::from_utf16_lossy(units).into(),
        })
    }
}

/// <https://webidl.spec.whatwg.org/#js-ByteString>
impl FromJs for ByteString {
    type Out = ByteString;
    #[inline]
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<ByteString> {
        let string = to_string(cx, value)?;
        // SAFETY: just made, and nothing collects meanwhile.
        match unsafe { chars(cx, string) } {
            Chars::Latin1(latin1) => Ok(latin1.into()),
            Chars::TwoByte(units) => {
                let bytes: Option<ByteString> = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
                bytes.ok_or_else(|| Error::Type("has a character above U+00FF".to_owned()))
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

/// A string of Latin-1 characters, which SpiderMonkey copies.
fn put_latin1(cx: &mut JSContext, mut rval: MutableHandleValue<'_>, latin1: &[u8]) {
    // SAFETY: SpiderMonkey copies the bytes, each to the code unit of its value.
    unsafe {
        let string = JS_NewStringCopyN(cx, latin1.as_ptr().cast(), latin1.len());
        rval.set(StringValue(string.as_ref().unwrap_or_else(|| out_of_memory())));
    }
}

fn put_text(cx: &mut JSContext, rval: MutableHandleValue<'_>, text: &str) {
    // Decoding takes longer.
    if text.is_ascii() { put_latin1(cx, rval, text.as_bytes()) } else { text.to_jsval(cx, rval) }
}

/// As `to_jsval`, for a string that is likely to be compared and kept: it is the same one each time if it is short and ASCII.
pub(in crate::webidl) fn to_interned(
    cx: &mut JSContext,
    string: &DOMString,
    mut rval: MutableHandleValue<'_>,
) {
    const SHORT: usize = 64;
    if string.ill_formed_units().is_some() || string.len() > SHORT || !string.is_ascii() {
        return string.to_jsval(cx, rval);
    }
    // SAFETY: SpiderMonkey copies the characters.
    unsafe {
        let atom = JS_AtomizeStringN(cx, string.as_ptr().cast(), string.len());
        rval.set(StringValue(atom.as_ref().unwrap_or_else(|| out_of_memory())));
    }
}

impl ToJSValConvertible for DOMString {
    fn to_jsval(&self, cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        match self.ill_formed_units() {
            None => put_text(cx, rval, self),
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
        put_text(cx, rval, self);
    }
}

impl ToJSValConvertible for ByteString {
    fn to_jsval(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        put_latin1(cx, rval, self);
    }
}
