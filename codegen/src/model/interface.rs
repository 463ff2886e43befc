//! Interfaces (<https://webidl.spec.whatwg.org/#idl-interfaces>).

use super::{
    Argument, Attribute, Constant, Constructor, Exposure, ExtendedAttributes, InterfaceId, Member,
    NamespaceId, Operation, Overload, Type,
};
use crate::source::Span;

/// An interface with the members of its partials and mixins.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// The interface that it inherits from.
    pub parent: Option<InterfaceId>,
    /// In which globals it is exposed.
    pub exposure: Exposure,
    /// `[SecureContext]`.
    pub secure_context: bool,
    /// `[CrossOriginIsolated]`.
    pub cross_origin_isolated: bool,
    /// The names in `[Global=…]`; empty for an interface that is not global.
    pub global_names: Vec<String>,
    /// `[LegacyNamespace=…]`: the namespace whose property it is instead of the global's.
    pub legacy_namespace: Option<NamespaceId>,
    /// `[LegacyFactoryFunction=…]`.
    pub legacy_factory_functions: Vec<LegacyFactoryFunction>,
    /// Its constructor.
    pub constructor: Option<Constructor>,
    /// Constants in order.
    pub constants: Vec<Constant>,
    /// Attributes in order, static ones included.
    pub attributes: Vec<Attribute>,
    /// Regular and static operations, in order of their first overload.
    pub operations: Vec<Operation>,
    /// The stringifier.
    pub stringifier: Option<Stringifier>,
    /// Indexed properties.
    pub indexed: NamedProperties,
    /// Named properties.
    pub named: NamedProperties,
    /// `iterable<…>`.
    pub iterable: Option<Iterable>,
    /// `async_iterable<…>`.
    pub async_iterable: Option<AsyncIterable>,
    /// `maplike<…>`.
    pub maplike: Option<Maplike>,
    /// `setlike<…>`.
    pub setlike: Option<Setlike>,
    /// The mixins that it includes, in order.
    pub mixins: Vec<String>,
    /// Its extended attributes, the partials' not included.
    pub extended: ExtendedAttributes,
}

impl Interface {
    /// `[Global]`.
    pub fn is_global(&self) -> bool {
        !self.global_names.is_empty()
    }

    /// `[LegacyNoInterfaceObject]`.
    pub fn has_no_interface_object(&self) -> bool {
        self.extended.has("LegacyNoInterfaceObject")
    }

    /// `[LegacyOverrideBuiltIns]`.
    pub fn overrides_built_ins(&self) -> bool {
        self.extended.has("LegacyOverrideBuiltIns")
    }

    /// `[LegacyUnenumerableNamedProperties]`.
    pub fn has_unenumerable_named_properties(&self) -> bool {
        self.extended.has("LegacyUnenumerableNamedProperties")
    }

    /// `[LegacyWindowAlias=…]`.
    pub fn window_aliases(&self) -> &[String] {
        self.extended.identifiers("LegacyWindowAlias")
    }

    /// `[Serializable]`.
    pub fn is_serializable(&self) -> bool {
        self.extended.has("Serializable")
    }

    /// `[Transferable]`.
    pub fn is_transferable(&self) -> bool {
        self.extended.has("Transferable")
    }

    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Every signature: operations, constructors, factory functions, special operations (also those with names).
    pub fn overloads(&self) -> impl Iterator<Item = &Overload> {
        let operations = self.operations.iter().flat_map(|operation| &operation.overloads);
        let constructors = self.constructor.iter().flat_map(|constructor| &constructor.overloads);
        let factories = self.legacy_factory_functions.iter().flat_map(|function| &function.overloads);
        let specials = [&self.indexed, &self.named].into_iter().flat_map(NamedProperties::operations);
        operations.chain(constructors).chain(factories).chain(specials.map(|special| &special.overload))
    }

    /// The regular (not static) operation of that name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.name == name && !operation.is_static)
    }
}

/// `[LegacyFactoryFunction=Image(…)]`.
#[derive(Clone, Debug)]
pub struct LegacyFactoryFunction {
    /// The function's name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Its overloads.
    pub overloads: Vec<Overload>,
}

/// How an interface's instances turn into strings.
#[derive(Clone, Debug)]
pub enum Stringifier {
    /// `stringifier;`: defined by the interface's prose.
    Behavior(Member),
    /// `stringifier attribute …`: the value of the attribute of that name.
    Attribute(String),
    /// `stringifier DOMString name()`: the operation of that name.
    Operation(String),
}

/// Getter, setter and deleter of indexed or named properties.
#[derive(Clone, Debug, Default)]
pub struct NamedProperties {
    /// The getter.
    pub getter: Option<SpecialOperation>,
    /// The setter.
    pub setter: Option<SpecialOperation>,
    /// The deleter (named properties only).
    pub deleter: Option<SpecialOperation>,
}

impl NamedProperties {
    /// Whether the interface supports them: it has a getter.
    pub fn any(&self) -> bool {
        self.getter.is_some()
    }

    /// Getter, setter and deleter, as far as there are any.
    pub fn operations(&self) -> impl Iterator<Item = &SpecialOperation> {
        [&self.getter, &self.setter, &self.deleter].into_iter().flatten()
    }
}

/// A `getter`, `setter` or `deleter`. One with a name is also among [`Interface::operations`].
#[derive(Clone, Debug)]
pub struct SpecialOperation {
    /// Name (or empty), place, exposure.
    pub member: Member,
    /// The signature.
    pub overload: Overload,
}

/// `iterable<V>` or `iterable<K, V>`.
#[derive(Clone, Debug)]
pub struct Iterable {
    /// Place and exposure.
    pub member: Member,
    /// Type of the keys: a pair iterator.
    pub key: Option<Type>,
    /// Type of the values.
    pub value: Type,
}

/// `async_iterable<V>` or `async_iterable<K, V>`.
#[derive(Clone, Debug)]
pub struct AsyncIterable {
    /// Place and exposure.
    pub member: Member,
    /// Type of the keys: a pair iterator.
    pub key: Option<Type>,
    /// Type of the values.
    pub value: Type,
    /// The arguments of the method that makes the iterator.
    pub arguments: Vec<Argument>,
}

/// `maplike<K, V>`.
#[derive(Clone, Debug)]
pub struct Maplike {
    /// Place and exposure.
    pub member: Member,
    /// `readonly`.
    pub readonly: bool,
    /// Type of the keys.
    pub key: Type,
    /// Type of the values.
    pub value: Type,
}

/// `setlike<V>`.
#[derive(Clone, Debug)]
pub struct Setlike {
    /// Place and exposure.
    pub member: Member,
    /// `readonly`.
    pub readonly: bool,
    /// Type of the values.
    pub value: Type,
}
