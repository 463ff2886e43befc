//! Interfaces: the trait that DOM code implements, and the tables (<https://webidl.spec.whatwg.org/#js-interfaces>).

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::names::{c_str, constant, ident};
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Constant, Exposure, Interface, InterfaceId, Member, Namespace, Stringifier};
use crate::source::Span;

/// What members belong to.
pub struct Owner<'a> {
    /// The struct.
    pub path: Ident,
    /// The trait.
    pub methods: Ident,
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
            interface: Some(id),
            exposure: &interface.exposure,
        }
    }

    /// The trait of an interface.
    pub fn interface_trait(&self, id: InterfaceId) -> TokenStream {
        let (interface, owner) = (&self.model[id], self.owner(id));
        let mut methods = TokenStream::new();
        if let Some(constructor) = &interface.constructor {
            methods.extend(self.constructor_methods(&owner, constructor));
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
        methods.extend(self.legacy_methods(&owner, interface));
        let (doc, name) = (self.doc(interface.span), &owner.methods);
        quote!(#doc pub trait #name { #methods })
    }

    /// The tables of an interface.
    pub fn interface_tables(&self, id: InterfaceId) -> TokenStream {
        let (interface, owner) = (&self.model[id], self.owner(id));
        self.refuse_unsupported(interface);
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
        if !members.is_empty() {
            fields.extend(quote!(members: &[#(#members),*],));
        }
        fields.extend(self.iterable_field(&owner, interface));
        fields.extend(self.async_iterable_field(&owner, interface));
        fields.extend(self.legacy_field(&owner, interface));
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
        let exposure = self.exposure(&interface.exposure, interface.secure_context);
        let mut chain: Vec<_> = self.model.ancestry(id).collect();
        chain.reverse();
        let depth = Literal::usize_unsuffixed(chain.len() - 1);
        let numbers = chain.iter().map(|id| self.number(*id));
        let ancestors = chain.iter().rev().skip(1).map(|id| ident(&self.model[*id].name));
        let class = if interface.is_global() {
            format_ident!("global")
        } else if interface.is_legacy_platform_object() {
            format_ident!("proxy")
        } else {
            format_ident!("plain")
        };
        quote! {
            #doc
            static #spec: InterfaceSpec =
                InterfaceSpec { #fields ..InterfaceSpec::new(#name, #number, #exposure) };
            interface_type!(#this, #name, #spec, #class, #depth, [#(#numbers),*], [#(#ancestors),*]);
        }
    }

    /// A constant's entry in the tables.
    fn constant_member(&self, owner: &Owner<'_>, constant: &Constant) -> TokenStream {
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
        if member.secure_context {
            flags.extend(quote!(.secure()));
        }
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
                let getter = super::attributes::getter_name(attribute);
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

    /// What can't be generated yet, at its place.
    fn refuse_unsupported(&self, interface: &Interface) {
        let refuse = |span: Option<Span>, what: &str| {
            if let Some(span) = span {
                let message = format!("{what} can't be generated yet");
                self.error(Diagnostic::new(Kind::Unsupported, span, message));
            }
        };
        refuse(interface.maplike.as_ref().map(|it| it.member.span), "`maplike`");
        refuse(interface.setlike.as_ref().map(|it| it.member.span), "`setlike`");
        refuse(interface.legacy_factory_functions.first().map(|it| it.span), "`[LegacyFactoryFunction]`");
        refuse(interface.legacy_namespace.map(|_| interface.span), "`[LegacyNamespace]`");
        refuse(interface.cross_origin_isolated.then_some(interface.span), "`[CrossOriginIsolated]`");
    }

    /// A namespace as an owner of members.
    pub fn namespace_owner<'b>(&self, namespace: &'b Namespace) -> Owner<'b> {
        let name = super::names::method(&namespace.name);
        Owner {
            methods: format_ident!("{name}Methods"),
            path: name,
            interface: None,
            exposure: &namespace.exposure,
        }
    }

    /// The trait of a namespace.
    pub fn namespace_trait(&self, namespace: &Namespace) -> TokenStream {
        let owner = self.namespace_owner(namespace);
        let methods: TokenStream =
            namespace.operations.iter().map(|operation| self.operation_methods(&owner, operation)).collect();
        let (doc, name) = (self.doc(namespace.span), &owner.methods);
        quote!(#doc pub trait #name { #methods })
    }

    /// The tables of a namespace: <https://webidl.spec.whatwg.org/#js-namespaces>.
    pub fn namespace_tables(&self, namespace: &Namespace) -> TokenStream {
        let owner = self.namespace_owner(namespace);
        if let Some(attribute) = namespace.attributes.first() {
            let message = "attributes of namespaces can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, attribute.span, message));
        }
        let mut members: Vec<_> =
            namespace.constants.iter().map(|constant| self.constant_member(&owner, constant)).collect();
        members.extend(namespace.operations.iter().filter_map(|it| self.operation_member(&owner, it)));
        let exposure = self.exposure(&namespace.exposure, namespace.secure_context);
        let (name, spec) = (c_str(&namespace.name), ident(&constant(&namespace.name)));
        let (doc, this) = (self.doc(namespace.span), &owner.path);
        let empty_prototype = namespace.name == "console";
        quote! {
            #doc
            static #spec: NamespaceSpec = NamespaceSpec {
                name: #name,
                exposure: #exposure,
                empty_prototype: #empty_prototype,
                members: &[#(#members),*],
            };
            namespace_type!(#this, #name);
        }
    }
}
