//! Legacy factory functions: <https://webidl.spec.whatwg.org/#legacy-factory-functions>.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::c_str;
use crate::model::{Interface, Overload};

impl Emitter<'_> {
    /// The field of the tables.
    pub fn legacy_factory_functions(&self, owner: &Owner<'_>, interface: &Interface) -> Option<TokenStream> {
        let functions = interface.legacy_factory_functions.iter().filter_map(|function| {
            let constructor = self.construct(owner, &function.name, &function.overloads)?;
            let name = c_str(&function.name);
            Some(quote!((#name, #constructor)))
        });
        let functions: Vec<_> = functions.collect();
        (!functions.is_empty()).then(|| quote!(factories: &[#(#functions),*],))
    }

    /// A function that makes objects: the constructor or a factory function, whose methods have that name. None if it
    /// isn't implemented.
    pub fn construct(&self, owner: &Owner<'_>, name: &str, overloads: &[Overload]) -> Option<TokenStream> {
        let this = &owner.path;
        let body = self.dispatch(
            owner,
            (name, 0),
            overloads,
            &|_, name, passed| quote!(#this::#name(cx, global, proto, #(#passed),*)),
        )?;
        let length = overloads.iter().map(Overload::length).min().unwrap_or(0);
        let length = Literal::usize_unsuffixed(length);
        Some(quote!(FunctionSpec::new(#length, constructor(|cx, global, proto, args| #body))))
    }
}
