//! Types: names to definitions, typedefs expanded, unions flattened, extended attributes applied.

use std::collections::BTreeMap;

use super::Resolver;
use super::names::Named;
use crate::diagnostic::Kind;
use crate::model::{IntegerConversion, Model, RecordType, Type, UnionType};
use crate::source::Span;
use crate::syntax::{Attribute, DefinitionKind, Identifier, Type as Syntax, TypeKind};

/// The extended attributes that belong to types (<https://webidl.spec.whatwg.org/#extended-attributes-applicable-to-types>).
const APPLICABLE: [&str; 5] =
    ["AllowResizable", "AllowShared", "Clamp", "EnforceRange", "LegacyNullToEmptyString"];

impl<'a> Resolver<'a> {
    /// Resolves a type; `outer` are the extended attributes of the member or argument that it is the type of.
    ///
    /// After an error the type is `any`.
    pub fn ty(&mut self, ty: &Syntax, outer: &[Attribute]) -> Type {
        self.resolve_type(ty, outer).unwrap_or(Type::Any)
    }

    /// Resolves every typedef, also those that nothing uses.
    pub fn typedefs(&mut self) {
        for definition in &self.names.typedefs {
            if let DefinitionKind::Typedef { .. } = &definition.kind {
                self.typedef(&definition.name.text, definition.name.span);
            }
        }
    }

    fn resolve_type(&mut self, ty: &Syntax, outer: &[Attribute]) -> Option<Type> {
        let resolved = match &ty.kind {
            TypeKind::Builtin(builtin) => builtin.clone(),
            TypeKind::Reference(name) => self.reference(name, ty.span)?,
            TypeKind::Sequence(inner) => Type::Sequence(Box::new(self.resolve_type(inner, &[])?)),
            TypeKind::AsyncSequence(inner) => Type::AsyncSequence(Box::new(self.resolve_type(inner, &[])?)),
            TypeKind::FrozenArray(inner) => Type::FrozenArray(Box::new(self.resolve_type(inner, &[])?)),
            TypeKind::ObservableArray(inner) => {
                let inner = self.resolve_type(inner, &[])?;
                if matches!(
                    inner,
                    Type::Dictionary(_) | Type::Sequence(_) | Type::Record(_) | Type::ObservableArray(_)
                ) {
                    self.error(Kind::Type, ty.span, "an observable array can't be one of such values");
                }
                Type::ObservableArray(Box::new(inner))
            }
            TypeKind::Promise(inner) => Type::Promise(Box::new(self.resolve_type(inner, &[])?)),
            TypeKind::Record(key, value) => {
                let (key, value) = (self.resolve_type(key, &[]), self.resolve_type(value, &[])?);
                match key? {
                    Type::String(key) => Type::Record(Box::new(RecordType { key: key.kind, value })),
                    _ => {
                        self.error(
                            Kind::Type,
                            ty.span,
                            "a record's keys are DOMString, USVString or ByteString",
                        );
                        return None;
                    }
                }
            }
            TypeKind::Union(members) => self.union(ty, members)?,
        };
        let resolved = self.annotate(resolved, ty.attributes.iter().chain(outer));
        if ty.nullable { self.nullable(resolved, ty.span) } else { Some(resolved) }
    }

    fn reference(&mut self, name: &str, span: Span) -> Option<Type> {
        let ty = match self.names.get(name) {
            Some(Named::Interface(id)) => Type::Interface(id),
            Some(Named::CallbackInterface(id)) => Type::CallbackInterface(id),
            Some(Named::Dictionary(id)) => Type::Dictionary(id),
            Some(Named::Enumeration(id)) => Type::Enumeration(id),
            Some(Named::Callback(id)) => Type::Callback(id),
            Some(Named::Typedef(_)) => return self.typedef(name, span),
            Some(Named::Broken) => return None,
            Some(named @ (Named::Namespace(_) | Named::Mixin)) => {
                self.error(Kind::UnknownName, span, format!("`{name}` is {}, not a type", named.noun()));
                return None;
            }
            None => {
                let name = Identifier { text: name.to_owned(), span };
                self.errors.push(self.names.unknown(&name, "type"));
                return None;
            }
        };
        Some(ty)
    }

    fn typedef(&mut self, name: &str, span: Span) -> Option<Type> {
        let Some(Named::Typedef(definition)) = self.names.get(name) else { return None };
        let DefinitionKind::Typedef { ty } = &definition.kind else { return None };
        if let Some(known) = self.typedefs.get(name) {
            return known.clone();
        }
        // No real typedef goes through more than a few others.
        if self.typedef_depth == 100 {
            self.error(Kind::Type, definition.name.span, "typedefs of typedefs are nested too deeply");
            return None;
        }
        // While it is being resolved it is none; who meets it then is in a cycle.
        self.typedefs.insert(&definition.name.text, None);
        let errors = self.errors.len();
        self.typedef_depth += 1;
        let resolved = self.resolve_type(ty, &definition.attributes);
        self.typedef_depth -= 1;
        if resolved.is_none() && self.errors.len() == errors && !self.mentions_broken(ty) {
            self.error(Kind::Inheritance, span, format!("typedef `{name}` stands for itself"));
        }
        self.typedefs.insert(&definition.name.text, resolved.clone());
        resolved
    }

    /// Whether a type names a definition that couldn't be parsed, so that it fails without an error.
    fn mentions_broken(&self, ty: &Syntax) -> bool {
        match &ty.kind {
            TypeKind::Builtin(_) => false,
            TypeKind::Reference(name) => matches!(self.names.get(name), Some(Named::Broken)),
            TypeKind::Sequence(inner)
            | TypeKind::AsyncSequence(inner)
            | TypeKind::FrozenArray(inner)
            | TypeKind::ObservableArray(inner)
            | TypeKind::Promise(inner) => self.mentions_broken(inner),
            TypeKind::Record(key, value) => self.mentions_broken(key) || self.mentions_broken(value),
            TypeKind::Union(members) => members.iter().any(|member| self.mentions_broken(member)),
        }
    }

    /// Flattened member types (<https://webidl.spec.whatwg.org/#dfn-flattened-union-member-types>).
    fn union(&mut self, ty: &Syntax, members: &[Syntax]) -> Option<Type> {
        let mut flat: Vec<(Type, Span)> = Vec::new();
        let mut nullable: Option<Span> = None;
        let mut sound = true;
        for member in members {
            let Some(resolved) = self.resolve_type(member, &[]) else {
                sound = false;
                continue;
            };
            let resolved = match resolved {
                Type::Nullable(inner) => {
                    if nullable.is_some() {
                        self.error(Kind::Type, member.span, "only one member of a union may be nullable");
                    }
                    nullable = Some(member.span);
                    *inner
                }
                other => other,
            };
            match resolved {
                Type::Any | Type::Promise(_) | Type::ObservableArray(_) => {
                    self.error(
                        Kind::Type,
                        member.span,
                        "`any`, promises and observable arrays can't be in a union",
                    );
                }
                Type::Union(union) => flat.extend(union.members.into_iter().map(|it| (it, member.span))),
                other => flat.push((other, member.span)),
            }
        }
        let has_dictionary = flat.iter().any(|(member, _)| matches!(member, Type::Dictionary(_)));
        if let Some(span) = nullable.filter(|_| has_dictionary) {
            self.error(Kind::Type, span, "a union with a dictionary can't have a nullable member");
        }
        for (index, (second, span)) in flat.iter().enumerate() {
            for (first, _) in &flat[..index] {
                if !self.distinguishable(first, second) {
                    let (first, second) = (self.describe(first), self.describe(second));
                    let message = format!("{first} and {second} can't be told apart in a union");
                    self.error(Kind::Type, *span, message);
                    sound = false;
                }
            }
        }
        if !sound || flat.is_empty() {
            return None;
        }
        let union = Type::Union(UnionType { members: flat.into_iter().map(|(member, _)| member).collect() });
        if nullable.is_some() && ty.nullable {
            self.error(Kind::Type, ty.span, "a nullable union can't have a nullable member");
        }
        Some(if nullable.is_some() && !ty.nullable { Type::Nullable(Box::new(union)) } else { union })
    }

    /// Nullable types (<https://webidl.spec.whatwg.org/#idl-nullable-type>).
    fn nullable(&mut self, inner: Type, span: Span) -> Option<Type> {
        let why = match &inner {
            Type::Any => "`any` already includes null",
            Type::Promise(_) => "a promise can't be nullable",
            Type::ObservableArray(_) => "an observable array can't be nullable",
            Type::Nullable(_) => "this type already is nullable",
            Type::Union(union) if union.dictionary().is_some() => {
                "a union with a dictionary can't be nullable"
            }
            _ => return Some(Type::Nullable(Box::new(inner))),
        };
        self.error(Kind::Type, span, why);
        None
    }

    /// Applies the extended attributes that belong to types.
    fn annotate<'b>(&mut self, ty: Type, attributes: impl Iterator<Item = &'b Attribute>) -> Type {
        attributes.filter(|attribute| APPLICABLE.contains(&attribute.name.as_str())).fold(
            ty,
            |mut ty, attribute| {
                if !apply(&mut ty, &attribute.name) {
                    let message = format!("`{}` doesn't apply to {}", attribute.name, self.describe(&ty));
                    self.error(Kind::ExtendedAttribute, attribute.span, message);
                }
                ty
            },
        )
    }

    /// A type in words.
    pub fn describe(&self, ty: &Type) -> String {
        let name = |definition: &crate::syntax::Definition| format!("`{}`", definition.name.text);
        match ty {
            Type::Interface(id) => name(self.names.interfaces[id.0 as usize].definition),
            Type::CallbackInterface(id) => name(self.names.callback_interfaces[id.0 as usize]),
            Type::Callback(id) => name(self.names.callbacks[id.0 as usize]),
            Type::Dictionary(id) => name(self.names.dictionaries[id.0 as usize].definition),
            Type::Enumeration(id) => name(self.names.enumerations[id.0 as usize]),
            Type::Nullable(inner) => format!("{}, nullable,", self.describe(inner)),
            Type::Sequence(_) => "a sequence".into(),
            Type::AsyncSequence(_) => "an async sequence".into(),
            Type::FrozenArray(_) => "a frozen array".into(),
            Type::ObservableArray(_) => "an observable array".into(),
            Type::Promise(_) => "a promise".into(),
            Type::Record(_) => "a record".into(),
            Type::Union(_) => "a union".into(),
            // None of these looks into the model.
            simple => format!("`{}`", simple.display(&Model::default())),
        }
    }
}

/// Applies an extended attribute; false if it doesn't apply.
fn apply(ty: &mut Type, attribute: &str) -> bool {
    match (ty, attribute) {
        (Type::Nullable(inner), _) => apply(inner, attribute),
        (Type::Integer(integer), "Clamp") => {
            let free = integer.conversion != IntegerConversion::EnforceRange;
            integer.conversion = IntegerConversion::Clamp;
            free
        }
        (Type::Integer(integer), "EnforceRange") => {
            let free = integer.conversion != IntegerConversion::Clamp;
            integer.conversion = IntegerConversion::EnforceRange;
            free
        }
        (Type::String(string), "LegacyNullToEmptyString") => {
            string.legacy_null_to_empty = true;
            true
        }
        (Type::Buffer(buffer), "AllowShared") => {
            buffer.allow_shared = true;
            true
        }
        (Type::Buffer(buffer), "AllowResizable") => {
            buffer.allow_resizable = true;
            true
        }
        // To those members to which it applies.
        (Type::Union(union), _) => {
            union.members.iter_mut().filter_map(|member| apply(member, attribute).then_some(())).count() > 0
        }
        _ => false,
    }
}

/// Every union in a model, each once, by name.
pub(super) fn unions(model: &Model) -> Vec<UnionType> {
    let mut unions = BTreeMap::new();
    model.walk_types(&mut |ty| {
        if let Type::Union(union) = ty {
            unions.entry(union.name(model)).or_insert_with(|| union.clone());
        }
    });
    unions.into_values().collect()
}
