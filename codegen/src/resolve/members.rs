//! Members of interfaces, callback interfaces and namespaces, from all the parts that make one up.

use std::collections::BTreeMap;

use super::definitions::extended_with_type;
use super::exposure::{self, Places};
use super::{Resolver, extended, has};
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{
    Argument, AsyncIterable, Attribute, Constant, Constructor, EventHandlerKind, Iterable, Maplike, Member,
    MemberOrigin, Operation, Overload, Setlike, SpecialOperation, Stringifier, Type,
};
use crate::source::Span;
use crate::syntax::{self, Definition, DefinitionKind, MemberKind, Modifier, Special, TypeKind};

/// A definition, partial definition or mixin whose members are taken.
pub(super) struct Part<'a> {
    origin: MemberOrigin,
    members: &'a [syntax::Member],
    places: Places,
    /// A mixin: its members' exposure is intersected with the includer's.
    mixin: bool,
    secure_context: bool,
    cross_origin_isolated: bool,
}

impl<'a> Part<'a> {
    /// The members of a definition that are exposed in `places`. `[SecureContext]` of an interface itself is not its
    /// members'.
    pub fn of(definition: &'a Definition, origin: MemberOrigin, places: Places) -> Self {
        let members = match &definition.kind {
            DefinitionKind::Interface { members, .. }
            | DefinitionKind::CallbackInterface { members }
            | DefinitionKind::Mixin { members }
            | DefinitionKind::Namespace { members } => members.as_slice(),
            _ => &[],
        };
        let is_part = origin != MemberOrigin::Own;
        Part {
            members,
            places,
            mixin: matches!(origin, MemberOrigin::Mixin(_)),
            secure_context: is_part && has(&definition.attributes, "SecureContext"),
            cross_origin_isolated: is_part && has(&definition.attributes, "CrossOriginIsolated"),
            origin,
        }
    }

    /// Also what is asked for by a mixin that this partial mixin belongs to.
    pub fn within(mut self, mixin: &Definition) -> Self {
        self.secure_context |= has(&mixin.attributes, "SecureContext");
        self.cross_origin_isolated |= has(&mixin.attributes, "CrossOriginIsolated");
        self
    }
}

/// Members by kind.
#[derive(Default)]
pub(super) struct Members {
    pub constants: Vec<Constant>,
    pub attributes: Vec<Attribute>,
    pub operations: Vec<Operation>,
    pub constructor: Option<Constructor>,
    /// With the special operation's name or an empty one.
    pub specials: Vec<(Special, SpecialOperation)>,
    pub stringifier: Option<Stringifier>,
    pub iterable: Option<Iterable>,
    pub async_iterable: Option<AsyncIterable>,
    pub maplike: Option<Maplike>,
    pub setlike: Option<Setlike>,
}

impl Resolver<'_> {
    /// The members of all parts; `span` is the whole's name.
    pub fn members(&mut self, parts: &[Part<'_>], span: Span) -> Members {
        let mut members = Members::default();
        for part in parts {
            for member in part.members {
                self.member(&mut members, part, member);
            }
        }
        self.unique_members(&members);
        let iterations = [
            members.iterable.is_some(),
            members.async_iterable.is_some(),
            members.maplike.is_some(),
            members.setlike.is_some(),
        ];
        if iterations.iter().filter(|is| **is).count() > 1 {
            self.error(
                Kind::Member,
                span,
                "only one of iterable, async_iterable, maplike and setlike can be declared",
            );
        }
        members
    }

    fn member(&mut self, members: &mut Members, part: &Part<'_>, syntax: &syntax::Member) {
        let name = syntax.name.as_ref();
        let member = Member {
            name: name.map(|name| name.text.clone()).unwrap_or_default(),
            span: name.map_or(syntax.span, |name| name.span),
            origin: part.origin.clone(),
            exposure: self.member_exposure(part, syntax),
            secure_context: part.secure_context || has(&syntax.attributes, "SecureContext"),
            cross_origin_isolated: part.cross_origin_isolated
                || has(&syntax.attributes, "CrossOriginIsolated"),
            extended: extended(&syntax.attributes),
        };
        let span = member.span;
        let taken =
            |slot: bool| slot.then(|| Diagnostic::new(Kind::Duplicate, span, "this is declared twice"));
        match &syntax.kind {
            MemberKind::Constant { ty, value } => {
                let ty = self.ty(ty, &syntax.attributes);
                let value = self.constant(value, &ty, span);
                members.constants.push(Constant { member, ty, value });
            }
            MemberKind::Attribute { ty, readonly, modifier } => {
                let attribute = self.attribute(member, syntax, ty, *readonly, *modifier);
                if *modifier == Modifier::Stringifier {
                    self.errors.extend(taken(members.stringifier.is_some()));
                    members.stringifier = Some(Stringifier::Attribute(attribute.name.clone()));
                }
                members.attributes.push(attribute);
            }
            MemberKind::Operation { return_type, arguments, modifier, special } => {
                let overload = self.overload(syntax, return_type, arguments, *modifier);
                self.operation(members, member, overload, *modifier, *special);
            }
            MemberKind::Constructor { arguments } => {
                let overload = Overload {
                    span: syntax.span,
                    return_type: Type::Undefined,
                    arguments: self.arguments(arguments),
                    extended: extended(&syntax.attributes),
                    stringifier: false,
                };
                match &mut members.constructor {
                    Some(constructor) => constructor.overloads.push(overload),
                    none => *none = Some(Constructor { member, overloads: vec![overload] }),
                }
            }
            MemberKind::Iterable { key, value } => {
                self.errors.extend(taken(members.iterable.is_some()));
                let key = key.as_ref().map(|key| self.ty(key, &[]));
                members.iterable = Some(Iterable { member, key, value: self.ty(value, &[]) });
            }
            MemberKind::AsyncIterable { key, value, arguments } => {
                self.errors.extend(taken(members.async_iterable.is_some()));
                let key = key.as_ref().map(|key| self.ty(key, &[]));
                let (value, arguments) = (self.ty(value, &[]), self.arguments(arguments));
                if arguments.iter().any(Argument::is_required) {
                    self.error(Kind::Member, span, "arguments of an async iterable must be optional");
                }
                members.async_iterable = Some(AsyncIterable { member, key, value, arguments });
            }
            MemberKind::Maplike { readonly, key, value } => {
                self.errors.extend(taken(members.maplike.is_some()));
                let (key, value) = (self.ty(key, &[]), self.ty(value, &[]));
                members.maplike = Some(Maplike { member, readonly: *readonly, key, value });
            }
            MemberKind::Setlike { readonly, value } => {
                self.errors.extend(taken(members.setlike.is_some()));
                members.setlike = Some(Setlike { member, readonly: *readonly, value: self.ty(value, &[]) });
            }
            MemberKind::Stringifier => {
                self.errors.extend(taken(members.stringifier.is_some()));
                members.stringifier = Some(Stringifier::Behavior(member));
            }
        }
    }

    fn member_exposure(&mut self, part: &Part<'_>, member: &syntax::Member) -> crate::model::Exposure {
        if part.places.is_empty() && !part.mixin {
            return Default::default();
        }
        let places =
            self.globals.inside(&member.attributes, &part.places, part.mixin, self.names, self.errors);
        exposure::exposure(&places)
    }

    fn attribute(
        &mut self,
        member: Member,
        syntax: &syntax::Member,
        ty: &syntax::Type,
        readonly: bool,
        modifier: Modifier,
    ) -> Attribute {
        let event_handler = match &ty.kind {
            TypeKind::Reference(name) => match name.as_str() {
                "EventHandler" => Some(EventHandlerKind::EventHandler),
                "OnErrorEventHandler" => Some(EventHandlerKind::OnErrorEventHandler),
                "OnBeforeUnloadEventHandler" => Some(EventHandlerKind::OnBeforeUnloadEventHandler),
                _ => None,
            },
            _ => None,
        };
        let resolved = self.ty(ty, &syntax.attributes);
        // https://webidl.spec.whatwg.org/#dfn-attribute: no type of which a new object would be made at each get.
        let forbidden = match resolved.without_null() {
            Type::Sequence(_) | Type::AsyncSequence(_) => Some("a sequence"),
            Type::Dictionary(_) => Some("a dictionary"),
            Type::Record(_) => Some("a record"),
            Type::Union(union) => union.members.iter().find_map(|member| match member {
                Type::Sequence(_) | Type::AsyncSequence(_) => Some("a union with a sequence"),
                Type::Dictionary(_) => Some("a union with a dictionary"),
                Type::Record(_) => Some("a union with a record"),
                _ => None,
            }),
            Type::Promise(_) if !readonly => Some("a promise that can be set"),
            _ => None,
        };
        if let Some(what) = forbidden {
            self.error(Kind::Type, member.span, format!("an attribute's type can't be {what}"));
        }
        if modifier == Modifier::Inherit && readonly {
            self.error(Kind::Member, member.span, "`inherit` is for attributes that aren't read-only");
        }
        if modifier == Modifier::Stringifier && !resolved.is_string() && resolved != Type::Any {
            self.error(Kind::Type, member.span, "a stringifier attribute must be a string");
        }
        self.reserved(&member);
        Attribute {
            member,
            ty: resolved,
            readonly,
            is_static: modifier == Modifier::Static,
            inherit: modifier == Modifier::Inherit,
            stringifier: modifier == Modifier::Stringifier,
            event_handler,
        }
    }

    /// <https://webidl.spec.whatwg.org/#dfn-reserved-identifier>
    fn reserved(&mut self, member: &Member) {
        if matches!(member.name.as_str(), "constructor" | "toString") {
            self.error(Kind::Member, member.span, format!("`{}` is a reserved name", member.name));
        }
    }

    fn overload(
        &mut self,
        syntax: &syntax::Member,
        return_type: &syntax::Type,
        arguments: &[syntax::Argument],
        modifier: Modifier,
    ) -> Overload {
        let return_type = self.ty(return_type, &[]);
        if matches!(return_type, Type::ObservableArray(_)) {
            self.error(Kind::Type, syntax.span, "an observable array can only be an attribute's type");
        }
        Overload {
            span: syntax.span,
            return_type,
            arguments: self.arguments(arguments),
            extended: extended(&syntax.attributes),
            stringifier: modifier == Modifier::Stringifier,
        }
    }

    fn operation(
        &mut self,
        members: &mut Members,
        member: Member,
        overload: Overload,
        modifier: Modifier,
        special: Option<Special>,
    ) {
        if special == Some(Special::LegacyCaller) {
            let error = Diagnostic::new(Kind::Syntax, member.span, "`legacycaller` is no longer Web IDL");
            self.errors.push(error);
            return;
        }
        if modifier == Modifier::Stringifier {
            if members.stringifier.is_some() {
                self.error(Kind::Duplicate, member.span, "there already is a stringifier");
            }
            if !overload.return_type.is_string() || !overload.arguments.is_empty() {
                self.error(Kind::Member, member.span, "a stringifier takes nothing and returns a string");
            }
            members.stringifier = Some(match member.name.is_empty() {
                true => Stringifier::Behavior(member.clone()),
                false => Stringifier::Operation(member.name.clone()),
            });
        }
        if let Some(special) = special {
            let (member, overload) = (member.clone(), overload.clone());
            members.specials.push((special, SpecialOperation { member, overload }));
        }
        if member.name.is_empty() {
            if special.is_none() && modifier != Modifier::Stringifier {
                self.error(Kind::Member, member.span, "an operation needs a name");
            }
            return;
        }
        self.reserved(&member);
        let is_static = modifier == Modifier::Static;
        let same =
            |operation: &&mut Operation| operation.name == member.name && operation.is_static == is_static;
        match members.operations.iter_mut().find(same) {
            Some(operation) => {
                let alike = operation.exposure == member.exposure
                    && operation.secure_context == member.secure_context
                    && operation.cross_origin_isolated == member.cross_origin_isolated;
                if !alike {
                    let message = "overloads must be exposed alike";
                    let error = Diagnostic::new(Kind::Exposure, member.span, message);
                    self.errors.push(error.related(operation.member.span, "the first overload"));
                }
                operation.overloads.push(overload);
            }
            None => members.operations.push(Operation { member, is_static, overloads: vec![overload] }),
        }
    }

    /// Arguments of an operation, constructor or callback.
    pub fn arguments(&mut self, arguments: &[syntax::Argument]) -> Vec<Argument> {
        self.unique(arguments.iter().map(|argument| &argument.name), "an argument");
        let mut resolved: Vec<Argument> = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            let span = argument.name.span;
            let ty = self.ty(&argument.ty, &argument.attributes);
            if matches!(ty, Type::ObservableArray(_)) {
                self.error(Kind::Type, span, "an observable array can only be an attribute's type");
            }
            if argument.variadic && index + 1 < arguments.len() {
                self.error(Kind::Member, span, "only the last argument can be variadic");
            }
            resolved.push(Argument {
                name: argument.name.text.clone(),
                span,
                default: argument.default.as_ref().and_then(|default| self.default(default, &ty)),
                ty,
                optional: argument.optional,
                variadic: argument.variadic,
                extended: extended_with_type(&argument.attributes, &argument.ty),
            });
        }
        self.dictionary_arguments(&resolved);
        resolved
    }

    /// A dictionary argument that could be left out must be optional and have a default
    /// (<https://webidl.spec.whatwg.org/#idl-operations>, "if the type of an argument is a dictionary type …").
    fn dictionary_arguments(&mut self, arguments: &[Argument]) {
        for (index, argument) in arguments.iter().enumerate() {
            let dictionary = match argument.ty.without_null() {
                Type::Dictionary(id) => Some(*id),
                Type::Union(union) => union.dictionary(),
                _ => None,
            };
            let Some(dictionary) = dictionary else { continue };
            if argument.ty.is_nullable() {
                self.error(Kind::Type, argument.span, "a dictionary argument can't be nullable");
            } else if argument.optional && argument.default.is_none() {
                let error =
                    Diagnostic::new(Kind::Value, argument.span, "an optional dictionary needs a default");
                self.errors.push(error.help("write `= {}`"));
            } else if argument.is_required()
                && !self.names.requires[dictionary.0 as usize]
                && !arguments[index + 1..].iter().any(Argument::is_required)
            {
                let message = "a dictionary without required members must be optional";
                let error = Diagnostic::new(Kind::Type, argument.span, message);
                self.errors.push(error.help("write `optional … = {}`"));
            }
        }
    }

    /// Constants, attributes and regular operations share one set of names, static members another.
    fn unique_members(&mut self, members: &Members) {
        let mut firsts: BTreeMap<(&str, bool), Span> = BTreeMap::new();
        let constants = members.constants.iter().map(|it| (&it.member, false));
        let attributes = members.attributes.iter().map(|it| (&it.member, it.is_static));
        let operations = members.operations.iter().map(|it| (&it.member, it.is_static));
        for (member, is_static) in constants.chain(attributes).chain(operations) {
            match firsts.get(&(member.name.as_str(), is_static)) {
                Some(first) => {
                    let message = format!("there already is a member `{}`", member.name);
                    self.errors
                        .push(Diagnostic::new(Kind::Duplicate, member.span, message).related(*first, "here"));
                }
                None => _ = firsts.insert((&member.name, is_static), member.span),
            }
        }
    }
}
