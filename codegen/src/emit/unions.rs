//! Unions: <https://webidl.spec.whatwg.org/#js-union>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::distinguish::Candidate;
use super::names::ident;
use crate::model::{Type, UnionType};

impl Emitter<'_> {
    /// The Rust enum of a union and its conversions. Members that aren't implemented are left out.
    pub fn union(&self, union: &UnionType) -> TokenStream {
        let text = union.name(self.model);
        let name = ident(&text);
        let members: Vec<&Type> = union.members.iter().filter(|member| self.usable(member)).collect();
        let variants: Vec<_> = members.iter().map(|member| ident(&member.type_name(self.model))).collect();
        let types = members.iter().map(|member| self.nested(member));
        let candidates: Vec<_> = members
            .iter()
            .zip(&variants)
            .map(|(member, variant)| {
                let conversion = self.conversion(member);
                Candidate {
                    types: vec![member],
                    optional: false,
                    then: quote!(<#conversion>::from_js(cx, value).map(Self::#variant)),
                }
            })
            .collect();
        let message = format!("is no {}", Type::Union(union.clone()).display(self.model));
        let choice = self.distinguish(&candidates, quote!(Err(Error::Type(#message.to_owned()))));
        let to_js = members.iter().all(|member| is_convertible(member)).then(|| {
            quote! {
                impl ToJSValConvertible for #name {
                    fn to_jsval(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
                        match self { #(Self::#variants(value) => value.to_jsval(cx, rval),)* }
                    }
                }
            }
        });
        let to_js = self.union_outputs.contains(&text).then_some(to_js).flatten();
        quote! {
            #[derive(Clone)]
            pub enum #name { #(#variants(#types),)* }
            impl FromJs for #name {
                type Out = Self;
                fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<Self> { #choice }
            }
            #to_js
        }
    }
}

/// Whether values of a member type can be turned into JavaScript values.
fn is_convertible(ty: &Type) -> bool {
    !matches!(ty, Type::AsyncSequence(_))
}
