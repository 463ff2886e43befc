//! The `size` functions of the built-in queuing strategies, one of each per global object:
//! <https://streams.spec.whatwg.org/#blqs-internal-slots>.

#![allow(unsafe_code)]

use mozjs::jsapi::{CallArgs, JSContext as RawJSContext};
use mozjs::jsval::{Int32Value, JSVal, ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{JS_GetProperty, JS_NewFunction, ToObjectSlow};

use crate::bindings::callbacks::Function;
use crate::webidl::call::native;
use crate::webidl::*;

/// The functions of a global object, each made when it is first asked for.
#[derive(Default, JSTraceable)]
pub(crate) struct SizeFunctions {
    byte_length: HeapObject,
    count: HeapObject,
}

impl SizeFunctions {
    /// <https://streams.spec.whatwg.org/#byte-length-queuing-strategy-size-function>
    pub(super) fn byte_length(&self, cx: &mut JSContext) -> Fallible<Rooted<Function>> {
        function(cx, &self.byte_length, byte_length_size, 1)
    }

    /// <https://streams.spec.whatwg.org/#count-queuing-strategy-size-function>
    pub(super) fn count(&self, cx: &mut JSContext) -> Fallible<Rooted<Function>> {
        function(cx, &self.count, count_size, 0)
    }
}

/// The function in `place`, in the current realm.
fn function(
    cx: &mut JSContext,
    place: &HeapObject,
    steps: unsafe extern "C" fn(*mut RawJSContext, u32, *mut JSVal) -> bool,
    length: u32,
) -> Fallible<Rooted<Function>> {
    if place.is_null() {
        // SAFETY: a native function and a static name; what is made is put into a traced place at once.
        unsafe {
            let function = JS_NewFunction(cx, Some(steps), length, 0, c"size".as_ptr());
            if function.is_null() {
                return Err(Error::JSFailed);
            }
            rooted!(&in(cx) let object = mozjs::jsapi::JS_GetFunctionObject(function));
            place.set(object.handle());
        }
    }
    rooted!(&in(cx) let value = ObjectValue(place.handle().get()));
    Rooted::<Function>::from_js(cx, value.handle())
}

unsafe extern "C" fn byte_length_size(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey: the arguments are rooted.
    unsafe {
        native(cx, |cx| {
            let args = CallArgs::from_vp(vp, argc);
            // 1. GetV(chunk, "byteLength").
            let chunk = HandleValue::from_raw(args.get(0));
            if chunk.is_null_or_undefined() {
                Error::Type("the chunk is null or undefined, which have no byteLength".into()).throw(cx);
                return false;
            }
            rooted!(&in(cx) let object = if chunk.is_object() {
                chunk.to_object()
            } else {
                ToObjectSlow(cx, chunk, true)
            });
            rooted!(&in(cx) let mut size = UndefinedValue());
            let got = !object.get().is_null()
                && JS_GetProperty(cx, object.handle(), c"byteLength".as_ptr(), size.handle_mut());
            args.rval().set(size.get());
            got
        })
    }
}

unsafe extern "C" fn count_size(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe {
        native(cx, |_| {
            // 1.
            CallArgs::from_vp(vp, argc).rval().set(Int32Value(1));
            true
        })
    }
}
