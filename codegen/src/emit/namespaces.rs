//! Namespaces: <https://webidl.spec.whatwg.org/#js-namespaces>.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Emitter;
use super::interfaces::Owner;
use super::names::{c_str, constant, ident};
use crate::model::{CallbackInterface, Namespace};

impl Emitter<'_> {
    /// A namespace as an owner of members.
    pub fn namespace_owner<'b>(&self, namespace: &'b Namespace) -> Owner<'b> {
        let path = super::names::method(&namespace.name);
        Owner {
            methods: format_ident!("{path}Methods"),
            path,
            name: &namespace.name,
            interface: None,
            exposure: &namespace.exposure,
        }
    }

    /// A callback interface as an owner of constants.
    pub fn callback_interface_owner<'b>(&self, interface: &'b CallbackInterface) -> Owner<'b> {
        let path = ident(&interface.name);
        Owner {
            methods: path.clone(),
            path,
            name: &interface.name,
            interface: None,
            exposure: &interface.exposure,
        }
    }

    /// The trait of a namespace.
    pub fn namespace_trait(&self, namespace: &Namespace) -> TokenStream {
        let owner = self.namespace_owner(namespace);
        let attributes = namespace.attributes.iter().filter(|it| self.usable(&it.ty));
        let mut methods: TokenStream = attributes.map(|it| self.attribute_methods(&owner, it)).collect();
        methods.extend(namespace.operations.iter().map(|it| self.operation_methods(&owner, it)));
        let (doc, name) = (self.doc(namespace.span), &owner.methods);
        quote!(#doc pub trait #name { #methods })
    }

    /// The tables of a namespace.
    pub fn namespace_tables(&self, namespace: &Namespace) -> TokenStream {
        let owner = self.namespace_owner(namespace);
        let mut members: Vec<_> =
            namespace.constants.iter().map(|constant| self.constant_member(&owner, constant)).collect();
        members.extend(namespace.attributes.iter().filter_map(|it| self.attribute_member(&owner, it)));
        members.extend(namespace.operations.iter().filter_map(|it| self.operation_member(&owner, it)));
        let security = [namespace.secure_context, namespace.extended.has("CrossOriginIsolated")];
        let exposure = self.exposure(&namespace.name, &namespace.exposure, security);
        let (name, spec) = (c_str(&namespace.name), ident(&constant(&namespace.name)));
        let (doc, this) = (self.doc(namespace.span), &owner.path);
        let empty_prototype = namespace.name == "console";
        quote! {
            #doc
            static #spec: NamespaceSpec = NamespaceSpec {
                name: #name,
                exposure: #exposure,
                empty_prototype: #empty_prototype,
                members: &[#(#members),*],
            };
            namespace_type!(#this, #name);
        }
    }
}
