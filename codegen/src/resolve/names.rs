//! The definitions by name: duplicates, partials, mixins, inheritance, ids.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{
    BufferKind, CallbackId, CallbackInterfaceId, DictionaryId, EnumerationId, ExtendedAttributeValue,
    InterfaceId, NamespaceId,
};
use crate::syntax::{Definition, DefinitionKind, Identifier};

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named<'a> {
    Interface(InterfaceId),
    CallbackInterface(CallbackInterfaceId),
    Namespace(NamespaceId),
    Dictionary(DictionaryId),
    Enumeration(EnumerationId),
    Callback(CallbackId),
    Mixin,
    Typedef(&'a Definition),
    /// A definition that couldn't be parsed.
    Broken,
}

impl Named<'_> {
    pub fn noun(self) -> &'static str {
        match self {
            Named::Interface(_) => "an interface",
            Named::CallbackInterface(_) => "a callback interface",
            Named::Namespace(_) => "a namespace",
            Named::Dictionary(_) => "a dictionary",
            Named::Enumeration(_) => "an enum",
            Named::Callback(_) => "a callback",
            Named::Mixin => "an interface mixin",
            Named::Typedef(_) => "a typedef",
            Named::Broken => "a definition with errors",
        }
    }
}

/// An interface, mixin, namespace or dictionary with its partials.
#[derive(Debug)]
pub(super) struct Whole<'a, Id> {
    pub definition: &'a Definition,
    pub partials: Vec<&'a Definition>,
    pub parent: Option<Id>,
    /// The mixins that it includes, with the places of the `includes` statements.
    pub mixins: Vec<&'a Identifier>,
}

/// All definitions; the lists are sorted by name, so that an index is an id.
#[derive(Debug)]
pub(super) struct Names<'a> {
    table: BTreeMap<&'a str, Named<'a>>,
    pub interfaces: Vec<Whole<'a, InterfaceId>>,
    pub callback_interfaces: Vec<&'a Definition>,
    pub namespaces: Vec<Whole<'a, NamespaceId>>,
    pub dictionaries: Vec<Whole<'a, DictionaryId>>,
    pub enumerations: Vec<&'a Definition>,
    pub callbacks: Vec<&'a Definition>,
    pub typedefs: Vec<&'a Definition>,
    pub mixins: BTreeMap<&'a str, Whole<'a, ()>>,
    /// Whether a dictionary has a required member, inherited ones included.
    pub requires: Vec<bool>,
}

impl<'a> Names<'a> {
    pub fn collect(
        definitions: &'a [Definition],
        broken: &'a [String],
        errors: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut firsts: BTreeMap<&'a str, &'a Definition> = BTreeMap::new();
        for definition in definitions {
            if definition.partial
                || matches!(definition.kind, DefinitionKind::Includes { .. })
                || built_in(definition)
            {
                continue;
            }
            match firsts.get(definition.name.text.as_str()) {
                Some(first) => {
                    let name = &definition.name;
                    let error = Diagnostic::new(
                        Kind::Duplicate,
                        name.span,
                        format!("`{}` is already defined", name.text),
                    );
                    errors.push(error.related(first.name.span, format!("the first `{}`", name.text)));
                }
                None => _ = firsts.insert(&definition.name.text, definition),
            }
        }
        let mut names = Names {
            table: broken.iter().map(|name| (name.as_str(), Named::Broken)).collect(),
            interfaces: Vec::new(),
            callback_interfaces: Vec::new(),
            namespaces: Vec::new(),
            dictionaries: Vec::new(),
            enumerations: Vec::new(),
            callbacks: Vec::new(),
            typedefs: Vec::new(),
            mixins: BTreeMap::new(),
            requires: Vec::new(),
        };
        for (name, definition) in firsts {
            let named = names.add(definition);
            names.table.insert(name, named);
        }
        names.aliases();
        names.partials(definitions, errors);
        names.includes(definitions, errors);
        names.inheritance(errors);
        names.requires = names.required();
        names
    }

    /// SVG names the geometry interfaces by their `[LegacyWindowAlias]`es.
    fn aliases(&mut self) {
        for (index, interface) in self.interfaces.iter().enumerate() {
            for attribute in &interface.definition.attributes {
                let aliases = match &attribute.value {
                    ExtendedAttributeValue::Identifier(alias) => std::slice::from_ref(alias),
                    ExtendedAttributeValue::IdentifierList(aliases) => aliases,
                    _ => continue,
                };
                if attribute.name == "LegacyWindowAlias" {
                    let named = Named::Interface(InterfaceId::new(index));
                    aliases.iter().for_each(|alias| _ = self.table.entry(alias).or_insert(named));
                }
            }
        }
    }

    pub fn get(&self, name: &str) -> Option<Named<'a>> {
        self.table.get(name).copied()
    }

    fn add(&mut self, definition: &'a Definition) -> Named<'a> {
        match &definition.kind {
            DefinitionKind::Interface { .. } => {
                self.interfaces.push(Whole::new(definition));
                Named::Interface(InterfaceId::new(self.interfaces.len() - 1))
            }
            DefinitionKind::CallbackInterface { .. } => {
                self.callback_interfaces.push(definition);
                Named::CallbackInterface(CallbackInterfaceId::new(self.callback_interfaces.len() - 1))
            }
            DefinitionKind::Namespace { .. } => {
                self.namespaces.push(Whole::new(definition));
                Named::Namespace(NamespaceId::new(self.namespaces.len() - 1))
            }
            DefinitionKind::Dictionary { .. } => {
                self.dictionaries.push(Whole::new(definition));
                Named::Dictionary(DictionaryId::new(self.dictionaries.len() - 1))
            }
            DefinitionKind::Enumeration { .. } => {
                self.enumerations.push(definition);
                Named::Enumeration(EnumerationId::new(self.enumerations.len() - 1))
            }
            DefinitionKind::Callback { .. } => {
                self.callbacks.push(definition);
                Named::Callback(CallbackId::new(self.callbacks.len() - 1))
            }
            DefinitionKind::Mixin { .. } => {
                self.mixins.insert(&definition.name.text, Whole::new(definition));
                Named::Mixin
            }
            DefinitionKind::Typedef { .. } => {
                self.typedefs.push(definition);
                Named::Typedef(definition)
            }
            DefinitionKind::Includes { .. } => Named::Broken,
        }
    }

    fn partials(&mut self, definitions: &'a [Definition], errors: &mut Vec<Diagnostic>) {
        for definition in definitions.iter().filter(|definition| definition.partial) {
            let name = &definition.name;
            let noun = definition.kind.noun();
            let partials = match (&definition.kind, self.get(&name.text)) {
                (DefinitionKind::Interface { .. }, Some(Named::Interface(id))) => {
                    &mut self.interfaces[id.0 as usize].partials
                }
                (DefinitionKind::Namespace { .. }, Some(Named::Namespace(id))) => {
                    &mut self.namespaces[id.0 as usize].partials
                }
                (DefinitionKind::Dictionary { .. }, Some(Named::Dictionary(id))) => {
                    &mut self.dictionaries[id.0 as usize].partials
                }
                (DefinitionKind::Mixin { .. }, Some(Named::Mixin)) => {
                    match self.mixins.get_mut(name.text.as_str()) {
                        Some(mixin) => &mut mixin.partials,
                        None => continue,
                    }
                }
                (_, Some(Named::Broken)) => continue,
                (_, Some(other)) => {
                    let message =
                        format!("`{}` is {}, not the {noun} that this is a part of", name.text, other.noun());
                    errors.push(Diagnostic::new(Kind::UnknownName, name.span, message));
                    continue;
                }
                (_, None) => {
                    let message = format!("there is no {noun} `{}` that this could be a part of", name.text);
                    errors.push(
                        self.suggest(Diagnostic::new(Kind::UnknownName, name.span, message), &name.text),
                    );
                    continue;
                }
            };
            partials.push(definition);
        }
    }

    fn includes(&mut self, definitions: &'a [Definition], errors: &mut Vec<Diagnostic>) {
        for definition in definitions {
            let DefinitionKind::Includes { mixin } = &definition.kind else { continue };
            let name = &definition.name;
            let includer = match self.get(&name.text) {
                Some(Named::Interface(id)) => Some(id),
                Some(Named::Broken) => None,
                other => {
                    errors.push(self.not_that(name, "interface", other));
                    None
                }
            };
            match self.get(&mixin.text) {
                Some(Named::Mixin) => {}
                Some(Named::Broken) => continue,
                other => {
                    errors.push(self.not_that(mixin, "interface mixin", other));
                    continue;
                }
            }
            let Some(includer) = includer else { continue };
            let mixins = &mut self.interfaces[includer.0 as usize].mixins;
            match mixins.iter().find(|included| included.text == mixin.text) {
                Some(first) => {
                    let message = format!("`{}` already includes `{}`", name.text, mixin.text);
                    let error = Diagnostic::new(Kind::Duplicate, mixin.span, message);
                    errors.push(error.related(first.span, "here"));
                }
                None => mixins.push(mixin),
            }
        }
    }

    fn inheritance(&mut self, errors: &mut Vec<Diagnostic>) {
        for index in 0..self.interfaces.len() {
            let DefinitionKind::Interface { parent: Some(parent), .. } =
                &self.interfaces[index].definition.kind
            else {
                continue;
            };
            match self.get(&parent.text) {
                Some(Named::Interface(id)) => self.interfaces[index].parent = Some(id),
                Some(Named::Broken) => {}
                other => errors.push(self.not_that(parent, "interface", other)),
            }
        }
        for index in 0..self.dictionaries.len() {
            let DefinitionKind::Dictionary { parent: Some(parent), .. } =
                &self.dictionaries[index].definition.kind
            else {
                continue;
            };
            match self.get(&parent.text) {
                Some(Named::Dictionary(id)) => self.dictionaries[index].parent = Some(id),
                Some(Named::Broken) => {}
                other => errors.push(self.not_that(parent, "dictionary", other)),
            }
        }
        cut_cycles(&mut self.interfaces, |id| id.0 as usize, errors);
        cut_cycles(&mut self.dictionaries, |id| id.0 as usize, errors);
    }

    fn required(&self) -> Vec<bool> {
        let own = |dictionary: &Whole<'a, DictionaryId>| {
            let mut parts = std::iter::once(&dictionary.definition).chain(&dictionary.partials);
            parts.any(|part| match &part.kind {
                DefinitionKind::Dictionary { members, .. } => members.iter().any(|member| member.required),
                _ => false,
            })
        };
        let ancestry = |dictionary| {
            std::iter::successors(Some(dictionary), |it: &&Whole<'a, DictionaryId>| {
                it.parent.map(|id| &self.dictionaries[id.0 as usize])
            })
        };
        self.dictionaries.iter().map(|dictionary| ancestry(dictionary).any(own)).collect()
    }

    fn not_that(&self, name: &Identifier, noun: &str, found: Option<Named<'_>>) -> Diagnostic {
        match found {
            Some(named) => {
                let message = format!("`{}` is {}, not an {noun}", name.text, named.noun());
                let message = message.replace("an dictionary", "a dictionary");
                Diagnostic::new(Kind::Inheritance, name.span, message)
            }
            None => self.unknown(name, noun),
        }
    }

    /// The error for a name that nothing defines.
    pub fn unknown(&self, name: &Identifier, noun: &str) -> Diagnostic {
        let message = format!("there is no {noun} `{}`", name.text);
        self.suggest(Diagnostic::new(Kind::UnknownName, name.span, message), &name.text)
    }

    /// Adds the most similar name, if one is similar.
    fn suggest(&self, error: Diagnostic, name: &str) -> Diagnostic {
        let most = name.len().div_ceil(4).min(3);
        let candidates = self.table.keys().map(|candidate| (distance(name, candidate, most), *candidate));
        match candidates.filter(|(distance, _)| *distance <= most).min() {
            Some((_, candidate)) => error.help(format!("there is a `{candidate}`")),
            None => error,
        }
    }
}

impl<'a, Id> Whole<'a, Id> {
    fn new(definition: &'a Definition) -> Self {
        Whole { definition, partials: Vec::new(), parent: None, mixins: Vec::new() }
    }

    /// The definition, then its partials.
    pub fn parts(&self) -> impl Iterator<Item = &'a Definition> + use<'a, '_, Id> {
        std::iter::once(self.definition).chain(self.partials.iter().copied())
    }
}

/// The standard's own typedefs, which the model has built in.
fn built_in(definition: &Definition) -> bool {
    matches!(definition.kind, DefinitionKind::Typedef { .. })
        && matches!(
            BufferKind::from_keyword(&definition.name.text),
            Some(BufferKind::ArrayBufferView | BufferKind::BufferSource)
        )
}

/// Makes every cycle of inheritance an error and takes its parents away.
fn cut_cycles<Id: Copy>(
    wholes: &mut [Whole<'_, Id>],
    index: impl Fn(Id) -> usize,
    errors: &mut Vec<Diagnostic>,
) {
    // By which walk along the parents each was visited.
    let mut visited = vec![usize::MAX; wholes.len()];
    for start in 0..wholes.len() {
        let mut chain = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next.filter(|at| visited[*at] == usize::MAX) {
            visited[at] = start;
            chain.push(at);
            next = wholes[at].parent.map(&index);
        }
        let Some(first) = next.filter(|at| visited[*at] == start) else { continue };
        let cycle = &chain[chain.iter().position(|at| *at == first).unwrap_or(0)..];
        let name = &wholes[first].definition.name;
        let mut path: Vec<_> = cycle.iter().map(|at| wholes[*at].definition.name.text.as_str()).collect();
        path.push(&name.text);
        if path.len() > 8 {
            path.splice(4..path.len() - 3, ["…"]);
        }
        let message = format!("`{}` inherits from itself: {}", name.text, path.join(" → "));
        errors.push(Diagnostic::new(Kind::Inheritance, name.span, message));
        for at in cycle {
            wholes[*at].parent = None;
        }
    }
}

/// Edit distance, or anything above `most`.
fn distance(a: &str, b: &str, most: usize) -> usize {
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = before + usize::from(!x.eq_ignore_ascii_case(&y));
            before = row[j + 1];
            row[j + 1] = substituted.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
