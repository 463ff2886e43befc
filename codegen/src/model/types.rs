//! Types (<https://webidl.spec.whatwg.org/#idl-types>), with the extended attributes that belong to them.

use super::{CallbackId, CallbackInterfaceId, DictionaryId, EnumerationId, InterfaceId};

/// A resolved type: no typedefs, every reference is the definition's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `any`.
    Any,
    /// `undefined`.
    Undefined,
    /// `boolean`.
    Boolean,
    /// `byte` to `unsigned long long`.
    Integer(IntegerType),
    /// `float` and `double`.
    Float(FloatType),
    /// `bigint`.
    BigInt,
    /// `DOMString`, `ByteString`, `USVString`.
    String(StringType),
    /// `object`.
    Object,
    /// `symbol`.
    Symbol,
    /// Buffer source types, and the standard's own unions of them.
    Buffer(BufferType),
    /// HTML's `WindowProxy`, which no IDL defines.
    WindowProxy,
    /// An interface.
    Interface(InterfaceId),
    /// A callback interface.
    CallbackInterface(CallbackInterfaceId),
    /// A callback function.
    Callback(CallbackId),
    /// A dictionary.
    Dictionary(DictionaryId),
    /// An enumeration.
    Enumeration(EnumerationId),
    /// `T?`. Never around another nullable, `any`, a promise, or (being flattened) a union with a nullable member.
    Nullable(Box<Type>),
    /// `sequence<T>`.
    Sequence(Box<Type>),
    /// `async_sequence<T>`.
    AsyncSequence(Box<Type>),
    /// `record<K, V>`.
    Record(Box<RecordType>),
    /// `FrozenArray<T>`.
    FrozenArray(Box<Type>),
    /// `ObservableArray<T>`.
    ObservableArray(Box<Type>),
    /// `Promise<T>`.
    Promise(Box<Type>),
    /// `(A or B or …)`.
    Union(UnionType),
}

/// An integer type and how values are brought into its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntegerType {
    /// Which.
    pub kind: IntegerKind,
    /// Which conversion.
    pub conversion: IntegerConversion,
}

/// Integer types (<https://webidl.spec.whatwg.org/#dfn-integer-type>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntegerKind {
    /// `byte`: 8 bits, signed.
    Byte,
    /// `octet`: 8 bits, unsigned.
    Octet,
    /// `short`: 16 bits, signed.
    Short,
    /// `unsigned short`.
    UnsignedShort,
    /// `long`: 32 bits, signed.
    Long,
    /// `unsigned long`.
    UnsignedLong,
    /// `long long`: 64 bits, signed.
    LongLong,
    /// `unsigned long long`.
    UnsignedLongLong,
}

impl IntegerKind {
    /// Its IDL keywords.
    pub fn keyword(self) -> &'static str {
        match self {
            IntegerKind::Byte => "byte",
            IntegerKind::Octet => "octet",
            IntegerKind::Short => "short",
            IntegerKind::UnsignedShort => "unsigned short",
            IntegerKind::Long => "long",
            IntegerKind::UnsignedLong => "unsigned long",
            IntegerKind::LongLong => "long long",
            IntegerKind::UnsignedLongLong => "unsigned long long",
        }
    }

    /// The Rust type of the same range.
    pub fn rust_name(self) -> &'static str {
        match self {
            IntegerKind::Byte => "i8",
            IntegerKind::Octet => "u8",
            IntegerKind::Short => "i16",
            IntegerKind::UnsignedShort => "u16",
            IntegerKind::Long => "i32",
            IntegerKind::UnsignedLong => "u32",
            IntegerKind::LongLong => "i64",
            IntegerKind::UnsignedLongLong => "u64",
        }
    }

    /// Smallest and largest value.
    pub fn range(self) -> std::ops::RangeInclusive<i128> {
        match self {
            IntegerKind::Byte => i8::MIN.into()..=i8::MAX.into(),
            IntegerKind::Octet => 0..=u8::MAX.into(),
            IntegerKind::Short => i16::MIN.into()..=i16::MAX.into(),
            IntegerKind::UnsignedShort => 0..=u16::MAX.into(),
            IntegerKind::Long => i32::MIN.into()..=i32::MAX.into(),
            IntegerKind::UnsignedLong => 0..=u32::MAX.into(),
            IntegerKind::LongLong => i64::MIN.into()..=i64::MAX.into(),
            IntegerKind::UnsignedLongLong => 0..=u64::MAX.into(),
        }
    }
}

/// What becomes of a number out of range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntegerConversion {
    /// Modulo the type's size.
    #[default]
    Wrap,
    /// `[Clamp]`: the nearest value in range.
    Clamp,
    /// `[EnforceRange]`: a `TypeError`.
    EnforceRange,
}

/// A floating point type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FloatType {
    /// `double`, not `float`.
    pub double: bool,
    /// `unrestricted`: NaN and the infinities are values.
    pub unrestricted: bool,
}

impl FloatType {
    /// Its IDL keywords.
    pub fn keyword(self) -> &'static str {
        match (self.unrestricted, self.double) {
            (false, false) => "float",
            (false, true) => "double",
            (true, false) => "unrestricted float",
            (true, true) => "unrestricted double",
        }
    }
}

/// A string type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StringType {
    /// Which.
    pub kind: StringKind,
    /// `[LegacyNullToEmptyString]`.
    pub legacy_null_to_empty: bool,
}

/// String types (<https://webidl.spec.whatwg.org/#dfn-string-type>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StringKind {
    /// `DOMString`.
    Dom,
    /// `ByteString`.
    Byte,
    /// `USVString`.
    Usv,
}

impl StringKind {
    /// Its IDL keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            StringKind::Dom => "DOMString",
            StringKind::Byte => "ByteString",
            StringKind::Usv => "USVString",
        }
    }
}

/// A buffer source type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BufferType {
    /// Which.
    pub kind: BufferKind,
    /// `[AllowShared]`.
    pub allow_shared: bool,
    /// `[AllowResizable]`.
    pub allow_resizable: bool,
}

/// Buffer source types (<https://webidl.spec.whatwg.org/#dfn-buffer-source-type>). The standard's typedefs
/// `ArrayBufferView` and `BufferSource` are kept whole, since nobody is helped by a union of twelve classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum BufferKind {
    ArrayBuffer,
    SharedArrayBuffer,
    DataView,
    Int8Array,
    Int16Array,
    Int32Array,
    Uint8Array,
    Uint16Array,
    Uint32Array,
    Uint8ClampedArray,
    BigInt64Array,
    BigUint64Array,
    Float16Array,
    Float32Array,
    Float64Array,
    /// Any typed array or a `DataView`.
    ArrayBufferView,
    /// An `ArrayBufferView` or an `ArrayBuffer`.
    BufferSource,
}

impl BufferKind {
    /// Every kind.
    pub const ALL: [BufferKind; 17] = [
        BufferKind::ArrayBuffer,
        BufferKind::SharedArrayBuffer,
        BufferKind::DataView,
        BufferKind::Int8Array,
        BufferKind::Int16Array,
        BufferKind::Int32Array,
        BufferKind::Uint8Array,
        BufferKind::Uint16Array,
        BufferKind::Uint32Array,
        BufferKind::Uint8ClampedArray,
        BufferKind::BigInt64Array,
        BufferKind::BigUint64Array,
        BufferKind::Float16Array,
        BufferKind::Float32Array,
        BufferKind::Float64Array,
        BufferKind::ArrayBufferView,
        BufferKind::BufferSource,
    ];

    /// Its IDL name.
    pub fn keyword(self) -> &'static str {
        match self {
            BufferKind::ArrayBuffer => "ArrayBuffer",
            BufferKind::SharedArrayBuffer => "SharedArrayBuffer",
            BufferKind::DataView => "DataView",
            BufferKind::Int8Array => "Int8Array",
            BufferKind::Int16Array => "Int16Array",
            BufferKind::Int32Array => "Int32Array",
            BufferKind::Uint8Array => "Uint8Array",
            BufferKind::Uint16Array => "Uint16Array",
            BufferKind::Uint32Array => "Uint32Array",
            BufferKind::Uint8ClampedArray => "Uint8ClampedArray",
            BufferKind::BigInt64Array => "BigInt64Array",
            BufferKind::BigUint64Array => "BigUint64Array",
            BufferKind::Float16Array => "Float16Array",
            BufferKind::Float32Array => "Float32Array",
            BufferKind::Float64Array => "Float64Array",
            BufferKind::ArrayBufferView => "ArrayBufferView",
            BufferKind::BufferSource => "BufferSource",
        }
    }

    /// The kind of that name.
    pub fn from_keyword(name: &str) -> Option<BufferKind> {
        Self::ALL.into_iter().find(|kind| kind.keyword() == name)
    }

    /// A typed array class, of one element type.
    pub fn is_typed_array(self) -> bool {
        !matches!(
            self,
            BufferKind::ArrayBuffer
                | BufferKind::SharedArrayBuffer
                | BufferKind::DataView
                | BufferKind::ArrayBufferView
                | BufferKind::BufferSource
        )
    }

    /// The classes that it admits.
    pub fn classes(self) -> Vec<BufferKind> {
        let views =
            || Self::ALL.into_iter().filter(|kind| kind.is_typed_array() || *kind == BufferKind::DataView);
        match self {
            BufferKind::ArrayBufferView => views().collect(),
            BufferKind::BufferSource => views().chain([BufferKind::ArrayBuffer]).collect(),
            kind => vec![kind],
        }
    }
}

/// `record<K, V>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType {
    /// Type of the keys.
    pub key: StringKind,
    /// Type of the values.
    pub value: Type,
}

/// A union type, flattened: members are neither unions nor nullable, and a nullable member has made the whole
/// union nullable (the [`Type::Nullable`] is around it).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnionType {
    /// The flattened member types in order, distinguishable from each other.
    pub members: Vec<Type>,
}

impl UnionType {
    /// The member that a predicate holds for.
    pub fn find(&self, predicate: impl Fn(&Type) -> bool) -> Option<&Type> {
        self.members.iter().find(|member| predicate(member))
    }

    /// The interface members.
    pub fn interfaces(&self) -> impl Iterator<Item = InterfaceId> {
        self.members.iter().filter_map(|member| match member {
            Type::Interface(id) => Some(*id),
            _ => None,
        })
    }

    /// Whether a member is a dictionary, so that `undefined` and `null` convert to it.
    pub fn dictionary(&self) -> Option<DictionaryId> {
        self.members.iter().find_map(|member| match member {
            Type::Dictionary(id) => Some(*id),
            _ => None,
        })
    }
}

impl Type {
    /// The inner type of a nullable one, else the type itself.
    pub fn without_null(&self) -> &Type {
        match self {
            Type::Nullable(inner) => inner,
            other => other,
        }
    }

    /// `T?`.
    pub fn is_nullable(&self) -> bool {
        matches!(self, Type::Nullable(_))
    }

    /// `Promise<T>`.
    pub fn is_promise(&self) -> bool {
        matches!(self, Type::Promise(_))
    }

    /// A number of any kind, `bigint` not included.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Type::Integer(_) | Type::Float(_))
    }

    /// `DOMString`, `ByteString` or `USVString`.
    pub fn is_string(&self) -> bool {
        matches!(self, Type::String(_))
    }

    /// Whether `undefined` is a value of it
    /// (<https://webidl.spec.whatwg.org/#dfn-includes-undefined>).
    pub fn includes_undefined(&self) -> bool {
        match self {
            Type::Undefined => true,
            Type::Nullable(inner) => inner.includes_undefined(),
            Type::Union(union) => union.members.iter().any(Type::includes_undefined),
            _ => false,
        }
    }

    /// Calls `visit` on this type and on every type inside it, outer ones first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Type)) {
        visit(self);
        match self {
            Type::Nullable(inner)
            | Type::Sequence(inner)
            | Type::AsyncSequence(inner)
            | Type::FrozenArray(inner)
            | Type::ObservableArray(inner)
            | Type::Promise(inner) => inner.walk(visit),
            Type::Record(record) => record.value.walk(visit),
            Type::Union(union) => union.members.iter().for_each(|member| member.walk(visit)),
            _ => {}
        }
    }
}
