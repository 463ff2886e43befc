//! Operations and constructors: <https://webidl.spec.whatwg.org/#js-operations>.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::{c_str, overload};
use super::types::Returns;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Constructor, Operation, Overload, Type};

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

    /// The methods of a constructor, one for each overload.
    pub fn constructor_methods(&self, owner: &Owner<'_>, constructor: &Constructor) -> TokenStream {
        let this = &owner.path;
        let methods = constructor.overloads.iter().enumerate().map(|(index, it)| {
            let name = overload("Constructor", index);
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
        let this = &owner.path;
        if constructor.is_html_constructor() {
            let message = "`[HTMLConstructor]` can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, constructor.span, message));
            return None;
        }
        let body = self.dispatch(
            owner,
            ("Constructor", 0),
            &constructor.overloads,
            &|name, passed| quote!(#this::#name(cx, global, proto, #(#passed),*)),
        )?;
        let length = Literal::usize_unsuffixed(constructor.length());
        Some(quote!(FunctionSpec::new(#length, constructor(|cx, global, proto, args| #body))))
    }

    /// The operation's entry in the tables; None if it isn't implemented.
    pub fn operation_member(&self, owner: &Owner<'_>, operation: &Operation) -> Option<TokenStream> {
        let (this, name) = (&owner.path, c_str(&operation.name));
        let is_static = operation.is_static || owner.interface.is_none();
        let returns = self.returns(&operation.overloads[0].return_type);
        if operation.overloads.iter().any(|it| self.returns(&it.return_type) != returns) {
            let message = "overloads that return such different types can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, operation.span, message));
            return None;
        }
        let native = if operation.is_default_to_json() {
            self.default_to_json(owner)
        } else {
            let call = |name: &proc_macro2::Ident, passed: &[TokenStream]| {
                let place = match returns {
                    Returns::Value | Returns::Promise => None,
                    Returns::ValuePlace => Some(quote!(rval)),
                    Returns::ObjectPlace => Some(quote!(object)),
                };
                let passed = passed.iter().chain(&place);
                let call = if is_static {
                    quote!(#this::#name(cx, global, #(#passed),*))
                } else {
                    quote!(this.#name(cx, #(#passed),*))
                };
                match returns {
                    Returns::ObjectPlace => quote!(return_object(cx, rval, |cx, object| #call)),
                    _ => call,
                }
            };
            let name = (&*operation.name, self.first_overload(owner, operation));
            let body = self.dispatch(owner, name, &operation.overloads, &call)?;
            let many = self.result_differs(&operation.overloads);
            if many {
                let message = "overloads that return different types can't be generated yet";
                self.error(Diagnostic::new(Kind::Unsupported, operation.span, message));
                return None;
            }
            match (returns, is_static) {
                (Returns::Value, false) => quote!(operation(|cx, this: &#this, args| #body)),
                (Returns::Value, true) => quote!(static_operation::<#this, _, _>(|cx, global, args| #body)),
                (Returns::Promise, false) => quote!(promise_operation(|cx, this: &#this, args| #body)),
                (Returns::Promise, true) => {
                    quote!(static_promise_operation::<#this, _>(|cx, global, args| #body))
                }
                (_, false) => quote!(operation_with_rval(|cx, this: &#this, args, rval| #body)),
                (_, true) => quote!(static_operation_with_rval::<#this, _>(|cx, global, args, rval| #body)),
            }
        };
        let length = Literal::usize_unsuffixed(operation.length());
        let flags = self.flags(owner, &operation.member);
        let as_static = operation.is_static.then(|| quote!(.as_static()));
        Some(quote!(Member::operation(#name, #length, #native) #as_static #flags))
    }

    fn result_differs(&self, overloads: &[Overload]) -> bool {
        overloads.iter().any(|it| {
            let (a, b) = (&it.return_type, &overloads[0].return_type);
            a != b && self.returns(a) == Returns::Value
        })
    }

    /// Whether everything that an overload needs is there.
    pub fn overload_usable(&self, overload: &Overload) -> bool {
        self.usable(&overload.return_type)
            && overload.arguments.iter().all(|argument| self.usable(&argument.ty))
    }

    /// <https://webidl.spec.whatwg.org/#default-tojson-steps>
    fn default_to_json(&self, owner: &Owner<'_>) -> TokenStream {
        let this = &owner.path;
        let Some(interface) = owner.interface else { return TokenStream::new() };
        let mut chain: Vec<_> = self.model.ancestry(interface).collect();
        chain.reverse();
        let mut sets = TokenStream::new();
        for ancestor in chain {
            let interface = &self.model[ancestor];
            // The attributes of those interfaces alone that have a default toJSON() themselves.
            if !interface.operation("toJSON").is_some_and(Operation::is_default_to_json) {
                continue;
            }
            for attribute in interface.attributes.iter().filter(|it| !it.is_static && is_json_type(&it.ty)) {
                let (name, getter) = (c_str(&attribute.name), super::attributes::getter_name(attribute));
                let owner = self.owner(ancestor);
                if !self.has_method(&owner, &getter) {
                    continue;
                }
                let cx = self.getter_has_cx(&attribute.ty).then(|| quote!(cx));
                sets.extend(quote! {
                    let value = this.#getter(#cx);
                    set_property(cx, object, #name, &value);
                });
            }
        }
        quote!(operation_with_rval(|cx, this: &#this, args, rval| to_json(cx, rval, |cx, object| { #sets })))
    }
}

/// <https://webidl.spec.whatwg.org/#dfn-json-types>, so far as attributes have them here.
fn is_json_type(ty: &Type) -> bool {
    match ty {
        Type::Boolean | Type::Integer(_) | Type::Float(_) | Type::String(_) | Type::Enumeration(_) => true,
        Type::Nullable(inner) | Type::Sequence(inner) => is_json_type(inner),
        _ => false,
    }
}
