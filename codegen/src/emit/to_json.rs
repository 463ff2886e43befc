//! The default `toJSON`: <https://webidl.spec.whatwg.org/#js-default-tojson>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::c_str;
use super::types::Returns;
use crate::model::{Attribute, Operation, Type};

impl Emitter<'_> {
    /// <https://webidl.spec.whatwg.org/#default-tojson-steps>
    pub fn default_to_json(&self, owner: &Owner<'_>) -> TokenStream {
        let this = &owner.path;
        let Some(id) = owner.interface else { return TokenStream::new() };
        let mut stack: Vec<_> = self.model.ancestry(id).collect();
        stack.reverse();
        let mut sets = TokenStream::new();
        for ancestor in stack {
            let interface = &self.model[ancestor];
            // The attributes of those interfaces alone that have a default toJSON() themselves.
            if !interface.operation("toJSON").is_some_and(Operation::is_default_to_json) {
                continue;
            }
            let owner = self.owner(ancestor);
            let path = &owner.path;
            let target = if ancestor == id { quote!(this) } else { quote!(this.upcast::<#path>()) };
            let attributes = interface.attributes.iter().filter(|it| !it.is_static && self.is_json(&it.ty));
            for attribute in attributes.filter(|it| self.has_method(&owner, &self.getter_method(&owner, it)))
            {
                sets.extend(self.json_member(&owner, &target, attribute));
            }
        }
        quote!(operation_with_rval(|cx, this: &#this, args, rval| to_json(cx, rval, |cx, object| { #sets })))
    }

    fn json_member(&self, owner: &Owner<'_>, target: &TokenStream, attribute: &Attribute) -> TokenStream {
        let (name, getter) = (c_str(&attribute.name), self.getter_method(owner, attribute));
        let cx = self.getter_has_cx(&attribute.ty).then(|| quote!(cx));
        let set = match self.returns(&attribute.ty) {
            Returns::ValuePlace => {
                quote!(set_json_value(cx, object, #name, |cx, rval| #target.#getter(cx, rval));)
            }
            Returns::ObjectPlace => quote! {
                set_json_value(cx, object, #name, |cx, rval| {
                    return_object(cx, rval, |cx, object| #target.#getter(cx, object))
                });
            },
            Returns::Value | Returns::Promise => {
                quote!(let value = #target.#getter(#cx); set_property(cx, object, #name, &value);)
            }
        };
        let flags = self.flags(owner, &attribute.member);
        if flags.is_empty() {
            return set;
        }
        // Only where it is exposed.
        quote!(if is_exposed(cx, &Member::readonly(#name, None) #flags) { #set })
    }

    /// <https://webidl.spec.whatwg.org/#dfn-json-types>
    fn is_json(&self, ty: &Type) -> bool {
        match ty {
            Type::Boolean
            | Type::Integer(_)
            | Type::Float(_)
            | Type::String(_)
            | Type::Enumeration(_)
            | Type::Object => true,
            Type::Nullable(inner) | Type::Sequence(inner) | Type::FrozenArray(inner) => self.is_json(inner),
            Type::Record(record) => self.is_json(&record.value),
            Type::Union(union) => union.members.iter().all(|member| self.is_json(member)),
            Type::Dictionary(id) => self
                .model
                .dictionary_ancestry(*id)
                .iter()
                .all(|id| self.model[*id].members.iter().all(|member| self.is_json(&member.ty))),
            Type::Interface(id) => {
                self.model.ancestry(*id).any(|id| self.model[id].operation("toJSON").is_some())
            }
            _ => false,
        }
    }
}
