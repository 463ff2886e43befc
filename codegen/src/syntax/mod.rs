//! The syntax model: one file's definitions as they were written, owned, each node with its place.
//!
//! [`parse`] makes it: tokens ([`lexer`]), a definition at a time through the [`prepass`] and weedle, then
//! [`convert`]ed. A definition or member that isn't IDL is an error; the others are still there.

mod check;
mod convert;
mod lexer;
mod parse;
mod prepass;
mod types;

pub(crate) use parse::parse;

use crate::model::{self, ExtendedAttributeValue};
use crate::source::Span;

/// An identifier, a leading `_` taken off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identifier {
    pub text: String,
    pub span: Span,
}

/// A definition or a partial one.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub kind: DefinitionKind,
    /// For `A includes B` it is A.
    pub name: Identifier,
    pub partial: bool,
    pub attributes: Vec<Attribute>,
}

#[derive(Clone, Debug)]
pub(crate) enum DefinitionKind {
    Interface { parent: Option<Identifier>, members: Vec<Member> },
    CallbackInterface { members: Vec<Member> },
    Mixin { members: Vec<Member> },
    Namespace { members: Vec<Member> },
    Dictionary { parent: Option<Identifier>, members: Vec<DictionaryMember> },
    Enumeration { values: Vec<Identifier> },
    Callback { return_type: Type, arguments: Vec<Argument> },
    Typedef { ty: Type },
    Includes { mixin: Identifier },
}

impl DefinitionKind {
    /// What it is called in messages.
    pub fn noun(&self) -> &'static str {
        match self {
            DefinitionKind::Interface { .. } => "interface",
            DefinitionKind::CallbackInterface { .. } => "callback interface",
            DefinitionKind::Mixin { .. } => "interface mixin",
            DefinitionKind::Namespace { .. } => "namespace",
            DefinitionKind::Dictionary { .. } => "dictionary",
            DefinitionKind::Enumeration { .. } => "enum",
            DefinitionKind::Callback { .. } => "callback",
            DefinitionKind::Typedef { .. } => "typedef",
            DefinitionKind::Includes { .. } => "includes statement",
        }
    }
}

/// An extended attribute.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub name: String,
    pub span: Span,
    pub value: ExtendedAttributeValue,
    /// Of `[A(…)]` and `[A=B(…)]`.
    pub arguments: Vec<Argument>,
}

/// A member of an interface, callback interface, mixin or namespace.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub kind: MemberKind,
    pub name: Option<Identifier>,
    pub attributes: Vec<Attribute>,
    /// All of it.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum MemberKind {
    Constant { ty: Type, value: Literal },
    Attribute { ty: Type, readonly: bool, modifier: Modifier },
    Operation { return_type: Type, arguments: Vec<Argument>, modifier: Modifier, special: Option<Special> },
    Constructor { arguments: Vec<Argument> },
    Iterable { key: Option<Type>, value: Type },
    AsyncIterable { key: Option<Type>, value: Type, arguments: Vec<Argument> },
    Maplike { readonly: bool, key: Type, value: Type },
    Setlike { readonly: bool, value: Type },
    Stringifier,
}

/// The word before an attribute or operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    None,
    Static,
    Inherit,
    Stringifier,
}

/// The word before a special operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    Getter,
    Setter,
    Deleter,
    LegacyCaller,
}

#[derive(Clone, Debug)]
pub(crate) struct DictionaryMember {
    pub name: Identifier,
    pub ty: Type,
    pub required: bool,
    pub default: Option<Default>,
    pub attributes: Vec<Attribute>,
}

#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub name: Identifier,
    pub ty: Type,
    pub optional: bool,
    pub variadic: bool,
    pub default: Option<Default>,
    pub attributes: Vec<Attribute>,
}

/// A default value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Default {
    pub value: Literal,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Undefined,
    Boolean(bool),
    Integer(i128),
    Float(f64),
    String(String),
    EmptySequence,
    EmptyDictionary,
}

/// A type as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub kind: TypeKind,
    pub nullable: bool,
    /// Extended attributes directly before it; those of the member that it is the type of are there.
    pub attributes: Vec<Attribute>,
    /// The name of a reference, else the member or argument that it is the type of.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum TypeKind {
    /// A keyword type, without its extended attributes.
    Builtin(model::Type),
    Reference(String),
    Sequence(Box<Type>),
    AsyncSequence(Box<Type>),
    Record(Box<Type>, Box<Type>),
    FrozenArray(Box<Type>),
    ObservableArray(Box<Type>),
    Promise(Box<Type>),
    Union(Vec<Type>),
}
