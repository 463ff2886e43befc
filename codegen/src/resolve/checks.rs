//! What is asked of a model as a whole, once every part of it is sound.

use super::overloads;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Attribute, Interface, InterfaceId, Model, NamedProperties, Type};

/// Checks a model.
pub(super) fn check(model: &Model, errors: &mut Vec<Diagnostic>) {
    for (id, interface) in model.interfaces() {
        for attribute in &interface.attributes {
            check_attribute(model, id, attribute, errors);
        }
        for operation in &interface.operations {
            overloads::check(model, &operation.overloads, errors);
        }
        if let Some(constructor) = &interface.constructor {
            overloads::check(model, &constructor.overloads, errors);
        }
        for function in &interface.legacy_factory_functions {
            overloads::check(model, &function.overloads, errors);
        }
        check_special_operations(model, id, errors);
        check_iteration(interface, errors);
        check_global(interface, errors);
    }
    for namespace in &model.namespaces {
        for operation in &namespace.operations {
            overloads::check(model, &operation.overloads, errors);
        }
    }
}

fn check_attribute(
    model: &Model,
    interface: InterfaceId,
    attribute: &Attribute,
    errors: &mut Vec<Diagnostic>,
) {
    let wrong = |name: &str, message: String| {
        let span = attribute.extended.get(name).map_or(attribute.span, |it| it.span);
        Diagnostic::new(Kind::ExtendedAttribute, span, message)
    };
    // https://webidl.spec.whatwg.org/#PutForwards
    if attribute.extended.has("PutForwards") {
        let target = match (attribute.put_forwards(), attribute.ty.without_null()) {
            (Some(name), Type::Interface(id)) if attribute.readonly && !attribute.is_static => {
                model.ancestry(*id).any(|id| model[id].attribute(name).is_some())
            }
            _ => false,
        };
        if !target {
            let message =
                "`PutForwards` names an attribute of the interface that a read-only attribute returns";
            errors.push(wrong("PutForwards", message.into()));
        }
    }
    // https://webidl.spec.whatwg.org/#Replaceable, #LegacyLenientSetter
    for name in ["Replaceable", "LegacyLenientSetter"] {
        if attribute.extended.has(name) && (!attribute.readonly || attribute.is_static) {
            errors.push(wrong(name, format!("`{name}` is for read-only attributes")));
        }
    }
    // https://webidl.spec.whatwg.org/#SameObject
    if attribute.extended.has("SameObject") && !attribute.readonly {
        errors.push(wrong("SameObject", "`SameObject` is for read-only attributes".into()));
    }
    // https://webidl.spec.whatwg.org/#dfn-inherit-getter
    if attribute.inherit {
        let inherited = model.ancestry(interface).skip(1).find_map(|id| model[id].attribute(&attribute.name));
        if inherited.is_none_or(|it| it.ty != attribute.ty) {
            let message = format!("no attribute `{}` of the same type is inherited", attribute.name);
            errors.push(Diagnostic::new(Kind::Inheritance, attribute.span, message));
        }
    }
}

/// Setters and deleters need a getter, which may be inherited.
fn check_special_operations(model: &Model, id: InterfaceId, errors: &mut Vec<Diagnostic>) {
    let kinds: [fn(&Interface) -> &NamedProperties; 2] = [|it| &it.indexed, |it| &it.named];
    for properties in kinds {
        let own = properties(&model[id]);
        let has_getter = model.ancestry(id).any(|id| properties(&model[id]).getter.is_some());
        if let (Some(lonely), false) = (own.setter.as_ref().or(own.deleter.as_ref()), has_getter) {
            let message = "a setter or deleter needs a getter beside it";
            errors.push(Diagnostic::new(Kind::Member, lonely.member.span, message));
        }
    }
}

fn check_iteration(interface: &Interface, errors: &mut Vec<Diagnostic>) {
    let Some(iterable) = &interface.iterable else { return };
    // https://webidl.spec.whatwg.org/#dfn-value-iterator
    let sized = interface.attribute("length").is_some_and(|length| matches!(length.ty, Type::Integer(_)));
    if iterable.key.is_none() && !(interface.indexed.any() && sized) {
        let message = "iterable values need an indexed getter and an integer attribute `length`";
        errors.push(Diagnostic::new(Kind::Member, iterable.member.span, message));
    }
    if let (Some(_), Some(getter)) = (&iterable.key, &interface.indexed.getter) {
        let message = "an interface with indexed properties can't have iterable pairs";
        let error = Diagnostic::new(Kind::Member, iterable.member.span, message);
        errors.push(error.related(getter.member.span, "the indexed getter"));
    }
}

fn check_global(interface: &Interface, errors: &mut Vec<Diagnostic>) {
    if !interface.is_global() {
        return;
    }
    // https://webidl.spec.whatwg.org/#Global
    let forbidden = interface
        .indexed
        .getter
        .as_ref()
        .or(interface.named.setter.as_ref())
        .or(interface.named.deleter.as_ref());
    if let Some(operation) = forbidden {
        let message = "a global interface can't have indexed properties, named setters or named deleters";
        errors.push(Diagnostic::new(Kind::Member, operation.member.span, message));
    }
    if let Some(attribute) = interface.extended.get("LegacyOverrideBuiltIns") {
        let message = "a global interface can't override built-ins";
        errors.push(Diagnostic::new(Kind::ExtendedAttribute, attribute.span, message));
    }
}
