//! Interface objects and interface prototype objects, made from tables:
//! <https://webidl.spec.whatwg.org/#js-interfaces>.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::ptr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::glue::RUST_SET_JITINFO;
use mozjs::jsapi::{
    JS_GetFunctionObject, JS_GetObjectFunction, JSFUN_CONSTRUCTOR, JSNative, JSObject, JSPROP_ENUMERATE,
    JSPROP_PERMANENT, JSPROP_READONLY, SymbolCode, jsid,
};
use mozjs::jsval::{BooleanValue, DoubleValue, Int32Value, JSVal, ObjectValue, UndefinedValue};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    GetRealmArrayPrototype, GetRealmErrorPrototype, GetRealmObjectPrototype, GetWellKnownSymbolKey,
    JS_DefineFunction, JS_DefineProperty, JS_DefineProperty1, JS_DefineProperty2, JS_DefinePropertyById2,
    JS_GetProperty, JS_HasProperty, JS_InitializePropertiesFromCompatibleNativeObject,
    JS_LinkConstructorAndPrototype, JS_NewFunction, JS_NewObjectWithGivenProto, JS_SetImmutablePrototype,
    JS_SetPrototype,
};
use mozjs::rust::{HandleObject, HandleValue};

use super::class::DomClass;
use super::global::{RealmData, Template, out_of_memory};
use super::heap::HeapObject;
use super::jit::{Operation, getter_function};
use super::legacy_properties::LegacyProperties;
use super::proxy_lookup::ensure_expando;
use super::tables::{ConstantValue, InterfaceSpec, Iterable, Kind, Member};
use super::{JSContext, call, named_properties};

impl InterfaceSpec {
    fn inherits_unforgeable(&self) -> bool {
        self.members.iter().any(|member| member.unforgeable)
            || self.parent.is_some_and(InterfaceSpec::inherits_unforgeable)
    }

    /// A fresh object for a struct to be put into, in the current realm, whose data is `realm`.
    pub(super) fn new_object(
        &'static self,
        cx: &mut JSContext,
        class: &'static DomClass,
        realm: &RealmData,
        prototype: HandleObject<'_>,
    ) -> *mut JSObject {
        // SAFETY: the class is static, the prototype rooted.
        rooted!(&in(cx) let object = unsafe {
            match self.proxy {
                Some(proxy) => proxy.new_object(cx, class, prototype),
                None => JS_NewObjectWithGivenProto(cx, class.as_js_class(), prototype),
            }
        });
        if object.get().is_null() {
            out_of_memory();
        }
        let template = realm.template(self.id);
        if let Some(template) = template.get_or_init(|| self.template(cx, class, prototype)) {
            // SAFETY: both have this class, and the new one has no properties.
            must(unsafe {
                JS_InitializePropertiesFromCompatibleNativeObject(cx, object.handle(), template.handle())
            });
        } else if self.proxy.is_some() && self.inherits_unforgeable() {
            // Past the setters of a legacy platform object.
            rooted!(&in(cx) let mut target = ptr::null_mut::<JSObject>());
            must(ensure_expando(cx, object.handle(), target.handle_mut()));
            define_unforgeables(cx, target.handle(), self);
        }
        object.get()
    }

    /// An object like those of the interface, with the own properties that all of them have; None if they have none, or
    /// are proxies.
    fn template(
        &'static self,
        cx: &mut JSContext,
        class: &'static DomClass,
        prototype: HandleObject<'_>,
    ) -> Template {
        if self.proxy.is_some() || !self.inherits_unforgeable() {
            return None;
        }
        // SAFETY: the class is static, the prototype rooted. It is an object without a struct.
        rooted!(&in(cx) let object = unsafe {
            JS_NewObjectWithGivenProto(cx, class.as_js_class(), prototype)
        });
        must(!object.get().is_null());
        define_unforgeables(cx, object.handle(), self);
        Some(HeapObject::new(object.handle()))
    }
}

/// Ends the program if `ok` is false: nothing but exhausted memory makes defining a property of a fresh object fail.
#[track_caller]
pub(super) fn must(ok: bool) {
    if !ok {
        out_of_memory();
    }
}

/// The interface prototype object in the current realm, which is made if it isn't there:
/// <https://webidl.spec.whatwg.org/#interface-prototype-object>.
pub(super) fn prototype_object(cx: &mut JSContext, spec: &'static InterfaceSpec) -> *mut JSObject {
    // SAFETY: the realm stays entered.
    let realm = unsafe { RealmData::current(cx) };
    let prototype = realm.prototype(spec.id);
    if !prototype.is_null() {
        return prototype;
    }
    create(cx, spec);
    realm.prototype(spec.id)
}

/// The prototype of an interface in the realm that `object` belongs to.
pub(super) fn prototype_in_realm_of(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    spec: &'static InterfaceSpec,
) -> *mut JSObject {
    let mut realm = AutoRealm::new_from_handle(cx, object);
    prototype_object(&mut realm, spec)
}

/// Makes the interface object and the interface prototype object of `spec` in the current realm.
fn create(cx: &mut JSContext, spec: &'static InterfaceSpec) {
    // SAFETY: what is passed to SpiderMonkey is rooted or static.
    unsafe {
        let realm = RealmData::current(cx);
        rooted!(&in(cx) let mut parent_prototype = ptr::null_mut::<JSObject>());
        rooted!(&in(cx) let mut parent_constructor = ptr::null_mut::<JSObject>());
        match spec.parent {
            Some(parent) => {
                parent_prototype.set(prototype_object(cx, parent));
                parent_constructor.set(realm.constructor(parent.id));
            }
            None if spec.error => parent_prototype.set(GetRealmErrorPrototype(cx)),
            None => parent_prototype.set(GetRealmObjectPrototype(cx)),
        }

        // https://webidl.spec.whatwg.org/#named-properties-object
        if spec.named_properties.is_some() {
            parent_prototype.set(named_properties::create(cx, parent_prototype.handle()));
        }

        // https://webidl.spec.whatwg.org/#create-an-interface-prototype-object
        rooted!(&in(cx) let prototype = JS_NewObjectWithGivenProto(cx, ptr::null(), parent_prototype.handle()));
        must(!prototype.get().is_null());
        realm.set_prototype(spec.id, prototype.get());
        if spec.global == 0 {
            define_members(cx, prototype.handle(), spec.members, |member| {
                !member.is_static && !member.unforgeable
            });
        }
        define_iteration(cx, prototype.handle(), &spec.iterable);
        if spec.proxy.is_some_and(LegacyProperties::has_indexed) && matches!(spec.iterable, Iterable::None) {
            define_array_iterator(cx, prototype.handle());
        }
        define_constants(cx, prototype.handle(), spec.members);
        define_unscopables(cx, prototype.handle(), spec.members);

        // https://webidl.spec.whatwg.org/#dfn-create-interface-object
        if !spec.no_interface_object {
            let (native, length) = match &spec.constructor {
                Some(constructor) => (constructor.native, constructor.length),
                None => (call::illegal_constructor(), 0),
            };
            rooted!(&in(cx) let constructor = constructor_function(cx, spec.name, native, length));
            realm.set_constructor(spec.id, constructor.get());
            if !parent_constructor.get().is_null() {
                must(JS_SetPrototype(cx, constructor.handle(), parent_constructor.handle()));
            }
            must(JS_LinkConstructorAndPrototype(cx, constructor.handle(), prototype.handle()));
            define_constants(cx, constructor.handle(), spec.members);
            define_members(cx, constructor.handle(), spec.members, |member| member.is_static);
        }
        define_class_string(cx, prototype.handle(), spec.name());
        if spec.immutable_prototype {
            let mut succeeded = false;
            must(JS_SetImmutablePrototype(cx, prototype.handle(), &mut succeeded));
        }
    }
}

/// A function that can be called with `new`.
pub(super) fn constructor_function(
    cx: &mut JSContext,
    name: &'static CStr,
    native: JSNative,
    length: u16,
) -> *mut JSObject {
    // SAFETY: the names are static, the function is rooted.
    unsafe {
        let function = JS_NewFunction(cx, native, length.into(), JSFUN_CONSTRUCTOR, name.as_ptr());
        must(!function.is_null());
        rooted!(&in(cx) let function = JS_GetFunctionObject(function));
        // SpiderMonkey defines these when they are asked for, but they come before all others.
        for name in [c"length", c"name"] {
            let mut found = false;
            must(JS_HasProperty(cx, function.handle(), name.as_ptr(), &mut found));
        }
        function.get()
    }
}

/// <https://webidl.spec.whatwg.org/#dfn-class-string>
pub(super) fn define_class_string(cx: &mut JSContext, object: HandleObject<'_>, name: &str) {
    rooted!(&in(cx) let mut value = UndefinedValue());
    name.to_jsval(cx, value.handle_mut());
    define_symbol(cx, object, SymbolCode::toStringTag, value.get(), JSPROP_READONLY);
}

fn define_symbol(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    symbol: SymbolCode,
    value: JSVal,
    attributes: u8,
) {
    // SAFETY: what is passed is rooted.
    unsafe {
        rooted!(&in(cx) let id: jsid = GetWellKnownSymbolKey(cx, symbol));
        rooted!(&in(cx) let value = value);
        must(JS_DefinePropertyById2(cx, object, id.handle(), value.handle(), attributes.into()));
    }
}

/// <https://webidl.spec.whatwg.org/#define-the-constants>
pub(super) fn define_constants(cx: &mut JSContext, object: HandleObject<'_>, members: &'static [Member]) {
    // SAFETY: the realm stays entered.
    let realm = unsafe { RealmData::current(cx) };
    for member in members.iter().filter(|member| member.exposure.includes(realm)) {
        if let Kind::Constant(value) = member.kind {
            rooted!(&in(cx) let value = match value {
                ConstantValue::Boolean(value) => BooleanValue(value),
                ConstantValue::Number(value) if value == f64::from(value as i32) => Int32Value(value as i32),
                ConstantValue::Number(value) => DoubleValue(value),
            });
            let attributes = JSPROP_ENUMERATE | JSPROP_READONLY | JSPROP_PERMANENT;
            // SAFETY: what is passed is rooted or static.
            must(unsafe {
                JS_DefineProperty(cx, object, member.name.as_ptr(), value.handle(), attributes.into())
            });
        }
    }
}

/// Defines those members, other than constants, that are exposed here and that `choose` wants: attributes, then
/// operations, each in the order of the IDL
/// (<https://webidl.spec.whatwg.org/#create-an-interface-prototype-object>).
pub(super) fn define_members(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    members: &'static [Member],
    choose: impl Fn(&Member) -> bool,
) {
    // SAFETY: the realm stays entered.
    let realm = unsafe { RealmData::current(cx) };
    let passes: [fn(&Kind) -> bool; 2] =
        [|kind| matches!(kind, Kind::Attribute { .. }), |kind| matches!(kind, Kind::Operation { .. })];
    for pass in passes {
        for member in members {
            if pass(&member.kind) && choose(member) && member.exposure.includes(realm) {
                define_member(cx, object, member);
            }
        }
    }
}

fn define_member(cx: &mut JSContext, object: HandleObject<'_>, member: &'static Member) {
    let unforgeable = if member.unforgeable { JSPROP_PERMANENT } else { 0 };
    let name = member.name.as_ptr();
    // SAFETY: what is passed is rooted or static.
    unsafe {
        match member.kind {
            // https://webidl.spec.whatwg.org/#define-the-attributes
            Kind::Attribute { getter, setter, info: None } => {
                let attributes = JSPROP_ENUMERATE | unforgeable;
                must(JS_DefineProperty1(cx, object, name, getter, setter, attributes.into()));
            }
            Kind::Attribute { getter, setter, info: Some(info) } => {
                let (attributes, text) =
                    (JSPROP_ENUMERATE | unforgeable, member.name.to_str().unwrap_or_default());
                rooted!(&in(cx) let getter = getter_function(cx, text, getter, info));
                rooted!(&in(cx) let mut function = ptr::null_mut::<JSObject>());
                if setter.is_some() {
                    let name = CString::new(format!("set {text}")).unwrap_or_default();
                    let setter = JS_NewFunction(cx, setter, 1, 0, name.as_ptr());
                    must(!setter.is_null());
                    function.set(JS_GetFunctionObject(setter));
                }
                let (getter, setter) = (getter.handle(), function.handle());
                must(JS_DefineProperty2(cx, object, name, getter, setter, attributes.into()));
            }
            // https://webidl.spec.whatwg.org/#define-the-operations
            Kind::Operation { native, length, info } => {
                let readonly = if member.unforgeable { JSPROP_READONLY } else { 0 };
                let attributes = JSPROP_ENUMERATE | unforgeable | readonly;
                let function = JS_DefineFunction(cx, object, name, native, length.into(), attributes.into());
                must(!function.is_null());
                if let Some(info) = info {
                    RUST_SET_JITINFO(function, info);
                }
            }
            Kind::Constant(_) => {}
        }
    }
}

/// <https://webidl.spec.whatwg.org/#define-the-iteration-methods>
fn define_iteration(cx: &mut JSContext, prototype: HandleObject<'_>, iterable: &'static Iterable) {
    let define = |cx: &mut JSContext, name: &'static CStr, function: HandleValue<'_>| {
        // SAFETY: what is passed is rooted.
        must(unsafe { JS_DefineProperty(cx, prototype, name.as_ptr(), function, JSPROP_ENUMERATE.into()) });
    };
    match iterable {
        Iterable::None => {}
        // The functions of arrays themselves.
        Iterable::Values => {
            for name in [c"entries", c"keys", c"values", c"forEach"] {
                rooted!(&in(cx) let function = array_function(cx, name));
                define(cx, name, function.handle());
            }
            define_array_iterator(cx, prototype);
        }
        Iterable::Pairs(pairs) => {
            let functions = [
                (c"entries", pairs.entries, 0),
                (c"keys", pairs.keys, 0),
                (c"values", pairs.values, 0),
                (c"forEach", pairs.for_each, 1),
            ];
            for (name, native, length) in functions {
                rooted!(&in(cx) let function = function_value(cx, name, native, length));
                define(cx, name, function.handle());
                if name == c"entries" {
                    define_symbol(cx, prototype, SymbolCode::iterator, function.get(), 0);
                }
            }
        }
        // https://webidl.spec.whatwg.org/#define-the-asynchronous-iteration-methods
        Iterable::Async(iterable) => {
            for (name, operation) in iterable.functions.iter().filter(|(_, it)| it.native.is_some()) {
                rooted!(&in(cx) let function = operation_value(cx, name, *operation, 0));
                define(cx, name, function.handle());
                if *name == iterable.iterator {
                    define_symbol(cx, prototype, SymbolCode::asyncIterator, function.get(), 0);
                }
            }
        }
        // https://webidl.spec.whatwg.org/#js-maplike, #js-setlike
        Iterable::Collection(collection) => {
            // SAFETY: what is passed is rooted or static.
            must(unsafe {
                let attributes = JSPROP_ENUMERATE.into();
                JS_DefineProperty1(cx, prototype, c"size".as_ptr(), collection.size, None, attributes)
            });
            for (name, operation, length) in
                collection.methods.iter().filter(|(name, ..)| collection.has(name))
            {
                rooted!(&in(cx) let function = operation_value(cx, name, *operation, (*length).into()));
                if collection.keys_are_values && *name == c"values" {
                    define(cx, c"keys", function.handle());
                }
                define(cx, name, function.handle());
                if *name == collection.iterator {
                    define_symbol(cx, prototype, SymbolCode::iterator, function.get(), 0);
                }
            }
        }
    }
}

/// The function of an operation.
fn operation_value(cx: &mut JSContext, name: &'static CStr, operation: Operation, length: u32) -> JSVal {
    let value = function_value(cx, name, operation.native, length);
    if let Some(info) = operation.info {
        // SAFETY: a new native function.
        unsafe { RUST_SET_JITINFO(JS_GetObjectFunction(value.to_object()), info) };
    }
    value
}

/// A function.
pub(super) fn function_value(
    cx: &mut JSContext,
    name: &'static CStr,
    native: JSNative,
    length: u32,
) -> JSVal {
    // SAFETY: the name is static; the function is rooted by the caller at once.
    unsafe {
        let function = JS_NewFunction(cx, native, length, 0, name.as_ptr());
        must(!function.is_null());
        ObjectValue(JS_GetFunctionObject(function))
    }
}

/// A function of `Array.prototype`.
fn array_function(cx: &mut JSContext, name: &CStr) -> JSVal {
    // SAFETY: what is passed is rooted or outlives the call.
    unsafe {
        rooted!(&in(cx) let array_prototype = GetRealmArrayPrototype(cx));
        rooted!(&in(cx) let mut function = UndefinedValue());
        must(JS_GetProperty(cx, array_prototype.handle(), name.as_ptr(), function.handle_mut()));
        function.get()
    }
}

/// What has indexed properties has the iterator of arrays.
fn define_array_iterator(cx: &mut JSContext, prototype: HandleObject<'_>) {
    let function = array_function(cx, c"values");
    define_symbol(cx, prototype, SymbolCode::iterator, function, 0);
}

/// <https://webidl.spec.whatwg.org/#Unscopable>
fn define_unscopables(cx: &mut JSContext, prototype: HandleObject<'_>, members: &'static [Member]) {
    // SAFETY: the realm stays entered; what is passed is rooted or static.
    unsafe {
        let realm = RealmData::current(cx);
        let mut unscopables =
            members.iter().filter(|member| member.unscopable && member.exposure.includes(realm)).peekable();
        if unscopables.peek().is_none() {
            return;
        }
        rooted!(&in(cx) let list = JS_NewObjectWithGivenProto(cx, ptr::null(), HandleObject::null()));
        must(!list.get().is_null());
        rooted!(&in(cx) let yes = BooleanValue(true));
        for member in unscopables {
            let name = member.name.as_ptr();
            must(JS_DefineProperty(cx, list.handle(), name, yes.handle(), JSPROP_ENUMERATE.into()));
        }
        define_symbol(cx, prototype, SymbolCode::unscopables, ObjectValue(list.get()), JSPROP_READONLY);
    }
}

/// The own properties of an instance, the ancestors' first: <https://webidl.spec.whatwg.org/#LegacyUnforgeable>.
pub(super) fn define_unforgeables(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    spec: &'static InterfaceSpec,
) {
    if let Some(parent) = spec.parent {
        define_unforgeables(cx, object, parent);
    }
    define_members(cx, object, spec.members, |member| member.unforgeable && !member.is_static);
}
