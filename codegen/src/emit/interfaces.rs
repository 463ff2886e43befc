//! Interfaces: the trait that DOM code implements, and the tables (<https://webidl.spec.whatwg.org/#js-interfaces>).

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::names::{c_str, constant, ident};
use crate::model::{Constant, Exposure, Interface, InterfaceId, Member, Stringifier};

/// What members belong to.
pub struct Owner<'a> {
    /// The struct.
    pub path: Ident,
    /// The trait.
    pub methods: Ident,
    /// Its name in IDL.
    pub name: &'a str,
    /// The interface; None for a namespace.
    pub interface: Option<InterfaceId>,
    /// Where it is exposed.
    pub exposure: &'a Exposure,
}

impl Emitter<'_> {
    /// Whether a member is exposed anywhere: one of a mixin may not be, in this interface.
    pub fn exposed(&self, member: &Member) -> bool {
        !member.exposure.globals.is_empty()
    }

    /// An interface as an owner of members.
    pub fn owner(&self, id: InterfaceId) -> Owner<'_> {
        let interface = &self.model[id];
        Owner {
            path: ident(&interface.name),
            methods: format_ident!("{}Methods", interface.name),
            name: &interface.name,
            interface: Some(id),
            exposure: &interface.exposure,
        }
    }

    /// Whether objects of an interface are neither globals nor proxies.
    pub fn is_plain(&self, id: InterfaceId) -> bool {
        !self.model[id].is_global() && !self.model.is_legacy_platform_object(id)
    }

    /// Whether that is so for the interfaces that inherit from it, too.
    pub fn has_plain_objects(&self, id: InterfaceId) -> bool {
        self.model.interfaces().all(|(derived, _)| !self.model.is_a(derived, id) || self.is_plain(derived))
    }

    /// The trait of an interface.
    pub fn interface_trait(&self, id: InterfaceId) -> TokenStream {
        let (interface, owner) = (&self.model[id], self.owner(id));
        let mut methods = TokenStream::new();
        if let Some(constructor) = &interface.constructor {
            methods.extend(self.constructor_methods(&owner, "Constructor", &constructor.overloads));
        }
        for function in &interface.legacy_factory_functions {
            methods.extend(self.constructor_methods(&owner, &function.name, &function.overloads));
        }
        for attribute in interface.attributes.iter().filter(|it| self.exposed(it) && self.usable(&it.ty)) {
            methods.extend(self.attribute_methods(&owner, attribute));
        }
        for operation in interface.operations.iter().filter(|it| self.exposed(it)) {
            methods.extend(self.operation_methods(&owner, operation));
        }
        methods.extend(self.stringifier_method(&owner, interface));
        methods.extend(self.iterable_method(&owner, interface));
        methods.extend(self.async_iterable_method(&owner, interface));
        methods.extend(self.collection_method(&owner, interface));
        methods.extend(self.legacy_methods(&owner, interface));
        let (doc, name) = (self.doc(interface.span), &owner.methods);
        quote!(#doc pub trait #name { #methods })
    }

    /// The tables of an interface.
    pub fn interface_tables(&self, id: InterfaceId) -> TokenStream {
        let (interface, owner) = (&self.model[id], self.owner(id));
        let this = &owner.path;
        let mut fields = TokenStream::new();
        if let Some(parent) = interface.parent {
            let parent = ident(&self.model[parent].name);
            fields.extend(quote!(parent: Some(#parent::SPEC),));
        }
        let constructor = interface.constructor.as_ref().and_then(|it| self.constructor_function(&owner, it));
        if let Some(constructor) = constructor {
            fields.extend(quote!(constructor: Some(#constructor),));
        }
        let mut members: Vec<TokenStream> =
            interface.constants.iter().map(|constant| self.constant_member(&owner, constant)).collect();
        let attributes = interface.attributes.iter().filter(|it| self.exposed(it));
        members.extend(attributes.filter_map(|it| self.attribute_member(&owner, it)));
        let operations = interface.operations.iter().filter(|it| self.exposed(it));
        members.extend(operations.filter_map(|it| self.operation_member(&owner, it)));
        members.extend(self.stringifier_member(&owner, interface));
        fields.extend(self.legacy_factory_functions(&owner, interface));
        if let Some(namespace) = interface.legacy_namespace {
            let namespace = c_str(&self.model[namespace].name);
            fields.extend(quote!(namespace: Some(#namespace),));
        }
        if !members.is_empty() {
            fields.extend(quote!(members: &[#(#members),*],));
        }
        fields.extend(self.iterable_field(&owner, interface));
        fields.extend(self.async_iterable_field(&owner, interface));
        fields.extend(self.collection_field(&owner, interface));
        fields.extend(self.legacy_field(id));
        fields.extend(self.structured_fields(interface));
        if interface.is_global() {
            let bit = self.bit(id);
            fields.extend(quote!(global: #bit, world: Some(&WORLD),));
        }
        let makes_globals = self.model.globals().any(|(global, _)| self.model.is_a(global, id));
        if makes_globals {
            fields.extend(quote!(immutable_prototype: true,));
        }
        if interface.has_no_interface_object() {
            fields.extend(quote!(no_interface_object: true,));
        }
        if interface.name == "DOMException" {
            fields.extend(quote!(error: true,));
        }
        let aliases: Vec<_> = interface.window_aliases().iter().map(|alias| c_str(alias)).collect();
        if !aliases.is_empty() {
            fields.extend(quote!(aliases: &[#(#aliases),*],));
        }

        let (name, spec) = (c_str(&interface.name), ident(&constant(&interface.name)));
        let (number, doc) = (self.number(id), self.doc(interface.span));
        let security = [interface.secure_context, interface.cross_origin_isolated];
        let exposure = self.exposure(&interface.name, &interface.exposure, security);
        let mut chain: Vec<_> = self.model.ancestry(id).collect();
        chain.reverse();
        let depth = Literal::usize_unsuffixed(chain.len() - 1);
        let numbers = chain.iter().map(|id| self.number(*id));
        let ancestors = chain.iter().rev().skip(1).map(|id| ident(&self.model[*id].name));
        let class = if interface.is_global() {
            format_ident!("global")
        } else if self.is_plain(id) {
            format_ident!("plain")
        } else {
            format_ident!("proxy")
        };
        let cached = Some(self.cached_values(id)).filter(|it| *it > 0).map(|count| {
            let count = Literal::usize_unsuffixed(count);
            quote!(, #count)
        });
        quote! {
            #doc
            static #spec: InterfaceSpec =
                InterfaceSpec { #fields ..InterfaceSpec::new(#name, #number, #exposure) };
            interface_type!(#this, #name, #spec, #class, #depth, [#(#numbers),*], [#(#ancestors),*] #cached);
        }
    }

    /// A constant's entry in the tables.
    pub fn constant_member(&self, owner: &Owner<'_>, constant: &Constant) -> TokenStream {
        let (name, value) = (c_str(&constant.name), self.constant_value(constant.value));
        let flags = self.flags(owner, &constant.member);
        quote!(Member::constant(#name, #value) #flags)
    }

    /// The rest of a member's entry: what is not as on most.
    pub fn flags(&self, owner: &Owner<'_>, member: &Member) -> TokenStream {
        let mut flags = TokenStream::new();
        if member.exposure != *owner.exposure {
            let bits = self.bits(&member.exposure);
            flags.extend(quote!(.exposed(#bits)));
        }
        let name = format!("{}.{}", owner.name, member.name);
        flags.extend(self.conditions(&name, [member.secure_context, member.cross_origin_isolated]));
        if member.is_unforgeable() {
            flags.extend(quote!(.unforgeable()));
        }
        if member.is_unscopable() {
            flags.extend(quote!(.unscopable()));
        }
        flags
    }

    fn stringifier_method(&self, owner: &Owner<'_>, interface: &Interface) -> TokenStream {
        let Some(Stringifier::Behavior(member)) = &interface.stringifier else { return TokenStream::new() };
        if !self.has_method(owner, &ident("Stringifier")) {
            return TokenStream::new();
        }
        let doc = self.doc(member.span);
        quote!(#doc fn Stringifier(&self, cx: &mut JSContext) -> Fallible<DOMString>;)
    }

    /// <https://webidl.spec.whatwg.org/#js-stringifier>
    fn stringifier_member(&self, owner: &Owner<'_>, interface: &Interface) -> Option<TokenStream> {
        let this = &owner.path;
        let (member, native) = match interface.stringifier.as_ref()? {
            Stringifier::Behavior(member) => {
                let method = ident("Stringifier");
                if !self.has_method(owner, &method) {
                    self.missing(owner, &method);
                    return None;
                }
                (member, quote!(operation(|cx, this: &#this, _| this.Stringifier(cx))))
            }
            Stringifier::Attribute(name) => {
                let attribute = interface.attribute(name)?;
                let getter = self.getter_method(owner, attribute);
                if !self.has_method(owner, &getter) {
                    return None;
                }
                let cx = self.getter_has_cx(&attribute.ty).then(|| quote!(cx));
                (&attribute.member, quote!(operation(|cx, this: &#this, _| Ok(this.#getter(#cx)))))
            }
            // A named operation whose result is the string.
            Stringifier::Operation(name) => {
                let operation = interface.operation(name)?;
                let method = super::names::method(name);
                if !self.has_method(owner, &method) {
                    return None;
                }
                (&operation.member, quote!(operation(|cx, this: &#this, _| this.#method(cx))))
            }
        };
        let flags = self.flags(owner, member);
        Some(quote!(Member::operation(c"toString", 0, #native) #flags))
    }
}
