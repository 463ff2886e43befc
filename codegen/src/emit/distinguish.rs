//! Telling by a value which of several types it is to be converted to: members of a union
//! (<https://webidl.spec.whatwg.org/#js-union>), or overloads
//! (<https://webidl.spec.whatwg.org/#dfn-overload-resolution-algorithm>).

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::names::ident;
use super::overloads::statements;
use super::types::buffer_conversion;
use crate::model::Type;

/// One of the possibilities.
pub struct Candidate<'a> {
    /// The types that it takes; `T?` stands for null, beside its `T`.
    pub types: Vec<&'a Type>,
    /// It takes undefined, for a missing argument.
    pub optional: bool,
    /// The expression for it.
    pub then: TokenStream,
}

impl Candidate<'_> {
    fn takes(&self, test: impl Fn(&Type) -> bool) -> bool {
        self.types.iter().any(|ty| test(ty))
    }
}

impl Emitter<'_> {
    /// An expression over `value` that goes through the tests in the standard's order.
    pub fn distinguish(&self, candidates: &[Candidate<'_>], fail: TokenStream) -> TokenStream {
        let mut tests: Vec<(TokenStream, &TokenStream)> = Vec::new();
        let mut add = |test: TokenStream, takes: &dyn Fn(&Type) -> bool| {
            if let Some(candidate) = candidates.iter().find(|candidate| candidate.takes(takes)) {
                tests.push((test, &candidate.then));
            }
        };
        // Undefined, null.
        add(quote!(value.is_undefined()), &|ty| *ty == Type::Undefined);
        if let Some(candidate) = candidates.iter().find(|candidate| candidate.optional) {
            tests.push((quote!(value.is_undefined()), &candidate.then));
        }
        let mut add = |test: TokenStream, takes: &dyn Fn(&Type) -> bool| {
            if let Some(candidate) = candidates.iter().find(|candidate| candidate.takes(takes)) {
                tests.push((test, &candidate.then));
            }
        };
        add(quote!(value.is_null_or_undefined()), &|ty| {
            matches!(ty, Type::Nullable(_) | Type::Dictionary(_))
        });
        // Platform objects.
        for candidate in candidates {
            for ty in &candidate.types {
                match ty {
                    Type::Interface(id) => {
                        let name = ident(&self.model[*id].name);
                        tests.push((quote!(is_platform_object::<#name>(value)), &candidate.then));
                    }
                    Type::WindowProxy => {
                        tests.push((quote!(is_platform_object::<Window>(value)), &candidate.then))
                    }
                    Type::Buffer(buffer) => {
                        let conversion = buffer_conversion(*buffer);
                        tests.push((quote!(<#conversion>::matches(value)), &candidate.then));
                    }
                    _ => {}
                }
            }
        }
        // Other objects.
        let mut add = |test: TokenStream, takes: &dyn Fn(&Type) -> bool| {
            if let Some(candidate) = candidates.iter().find(|candidate| candidate.takes(takes)) {
                tests.push((test, &candidate.then));
            }
        };
        add(quote!(is_callable(value)), &|ty| matches!(ty, Type::Callback(_)));
        add(quote!(is_iterable(cx, value)?), &|ty| {
            matches!(ty, Type::Sequence(_) | Type::FrozenArray(_) | Type::AsyncSequence(_))
        });
        add(quote!(value.is_object()), &|ty| {
            matches!(
                ty,
                Type::CallbackInterface(_)
                    | Type::Dictionary(_)
                    | Type::Record(_)
                    | Type::Object
                    | Type::Promise(_)
            )
        });
        // Primitive values.
        add(quote!(value.is_boolean()), &|ty| *ty == Type::Boolean);
        add(quote!(value.is_number()), &Type::is_numeric);
        add(quote!(value.is_bigint()), &|ty| *ty == Type::BigInt);
        // What any value can be converted to.
        let anything: [&dyn Fn(&Type) -> bool; 5] = [
            &|ty| ty.is_string() || matches!(ty, Type::Enumeration(_)),
            &Type::is_numeric,
            &|ty| *ty == Type::Boolean,
            &|ty| *ty == Type::BigInt,
            &|ty| *ty == Type::Any,
        ];
        let last = anything.iter().find_map(|test| candidates.iter().find(|candidate| candidate.takes(test)));
        let last = last.map_or(&fail, |candidate| &candidate.then);

        // A test whose outcome is that of what follows decides nothing.
        while tests.last().is_some_and(|(_, then)| then.to_string() == last.to_string()) {
            tests.pop();
        }
        if tests.is_empty() {
            return last.clone();
        }
        let chain = tests.into_iter().map(|(test, then)| {
            let then = statements(then.clone());
            quote!(if #test { #then } else)
        });
        let last = statements(last.clone());
        quote!(#(#chain)* { #last })
    }
}
