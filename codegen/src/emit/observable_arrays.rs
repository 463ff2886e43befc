//! Attributes whose type is an observable array: <https://webidl.spec.whatwg.org/#js-observable-array>.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::interfaces::Owner;
use super::names::{c_str, method};
use crate::model::{Attribute, Type};

/// The method that gives the array, and those for [set an indexed
/// value](https://webidl.spec.whatwg.org/#observable-array-attribute-set-an-indexed-value) and [delete an indexed
/// value](https://webidl.spec.whatwg.org/#observable-array-attribute-delete-an-indexed-value).
fn names(attribute: &Attribute) -> [Ident; 3] {
    let name = method(&attribute.name);
    [name.clone(), format_ident!("Set{name}Item"), format_ident!("Delete{name}Item")]
}

impl Emitter<'_> {
    /// The methods of an observable array attribute.
    pub fn observable_array_methods(
        &self,
        owner: &Owner<'_>,
        attribute: &Attribute,
        element: &Type,
    ) -> TokenStream {
        let names = names(attribute);
        if !names.iter().all(|name| self.has_method(owner, name)) {
            return TokenStream::new();
        }
        let [array, set, delete] = names;
        let (doc, value) = (self.doc(attribute.span), self.nested(element));
        quote! {
            #doc fn #array(&self) -> &ObservableArray;
            #doc fn #set(&self, cx: &mut JSContext, value: #value, index: u32) -> Fallible<()>;
            #doc fn #delete(&self, cx: &mut JSContext, value: #value, index: u32) -> Fallible<()>;
        }
    }

    /// The entry in the tables.
    pub fn observable_array_member(
        &self,
        owner: &Owner<'_>,
        attribute: &Attribute,
        element: &Type,
    ) -> Option<TokenStream> {
        let (this, name) = (&owner.path, c_str(&attribute.name));
        let names = names(attribute);
        if let Some(missing) = names.iter().find(|name| !self.has_method(owner, name)) {
            self.missing(owner, missing);
            return None;
        }
        let ([array, set, delete], conversion) = (names, self.conversion(element));
        let flags = self.flags(owner, &attribute.member);
        let setter = match attribute.readonly {
            true => quote!(.readonly()),
            false => quote!(),
        };
        Some(quote! {
            Member::observable_array(
                #name,
                ObservableArrayAttribute::new::<#this, #conversion, _, _, _>(
                    |this| this.#array(),
                    |cx, this, value, index| this.#set(cx, value, index),
                    |cx, this, value, index| this.#delete(cx, value, index),
                )
                #setter,
            )
            #flags
        })
    }
}
