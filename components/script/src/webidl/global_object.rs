//! What a global object is given: its own members, interfaces, namespaces:
//! <https://webidl.spec.whatwg.org/#define-the-global-property-references>.

#![allow(unsafe_code)]

use std::ptr;

use mozjs::jsapi::{JSPROP_PERMANENT, JSPROP_READONLY};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;
use mozjs::rust::HandleObject;
use mozjs::rust::wrappers2::{
    GetRealmObjectPrototype, JS_DefineProperty, JS_DefineProperty3, JS_NewObjectWithGivenProto,
    JS_NewPlainObject, JS_SetImmutablePrototype, JS_SetPrototype,
};

use super::global::RealmData;
use super::interface::{
    constructor_function, define_class_string, define_constants, define_members, define_unforgeables,
    function_value, must, prototype_object,
};
use super::tables::{InterfaceSpec, NamespaceSpec};
use super::{JSContext, call};

/// Defines a global's own properties, and the interfaces and namespaces that are exposed in it:
/// <https://webidl.spec.whatwg.org/#define-the-global-property-references>.
pub(super) fn define_on_global(cx: &mut JSContext, global: HandleObject<'_>, spec: &'static InterfaceSpec) {
    // SAFETY: the realm stays entered; what is passed is rooted or static.
    unsafe {
        let realm = RealmData::current(cx);
        rooted!(&in(cx) let prototype = prototype_object(cx, spec));
        must(JS_SetPrototype(cx, global, prototype.handle()));
        for interface in realm.world.interfaces {
            if !interface.exposure.includes(realm) {
                continue;
            }
            prototype_object(cx, interface);
            define_factories(cx, global, interface);
            rooted!(&in(cx) let constructor = realm.constructor(interface.id));
            // What belongs to a namespace is defined there.
            if constructor.get().is_null() || interface.namespace.is_some() {
                continue;
            }
            let aliases = if spec.name == c"Window" { interface.aliases } else { &[] };
            for name in std::iter::once(&interface.name).chain(aliases) {
                must(JS_DefineProperty3(cx, global, name.as_ptr(), constructor.handle(), 0));
            }
        }
        let callback_interfaces = realm.world.callback_interfaces.iter();
        for interface in callback_interfaces.filter(|it| it.exposure.includes(realm)) {
            // https://webidl.spec.whatwg.org/#legacy-callback-interface-object
            let native = call::illegal_constructor();
            rooted!(&in(cx) let function = function_value(cx, interface.name, native, 0).to_object());
            define_constants(cx, function.handle(), interface.constants);
            must(JS_DefineProperty3(cx, global, interface.name.as_ptr(), function.handle(), 0));
        }
        for namespace in realm.world.namespaces {
            if namespace.exposure.includes(realm) {
                define_namespace(cx, global, namespace);
            }
        }
        if let Some(parent) = spec.parent {
            define_unforgeables(cx, global, parent);
        }
        define_members(cx, global, spec.members, |member| !member.is_static);
        let mut succeeded = false;
        must(JS_SetImmutablePrototype(cx, global, &mut succeeded));
    }
}

/// <https://webidl.spec.whatwg.org/#legacy-factory-functions>
fn define_factories(cx: &mut JSContext, global: HandleObject<'_>, spec: &'static InterfaceSpec) {
    for (name, factory) in spec.factories {
        rooted!(&in(cx) let function = constructor_function(cx, name, factory.native, factory.length));
        rooted!(&in(cx) let prototype = ObjectValue(prototype_object(cx, spec)));
        let attributes = JSPROP_READONLY | JSPROP_PERMANENT;
        // SAFETY: what is passed is rooted or static.
        unsafe {
            let (function, prototype) = (function.handle(), prototype.handle());
            must(JS_DefineProperty(cx, function, c"prototype".as_ptr(), prototype, attributes.into()));
            must(JS_DefineProperty3(cx, global, name.as_ptr(), function, 0));
        }
    }
}

/// <https://webidl.spec.whatwg.org/#create-a-namespace-object>
fn define_namespace(cx: &mut JSContext, global: HandleObject<'_>, spec: &'static NamespaceSpec) {
    // SAFETY: what is passed is rooted or static.
    unsafe {
        rooted!(&in(cx) let mut prototype = GetRealmObjectPrototype(cx));
        if spec.empty_prototype {
            prototype.set(JS_NewPlainObject(cx));
            must(!prototype.get().is_null());
        }
        rooted!(&in(cx) let namespace = JS_NewObjectWithGivenProto(cx, ptr::null(), prototype.handle()));
        must(!namespace.get().is_null());
        define_members(cx, namespace.handle(), spec.members, |_| true);
        define_constants(cx, namespace.handle(), spec.members);
        define_class_string(cx, namespace.handle(), spec.name.to_str().unwrap_or_default());
        // https://webidl.spec.whatwg.org/#LegacyNamespace
        let realm = RealmData::current(cx);
        let own = realm.world.interfaces.iter().filter(|it| it.namespace == Some(spec.name));
        for interface in own.filter(|it| it.exposure.includes(realm)) {
            rooted!(&in(cx) let constructor = realm.constructor(interface.id));
            if !constructor.get().is_null() {
                let (name, constructor) = (interface.name.as_ptr(), constructor.handle());
                must(JS_DefineProperty3(cx, namespace.handle(), name, constructor, 0));
            }
        }
        must(JS_DefineProperty3(cx, global, spec.name.as_ptr(), namespace.handle(), 0));
    }
}
