//! Exposure (<https://webidl.spec.whatwg.org/#dfn-exposure-set>).
//!
//! `[Exposed]` names groups of global interfaces. Which interfaces those are is known for groups that some `[Global]`
//! of the sources names; the platform's other groups are kept by name, so that a subset can be told from what isn't
//! one although the global interface isn't there.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{Names, Whole};
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Exposure, ExtendedAttributeValue, InterfaceId};
use crate::source::Span;
use crate::syntax::{Attribute, Definition};

/// The platform's global names, each with the more special ones that it covers.
const PLATFORM: [(&str, &[&str]); 13] = [
    ("Window", &[]),
    ("Worker", &["DedicatedWorker", "SharedWorker", "ServiceWorker"]),
    ("DedicatedWorker", &[]),
    ("SharedWorker", &[]),
    ("ServiceWorker", &[]),
    (
        "Worklet",
        &["AnimationWorklet", "AudioWorklet", "LayoutWorklet", "PaintWorklet", "SharedStorageWorklet"],
    ),
    ("AnimationWorklet", &[]),
    ("AudioWorklet", &[]),
    ("LayoutWorklet", &[]),
    ("PaintWorklet", &[]),
    ("SharedStorageWorklet", &[]),
    ("RTCIdentityProvider", &[]),
    ("ShadowRealm", &[]),
];

/// One place of exposure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Global(InterfaceId),
    /// A global name of which the sources have no global interface.
    Name(&'static str),
}

/// A set of places.
pub(super) type Places = BTreeSet<Place>;

/// The global interfaces.
#[derive(Debug)]
pub(super) struct Globals {
    names: BTreeMap<String, BTreeSet<InterfaceId>>,
}

impl Globals {
    pub fn collect(names: &Names<'_>, errors: &mut Vec<Diagnostic>) -> Self {
        let mut globals: BTreeMap<String, BTreeSet<InterfaceId>> = BTreeMap::new();
        for (index, interface) in names.interfaces.iter().enumerate() {
            let Some(attribute) = interface.definition.attributes.iter().find(|it| it.name == "Global")
            else {
                continue;
            };
            let Some(global_names) = identifiers(attribute) else {
                let message = "`Global` takes a name or a list of names";
                errors.push(Diagnostic::new(Kind::Exposure, attribute.span, message));
                continue;
            };
            for name in global_names {
                globals.entry(name.clone()).or_default().insert(InterfaceId::new(index));
            }
        }
        Globals { names: globals }
    }

    /// Every global interface and every platform name without one.
    pub fn everywhere(&self) -> Places {
        let globals = self.names.values().flatten().map(|id| Place::Global(*id));
        globals.chain(PLATFORM.iter().flat_map(|(name, _)| self.named(name))).collect()
    }

    /// The places of a global name; empty if there is no such name.
    fn named(&self, name: &str) -> Places {
        let mut places: Places =
            self.names.get(name).into_iter().flatten().map(|id| Place::Global(*id)).collect();
        if let Some((name, special)) = PLATFORM.iter().find(|(it, _)| *it == name) {
            for special in *special {
                places.extend(self.named(special));
            }
            if places.is_empty() {
                places.insert(Place::Name(name));
            }
        }
        places
    }

    /// The places that a construct's own `[Exposed]` names, if it has one.
    pub fn own(&self, attributes: &[Attribute], errors: &mut Vec<Diagnostic>) -> Option<Places> {
        let attribute = attributes.iter().find(|attribute| attribute.name == "Exposed")?;
        if attribute.value == ExtendedAttributeValue::Wildcard {
            return Some(self.everywhere());
        }
        let Some(names) = identifiers(attribute) else {
            let message = "`Exposed` takes `*`, a global name or a list of global names";
            errors.push(Diagnostic::new(Kind::Exposure, attribute.span, message));
            return Some(self.everywhere());
        };
        let mut places = Places::new();
        for name in names {
            let named = self.named(name);
            if named.is_empty() {
                let message = format!("there is no global name `{name}`");
                let error = Diagnostic::new(Kind::Exposure, attribute.span, message);
                errors.push(error.help(format!("a global interface has it in `[Global={name}]`")));
                return Some(self.everywhere());
            }
            places.extend(named);
        }
        Some(places)
    }

    /// The exposure set of an interface, callback interface or namespace.
    pub fn of_definition(&self, definition: &Definition, errors: &mut Vec<Diagnostic>) -> Places {
        self.own(&definition.attributes, errors).unwrap_or_else(|| {
            let noun = definition.kind.noun();
            let message = format!("{noun} `{}` has no `[Exposed]`", definition.name.text);
            errors.push(Diagnostic::new(Kind::Exposure, definition.name.span, message));
            self.everywhere()
        })
    }

    /// An interface's exposure set, which must be inside of its parent's.
    pub fn of_interface(
        &self,
        interface: &Whole<'_, InterfaceId>,
        names: &Names<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Places {
        let places = self.of_definition(interface.definition, errors);
        let Some(parent) = interface.parent.map(|id| &names.interfaces[id.0 as usize]) else { return places };
        let above =
            self.own(&parent.definition.attributes, &mut Vec::new()).unwrap_or_else(|| self.everywhere());
        let span = attribute_span(&interface.definition.attributes).unwrap_or(interface.definition.name.span);
        if let Some(outside) = places.difference(&above).next() {
            let message = format!(
                "`{}` is exposed in {}, where `{}`, from which it inherits, is not",
                interface.definition.name.text,
                self.describe(outside, names),
                parent.definition.name.text,
            );
            errors.push(Diagnostic::new(Kind::Exposure, span, message));
        }
        places
    }

    /// The exposure set of a member or of a part (a partial or mixin) of something exposed in `around`.
    pub fn inside(
        &self,
        attributes: &[Attribute],
        around: &Places,
        mixin: bool,
        names: &Names<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Places {
        let Some(own) = self.own(attributes, errors) else { return around.clone() };
        if mixin {
            return own.intersection(around).cloned().collect();
        }
        if let (Some(outside), Some(span)) = (own.difference(around).next(), attribute_span(attributes)) {
            let message = format!(
                "this is exposed in {}, where what it belongs to is not",
                self.describe(outside, names)
            );
            errors.push(Diagnostic::new(Kind::Exposure, span, message));
        }
        own
    }

    fn describe(&self, place: &Place, names: &Names<'_>) -> String {
        match place {
            Place::Global(id) => format!("`{}`", names.interfaces[id.0 as usize].definition.name.text),
            Place::Name(name) => format!("`{name}`"),
        }
    }
}

/// The global interfaces of a set of places.
pub(super) fn exposure(places: &Places) -> Exposure {
    let globals = places.iter().filter_map(|place| match place {
        Place::Global(id) => Some(*id),
        Place::Name(_) => None,
    });
    Exposure { globals: globals.collect() }
}

fn attribute_span(attributes: &[Attribute]) -> Option<Span> {
    attributes.iter().find(|attribute| attribute.name == "Exposed").map(|attribute| attribute.span)
}

fn identifiers(attribute: &Attribute) -> Option<&[String]> {
    match &attribute.value {
        ExtendedAttributeValue::Identifier(name) => Some(std::slice::from_ref(name)),
        ExtendedAttributeValue::IdentifierList(names) if !names.is_empty() => Some(names),
        _ => None,
    }
}
