//! Reading dictionaries: <https://webidl.spec.whatwg.org/#js-dictionary>.

#![allow(unsafe_code)]

use std::ffi::CStr;

use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::{HandleValue, MutableHandleValue};

use super::FromJs;
use crate::webidl::call::gc_point;
use crate::webidl::keys::get_property;
use crate::webidl::{Error, Fallible, JSContext};

/// The members of a value that is being converted to a dictionary.
pub struct Members<'a> {
    /// An object; None: undefined or null, an empty dictionary.
    object: Option<HandleValue<'a>>,
    dictionary: &'a str,
}

impl<'a> Members<'a> {
    /// Steps 1 to 3: a dictionary is an object, undefined or null.
    pub fn new(value: HandleValue<'a>, dictionary: &'a str) -> Fallible<Members<'a>> {
        let object = match value {
            value if value.is_null_or_undefined() => None,
            value if value.is_object() => Some(value),
            _ => return Err(Error::Type(format!("can't be converted to the dictionary {dictionary}"))),
        };
        Ok(Members { object, dictionary })
    }

    /// Steps 4.1.2 and 4.1.3: a member that is there, converted.
    pub fn optional<C: FromJs>(&self, cx: &mut JSContext, name: &'static CStr) -> Fallible<Option<C::Out>> {
        gc_point(cx);
        rooted!(&in(cx) let mut value = UndefinedValue());
        self.value(cx, name, value.handle_mut())?;
        if value.is_undefined() {
            return Ok(None);
        }
        C::from_js(cx, value.handle()).map(Some).map_err(|error| self.explain(error, name))
    }

    /// A member converted, as undefined if it isn't there.
    pub fn get<C: FromJs>(&self, cx: &mut JSContext, name: &'static CStr) -> Fallible<C::Out> {
        rooted!(&in(cx) let mut value = UndefinedValue());
        self.value(cx, name, value.handle_mut())?;
        C::from_js(cx, value.handle()).map_err(|error| self.explain(error, name))
    }

    /// Step 4.1.4: a member with a default.
    pub fn or<C: FromJs>(
        &self,
        cx: &mut JSContext,
        name: &'static CStr,
        default: impl FnOnce() -> C::Out,
    ) -> Fallible<C::Out> {
        Ok(self.optional::<C>(cx, name)?.unwrap_or_else(default))
    }

    /// Step 4.1.5: a member that has to be there.
    pub fn required<C: FromJs>(&self, cx: &mut JSContext, name: &'static CStr) -> Fallible<C::Out> {
        self.optional::<C>(cx, name)?.ok_or_else(|| {
            Error::Type(format!(
                "lacks the required member '{}' of {}",
                name.to_string_lossy(),
                self.dictionary
            ))
        })
    }

    /// A member's value: undefined if it isn't there.
    fn value(&self, cx: &mut JSContext, name: &'static CStr, value: MutableHandleValue<'_>) -> Fallible<()> {
        let Some(object) = self.object else { return Ok(()) };
        rooted!(&in(cx) let object = object.to_object());
        get_property(cx, object.handle(), name, value)
    }

    fn explain(&self, error: Error, name: &'static CStr) -> Error {
        error.within(|| format!("member '{}' of {} ", name.to_string_lossy(), self.dictionary))
    }
}
