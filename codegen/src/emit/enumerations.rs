//! Enumerations: <https://webidl.spec.whatwg.org/#js-enumeration>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::names::{ident, variant};
use crate::model::Enumeration;

impl Emitter<'_> {
    /// The Rust enum of an enumeration.
    pub fn enumeration(&self, enumeration: &Enumeration) -> TokenStream {
        let (doc, name, text) = (self.doc(enumeration.span), ident(&enumeration.name), &enumeration.name);
        let variants: Vec<_> = enumeration.values.iter().map(|value| variant(&value.value)).collect();
        let values = enumeration.values.iter().map(|value| &value.value);
        quote! {
            #doc
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum #name { #(#variants,)* }
            enumeration_type!(#name, #text, [#(#variants = #values),*]);
        }
    }
}
