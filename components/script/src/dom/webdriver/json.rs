//! JavaScript values as JSON and back: <https://w3c.github.io/webdriver/#handling-references>,
//! <https://w3c.github.io/webdriver/#dfn-json-clone>.

#![expect(unsafe_code, reason = "looks into values, makes arrays and objects")]

use std::ptr::NonNull;

use mozjs::conversions::jsstr_to_string;
use mozjs::jsapi::{ESClass, IsCallable, JSITER_OWNONLY, JSObject, JSPROP_ENUMERATE};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::IdVector;
use mozjs::rust::wrappers2::{
    GetBuiltinClass, GetPropertyKeys, JS_DefineElement, JS_DefineUCProperty2, JS_GetElement, JS_GetProperty,
    JS_GetPropertyById, JS_HasOwnProperty, JS_IdToValue, JS_NewPlainObject, NewArrayObject1,
};
use serde_json::{Map, Value, json};

use super::execute::{failed, pending_error};
use super::frames::reference_to;
use crate::automation::{CommandError, ELEMENT_KEY, ErrorCode, FRAME_KEY, WINDOW_KEY};
use crate::bindings::callbacks::Function;
use crate::dom::html::window::Window;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::html_collection::HTMLCollection;
use crate::dom::nodes::node::Node;
use crate::dom::nodes::node_list::NodeList;
use crate::webidl::*;

/// Objects deeper than this are refused, as cycles are.
const DEPTH: usize = 500;

/// The largest integer up to which a double holds each.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// <https://w3c.github.io/webdriver/#dfn-json-clone>; `handle` stands for the window itself.
pub(super) fn json_clone(
    cx: &mut JSContext,
    window: &Window,
    handle: &str,
    value: HandleValue<'_>,
) -> Result<Value, CommandError> {
    Cloner { window, handle, ancestors: Vec::new() }.value(cx, value)
}

struct Cloner<'a> {
    window: &'a Window,
    handle: &'a str,
    /// The objects that we are in.
    ancestors: Vec<RootedObject>,
}

impl Cloner<'_> {
    /// <https://w3c.github.io/webdriver/#dfn-internal-json-clone>
    fn value(&mut self, cx: &mut JSContext, value: HandleValue<'_>) -> Result<Value, CommandError> {
        if value.is_null_or_undefined() {
            return Ok(Value::Null);
        }
        if value.is_boolean() {
            return Ok(value.to_boolean().into());
        }
        if value.is_number() {
            let number = value.to_number();
            let integer = number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER;
            // What is no number has no JSON: null, as `JSON.stringify` has it.
            return Ok(if integer { json!(number as i64) } else { json!(number) });
        }
        if value.is_string() {
            // SAFETY: a rooted string.
            let text = NonNull::new(value.to_string()).map(|string| unsafe { jsstr_to_string(cx, string) });
            return Ok(text.unwrap_or_default().into());
        }
        if !value.is_object() {
            return Err(refused("the result holds a symbol or a BigInt, which have no JSON"));
        }
        // What stands for itself.
        if let Ok(element) = DomRoot::<Element>::from_js(cx, value) {
            if !element.upcast::<Node>().is_connected() {
                let message = "the result holds an element that is in no document";
                return Err(CommandError::new(ErrorCode::StaleElementReference, message));
            }
            return Ok(self.window.reference_to(&element));
        }
        if let Ok(window) = DomRoot::<WindowProxy>::from_js(cx, value) {
            return Ok(match window.is_top_level() {
                true => json!({ WINDOW_KEY: self.handle }),
                false => json!({ FRAME_KEY: reference_to(&window) }),
            });
        }
        rooted!(&in(cx) let object = value.to_object());
        let cyclic = self.ancestors.iter().any(|ancestor| ancestor.handle().get() == object.get());
        if cyclic || self.ancestors.len() >= DEPTH {
            return Err(refused("the result is cyclic, or too deep"));
        }
        self.ancestors.push(RootedObject::from(object.handle()));
        let cloned = self.object(cx, object.handle());
        self.ancestors.pop();
        cloned
    }

    fn object(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> Result<Value, CommandError> {
        if is_collection(cx, object) {
            return self.collection(cx, object);
        }
        // An object that says itself what it is.
        let mut found = false;
        rooted!(&in(cx) let mut member = UndefinedValue());
        // SAFETY: everything passed is rooted, or static.
        let looked = unsafe {
            JS_HasOwnProperty(cx, object, c"toJSON".as_ptr(), &mut found)
                && (!found || JS_GetProperty(cx, object, c"toJSON".as_ptr(), member.handle_mut()))
        };
        if !looked {
            return Err(pending_error(cx));
        }
        // SAFETY: looks at a rooted object.
        if member.is_object() && unsafe { IsCallable(member.to_object()) } {
            let to_json =
                Rooted::<Function>::from_js(cx, member.handle()).map_err(|error| failed(cx, error))?;
            rooted!(&in(cx) let this = ObjectValue(object.get()));
            let called: Fallible<RootedValue> = to_json.call(cx, this.handle(), &[]);
            let text = called.map_err(|error| failed(cx, error))?;
            return self.value(cx, text.handle());
        }
        self.properties(cx, object)
    }

    fn collection(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> Result<Value, CommandError> {
        rooted!(&in(cx) let mut member = UndefinedValue());
        // SAFETY: everything passed is rooted, or static.
        if unsafe { !JS_GetProperty(cx, object, c"length".as_ptr(), member.handle_mut()) } {
            return Err(pending_error(cx));
        }
        let length = u32::from_js(cx, member.handle()).map_err(|error| failed(cx, error))?;
        let mut items = Vec::new();
        for index in 0..length {
            // SAFETY: object and result are rooted.
            if unsafe { !JS_GetElement(cx, object, index, member.handle_mut()) } {
                return Err(pending_error(cx));
            }
            items.push(self.value(cx, member.handle())?);
        }
        Ok(Value::Array(items))
    }

    /// Its own enumerable properties.
    fn properties(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> Result<Value, CommandError> {
        let mut keys = IdVector::new(cx);
        // SAFETY: what is passed is rooted.
        if unsafe { !GetPropertyKeys(cx, object, JSITER_OWNONLY, keys.handle_mut()) } {
            return Err(pending_error(cx));
        }
        let mut members = Map::new();
        rooted!(&in(cx) let mut value = UndefinedValue());
        for key in &*keys {
            rooted!(&in(cx) let id = *key);
            // SAFETY: what is passed is rooted.
            if unsafe { !JS_IdToValue(cx, id.get(), value.handle_mut()) } {
                return Err(pending_error(cx));
            }
            let name = USVString::from_js(cx, value.handle()).map_err(|error| failed(cx, error))?;
            // SAFETY: what is passed is rooted.
            if unsafe { !JS_GetPropertyById(cx, object, id.handle(), value.handle_mut()) } {
                return Err(pending_error(cx));
            }
            members.insert(name.into(), self.value(cx, value.handle())?);
        }
        Ok(Value::Object(members))
    }
}

fn refused(message: &str) -> CommandError {
    CommandError::new(ErrorCode::JavascriptError, message)
}

/// <https://w3c.github.io/webdriver/#dfn-collection>
fn is_collection(cx: &mut JSContext, object: HandleObject<'_>) -> bool {
    rooted!(&in(cx) let value = ObjectValue(object.get()));
    if DomRoot::<HTMLCollection>::from_js(cx, value.handle()).is_ok()
        || DomRoot::<NodeList>::from_js(cx, value.handle()).is_ok()
    {
        return true;
    }
    let mut class = ESClass::Other;
    // SAFETY: the object is rooted.
    unsafe { GetBuiltinClass(cx, object, &mut class) && matches!(class, ESClass::Array | ESClass::Arguments) }
}

/// <https://w3c.github.io/webdriver/#dfn-json-deserialize>, in the current realm.
pub(super) fn json_deserialize(
    cx: &mut JSContext,
    window: &Window,
    value: &Value,
) -> Result<RootedValue, CommandError> {
    rooted!(&in(cx) let mut result = UndefinedValue());
    match value {
        Value::Null => result.set(mozjs::jsval::NullValue()),
        Value::Bool(value) => value.to_jsval(cx, result.handle_mut()),
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN).to_jsval(cx, result.handle_mut()),
        Value::String(text) => USVString::from(&**text).to_jsval(cx, result.handle_mut()),
        Value::Array(items) => {
            // SAFETY: makes an empty array.
            rooted!(&in(cx) let array: *mut JSObject = unsafe { NewArrayObject1(cx, 0) });
            for (index, item) in (0..).zip(items) {
                let item = json_deserialize(cx, window, item)?;
                // SAFETY: array and item are rooted.
                let defined = !array.get().is_null()
                    && unsafe {
                        JS_DefineElement(cx, array.handle(), index, item.handle(), JSPROP_ENUMERATE.into())
                    };
                if !defined {
                    return Err(pending_error(cx));
                }
            }
            result.set(ObjectValue(array.get()));
        }
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get(ELEMENT_KEY) {
                window.known_element(reference)?.to_jsval(cx, result.handle_mut());
                return Ok(result.handle().into());
            }
            // SAFETY: makes an empty object.
            rooted!(&in(cx) let object: *mut JSObject = unsafe { JS_NewPlainObject(cx) });
            for (name, member) in members {
                let member = json_deserialize(cx, window, member)?;
                let name: Vec<u16> = name.encode_utf16().collect();
                // SAFETY: object and member are rooted, the name lives until the call is over.
                let defined = !object.get().is_null()
                    && unsafe {
                        JS_DefineUCProperty2(
                            cx,
                            object.handle(),
                            name.as_ptr(),
                            name.len(),
                            member.handle(),
                            JSPROP_ENUMERATE.into(),
                        )
                    };
                if !defined {
                    return Err(pending_error(cx));
                }
            }
            result.set(ObjectValue(object.get()));
        }
    }
    Ok(result.handle().into())
}
