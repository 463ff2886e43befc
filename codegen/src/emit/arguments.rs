//! Arguments: <https://webidl.spec.whatwg.org/#js-operations>.

use std::ops::Range;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::names::snake;
use super::types::stays_value;
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

    /// Converts an overload's arguments.
    pub fn arguments(&self, overload: &Overload) -> Arguments {
        self.arguments_within(overload, 0..overload.arguments.len())
    }

    /// Converts those of an overload's arguments; all are passed.
    pub fn arguments_within(&self, overload: &Overload, converted: Range<usize>) -> Arguments {
        let mut conversions = TokenStream::new();
        let mut passed = Vec::new();
        for (index, argument) in overload.arguments.iter().enumerate() {
            let is_converted = converted.contains(&index);
            self.check_default(argument.default.as_ref(), &argument.ty, argument.span);
            let local = format_ident!("a{index}");
            let position = Literal::usize_unsuffixed(index);
            let conversion = self.conversion(&argument.ty);
            if argument.variadic {
                if is_converted {
                    conversions.extend(quote!(let #local = args.rest::<#conversion>(cx, #position)?;));
                }
                passed.push(quote!(#local));
                continue;
            }
            // Nothing to convert.
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
                    // A missing value that has no default is undefined.
                    None if argument.optional && stays_value(&argument.ty) => {
                        quote!(args.or::<#conversion>(cx, #position, RootedValue::default)?)
                    }
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
            if is_converted {
                conversions.extend(quote!(let #local = #value;));
            }
            passed.push(self.pass(&quote!(#local), &argument.ty, is_option(argument)));
        }
        Arguments { conversions, passed }
    }
}

/// Whether an argument's absence is passed on: optional, without a default. (What stays a JavaScript value is undefined
/// then.)
pub fn is_option(argument: &Argument) -> bool {
    let dictionary = matches!(argument.ty, Type::Dictionary(_));
    argument.optional && argument.default.is_none() && !stays_value(&argument.ty) && !dictionary
}
