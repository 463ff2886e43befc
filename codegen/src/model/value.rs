//! Values: constants and defaults, typed by what they are for.

use super::{EnumerationId, Type};

/// A number or boolean literal of a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer, in range of its type.
    Integer(i128),
    /// A decimal, also `Infinity`, `-Infinity` and `NaN`.
    Float(f64),
    /// A boolean.
    Boolean(bool),
}

/// A default value, checked against the type that it is for.
///
/// For a nullable type it is [`DefaultValue::Null`] or the inner type's value.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultValue {
    /// `null`, of a nullable type or `any`.
    Null,
    /// `undefined`, of `any`, `undefined` or a union with it.
    Undefined,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer in range of its type.
    Integer(i128),
    /// A number for a floating point type.
    Float(f64),
    /// A string.
    String(String),
    /// A value of an enumeration: its index in [`super::Enumeration::values`].
    Enumeration(EnumerationId, usize),
    /// `[]`.
    EmptySequence,
    /// `{}`: a dictionary or record as if converted from an empty object (which throws if a member is required, see
    /// [`super::Model::has_required_member`]).
    EmptyDictionary,
    /// The value of one member of a union: its index in [`super::UnionType::members`].
    Union(usize, Box<DefaultValue>),
}

impl DefaultValue {
    /// The union member that it is a value of, and its value there; for other types the type and value themselves.
    pub fn in_type<'a>(&'a self, ty: &'a Type) -> (&'a Type, &'a DefaultValue) {
        match (self, ty.without_null()) {
            (DefaultValue::Union(member, value), Type::Union(union)) => match union.members.get(*member) {
                Some(member) => (member, value),
                None => (ty, self),
            },
            (_, inner) => (inner, self),
        }
    }
}
