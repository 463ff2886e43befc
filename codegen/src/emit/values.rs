//! Default values and constants.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Emitter;
use super::enumerations::variants;
use super::names::ident;
use super::types::stays_value;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{DefaultValue, Number, Type};
use crate::source::Span;

impl Emitter<'_> {
    /// A default as a value of the nested type.
    pub fn default_value(&self, value: &DefaultValue, ty: &Type) -> TokenStream {
        if let Type::Nullable(inner) = ty {
            return match value {
                DefaultValue::Null if **inner == Type::Object => quote!(null_object()),
                DefaultValue::Null => quote!(None),
                value => {
                    let value = self.default_value(value, inner);
                    quote!(Some(#value))
                }
            };
        }
        match value {
            DefaultValue::Null => quote!(null_value()),
            DefaultValue::Undefined => match ty {
                Type::Any => quote!(RootedValue::default()),
                _ => quote!(()),
            },
            DefaultValue::Boolean(value) => quote!(#value),
            DefaultValue::Integer(value) => {
                let literal = Literal::i128_unsuffixed(*value);
                match ty {
                    Type::Float(_) => self.float(*value as f64),
                    _ => quote!(#literal),
                }
            }
            DefaultValue::Float(value) => self.float(*value),
            DefaultValue::String(value) => {
                let name = self.nested(ty);
                if value.is_empty() { quote!(#name::default()) } else { quote!(#name::from(#value)) }
            }
            DefaultValue::Enumeration(id, index) => {
                let enumeration = &self.model[*id];
                let (name, variant) = (ident(&enumeration.name), &variants(enumeration)[*index]);
                quote!(#name::#variant)
            }
            DefaultValue::EmptySequence => quote!(Vec::new()),
            DefaultValue::EmptyDictionary => {
                let name = self.nested(ty);
                quote!(#name::default())
            }
            DefaultValue::Union(index, value) => match ty {
                Type::Union(union) => {
                    let member = &union.members[*index];
                    let (name, variant) = (self.nested(ty), ident(&member.type_name(self.model)));
                    let value = self.default_value(value, member);
                    quote!(#name::#variant(#value))
                }
                _ => self.default_value(value, ty),
            },
        }
    }

    /// Refuses what has no form in Rust: defaults, other than null, of types whose values stay JavaScript values.
    pub fn check_default(&self, default: Option<&DefaultValue>, ty: &Type, span: Span) {
        let plain = matches!(default, None | Some(DefaultValue::Null | DefaultValue::Undefined));
        if stays_value(ty) && !plain {
            let message = "such a default can't be generated; only `null` and `undefined` can";
            self.error(Diagnostic::new(Kind::Unsupported, span, message));
        }
    }

    fn float(&self, value: f64) -> TokenStream {
        if value.is_nan() {
            quote!(f64::NAN)
        } else if value == f64::INFINITY {
            quote!(f64::INFINITY)
        } else if value == f64::NEG_INFINITY {
            quote!(f64::NEG_INFINITY)
        } else {
            let literal = Literal::f64_unsuffixed(value);
            quote!(#literal)
        }
    }

    /// A constant's value in the tables.
    pub fn constant_value(&self, value: Number) -> TokenStream {
        match value {
            Number::Boolean(value) => quote!(ConstantValue::Boolean(#value)),
            Number::Integer(value) => {
                let value = self.float(value as f64);
                quote!(ConstantValue::Number(#value))
            }
            Number::Float(value) => {
                let value = self.float(value);
                quote!(ConstantValue::Number(#value))
            }
        }
    }
}
