//! A model as a list of its definitions and members, each with what it says: what [`crate::diff`] compares.

use std::collections::{BTreeMap, BTreeSet};

use super::print::{Printer, default, extended_value, readonly};
use super::{
    Attribute, Constant, Exposure, ExtendedAttributes, Interface, Member, Model, NamedProperties, Operation,
};
use crate::source::Span;

/// What a definition or member says, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub text: String,
    pub span: Span,
}

/// Definitions (`interface Foo`) and their members (`interface Foo`, `bar`); a definition itself has an empty member.
pub(crate) type Items = BTreeMap<(String, String), Item>;

impl Model {
    /// Everything in it. Of exposures, what concerns `globals`.
    pub(crate) fn items(&self, globals: &BTreeSet<String>) -> Items {
        let printer = Printer { model: self, text: String::new() };
        let mut lister = Lister { printer, globals, owner: String::new(), items: Items::new() };
        self.interfaces.iter().for_each(|it| lister.interface(it));
        for it in &self.namespaces {
            lister.definition("namespace", &it.name, it.span, lister.flags(&it.extended, &it.exposure));
            it.constants.iter().for_each(|it| lister.constant(it));
            it.attributes.iter().for_each(|it| lister.attribute(it));
            it.operations.iter().for_each(|it| lister.operation(it));
        }
        for it in &self.callback_interfaces {
            lister.definition("callback interface", &it.name, it.span, String::new());
            it.constants.iter().for_each(|it| lister.constant(it));
            lister.operation(&it.operation);
        }
        for it in &self.callbacks {
            let printer = &lister.printer;
            let text = format!("{} ({})", printer.ty(&it.return_type), printer.arguments(&it.arguments));
            lister.definition("callback", &it.name, it.span, text);
        }
        for it in &self.dictionaries {
            let parent = it.parent.map(|id| format!(" : {}", self[id].name)).unwrap_or_default();
            lister.definition("dictionary", &it.name, it.span, parent);
            for member in &it.members {
                let required = if member.required { "required " } else { "" };
                let ty = lister.printer.ty(&member.ty);
                let text = format!("{required}{ty} {}{};", member.name, default(&member.default));
                lister.add(&member.name, text, member.span);
            }
        }
        for it in &self.enumerations {
            let values: Vec<_> = it.values.iter().map(|value| format!("{:?}", value.value)).collect();
            lister.definition("enum", &it.name, it.span, values.join(", "));
        }
        lister.items
    }
}

struct Lister<'a> {
    printer: Printer<'a>,
    globals: &'a BTreeSet<String>,
    /// The definition whose members are being added.
    owner: String,
    items: Items,
}

impl Lister<'_> {
    fn definition(&mut self, kind: &str, name: &str, span: Span, text: String) {
        self.owner = format!("{kind} {name}");
        self.items.insert((self.owner.clone(), String::new()), Item { text, span });
    }

    /// Adds a member; what is there by that name already (an overload) it is added to.
    fn add(&mut self, name: &str, text: String, span: Span) {
        let key = (self.owner.clone(), name.to_owned());
        match self.items.get_mut(&key) {
            Some(item) => {
                let mut lines: Vec<_> = item.text.lines().map(str::to_owned).chain([text]).collect();
                lines.sort();
                item.text = lines.join("\n");
            }
            None => _ = self.items.insert(key, Item { text, span }),
        }
    }

    fn member(&mut self, name: &str, member: &Member, text: &str) {
        let mut flags = self.flags(&member.extended, &member.exposure);
        if member.secure_context {
            flags = format!("[SecureContext] {flags}");
        }
        if member.cross_origin_isolated {
            flags = format!("[CrossOriginIsolated] {flags}");
        }
        self.add(name, format!("{flags}{text}"), member.span);
    }

    /// The extended attributes by name, and the exposure.
    fn flags(&self, extended: &ExtendedAttributes, exposure: &Exposure) -> String {
        // Exposure is compared as what it means; what belongs to types is shown with them.
        const ELSEWHERE: [&str; 8] = [
            "AllowResizable",
            "AllowShared",
            "Clamp",
            "CrossOriginIsolated",
            "EnforceRange",
            "Exposed",
            "LegacyNullToEmptyString",
            "SecureContext",
        ];
        let own = extended.iter().filter(|it| !ELSEWHERE.contains(&it.name.as_str()));
        let mut texts: Vec<_> = own.map(|it| it.name.clone() + &extended_value(&it.value)).collect();
        texts.sort();
        let globals = exposure.globals.iter().map(|id| &self.printer.model[*id].name);
        let globals: Vec<_> = globals.filter(|name| self.globals.contains(*name)).cloned().collect();
        texts.push(format!("Exposed=({})", globals.join(", ")));
        format!("[{}] ", texts.join(", "))
    }

    fn interface(&mut self, it: &Interface) {
        let parent = it.parent.map(|id| format!(": {}", self.printer.model[id].name)).unwrap_or_default();
        let secure = if it.secure_context { "[SecureContext] " } else { "" };
        let isolated = if it.cross_origin_isolated { "[CrossOriginIsolated] " } else { "" };
        let text = format!("{secure}{isolated}{}{parent}", self.flags(&it.extended, &it.exposure));
        self.definition("interface", &it.name, it.span, text.trim_end().to_owned());
        for overload in it.constructor.iter().flat_map(|it| &it.overloads) {
            let text = format!("constructor({});", self.printer.arguments(&overload.arguments));
            self.add("constructor", text, overload.span);
        }
        for function in &it.legacy_factory_functions {
            for overload in &function.overloads {
                let text = format!("{}({})", function.name, self.printer.arguments(&overload.arguments));
                self.add("factory functions", text, overload.span);
            }
        }
        it.constants.iter().for_each(|it| self.constant(it));
        it.attributes.iter().for_each(|it| self.attribute(it));
        it.operations.iter().for_each(|it| self.operation(it));
        if let Some(super::Stringifier::Behavior(member)) = &it.stringifier {
            self.member("stringifier", member, "stringifier;");
        }
        self.properties("indexed", &it.indexed);
        self.properties("named", &it.named);
        if let Some(it) = &it.iterable {
            let types = self.printer.pair(it.key.as_ref(), &it.value);
            self.member("iterable", &it.member, &format!("iterable<{types}>;"));
        }
        if let Some(it) = &it.async_iterable {
            let types = self.printer.pair(it.key.as_ref(), &it.value);
            let arguments = self.printer.arguments(&it.arguments);
            self.member("async_iterable", &it.member, &format!("async_iterable<{types}>({arguments});"));
        }
        if let Some(it) = &it.maplike {
            let types = self.printer.pair(Some(&it.key), &it.value);
            self.member("maplike", &it.member, &format!("{}maplike<{types}>;", readonly(it.readonly)));
        }
        if let Some(it) = &it.setlike {
            let ty = self.printer.ty(&it.value);
            self.member("setlike", &it.member, &format!("{}setlike<{ty}>;", readonly(it.readonly)));
        }
    }

    fn properties(&mut self, which: &str, properties: &NamedProperties) {
        let specials = [
            ("getter", &properties.getter),
            ("setter", &properties.setter),
            ("deleter", &properties.deleter),
        ];
        for (noun, special) in specials {
            let Some(special) = special else { continue };
            let signature = self.printer.signature(&special.member.name, &special.overload);
            self.member(&format!("{which} {noun}"), &special.member, &format!("{noun} {signature}"));
        }
    }

    fn constant(&mut self, constant: &Constant) {
        let text = self.printer.constant_text(constant);
        self.member(&constant.name, &constant.member, &text);
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let text = self.printer.attribute_text(attribute);
        self.member(&attribute.name, &attribute.member, &text);
    }

    fn operation(&mut self, operation: &Operation) {
        let is_static = if operation.is_static { "static " } else { "" };
        for overload in &operation.overloads {
            let signature = self.printer.signature(&operation.name, overload);
            let member = Member { extended: overload.extended.clone(), ..operation.member.clone() };
            self.member(&format!("{}()", operation.name), &member, &format!("{is_static}{signature}"));
        }
    }
}
