//! Dictionaries (<https://webidl.spec.whatwg.org/#idl-dictionaries>) and enumerations
//! (<https://webidl.spec.whatwg.org/#idl-enums>).

use super::{DefaultValue, DictionaryId, ExtendedAttributes, Type};
use crate::source::Span;

/// A dictionary with the members of its partials.
#[derive(Clone, Debug)]
pub struct Dictionary {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// The dictionary that it inherits from.
    pub parent: Option<DictionaryId>,
    /// Its own members, sorted by name: the order in which they are converted. See
    /// [`super::Model::dictionary_ancestry`] for inherited ones.
    pub members: Vec<DictionaryMember>,
    /// Its extended attributes.
    pub extended: ExtendedAttributes,
}

/// A dictionary member.
#[derive(Clone, Debug)]
pub struct DictionaryMember {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// `required`.
    pub required: bool,
    /// Its default.
    pub default: Option<DefaultValue>,
    /// Its extended attributes, those of its type included.
    pub extended: ExtendedAttributes,
}

/// An enumeration.
#[derive(Clone, Debug)]
pub struct Enumeration {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// Its values in order; never empty.
    pub values: Vec<EnumerationValue>,
    /// Its extended attributes.
    pub extended: ExtendedAttributes,
}

/// A value of an enumeration.
#[derive(Clone, Debug)]
pub struct EnumerationValue {
    /// The string.
    pub value: String,
    /// Where it stands.
    pub span: Span,
}
