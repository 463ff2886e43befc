//! Types from weedle's to ours.

use weedle::types as w;

use super::convert::Converter;
use super::{Type, TypeKind};
use crate::model::{
    self, BufferKind, BufferType, FloatType, IntegerConversion, IntegerKind, IntegerType, StringKind,
    StringType,
};
use crate::source::Span;

impl Converter<'_> {
    pub(super) fn ty(&mut self, ty: &w::Type<'_>, around: Span) -> Type {
        match ty {
            w::Type::Single(w::SingleType::Any(_)) => plain(TypeKind::Builtin(model::Type::Any), around),
            w::Type::Single(w::SingleType::NonAny(ty)) => self.non_any(ty, around),
            w::Type::Union(union) => self.union(&union.type_, union.q_mark.is_some(), around),
        }
    }

    pub(super) fn attributed_type(&mut self, ty: &w::AttributedType<'_>, around: Span) -> Type {
        let attributes = self.attributes(&ty.attributes);
        let mut ty = self.ty(&ty.type_, around);
        ty.attributes.splice(0..0, attributes);
        ty
    }

    pub(super) fn return_type(&mut self, ty: &w::ReturnType<'_>, around: Span) -> Type {
        match ty {
            w::ReturnType::Undefined(_) => plain(TypeKind::Builtin(model::Type::Undefined), around),
            w::ReturnType::Type(ty) => self.ty(ty, around),
        }
    }

    pub(super) fn const_type(&mut self, ty: &w::ConstType<'_>, around: Span) -> Type {
        let (kind, nullable) = match ty {
            w::ConstType::Integer(ty) => (integer(integer_kind(&ty.type_)), ty.q_mark),
            w::ConstType::FloatingPoint(ty) => (float(&ty.type_), ty.q_mark),
            w::ConstType::Boolean(ty) => (TypeKind::Builtin(model::Type::Boolean), ty.q_mark),
            w::ConstType::Byte(ty) => (integer(IntegerKind::Byte), ty.q_mark),
            w::ConstType::Octet(ty) => (integer(IntegerKind::Octet), ty.q_mark),
            w::ConstType::Identifier(ty) => return self.reference(ty.type_.0, ty.q_mark.is_some(), around),
        };
        Type { nullable: nullable.is_some(), ..plain(kind, around) }
    }

    fn union(&mut self, union: &w::UnionType<'_>, nullable: bool, around: Span) -> Type {
        let mut members: Vec<_> = union
            .body
            .list
            .iter()
            .map(|member| match member {
                w::UnionMemberType::Single(member) => {
                    let attributes = self.attributes(&member.attributes);
                    let mut ty = self.non_any(&member.type_, around);
                    ty.attributes = attributes;
                    ty
                }
                w::UnionMemberType::Union(union) => self.union(&union.type_, union.q_mark.is_some(), around),
            })
            .collect();
        match members.pop() {
            // The pre-pass's parentheses around an attributed type.
            Some(only) if members.is_empty() && !nullable && !only.attributes.is_empty() => only,
            last => {
                members.extend(last);
                Type { nullable, ..plain(TypeKind::Union(members), around) }
            }
        }
    }

    fn non_any(&mut self, ty: &w::NonAnyType<'_>, around: Span) -> Type {
        use w::NonAnyType as N;
        let (kind, nullable) = match ty {
            N::Promise(ty) => {
                (TypeKind::Promise(Box::new(self.return_type(&ty.generics.body, around))), None)
            }
            N::Integer(ty) => (integer(integer_kind(&ty.type_)), ty.q_mark),
            N::FloatingPoint(ty) => (float(&ty.type_), ty.q_mark),
            N::Boolean(ty) => (TypeKind::Builtin(model::Type::Boolean), ty.q_mark),
            N::Byte(ty) => (integer(IntegerKind::Byte), ty.q_mark),
            N::Octet(ty) => (integer(IntegerKind::Octet), ty.q_mark),
            N::ByteString(ty) => (string(StringKind::Byte), ty.q_mark),
            N::DOMString(ty) => (string(StringKind::Dom), ty.q_mark),
            N::USVString(ty) => (string(StringKind::Usv), ty.q_mark),
            N::Sequence(ty) => {
                (TypeKind::Sequence(Box::new(self.ty(&ty.type_.generics.body, around))), ty.q_mark)
            }
            N::Object(ty) => (TypeKind::Builtin(model::Type::Object), ty.q_mark),
            N::Symbol(ty) => (TypeKind::Builtin(model::Type::Symbol), ty.q_mark),
            // weedle knows a type `Error`, which the standard has dropped.
            N::Error(ty) => (TypeKind::Reference("Error".into()), ty.q_mark),
            N::ArrayBuffer(ty) => (buffer(BufferKind::ArrayBuffer), ty.q_mark),
            N::DataView(ty) => (buffer(BufferKind::DataView), ty.q_mark),
            N::Int8Array(ty) => (buffer(BufferKind::Int8Array), ty.q_mark),
            N::Int16Array(ty) => (buffer(BufferKind::Int16Array), ty.q_mark),
            N::Int32Array(ty) => (buffer(BufferKind::Int32Array), ty.q_mark),
            N::Uint8Array(ty) => (buffer(BufferKind::Uint8Array), ty.q_mark),
            N::Uint16Array(ty) => (buffer(BufferKind::Uint16Array), ty.q_mark),
            N::Uint32Array(ty) => (buffer(BufferKind::Uint32Array), ty.q_mark),
            N::Uint8ClampedArray(ty) => (buffer(BufferKind::Uint8ClampedArray), ty.q_mark),
            N::Float32Array(ty) => (buffer(BufferKind::Float32Array), ty.q_mark),
            N::Float64Array(ty) => (buffer(BufferKind::Float64Array), ty.q_mark),
            N::ArrayBufferView(ty) => (buffer(BufferKind::ArrayBufferView), ty.q_mark),
            N::BufferSource(ty) => (buffer(BufferKind::BufferSource), ty.q_mark),
            N::FrozenArrayType(ty) => {
                (TypeKind::FrozenArray(Box::new(self.ty(&ty.type_.generics.body, around))), ty.q_mark)
            }
            N::ObservableArrayType(ty) => {
                (TypeKind::ObservableArray(Box::new(self.ty(&ty.type_.generics.body, around))), ty.q_mark)
            }
            N::RecordType(ty) => (self.record(&ty.type_, around), ty.q_mark),
            N::Identifier(ty) => return self.reference(ty.type_.0, ty.q_mark.is_some(), around),
        };
        Type { nullable: nullable.is_some(), ..plain(kind, around) }
    }

    fn record(&mut self, record: &w::RecordType<'_>, around: Span) -> TypeKind {
        let (key, _, value) = &record.generics.body;
        let value = Box::new(self.ty(value, around));
        let key = match &**key {
            w::RecordKeyType::Byte(_) => string(StringKind::Byte),
            w::RecordKeyType::DOM(_) => string(StringKind::Dom),
            w::RecordKeyType::USV(_) => string(StringKind::Usv),
            w::RecordKeyType::NonAny(key) => match key {
                w::NonAnyType::Identifier(key) if key.type_.0 == "async_sequence" => {
                    return TypeKind::AsyncSequence(value);
                }
                key => return TypeKind::Record(Box::new(self.non_any(key, around)), value),
            },
        };
        TypeKind::Record(Box::new(plain(key, around)), value)
    }

    /// A name, also those keywords that weedle doesn't know and types that no IDL defines.
    fn reference(&mut self, name: &str, nullable: bool, around: Span) -> Type {
        let span = self.span_of(name).unwrap_or(around);
        let kind = match name {
            "any" => TypeKind::Builtin(model::Type::Any),
            "undefined" => TypeKind::Builtin(model::Type::Undefined),
            // Not among weedle's types of constants; to be told that they can't be.
            "DOMString" => string(StringKind::Dom),
            "USVString" => string(StringKind::Usv),
            "ByteString" => string(StringKind::Byte),
            "object" => TypeKind::Builtin(model::Type::Object),
            "symbol" => TypeKind::Builtin(model::Type::Symbol),
            "bigint" => TypeKind::Builtin(model::Type::BigInt),
            // These two are defined by prose.
            "WindowProxy" => TypeKind::Builtin(model::Type::WindowProxy),
            "CSSOMString" => string(StringKind::Dom),
            _ => match BufferKind::from_keyword(name) {
                Some(kind) => buffer(kind),
                None => TypeKind::Reference(name.to_owned()),
            },
        };
        Type { nullable, ..plain(kind, span) }
    }
}

fn plain(kind: TypeKind, span: Span) -> Type {
    Type { kind, nullable: false, attributes: Vec::new(), span }
}

fn integer(kind: IntegerKind) -> TypeKind {
    TypeKind::Builtin(model::Type::Integer(IntegerType { kind, conversion: IntegerConversion::Wrap }))
}

fn integer_kind(ty: &w::IntegerType) -> IntegerKind {
    match ty {
        w::IntegerType::LongLong(ty) if ty.unsigned.is_some() => IntegerKind::UnsignedLongLong,
        w::IntegerType::LongLong(_) => IntegerKind::LongLong,
        w::IntegerType::Long(ty) if ty.unsigned.is_some() => IntegerKind::UnsignedLong,
        w::IntegerType::Long(_) => IntegerKind::Long,
        w::IntegerType::Short(ty) if ty.unsigned.is_some() => IntegerKind::UnsignedShort,
        w::IntegerType::Short(_) => IntegerKind::Short,
    }
}

fn float(ty: &w::FloatingPointType) -> TypeKind {
    let (double, unrestricted) = match ty {
        w::FloatingPointType::Float(ty) => (false, ty.unrestricted.is_some()),
        w::FloatingPointType::Double(ty) => (true, ty.unrestricted.is_some()),
    };
    TypeKind::Builtin(model::Type::Float(FloatType { double, unrestricted }))
}

fn string(kind: StringKind) -> TypeKind {
    TypeKind::Builtin(model::Type::String(StringType { kind, legacy_null_to_empty: false }))
}

fn buffer(kind: BufferKind) -> TypeKind {
    TypeKind::Builtin(model::Type::Buffer(BufferType { kind, allow_shared: false, allow_resizable: false }))
}
