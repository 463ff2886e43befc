//! Macros for the structs of the DOM.
//!
//! What they write refers to `crate::webidl`, so that they only work in the crate `script`.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, ItemStruct, parse_macro_input, parse_quote};

/// Tracing of all fields but those marked `#[no_trace]`, which must hold nothing of JavaScript.
#[proc_macro_derive(JSTraceable, attributes(no_trace))]
pub fn derive_js_traceable(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    traceable(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn traceable(input: &DeriveInput) -> syn::Result<TokenStream2> {
    let body = match &input.data {
        Data::Struct(data) => {
            let (pattern, trace) = fields(&data.fields);
            quote!(let Self #pattern = self; #trace)
        }
        Data::Enum(data) => {
            let arms = data.variants.iter().map(|variant| {
                let name = &variant.ident;
                let (pattern, trace) = fields(&variant.fields);
                quote!(Self::#name #pattern => { #trace })
            });
            quote!(match self { #(#arms)* })
        }
        Data::Union(data) => return Err(Error::new(data.union_token.span(), "a union can't be traced")),
    };
    let name = &input.ident;
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(crate::webidl::JSTraceable));
    }
    let (parameters, arguments, conditions) = generics.split_for_impl();
    Ok(quote! {
        // SAFETY: every field is traced, but for those that were said to hold nothing to trace.
        #[allow(unsafe_code, unused_variables, clippy::let_unit_value)]
        unsafe impl #parameters crate::webidl::JSTraceable for #name #arguments #conditions {
            unsafe fn trace(&self, tracer: *mut crate::webidl::JSTracer) {
                #body
            }
        }
    })
}

/// A pattern that binds the fields to trace, and the code that traces them.
fn fields(fields: &Fields) -> (TokenStream2, TokenStream2) {
    let mut names = Vec::new();
    let mut trace = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        if field.attrs.iter().any(|attribute| attribute.path().is_ident("no_trace")) {
            continue;
        }
        let binding = format_ident!("field_{}", index);
        let member = match &field.ident {
            Some(name) => quote!(#name),
            None => {
                let index = syn::Index::from(index);
                quote!(#index)
            }
        };
        names.push(quote!(#member: #binding));
        trace.push(quote!(unsafe { crate::webidl::JSTraceable::trace(#binding, tracer) };));
    }
    (quote!({ #(#names,)* .. }), quote!(#(#trace)*))
}

/// A struct that the objects of an interface are made with. Its first field is the parent interface's struct, or the
/// [`Reflector`](../script/webidl/struct.Reflector.html).
#[proc_macro_attribute]
pub fn dom_struct(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let mut input = parse_macro_input!(input as ItemStruct);
    if !arguments.is_empty() {
        let arguments = TokenStream2::from(arguments);
        return Error::new(arguments.span(), "dom_struct takes no arguments").into_compile_error().into();
    }
    dom_object(&mut input).unwrap_or_else(Error::into_compile_error).into()
}

fn dom_object(input: &mut ItemStruct) -> syn::Result<TokenStream2> {
    if !input.generics.params.is_empty() {
        return Err(Error::new(input.generics.span(), "a DOM struct has no parameters"));
    }
    let Some(first) = input.fields.iter().next() else {
        return Err(Error::new(
            input.span(),
            "the first field has to be the reflector or the parent's struct",
        ));
    };
    let parent = first.ty.clone();
    let parent_field = first.ident.clone();
    let Some(parent_field) = parent_field else {
        return Err(Error::new(first.span(), "a DOM struct's fields have names"));
    };
    input.attrs.push(parse_quote!(#[derive(crate::webidl::JSTraceable)]));
    input.attrs.push(parse_quote!(#[repr(C)]));
    let name = &input.ident;
    Ok(quote! {
        #input

        // SAFETY: `repr(C)`, and the first field is a DOM struct or a reflector.
        #[allow(unsafe_code)]
        unsafe impl crate::webidl::DomObject for #name {
            fn reflector(&self) -> &crate::webidl::Reflector {
                crate::webidl::DomObject::reflector(&self.#parent_field)
            }
        }

        // SAFETY: as above.
        #[allow(unsafe_code)]
        unsafe impl crate::webidl::HasParent for #name {
            type Parent = #parent;
        }

        // SAFETY: it is itself.
        #[allow(unsafe_code)]
        unsafe impl crate::webidl::DerivedFrom<#name> for #name {}

        impl crate::webidl::ToJSValConvertible for #name {
            fn to_jsval(&self, _: &mut crate::webidl::JSContext, mut rval: crate::webidl::MutableHandleValue<'_>) {
                rval.set(crate::webidl::object_value(crate::webidl::DomObject::reflector(self).script_object()));
            }
        }
    })
}

/// Marks the unit struct that implements a namespace's methods, for the build to find.
#[proc_macro_attribute]
pub fn dom_namespace(_: TokenStream, input: TokenStream) -> TokenStream {
    input
}
