//! Which dictionaries and unions are turned into JavaScript values: those that something returns, that promises are
//! resolved with, that attributes have, or that callbacks are called with. The others need no code for that.

use std::collections::BTreeSet;

use crate::model::{Argument, Attribute, DictionaryId, Model, Operation, Type};
use crate::source::Span;

/// The dictionaries, and the unions by name.
pub fn find(model: &Model) -> (BTreeSet<DictionaryId>, BTreeSet<String>) {
    let mut found = (BTreeSet::new(), BTreeSet::new());
    visit(model, |_| true, &mut |ty, out| {
        if out {
            add(model, ty, &mut found);
        }
    });
    found
}

/// The names of unions that occur in definitions of other files than `only`.
pub fn unions_of_others(model: &Model, only: &BTreeSet<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let other = |span: Span| !only.contains(model.sources.get(span.file).name());
    visit(model, other, &mut |ty, _| {
        ty.walk(&mut |ty| {
            if let Type::Union(union) = ty {
                names.insert(union.name(model));
            }
        });
    });
    names
}

fn add(model: &Model, ty: &Type, found: &mut (BTreeSet<DictionaryId>, BTreeSet<String>)) {
    match ty {
        Type::Dictionary(id) => {
            for id in model.dictionary_ancestry(*id) {
                if found.0.insert(id) {
                    model[id].members.iter().for_each(|member| add(model, &member.ty, found));
                }
            }
        }
        Type::Union(union) if found.1.insert(union.name(model)) => {
            union.members.iter().for_each(|member| add(model, member, found));
        }
        Type::Nullable(inner) | Type::Sequence(inner) | Type::FrozenArray(inner) | Type::Promise(inner) => {
            add(model, inner, found);
        }
        Type::Record(record) => add(model, &record.value, found),
        _ => {}
    }
}

/// Calls `see` with every type of the definitions that `wanted` is true for, and whether its values go to JavaScript.
fn visit(model: &Model, wanted: impl Fn(Span) -> bool, see: &mut dyn FnMut(&Type, bool)) {
    let arguments = |arguments: &[Argument], out: bool, see: &mut dyn FnMut(&Type, bool)| {
        arguments.iter().for_each(|argument| see(&argument.ty, out));
    };
    let operations = |operations: &[Operation], see: &mut dyn FnMut(&Type, bool)| {
        for operation in operations.iter().filter(|it| wanted(it.span)) {
            for overload in &operation.overloads {
                see(&overload.return_type, true);
                arguments(&overload.arguments, false, see);
            }
        }
    };
    let attributes = |attributes: &[Attribute], see: &mut dyn FnMut(&Type, bool)| {
        attributes.iter().filter(|it| wanted(it.span)).for_each(|attribute| see(&attribute.ty, true));
    };
    for interface in &model.interfaces {
        operations(&interface.operations, see);
        attributes(&interface.attributes, see);
        if !wanted(interface.span) {
            continue;
        }
        for overload in interface.constructor.iter().flat_map(|it| &it.overloads) {
            arguments(&overload.arguments, false, see);
        }
        if let Some(iterable) = &interface.iterable {
            iterable.key.iter().chain([&iterable.value]).for_each(|ty| see(ty, true));
        }
        let getters = [&interface.indexed.getter, &interface.named.getter];
        getters.into_iter().flatten().for_each(|getter| see(&getter.overload.return_type, true));
    }
    for namespace in &model.namespaces {
        operations(&namespace.operations, see);
        attributes(&namespace.attributes, see);
    }
    for dictionary in model.dictionaries.iter().filter(|it| wanted(it.span)) {
        dictionary.members.iter().for_each(|member| see(&member.ty, false));
    }
    for callback in model.callbacks.iter().filter(|it| wanted(it.span)) {
        see(&callback.return_type, false);
        arguments(&callback.arguments, true, see);
    }
    for interface in model.callback_interfaces.iter().filter(|it| wanted(it.span)) {
        for overload in &interface.operation.overloads {
            see(&overload.return_type, false);
            arguments(&overload.arguments, true, see);
        }
    }
}
