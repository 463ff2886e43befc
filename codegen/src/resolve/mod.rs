//! From the syntax model to the resolved one.
//!
//! [`names`] collects the definitions and gives them ids, [`exposure`] says where each is exposed, [`types`] resolves
//! types, [`values`] defaults; [`definitions`], [`interfaces`] and [`members`] build the model's nodes, and [`checks`]
//! holds what is asked of the whole. Errors are collected; nothing stops at the first.

mod checks;
mod definitions;
mod distinguish;
mod exposure;
mod interfaces;
mod members;
mod names;
mod overloads;
mod types;
mod values;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{ExtendedAttribute, ExtendedAttributes, InterfaceId, Model, Type};
use crate::source::{Sources, Span};
use crate::syntax::{Attribute, Definition};

use exposure::Globals;
use names::Names;

/// Resolves definitions. `broken` are names of definitions that couldn't be parsed: to name them is no error.
pub(crate) fn resolve(
    sources: &Sources,
    definitions: &[Definition],
    broken: &[String],
    errors: &mut Vec<Diagnostic>,
) -> Model {
    let names = Names::collect(definitions, broken, errors);
    let globals = Globals::collect(&names, errors);
    let mut resolver =
        Resolver { names: &names, globals: &globals, errors, typedefs: BTreeMap::new(), typedef_depth: 0 };
    let mut model = Model {
        enumerations: resolver.enumerations(),
        dictionaries: resolver.dictionaries(),
        callbacks: resolver.callbacks(),
        callback_interfaces: resolver.callback_interfaces(),
        namespaces: resolver.namespaces(),
        interfaces: resolver.interfaces(),
        ..Model::default()
    };
    resolver.typedefs();
    // What follows looks at types, which aren't to be trusted where something is wrong.
    if errors.is_empty() {
        model.unions = types::unions(&model);
        checks::check(&model, errors);
    }
    model.sources = sources.clone();
    model
}

/// What the builders of nodes share.
struct Resolver<'a> {
    names: &'a Names<'a>,
    globals: &'a Globals,
    errors: &'a mut Vec<Diagnostic>,
    /// Resolved typedefs; none while one is being resolved or if it is wrong.
    typedefs: BTreeMap<&'a str, Option<Type>>,
    typedef_depth: usize,
}

impl Resolver<'_> {
    fn error(&mut self, kind: Kind, span: Span, message: impl Into<String>) {
        self.errors.push(Diagnostic::new(kind, span, message));
    }

    fn parent_of(&self, interface: InterfaceId) -> Option<InterfaceId> {
        self.names.interfaces[interface.0 as usize].parent
    }

    fn is_a(&self, interface: InterfaceId, ancestor: InterfaceId) -> bool {
        std::iter::successors(Some(interface), |id| self.parent_of(*id)).any(|id| id == ancestor)
    }
}

/// Extended attributes as the model has them.
fn extended(attributes: &[Attribute]) -> ExtendedAttributes {
    let convert = |attribute: &Attribute| ExtendedAttribute {
        name: attribute.name.clone(),
        value: attribute.value.clone(),
        span: attribute.span,
    };
    ExtendedAttributes(attributes.iter().map(convert).collect())
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.name == name)
}
