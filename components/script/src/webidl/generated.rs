//! What generated code uses: the names of the whole run-time, and a few helpers and macros for it alone.

#![allow(unsafe_code)]

use mozjs::jsapi::{ESClass, JSObject, SymbolCode};
use mozjs::jsval::{NullValue, ObjectValue, UndefinedValue};
use mozjs::rust::wrappers2::{
    GetBuiltinClass, JS_DefineProperty, JS_GetProperty, JS_NewPlainObject, JS_SetProperty,
};

pub use super::async_iterable::{AsyncIterable, AsyncKind, new_async_iterator};
pub use super::call::*;
pub use super::class::{DomClass, class_ops, global_class_ops};
pub use super::collections::Collection;
pub use super::jit::{
    cached_getter, direct_getter, direct_getter_with_rval, pure_getter, same_object_getter,
};
pub use super::legacy_properties::LegacyProperties;
pub use super::named_properties::NamedProperties;
pub use super::observable_array::ObservableArrayAttribute;
pub use super::serializable::{Serialize, Transfer};
pub use super::tables::{
    CallbackInterfaceSpec, ConstantValue, Exposure, FunctionSpec, Iterable, Member, World,
};
pub use super::*;
pub use crate::dom::events::event_handlers::EventHandlerKind;
pub use crate::{
    callback_type, dictionary_to_js, enumeration_type, event_handler, interface_type, namespace_type,
};

use super::conversions::Members as DictionaryMembers;
use super::global::{RealmData, out_of_memory};

/// The members of a value that is being converted to a dictionary.
pub type Members<'a> = DictionaryMembers<'a>;

/// The kinds of `BufferSource`.
pub const BUFFER_SOURCE: u32 = TypedBuffer::<0, false, false>::SOURCE;
/// The kinds of `ArrayBufferView`.
pub const BUFFER_VIEW: u32 = TypedBuffer::<0, false, false>::VIEW;

/// `null` as an `any`.
pub fn null_value() -> RootedValue {
    RootedValue::from_value(NullValue())
}

/// `null` as an `object?`.
pub fn null_object() -> RootedObject {
    RootedObject::from_object(std::ptr::null_mut())
}

/// Whether a value is an object of an interface.
pub fn is_platform_object<T: DomInterface>(value: HandleValue<'_>) -> bool {
    value.is_object()
        // SAFETY: the value is rooted.
        && unsafe { native_of::<T>(value.to_object()) }.is_some()
}

/// Whether a value can be called.
pub fn is_callable(value: HandleValue<'_>) -> bool {
    // SAFETY: looks at the object alone.
    value.is_object() && unsafe { mozjs::jsapi::IsCallable(value.to_object()) }
}

/// The iterator method of a value, if it is an object with one.
pub fn iterable(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Option<RootedValue>> {
    if value.is_object() { iterator_method(cx, value, SymbolCode::iterator) } else { Ok(None) }
}

/// Whether a value is an object with an iterator of either kind. `or_string`: a string object is none.
pub fn is_async_iterable(cx: &mut JSContext, value: HandleValue<'_>, or_string: bool) -> Fallible<bool> {
    if !value.is_object() {
        return Ok(false);
    }
    if or_string {
        rooted!(&in(cx) let object = value.to_object());
        let mut class = ESClass::Other;
        // SAFETY: what is passed is rooted.
        if !unsafe { GetBuiltinClass(cx, object.handle(), &mut class) } {
            return Err(Error::JSFailed);
        }
        if class == ESClass::String {
            return Ok(false);
        }
    }
    let method = iterator_method(cx, value, SymbolCode::asyncIterator)?;
    Ok(method.is_some() || iterable(cx, value)?.is_some())
}

/// Puts a result into its place.
pub fn put(cx: &mut JSContext, rval: MutableHandleValue<'_>, value: impl ToJSValConvertible) -> Fallible<()> {
    value.to_jsval(cx, rval);
    Ok(())
}

/// Puts the value of a property into its place, if there is one.
pub fn put_some(
    cx: &mut JSContext,
    rval: MutableHandleValue<'_>,
    value: Option<impl ToJSValConvertible>,
) -> Fallible<bool> {
    if let Some(value) = &value {
        value.to_jsval(cx, rval);
    }
    Ok(value.is_some())
}

/// Puts an object into the place for a value.
pub fn return_object<R>(
    cx: &mut JSContext,
    mut rval: MutableHandleValue<'_>,
    get: impl FnOnce(&mut JSContext, MutableHandleObject<'_>) -> R,
) -> R {
    rooted!(&in(cx) let mut object = std::ptr::null_mut::<JSObject>());
    let result = get(cx, object.handle_mut());
    rval.set(mozjs::jsval::ObjectOrNullValue(object.get()));
    result
}

/// Puts an object into the place for a value; false for null.
pub fn put_some_object(
    cx: &mut JSContext,
    mut rval: MutableHandleValue<'_>,
    get: impl FnOnce(&mut JSContext, MutableHandleObject<'_>) -> Fallible<()>,
) -> Fallible<bool> {
    return_object(cx, rval.reborrow(), get)?;
    Ok(rval.is_object())
}

/// <https://webidl.spec.whatwg.org/#default-tojson-steps>
pub fn to_json(
    cx: &mut JSContext,
    mut rval: MutableHandleValue<'_>,
    set_members: impl FnOnce(&mut JSContext, HandleObject<'_>),
) -> Fallible<()> {
    // SAFETY: rooted at once.
    rooted!(&in(cx) let object = unsafe { JS_NewPlainObject(cx) });
    if object.get().is_null() {
        out_of_memory();
    }
    set_members(cx, object.handle());
    rval.set(ObjectValue(object.get()));
    Ok(())
}

/// A member of [`to_json`]'s object whose getter has a place for its value.
pub fn set_json_value(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    name: &'static CStr,
    get: impl FnOnce(&mut JSContext, MutableHandleValue<'_>),
) {
    rooted!(&in(cx) let mut value = UndefinedValue());
    get(cx, value.handle_mut());
    set_property(cx, object, name, &value.handle());
}

/// Whether a member is exposed in the current realm.
pub fn is_exposed(cx: &JSContext, member: &Member) -> bool {
    // SAFETY: the realm stays entered.
    member.exposure.includes(unsafe { RealmData::current(cx) })
}

/// <https://webidl.spec.whatwg.org/#PutForwards>
pub fn put_forwards<T: DomInterface>(
    cx: &mut JSContext,
    this: &T,
    name: &'static CStr,
    target: &'static CStr,
    args: &Args<'_>,
) -> Fallible<()> {
    rooted!(&in(cx) let mut value = UndefinedValue());
    // SAFETY: what is passed is rooted or static.
    unsafe {
        if !JS_GetProperty(cx, this.reflector().get_jsobject(), name.as_ptr(), value.handle_mut()) {
            return Err(Error::JSFailed);
        }
        if !value.is_object() {
            return Err(args.error(cx, "there is no object to assign to"));
        }
        rooted!(&in(cx) let object = value.to_object());
        if JS_SetProperty(cx, object.handle(), target.as_ptr(), args.at(0)) {
            Ok(())
        } else {
            Err(Error::JSFailed)
        }
    }
}

/// <https://webidl.spec.whatwg.org/#Replaceable>
pub fn replace<T: DomInterface>(
    cx: &mut JSContext,
    this: &T,
    name: &'static CStr,
    args: &Args<'_>,
) -> Fallible<()> {
    let attributes = mozjs::jsapi::JSPROP_ENUMERATE.into();
    // SAFETY: what is passed is rooted or static.
    if unsafe {
        JS_DefineProperty(cx, this.reflector().get_jsobject(), name.as_ptr(), args.at(0), attributes)
    } {
        Ok(())
    } else {
        Err(Error::JSFailed)
    }
}

/// The arguments of a callback whose last one is variadic.
pub fn callback_arguments<'a, T: ToJSValConvertible>(
    fixed: &[&'a dyn ToJSValConvertible],
    rest: &'a [T],
) -> Vec<&'a dyn ToJSValConvertible> {
    fixed.iter().copied().chain(rest.iter().map(|value| value as &dyn ToJSValConvertible)).collect()
}

/// Ties a struct to its interface's tables. The compiler checks that the struct begins as the inheritance says.
#[macro_export]
macro_rules! interface_type {
    ($type:ident, $name:literal, $spec:ident, $kind:ident, $depth:literal, [$($chain:literal),*], [$($ancestor:ident),*] $(, $cached:literal)?) => {
        const _: () = {
            static OPS: mozjs::jsapi::JSClassOps = $crate::interface_type!(@ops $kind, $type);
            static CLASS: DomClass = DomClass::$kind($name, &OPS, &[$($chain),*])$(.with_cached_values($cached))?;

            // SAFETY: the chain of a class has the number of the interface at its depth only if its objects are made
            // with structs that begin with the interface's.
            #[allow(unsafe_code)]
            unsafe impl DomType for $type {
                fn is_class(class: &'static DomClass) -> bool {
                    class.derives_from($spec.id, $depth)
                }
            }
            // SAFETY: class and tables are this interface's.
            #[allow(unsafe_code)]
            unsafe impl DomInterface for $type {
                const CLASS: &'static DomClass = &CLASS;
                const SPEC: &'static InterfaceSpec = &$spec;
                const DEPTH: usize = $depth;
                const ID: InterfaceId = [$($chain),*][$depth];
            }
            impl IdlName for $type {
                const NAME: &'static CStr = $name;
            }
            $($crate::castable!($type => $ancestor;);)*
        };
    };
    (@ops global, $type:ident) => { global_class_ops::<$type>() };
    (@ops $kind:ident, $type:ident) => { class_ops::<$type>() };
}

/// Names the struct of a namespace.
#[macro_export]
macro_rules! namespace_type {
    ($type:ident, $name:literal) => {
        impl IdlName for $type {
            const NAME: &'static CStr = $name;
        }
    };
}

/// What an enumeration's Rust enum can do: <https://webidl.spec.whatwg.org/#js-enumeration>.
#[macro_export]
macro_rules! enumeration_type {
    ($type:ident, $name:literal, [$($variant:ident = $value:literal),*]) => {
        impl $type {
            /// The value's string.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $value),* }
            }
        }
        impl std::str::FromStr for $type {
            type Err = ();
            fn from_str(value: &str) -> Result<$type, ()> {
                match value { $($value => Ok($type::$variant),)* _ => Err(()) }
            }
        }
        impl FromJs for $type {
            type Out = $type;
            fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<$type> {
                let value = DOMString::from_js(cx, value)?;
                value.parse().map_err(|()| {
                    Error::Type(format!("'{value}' is not a valid value for enumeration {}", $name))
                })
            }
        }
        impl ToJSValConvertible for $type {
            fn to_jsval(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
                self.as_str().to_jsval(cx, rval);
            }
        }
        // SAFETY: there is nothing to trace in it.
        #[allow(unsafe_code)]
        unsafe impl JSTraceable for $type {
            unsafe fn trace(&self, _tracer: *mut JSTracer) {}
        }
    };
}

/// A dictionary as a value: <https://webidl.spec.whatwg.org/#js-dictionary>.
#[macro_export]
macro_rules! dictionary_to_js {
    ($type:ident) => {
        impl ToJSValConvertible for $type {
            fn to_jsval(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
                dictionary_to_object(self, cx, rval);
            }
        }
    };
}

/// A dictionary's members as properties of an object.
pub trait DictionaryToJs {
    /// Sets those that are there.
    fn set_members(&self, cx: &mut JSContext, object: HandleObject<'_>);
}

/// A fresh object with a dictionary's members.
pub fn dictionary_to_object(
    dictionary: &impl DictionaryToJs,
    cx: &mut JSContext,
    rval: MutableHandleValue<'_>,
) {
    // It can't fail.
    let _ = to_json(cx, rval, |cx, object| dictionary.set_members(cx, object));
}

/// An event handler attribute: <https://html.spec.whatwg.org/#event-handler-idl-attributes>.
#[macro_export]
macro_rules! event_handler {
    ($type:ident, $name:literal, $event:literal, $kind:ident, strict) => {
        Member::attribute(
            $name,
            getter(|cx, this: &$type| this.upcast::<EventTarget>().event_handler(cx, $event)),
            setter(|cx, this: &$type, args| {
                this.upcast::<EventTarget>().set_event_handler(
                    cx,
                    $event,
                    EventHandlerKind::$kind,
                    args.at(0),
                );
                Ok(())
            }),
        )
    };
    ($type:ident, $name:literal, $event:literal, $kind:ident, lenient) => {
        Member::attribute(
            $name,
            lenient_getter(|cx, this: &$type| this.upcast::<EventTarget>().event_handler(cx, $event)),
            lenient_setter(|cx, this: &$type, args| {
                this.upcast::<EventTarget>().set_event_handler(
                    cx,
                    $event,
                    EventHandlerKind::$kind,
                    args.at(0),
                );
                Ok(())
            }),
        )
    };
}
