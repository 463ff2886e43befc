//! Callback functions (<https://webidl.spec.whatwg.org/#idl-callback-functions>) and callback interfaces
//! (<https://webidl.spec.whatwg.org/#idl-callback-interfaces>).

use super::{Argument, Constant, Exposure, ExtendedAttributes, Operation, Type};
use crate::source::Span;

/// A callback function.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// What it returns.
    pub return_type: Type,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Its extended attributes.
    pub extended: ExtendedAttributes,
}

impl Callback {
    /// `[LegacyTreatNonObjectAsNull]`.
    pub fn treats_non_object_as_null(&self) -> bool {
        self.extended.has("LegacyTreatNonObjectAsNull")
    }
}

/// A callback interface.
#[derive(Clone, Debug)]
pub struct CallbackInterface {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// Where its interface object is exposed; only one with constants has an interface object.
    pub exposure: Exposure,
    /// Its constants.
    pub constants: Vec<Constant>,
    /// Its one operation.
    pub operation: Operation,
    /// Its extended attributes.
    pub extended: ExtendedAttributes,
}
