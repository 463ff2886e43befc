//! Members of interfaces and namespaces: constants, attributes, operations, constructors and their arguments.

use std::collections::BTreeSet;

use super::{DefaultValue, ExtendedAttributes, InterfaceId, Number, Type};
use crate::source::Span;

/// The global interfaces (those with `[Global]`) in whose realms something is exposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// The global interfaces of this model.
    pub globals: BTreeSet<InterfaceId>,
}

impl Exposure {
    /// Whether it is exposed in that global.
    pub fn includes(&self, global: InterfaceId) -> bool {
        self.globals.contains(&global)
    }
}

/// Where a member was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberOrigin {
    /// In the definition itself.
    Own,
    /// In a partial definition.
    Partial,
    /// In the interface mixin of that name.
    Mixin(String),
}

/// What all kinds of members have. [`Attribute`], [`Operation`], [`Constant`] and the others deref to it.
#[derive(Clone, Debug)]
pub struct Member {
    /// The identifier; empty for constructors and nameless special operations.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Where it was written.
    pub origin: MemberOrigin,
    /// In which globals it is exposed, the definition's and the partial's or mixin's own exposure taken into account.
    pub exposure: Exposure,
    /// Available only in secure contexts, by its own `[SecureContext]` or its partial's or mixin's (not its
    /// interface's).
    pub secure_context: bool,
    /// Available only in cross-origin isolated realms, likewise.
    pub cross_origin_isolated: bool,
    /// Its extended attributes.
    pub extended: ExtendedAttributes,
}

impl Member {
    /// `[LegacyUnforgeable]`.
    pub fn is_unforgeable(&self) -> bool {
        self.extended.has("LegacyUnforgeable")
    }

    /// `[Unscopable]`.
    pub fn is_unscopable(&self) -> bool {
        self.extended.has("Unscopable")
    }

    /// `[CEReactions]`.
    pub fn has_ce_reactions(&self) -> bool {
        self.extended.has("CEReactions")
    }

    /// `[NewObject]`.
    pub fn is_new_object(&self) -> bool {
        self.extended.has("NewObject")
    }
}

macro_rules! members {
    ($($node:ident)*) => {$(
        impl std::ops::Deref for $node {
            type Target = Member;

            fn deref(&self) -> &Member {
                &self.member
            }
        }
    )*};
}

members! { Constant Attribute Operation Constructor }

/// A constant.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Name, place, exposure.
    pub member: Member,
    /// A primitive type.
    pub ty: Type,
    /// Its value.
    pub value: Number,
}

/// An attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Name, place, exposure.
    pub member: Member,
    /// Its type.
    pub ty: Type,
    /// `readonly`.
    pub readonly: bool,
    /// `static`.
    pub is_static: bool,
    /// `inherit`: the getter is the one of the inherited attribute of that name.
    pub inherit: bool,
    /// `stringifier`.
    pub stringifier: bool,
    /// Its type is one of HTML's event handler types.
    pub event_handler: Option<EventHandlerKind>,
}

impl Attribute {
    /// `[SameObject]`.
    pub fn is_same_object(&self) -> bool {
        self.extended.has("SameObject")
    }

    /// `[PutForwards=name]`.
    pub fn put_forwards(&self) -> Option<&str> {
        self.extended.identifier("PutForwards")
    }

    /// `[Replaceable]`.
    pub fn is_replaceable(&self) -> bool {
        self.extended.has("Replaceable")
    }

    /// `[LegacyLenientThis]`.
    pub fn is_lenient_this(&self) -> bool {
        self.extended.has("LegacyLenientThis")
    }

    /// `[LegacyLenientSetter]`.
    pub fn is_lenient_setter(&self) -> bool {
        self.extended.has("LegacyLenientSetter")
    }

    /// Whether its property has a setter: writable, or read-only with `[PutForwards]`, `[Replaceable]` or
    /// `[LegacyLenientSetter]` (<https://webidl.spec.whatwg.org/#dfn-attribute-setter>).
    pub fn has_setter(&self) -> bool {
        !self.readonly || self.put_forwards().is_some() || self.is_replaceable() || self.is_lenient_setter()
    }
}

/// HTML's types of event handler attributes
/// (<https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-idl-attributes>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventHandlerKind {
    /// `EventHandler`.
    EventHandler,
    /// `OnErrorEventHandler`.
    OnErrorEventHandler,
    /// `OnBeforeUnloadEventHandler`.
    OnBeforeUnloadEventHandler,
}

/// A regular or static operation with all its overloads.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Name, and place, exposure and attributes of the first overload; exposure and security are alike on all.
    pub member: Member,
    /// `static`.
    pub is_static: bool,
    /// The overloads in order; never empty.
    pub overloads: Vec<Overload>,
}

impl Operation {
    /// Whether it has more than one overload.
    pub fn is_overloaded(&self) -> bool {
        self.overloads.len() > 1
    }

    /// The function's `length`: the smallest number of required arguments.
    pub fn length(&self) -> usize {
        self.overloads.iter().map(Overload::length).min().unwrap_or(0)
    }

    /// Whether it returns promises (all overloads do, or none).
    pub fn returns_promise(&self) -> bool {
        self.overloads.iter().all(|overload| overload.return_type.is_promise())
    }

    /// `[Default] toJSON`.
    pub fn is_default_to_json(&self) -> bool {
        self.name == "toJSON" && self.extended.has("Default")
    }
}

/// One signature of an operation or a constructor.
#[derive(Clone, Debug)]
pub struct Overload {
    /// Where it stands.
    pub span: Span,
    /// What it returns; for a constructor the interface.
    pub return_type: Type,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Its extended attributes.
    pub extended: ExtendedAttributes,
    /// `stringifier DOMString name()`.
    pub stringifier: bool,
}

impl Overload {
    /// How many arguments must be given: all up to the last required one.
    pub fn length(&self) -> usize {
        self.arguments.iter().rposition(Argument::is_required).map_or(0, |last| last + 1)
    }

    /// Whether the last argument is variadic.
    pub fn is_variadic(&self) -> bool {
        self.arguments.last().is_some_and(|argument| argument.variadic)
    }
}

/// An argument.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// Its type, of one value if it is variadic.
    pub ty: Type,
    /// `optional`.
    pub optional: bool,
    /// Its default.
    pub default: Option<DefaultValue>,
    /// `T... name`.
    pub variadic: bool,
    /// Its extended attributes, those of its type included.
    pub extended: ExtendedAttributes,
}

impl Argument {
    /// Neither optional nor variadic.
    pub fn is_required(&self) -> bool {
        !self.optional && !self.variadic
    }
}

/// An interface's constructor with all its overloads.
#[derive(Clone, Debug)]
pub struct Constructor {
    /// Place, exposure, attributes; the name is empty.
    pub member: Member,
    /// The overloads in order; never empty.
    pub overloads: Vec<Overload>,
}

impl Constructor {
    /// The function's `length`.
    pub fn length(&self) -> usize {
        self.overloads.iter().map(Overload::length).min().unwrap_or(0)
    }

    /// `[HTMLConstructor]`.
    pub fn is_html_constructor(&self) -> bool {
        self.extended.has("HTMLConstructor")
    }
}
