//! Observable array exotic objects: <https://webidl.spec.whatwg.org/#js-observable-arrays>.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::ptr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::glue::SetDataPropertyDescriptor;
use mozjs::jsapi::{
    CallArgs, HandleValueArray, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSContext as RawJSContext,
    JSITER_HIDDEN, JSITER_OWNONLY, JSITER_SYMBOLS, JSNative, JSObject, JSPROP_ENUMERATE, JSPROP_PERMANENT,
    JSProtoKey, ObjectOpResult, PropertyDescriptor, jsid,
};
use mozjs::jsval::{BooleanValue, JSVal, ObjectValue, UInt32Value, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2 as js;
use mozjs::rust::{
    HandleObject, HandleValue, IdVector, MutableHandle, MutableHandleValue, ToNumber, ToUint32,
};

use super::call::native;
use super::global::out_of_memory;
use super::observable_array::{Algorithms, ObservableArray};
use super::property_descriptor::to_descriptor;
use super::proxy_lookup::{array_index, failed};
use super::{DOMString, Error, Fallible, FromJs, JSContext, class, string_from_js};

/// The handler of a proxy: whose array it is, and what it does.
pub(super) struct Handler<'a> {
    pub(super) owner: HandleObject<'a>,
    pub(super) algorithms: &'static Algorithms,
}

/// A property key.
enum Key {
    Length,
    Index(u32),
    Other,
}

impl Handler<'_> {
    pub(super) fn list(&self) -> &ObservableArray {
        // SAFETY: the owner is of the interface, and lives as long as the handler.
        unsafe { &*(self.algorithms.list)(self.owner.get()) }
    }

    fn delete(&self, cx: &mut JSContext, index: u32) -> Fallible<()> {
        match self.list().get(index) {
            Some(value) => (self.algorithms.delete)(cx, self.owner.get(), value.handle(), index),
            None => Ok(()),
        }
    }

    /// <https://webidl.spec.whatwg.org/#observable-array-exotic-object-set-the-length>, with a length that is one.
    pub(super) fn set_length(&self, cx: &mut JSContext, length: u32) -> Fallible<bool> {
        // 5. It only shrinks.
        if length > self.list().len() {
            return Ok(false);
        }
        // 6–8. From the end.
        while self.list().len() > length {
            self.delete(cx, self.list().len() - 1)?;
            self.list().pop();
        }
        Ok(true)
    }

    /// The first steps of the same: what is assigned has to be a length.
    fn assign_length(&self, cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<bool> {
        // SAFETY: a rooted value.
        let (length, number) = unsafe {
            let length = ToUint32(cx, value).map_err(|()| Error::JSFailed)?;
            (length, ToNumber(cx, value).map_err(|()| Error::JSFailed)?)
        };
        if f64::from(length) != number {
            return Err(Error::Range("the length is not a valid one".to_owned()));
        }
        self.set_length(cx, length)
    }

    /// <https://webidl.spec.whatwg.org/#observable-array-exotic-object-set-the-indexed-value>
    fn set_item(&self, cx: &mut JSContext, index: u32, value: HandleValue<'_>) -> Fallible<bool> {
        let old_length = self.list().len();
        // 3. No holes.
        if index > old_length {
            return Ok(false);
        }
        // 4–6. Convert, delete what was there, set.
        let mut before = |cx: &mut JSContext| {
            if index < old_length { self.delete(cx, index) } else { Ok(()) }
        };
        let kept = (self.algorithms.set)(cx, self.owner.get(), value, index, &mut before)?;
        // 7–8.
        self.list().put(index, &kept);
        Ok(true)
    }
}

struct HandlerClass(JSClass);
// SAFETY: never written to.
unsafe impl Sync for HandlerClass {}

/// The class of handlers: slot 0 holds the owner, slot 1 the algorithms.
static HANDLER_CLASS: HandlerClass = HandlerClass(JSClass {
    name: c"ObservableArrayHandler".as_ptr(),
    flags: 2 << JSCLASS_RESERVED_SLOTS_SHIFT,
    cOps: ptr::null(),
    spec: ptr::null(),
    ext: ptr::null(),
    oOps: ptr::null(),
});

/// The array of an object's attribute, made when it is first asked for:
/// <https://webidl.spec.whatwg.org/#creating-an-observable-array-exotic-object>.
pub(super) fn array_of(
    cx: &mut JSContext,
    owner: HandleObject<'_>,
    algorithms: &'static Algorithms,
) -> *mut JSObject {
    // SAFETY: the owner is of the interface whose algorithms these are.
    let list = unsafe { &*(algorithms.list)(owner.get()) };
    if !list.array.is_null() {
        return list.array.handle().get();
    }
    let mut realm = mozjs::realm::AutoRealm::new_from_handle(cx, owner);
    let cx: &mut JSContext = &mut realm;
    // SAFETY: what is passed is rooted or static. A failure means that memory has run out.
    unsafe {
        rooted!(&in(cx) let inner = js::NewArrayObject1(cx, 0));
        rooted!(&in(cx) let handler = js::JS_NewObjectWithGivenProto(cx, &HANDLER_CLASS.0, HandleObject::null()));
        if inner.get().is_null() || handler.get().is_null() {
            out_of_memory();
        }
        mozjs::jsapi::JS_SetReservedSlot(handler.get(), 0, &ObjectValue(owner.get()));
        class::set_slot(handler.get(), 1, ptr::from_ref(algorithms).cast());
        let traps: [(&CStr, JSNative, u32); 8] = [
            (c"defineProperty", Some(define_property), 3),
            (c"deleteProperty", Some(delete_property), 2),
            (c"get", Some(get), 3),
            (c"getOwnPropertyDescriptor", Some(get_own_property_descriptor), 2),
            (c"has", Some(has), 2),
            (c"ownKeys", Some(own_keys), 1),
            (c"preventExtensions", Some(prevent_extensions), 0),
            (c"set", Some(set), 4),
        ];
        for (name, trap, length) in traps {
            if js::JS_DefineFunction(
                cx,
                handler.handle(),
                name.as_ptr(),
                trap,
                length,
                JSPROP_ENUMERATE.into(),
            )
            .is_null()
            {
                out_of_memory();
            }
        }
        rooted!(&in(cx) let mut constructor = ptr::null_mut::<JSObject>());
        if !js::JS_GetClassObject(cx, JSProtoKey::JSProto_Proxy, constructor.handle_mut()) {
            out_of_memory();
        }
        rooted!(&in(cx) let constructor = ObjectValue(constructor.get()));
        rooted!(&in(cx) let arguments = vec![ObjectValue(inner.get()), ObjectValue(handler.get())]);
        let arguments = HandleValueArray::from(&arguments);
        rooted!(&in(cx) let mut proxy = ptr::null_mut::<JSObject>());
        if !js::Construct1(cx, constructor.handle(), &arguments, proxy.handle_mut()) {
            out_of_memory();
        }
        list.array.set(proxy.handle());
        proxy.get()
    }
}

/// What a trap has: the handler, the inner array, the key, and the arguments.
struct Trap<'a> {
    handler: Handler<'a>,
    target: HandleObject<'a>,
    args: &'a CallArgs,
}

impl Trap<'_> {
    fn argument(&self, index: u32) -> HandleValue<'_> {
        // SAFETY: arguments are rooted for as long as the call lasts.
        unsafe { HandleValue::from_raw(self.args.get(index)) }
    }

    fn list(&self) -> &ObservableArray {
        self.handler.list()
    }

    /// The second argument as a property key.
    fn id(&self, cx: &mut JSContext, id: MutableHandle<'_, jsid>) -> Fallible<()> {
        // SAFETY: what is passed is rooted.
        failed(unsafe { js::JS_ValueToId(cx, self.argument(1), id) })
    }

    fn key(&self, cx: &mut JSContext) -> Key {
        let value = self.argument(1);
        if !value.is_string() {
            return Key::Other;
        }
        // SAFETY: a live string.
        let name = unsafe { string_from_js(cx, value.to_string()) };
        if *name == *"length" {
            return Key::Length;
        }
        array_index(&name).map_or(Key::Other, Key::Index)
    }
}

/// Whether an operation on the inner array succeeded, where that is no exception.
fn succeeded(result: &ObjectOpResult) -> bool {
    result.code_ == 0
}

/// What a trap does.
type Steps = fn(&mut JSContext, &Trap<'_>, MutableHandleValue<'_>) -> Fallible<()>;

/// Runs a trap.
///
/// # Safety
/// For natives.
unsafe fn run(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal, steps: Steps) -> bool {
    // SAFETY: the engine calls traps on their handler, with the proxy's target; both are rooted by the call.
    unsafe {
        native(cx, |cx| {
            let args = CallArgs::from_vp(vp, argc);
            rooted!(&in(cx) let handler = args.thisv().to_object());
            let mut owner = UndefinedValue();
            mozjs::glue::JS_GetReservedSlot(handler.get(), 0, &mut owner);
            rooted!(&in(cx) let owner = owner.to_object());
            let algorithms = &*class::get_slot(handler.get(), 1).cast::<Algorithms>();
            let target = if args.argc_ > 0 { args.get(0).to_object() } else { ptr::null_mut() };
            rooted!(&in(cx) let target = target);
            let handler = Handler { owner: owner.handle(), algorithms };
            let trap = Trap { handler, target: target.handle(), args: &args };
            let result = steps(cx, &trap, MutableHandleValue::from_raw(args.rval()));
            result.map_err(|error| error.throw(cx)).is_ok()
        })
    }
}

macro_rules! traps {
    ($($(#[$doc:meta])* $name:ident |$cx:ident, $trap:ident, $rval:ident| $body:block)*) => {$(
        $(#[$doc])*
        unsafe extern "C" fn $name(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
            let steps: Steps = |$cx, $trap, mut $rval| $body;
            // SAFETY: called by SpiderMonkey.
            unsafe { run(cx, argc, vp, steps) }
        }
    )*};
}

traps! {
    /// <https://webidl.spec.whatwg.org/#js-observable-array-defineProperty>
    define_property |cx, trap, rval| {
        rooted!(&in(cx) let mut descriptor = PropertyDescriptor::default());
        to_descriptor(cx, trap.argument(2), descriptor.handle_mut())?;
        let accessor = descriptor.hasGetter_() || descriptor.hasSetter_();
        // What these properties always are must not be asked to be otherwise.
        let denied = |configurable: bool, enumerable: bool| {
            accessor
                || (descriptor.hasConfigurable_() && descriptor.configurable_() == configurable)
                || (descriptor.hasEnumerable_() && descriptor.enumerable_() == enumerable)
                || (descriptor.hasWritable_() && !descriptor.writable_())
        };
        rooted!(&in(cx) let value = descriptor.value_);
        let done = match trap.key(cx) {
            Key::Length if denied(true, true) => false,
            Key::Length if descriptor.hasValue_() => trap.handler.assign_length(cx, value.handle())?,
            Key::Index(_) if denied(false, false) => false,
            Key::Index(index) if descriptor.hasValue_() => trap.handler.set_item(cx, index, value.handle())?,
            Key::Length | Key::Index(_) => true,
            Key::Other => {
                rooted!(&in(cx) let mut id = jsid::default());
                trap.id(cx, id.handle_mut())?;
                let mut result = ObjectOpResult { code_: 0 };
                // SAFETY: what is passed is rooted.
                failed(unsafe {
                    js::JS_DefinePropertyById(cx, trap.target, id.handle(), descriptor.handle(), &mut result)
                })?;
                succeeded(&result)
            }
        };
        rval.set(BooleanValue(done));
        Ok(())
    }

    /// <https://webidl.spec.whatwg.org/#js-observable-array-deleteProperty>
    delete_property |cx, trap, rval| {
        let done = match trap.key(cx) {
            Key::Length => false,
            // The last one alone: there are no holes.
            Key::Index(index) if index.checked_add(1) != Some(trap.list().len()) => false,
            Key::Index(index) => {
                trap.handler.delete(cx, index)?;
                trap.list().pop();
                true
            }
            Key::Other => {
                rooted!(&in(cx) let mut id = jsid::default());
                trap.id(cx, id.handle_mut())?;
                let mut result = ObjectOpResult { code_: 0 };
                // SAFETY: what is passed is rooted.
                failed(unsafe { js::JS_DeletePropertyById(cx, trap.target, id.handle(), &mut result) })?;
                succeeded(&result)
            }
        };
        rval.set(BooleanValue(done));
        Ok(())
    }

    /// <https://webidl.spec.whatwg.org/#js-observable-array-get>
    get |cx, trap, rval| {
        match trap.key(cx) {
            Key::Length => rval.set(UInt32Value(trap.list().len())),
            Key::Index(index) => match trap.list().get(index) {
                Some(value) => value.get(rval),
                None => rval.set(UndefinedValue()),
            },
            Key::Other => {
                rooted!(&in(cx) let mut id = jsid::default());
                trap.id(cx, id.handle_mut())?;
                // SAFETY: what is passed is rooted.
                failed(unsafe {
                    js::JS_ForwardGetPropertyTo(cx, trap.target, id.handle(), trap.argument(2), rval)
                })?;
            }
        }
        Ok(())
    }

    /// <https://webidl.spec.whatwg.org/#js-observable-array-getOwnPropertyDescriptor>
    get_own_property_descriptor |cx, trap, rval| {
        rooted!(&in(cx) let mut descriptor = PropertyDescriptor::default());
        rooted!(&in(cx) let mut value = UndefinedValue());
        rval.set(UndefinedValue());
        let attributes = match trap.key(cx) {
            Key::Length => {
                value.set(UInt32Value(trap.list().len()));
                JSPROP_PERMANENT
            }
            Key::Index(index) => match trap.list().get(index) {
                Some(item) => {
                    item.get(value.handle_mut());
                    JSPROP_ENUMERATE
                }
                None => return Ok(()),
            },
            Key::Other => {
                rooted!(&in(cx) let mut id = jsid::default());
                trap.id(cx, id.handle_mut())?;
                let mut is_none = true;
                // SAFETY: what is passed is rooted.
                failed(unsafe {
                    js::JS_GetOwnPropertyDescriptorById(
                        cx,
                        trap.target,
                        id.handle(),
                        descriptor.handle_mut(),
                        &mut is_none,
                    )
                })?;
                if !is_none {
                    // SAFETY: what is passed is rooted.
                    failed(unsafe { js::FromPropertyDescriptor(cx, descriptor.handle(), rval) })?;
                }
                return Ok(());
            }
        };
        // SAFETY: what is passed is rooted.
        unsafe {
            SetDataPropertyDescriptor(
                descriptor.handle_mut().into(),
                value.handle().into(),
                attributes.into(),
            );
            failed(js::FromPropertyDescriptor(cx, descriptor.handle(), rval))
        }
    }

    /// <https://webidl.spec.whatwg.org/#js-observable-array-has>
    has |cx, trap, rval| {
        let found = match trap.key(cx) {
            Key::Length => true,
            Key::Index(index) => index < trap.list().len(),
            Key::Other => {
                rooted!(&in(cx) let mut id = jsid::default());
                trap.id(cx, id.handle_mut())?;
                let mut found = false;
                // SAFETY: what is passed is rooted.
                failed(unsafe { js::JS_HasPropertyById(cx, trap.target, id.handle(), &mut found) })?;
                found
            }
        };
        rval.set(BooleanValue(found));
        Ok(())
    }

    /// <https://webidl.spec.whatwg.org/#js-observable-array-ownKeys>
    own_keys |cx, trap, rval| {
        rooted!(&in(cx) let mut keys: Vec<JSVal> = Vec::new());
        rooted!(&in(cx) let mut key = UndefinedValue());
        for index in 0..trap.list().len() {
            index.to_string().to_jsval(cx, key.handle_mut());
            keys.push(key.get());
        }
        let mut own = IdVector::new(cx);
        let flags = JSITER_OWNONLY | JSITER_HIDDEN | JSITER_SYMBOLS;
        // SAFETY: what is passed is rooted.
        failed(unsafe { js::GetPropertyKeys(cx, trap.target, flags, own.handle_mut()) })?;
        for id in &*own {
            // SAFETY: what is passed is rooted.
            failed(unsafe { js::JS_IdToValue(cx, *id, key.handle_mut()) })?;
            // A symbol stays, everything else is a string.
            if !key.is_symbol() && !key.is_string() {
                DOMString::from_js(cx, key.handle())?.to_jsval(cx, key.handle_mut());
            }
            keys.push(key.get());
        }
        let keys = HandleValueArray::from(&keys);
        // SAFETY: what is passed is rooted.
        let array = unsafe { js::NewArrayObject(cx, &keys) };
        failed(!array.is_null())?;
        rval.set(ObjectValue(array));
        Ok(())
    }

    /// <https://webidl.spec.whatwg.org/#js-observable-array-preventExtensions>
    prevent_extensions |_cx, _trap, rval| {
        rval.set(BooleanValue(false));
        Ok(())
    }

    /// <https://webidl.spec.whatwg.org/#js-observable-array-set>
    set |cx, trap, rval| {
        let done = match trap.key(cx) {
            Key::Length => trap.handler.assign_length(cx, trap.argument(2))?,
            Key::Index(index) => trap.handler.set_item(cx, index, trap.argument(2))?,
            Key::Other => {
                rooted!(&in(cx) let mut id = jsid::default());
                trap.id(cx, id.handle_mut())?;
                let (value, receiver) = (trap.argument(2), trap.argument(3));
                let mut result = ObjectOpResult { code_: 0 };
                // SAFETY: what is passed is rooted.
                failed(unsafe {
                    js::JS_ForwardSetPropertyTo(cx, trap.target, id.handle(), value, receiver, &mut result)
                })?;
                succeeded(&result)
            }
        };
        rval.set(BooleanValue(done));
        Ok(())
    }
}
