//! Extended attributes (<https://webidl.spec.whatwg.org/#idl-extended-attributes>) as they were written.

use crate::source::Span;

/// One extended attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtendedAttribute {
    /// Its identifier.
    pub name: String,
    /// What follows.
    pub value: ExtendedAttributeValue,
    /// Where it stands.
    pub span: Span,
}

/// What follows an extended attribute's identifier.
#[derive(Clone, Debug, PartialEq)]
pub enum ExtendedAttributeValue {
    /// `[A]`.
    None,
    /// `[A=*]`.
    Wildcard,
    /// `[A=B]`.
    Identifier(String),
    /// `[A="b"]`.
    String(String),
    /// `[A=1]`, integer or decimal, as written.
    Number(String),
    /// `[A=(B, C)]`.
    IdentifierList(Vec<String>),
    /// `[A=(1, 2)]`, as written.
    NumberList(Vec<String>),
    /// `[A=("b", "c")]`.
    StringList(Vec<String>),
    /// `[A(long x)]`; the arguments were resolved to where they belong.
    Arguments,
    /// `[A=B(long x)]`; the arguments were resolved to where they belong.
    NamedArguments(String),
}

/// The extended attributes of a definition, member or argument, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExtendedAttributes(pub Vec<ExtendedAttribute>);

impl ExtendedAttributes {
    /// The first of that name.
    pub fn get(&self, name: &str) -> Option<&ExtendedAttribute> {
        self.0.iter().find(|attribute| attribute.name == name)
    }

    /// Whether there is one of that name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The identifiers behind `[name=A]` or `[name=(A, B)]`.
    pub fn identifiers(&self, name: &str) -> &[String] {
        match self.get(name).map(|attribute| &attribute.value) {
            Some(ExtendedAttributeValue::Identifier(identifier)) => std::slice::from_ref(identifier),
            Some(ExtendedAttributeValue::IdentifierList(identifiers)) => identifiers,
            _ => &[],
        }
    }

    /// The identifier behind `[name=A]`.
    pub fn identifier(&self, name: &str) -> Option<&str> {
        self.identifiers(name).first().map(String::as_str)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &ExtendedAttribute> {
        self.0.iter()
    }
}
