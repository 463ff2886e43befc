//! Names of types (<https://webidl.spec.whatwg.org/#idl-type-name>), for generated code and for messages.

use super::{IntegerConversion, Model, Type, UnionType};

impl UnionType {
    /// Name for generated code: the members' names joined by "Or" (`RequestOrUSVString`).
    pub fn name(&self, model: &Model) -> String {
        self.members.iter().map(|member| member.type_name(model)).collect::<Vec<_>>().join("Or")
    }
}

impl Type {
    /// The type's name (<https://webidl.spec.whatwg.org/#idl-type-name>), with `[Clamp]` and the like in front, so
    /// that different types have different names.
    pub fn type_name(&self, model: &Model) -> String {
        match self {
            Type::Any => "Any".into(),
            Type::Undefined => "Undefined".into(),
            Type::Boolean => "Boolean".into(),
            Type::Integer(integer) => {
                let conversion = match integer.conversion {
                    IntegerConversion::Wrap => "",
                    IntegerConversion::Clamp => "Clamp",
                    IntegerConversion::EnforceRange => "EnforceRange",
                };
                conversion.to_owned() + &camel(integer.kind.keyword())
            }
            Type::Float(float) => camel(float.keyword()),
            Type::BigInt => "BigInt".into(),
            Type::String(string) => {
                let prefix = if string.legacy_null_to_empty { "LegacyNullToEmpty" } else { "" };
                prefix.to_owned() + string.kind.keyword()
            }
            Type::Object => "Object".into(),
            Type::Symbol => "Symbol".into(),
            Type::Buffer(buffer) => {
                let shared = if buffer.allow_shared { "AllowShared" } else { "" };
                let resizable = if buffer.allow_resizable { "AllowResizable" } else { "" };
                format!("{shared}{resizable}{}", buffer.kind.keyword())
            }
            Type::WindowProxy => "WindowProxy".into(),
            Type::Interface(id) => model[*id].name.clone(),
            Type::CallbackInterface(id) => model[*id].name.clone(),
            Type::Callback(id) => model[*id].name.clone(),
            Type::Dictionary(id) => model[*id].name.clone(),
            Type::Enumeration(id) => model[*id].name.clone(),
            Type::Nullable(inner) => inner.type_name(model) + "OrNull",
            Type::Sequence(inner) => inner.type_name(model) + "Sequence",
            Type::AsyncSequence(inner) => inner.type_name(model) + "AsyncSequence",
            Type::Record(record) => {
                format!("{}{}Record", record.key.keyword(), record.value.type_name(model))
            }
            Type::FrozenArray(inner) => inner.type_name(model) + "Array",
            Type::ObservableArray(inner) => inner.type_name(model) + "ObservableArray",
            Type::Promise(inner) => inner.type_name(model) + "Promise",
            Type::Union(union) => union.name(model),
        }
    }

    /// The type as IDL, without extended attributes, for messages.
    pub fn display(&self, model: &Model) -> String {
        match self {
            Type::Any => "any".into(),
            Type::Undefined => "undefined".into(),
            Type::Boolean => "boolean".into(),
            Type::Integer(integer) => integer.kind.keyword().into(),
            Type::Float(float) => float.keyword().into(),
            Type::BigInt => "bigint".into(),
            Type::String(string) => string.kind.keyword().into(),
            Type::Object => "object".into(),
            Type::Symbol => "symbol".into(),
            Type::Buffer(_)
            | Type::WindowProxy
            | Type::Interface(_)
            | Type::CallbackInterface(_)
            | Type::Callback(_)
            | Type::Dictionary(_)
            | Type::Enumeration(_) => {
                let plain = match self {
                    Type::Buffer(buffer) => return buffer.kind.keyword().into(),
                    plain => plain,
                };
                plain.type_name(model)
            }
            Type::Nullable(inner) => inner.display(model) + "?",
            Type::Sequence(inner) => format!("sequence<{}>", inner.display(model)),
            Type::AsyncSequence(inner) => format!("async_sequence<{}>", inner.display(model)),
            Type::Record(record) => {
                format!("record<{}, {}>", record.key.keyword(), record.value.display(model))
            }
            Type::FrozenArray(inner) => format!("FrozenArray<{}>", inner.display(model)),
            Type::ObservableArray(inner) => format!("ObservableArray<{}>", inner.display(model)),
            Type::Promise(inner) => format!("Promise<{}>", inner.display(model)),
            Type::Union(union) => {
                let members: Vec<_> = union.members.iter().map(|member| member.display(model)).collect();
                format!("({})", members.join(" or "))
            }
        }
    }
}

/// `unsigned long` → `UnsignedLong`.
fn camel(keywords: &str) -> String {
    keywords
        .split(' ')
        .flat_map(|word| {
            let (first, rest) = word.split_at(1);
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}
