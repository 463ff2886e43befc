//! The property keys of names in IDL: made once on each thread, instead of at each look-up.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::{CStr, c_char};
use std::ptr::{self, NonNull};

use mozjs::jsapi::jsid;
use mozjs::rooted;
use mozjs::rust::wrappers2::{JS_AtomizeAndPinString, JS_GetPropertyById, RUST_INTERNED_STRING_TO_JSID};
use mozjs::rust::{HandleObject, MutableHandleValue};

use super::global::out_of_memory;
use super::{Error, Fallible, JSContext};

/// How many keys are remembered. Names beyond that share places, and are looked up more slowly.
const PLACES: usize = 512;

/// A name's address, and its key.
type Place = Cell<(*const c_char, jsid)>;

thread_local! {
    static KEYS: [Place; PLACES] = const { [const { Cell::new((ptr::null(), jsid { asBits_: 0 })) }; PLACES] };
}

/// Gets a property: `object.name`.
pub(super) fn get_property(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    name: &'static CStr,
    value: MutableHandleValue<'_>,
) -> Fallible<()> {
    rooted!(&in(cx) let key = key(cx, name));
    // SAFETY: what is passed is rooted.
    if unsafe { JS_GetPropertyById(cx, object, key.handle(), value) } { Ok(()) } else { Err(Error::JSFailed) }
}

/// The key of a name. The name's string is never collected, so that neither is the key.
fn key(cx: &mut JSContext, name: &'static CStr) -> jsid {
    let address = name.as_ptr();
    let place = address.addr() % PLACES;
    let (known, key) = KEYS.with(|keys| keys[place].get());
    if known == address {
        return key;
    }
    // SAFETY: the name is static; what is passed is rooted.
    unsafe {
        let Some(string) = NonNull::new(JS_AtomizeAndPinString(cx, address)) else { out_of_memory() };
        rooted!(&in(cx) let mut key = jsid { asBits_: 0 });
        RUST_INTERNED_STRING_TO_JSID(cx, string.as_ptr(), key.handle_mut());
        KEYS.with(|keys| keys[place].set((address, key.get())));
        key.get()
    }
}

/// The thread's runtime ends, and the keys with it.
pub fn forget_property_keys() {
    KEYS.with(|keys| keys.iter().for_each(|place| place.set((ptr::null(), jsid { asBits_: 0 }))));
}
