//! Indexed and named properties: <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Emitter;
use super::interfaces::Owner;
use super::names::{ident, method};
use super::types::Returns;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Interface, InterfaceId, NamedProperties, SpecialOperation, Type};

const NAMES: &str = "SupportedPropertyNames";
const INDICES: &str = "SupportedPropertyIndices";

/// A special operation: its method, and what the method is passed before a setter's value.
struct Special<'a> {
    operation: &'a SpecialOperation,
    method: Ident,
    key: TokenStream,
}

impl<'a> Special<'a> {
    /// `nameless` is the method's name if the operation has none.
    fn new(operation: &'a SpecialOperation, nameless: &str, key: TokenStream) -> Special<'a> {
        let name = &operation.member.name;
        let method = if name.is_empty() { ident(nameless) } else { method(name) };
        Special { operation, method, key }
    }

    fn of(interface: &'a Interface) -> Vec<Special<'a>> {
        let (index, name) = (quote!(index: u32), quote!(name: DOMString));
        let (indexed, named) = (&interface.indexed, &interface.named);
        let all = [
            (&indexed.getter, "IndexedGetter", &index),
            (&indexed.setter, "IndexedSetter", &index),
            (&named.getter, "NamedGetter", &name),
            (&named.setter, "NamedSetter", &name),
            (&named.deleter, "NamedDeleter", &name),
        ];
        let all = all.into_iter().filter_map(|(operation, nameless, key)| {
            Some(Special::new(operation.as_ref()?, nameless, key.clone()))
        });
        all.collect()
    }
}

impl Emitter<'_> {
    /// The methods of nameless special operations, and those that say which properties there are.
    pub fn legacy_methods(&self, owner: &Owner<'_>, interface: &Interface) -> TokenStream {
        let mut methods = TokenStream::new();
        for special in Special::of(interface) {
            if special.operation.member.name.is_empty() && self.has_method(owner, &special.method) {
                methods.extend(self.special_method(&special));
            }
        }
        let counts = [
            (&interface.indexed.getter, INDICES, quote!(u32)),
            (&interface.named.getter, NAMES, quote!(Vec<DOMString>)),
        ];
        for (getter, name, ty) in counts {
            let name = ident(name);
            // The getter of a global says it itself.
            let getter = getter.as_ref().filter(|_| !interface.is_global());
            if let Some(getter) = getter.filter(|_| self.has_method(owner, &name)) {
                let doc = self.doc(getter.member.span);
                methods.extend(quote!(#doc fn #name(&self) -> #ty;));
            }
        }
        // What `length` says needs no method of its own.
        methods
    }

    fn special_method(&self, special: &Special<'_>) -> TokenStream {
        let (doc, name, key) = (self.doc(special.operation.member.span), &special.method, &special.key);
        let overload = &special.operation.overload;
        let value = overload.arguments.get(1).map(|argument| {
            let ty = self.parameter(&argument.ty, false);
            quote!(, value: #ty)
        });
        let (place, result) = self.result(&overload.return_type);
        let (place, result) = (place.map(|place| quote!(, #place)), result.unwrap_or(quote!(())));
        quote!(#doc fn #name(&self, cx: &mut JSContext, #key #value #place) -> Fallible<#result>;)
    }

    /// The field of the tables: what the interface and those that it inherits from declare.
    pub fn legacy_field(&self, id: InterfaceId) -> Option<TokenStream> {
        if !self.model.is_legacy_platform_object(id) {
            return self.model[id].is_global().then(|| self.named_properties_field(id)).flatten();
        }
        let mut calls = TokenStream::new();
        if let Some((owner, getter)) = self.special(id, |it| &it.indexed, |it| &it.getter, "IndexedGetter") {
            let (this, length) = (&owner.path, self.supported_indices(&owner)?);
            let getter = self.special_getter(&owner, &getter, quote!(index))?;
            calls.extend(quote!(.indexed(|this: &#this| #length, #getter)));
        }
        if let Some((owner, setter)) = self.special(id, |it| &it.indexed, |it| &it.setter, "IndexedSetter") {
            let setter = self.special_setter(&owner, &setter, quote!(index))?;
            calls.extend(quote!(.indexed_setter(#setter)));
        }
        if let Some((owner, getter)) = self.special(id, |it| &it.named, |it| &it.getter, "NamedGetter") {
            let (this, names) = (&owner.path, ident(NAMES));
            if !self.has_method(&owner, &names) {
                self.missing(&owner, &names);
                return None;
            }
            let getter = self.special_getter(&owner, &getter, quote!(name))?;
            let is = |test: fn(&Interface) -> bool| self.model.ancestry(id).any(|id| test(&self.model[id]));
            let override_built_ins = is(Interface::overrides_built_ins);
            let enumerable = !is(Interface::has_unenumerable_named_properties);
            calls.extend(quote! {
                .named(|this: &#this| this.#names(), #getter, #override_built_ins, #enumerable)
            });
        }
        if let Some((owner, setter)) = self.special(id, |it| &it.named, |it| &it.setter, "NamedSetter") {
            let setter = self.special_setter(&owner, &setter, quote!(name))?;
            calls.extend(quote!(.named_setter(#setter)));
        }
        if let Some((owner, deleter)) = self.special(id, |it| &it.named, |it| &it.deleter, "NamedDeleter") {
            let (this, method) = (&owner.path, self.special_name(&owner, &deleter)?);
            let call = quote!(this.#method(cx, name));
            let call = match deleter.operation.overload.return_type {
                Type::Boolean => call,
                _ => quote!(#call.map(|_| true)),
            };
            calls.extend(quote!(.named_deleter(|cx, this: &#this, name| #call)));
        }
        Some(quote!(proxy: Some(&const { LegacyProperties::new() #calls }),))
    }

    /// The named properties of a global: <https://webidl.spec.whatwg.org/#named-properties-object>.
    fn named_properties_field(&self, id: InterfaceId) -> Option<TokenStream> {
        let (owner, named) = (self.owner(id), &self.model[id].named);
        let getter = named.getter.as_ref()?;
        let special = Special::new(getter, "NamedGetter", TokenStream::new());
        let (this, method) = (&owner.path, self.special_name(&owner, &special)?);
        let ty = &getter.overload.return_type;
        let body = match self.returns(ty) {
            Returns::Value if ty.is_nullable() => {
                quote!({ let value = this.#method(cx, name)?; put_some(cx, rval, value) })
            }
            Returns::ObjectPlace => {
                quote!(put_some_object(cx, rval, |cx, object| this.#method(cx, name, object)))
            }
            _ => {
                let message = "the named getter of a global has to return objects, or what is nullable";
                self.error(Diagnostic::new(Kind::Unsupported, getter.member.span, message));
                return None;
            }
        };
        for other in [&named.setter, &named.deleter].into_iter().flatten() {
            let message = "the named properties of a global can only be read";
            self.error(Diagnostic::new(Kind::Unsupported, other.member.span, message));
        }
        let enumerable = !self.model[id].has_unenumerable_named_properties();
        Some(quote! {
            named_properties:
                Some(&const { NamedProperties::new(|cx, this: &#this, name, rval| #body, #enumerable) }),
        })
    }

    /// The nearest declaration of a special operation, and whose it is.
    fn special(
        &self,
        id: InterfaceId,
        properties: fn(&Interface) -> &NamedProperties,
        operation: fn(&NamedProperties) -> &Option<SpecialOperation>,
        nameless: &str,
    ) -> Option<(Owner<'_>, Special<'_>)> {
        self.model.ancestry(id).find_map(|id| {
            let operation = operation(properties(&self.model[id])).as_ref()?;
            Some((self.owner(id), Special::new(operation, nameless, TokenStream::new())))
        })
    }

    /// How many indexed properties there are: what `length` says, or a method where there is no such attribute.
    fn supported_indices(&self, owner: &Owner<'_>) -> Option<TokenStream> {
        let interface = &self.model[owner.interface?];
        let method = match interface.attribute("length") {
            Some(length) if matches!(length.ty, Type::Integer(_)) => ident("Length"),
            _ => ident(INDICES),
        };
        if !self.has_method(owner, &method) {
            self.missing(owner, &method);
            return None;
        }
        Some(quote!(this.#method()))
    }

    /// Puts the value of a property into the place, true if there is one. Null stands for no property only where the
    /// type is nullable.
    fn special_getter(
        &self,
        owner: &Owner<'_>,
        getter: &Special<'_>,
        key: TokenStream,
    ) -> Option<TokenStream> {
        let (this, method) = (&owner.path, self.special_name(owner, getter)?);
        let ty = &getter.operation.overload.return_type;
        let body = match self.returns(ty) {
            Returns::Value if ty.is_nullable() => {
                quote!({ let value = this.#method(cx, #key)?; put_some(cx, rval, value) })
            }
            Returns::Value | Returns::Promise => {
                quote!({ let value = this.#method(cx, #key)?; put_some(cx, rval, Some(value)) })
            }
            Returns::ValuePlace => quote!(this.#method(cx, #key, rval).map(|()| true)),
            Returns::ObjectPlace => {
                let call = quote!(this.#method(cx, #key, object));
                quote!(return_object(cx, rval, |cx, object| #call).map(|()| true))
            }
        };
        Some(quote!(|cx, this: &#this, #key, rval| #body))
    }

    fn special_setter(
        &self,
        owner: &Owner<'_>,
        setter: &Special<'_>,
        key: TokenStream,
    ) -> Option<TokenStream> {
        let (this, method) = (&owner.path, self.special_name(owner, setter)?);
        let overload = &setter.operation.overload;
        if self.returns(&overload.return_type) != Returns::Value {
            let message = "setters that return such a type can't be generated";
            self.error(Diagnostic::new(Kind::Unsupported, setter.operation.member.span, message));
            return None;
        }
        let ty = &overload.arguments.get(1)?.ty;
        let (conversion, value) = (self.conversion(ty), self.pass(&quote!(value), ty, false));
        Some(quote! {
            |cx, this: &#this, #key, value| {
                let value = <#conversion>::from_js(cx, value)?;
                this.#method(cx, #key, #value).map(|_| ())
            }
        })
    }

    fn special_name(&self, owner: &Owner<'_>, special: &Special<'_>) -> Option<Ident> {
        if !self.has_method(owner, &special.method) {
            self.missing(owner, &special.method);
            return None;
        }
        Some(special.method.clone())
    }
}
