//! Distinguishable types (<https://webidl.spec.whatwg.org/#dfn-distinguishable>).

use super::Resolver;
use crate::model::{BufferKind, Type};

/// The columns of the standard's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Category {
    Undefined,
    Boolean,
    Numeric,
    BigInt,
    String,
    Object,
    Symbol,
    InterfaceLike,
    CallbackFunction,
    DictionaryLike,
    AsyncSequence,
    SequenceLike,
    /// `any` and promises: like everything.
    Anything,
}

fn category(ty: &Type) -> Category {
    match ty {
        Type::Any | Type::Promise(_) | Type::Nullable(_) | Type::Union(_) => Category::Anything,
        Type::Undefined => Category::Undefined,
        Type::Boolean => Category::Boolean,
        Type::Integer(_) | Type::Float(_) => Category::Numeric,
        Type::BigInt => Category::BigInt,
        Type::String(_) | Type::Enumeration(_) => Category::String,
        Type::Object => Category::Object,
        Type::Symbol => Category::Symbol,
        Type::Buffer(_) | Type::WindowProxy | Type::Interface(_) => Category::InterfaceLike,
        Type::Callback(_) => Category::CallbackFunction,
        Type::CallbackInterface(_) | Type::Dictionary(_) | Type::Record(_) => Category::DictionaryLike,
        Type::AsyncSequence(_) => Category::AsyncSequence,
        Type::Sequence(_) | Type::FrozenArray(_) | Type::ObservableArray(_) => Category::SequenceLike,
    }
}

impl Resolver<'_> {
    /// Whether a value's shape says which of two types it is meant as.
    pub fn distinguishable(&self, a: &Type, b: &Type) -> bool {
        let is_a = |interface, ancestor| self.is_a(interface, ancestor);
        let treats_null = |id: crate::model::CallbackId| {
            super::has(&self.names.callbacks[id.0 as usize].attributes, "LegacyTreatNonObjectAsNull")
        };
        distinguishable(a, b, &is_a, &treats_null)
    }
}

/// See [`Resolver::distinguishable`]; `is_a` tells inheritance, `treats_null` `[LegacyTreatNonObjectAsNull]`.
pub(super) fn distinguishable(
    a: &Type,
    b: &Type,
    is_a: &dyn Fn(crate::model::InterfaceId, crate::model::InterfaceId) -> bool,
    treats_null: &dyn Fn(crate::model::CallbackId) -> bool,
) -> bool {
    // 1. Null belongs to a nullable type, or else to a dictionary.
    let takes_null = |ty: &Type| {
        ty.is_nullable()
            || matches!(ty, Type::Dictionary(_))
            || matches!(ty, Type::Union(union) if union.dictionary().is_some())
    };
    if (a.is_nullable() && takes_null(b)) || (b.is_nullable() && takes_null(a)) {
        return false;
    }
    // 2, 3. Unions: member by member.
    let (a, b) = (a.without_null(), b.without_null());
    match (a, b) {
        (Type::Union(union), other) | (other, Type::Union(union)) => {
            return union.members.iter().all(|member| distinguishable(member, other, is_a, treats_null));
        }
        _ => {}
    }
    // 4. The table.
    use Category as C;
    match (category(a), category(b)) {
        (C::Anything, _) | (_, C::Anything) => false,
        (C::InterfaceLike, C::InterfaceLike) => distinct_interfaces(a, b, is_a),
        (C::Undefined, C::DictionaryLike) | (C::DictionaryLike, C::Undefined) => false,
        (C::Object, other) | (other, C::Object) => {
            matches!(other, C::Undefined | C::Boolean | C::Numeric | C::BigInt | C::String | C::Symbol)
        }
        (C::CallbackFunction, C::DictionaryLike) => !matches!(a, Type::Callback(id) if treats_null(*id)),
        (C::DictionaryLike, C::CallbackFunction) => !matches!(b, Type::Callback(id) if treats_null(*id)),
        (C::AsyncSequence, C::SequenceLike) | (C::SequenceLike, C::AsyncSequence) => false,
        (a, b) => a != b,
    }
}

/// Whether no object implements both.
fn distinct_interfaces(
    a: &Type,
    b: &Type,
    is_a: &dyn Fn(crate::model::InterfaceId, crate::model::InterfaceId) -> bool,
) -> bool {
    let classes = |kind: BufferKind| kind.classes();
    match (a, b) {
        (Type::Interface(a), Type::Interface(b)) => !is_a(*a, *b) && !is_a(*b, *a),
        (Type::Buffer(a), Type::Buffer(b)) => {
            !classes(a.kind).iter().any(|class| classes(b.kind).contains(class))
        }
        (a, b) => a != b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        BufferType, CallbackId, DictionaryId, FloatType, InterfaceId, RecordType, StringKind, StringType,
        UnionType,
    };

    fn types() -> Vec<(&'static str, Type)> {
        let string = Type::String(StringType { kind: StringKind::Dom, legacy_null_to_empty: false });
        let boxed = || Box::new(Type::Boolean);
        vec![
            ("undefined", Type::Undefined),
            ("boolean", Type::Boolean),
            ("numeric", Type::Float(FloatType { double: true, unrestricted: false })),
            ("bigint", Type::BigInt),
            ("string", string),
            ("object", Type::Object),
            ("symbol", Type::Symbol),
            ("interface", Type::Interface(InterfaceId::new(0))),
            ("callback", Type::Callback(CallbackId::new(0))),
            ("dictionary", Type::Dictionary(DictionaryId::new(0))),
            ("record", Type::Record(Box::new(RecordType { key: StringKind::Dom, value: Type::Any }))),
            ("async", Type::AsyncSequence(boxed())),
            ("sequence", Type::Sequence(boxed())),
            ("any", Type::Any),
            ("promise", Type::Promise(boxed())),
        ]
    }

    fn check(a: &Type, b: &Type) -> bool {
        // Interface 2 inherits from 1; callback 1 treats what is no object as null.
        let is_a = |a: InterfaceId, b: InterfaceId| a == b || (a.0 == 2 && b.0 == 1);
        let forwards = distinguishable(a, b, &is_a, &|id| id.0 == 1);
        assert_eq!(forwards, distinguishable(b, a, &is_a, &|id| id.0 == 1), "it has no direction");
        forwards
    }

    /// The standard's table, the pairs that can't be told apart.
    #[test]
    fn categories_are_distinguishable_as_the_table_says() {
        let same = [
            "undefined dictionary",
            "undefined record",
            "object interface",
            "object callback",
            "object dictionary",
            "object record",
            "object async",
            "object sequence",
            "dictionary record",
            "async sequence",
        ];
        let types = types();
        for (a_name, a) in &types {
            for (b_name, b) in &types {
                let named = |x: &str, y: &str| same.contains(&format!("{x} {y}").as_str());
                let anything = |name: &str| ["any", "promise"].contains(&name);
                let alike = a_name == b_name
                    || named(a_name, b_name)
                    || named(b_name, a_name)
                    || anything(a_name)
                    || anything(b_name);
                assert_eq!(check(a, b), !alike, "{a_name} and {b_name}");
            }
        }
    }

    #[test]
    fn interfaces_are_distinguishable_unless_one_inherits_from_the_other() {
        let interface = |id| Type::Interface(InterfaceId::new(id));
        let buffer = |kind| Type::Buffer(BufferType { kind, allow_shared: false, allow_resizable: false });
        assert!(check(&interface(0), &interface(1)));
        assert!(!check(&interface(1), &interface(2)));
        assert!(check(&interface(0), &Type::WindowProxy));
        assert!(check(&buffer(BufferKind::ArrayBuffer), &buffer(BufferKind::ArrayBufferView)));
        assert!(!check(&buffer(BufferKind::BufferSource), &buffer(BufferKind::DataView)));
    }

    #[test]
    fn null_belongs_to_one_type_only() {
        let nullable = |ty| Type::Nullable(Box::new(ty));
        let dictionary = || Type::Dictionary(DictionaryId::new(0));
        assert!(check(&nullable(Type::Boolean), &Type::Symbol));
        assert!(!check(&nullable(Type::Boolean), &nullable(Type::Symbol)));
        assert!(!check(&nullable(Type::Boolean), &dictionary()));
        let union = Type::Union(UnionType { members: vec![dictionary(), Type::Symbol] });
        assert!(check(&union, &Type::Boolean));
        assert!(!check(&union, &nullable(Type::Boolean)));
        assert!(!check(&union, &Type::Symbol));
        assert!(!check(&Type::Callback(CallbackId::new(1)), &dictionary()));
    }
}
