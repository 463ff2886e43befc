//! What generated code says about interfaces and namespaces: static tables.

use std::ffi::CStr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{JSJitInfo, JSNative};

use super::async_iterable::AsyncIterable;
use super::class::InterfaceId;
use super::collections::Collection;
use super::global::RealmData;
use super::iterable::PairIterable;
use super::jit::{Getter, Operation};
use super::legacy_properties::LegacyProperties;
use super::named_properties::NamedProperties;
use super::observable_array::ObservableArrayAttribute;
use super::serializable::{Serialize, Transfer};
use super::{DomInterface, JSContext};

/// In which globals something is exposed: <https://webidl.spec.whatwg.org/#dfn-exposed>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// A bit for each kind of global.
    pub globals: u32,
    /// Only in secure contexts.
    pub secure: bool,
    /// Only in cross-origin isolated realms.
    pub cross_origin_isolated: bool,
    /// Only where this feature is enabled.
    pub feature: Option<&'static str>,
}

impl Exposure {
    /// Wherever what it is a member of is exposed.
    pub const ALL: Exposure = Exposure::within(!0);

    /// In globals of these kinds.
    pub const fn within(globals: u32) -> Exposure {
        Exposure { globals, secure: false, cross_origin_isolated: false, feature: None }
    }

    /// `[SecureContext]`
    pub const fn secure(mut self) -> Exposure {
        self.secure = true;
        self
    }

    /// `[CrossOriginIsolated]`
    pub const fn cross_origin_isolated(mut self) -> Exposure {
        self.cross_origin_isolated = true;
        self
    }

    /// Only where that feature is enabled.
    pub const fn feature(mut self, feature: &'static str) -> Exposure {
        self.feature = Some(feature);
        self
    }

    pub(super) fn includes(self, realm: &RealmData) -> bool {
        let settings = &realm.settings;
        self.globals & realm.global != 0
            && (settings.secure_context || !self.secure)
            && (settings.cross_origin_isolated || !self.cross_origin_isolated)
            && self.feature.is_none_or(|feature| settings.features.contains(feature))
    }
}

/// A constant's value.
#[derive(Clone, Copy, Debug)]
pub enum ConstantValue {
    /// A boolean.
    Boolean(bool),
    /// Any number: all integers of constants are exact as doubles.
    Number(f64),
}

/// What a member is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Constant(ConstantValue),
    Attribute { getter: JSNative, setter: JSNative, info: Option<&'static JSJitInfo> },
    Operation { native: JSNative, length: u16, info: Option<&'static JSJitInfo> },
}

/// A property that a member of an interface or namespace becomes.
pub struct Member {
    pub(super) name: &'static CStr,
    pub(super) kind: Kind,
    pub(super) exposure: Exposure,
    pub(super) is_static: bool,
    pub(super) unforgeable: bool,
    pub(super) unscopable: bool,
}

impl Member {
    const fn new(name: &'static CStr, kind: Kind) -> Member {
        let exposure = Exposure::ALL;
        Member { name, kind, exposure, is_static: false, unforgeable: false, unscopable: false }
    }

    /// A constant.
    pub const fn constant(name: &'static CStr, value: ConstantValue) -> Member {
        Member::new(name, Kind::Constant(value))
    }

    /// A read-only attribute.
    pub const fn readonly(name: &'static CStr, getter: JSNative) -> Member {
        Member::attribute(name, getter, None)
    }

    /// An attribute with a setter.
    pub const fn attribute(name: &'static CStr, getter: JSNative, setter: JSNative) -> Member {
        Member::new(name, Kind::Attribute { getter, setter, info: None })
    }

    /// An attribute with a getter that compiled code can call directly; read-only without a setter.
    pub const fn direct(name: &'static CStr, getter: Getter, setter: JSNative) -> Member {
        let Getter { native, info } = getter;
        Member::new(name, Kind::Attribute { getter: native, setter, info: Some(info) })
    }

    /// An attribute whose type is an observable array.
    pub const fn observable_array(name: &'static CStr, attribute: ObservableArrayAttribute) -> Member {
        Member::attribute(name, attribute.getter, attribute.setter)
    }

    /// An operation and its function's `length`.
    pub const fn operation(name: &'static CStr, length: u16, operation: Operation) -> Member {
        let Operation { native, info } = operation;
        Member::new(name, Kind::Operation { native, length, info })
    }

    /// Not exposed wherever its interface is.
    pub const fn exposed(mut self, globals: u32) -> Member {
        self.exposure.globals = globals;
        self
    }

    /// `[SecureContext]`
    pub const fn secure(mut self) -> Member {
        self.exposure = self.exposure.secure();
        self
    }

    /// `[CrossOriginIsolated]`
    pub const fn cross_origin_isolated(mut self) -> Member {
        self.exposure = self.exposure.cross_origin_isolated();
        self
    }

    /// Only where that feature is enabled.
    pub const fn feature(mut self, feature: &'static str) -> Member {
        self.exposure = self.exposure.feature(feature);
        self
    }

    /// `static`
    pub const fn as_static(mut self) -> Member {
        self.is_static = true;
        self
    }

    /// `[LegacyUnforgeable]`
    pub const fn unforgeable(mut self) -> Member {
        self.unforgeable = true;
        self
    }

    /// `[Unscopable]`
    pub const fn unscopable(mut self) -> Member {
        self.unscopable = true;
        self
    }
}

/// A function that makes objects: the interface's constructor, or a `[LegacyFactoryFunction]`.
pub struct FunctionSpec {
    /// What it runs.
    pub native: JSNative,
    /// Its `length`.
    pub length: u16,
}

impl FunctionSpec {
    /// A function with that `length`.
    pub const fn new(length: u16, native: JSNative) -> FunctionSpec {
        FunctionSpec { native, length }
    }
}

/// `iterable<…>` and the like: <https://webidl.spec.whatwg.org/#js-iterable>
#[derive(Clone, Copy)]
pub enum Iterable {
    /// Not iterable.
    None,
    /// `iterable<V>`, of what has indexed properties.
    Values,
    /// `iterable<K, V>`
    Pairs(PairIterable),
    /// `async_iterable<V>`, `async_iterable<K, V>`
    Async(AsyncIterable),
    /// `maplike<K, V>`, `setlike<V>`
    Collection(&'static Collection),
}

impl Iterable {
    /// From a function that gives the pair at an index, as it is at that moment.
    pub const fn pairs<T, K, V, F>(closure: F) -> Iterable
    where
        T: DomInterface,
        K: ToJSValConvertible,
        V: ToJSValConvertible,
        F: Fn(&mut JSContext, &T, u32) -> Option<(K, V)> + Copy + 'static,
    {
        Iterable::Pairs(PairIterable::new(closure))
    }

    pub(super) fn pair_iterable(&self) -> Option<&PairIterable> {
        match self {
            Iterable::Pairs(pairs) => Some(pairs),
            _ => None,
        }
    }
}

/// Everything that can be exposed in a global.
pub struct World {
    /// Interfaces, each at its number, parents first.
    pub interfaces: &'static [&'static InterfaceSpec],
    /// Namespaces.
    pub namespaces: &'static [&'static NamespaceSpec],
    /// Callback interfaces with constants.
    pub callback_interfaces: &'static [CallbackInterfaceSpec],
}

/// Everything about an interface that its objects are made from.
pub struct InterfaceSpec {
    /// Its identifier.
    pub name: &'static CStr,
    /// Its place in the tables.
    pub id: InterfaceId,
    /// The interface that it inherits from.
    pub parent: Option<&'static InterfaceSpec>,
    /// Where it is exposed.
    pub exposure: Exposure,
    /// None: `new` throws.
    pub constructor: Option<FunctionSpec>,
    /// `[LegacyFactoryFunction]`s: their names and what they run.
    pub factories: &'static [(&'static CStr, FunctionSpec)],
    /// `[LegacyNamespace]`: the namespace whose property it is instead of the global's.
    pub namespace: Option<&'static CStr>,
    /// Its members, partials' and mixins' included, in order.
    pub members: &'static [Member],
    /// The bit of this kind of global; 0 for an interface without `[Global]`.
    pub global: u32,
    /// `[LegacyNoInterfaceObject]`
    pub no_interface_object: bool,
    /// It or an interface that inherits from it is `[Global]`.
    pub immutable_prototype: bool,
    /// The prototype object's prototype is `Error.prototype` (DOMException).
    pub error: bool,
    /// `[LegacyWindowAlias]`
    pub aliases: &'static [&'static CStr],
    /// Indexed and named properties.
    pub proxy: Option<&'static LegacyProperties>,
    /// Named properties of a global.
    pub named_properties: Option<&'static NamedProperties>,
    /// `[Serializable]`
    pub serializable: Option<Serialize>,
    /// `[Transferable]`
    pub transferable: Option<Transfer>,
    /// `iterable<…>`
    pub iterable: Iterable,
    /// Everything that there is to be exposed, for a global.
    pub world: Option<&'static World>,
}

impl InterfaceSpec {
    /// An interface with nothing special about it.
    pub const fn new(name: &'static CStr, id: InterfaceId, exposure: Exposure) -> InterfaceSpec {
        InterfaceSpec {
            name,
            id,
            parent: None,
            exposure,
            constructor: None,
            factories: &[],
            namespace: None,
            members: &[],
            global: 0,
            no_interface_object: false,
            immutable_prototype: false,
            error: false,
            aliases: &[],
            proxy: None,
            named_properties: None,
            serializable: None,
            transferable: None,
            iterable: Iterable::None,
            world: None,
        }
    }

    /// The name as text.
    pub fn name(&self) -> &'static str {
        self.name.to_str().unwrap_or_default()
    }
}

/// Everything about a namespace: <https://webidl.spec.whatwg.org/#js-namespaces>.
pub struct NamespaceSpec {
    /// Its identifier.
    pub name: &'static CStr,
    /// Where it is exposed.
    pub exposure: Exposure,
    /// Its members.
    pub members: &'static [Member],
    /// Its prototype is an empty object of its own: <https://console.spec.whatwg.org/#console-namespace>.
    pub empty_prototype: bool,
}

/// A callback interface with constants: <https://webidl.spec.whatwg.org/#legacy-callback-interface-object>.
pub struct CallbackInterfaceSpec {
    /// Its identifier.
    pub name: &'static CStr,
    /// Where it is exposed.
    pub exposure: Exposure,
    /// Its constants.
    pub constants: &'static [Member],
}
