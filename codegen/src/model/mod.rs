//! The resolved model: what an emitter works on.
//!
//! Partials and mixins are merged, typedefs replaced by what they stand for, every type reference is an id of the
//! definition that it names, unions are flattened, defaults are typed and exposure is a set of global interfaces.
//! A model is only made by [`crate::resolve`], so ids never dangle and inheritance has no cycles.
//!
//! Order is deterministic: definitions by name, members as the sources have them (a definition's own members, then
//! its partials', then its mixins' in the order of the `includes` statements), dictionary members by name.

mod attributes;
mod callback;
mod dictionary;
mod interface;
mod items;
mod member;
mod namespace;
mod print;
mod type_names;
mod types;
mod value;

pub use attributes::{ExtendedAttribute, ExtendedAttributeValue, ExtendedAttributes};
pub use callback::{Callback, CallbackInterface};
pub use dictionary::{Dictionary, DictionaryMember, Enumeration, EnumerationValue};
pub use interface::{
    AsyncIterable, Interface, Iterable, LegacyFactoryFunction, Maplike, NamedProperties, Setlike,
    SpecialOperation, Stringifier,
};
pub(crate) use items::{Item, Items};
pub use member::{
    Argument, Attribute, Constant, Constructor, EventHandlerKind, Exposure, Member, MemberOrigin, Operation,
    Overload,
};
pub use namespace::Namespace;
pub use types::{
    BufferKind, BufferType, FloatType, IntegerConversion, IntegerKind, IntegerType, RecordType, StringKind,
    StringType, Type, UnionType,
};
pub use value::{DefaultValue, Number};

use crate::source::{Location, Sources, Span};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident, $node:ident, $field:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(pub(crate) u32);

        impl $id {
            pub(crate) fn new(index: usize) -> Self {
                $id(index as u32)
            }
        }

        impl std::ops::Index<$id> for Model {
            type Output = $node;

            fn index(&self, id: $id) -> &$node {
                &self.$field[id.0 as usize]
            }
        }
    )*};
}

ids! {
    /// An interface of a [`Model`]; `model[id]` is the [`Interface`].
    InterfaceId, Interface, interfaces;
    /// A dictionary of a [`Model`]; `model[id]` is the [`Dictionary`].
    DictionaryId, Dictionary, dictionaries;
    /// An enumeration of a [`Model`]; `model[id]` is the [`Enumeration`].
    EnumerationId, Enumeration, enumerations;
    /// A callback function of a [`Model`]; `model[id]` is the [`Callback`].
    CallbackId, Callback, callbacks;
    /// A callback interface of a [`Model`]; `model[id]` is the [`CallbackInterface`].
    CallbackInterfaceId, CallbackInterface, callback_interfaces;
    /// A namespace of a [`Model`]; `model[id]` is the [`Namespace`].
    NamespaceId, Namespace, namespaces;
}

/// All definitions of a set of IDL files, resolved. Each list is sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The texts that it was made from, for locations.
    pub sources: Sources,
    /// Interfaces.
    pub interfaces: Vec<Interface>,
    /// Dictionaries.
    pub dictionaries: Vec<Dictionary>,
    /// Enumerations.
    pub enumerations: Vec<Enumeration>,
    /// Callback functions.
    pub callbacks: Vec<Callback>,
    /// Callback interfaces.
    pub callback_interfaces: Vec<CallbackInterface>,
    /// Namespaces.
    pub namespaces: Vec<Namespace>,
    /// Every union type that occurs, each once, by [`UnionType::name`].
    pub unions: Vec<UnionType>,
}

impl Model {
    /// All interfaces with their ids.
    pub fn interfaces(&self) -> impl Iterator<Item = (InterfaceId, &Interface)> {
        self.interfaces.iter().enumerate().map(|(index, it)| (InterfaceId::new(index), it))
    }

    /// All dictionaries with their ids.
    pub fn dictionaries(&self) -> impl Iterator<Item = (DictionaryId, &Dictionary)> {
        self.dictionaries.iter().enumerate().map(|(index, it)| (DictionaryId::new(index), it))
    }

    /// The interface of that name.
    pub fn interface_named(&self, name: &str) -> Option<InterfaceId> {
        find(&self.interfaces, name, |it| &it.name).map(InterfaceId::new)
    }

    /// The dictionary of that name.
    pub fn dictionary_named(&self, name: &str) -> Option<DictionaryId> {
        find(&self.dictionaries, name, |it| &it.name).map(DictionaryId::new)
    }

    /// The enumeration of that name.
    pub fn enumeration_named(&self, name: &str) -> Option<EnumerationId> {
        find(&self.enumerations, name, |it| &it.name).map(EnumerationId::new)
    }

    /// The callback function of that name.
    pub fn callback_named(&self, name: &str) -> Option<CallbackId> {
        find(&self.callbacks, name, |it| &it.name).map(CallbackId::new)
    }

    /// The callback interface of that name.
    pub fn callback_interface_named(&self, name: &str) -> Option<CallbackInterfaceId> {
        find(&self.callback_interfaces, name, |it| &it.name).map(CallbackInterfaceId::new)
    }

    /// The namespace of that name.
    pub fn namespace_named(&self, name: &str) -> Option<NamespaceId> {
        find(&self.namespaces, name, |it| &it.name).map(NamespaceId::new)
    }

    /// The interfaces declared with `[Global]`.
    pub fn globals(&self) -> impl Iterator<Item = (InterfaceId, &Interface)> {
        self.interfaces().filter(|(_, interface)| interface.is_global())
    }

    /// The interface itself, then its parent, and so on to the root
    /// (<https://webidl.spec.whatwg.org/#interface-inclusive-inherited-interfaces>).
    pub fn ancestry(&self, interface: InterfaceId) -> impl Iterator<Item = InterfaceId> {
        std::iter::successors(Some(interface), |id| self[*id].parent)
    }

    /// Whether `interface` is `ancestor` or inherits from it.
    pub fn is_a(&self, interface: InterfaceId, ancestor: InterfaceId) -> bool {
        self.ancestry(interface).any(|id| id == ancestor)
    }

    /// Whether instances are legacy platform objects: they have indexed or named properties, inherited ones included,
    /// and are not global (<https://webidl.spec.whatwg.org/#dfn-legacy-platform-object>).
    pub fn is_legacy_platform_object(&self, interface: InterfaceId) -> bool {
        let has = |id: InterfaceId| self[id].indexed.any() || self[id].named.any();
        !self[interface].is_global() && self.ancestry(interface).any(has)
    }

    /// How many interfaces `interface` inherits from.
    pub fn depth(&self, interface: InterfaceId) -> usize {
        self.ancestry(interface).count() - 1
    }

    /// The interfaces that inherit directly from `interface`.
    pub fn children(&self, interface: InterfaceId) -> impl Iterator<Item = InterfaceId> {
        self.interfaces().filter(move |(_, it)| it.parent == Some(interface)).map(|(id, _)| id)
    }

    /// All interfaces, each behind the one that it inherits from, else by name.
    pub fn parents_first(&self) -> Vec<InterfaceId> {
        let mut ids: Vec<_> = self.interfaces().map(|(id, _)| id).collect();
        ids.sort_by_key(|id| (self.depth(*id), *id));
        ids
    }

    /// The dictionary and those that it inherits from, the least derived first: the order in which members are
    /// converted (<https://webidl.spec.whatwg.org/#js-dictionary>).
    pub fn dictionary_ancestry(&self, dictionary: DictionaryId) -> Vec<DictionaryId> {
        let mut ids: Vec<_> = std::iter::successors(Some(dictionary), |id| self[*id].parent).collect();
        ids.reverse();
        ids
    }

    /// Whether any member of the dictionary, inherited ones included, is required.
    pub fn has_required_member(&self, dictionary: DictionaryId) -> bool {
        self.dictionary_ancestry(dictionary)
            .iter()
            .any(|id| self[*id].members.iter().any(|member| member.required))
    }

    /// Calls `visit` on every type that a member, argument, callback or dictionary has, and on the types inside it.
    pub fn walk_types<'a>(&'a self, visit: &mut dyn FnMut(&'a Type)) {
        let overload = |overload: &'a Overload, visit: &mut dyn FnMut(&'a Type)| {
            overload.return_type.walk(visit);
            overload.arguments.iter().for_each(|argument| argument.ty.walk(visit));
        };
        for interface in &self.interfaces {
            interface.constants.iter().for_each(|constant| constant.ty.walk(visit));
            interface.attributes.iter().for_each(|attribute| attribute.ty.walk(visit));
            interface.overloads().for_each(|it| overload(it, visit));
            if let Some(iterable) = &interface.iterable {
                iterable.key.iter().chain([&iterable.value]).for_each(|ty| ty.walk(visit));
            }
            if let Some(iterable) = &interface.async_iterable {
                iterable.key.iter().chain([&iterable.value]).for_each(|ty| ty.walk(visit));
                iterable.arguments.iter().for_each(|argument| argument.ty.walk(visit));
            }
            if let Some(maplike) = &interface.maplike {
                [&maplike.key, &maplike.value].into_iter().for_each(|ty| ty.walk(visit));
            }
            if let Some(setlike) = &interface.setlike {
                setlike.value.walk(visit);
            }
        }
        for namespace in &self.namespaces {
            namespace.attributes.iter().for_each(|attribute| attribute.ty.walk(visit));
            namespace.operations.iter().flat_map(|it| &it.overloads).for_each(|it| overload(it, visit));
        }
        for callback in &self.callbacks {
            callback.return_type.walk(visit);
            callback.arguments.iter().for_each(|argument| argument.ty.walk(visit));
        }
        for interface in &self.callback_interfaces {
            interface.operation.overloads.iter().for_each(|it| overload(it, visit));
        }
        for dictionary in &self.dictionaries {
            dictionary.members.iter().for_each(|member| member.ty.walk(visit));
        }
    }

    /// Where a node begins.
    pub fn location(&self, span: Span) -> Location {
        self.sources.location(span)
    }
}

fn find<T>(sorted: &[T], name: &str, name_of: impl Fn(&T) -> &String) -> Option<usize> {
    sorted.binary_search_by(|it| name_of(it).as_str().cmp(name)).ok()
}
