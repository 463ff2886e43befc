//! Indexed and named properties: <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::{ident, method};
use super::types::Returns;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Interface, SpecialOperation, Type};

impl Emitter<'_> {
    /// The methods of nameless getters, and those that say which properties there are.
    pub fn legacy_methods(&self, owner: &Owner<'_>, interface: &Interface) -> TokenStream {
        let mut methods = TokenStream::new();
        if let Some(getter) = &interface.indexed.getter
            && getter.member.name.is_empty()
        {
            methods.extend(self.special_method(owner, getter, "IndexedGetter", quote!(index: u32)));
        }
        if let Some(getter) = &interface.named.getter {
            if getter.member.name.is_empty() {
                methods.extend(self.special_method(owner, getter, "NamedGetter", quote!(name: DOMString)));
            }
            let doc = self.doc(getter.member.span);
            if self.has_method(owner, &ident("SupportedPropertyNames")) {
                methods.extend(quote!(#doc fn SupportedPropertyNames(&self) -> Vec<DOMString>;));
            }
        }
        methods
    }

    fn special_method(
        &self,
        owner: &Owner<'_>,
        getter: &SpecialOperation,
        name: &str,
        parameter: TokenStream,
    ) -> TokenStream {
        let name = ident(name);
        if !self.has_method(owner, &name) {
            return TokenStream::new();
        }
        let (doc, ty) = (self.doc(getter.member.span), self.nested(&getter.overload.return_type));
        quote!(#doc fn #name(&self, cx: &mut JSContext, #parameter) -> Fallible<#ty>;)
    }

    /// The field of the tables.
    pub fn legacy_field(&self, owner: &Owner<'_>, interface: &Interface) -> Option<TokenStream> {
        if !interface.is_legacy_platform_object() {
            return None;
        }
        let setters = [&interface.indexed.setter, &interface.named.setter, &interface.named.deleter];
        for special in setters.into_iter().flatten() {
            let message = "setters and deleters of indexed and named properties can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, special.member.span, message));
        }
        let this = &owner.path;
        let mut calls = TokenStream::new();
        if let Some(getter) = &interface.indexed.getter {
            let method = self.special_name(owner, getter, "IndexedGetter")?;
            let value = some_if_present(&getter.overload.return_type, quote!(this.#method(cx, index)?));
            let length = match interface.attribute("length") {
                Some(_) if self.has_method(owner, &ident("Length")) => quote!(this.Length()),
                _ => quote!(0),
            };
            calls.extend(quote! {
                .indexed(|_, this: &#this| #length, |cx, this: &#this, index| Ok(#value))
            });
        }
        if let Some(getter) = &interface.named.getter {
            let method = self.special_name(owner, getter, "NamedGetter")?;
            let value = some_if_present(&getter.overload.return_type, quote!(this.#method(cx, name)?));
            let override_built_ins = interface.overrides_built_ins();
            let enumerable = !interface.has_unenumerable_named_properties();
            calls.extend(quote! {
                .named(
                    |_, this: &#this| this.SupportedPropertyNames(),
                    |cx, this: &#this, name| Ok(#value),
                    #override_built_ins,
                    #enumerable,
                )
            });
        }
        Some(quote!(proxy: Some(&const { LegacyProperties::new() #calls }),))
    }

    fn special_name(&self, owner: &Owner<'_>, getter: &SpecialOperation, nameless: &str) -> Option<Ident> {
        if self.returns(&getter.overload.return_type) != Returns::Value {
            let message = "getters of this type can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, getter.member.span, message));
            return None;
        }
        let name = if getter.member.name.is_empty() { ident(nameless) } else { method(&getter.member.name) };
        if !self.has_method(owner, &name) {
            self.missing(owner, &name);
            return None;
        }
        Some(name)
    }
}

/// A getter's result as an option: null stands for no property only where the type is nullable.
fn some_if_present(ty: &Type, value: TokenStream) -> TokenStream {
    if ty.is_nullable() { value } else { quote!(Some(#value)) }
}
