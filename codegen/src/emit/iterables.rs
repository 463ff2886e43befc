//! `iterable<V>` and `iterable<K, V>`: <https://webidl.spec.whatwg.org/#js-iterable>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::ident;
use crate::model::Interface;

const METHOD: &str = "PairToIterateOver";

impl Emitter<'_> {
    /// The method that a pair iterator asks.
    pub fn iterable_method(&self, owner: &Owner<'_>, interface: &Interface) -> TokenStream {
        let Some(iterable) = &interface.iterable else { return TokenStream::new() };
        let Some(key) = &iterable.key else { return TokenStream::new() };
        let method = ident(METHOD);
        if !self.has_method(owner, &method) {
            return TokenStream::new();
        }
        let (key, value) = (self.nested(key), self.nested(&iterable.value));
        let doc = self.doc(iterable.member.span);
        quote!(#doc fn #method(&self, cx: &mut JSContext, index: u32) -> Option<(#key, #value)>;)
    }

    /// The field of the tables.
    pub fn iterable_field(&self, owner: &Owner<'_>, interface: &Interface) -> Option<TokenStream> {
        let iterable = interface.iterable.as_ref()?;
        if iterable.key.is_none() {
            return Some(quote!(iterable: Iterable::Values,));
        }
        let (this, method) = (&owner.path, ident(METHOD));
        if !self.has_method(owner, &method) {
            self.missing(owner, &method);
            return None;
        }
        Some(quote!(iterable: Iterable::pairs(|cx, this: &#this, index| this.#method(cx, index)),))
    }
}
