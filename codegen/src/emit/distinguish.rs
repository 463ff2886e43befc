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
    /// Whether one of its types is such a type.
    pub fn takes(&self, test: impl Fn(&Type) -> bool) -> bool {
        self.types.iter().any(|ty| test(ty))
    }
}

impl Emitter<'_> {
    /// An expression over `value` that goes through the tests in the standard's order. Values that no test chooses for
    /// are for `otherwise`, or for the type that takes them all, or else `fail`.
    pub fn distinguish(
        &self,
        candidates: &[Candidate<'_>],
        otherwise: Option<TokenStream>,
        fail: TokenStream,
    ) -> TokenStream {
        let mut tests: Vec<(TokenStream, &TokenStream)> = Vec::new();
        let first = |takes: &dyn Fn(&Type) -> bool| {
            candidates.iter().find(|candidate| candidate.takes(takes)).map(|candidate| &candidate.then)
        };
        let simple = |test: TokenStream, takes: &dyn Fn(&Type) -> bool| Some((test, first(takes)?));
        // Undefined, null.
        tests.extend(simple(quote!(value.is_undefined()), &|ty| *ty == Type::Undefined));
        let optional = candidates.iter().find(|candidate| candidate.optional);
        tests.extend(optional.map(|candidate| (quote!(value.is_undefined()), &candidate.then)));
        tests.extend(simple(quote!(value.is_null_or_undefined()), &|ty| {
            matches!(ty, Type::Nullable(_) | Type::Dictionary(_))
        }));
        // Platform objects and buffers.
        for candidate in candidates {
            let tested = candidate.types.iter().filter_map(|ty| self.class_test(ty));
            tests.extend(tested.map(|test| (test, &candidate.then)));
        }
        // Other objects.
        tests.extend(simple(quote!(is_callable(value)), &|ty| matches!(ty, Type::Callback(_))));
        let has_string = candidates.iter().any(|candidate| candidate.takes(Type::is_string));
        tests.extend(simple(quote!(is_async_iterable(cx, value, #has_string)?), &|ty| {
            matches!(ty, Type::AsyncSequence(_))
        }));
        tests.extend(simple(quote!(let Some(method) = iterable(cx, value)?), &|ty| {
            matches!(ty, Type::Sequence(_) | Type::FrozenArray(_))
        }));
        tests.extend(simple(quote!(value.is_object()), &is_any_object));
        // Primitive values.
        tests.extend(simple(quote!(value.is_boolean()), &|ty| *ty == Type::Boolean));
        tests.extend(simple(quote!(value.is_number()), &Type::is_numeric));
        tests.extend(simple(quote!(value.is_bigint()), &|ty| *ty == Type::BigInt));
        // NB: the standard's table tells symbols apart, its algorithms forget them.
        tests.extend(simple(quote!(value.is_symbol()), &|ty| *ty == Type::Symbol));
        // What any value can be converted to.
        let anything: [&dyn Fn(&Type) -> bool; 5] = [
            &|ty| ty.is_string() || matches!(ty, Type::Enumeration(_)),
            &Type::is_numeric,
            &|ty| *ty == Type::Boolean,
            &|ty| *ty == Type::BigInt,
            &|ty| *ty == Type::Any,
        ];
        let last =
            otherwise.as_ref().or_else(|| anything.iter().find_map(|test| first(test))).unwrap_or(&fail);

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

    /// The test for a type whose objects are known by their class.
    fn class_test(&self, ty: &Type) -> Option<TokenStream> {
        match ty {
            Type::Interface(id) => {
                let name = ident(&self.model[*id].name);
                Some(quote!(is_platform_object::<#name>(value)))
            }
            Type::WindowProxy => Some(quote!(is_window_proxy(value))),
            Type::Buffer(buffer) => {
                let conversion = buffer_conversion(*buffer);
                Some(quote!(<#conversion>::matches(value)))
            }
            _ => None,
        }
    }
}

/// Types that any object can be converted to.
fn is_any_object(ty: &Type) -> bool {
    matches!(
        ty,
        Type::CallbackInterface(_) | Type::Dictionary(_) | Type::Record(_) | Type::Object | Type::Promise(_)
    )
}
