//! Dictionaries: <https://webidl.spec.whatwg.org/#js-dictionary>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::names::{c_str, ident, snake};
use crate::model::{DefaultValue, Dictionary, DictionaryId, DictionaryMember, Type};

impl Emitter<'_> {
    /// The struct of a dictionary and its conversions.
    pub fn dictionary(&self, id: DictionaryId) -> TokenStream {
        let dictionary = &self.model[id];
        let name = ident(&dictionary.name);
        let members: Vec<_> = dictionary.members.iter().filter(|member| self.usable(&member.ty)).collect();
        let parent = dictionary.parent.map(|parent| ident(&self.model[parent].name));

        let parent_field = parent.iter().map(|parent| quote!(pub parent: #parent));
        let fields = members.iter().map(|member| {
            let (field, ty) = (snake(&member.name), self.nested(&member.ty));
            if is_option(member) { quote!(pub #field: Option<#ty>) } else { quote!(pub #field: #ty) }
        });
        let parent_value = parent.iter().map(|parent| quote!(parent: #parent::from_js(cx, value)?));
        let conversions = members.iter().map(|member| self.member_conversion(member));
        let (doc, text) = (self.doc(dictionary.span), &dictionary.name);
        let default = self.dictionary_default(id, dictionary, &members);
        let derive = if default.is_none() && !self.model.has_required_member(id) {
            quote!(#[derive(Clone, Default)])
        } else {
            quote!(#[derive(Clone)])
        };
        let to_js = self.outputs.contains(&id).then(|| self.dictionary_to_js(dictionary, &members));
        quote! {
            #doc
            #derive
            pub struct #name { #(#parent_field,)* #(#fields,)* }
            #default
            impl FromJs for #name {
                type Out = Self;
                fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Self> {
                    let members = Members::new(value, #text)?;
                    Ok(Self { #(#parent_value,)* #(#conversions,)* })
                }
            }
            #to_js
        }
    }

    fn member_conversion(&self, member: &DictionaryMember) -> TokenStream {
        let (field, key, conversion) =
            (snake(&member.name), c_str(&member.name), self.conversion(&member.ty));
        self.check_default(member.default.as_ref(), &member.ty, member.span);
        if member.required {
            return quote!(#field: members.required::<#conversion>(cx, #key)?);
        }
        match &member.default {
            None if member.ty == Type::Any => quote!(#field: members.optional::<#conversion>(cx, #key)?),
            None => quote!(#field: members.optional::<#conversion>(cx, #key)?),
            Some(DefaultValue::EmptyDictionary) => quote!(#field: members.get::<#conversion>(cx, #key)?),
            Some(default) => {
                let default = self.default_value(default, &member.ty);
                quote!(#field: members.or::<#conversion>(cx, #key, || #default)?)
            }
        }
    }

    /// `Default` where deriving it gives something else than the IDL's defaults.
    fn dictionary_default(
        &self,
        id: DictionaryId,
        dictionary: &Dictionary,
        members: &[&DictionaryMember],
    ) -> Option<TokenStream> {
        if self.model.has_required_member(id) || members.iter().all(|member| is_rust_default(member)) {
            return None;
        }
        let name = ident(&dictionary.name);
        let parent = dictionary.parent.map(|_| quote!(parent: Default::default(),));
        let fields = members.iter().map(|member| {
            let field = snake(&member.name);
            match &member.default {
                None => quote!(#field: None),
                Some(default) => {
                    let default = self.default_value(default, &member.ty);
                    quote!(#field: #default)
                }
            }
        });
        Some(quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self { #parent #(#fields,)* }
                }
            }
        })
    }

    fn dictionary_to_js(&self, dictionary: &Dictionary, members: &[&DictionaryMember]) -> TokenStream {
        let name = ident(&dictionary.name);
        let parent = dictionary.parent.map(|_| quote!(self.parent.set_members(cx, object);));
        let sets = members.iter().map(|member| {
            let (field, key) = (snake(&member.name), c_str(&member.name));
            if is_option(member) {
                quote!(if let Some(member) = &self.#field { set_property(cx, object, #key, member); })
            } else {
                quote!(set_property(cx, object, #key, &self.#field);)
            }
        });
        quote! {
            impl DictionaryToJs for #name {
                fn set_members(&self, cx: &mut JSContext, object: HandleObject<'_>) { #parent #(#sets)* }
            }
            dictionary_to_js!(#name);
        }
    }
}

/// Whether a member's absence shows: neither required nor with a default.
fn is_option(member: &DictionaryMember) -> bool {
    !member.required && member.default.is_none()
}

fn is_rust_default(member: &DictionaryMember) -> bool {
    match &member.default {
        None => true,
        Some(DefaultValue::Boolean(value)) => !value,
        Some(DefaultValue::Integer(value)) => *value == 0,
        Some(DefaultValue::Float(value)) => *value == 0.0 && value.is_sign_positive(),
        Some(DefaultValue::String(value)) => value.is_empty(),
        Some(DefaultValue::EmptySequence | DefaultValue::EmptyDictionary | DefaultValue::Undefined) => true,
        Some(DefaultValue::Null) => member.ty.is_nullable() && *member.ty.without_null() != Type::Object,
        Some(DefaultValue::Enumeration(..) | DefaultValue::Union(..)) => false,
    }
}
