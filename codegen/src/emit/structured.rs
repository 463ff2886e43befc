//! `[Serializable]` and `[Transferable]`: <https://html.spec.whatwg.org/multipage/structured-data.html#serializable-objects>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::names::ident;
use crate::model::Interface;

impl Emitter<'_> {
    /// The fields of the tables that lead structured cloning to the interface's own steps.
    pub fn structured_fields(&self, interface: &Interface) -> TokenStream {
        let this = ident(&interface.name);
        let mut fields = TokenStream::new();
        if interface.is_serializable() && self.implements(interface, "Serializable") {
            fields.extend(quote!(serializable: Some(Serialize::of::<#this>()),));
        }
        if interface.is_transferable() && self.implements(interface, "Transferable") {
            fields.extend(quote!(transferable: Some(Transfer::of::<#this>()),));
        }
        fields
    }

    /// Whether the DOM code implements a trait for an interface's struct; notes it if not.
    fn implements(&self, interface: &Interface, name: &str) -> bool {
        let there =
            self.options.implementation.as_ref().is_none_or(|it| it.implements(&interface.name, name));
        if !there {
            self.missing.borrow_mut().insert(format!("{name} for {}", interface.name));
        }
        there
    }
}
