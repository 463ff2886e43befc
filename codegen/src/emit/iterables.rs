//! `iterable<V>` and `iterable<K, V>`: <https://webidl.spec.whatwg.org/#js-iterable>, and `async_iterable<V>`:
//! <https://webidl.spec.whatwg.org/#js-asynchronous-iterable>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::ident;
use crate::model::{AsyncIterable, ExtendedAttributes, Interface, Overload, Type};

const METHOD: &str = "PairToIterateOver";
const ASYNC_METHOD: &str = "AsyncIterator";

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

    /// The method that makes an asynchronous iterator.
    pub fn async_iterable_method(&self, owner: &Owner<'_>, interface: &Interface) -> TokenStream {
        let Some(iterable) = &interface.async_iterable else { return TokenStream::new() };
        let (method, overload) = (ident(ASYNC_METHOD), as_overload(iterable));
        if !self.has_method(owner, &method) {
            return TokenStream::new();
        }
        let (parameters, doc) = (self.parameters(&overload), self.doc(iterable.member.span));
        quote! {
            #doc
            fn #method(&self, cx: &mut JSContext, #(#parameters),*) -> Fallible<Box<dyn AsyncIteratorSteps>>;
        }
    }

    /// The field of the tables.
    pub fn async_iterable_field(&self, owner: &Owner<'_>, interface: &Interface) -> Option<TokenStream> {
        let iterable = interface.async_iterable.as_ref()?;
        let (this, method, overload) = (&owner.path, ident(ASYNC_METHOD), as_overload(iterable));
        if !self.has_method(owner, &method) {
            self.missing(owner, &method);
            return None;
        }
        let arguments = self.arguments(&overload);
        let (conversions, passed) = (arguments.conversions, arguments.passed);
        let make = |kind: &str| {
            let kind = ident(kind);
            quote! {
                operation(|cx, this: &#this, args| {
                    #conversions
                    this.#method(cx, #(#passed),*).map(|it| new_async_iterator::<#this>(it, AsyncKind::#kind))
                })
            }
        };
        let iterable = if iterable.key.is_some() {
            let [entries, keys, values] = ["Entries", "Keys", "PairValues"].map(make);
            quote!(AsyncIterable::pairs::<#this>(#entries, #keys, #values))
        } else {
            let values = make("Values");
            quote!(AsyncIterable::values::<#this>(#values))
        };
        Some(quote!(iterable: Iterable::Async(#iterable),))
    }
}

/// The arguments of `values()` and the like: all are optional.
fn as_overload(iterable: &AsyncIterable) -> Overload {
    Overload {
        span: iterable.member.span,
        return_type: Type::Any,
        arguments: iterable.arguments.clone(),
        extended: ExtendedAttributes::default(),
        stringifier: false,
    }
}
