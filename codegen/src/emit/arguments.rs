//! Arguments: <https://webidl.spec.whatwg.org/#js-operations>.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::names::snake;
use crate::model::{Argument, DefaultValue, Overload, Type};

/// What happens to the arguments of a call.
pub struct Arguments {
    /// Statements that convert them.
    pub conversions: TokenStream,
    /// What is passed to the method.
    pub passed: Vec<TokenStream>,
}

impl Emitter<'_> {
    /// The parameters of an overload's method.
    pub fn parameters(&self, overload: &Overload) -> Vec<TokenStream> {
        let parameters = overload.arguments.iter().map(|argument| {
            let name = snake(&argument.name);
            let ty = if argument.variadic {
                let element = self.nested(&argument.ty);
                quote!(Vec<#element>)
            } else {
                self.parameter(&argument.ty, is_option(argument))
            };
            quote!(#name: #ty)
        });
        parameters.collect()
    }

    /// Converts an overload's arguments, of which `count` can be there (fewer than all: the rest is missing).
    pub fn arguments(&self, overload: &Overload) -> Arguments {
        let mut conversions = TokenStream::new();
        let mut passed = Vec::new();
        for (index, argument) in overload.arguments.iter().enumerate() {
            let local = format_ident!("a{index}");
            let position = Literal::usize_unsuffixed(index);
            let conversion = self.conversion(&argument.ty);
            if argument.variadic {
                conversions.extend(quote!(let #local = args.rest::<#conversion>(cx, #position)?;));
                passed.push(quote!(#local));
                continue;
            }
            if argument.ty == Type::Any {
                passed.push(match &argument.default {
                    Some(DefaultValue::Null) => quote!(args.at_or_null(#position)),
                    _ => quote!(args.at(#position)),
                });
                continue;
            }
            let value = if is_option(argument) {
                quote!(args.optional::<#conversion>(cx, #position)?)
            } else {
                match &argument.default {
                    // Converting undefined gives the same.
                    None | Some(DefaultValue::EmptyDictionary | DefaultValue::Null) => {
                        quote!(args.get::<#conversion>(cx, #position)?)
                    }
                    Some(default) => {
                        let default = self.default_value(default, &argument.ty);
                        quote!(args.or::<#conversion>(cx, #position, || #default)?)
                    }
                }
            };
            conversions.extend(quote!(let #local = #value;));
            passed.push(self.pass(&quote!(#local), &argument.ty, is_option(argument)));
        }
        Arguments { conversions, passed }
    }
}

/// Whether an argument's absence is passed on: optional, without a default. (`any` is undefined then.)
pub fn is_option(argument: &Argument) -> bool {
    let dictionary = matches!(argument.ty, Type::Dictionary(_));
    argument.optional && argument.default.is_none() && argument.ty != Type::Any && !dictionary
}
