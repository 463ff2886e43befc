//! Dictionaries, enumerations, callbacks, callback interfaces and namespaces.

use std::collections::BTreeMap;

use super::exposure::{self, Places};
use super::members::{Members, Part};
use super::names::Whole;
use super::{Resolver, extended, has};
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{
    Callback, CallbackInterface, Dictionary, DictionaryId, DictionaryMember, Enumeration, EnumerationValue,
    MemberOrigin, Namespace, Type,
};
use crate::source::Span;
use crate::syntax::{self, DefinitionKind, Identifier};

impl Resolver<'_> {
    pub fn enumerations(&mut self) -> Vec<Enumeration> {
        let mut enumerations = Vec::new();
        for definition in &self.names.enumerations {
            let DefinitionKind::Enumeration { values } = &definition.kind else { continue };
            self.unique(values.iter(), "a value");
            let value = |value: &Identifier| EnumerationValue { value: value.text.clone(), span: value.span };
            enumerations.push(Enumeration {
                name: definition.name.text.clone(),
                span: definition.name.span,
                values: values.iter().map(value).collect(),
                extended: extended(&definition.attributes),
            });
        }
        enumerations
    }

    pub fn dictionaries(&mut self) -> Vec<Dictionary> {
        let mut dictionaries = Vec::new();
        for dictionary in &self.names.dictionaries {
            self.unique_dictionary_members(dictionary);
            let mut members: Vec<_> = dictionary
                .parts()
                .flat_map(|part| match &part.kind {
                    DefinitionKind::Dictionary { members, .. } => members.as_slice(),
                    _ => &[],
                })
                .map(|member| self.dictionary_member(member))
                .collect();
            members.sort_by(|a, b| a.name.cmp(&b.name));
            dictionaries.push(Dictionary {
                name: dictionary.definition.name.text.clone(),
                span: dictionary.definition.name.span,
                parent: dictionary.parent,
                members,
                extended: extended(&dictionary.definition.attributes),
            });
        }
        dictionaries
    }

    fn dictionary_member(&mut self, member: &syntax::DictionaryMember) -> DictionaryMember {
        let mut ty = self.ty(&member.ty, &member.attributes);
        if matches!(ty, Type::ObservableArray(_)) {
            self.error(Kind::Type, member.name.span, "an observable array can only be an attribute's type");
            ty = Type::Any;
        }
        if let (true, Some(default)) = (member.required, &member.default) {
            self.error(Kind::Value, default.span, "a required member can't have a default");
        }
        let default = member.default.as_ref().and_then(|default| self.default(default, &ty));
        DictionaryMember {
            name: member.name.text.clone(),
            span: member.name.span,
            ty,
            required: member.required,
            default,
            extended: extended_with_type(&member.attributes, &member.ty),
        }
    }

    /// No member may have the name of another one or of an inherited one.
    fn unique_dictionary_members(&mut self, dictionary: &Whole<'_, DictionaryId>) {
        let names = |dictionary: &Whole<'_, DictionaryId>| -> Vec<Identifier> {
            let members = dictionary.parts().flat_map(|part| match &part.kind {
                DefinitionKind::Dictionary { members, .. } => members.as_slice(),
                _ => &[],
            });
            members.map(|member| member.name.clone()).collect()
        };
        let own = names(dictionary);
        self.unique(own.iter(), "a member");
        let mut parent = dictionary.parent;
        while let Some(id) = parent {
            let inherited = &self.names.dictionaries[id.0 as usize];
            for first in names(inherited) {
                if let Some(second) = own.iter().find(|it| it.text == first.text) {
                    let message = format!("there is an inherited member `{}`", second.text);
                    self.errors.push(
                        Diagnostic::new(Kind::Duplicate, second.span, message).related(first.span, "here"),
                    );
                }
            }
            parent = inherited.parent;
        }
    }

    pub fn callbacks(&mut self) -> Vec<Callback> {
        let mut callbacks = Vec::new();
        for definition in &self.names.callbacks {
            let DefinitionKind::Callback { return_type, arguments } = &definition.kind else { continue };
            callbacks.push(Callback {
                name: definition.name.text.clone(),
                span: definition.name.span,
                return_type: self.ty(return_type, &[]),
                arguments: self.arguments(arguments),
                extended: extended(&definition.attributes),
            });
        }
        callbacks
    }

    pub fn callback_interfaces(&mut self) -> Vec<CallbackInterface> {
        let mut interfaces = Vec::new();
        for definition in &self.names.callback_interfaces {
            let DefinitionKind::CallbackInterface { members } = &definition.kind else { continue };
            let has_constants =
                members.iter().any(|member| matches!(member.kind, syntax::MemberKind::Constant { .. }));
            let exposed = has(&definition.attributes, "Exposed");
            let places = if exposed || has_constants {
                self.globals.of_definition(definition, self.errors)
            } else {
                Places::new()
            };
            let part = Part::of(definition, MemberOrigin::Own, places.clone());
            let Members { constants, mut operations, .. } = self.members(&[part], definition.name.span);
            let sound =
                operations.len() == 1 && operations.iter().all(|operation| operation.overloads.len() == 1);
            let Some(operation) = operations.pop().filter(|_| sound) else {
                let message = "a callback interface needs exactly one operation";
                self.error(Kind::Member, definition.name.span, message);
                continue;
            };
            interfaces.push(CallbackInterface {
                name: definition.name.text.clone(),
                span: definition.name.span,
                exposure: exposure::exposure(&places),
                constants,
                operation,
                extended: extended(&definition.attributes),
            });
        }
        interfaces
    }

    pub fn namespaces(&mut self) -> Vec<Namespace> {
        let mut namespaces = Vec::new();
        for namespace in &self.names.namespaces {
            let definition = namespace.definition;
            let places = self.globals.of_definition(definition, self.errors);
            let mut parts = vec![Part::of(definition, MemberOrigin::Own, places.clone())];
            for partial in &namespace.partials {
                let inside =
                    self.globals.inside(&partial.attributes, &places, false, self.names, self.errors);
                parts.push(Part::of(partial, MemberOrigin::Partial, inside));
            }
            let members = self.members(&parts, definition.name.span);
            namespaces.push(Namespace {
                name: definition.name.text.clone(),
                span: definition.name.span,
                exposure: exposure::exposure(&places),
                secure_context: has(&definition.attributes, "SecureContext"),
                cross_origin_isolated: has(&definition.attributes, "CrossOriginIsolated"),
                constants: members.constants,
                attributes: members.attributes,
                operations: members.operations,
                extended: extended(&definition.attributes),
            });
        }
        namespaces
    }

    /// Names that occur twice are errors.
    pub fn unique<'b>(&mut self, names: impl Iterator<Item = &'b Identifier>, noun: &str) {
        let mut firsts: BTreeMap<&str, Span> = BTreeMap::new();
        for name in names {
            match firsts.get(name.text.as_str()) {
                Some(first) => {
                    let message = format!("there already is {noun} `{}`", name.text);
                    self.errors
                        .push(Diagnostic::new(Kind::Duplicate, name.span, message).related(*first, "here"));
                }
                None => _ = firsts.insert(&name.text, name.span),
            }
        }
    }
}

/// The extended attributes of an argument or dictionary member and of its type.
pub(super) fn extended_with_type(
    attributes: &[syntax::Attribute],
    ty: &syntax::Type,
) -> crate::model::ExtendedAttributes {
    let mut all = extended(attributes);
    all.0.extend(extended(&ty.attributes).0);
    all
}
