//! Overload resolution: <https://webidl.spec.whatwg.org/#js-overloads>.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Emitter;
use super::distinguish::Candidate;
use super::interfaces::Owner;
use super::names;
use crate::model::{Argument, Overload, Type};

/// Makes the call of an overload's method with what it is passed.
type Call<'a> = dyn Fn(&Overload, &Ident, &[TokenStream]) -> TokenStream + 'a;

impl Emitter<'_> {
    /// Converts the arguments and calls the method of the overload that they choose. None if no overload is
    /// implemented. `first` is the number of the first overload among the methods of that name.
    pub fn dispatch(
        &self,
        owner: &Owner<'_>,
        (name, first): (&str, usize),
        overloads: &[Overload],
        call: &Call<'_>,
    ) -> Option<TokenStream> {
        let implemented: Vec<(Ident, &Overload)> = overloads
            .iter()
            .enumerate()
            .map(|(index, overload)| (names::overload(name, first + index), overload))
            .filter(|(method, overload)| {
                let there = self.has_method(owner, method) && self.overload_usable(overload);
                if !there {
                    self.missing(owner, method);
                }
                there
            })
            .collect();
        match &implemented[..] {
            [] => None,
            [(method, overload)] => {
                let body = self.call_overload(method, overload, 0, call);
                Some(match overload.length() {
                    0 => body,
                    required => {
                        let required = Literal::usize_unsuffixed(required);
                        let body = statements(body);
                        quote!({ args.require(cx, #required)?; #body })
                    }
                })
            }
            several => Some(self.choose(several, call)),
        }
    }

    /// Converts the arguments from `first` on and calls the method.
    fn call_overload(
        &self,
        method: &Ident,
        overload: &Overload,
        first: usize,
        call: &Call<'_>,
    ) -> TokenStream {
        let arguments = self.arguments_within(overload, first..overload.arguments.len());
        let call = call(overload, method, &arguments.passed);
        let conversions = arguments.conversions;
        if conversions.is_empty() { call } else { quote!({ #conversions #call }) }
    }

    /// <https://webidl.spec.whatwg.org/#dfn-overload-resolution-algorithm>
    fn choose(&self, overloads: &[(Ident, &Overload)], call: &Call<'_>) -> TokenStream {
        // Step 1: no more arguments count than the longest overload has, to which variadic ones have no end.
        let longest = overloads.iter().map(|(_, it)| it.arguments.len()).max().unwrap_or(0);
        let longest = longest + usize::from(overloads.iter().any(|(_, it)| it.is_variadic()));
        let shortest = overloads.iter().map(|(_, it)| it.length()).min().unwrap_or(0);
        let bodies = (shortest..=longest).map(|count| {
            // Steps 3 and 4: those that can be called with so many.
            let candidates: Vec<_> = overloads.iter().filter(|(_, it)| takes(it, count)).collect();
            match &candidates[..] {
                [] => quote!(Err(args.error(cx, "no overload takes so many arguments"))),
                [(method, overload)] => self.call_overload(method, overload, 0, call),
                several => self.distinguish_overloads(several, count, call),
            }
        });
        // Numbers of arguments with the same outcome share an arm; more than the longest are as many as that.
        let mut arms: Vec<(Vec<usize>, TokenStream)> = Vec::new();
        for (count, body) in (shortest..).zip(bodies) {
            match arms.last_mut() {
                Some((counts, last)) if last.to_string() == body.to_string() => counts.push(count),
                _ => arms.push((vec![count], body)),
            }
        }
        let last = arms.len().saturating_sub(1);
        let arms = arms.into_iter().enumerate().map(|(index, (counts, body))| {
            let counts = counts.iter().map(|count| Literal::usize_unsuffixed(*count));
            if index == last { quote!(_ => #body,) } else { quote!(#(#counts)|* => #body,) }
        });
        let arms: TokenStream = arms.collect();
        let require = (shortest > 0).then(|| {
            let shortest = Literal::usize_unsuffixed(shortest);
            quote!(args.require(cx, #shortest)?;)
        });
        quote!({ #require match args.len() { #arms } })
    }

    /// Steps 8 to 12: by the first argument whose types differ; those before it are converted first.
    fn distinguish_overloads(
        &self,
        overloads: &[&(Ident, &Overload)],
        count: usize,
        call: &Call<'_>,
    ) -> TokenStream {
        let index = (0..count)
            .find(|index| {
                let mut types = overloads.iter().map(|(_, it)| argument(it, *index).map(|it| &it.ty));
                let first = types.next().flatten();
                types.any(|ty| ty != first)
            })
            .unwrap_or(0);
        let candidates = overloads.iter().filter_map(|(method, overload)| {
            let argument = argument(overload, index)?;
            let optional = !argument.is_required();
            Some(Candidate {
                types: flatten(&argument.ty),
                optional,
                then: self.call_overload(method, overload, index, call),
            })
        });
        let position = Literal::usize_unsuffixed(index);
        let fail = {
            let number = index + 1;
            let message = format!("Argument {number} is of no type that an overload takes");
            quote!(Err(args.error(cx, #message)))
        };
        let choice = self.distinguish(&candidates.collect::<Vec<_>>(), None, fail);
        let before = self.arguments_within(overloads[0].1, 0..index).conversions;
        quote!({ #before let value = args.at(#position); #choice })
    }
}

/// Without the braces around it.
pub fn statements(body: TokenStream) -> TokenStream {
    match syn::parse2::<syn::Block>(body.clone()) {
        Ok(block) => {
            let statements = block.stmts;
            quote!(#(#statements)*)
        }
        Err(_) => body,
    }
}

fn argument(overload: &Overload, index: usize) -> Option<&Argument> {
    overload.arguments.get(index).or(overload.arguments.last().filter(|it| it.variadic))
}

/// Whether an overload can be called with that many arguments.
fn takes(overload: &Overload, count: usize) -> bool {
    overload.length() <= count && (count <= overload.arguments.len() || overload.is_variadic())
}

/// The types that a value can be distinguished by: a union's members, and null.
fn flatten(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::Union(union) => union.members.iter().collect(),
        Type::Nullable(inner) => {
            let mut types = vec![ty];
            types.extend(flatten(inner));
            types
        }
        other => vec![other],
    }
}
