//! Interfaces: their parts, special operations, and what extended attributes say of them.

use super::exposure;
use super::members::{Members, Part};
use super::names::{Named, Whole};
use super::{Resolver, extended, has};
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{
    ExtendedAttributeValue, IntegerKind, Interface, InterfaceId, LegacyFactoryFunction, MemberOrigin,
    NamedProperties, NamespaceId, Overload, SpecialOperation, StringKind, Type,
};
use crate::syntax::{self, Special};

impl Resolver<'_> {
    pub fn interfaces(&mut self) -> Vec<Interface> {
        let wholes = &self.names.interfaces;
        wholes
            .iter()
            .enumerate()
            .map(|(index, whole)| self.interface(InterfaceId::new(index), whole))
            .collect()
    }

    fn interface(&mut self, id: InterfaceId, whole: &Whole<'_, InterfaceId>) -> Interface {
        let definition = whole.definition;
        let places = self.globals.of_interface(whole, self.names, self.errors);
        let mut parts = vec![Part::of(definition, MemberOrigin::Own, places.clone())];
        for partial in &whole.partials {
            let inside = self.globals.inside(&partial.attributes, &places, false, self.names, self.errors);
            parts.push(Part::of(partial, MemberOrigin::Partial, inside));
        }
        for included in &whole.mixins {
            let Some(mixin) = self.names.mixins.get(included.text.as_str()) else { continue };
            let origin = || MemberOrigin::Mixin(included.text.clone());
            let around =
                self.globals.inside(&mixin.definition.attributes, &places, true, self.names, self.errors);
            parts.push(Part::of(mixin.definition, origin(), around.clone()));
            for partial in &mixin.partials {
                let inside = self.globals.inside(&partial.attributes, &around, true, self.names, self.errors);
                parts.push(Part::of(partial, origin(), inside).within(mixin.definition));
            }
        }
        let mut members = self.members(&parts, definition.name.span);
        let (indexed, named) = self.special_operations(std::mem::take(&mut members.specials));
        let Members { constants, attributes, operations, mut constructor, stringifier, .. } = members;
        for overload in constructor.iter_mut().flat_map(|constructor| &mut constructor.overloads) {
            overload.return_type = Type::Interface(id);
        }
        // `[LegacyOverrideBuiltIns]` and the like may be on a partial interface and are the whole's; these are not.
        const PARTS_OWN: [&str; 3] = ["CrossOriginIsolated", "Exposed", "SecureContext"];
        let mut all = extended(&definition.attributes);
        for partial in &whole.partials {
            let more = extended(&partial.attributes).0;
            all.0.extend(more.into_iter().filter(|it| !PARTS_OWN.contains(&it.name.as_str())));
        }
        Interface {
            name: definition.name.text.clone(),
            span: definition.name.span,
            parent: whole.parent,
            exposure: exposure::exposure(&places),
            secure_context: has(&definition.attributes, "SecureContext"),
            cross_origin_isolated: has(&definition.attributes, "CrossOriginIsolated"),
            global_names: all.identifiers("Global").to_vec(),
            legacy_namespace: self.legacy_namespace(definition),
            legacy_factory_functions: self.legacy_factory_functions(definition, id),
            constructor,
            constants,
            attributes,
            operations,
            stringifier,
            indexed,
            named,
            iterable: members.iterable,
            async_iterable: members.async_iterable,
            maplike: members.maplike,
            setlike: members.setlike,
            mixins: whole.mixins.iter().map(|mixin| mixin.text.clone()).collect(),
            extended: all,
        }
    }

    /// Sorts getters, setters and deleters by the type of their first argument
    /// (<https://webidl.spec.whatwg.org/#idl-special-operations>).
    fn special_operations(
        &mut self,
        specials: Vec<(Special, SpecialOperation)>,
    ) -> (NamedProperties, NamedProperties) {
        let (mut indexed, mut named) = (NamedProperties::default(), NamedProperties::default());
        for (special, operation) in specials {
            let span = operation.member.span;
            let arguments = &operation.overload.arguments;
            let (noun, count, words) = match special {
                Special::Getter => ("getter", 1, "one required argument"),
                Special::Setter => ("setter", 2, "two required arguments"),
                Special::Deleter | Special::LegacyCaller => ("deleter", 1, "one required argument"),
            };
            if arguments.len() != count
                || arguments.iter().any(|argument| argument.optional || argument.variadic)
            {
                self.error(Kind::Member, span, format!("a {noun} takes exactly {words}"));
                continue;
            }
            let properties = match &arguments[0].ty {
                Type::Integer(integer)
                    if integer.kind == IntegerKind::UnsignedLong && special != Special::Deleter =>
                {
                    &mut indexed
                }
                Type::String(string) if string.kind == StringKind::Dom => &mut named,
                // Something was wrong already.
                Type::Any => continue,
                _ => {
                    let keys =
                        if special == Special::Deleter { "DOMString" } else { "unsigned long or DOMString" };
                    self.error(Kind::Type, span, format!("a {noun}'s first argument is {keys}"));
                    continue;
                }
            };
            let slot = match special {
                Special::Getter => &mut properties.getter,
                Special::Setter => &mut properties.setter,
                Special::Deleter | Special::LegacyCaller => &mut properties.deleter,
            };
            if let Some(first) = slot.replace(operation) {
                let error = Diagnostic::new(Kind::Duplicate, span, format!("there already is such a {noun}"));
                self.errors.push(error.related(first.member.span, "here"));
            }
        }
        (indexed, named)
    }

    fn legacy_namespace(&mut self, definition: &syntax::Definition) -> Option<NamespaceId> {
        let attribute = definition.attributes.iter().find(|attribute| attribute.name == "LegacyNamespace")?;
        if let ExtendedAttributeValue::Identifier(name) = &attribute.value {
            match self.names.get(name) {
                Some(Named::Namespace(id)) => return Some(id),
                Some(Named::Broken) => return None,
                _ => {}
            }
        }
        self.error(Kind::UnknownName, attribute.span, "`LegacyNamespace` takes the name of a namespace");
        None
    }

    fn legacy_factory_functions(
        &mut self,
        definition: &syntax::Definition,
        id: InterfaceId,
    ) -> Vec<LegacyFactoryFunction> {
        let mut functions: Vec<LegacyFactoryFunction> = Vec::new();
        for attribute in definition.attributes.iter().filter(|it| it.name == "LegacyFactoryFunction") {
            let name = match &attribute.value {
                ExtendedAttributeValue::NamedArguments(name) | ExtendedAttributeValue::Identifier(name) => {
                    name
                }
                _ => {
                    self.error(
                        Kind::ExtendedAttribute,
                        attribute.span,
                        "write `LegacyFactoryFunction=name(…)`",
                    );
                    continue;
                }
            };
            let overload = Overload {
                span: attribute.span,
                return_type: Type::Interface(id),
                arguments: self.arguments(&attribute.arguments),
                extended: Default::default(),
                stringifier: false,
            };
            match functions.iter_mut().find(|function| function.name == *name) {
                Some(function) => function.overloads.push(overload),
                None => functions.push(LegacyFactoryFunction {
                    name: name.clone(),
                    span: attribute.span,
                    overloads: vec![overload],
                }),
            }
        }
        functions
    }
}
