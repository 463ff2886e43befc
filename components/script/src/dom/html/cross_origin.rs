//! The functions of windows that other origins may call:
//! <https://html.spec.whatwg.org/multipage/nav-history-apis.html#crossoriginproperties-(-o-)>.
//!
//! They belong to the realm of whoever asks for them: those of the window itself would lead into its realm.

#![expect(unsafe_code, reason = "makes functions")]

use mozjs::jsapi::{JS_GetFunctionObject, JSNative};
use mozjs::jsval::ObjectValue;
use mozjs::rust::wrappers2::JS_NewFunction;

use super::window::Window;
use crate::bindings::dictionaries::WindowPostMessageOptions;
use crate::bindings::interfaces::WindowMethods;
use crate::webidl::call::cross_origin_operation;
use crate::webidl::*;

/// The function `name` in the current realm. NB: a new one each time.
pub(super) fn function(cx: &mut JSContext, name: &str, mut rval: MutableHandleValue<'_>) {
    let (native, length, name): (JSNative, u32, _) = match name {
        "postMessage" => (POST_MESSAGE, 1, c"postMessage"),
        "set location" => (SET_LOCATION, 1, c"set location"),
        "close" => (NOTHING, 0, c"close"),
        "focus" => (FOCUS, 0, c"focus"),
        _ => (NOTHING, 0, c"blur"),
    };
    // SAFETY: the name is static; the function goes to a rooted place at once.
    unsafe {
        let function = JS_NewFunction(cx, native, length, 0, name.as_ptr());
        if !function.is_null() {
            rval.set(ObjectValue(JS_GetFunctionObject(function)));
        }
    }
}

const FOCUS: JSNative = cross_origin_operation::<Window, (), _>(|cx, this, _args| this.Focus(cx));

/// Frames can't be closed by script, and blurring a window does nothing.
const NOTHING: JSNative = cross_origin_operation::<Window, (), _>(|_cx, _this, _args| Ok(()));

const SET_LOCATION: JSNative = cross_origin_operation::<Window, (), _>(|cx, this, args| {
    args.require(cx, 1)?;
    this.window_proxy().set_cross_origin_location(cx, args.at(0))
});

const POST_MESSAGE: JSNative = cross_origin_operation::<Window, (), _>(|cx, this, args| {
    args.require(cx, 1)?;
    // The overload that the second argument says.
    if args.len() > 2 || (args.len() == 2 && !args.at(1).is_null_or_undefined() && !args.at(1).is_object()) {
        let origin = args.get::<USVString>(cx, 1)?;
        let transfer = args.or::<Vec<RootedObject>>(cx, 2, Vec::new)?;
        return this.PostMessage(cx, args.at(0), origin, transfer);
    }
    let options = args.get::<WindowPostMessageOptions>(cx, 1)?;
    this.PostMessage_(cx, args.at(0), &options)
});
