//! Callback functions and callback interfaces: <https://webidl.spec.whatwg.org/#js-callback-function>.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::names::{c_str, ident, snake};
use crate::model::{Argument, Callback, CallbackInterface, Type};

impl Emitter<'_> {
    /// The type of a callback function.
    pub fn callback(&self, callback: &Callback) -> TokenStream {
        let (doc, name) = (self.doc(callback.span), ident(&callback.name));
        let convert = if callback.treats_non_object_as_null() { quote!(object) } else { quote!(function) };
        let calls = self.calls(&callback.arguments, &callback.return_type, None);
        quote! {
            #doc
            #[derive(Clone)]
            pub struct #name(CallbackObject);
            callback_type!(#name, #convert);
            impl #name { #calls }
        }
    }

    /// The type of a callback interface.
    pub fn callback_interface(&self, interface: &CallbackInterface) -> TokenStream {
        let (doc, name) = (self.doc(interface.span), ident(&interface.name));
        let operation = &interface.operation;
        let overload = &operation.overloads[0];
        let calls = self.calls(&overload.arguments, &overload.return_type, Some(&operation.name));
        quote! {
            #doc
            #[derive(Clone)]
            pub struct #name(CallbackObject);
            callback_type!(#name, object);
            impl #name { #calls }
        }
    }

    /// The object that a callback interface has if it has constants:
    /// <https://webidl.spec.whatwg.org/#legacy-callback-interface-object>.
    pub fn callback_interface_object(&self, interface: &CallbackInterface) -> Option<TokenStream> {
        let owner = self.callback_interface_owner(interface);
        let constants: Vec<_> =
            interface.constants.iter().map(|constant| self.constant_member(&owner, constant)).collect();
        if constants.is_empty() {
            return None;
        }
        let name = c_str(&interface.name);
        let security =
            [interface.extended.has("SecureContext"), interface.extended.has("CrossOriginIsolated")];
        let exposure = self.exposure(&interface.name, &interface.exposure, security);
        Some(quote! {
            CallbackInterfaceSpec { name: #name, exposure: #exposure, constants: &[#(#constants),*] }
        })
    }

    fn calls(&self, arguments: &[Argument], result: &Type, operation: Option<&str>) -> TokenStream {
        let usable = self.usable(result) && arguments.iter().all(|argument| self.usable(&argument.ty));
        if !usable {
            return TokenStream::new();
        }
        let names: Vec<_> = arguments.iter().map(|argument| snake(&argument.name)).collect();
        let parameters = arguments.iter().zip(&names).map(|(argument, name)| {
            let ty = match &argument.ty {
                _ if argument.variadic => {
                    let element = self.nested(&argument.ty);
                    quote!(&[#element])
                }
                Type::Object => quote!(&RootedObject),
                ty => self.parameter(ty, false),
            };
            quote!(#name: #ty)
        });
        let parameters: Vec<_> = parameters.collect();
        let fixed =
            arguments.iter().zip(&names).filter(|(argument, _)| !argument.variadic).map(|(_, name)| name);
        let values = match arguments.last() {
            Some(last) if last.variadic => {
                let rest = snake(&last.name);
                quote!(&callback_arguments(&[#(&#fixed),*], #rest))
            }
            _ => quote!(&[#(&#fixed),*]),
        };
        let operation = match operation {
            Some(operation) => {
                let operation = c_str(operation);
                quote!(Some(#operation))
            }
            None => quote!(None),
        };
        if let Type::Promise(_) = result {
            return quote! {
                pub fn call(&self, cx: &mut JSContext, this: HandleValue<'_>, #(#parameters),*) -> Promise {
                    self.0.call_for_promise(cx, this, #operation, #values)
                }
            };
        }
        let (conversion, ty) = (self.conversion(result), self.nested(result));
        let (call, report) = (quote!(call), quote!(call_and_report));
        quote! {
            pub fn #call(&self, cx: &mut JSContext, this: HandleValue<'_>, #(#parameters),*) -> Fallible<#ty> {
                self.0.call::<#conversion>(cx, this, #operation, #values)
            }
            pub fn #report(&self, cx: &mut JSContext, this: HandleValue<'_>, #(#parameters),*) -> Option<#ty> {
                let result = self.call(cx, this, #(#names),*);
                self.0.report(cx, result)
            }
        }
    }
}
