//! How the properties of a legacy platform object are set, defined and deleted:
//! <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.

#![allow(unsafe_code)]

use std::ptr;

use mozjs::glue::SetDataPropertyDescriptor;
use mozjs::jsapi::{
    GetStaticPrototype, HandleValueArray, JSErrNum, JSObject, JSPROP_ENUMERATE, ObjectOpResult,
    PropertyDescriptor,
};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    Call, JS_DefinePropertyById, JS_DeletePropertyById, JS_ForwardSetPropertyTo,
    JS_GetOwnPropertyDescriptorById,
};
use mozjs::rust::{Handle, HandleId, HandleObject, HandleValue};

use super::proxy_lookup::{
    Key, ensure_expando, expando, failed, has_own, is_supported, is_visible, own_descriptor, properties_of,
    spec_of,
};
use super::{Fallible, JSContext};

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-defineownproperty>
pub(super) fn define_own(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    descriptor: Handle<'_, PropertyDescriptor>,
    result: &mut ObjectOpResult,
) -> Fallible<()> {
    // SAFETY: for traps.
    let properties = unsafe { properties_of(proxy.get()) };
    let is_data = !descriptor.hasGetter_() && !descriptor.hasSetter_();
    let is_data = is_data && (descriptor.hasValue_() || descriptor.hasWritable_());
    rooted!(&in(cx) let value = descriptor.value_);
    let denied = JSErrNum::JSMSG_CANT_REDEFINE_PROP as usize;
    result.code_ = 0;
    let key = Key::of(cx, id);
    // Step 1: an index needs the setter.
    if let (Key::Index(index), Some(_)) = (&key, properties.indexed) {
        return match properties.indexed_setter.filter(|_| is_data) {
            // SAFETY: the proxy is rooted.
            Some(setter) => unsafe { setter(cx, proxy.get(), *index, value.handle()) },
            None => {
                result.code_ = denied;
                Ok(())
            }
        };
    }
    // Step 2: so does a name, where there isn't a property already.
    if let (Some(name), Some(_)) = (key.name(), properties.named)
        && !is_unforgeable(proxy, &name)
        && (properties.override_built_ins || !has_own(cx, proxy, id)?)
    {
        match properties.named_setter {
            // SAFETY: the proxy is rooted.
            Some(setter) if is_data => return unsafe { setter(cx, proxy.get(), name, value.handle()) },
            None if !is_supported(properties, proxy, &name) => {}
            _ => {
                result.code_ = denied;
                return Ok(());
            }
        }
    }
    // Step 3.
    rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
    failed(ensure_expando(cx, proxy, object.handle_mut()))?;
    // SAFETY: what is passed is rooted.
    failed(unsafe { JS_DefinePropertyById(cx, object.handle(), id, descriptor, result) })
}

/// <https://webidl.spec.whatwg.org/#dfn-unforgeable-property-name>
fn is_unforgeable(proxy: HandleObject<'_>, name: &str) -> bool {
    // SAFETY: for traps.
    let spec = unsafe { spec_of(proxy.get()) };
    let mut chain = std::iter::successors(spec, |spec| spec.parent);
    chain.any(|spec| {
        spec.members.iter().any(|member| member.unforgeable && member.name.to_bytes() == name.as_bytes())
    })
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-set>
pub(super) fn set_property(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    value: HandleValue<'_>,
    receiver: HandleValue<'_>,
    result: &mut ObjectOpResult,
) -> Fallible<()> {
    // SAFETY: for traps.
    let properties = unsafe { properties_of(proxy.get()) };
    result.code_ = 0;
    // Step 1: the setters, on the object itself.
    if receiver.is_object() && receiver.to_object() == proxy.get() {
        match (Key::of(cx, id), properties.indexed_setter, properties.named_setter) {
            // SAFETY: the proxy is rooted.
            (Key::Index(index), Some(setter), _) => unsafe {
                return setter(cx, proxy.get(), index, value);
            },
            (key, _, Some(setter)) => {
                if let Some(name) = key.name() {
                    // SAFETY: the proxy is rooted.
                    return unsafe { setter(cx, proxy.get(), name, value) };
                }
            }
            _ => {}
        }
    }
    // Steps 2 and 3.
    let mut is_none = true;
    rooted!(&in(cx) let mut own = PropertyDescriptor::default());
    own_descriptor(cx, proxy, id, own.handle_mut(), &mut is_none, true)?;
    ordinary_set(cx, proxy, id, (value, receiver), (!is_none).then(|| own.handle()), result)
}

/// <https://tc39.es/ecma262/#sec-ordinarysetwithowndescriptor>
fn ordinary_set(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    (value, receiver): (HandleValue<'_>, HandleValue<'_>),
    own: Option<Handle<'_, PropertyDescriptor>>,
    result: &mut ObjectOpResult,
) -> Fallible<()> {
    let readonly = JSErrNum::JSMSG_READ_ONLY as usize;
    // SAFETY: what is passed is rooted.
    unsafe {
        match own {
            // Step 1: the prototype's.
            None => {
                rooted!(&in(cx) let parent = GetStaticPrototype(proxy.get()));
                if !parent.get().is_null() {
                    let (parent, value) = (parent.handle(), value);
                    return failed(JS_ForwardSetPropertyTo(cx, parent, id, value, receiver, result));
                }
            }
            // Steps 3 to 7: an accessor.
            Some(own) if own.hasGetter_() || own.hasSetter_() => {
                if own.setter_.is_null() {
                    result.code_ = JSErrNum::JSMSG_GETTER_ONLY as usize;
                    return Ok(());
                }
                rooted!(&in(cx) let setter = ObjectValue(own.setter_));
                rooted!(&in(cx) let arguments = vec![value.get()]);
                let arguments = HandleValueArray::from(&arguments);
                rooted!(&in(cx) let mut ignored = UndefinedValue());
                return failed(Call(cx, receiver, setter.handle(), &arguments, ignored.handle_mut()));
            }
            Some(own) if !own.writable_() => {
                result.code_ = readonly;
                return Ok(());
            }
            Some(_) => {}
        }
        // Step 2: a data property, of the receiver.
        if !receiver.is_object() {
            result.code_ = readonly;
            return Ok(());
        }
        rooted!(&in(cx) let receiver = receiver.to_object());
        let mut is_none = true;
        rooted!(&in(cx) let mut there = PropertyDescriptor::default());
        failed(JS_GetOwnPropertyDescriptorById(cx, receiver.handle(), id, there.handle_mut(), &mut is_none))?;
        rooted!(&in(cx) let mut new = PropertyDescriptor::default());
        if is_none {
            let attributes = u32::from(JSPROP_ENUMERATE);
            SetDataPropertyDescriptor(new.handle_mut().into(), value.into(), attributes);
        } else if there.hasGetter_() || there.hasSetter_() || !there.writable_() {
            result.code_ = readonly;
            return Ok(());
        } else {
            let mut new = new.handle_mut();
            // Nothing collects meanwhile.
            new.as_mut().set_hasValue_(true);
            new.as_mut().value_ = value.get();
        }
        failed(JS_DefinePropertyById(cx, receiver.handle(), id, new.handle(), result))
    }
}

/// <https://webidl.spec.whatwg.org/#legacy-platform-object-delete>
pub(super) fn delete_property(
    cx: &mut JSContext,
    proxy: HandleObject<'_>,
    id: HandleId<'_>,
    result: &mut ObjectOpResult,
) -> Fallible<()> {
    // SAFETY: for traps.
    let properties = unsafe { properties_of(proxy.get()) };
    let denied = JSErrNum::JSMSG_CANT_DELETE as usize;
    result.code_ = 0;
    let key = Key::of(cx, id);
    // Step 1: an index is there or not.
    if let (Key::Index(index), Some(length)) = (&key, properties.length) {
        // SAFETY: the proxy is rooted.
        if *index < unsafe { length(proxy.get()) } {
            result.code_ = denied;
        }
        return Ok(());
    }
    // Step 2: a name that is visible needs the deleter.
    if let Some(name) = key.name()
        && is_supported(properties, proxy, &name)
        && is_visible(cx, properties, proxy, id)?
    {
        let deleted = match properties.named_deleter {
            // SAFETY: the proxy is rooted.
            Some(deleter) => unsafe { deleter(cx, proxy.get(), name)? },
            None => false,
        };
        if !deleted {
            result.code_ = denied;
        }
        return Ok(());
    }
    // Steps 3 and 4.
    rooted!(&in(cx) let mut object = ptr::null_mut::<JSObject>());
    expando(proxy, object.handle_mut());
    // SAFETY: what is passed is rooted.
    failed(object.get().is_null() || unsafe { JS_DeletePropertyById(cx, object.handle(), id, result) })
}
