//! Definitions and members from weedle's syntax tree to ours.
//!
//! weedle's identifiers and strings are slices of the rewritten text, which is where places come from. Its keywords
//! are not, so a member's place is given by the tokens it was made from.

use weedle::attribute::{ExtendedAttribute as WAttribute, ExtendedAttributeList, IdentifierOrString};
use weedle::common::Punctuated;
use weedle::interface as wi;
use weedle::literal as wl;
use weedle::mixin::MixinMember;
use weedle::namespace::NamespaceMember;

use super::prepass::Prepassed;
use super::{
    Argument, Attribute, Default, DefinitionKind, DictionaryMember, Identifier, Literal, Member, MemberKind,
    Modifier, Special,
};
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::ExtendedAttributeValue;
use crate::source::{FileId, Span};

pub(super) struct Converter<'a> {
    pub file: FileId,
    pub prepassed: &'a Prepassed,
    /// The definition.
    pub definition: Span,
    /// Its members, in order.
    pub members: &'a [Span],
    pub errors: &'a mut Vec<Diagnostic>,
}

/// What a weedle definition becomes.
pub(super) struct Converted {
    pub kind: DefinitionKind,
    pub name: Identifier,
    pub partial: bool,
    pub attributes: Vec<Attribute>,
}

impl Converter<'_> {
    /// Where a slice of the rewritten text stands in the original.
    pub fn span_of(&self, slice: &str) -> Option<Span> {
        let start = self.prepassed.original(self.prepassed.offset_of(slice)?);
        Some(Span::new(self.file, start, start + slice.len()))
    }

    fn identifier(&self, text: &str) -> Identifier {
        Identifier { text: text.to_owned(), span: self.span_of(text).unwrap_or(self.definition) }
    }

    fn inheritance(&self, inheritance: &Option<wi::Inheritance<'_>>) -> Option<Identifier> {
        inheritance.as_ref().map(|parent| self.identifier(parent.identifier.0))
    }

    fn member_span(&self, index: usize) -> Span {
        self.members.get(index).copied().unwrap_or(self.definition)
    }

    pub fn definition(&mut self, definition: &weedle::Definition<'_>) -> Converted {
        use weedle::Definition as D;
        let (name, partial, attributes, kind) = match definition {
            D::Callback(it) => {
                let name = self.identifier(it.identifier.0);
                let return_type = self.return_type(&it.return_type, name.span);
                let arguments = self.arguments(&it.arguments.body);
                (it.identifier, false, &it.attributes, DefinitionKind::Callback { return_type, arguments })
            }
            D::CallbackInterface(it) => {
                if let Some(parent) = self.inheritance(&it.inheritance) {
                    self.error(Kind::Inheritance, parent.span, "a callback interface can't inherit");
                }
                let members = self.interface_members(&it.members.body);
                (it.identifier, false, &it.attributes, DefinitionKind::CallbackInterface { members })
            }
            D::Interface(it) => {
                let parent = self.inheritance(&it.inheritance);
                let members = self.interface_members(&it.members.body);
                (it.identifier, false, &it.attributes, DefinitionKind::Interface { parent, members })
            }
            D::PartialInterface(it) => {
                let members = self.interface_members(&it.members.body);
                (it.identifier, true, &it.attributes, DefinitionKind::Interface { parent: None, members })
            }
            D::InterfaceMixin(it) => {
                let members = self.mixin_members(&it.members.body);
                (it.identifier, false, &it.attributes, DefinitionKind::Mixin { members })
            }
            D::PartialInterfaceMixin(it) => {
                let members = self.mixin_members(&it.members.body);
                (it.identifier, true, &it.attributes, DefinitionKind::Mixin { members })
            }
            D::Namespace(it) => {
                let members = self.namespace_members(&it.members.body);
                (it.identifier, false, &it.attributes, DefinitionKind::Namespace { members })
            }
            D::PartialNamespace(it) => {
                let members = self.namespace_members(&it.members.body);
                (it.identifier, true, &it.attributes, DefinitionKind::Namespace { members })
            }
            D::Dictionary(it) => {
                let parent = self.inheritance(&it.inheritance);
                let members = self.dictionary_members(&it.members.body);
                (it.identifier, false, &it.attributes, DefinitionKind::Dictionary { parent, members })
            }
            D::PartialDictionary(it) => {
                let members = self.dictionary_members(&it.members.body);
                (it.identifier, true, &it.attributes, DefinitionKind::Dictionary { parent: None, members })
            }
            D::Enum(it) => {
                let values = it.values.body.list.iter().map(|value| self.identifier(value.0)).collect();
                (it.identifier, false, &it.attributes, DefinitionKind::Enumeration { values })
            }
            D::Typedef(it) => {
                let name = self.identifier(it.identifier.0);
                let ty = self.attributed_type(&it.type_, name.span);
                (it.identifier, false, &it.attributes, DefinitionKind::Typedef { ty })
            }
            D::IncludesStatement(it) => {
                let mixin = self.identifier(it.rhs_identifier.0);
                (it.lhs_identifier, false, &it.attributes, DefinitionKind::Includes { mixin })
            }
            D::Implements(it) => {
                let mixin = self.identifier(it.rhs_identifier.0);
                let error =
                    Diagnostic::new(Kind::Syntax, self.definition, "`implements` is no longer Web IDL");
                self.errors.push(error.help("make it an interface mixin and use `includes`"));
                (it.lhs_identifier, false, &it.attributes, DefinitionKind::Includes { mixin })
            }
        };
        Converted { name: self.identifier(name.0), kind, partial, attributes: self.attributes(attributes) }
    }

    pub(super) fn error(&mut self, kind: Kind, span: Span, message: impl Into<String>) {
        self.errors.push(Diagnostic::new(kind, span, message));
    }

    fn interface_members(&mut self, members: &[wi::InterfaceMember<'_>]) -> Vec<Member> {
        members.iter().enumerate().map(|(index, member)| self.interface_member(member, index)).collect()
    }

    fn interface_member(&mut self, member: &wi::InterfaceMember<'_>, index: usize) -> Member {
        use wi::InterfaceMember as M;
        let span = self.member_span(index);
        let (name, attributes, kind) = match member {
            M::Const(it) => {
                let (name, kind) = self.constant(it);
                (Some(name), &it.attributes, kind)
            }
            M::Attribute(it) => {
                let name = self.identifier(it.identifier.0);
                let modifier = match it.modifier {
                    None => Modifier::None,
                    Some(wi::StringifierOrInheritOrStatic::Static(_)) => Modifier::Static,
                    Some(wi::StringifierOrInheritOrStatic::Inherit(_)) => Modifier::Inherit,
                    Some(wi::StringifierOrInheritOrStatic::Stringifier(_)) => Modifier::Stringifier,
                };
                let ty = self.attributed_type(&it.type_, name.span);
                let readonly = it.readonly.is_some();
                (Some(name), &it.attributes, MemberKind::Attribute { ty, readonly, modifier })
            }
            M::Constructor(it) => {
                let arguments = self.arguments(&it.args.body);
                (None, &it.attributes, MemberKind::Constructor { arguments })
            }
            M::Operation(it) => {
                let modifier = match it.modifier {
                    None => Modifier::None,
                    Some(wi::StringifierOrStatic::Static(_)) => Modifier::Static,
                    Some(wi::StringifierOrStatic::Stringifier(_)) => Modifier::Stringifier,
                };
                let special = it.special.map(|special| match special {
                    wi::Special::Getter(_) => Special::Getter,
                    wi::Special::Setter(_) => Special::Setter,
                    wi::Special::Deleter(_) => Special::Deleter,
                    wi::Special::LegacyCaller(_) => Special::LegacyCaller,
                });
                let (name, kind) =
                    self.operation(&it.identifier, &it.return_type, &it.args.body, modifier, special, span);
                (name, &it.attributes, kind)
            }
            M::Iterable(wi::IterableInterfaceMember::Single(it)) => {
                let value = self.attributed_type(&it.generics.body, span);
                (None, &it.attributes, MemberKind::Iterable { key: None, value })
            }
            M::Iterable(wi::IterableInterfaceMember::Double(it)) => {
                let key = Some(self.attributed_type(&it.generics.body.0, span));
                let value = self.attributed_type(&it.generics.body.2, span);
                (None, &it.attributes, MemberKind::Iterable { key, value })
            }
            M::AsyncIterable(wi::AsyncIterableInterfaceMember::Single(it)) => {
                let value = self.attributed_type(&it.generics.body, span);
                let arguments = it.args.as_ref().map(|args| self.arguments(&args.body)).unwrap_or_default();
                (None, &it.attributes, MemberKind::AsyncIterable { key: None, value, arguments })
            }
            M::AsyncIterable(wi::AsyncIterableInterfaceMember::Double(it)) => {
                let key = Some(self.attributed_type(&it.generics.body.0, span));
                let value = self.attributed_type(&it.generics.body.2, span);
                let arguments = it.args.as_ref().map(|args| self.arguments(&args.body)).unwrap_or_default();
                (None, &it.attributes, MemberKind::AsyncIterable { key, value, arguments })
            }
            M::Maplike(it) => {
                let key = self.attributed_type(&it.generics.body.0, span);
                let value = self.attributed_type(&it.generics.body.2, span);
                (None, &it.attributes, MemberKind::Maplike { readonly: it.readonly.is_some(), key, value })
            }
            M::Setlike(it) => {
                let value = self.attributed_type(&it.generics.body, span);
                (None, &it.attributes, MemberKind::Setlike { readonly: it.readonly.is_some(), value })
            }
            M::Stringifier(it) => (None, &it.attributes, MemberKind::Stringifier),
        };
        Member { kind, name, attributes: self.attributes(attributes), span }
    }

    fn mixin_members(&mut self, members: &[MixinMember<'_>]) -> Vec<Member> {
        let modifier = |stringifier: bool| if stringifier { Modifier::Stringifier } else { Modifier::None };
        let mut converted = Vec::with_capacity(members.len());
        for (index, member) in members.iter().enumerate() {
            let span = self.member_span(index);
            let (name, attributes, kind) = match member {
                MixinMember::Const(it) => {
                    let (name, kind) = self.constant(it);
                    (Some(name), &it.attributes, kind)
                }
                MixinMember::Operation(it) => {
                    let modifier = modifier(it.stringifier.is_some());
                    let (name, kind) =
                        self.operation(&it.identifier, &it.return_type, &it.args.body, modifier, None, span);
                    (name, &it.attributes, kind)
                }
                MixinMember::Attribute(it) => {
                    let name = self.identifier(it.identifier.0);
                    let ty = self.attributed_type(&it.type_, name.span);
                    let (readonly, modifier) = (it.readonly.is_some(), modifier(it.stringifier.is_some()));
                    (Some(name), &it.attributes, MemberKind::Attribute { ty, readonly, modifier })
                }
                MixinMember::Stringifier(it) => (None, &it.attributes, MemberKind::Stringifier),
            };
            converted.push(Member { kind, name, attributes: self.attributes(attributes), span });
        }
        converted
    }

    fn namespace_members(&mut self, members: &[NamespaceMember<'_>]) -> Vec<Member> {
        let mut converted = Vec::with_capacity(members.len());
        for (index, member) in members.iter().enumerate() {
            let span = self.member_span(index);
            let (name, attributes, kind) = match member {
                NamespaceMember::Const(it) => {
                    let name = self.identifier(it.identifier.0);
                    let ty = self.const_type(&it.const_type, name.span);
                    let value = self.const_value(&it.const_value, name.span);
                    (Some(name), &it.attributes, MemberKind::Constant { ty, value })
                }
                NamespaceMember::Operation(it) => {
                    let (name, kind) = self.operation(
                        &it.identifier,
                        &it.return_type,
                        &it.args.body,
                        Modifier::None,
                        None,
                        span,
                    );
                    (name, &it.attributes, kind)
                }
                NamespaceMember::Attribute(it) => {
                    let name = self.identifier(it.identifier.0);
                    let ty = self.attributed_type(&it.type_, name.span);
                    (
                        Some(name),
                        &it.attributes,
                        MemberKind::Attribute { ty, readonly: true, modifier: Modifier::None },
                    )
                }
            };
            converted.push(Member { kind, name, attributes: self.attributes(attributes), span });
        }
        converted
    }

    fn constant(&mut self, it: &wi::ConstMember<'_>) -> (Identifier, MemberKind) {
        let name = self.identifier(it.identifier.0);
        let ty = self.const_type(&it.const_type, name.span);
        let value = self.const_value(&it.const_value, name.span);
        (name, MemberKind::Constant { ty, value })
    }

    fn operation(
        &mut self,
        name: &Option<weedle::common::Identifier<'_>>,
        return_type: &weedle::types::ReturnType<'_>,
        arguments: &weedle::argument::ArgumentList<'_>,
        modifier: Modifier,
        special: Option<Special>,
        span: Span,
    ) -> (Option<Identifier>, MemberKind) {
        let name = name.map(|name| self.identifier(name.0));
        let return_type = self.return_type(return_type, name.as_ref().map_or(span, |name| name.span));
        let arguments = self.arguments(arguments);
        (name, MemberKind::Operation { return_type, arguments, modifier, special })
    }

    fn dictionary_members(
        &mut self,
        members: &[weedle::dictionary::DictionaryMember<'_>],
    ) -> Vec<DictionaryMember> {
        let mut converted = Vec::with_capacity(members.len());
        for member in members {
            let name = self.identifier(member.identifier.0);
            converted.push(DictionaryMember {
                ty: self.ty(&member.type_, name.span),
                required: member.required.is_some(),
                default: member.default.as_ref().map(|default| self.default(default, name.span)),
                attributes: self.attributes(&member.attributes),
                name,
            });
        }
        converted
    }

    fn arguments(&mut self, arguments: &weedle::argument::ArgumentList<'_>) -> Vec<Argument> {
        let mut converted = Vec::with_capacity(arguments.list.len());
        for argument in &arguments.list {
            converted.push(match argument {
                weedle::argument::Argument::Single(it) => {
                    let name = self.identifier(it.identifier.0);
                    Argument {
                        ty: self.attributed_type(&it.type_, name.span),
                        optional: it.optional.is_some(),
                        variadic: false,
                        default: it.default.as_ref().map(|default| self.default(default, name.span)),
                        attributes: self.attributes(&it.attributes),
                        name,
                    }
                }
                weedle::argument::Argument::Variadic(it) => {
                    let name = self.identifier(it.identifier.0);
                    Argument {
                        ty: self.ty(&it.type_, name.span),
                        optional: false,
                        variadic: true,
                        default: None,
                        attributes: self.attributes(&it.attributes),
                        name,
                    }
                }
            });
        }
        converted
    }

    pub fn attributes(&mut self, attributes: &Option<ExtendedAttributeList<'_>>) -> Vec<Attribute> {
        let Some(list) = attributes else { return Vec::new() };
        let Punctuated { list, .. } = &list.body;
        let mut converted = Vec::with_capacity(list.len());
        for attribute in list {
            let (name, value, arguments) = match attribute {
                WAttribute::ArgList(it) => {
                    let arguments = self.arguments(&it.args.body);
                    (it.identifier, ExtendedAttributeValue::Arguments, arguments)
                }
                WAttribute::NamedArgList(it) => {
                    let arguments = self.arguments(&it.args.body);
                    let name = it.rhs_identifier.0.to_owned();
                    (it.lhs_identifier, ExtendedAttributeValue::NamedArguments(name), arguments)
                }
                WAttribute::IdentList(it) => {
                    let identifiers =
                        it.list.body.list.iter().map(|identifier| identifier.0.to_owned()).collect();
                    (it.identifier, ExtendedAttributeValue::IdentifierList(identifiers), Vec::new())
                }
                WAttribute::Ident(it) => {
                    let value = match it.rhs {
                        IdentifierOrString::Identifier(identifier) => {
                            ExtendedAttributeValue::Identifier(identifier.0.to_owned())
                        }
                        IdentifierOrString::String(string) => self
                            .prepassed
                            .offset_of(string.0)
                            .and_then(|offset| self.prepassed.values.get(&offset).cloned())
                            .unwrap_or_else(|| ExtendedAttributeValue::String(string.0.to_owned())),
                    };
                    (it.lhs_identifier, value, Vec::new())
                }
                WAttribute::Wildcard(it) => (it.lhs_identifier, ExtendedAttributeValue::Wildcard, Vec::new()),
                WAttribute::NoArgs(it) => (it.0, ExtendedAttributeValue::None, Vec::new()),
            };
            let Identifier { text: name, span } = self.identifier(name.0);
            converted.push(Attribute { name, span, value, arguments });
        }
        converted
    }

    fn const_value(&mut self, value: &wl::ConstValue<'_>, span: Span) -> Literal {
        match value {
            wl::ConstValue::Boolean(value) => Literal::Boolean(value.0),
            wl::ConstValue::Float(value) => self.float(value, span),
            wl::ConstValue::Integer(value) => self.integer(value, span),
            wl::ConstValue::Null(_) => Literal::Null,
        }
    }

    fn default(&mut self, default: &weedle::common::Default<'_>, around: Span) -> Default {
        let slice = match &default.value {
            wl::DefaultValue::Float(wl::FloatLit::Value(value)) => Some(value.0),
            wl::DefaultValue::Integer(value) => Some(digits(value)),
            wl::DefaultValue::String(value) => Some(value.0),
            _ => None,
        };
        let span = slice.and_then(|slice| self.span_of(slice)).unwrap_or(around);
        let value = match &default.value {
            wl::DefaultValue::Boolean(value) => Literal::Boolean(value.0),
            wl::DefaultValue::EmptyArray(_) => Literal::EmptySequence,
            wl::DefaultValue::EmptyDictionary(_) => Literal::EmptyDictionary,
            wl::DefaultValue::Float(value) => self.float(value, span),
            wl::DefaultValue::Integer(value) => self.integer(value, span),
            wl::DefaultValue::Null(_) => Literal::Null,
            wl::DefaultValue::String(value) => {
                let offset = self.prepassed.offset_of(value.0);
                match offset {
                    Some(offset) if self.prepassed.undefined.contains(&offset) => Literal::Undefined,
                    _ => Literal::String(value.0.to_owned()),
                }
            }
        };
        Default { value, span }
    }

    fn float(&mut self, value: &wl::FloatLit<'_>, span: Span) -> Literal {
        match value {
            wl::FloatLit::Value(value) => match value.0.parse() {
                Ok(value) => Literal::Float(value),
                Err(_) => {
                    self.error(Kind::Value, span, format!("`{}` is no decimal", value.0));
                    Literal::Float(0.0)
                }
            },
            wl::FloatLit::NegInfinity(_) => Literal::Float(f64::NEG_INFINITY),
            wl::FloatLit::Infinity(_) => Literal::Float(f64::INFINITY),
            wl::FloatLit::NaN(_) => Literal::Float(f64::NAN),
        }
    }

    fn integer(&mut self, value: &wl::IntegerLit<'_>, span: Span) -> Literal {
        let text = digits(value);
        let (negative, magnitude) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        // <https://webidl.spec.whatwg.org/#dfn-value-of-integer-tokens>
        let parsed = match value {
            wl::IntegerLit::Hex(_) => i128::from_str_radix(&magnitude[2..], 16),
            wl::IntegerLit::Oct(_) => i128::from_str_radix(magnitude, 8),
            wl::IntegerLit::Dec(_) => magnitude.parse(),
        };
        match parsed {
            Ok(value) => Literal::Integer(if negative { -value } else { value }),
            Err(_) => {
                self.error(Kind::Value, span, format!("`{text}` is larger than any integer type"));
                Literal::Integer(0)
            }
        }
    }
}

fn digits<'a>(value: &wl::IntegerLit<'a>) -> &'a str {
    match value {
        wl::IntegerLit::Dec(value) => value.0,
        wl::IntegerLit::Hex(value) => value.0,
        wl::IntegerLit::Oct(value) => value.0,
    }
}
