//! Rust types of IDL types: as arguments, inside of other types, and as results.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::names::ident;
use crate::model::{BufferKind, BufferType, IntegerConversion, StringKind, StringType, Type};

/// How a result gets back to JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// As the method's result.
    Value,
    /// As the method's result, a promise.
    Promise,
    /// Through a `MutableHandleValue`.
    ValuePlace,
    /// Through a `MutableHandleObject`.
    ObjectPlace,
}

/// How an argument that has been converted is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passing {
    Owned,
    /// `&x`
    Reference,
    /// What the root dereferences to.
    Deref,
    /// A handle of a rooted object or value.
    Handle,
}

/// Types whose values stay JavaScript values, since Rust has nothing for them. Null and undefined are values like
/// others there, so that `T?` and a missing argument need no `Option`.
pub fn stays_value(ty: &Type) -> bool {
    matches!(ty.without_null(), Type::Any | Type::Symbol | Type::BigInt | Type::FrozenArray(_))
}

impl Emitter<'_> {
    /// The type inside of dictionaries, unions, sequences and records, and as a result.
    pub fn nested(&self, ty: &Type) -> TokenStream {
        match ty {
            ty if stays_value(ty) => quote!(RootedValue),
            Type::Undefined => quote!(()),
            Type::Boolean => quote!(bool),
            Type::Integer(integer) => {
                let name = ident(integer.kind.rust_name());
                quote!(#name)
            }
            Type::Float(float) if float.double => quote!(f64),
            Type::Float(_) => quote!(f32),
            Type::String(string) => string_type(string.kind),
            Type::Object => quote!(RootedObject),
            Type::AsyncSequence(inner) => {
                let inner = self.conversion(inner);
                quote!(AsyncSequence<#inner>)
            }
            Type::Buffer(_) => quote!(BufferSource),
            Type::WindowProxy => quote!(DomRoot<WindowProxy>),
            Type::Interface(id) => {
                let name = ident(&self.model[*id].name);
                quote!(DomRoot<#name>)
            }
            Type::CallbackInterface(id) => {
                let name = ident(&self.model[*id].name);
                quote!(Rooted<#name>)
            }
            Type::Callback(id) => {
                let name = ident(&self.model[*id].name);
                quote!(Rooted<#name>)
            }
            Type::Dictionary(id) => {
                let name = ident(&self.model[*id].name);
                quote!(#name)
            }
            Type::Enumeration(id) => {
                let name = ident(&self.model[*id].name);
                quote!(#name)
            }
            Type::Nullable(inner) if **inner == Type::Object => quote!(RootedObject),
            Type::Nullable(inner) => {
                let inner = self.nested(inner);
                quote!(Option<#inner>)
            }
            Type::Sequence(inner) => {
                let inner = self.nested(inner);
                quote!(Vec<#inner>)
            }
            Type::Record(record) => {
                let (key, value) = (string_type(record.key), self.nested(&record.value));
                quote!(Record<#key, #value>)
            }
            Type::Promise(_) => quote!(Promise),
            Type::Union(union) => {
                let name = ident(&union.name(self.model));
                quote!(#name)
            }
            // The guard above had these; an observable array is its attribute alone.
            Type::Any | Type::Symbol | Type::BigInt | Type::FrozenArray(_) | Type::ObservableArray(_) => {
                quote!(RootedValue)
            }
        }
    }

    /// The type that names the conversion from JavaScript.
    pub fn conversion(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Undefined => quote!(Undefined),
            Type::Symbol => quote!(JsSymbol),
            Type::BigInt => quote!(JsBigInt),
            Type::Integer(integer) => {
                let name = ident(integer.kind.rust_name());
                match integer.conversion {
                    IntegerConversion::Wrap => quote!(#name),
                    IntegerConversion::Clamp => quote!(Clamp<#name>),
                    IntegerConversion::EnforceRange => quote!(EnforceRange<#name>),
                }
            }
            Type::Float(float) if float.unrestricted => {
                let name = self.nested(ty);
                quote!(Unrestricted<#name>)
            }
            Type::String(StringType { kind, legacy_null_to_empty: true }) => {
                let name = string_type(*kind);
                quote!(NullToEmpty<#name>)
            }
            Type::Buffer(buffer) => buffer_conversion(*buffer),
            Type::Nullable(inner) if **inner == Type::Object => quote!(NullableObject),
            Type::Nullable(inner) if stays_value(inner) => {
                let inner = self.conversion(inner);
                quote!(NullableValue<#inner>)
            }
            Type::Nullable(inner) => {
                let inner = self.conversion(inner);
                quote!(Option<#inner>)
            }
            Type::Sequence(inner) => {
                let inner = self.conversion(inner);
                quote!(Vec<#inner>)
            }
            Type::FrozenArray(inner) => {
                let inner = self.conversion(inner);
                quote!(FrozenArray<#inner>)
            }
            Type::Record(record) => {
                let (key, value) = (string_type(record.key), self.conversion(&record.value));
                quote!(Record<#key, #value>)
            }
            other => self.nested(other),
        }
    }

    fn passing(&self, ty: &Type) -> Passing {
        match ty {
            ty if stays_value(ty) => Passing::Handle,
            Type::Interface(_) | Type::WindowProxy | Type::Callback(_) | Type::CallbackInterface(_) => {
                Passing::Deref
            }
            Type::Dictionary(_) | Type::Promise(_) | Type::Buffer(_) | Type::AsyncSequence(_) => {
                Passing::Reference
            }
            Type::Object => Passing::Handle,
            Type::Nullable(inner) => self.passing(inner),
            _ => Passing::Owned,
        }
    }

    /// The type of a method's parameter. `option`: it may be missing, and has no default.
    pub fn parameter(&self, ty: &Type, option: bool) -> TokenStream {
        if stays_value(ty) {
            return quote!(HandleValue<'_>);
        }
        let inner = ty.without_null();
        let plain = match (self.passing(ty), inner) {
            (Passing::Owned, _) => self.nested(ty),
            (Passing::Handle, _) => quote!(HandleObject<'_>),
            (Passing::Reference, _) => {
                let name = self.nested(inner);
                quote!(&#name)
            }
            (Passing::Deref, Type::WindowProxy) => quote!(&WindowProxy),
            (Passing::Deref, _) => {
                let name = ident(&inner.type_name(self.model));
                quote!(&#name)
            }
        };
        let nullable = ty.is_nullable() && !matches!(self.passing(ty), Passing::Owned | Passing::Handle);
        let plain = if nullable { quote!(Option<#plain>) } else { plain };
        if option { quote!(Option<#plain>) } else { plain }
    }

    /// What to pass for a parameter when its value is in `local`.
    pub fn pass(&self, local: &TokenStream, ty: &Type, option: bool) -> TokenStream {
        let nullable = ty.is_nullable();
        match self.passing(ty) {
            Passing::Owned => local.clone(),
            Passing::Handle if option => quote!(#local.as_ref().map(|object| object.handle())),
            Passing::Handle => quote!(#local.handle()),
            Passing::Reference => match (option, nullable) {
                (false, false) => quote!(&#local),
                (true, true) => quote!(#local.as_ref().map(|value| value.as_ref())),
                _ => quote!(#local.as_ref()),
            },
            Passing::Deref => match (option, nullable) {
                (false, false) => quote!(&#local),
                (true, true) => quote!(#local.as_ref().map(|value| value.as_deref())),
                _ => quote!(#local.as_deref()),
            },
        }
    }

    /// How a value of this type is returned.
    pub fn returns(&self, ty: &Type) -> Returns {
        match ty {
            Type::Promise(_) => Returns::Promise,
            ty if stays_value(ty) => Returns::ValuePlace,
            Type::Object | Type::Buffer(_) => Returns::ObjectPlace,
            Type::Nullable(inner) => self.returns(inner),
            _ => Returns::Value,
        }
    }

    /// Whether a getter of this type has a `cx`.
    pub fn getter_has_cx(&self, ty: &Type) -> bool {
        !matches!(
            ty.without_null(),
            Type::Boolean | Type::Integer(_) | Type::Float(_) | Type::String(_) | Type::Enumeration(_)
        )
    }
}

/// The Rust type of a string type.
pub fn string_type(kind: StringKind) -> TokenStream {
    let name = ident(kind.keyword());
    quote!(#name)
}

/// The conversion of a buffer source type.
pub fn buffer_conversion(buffer: BufferType) -> TokenStream {
    let BufferType { kind, allow_shared, allow_resizable } = buffer;
    let kinds = match kind {
        BufferKind::BufferSource => quote!({ BUFFER_SOURCE }),
        BufferKind::ArrayBufferView => quote!({ BUFFER_VIEW }),
        kind => {
            let name = ident(kind.keyword());
            quote!({ 1 << BufferKind::#name as u32 })
        }
    };
    let shared = allow_shared || kind == BufferKind::SharedArrayBuffer;
    quote!(TypedBuffer<#kinds, #shared, #allow_resizable>)
}
