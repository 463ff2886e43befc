//! Enumerations: <https://webidl.spec.whatwg.org/#js-enumeration>.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Emitter;
use super::names::{ident, variant};
use crate::model::Enumeration;

impl Emitter<'_> {
    /// The Rust enum of an enumeration.
    pub fn enumeration(&self, enumeration: &Enumeration) -> TokenStream {
        let (doc, name, text) = (self.doc(enumeration.span), ident(&enumeration.name), &enumeration.name);
        let variants = variants(enumeration);
        let values = enumeration.values.iter().map(|value| &value.value);
        quote! {
            #doc
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum #name { #(#variants,)* }
            enumeration_type!(#name, #text, [#(#variants = #values),*]);
        }
    }
}

/// The variants of an enumeration. Values that only differ in signs get underscores.
pub fn variants(enumeration: &Enumeration) -> Vec<Ident> {
    let mut variants: Vec<Ident> = Vec::new();
    for value in &enumeration.values {
        let mut name = variant(&value.value);
        while variants.contains(&name) {
            name = ident(&format!("{name}_"));
        }
        variants.push(name);
    }
    variants
}
