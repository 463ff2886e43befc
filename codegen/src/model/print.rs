//! A model as text: IDL with everything resolved, and with comments on exposure. For golden tests and people.

use std::fmt::Write as _;

use super::{
    Argument, Attribute, Constant, DefaultValue, Exposure, ExtendedAttributeValue, ExtendedAttributes,
    Interface, Member, MemberOrigin, Model, NamedProperties, Number, Operation, Overload, Stringifier, Type,
};

impl Model {
    /// The whole model as text.
    pub fn print(&self) -> String {
        let mut printer = Printer { model: self, text: String::new() };
        for interface in &self.interfaces {
            printer.interface(interface);
        }
        for namespace in &self.namespaces {
            printer.attributes("", &namespace.extended);
            printer.line(&format!(
                "namespace {} {{ // {}",
                namespace.name,
                printer.exposure(&namespace.exposure)
            ));
            namespace.constants.iter().for_each(|it| printer.constant(it));
            namespace.attributes.iter().for_each(|it| printer.attribute(it));
            namespace.operations.iter().for_each(|it| printer.operation(it));
            printer.line("};");
        }
        for interface in &self.callback_interfaces {
            printer.attributes("", &interface.extended);
            let exposure = printer.exposure(&interface.exposure);
            printer.line(&format!("callback interface {} {{ // {exposure}", interface.name));
            interface.constants.iter().for_each(|it| printer.constant(it));
            printer.operation(&interface.operation);
            printer.line("};");
        }
        for callback in &self.callbacks {
            printer.attributes("", &callback.extended);
            let (returns, arguments) =
                (printer.ty(&callback.return_type), printer.arguments(&callback.arguments));
            printer.line(&format!("callback {} = {returns} ({arguments});", callback.name));
        }
        for dictionary in &self.dictionaries {
            let parent = dictionary.parent.map(|id| format!(" : {}", self[id].name)).unwrap_or_default();
            printer.line(&format!("dictionary {}{parent} {{", dictionary.name));
            for member in &dictionary.members {
                let required = if member.required { "required " } else { "" };
                let default = default(&member.default);
                let ty = printer.ty(&member.ty);
                printer.line(&format!("  {required}{ty} {}{default};", member.name));
            }
            printer.line("};");
        }
        for enumeration in &self.enumerations {
            let values: Vec<_> =
                enumeration.values.iter().map(|value| format!("{:?}", value.value)).collect();
            printer.line(&format!("enum {} {{ {} }};", enumeration.name, values.join(", ")));
        }
        for union in &self.unions {
            let ty = printer.ty(&Type::Union(union.clone()));
            printer.line(&format!("// union {} = {ty}", union.name(self)));
        }
        printer.text
    }
}

/// Writes parts of a model.
pub(super) struct Printer<'a> {
    pub model: &'a Model,
    pub text: String,
}

impl Printer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn attributes(&mut self, indent: &str, attributes: &ExtendedAttributes) {
        let texts: Vec<_> =
            attributes.iter().map(|it| it.name.clone() + &extended_value(&it.value)).collect();
        if !texts.is_empty() {
            self.line(&format!("{indent}[{}]", texts.join(", ")));
        }
    }

    fn interface(&mut self, interface: &Interface) {
        self.attributes("", &interface.extended);
        let parent = interface.parent.map(|id| format!(" : {}", self.model[id].name)).unwrap_or_default();
        let exposure = self.exposure(&interface.exposure);
        self.line(&format!("interface {}{parent} {{ // {exposure}", interface.name));
        if let Some(constructor) = &interface.constructor {
            for overload in &constructor.overloads {
                let arguments = self.arguments(&overload.arguments);
                self.line(&format!("  constructor({arguments}); // length {}", constructor.length()));
            }
        }
        for function in &interface.legacy_factory_functions {
            for overload in &function.overloads {
                let arguments = self.arguments(&overload.arguments);
                self.line(&format!("  // factory function {}({arguments})", function.name));
            }
        }
        interface.constants.iter().for_each(|it| self.constant(it));
        interface.attributes.iter().for_each(|it| self.attribute(it));
        interface.operations.iter().for_each(|it| self.operation(it));
        match &interface.stringifier {
            Some(Stringifier::Behavior(_)) => self.line("  stringifier;"),
            Some(Stringifier::Attribute(name)) => self.line(&format!("  // stringifier attribute {name}")),
            Some(Stringifier::Operation(name)) => self.line(&format!("  // stringifier operation {name}")),
            None => {}
        }
        self.properties("indexed", &interface.indexed);
        self.properties("named", &interface.named);
        if let Some(it) = &interface.iterable {
            let types = self.pair(it.key.as_ref(), &it.value);
            self.member(&it.member, &format!("iterable<{types}>;"), "");
        }
        if let Some(it) = &interface.async_iterable {
            let (types, arguments) = (self.pair(it.key.as_ref(), &it.value), self.arguments(&it.arguments));
            self.member(&it.member, &format!("async_iterable<{types}>({arguments});"), "");
        }
        if let Some(it) = &interface.maplike {
            let types = self.pair(Some(&it.key), &it.value);
            self.member(&it.member, &format!("{}maplike<{types}>;", readonly(it.readonly)), "");
        }
        if let Some(it) = &interface.setlike {
            let ty = self.ty(&it.value);
            self.member(&it.member, &format!("{}setlike<{ty}>;", readonly(it.readonly)), "");
        }
        self.line("};");
    }

    fn properties(&mut self, which: &str, properties: &NamedProperties) {
        let specials = [
            ("getter", &properties.getter),
            ("setter", &properties.setter),
            ("deleter", &properties.deleter),
        ];
        for (noun, special) in specials {
            let Some(special) = special else { continue };
            let signature = self.signature(&special.member.name, &special.overload);
            self.line(&format!("  {noun} {signature} // {which}"));
        }
    }

    pub fn pair(&self, key: Option<&Type>, value: &Type) -> String {
        let key = key.map(|key| self.ty(key) + ", ").unwrap_or_default();
        key + &self.ty(value)
    }

    fn constant(&mut self, constant: &Constant) {
        let text = self.constant_text(constant);
        self.member(&constant.member, &text, "");
    }

    pub fn constant_text(&self, constant: &Constant) -> String {
        let value = match constant.value {
            Number::Integer(value) => value.to_string(),
            Number::Float(value) => format!("{value:?}"),
            Number::Boolean(value) => value.to_string(),
        };
        format!("const {} {} = {value};", self.ty(&constant.ty), constant.name)
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let note = if attribute.event_handler.is_some() { "event handler" } else { "" };
        let text = self.attribute_text(attribute);
        self.member(&attribute.member, &text, note);
    }

    pub fn attribute_text(&self, attribute: &Attribute) -> String {
        let words = [
            (attribute.is_static, "static "),
            (attribute.inherit, "inherit "),
            (attribute.stringifier, "stringifier "),
            (attribute.readonly, "readonly "),
        ];
        let words: String = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        format!("{words}attribute {} {};", self.ty(&attribute.ty), attribute.name)
    }

    fn operation(&mut self, operation: &Operation) {
        for overload in &operation.overloads {
            let is_static = if operation.is_static { "static " } else { "" };
            let stringifier = if overload.stringifier { "stringifier " } else { "" };
            let signature = self.signature(&operation.name, overload);
            let note = format!("length {}", operation.length());
            let member = Member { extended: overload.extended.clone(), ..operation.member.clone() };
            self.member(&member, &format!("{is_static}{stringifier}{signature}"), &note);
        }
    }

    pub fn signature(&self, name: &str, overload: &Overload) -> String {
        format!("{} {name}({});", self.ty(&overload.return_type), self.arguments(&overload.arguments))
    }

    fn member(&mut self, member: &Member, text: &str, note: &str) {
        let mut notes = Vec::new();
        match &member.origin {
            MemberOrigin::Own => {}
            MemberOrigin::Partial => notes.push("partial".to_owned()),
            MemberOrigin::Mixin(name) => notes.push(format!("from {name}")),
        }
        if !note.is_empty() {
            notes.push(note.to_owned());
        }
        if member.secure_context {
            notes.push("secure".to_owned());
        }
        if member.cross_origin_isolated {
            notes.push("isolated".to_owned());
        }
        notes.push(self.exposure(&member.exposure));
        self.attributes("  ", &member.extended);
        self.line(&format!("  {text} // {}", notes.join(", ")));
    }

    fn exposure(&self, exposure: &Exposure) -> String {
        let names: Vec<_> = exposure.globals.iter().map(|id| self.model[*id].name.as_str()).collect();
        if names.is_empty() { "exposed nowhere".into() } else { format!("in {}", names.join(" ")) }
    }

    pub fn arguments(&self, arguments: &[Argument]) -> String {
        let mut texts = Vec::new();
        for argument in arguments {
            let optional = if argument.optional { "optional " } else { "" };
            let variadic = if argument.variadic { "..." } else { "" };
            let (ty, default) = (self.ty(&argument.ty), default(&argument.default));
            texts.push(format!("{optional}{ty}{variadic} {}{default}", argument.name));
        }
        texts.join(", ")
    }

    /// A type with its extended attributes.
    pub fn ty(&self, ty: &Type) -> String {
        let prefix = match ty.without_null() {
            Type::Integer(_) | Type::String(_) | Type::Buffer(_) => annotations(ty.without_null()),
            _ => String::new(),
        };
        prefix
            + &match ty {
                Type::Nullable(inner) => match &**inner {
                    Type::Integer(_) | Type::String(_) | Type::Buffer(_) => ty.display(self.model),
                    inner => self.ty(inner) + "?",
                },
                Type::Sequence(inner) => format!("sequence<{}>", self.ty(inner)),
                Type::AsyncSequence(inner) => format!("async_sequence<{}>", self.ty(inner)),
                Type::Record(record) => {
                    format!("record<{}, {}>", record.key.keyword(), self.ty(&record.value))
                }
                Type::FrozenArray(inner) => format!("FrozenArray<{}>", self.ty(inner)),
                Type::ObservableArray(inner) => format!("ObservableArray<{}>", self.ty(inner)),
                Type::Promise(inner) => format!("Promise<{}>", self.ty(inner)),
                Type::Union(union) => {
                    let members: Vec<_> = union.members.iter().map(|member| self.ty(member)).collect();
                    format!("({})", members.join(" or "))
                }
                plain => plain.display(self.model),
            }
    }
}

fn annotations(ty: &Type) -> String {
    use super::IntegerConversion as Conversion;
    let mut text = String::new();
    match ty {
        Type::Integer(integer) if integer.conversion == Conversion::Clamp => text += "[Clamp] ",
        Type::Integer(integer) if integer.conversion == Conversion::EnforceRange => text += "[EnforceRange] ",
        Type::String(string) if string.legacy_null_to_empty => text += "[LegacyNullToEmptyString] ",
        Type::Buffer(buffer) => {
            text += if buffer.allow_shared { "[AllowShared] " } else { "" };
            text += if buffer.allow_resizable { "[AllowResizable] " } else { "" };
        }
        _ => {}
    }
    text
}

pub(super) fn readonly(is: bool) -> &'static str {
    if is { "readonly " } else { "" }
}

pub(super) fn default(default: &Option<DefaultValue>) -> String {
    fn value(default: &DefaultValue) -> String {
        match default {
            DefaultValue::Null => "null".into(),
            DefaultValue::Undefined => "undefined".into(),
            DefaultValue::Boolean(value) => value.to_string(),
            DefaultValue::Integer(value) => value.to_string(),
            DefaultValue::Float(value) => format!("{value:?}"),
            DefaultValue::String(value) => format!("{value:?}"),
            DefaultValue::Enumeration(_, index) => format!("value {index}"),
            DefaultValue::EmptySequence => "[]".into(),
            DefaultValue::EmptyDictionary => "{}".into(),
            DefaultValue::Union(member, inner) => format!("{} as member {member}", value(inner)),
        }
    }
    default.as_ref().map(|default| format!(" = {}", value(default))).unwrap_or_default()
}

pub(super) fn extended_value(value: &ExtendedAttributeValue) -> String {
    use ExtendedAttributeValue as V;
    let mut text = String::new();
    let written = match value {
        V::None => Ok(()),
        V::Wildcard => write!(text, "=*"),
        V::Identifier(name) => write!(text, "={name}"),
        V::String(value) => write!(text, "={value:?}"),
        V::Number(value) => write!(text, "={value}"),
        V::IdentifierList(values) | V::NumberList(values) => write!(text, "=({})", values.join(", ")),
        V::StringList(values) => write!(text, "=({values:?})"),
        V::Arguments => write!(text, "(…)"),
        V::NamedArguments(name) => write!(text, "={name}(…)"),
    };
    debug_assert!(written.is_ok(), "writing to a string can't fail");
    text
}
