//! JavaScript values as text that shows what they are: `{a: 1, b: [2, "x"]}`.

#![expect(unsafe_code, reason = "looks into values")]

use std::fmt::Write as _;
use std::ptr::{self, NonNull};

use mozjs::conversions::jsstr_to_string;
use mozjs::jsapi::{
    ESClass, JS_GetObjectFunction, JS_GetTypedArrayLength, JS_IsTypedArrayObject, JSFunction, JSITER_OWNONLY,
    JSObject, JSString, PromiseState, PropertyDescriptor,
};
use mozjs::jsval::{ObjectValue, StringValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    GetArrayLength, GetBuiltinClass, GetPromiseState, GetPropertyKeys, JS_ClearPendingException,
    JS_GetElement, JS_GetFunctionId, JS_GetOwnPropertyDescriptor, JS_GetOwnPropertyDescriptorById,
    JS_GetPrototype, JS_IdToValue, JS_ValueToSource, MapEntries, MapSize, SetSize, SetValues,
};
use mozjs::rust::{IdVector, ToString, for_of};

use crate::runtime::exception;
use crate::webidl::*;

/// Objects deeper than this are named, not shown.
const DEPTH: usize = 3;
/// Of more elements or properties than this the rest is counted.
const ITEMS: usize = 100;

/// A value as text. It runs as little of the page's script as can be: no getters.
pub(super) fn inspect(cx: &mut JSContext, value: HandleValue<'_>) -> String {
    let mut inspector = Inspector { depth: 0, ancestors: Vec::new() };
    let text = inspector.value(cx, value);
    // SAFETY: no precondition. What failed on the way (a proxy's trap, say) does not matter.
    unsafe { JS_ClearPendingException(cx) };
    text
}

/// The text of a string.
pub(super) fn text_of_string(cx: &mut JSContext, value: HandleValue<'_>) -> String {
    debug_assert!(value.is_string());
    // SAFETY: a rooted string.
    NonNull::new(value.to_string()).map(|string| unsafe { jsstr_to_string(cx, string) }).unwrap_or_default()
}

struct Inspector {
    depth: usize,
    /// The objects that we are in, to see cycles. Only compared; nothing moves them: they are tenured or rooted.
    ancestors: Vec<RootedObject>,
}

impl Inspector {
    fn value(&mut self, cx: &mut JSContext, value: HandleValue<'_>) -> String {
        if value.is_string() {
            let text = text_of_string(cx, value);
            return if self.depth == 0 { text } else { quote(&text) };
        }
        if value.is_double() && value.to_double() == 0.0 && value.to_double().is_sign_negative() {
            return "-0".into();
        }
        if value.is_bigint() {
            return primitive_text(cx, value).map_or("0n".into(), |text| text + "n");
        }
        if value.is_symbol() {
            // SAFETY: a rooted value.
            let source = unsafe { JS_ValueToSource(cx, value) };
            return source_text(cx, source).unwrap_or_else(|| "Symbol()".into());
        }
        if !value.is_object() {
            return primitive_text(cx, value).unwrap_or_default();
        }
        rooted!(&in(cx) let object = value.to_object());
        self.object(cx, object.handle())
    }

    fn object(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> String {
        let mut class = ESClass::Other;
        // SAFETY: the object is rooted.
        if unsafe { !GetBuiltinClass(cx, object, &mut class) } {
            return "[object]".into();
        }
        match class {
            ESClass::Error => return self.error(cx, object),
            ESClass::Function => return function(cx, object),
            ESClass::Date | ESClass::RegExp => {
                rooted!(&in(cx) let value = ObjectValue(object.get()));
                // SAFETY: a rooted value.
                let source = unsafe { ToString(cx, value.handle()) };
                return source_text(cx, source).unwrap_or_else(|| "[object]".into());
            }
            _ => {}
        }
        let name = constructor_name(cx, object);
        if is_dom_exception(&name) {
            return self.error(cx, object);
        }
        if self.ancestors.iter().any(|ancestor| ancestor.handle().get() == object.get()) {
            return "[circular]".into();
        }
        if self.depth >= DEPTH {
            return match class {
                ESClass::Array => "[…]".into(),
                _ => format!("{} {{…}}", name.as_deref().unwrap_or("Object")),
            };
        }
        self.depth += 1;
        self.ancestors.push(RootedObject::from(object));
        let text = match class {
            ESClass::Array => self.array(cx, object),
            ESClass::Map => self.map(cx, object),
            ESClass::Set => self.set(cx, object),
            ESClass::Promise => promise(object),
            // SAFETY: looks at the class.
            _ if unsafe { JS_IsTypedArrayObject(object.get()) } => {
                self.typed_array(cx, object, name.as_deref())
            }
            _ => self.properties(cx, object, name.as_deref()),
        };
        self.ancestors.pop();
        self.depth -= 1;
        text
    }

    fn error(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> String {
        rooted!(&in(cx) let value = ObjectValue(object.get()));
        let information = exception::extract(cx, value.handle());
        match information.stack {
            Some(stack) if self.depth == 0 => {
                let stack: String = stack.lines().map(|line| format!("\n    {line}")).collect();
                information.message + &stack
            }
            _ => information.message,
        }
    }

    fn array(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> String {
        let mut length = 0;
        // SAFETY: a rooted array.
        unsafe { GetArrayLength(cx, object, &mut length) };
        let items = self.elements(cx, object, length as usize);
        format!("[{items}]")
    }

    fn typed_array(&mut self, cx: &mut JSContext, object: HandleObject<'_>, name: Option<&str>) -> String {
        // SAFETY: a rooted typed array.
        let length = unsafe { JS_GetTypedArrayLength(object.get()) };
        let items = self.elements(cx, object, length);
        format!("{}({length}) [{items}]", name.unwrap_or("TypedArray"))
    }

    fn elements(&mut self, cx: &mut JSContext, object: HandleObject<'_>, length: usize) -> String {
        let mut items = Vec::new();
        rooted!(&in(cx) let mut element = UndefinedValue());
        for index in 0..length.min(ITEMS) {
            // SAFETY: object and result are rooted. (An element that is a getter is run; those are rare.)
            if unsafe { !JS_GetElement(cx, object, index as u32, element.handle_mut()) } {
                break;
            }
            items.push(self.value(cx, element.handle()));
        }
        rest(&mut items, length);
        items.join(", ")
    }

    fn map(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> String {
        // SAFETY: a rooted map.
        let size = unsafe { MapSize(cx, object) } as usize;
        let items = self.iterated(cx, |cx, entries| {
            // SAFETY: map and result are rooted.
            unsafe { MapEntries(cx, object, entries) }
        });
        let mut shown = Vec::new();
        for entry in items {
            rooted!(&in(cx) let pair = entry.handle().to_object());
            rooted!(&in(cx) let mut part = UndefinedValue());
            // SAFETY: everything is rooted; an entry is an array of two.
            unsafe { JS_GetElement(cx, pair.handle(), 0, part.handle_mut()) };
            let key = self.value(cx, part.handle());
            // SAFETY: as above.
            unsafe { JS_GetElement(cx, pair.handle(), 1, part.handle_mut()) };
            shown.push(format!("{key} → {}", self.value(cx, part.handle())));
        }
        rest(&mut shown, size);
        format!("Map({size}) {{{}}}", shown.join(", "))
    }

    fn set(&mut self, cx: &mut JSContext, object: HandleObject<'_>) -> String {
        // SAFETY: a rooted set.
        let size = unsafe { SetSize(cx, object) } as usize;
        let items = self.iterated(cx, |cx, values| {
            // SAFETY: set and result are rooted.
            unsafe { SetValues(cx, object, values) }
        });
        let mut shown: Vec<_> = items.iter().map(|value| self.value(cx, value.handle())).collect();
        rest(&mut shown, size);
        format!("Set({size}) {{{}}}", shown.join(", "))
    }

    /// The first values that an iterator gives.
    fn iterated(
        &self,
        cx: &mut JSContext,
        iterator: impl FnOnce(&mut JSContext, MutableHandleValue<'_>) -> bool,
    ) -> Vec<RootedValue> {
        let mut items = Vec::new();
        rooted!(&in(cx) let mut values = UndefinedValue());
        if iterator(cx, values.handle_mut()) {
            let _ = for_of::<_, _, ()>(cx, values.handle(), |_cx, value| {
                items.push(RootedValue::from(value));
                Ok(if items.len() < ITEMS {
                    std::ops::ControlFlow::Continue(())
                } else {
                    std::ops::ControlFlow::Break(())
                })
            });
        }
        items
    }

    /// The own enumerable properties of an object.
    fn properties(&mut self, cx: &mut JSContext, object: HandleObject<'_>, name: Option<&str>) -> String {
        let mut keys = IdVector::new(cx);
        // SAFETY: object and vector are rooted.
        if unsafe { !GetPropertyKeys(cx, object, JSITER_OWNONLY, keys.handle_mut()) } {
            return "[object]".into();
        }
        let mut shown = Vec::new();
        for key in keys.iter().take(ITEMS) {
            rooted!(&in(cx) let id = *key);
            rooted!(&in(cx) let mut key = UndefinedValue());
            rooted!(&in(cx) let mut descriptor = PropertyDescriptor::default());
            let mut is_none = false;
            // SAFETY: everything is rooted.
            let found = unsafe {
                JS_IdToValue(cx, id.get(), key.handle_mut())
                    && JS_GetOwnPropertyDescriptorById(
                        cx,
                        object,
                        id.handle(),
                        descriptor.handle_mut(),
                        &mut is_none,
                    )
            };
            if !found || is_none {
                continue;
            }
            let mut text = primitive_text(cx, key.handle()).unwrap_or_default();
            if !is_identifier(&text) {
                text = quote(&text);
            }
            if !descriptor.getter_.is_null() || !descriptor.setter_.is_null() {
                shown.push(format!("{text}: [accessor]"));
            } else {
                rooted!(&in(cx) let value = descriptor.value_);
                shown.push(format!("{text}: {}", self.value(cx, value.handle())));
            }
        }
        rest(&mut shown, keys.len());
        let properties = format!("{{{}}}", shown.join(", "));
        match name {
            None | Some("Object") => properties,
            Some(name) => format!("{name} {properties}"),
        }
    }
}

fn rest(items: &mut Vec<String>, count: usize) {
    if count > items.len() {
        items.push(format!("… {} more", count - items.len()));
    }
}

fn is_dom_exception(name: &Option<String>) -> bool {
    matches!(name.as_deref(), Some("DOMException" | "QuotaExceededError"))
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\r' => quoted += "\\r",
            '\t' => quoted += "\\t",
            c if c.is_control() => {
                // Writing to a string does not fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The text of a primitive; no script runs.
fn primitive_text(cx: &mut JSContext, value: HandleValue<'_>) -> Option<String> {
    // SAFETY: a rooted value.
    let string = unsafe { ToString(cx, value) };
    source_text(cx, string)
}

fn source_text(cx: &mut JSContext, string: *mut JSString) -> Option<String> {
    match NonNull::new(string) {
        // SAFETY: just made, and nothing allocates before it is read.
        Some(string) => Some(unsafe { jsstr_to_string(cx, string) }),
        None => {
            // SAFETY: no precondition.
            unsafe { JS_ClearPendingException(cx) };
            None
        }
    }
}

fn promise(object: HandleObject<'_>) -> String {
    // SAFETY: a rooted promise.
    let state = match unsafe { GetPromiseState(object) } {
        PromiseState::Pending => "pending",
        PromiseState::Fulfilled => "fulfilled",
        PromiseState::Rejected => "rejected",
    };
    format!("Promise {{{state}}}")
}

fn function(cx: &mut JSContext, object: HandleObject<'_>) -> String {
    // SAFETY: the object is rooted; null where it is a callable that is no function.
    let function = unsafe { JS_GetObjectFunction(object.get()) };
    match function_name(cx, function) {
        Some(name) if !name.is_empty() => format!("function {name}()"),
        _ => "function ()".into(),
    }
}

fn function_name(cx: &mut JSContext, function: *mut JSFunction) -> Option<String> {
    if function.is_null() {
        return None;
    }
    rooted!(&in(cx) let function = function);
    rooted!(&in(cx) let mut name: *mut JSString = ptr::null_mut());
    // SAFETY: everything is rooted.
    if unsafe { !JS_GetFunctionId(cx, function.handle(), name.handle_mut()) } || name.get().is_null() {
        return None;
    }
    // SAFETY: it is not null, and rooted.
    let string = unsafe { &*name.get() };
    rooted!(&in(cx) let name = StringValue(string));
    Some(text_of_string(cx, name.handle()))
}

/// The name of the function that is its prototype's own `constructor`.
fn constructor_name(cx: &mut JSContext, object: HandleObject<'_>) -> Option<String> {
    rooted!(&in(cx) let mut prototype: *mut JSObject = ptr::null_mut());
    rooted!(&in(cx) let mut descriptor = PropertyDescriptor::default());
    let mut is_none = false;
    // SAFETY: everything is rooted.
    let found = unsafe {
        JS_GetPrototype(cx, object, prototype.handle_mut())
            && !prototype.get().is_null()
            && JS_GetOwnPropertyDescriptor(
                cx,
                prototype.handle(),
                c"constructor".as_ptr(),
                descriptor.handle_mut(),
                &mut is_none,
            )
    };
    if !found || is_none || !descriptor.value_.is_object() {
        return None;
    }
    // SAFETY: looks at the object alone.
    let function = unsafe { JS_GetObjectFunction(descriptor.value_.to_object()) };
    function_name(cx, function)
}
