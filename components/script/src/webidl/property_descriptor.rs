//! Property descriptors from objects.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::ptr;

use mozjs::jsapi::PropertyDescriptor;
use mozjs::jsval::{JSVal, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2 as js;
use mozjs::rust::{HandleValue, MutableHandle, ToBoolean};

use super::proxy_lookup::failed;
use super::{Fallible, JSContext};

/// ToPropertyDescriptor, of an object that the engine made from a descriptor.
pub(super) fn to_descriptor(
    cx: &mut JSContext,
    object: HandleValue<'_>,
    mut descriptor: MutableHandle<'_, PropertyDescriptor>,
) -> Fallible<()> {
    rooted!(&in(cx) let object = object.to_object());
    rooted!(&in(cx) let mut value = UndefinedValue());
    let object_of = |value: JSVal| if value.is_object() { value.to_object() } else { ptr::null_mut() };
    type Store<'a> = &'a dyn Fn(&mut PropertyDescriptor, JSVal, bool);
    let fields: [(&'static CStr, Store<'_>); 6] = [
        (c"configurable", &|to, _, is| {
            to.set_hasConfigurable_(true);
            to.set_configurable_(is);
        }),
        (c"enumerable", &|to, _, is| {
            to.set_hasEnumerable_(true);
            to.set_enumerable_(is);
        }),
        (c"writable", &|to, _, is| {
            to.set_hasWritable_(true);
            to.set_writable_(is);
        }),
        (c"value", &|to, value, _| {
            to.set_hasValue_(true);
            to.value_ = value;
        }),
        (c"get", &|to, value, _| {
            to.set_hasGetter_(true);
            to.getter_ = object_of(value);
        }),
        (c"set", &|to, value, _| {
            to.set_hasSetter_(true);
            to.setter_ = object_of(value);
        }),
    ];
    for (name, store) in fields {
        let mut there = false;
        // SAFETY: what is passed is rooted or static.
        unsafe {
            failed(js::JS_HasProperty(cx, object.handle(), name.as_ptr(), &mut there))?;
            if there {
                failed(js::JS_GetProperty(cx, object.handle(), name.as_ptr(), value.handle_mut()))?;
                // Nothing collects meanwhile.
                let is = ToBoolean(value.handle());
                store(descriptor.as_mut(), value.get(), is);
            }
        }
    }
    Ok(())
}
