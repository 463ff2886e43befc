//! Conversions between JavaScript values and Web IDL types: <https://webidl.spec.whatwg.org/#js-type-mapping>.
//!
//! To JavaScript, the Rust type says everything, so that is mozjs' `ToJSValConvertible`. From JavaScript, several IDL
//! types share a Rust type (`[Clamp] octet`, `octet`); then a marker type stands for the IDL type.

mod async_sequence;
mod buffer;
mod dictionary;
mod number;
mod object;
mod primitive;
mod sequence;
mod string;

pub use async_sequence::{AsyncIterator, AsyncSequence, iterator_method};
pub use buffer::{BufferKind, BufferSource, TypedBuffer};
pub use dictionary::Members;
pub use number::{Clamp, EnforceRange, Unrestricted};
pub use object::{NullableObject, Undefined, property, set_property};
pub use primitive::{JsBigInt, JsSymbol, NullableValue, to_numeric};
pub use sequence::{FromIterable, FrozenArray, Record, to_frozen_array};
pub(super) use string::to_interned;
pub use string::{NullToEmpty, string_from_js};

use mozjs::rust::HandleValue;

use super::{Fallible, JSContext};

/// An IDL type that values can be converted to.
pub trait FromJs {
    /// The Rust type.
    type Out;

    /// Converts `value`. The message of a TypeError continues a sentence that begins with what the value is
    /// (`Argument 1 `).
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Self::Out>;
}

/// `T?`: <https://webidl.spec.whatwg.org/#js-nullable-type>
impl<C: FromJs> FromJs for Option<C> {
    type Out = Option<C::Out>;

    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Option<C::Out>> {
        if value.is_null_or_undefined() { Ok(None) } else { C::from_js(cx, value).map(Some) }
    }
}

impl super::Error {
    /// Puts words before the message of a failed conversion.
    pub fn within(self, what: impl FnOnce() -> String) -> super::Error {
        match self {
            super::Error::Type(message) => super::Error::Type(what() + &message),
            super::Error::Range(message) => super::Error::Range(what() + &message),
            other => other,
        }
    }
}
