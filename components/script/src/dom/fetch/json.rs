//! JSON, as Infra has it: <https://infra.spec.whatwg.org/#json>.

#![allow(unsafe_code)]

use std::ffi::c_void;

use encoding_rs::UTF_8;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::{JS_ParseJSON, ToJSON};

use crate::webidl::*;

/// <https://infra.spec.whatwg.org/#parse-json-bytes-to-a-javascript-value>
pub(crate) fn parse_json_from_bytes(cx: &mut JSContext, bytes: &[u8]) -> Fallible<RootedValue> {
    // 1. UTF-8 decode.
    let (text, _) = UTF_8.decode_with_bom_removal(bytes);
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u32::try_from(units.len()).map_err(|_| Error::Range("the JSON text is too long".into()))?;
    // 2. Parse.
    rooted!(&in(cx) let mut value = UndefinedValue());
    // SAFETY: the units outlive the call, the place is rooted.
    if unsafe { JS_ParseJSON(cx, units.as_ptr(), length, value.handle_mut()) } {
        Ok(value.handle().into())
    } else {
        Err(Error::JSFailed)
    }
}

/// <https://infra.spec.whatwg.org/#serialize-a-javascript-value-to-json-bytes>
pub(crate) fn serialize_to_json_bytes(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Vec<u8>> {
    let mut units: Vec<u16> = Vec::new();
    let write: *mut Vec<u16> = &mut units;
    // 1. Stringify.
    // SAFETY: the callback is given the vector, which outlives the call and is not used meanwhile.
    let written = unsafe {
        ToJSON(cx, value, HandleObject::null(), HandleValue::undefined(), Some(append_units), write.cast())
    };
    if !written {
        return Err(Error::JSFailed);
    }
    // 2. What has no JSON text (undefined, functions).
    if units.is_empty() {
        return Err(Error::Type("the value can't be turned into JSON".into()));
    }
    // 3–4. UTF-8 encode.
    Ok(String::from_utf16_lossy(&units).into_bytes())
}

/// # Safety
/// `data` has to be the vector of `serialize_to_json_bytes`, `units` that many code units.
unsafe extern "C" fn append_units(units: *const u16, count: u32, data: *mut c_void) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let vector = &mut *data.cast::<Vec<u16>>();
        vector.extend_from_slice(std::slice::from_raw_parts(units, count as usize));
    }
    true
}
