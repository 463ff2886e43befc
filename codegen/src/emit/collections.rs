//! `maplike` and `setlike`: <https://webidl.spec.whatwg.org/#js-maplike>, <https://webidl.spec.whatwg.org/#js-setlike>.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::ident;
use crate::model::Interface;

/// What is needed of either.
struct Collection {
    /// The method that gives the entries, and their type.
    method: Ident,
    entries: Ident,
    doc: TokenStream,
    /// The functions in the tables.
    functions: TokenStream,
}

impl Emitter<'_> {
    fn collection(&self, owner: &Owner<'_>, interface: &Interface) -> Option<Collection> {
        let this = &owner.path;
        // The interface's own members come instead of the declaration's.
        let own = |name: &&&str| interface.operation(name).is_some() || interface.attribute(name).is_some();
        if let Some(maplike) = &interface.maplike {
            let (key, value) = (self.conversion(&maplike.key), self.conversion(&maplike.value));
            let own: Vec<_> = ["set", "delete", "clear"].iter().filter(own).copied().collect();
            let (readonly, method) = (maplike.readonly, ident("MapEntries"));
            let functions = quote! {
                Collection::maplike::<#this, #key, #value, _>(|this| this.#method(), #readonly, &[#(#own),*])
            };
            let doc = self.doc(maplike.member.span);
            return Some(Collection { entries: ident("MapEntries"), method, doc, functions });
        }
        let setlike = interface.setlike.as_ref()?;
        let value = self.conversion(&setlike.value);
        let own: Vec<_> = ["add", "delete", "clear"].iter().filter(own).copied().collect();
        let (readonly, method) = (setlike.readonly, ident("SetEntries"));
        let functions = quote! {
            Collection::setlike::<#this, #value, _>(|this| this.#method(), #readonly, &[#(#own),*])
        };
        let doc = self.doc(setlike.member.span);
        Some(Collection { entries: ident("SetEntries"), method, doc, functions })
    }

    /// The method that gives the entries.
    pub fn collection_method(&self, owner: &Owner<'_>, interface: &Interface) -> TokenStream {
        match self.collection(owner, interface) {
            Some(Collection { method, entries, doc, .. }) if self.has_method(owner, &method) => {
                quote!(#doc fn #method(&self) -> &#entries;)
            }
            _ => TokenStream::new(),
        }
    }

    /// The field of the tables.
    pub fn collection_field(&self, owner: &Owner<'_>, interface: &Interface) -> Option<TokenStream> {
        let Collection { method, functions, .. } = self.collection(owner, interface)?;
        if !self.has_method(owner, &method) {
            self.missing(owner, &method);
            return None;
        }
        Some(quote!(iterable: Iterable::Collection(&const { #functions }),))
    }
}
