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
                // What tells a sequence by its iterator method has it already.
                let converted = match member {
                    Type::Sequence(_) | Type::FrozenArray(_) => {
                        quote!(<#conversion>::from_method(cx, value, &method))
                    }
                    _ => quote!(<#conversion>::from_js(cx, value)),
                };
                Candidate {
                    types: vec![member],
                    optional: false,
                    then: quote!(#converted.map(Self::#variant)),
                }
            })
            .collect();
        let message = format!("is no {}", Type::Union(union.clone()).display(self.model));
        let fail = quote!(Err(Error::Type(#message.to_owned())));
        let choice = self.distinguish(&candidates, number_or_bigint(&candidates), fail);
        let to_js = self.union_outputs.contains(&text).then(|| {
            quote! {
                impl ToJSValConvertible for #name {
                    fn to_jsval(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
                        match self { #(Self::#variants(value) => value.to_jsval(cx, rval),)* }
                    }
                }
            }
        });
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

/// Where both numbers and bigints are members, but no strings, any other value becomes what ToNumeric makes of it:
/// <https://webidl.spec.whatwg.org/#converted-to-a-numeric-type-or-bigint>.
fn number_or_bigint(candidates: &[Candidate<'_>]) -> Option<TokenStream> {
    let find = |test: &dyn Fn(&Type) -> bool| candidates.iter().find(|candidate| candidate.takes(test));
    let (number, bigint) = (find(&Type::is_numeric)?, find(&|ty| *ty == Type::BigInt)?);
    if find(&|ty| ty.is_string() || matches!(ty, Type::Enumeration(_))).is_some() {
        return None;
    }
    let (number, bigint) = (&number.then, &bigint.then);
    Some(quote! {
        let numeric = to_numeric(cx, value)?;
        let value = numeric.handle();
        if value.is_bigint() { #bigint } else { #number }
    })
}
