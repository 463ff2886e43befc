//! Operations and constructors: <https://webidl.spec.whatwg.org/#js-operations>.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::{c_str, overload};
use super::types::Returns;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Constructor, Operation, Overload};

impl Emitter<'_> {
    /// The methods of an operation, one for each overload.
    pub fn operation_methods(&self, owner: &Owner<'_>, operation: &Operation) -> TokenStream {
        if operation.is_default_to_json() {
            return TokenStream::new();
        }
        let is_static = operation.is_static || owner.interface.is_none();
        let first = self.first_overload(owner, operation);
        let methods = operation.overloads.iter().enumerate().map(|(index, it)| {
            let name = overload(&operation.name, first + index);
            if !self.has_method(owner, &name) || !self.overload_usable(it) {
                return TokenStream::new();
            }
            let doc = self.doc(it.span);
            let first = if is_static { quote!() } else { quote!(&self,) };
            let global = is_static.then(|| quote!(global: &GlobalScope,));
            let parameters = self.parameters(it);
            let (place, result) = self.result(&it.return_type);
            let place = place.map(|place| quote!(, #place));
            let result = result.unwrap_or(quote!(()));
            quote!(#doc fn #name(#first cx: &mut JSContext, #global #(#parameters),* #place) -> Fallible<#result>;)
        });
        methods.collect()
    }

    /// The number of an operation's first overload among the methods of its name: a static operation comes after the
    /// regular one that is named alike.
    fn first_overload(&self, owner: &Owner<'_>, operation: &Operation) -> usize {
        let Some(interface) = owner.interface.filter(|_| operation.is_static) else { return 0 };
        let regular = self.model[interface].operations.iter().filter(|it| !it.is_static);
        regular.filter(|it| it.name == operation.name).map(|it| it.overloads.len()).sum()
    }

    /// The methods of a constructor or factory function, one for each overload.
    pub fn constructor_methods(&self, owner: &Owner<'_>, name: &str, overloads: &[Overload]) -> TokenStream {
        let this = &owner.path;
        let methods = overloads.iter().enumerate().map(|(index, it)| {
            let name = overload(name, index);
            if !self.has_method(owner, &name) || !self.overload_usable(it) {
                return TokenStream::new();
            }
            let doc = self.doc(it.span);
            let parameters = self.parameters(it);
            quote! {
                #doc fn #name(
                    cx: &mut JSContext,
                    global: &GlobalScope,
                    proto: Option<HandleObject<'_>>,
                    #(#parameters),*
                ) -> Fallible<DomRoot<#this>>;
            }
        });
        methods.collect()
    }

    /// The constructor in the tables; None if there is none, or it isn't implemented.
    pub fn constructor_function(&self, owner: &Owner<'_>, constructor: &Constructor) -> Option<TokenStream> {
        if constructor.is_html_constructor() {
            let message = "`[HTMLConstructor]` can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, constructor.span, message));
            return None;
        }
        self.construct(owner, "Constructor", &constructor.overloads)
    }

    /// The operation's entry in the tables; None if it isn't implemented.
    pub fn operation_member(&self, owner: &Owner<'_>, operation: &Operation) -> Option<TokenStream> {
        let name = c_str(&operation.name);
        let is_static = operation.is_static || owner.interface.is_none();
        let native = if operation.is_default_to_json() {
            self.default_to_json(owner)
        } else {
            self.operation_native(owner, operation, is_static)?
        };
        let length = Literal::usize_unsuffixed(operation.length());
        let flags = self.flags(owner, &operation.member);
        let as_static = operation.is_static.then(|| quote!(.as_static()));
        Some(quote!(Member::operation(#name, #length, #native) #as_static #flags))
    }

    /// The function of an operation. Overloads that return different types put their results into the place.
    fn operation_native(
        &self,
        owner: &Owner<'_>,
        operation: &Operation,
        is_static: bool,
    ) -> Option<TokenStream> {
        let this = &owner.path;
        let first = &operation.overloads[0].return_type;
        let returns = match operation.overloads.iter().all(|it| it.return_type == *first) {
            true => self.returns(first),
            false if operation.returns_promise() => Returns::Promise,
            false => Returns::ValuePlace,
        };
        let call = |overload: &Overload, name: &proc_macro2::Ident, passed: &[TokenStream]| {
            let own = self.returns(&overload.return_type);
            let place = match own {
                Returns::Value | Returns::Promise => None,
                Returns::ValuePlace => Some(quote!(rval)),
                Returns::ObjectPlace => Some(quote!(object)),
            };
            let passed = passed.iter().chain(&place);
            let call = match is_static {
                true => quote!(#this::#name(cx, global, #(#passed),*)),
                false => quote!(this.#name(cx, #(#passed),*)),
            };
            match own {
                Returns::ObjectPlace => quote!(return_object(cx, rval, |cx, object| #call)),
                Returns::Value if returns == Returns::ValuePlace => {
                    quote!({ let result = #call?; put(cx, rval, result) })
                }
                _ => call,
            }
        };
        let name = (&*operation.name, self.first_overload(owner, operation));
        let body = self.dispatch(owner, name, &operation.overloads, &call)?;
        Some(match (returns, is_static) {
            (Returns::Value, false) => quote!(operation(|cx, this: &#this, args| #body)),
            (Returns::Value, true) => quote!(static_operation::<#this, _, _>(|cx, global, args| #body)),
            (Returns::Promise, false) => quote!(promise_operation(|cx, this: &#this, args| #body)),
            (Returns::Promise, true) => {
                quote!(static_promise_operation::<#this, _>(|cx, global, args| #body))
            }
            (_, false) => quote!(operation_with_rval(|cx, this: &#this, args, rval| #body)),
            (_, true) => quote!(static_operation_with_rval::<#this, _>(|cx, global, args, rval| #body)),
        })
    }

    /// Whether everything that an overload needs is there.
    pub fn overload_usable(&self, overload: &Overload) -> bool {
        self.usable(&overload.return_type)
            && overload.arguments.iter().all(|argument| self.usable(&argument.ty))
    }
}
