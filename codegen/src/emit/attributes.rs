//! Attributes: <https://webidl.spec.whatwg.org/#js-attributes>.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Emitter;
use super::interfaces::Owner;
use super::names::{c_str, ident, method};
use super::types::Returns;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Attribute, EventHandlerKind, Type};

/// The getter of an attribute: `Foo`, or `GetFoo` if it is nullable.
pub fn getter_name(attribute: &Attribute) -> proc_macro2::Ident {
    match attribute.ty {
        Type::Nullable(_) => ident(&format!("Get{}", method(&attribute.name))),
        _ => method(&attribute.name),
    }
}

/// A getter that can fail: `TryFoo`, or `TryGetFoo`.
fn fallible_getter_name(attribute: &Attribute) -> proc_macro2::Ident {
    format_ident!("Try{}", getter_name(attribute))
}

/// The setter of an attribute: `SetFoo`.
fn setter_name(attribute: &Attribute) -> proc_macro2::Ident {
    format_ident!("Set{}", ident(&method(&attribute.name).to_string()))
}

impl Emitter<'_> {
    /// The methods of an attribute in its interface's trait.
    pub fn attribute_methods(&self, owner: &Owner<'_>, attribute: &Attribute) -> TokenStream {
        if attribute.event_handler.is_some() {
            return TokenStream::new();
        }
        let doc = self.doc(attribute.span);
        let (name, ty) = (getter_name(attribute), &attribute.ty);
        let mut parameters = Vec::new();
        if attribute.is_static {
            parameters.extend([quote!(cx: &mut JSContext), quote!(global: &GlobalScope)]);
        } else {
            parameters.push(quote!(&self));
            if self.getter_has_cx(ty) {
                parameters.push(quote!(cx: &mut JSContext));
            }
        }
        let (place, result) = self.result(ty);
        parameters.extend(place);
        let fallible = fallible_getter_name(attribute);
        let (name, result) = match self.is_fallible(owner, attribute) {
            true => (
                fallible,
                Some(result.map_or(quote!(-> Fallible<()>), |result| quote!(-> Fallible<#result>))),
            ),
            false => (name, result.map(|result| quote!(-> #result))),
        };
        let getter = self.has_method(owner, &name).then(|| quote!(#doc fn #name(#(#parameters),*) #result;));

        let setter = setter_name(attribute);
        let setter = (!attribute.readonly && self.has_method(owner, &setter)).then(|| {
            let value = self.parameter(ty, false);
            let first = if attribute.is_static { quote!() } else { quote!(&self,) };
            let global = attribute.is_static.then(|| quote!(global: &GlobalScope,));
            quote!(#doc fn #setter(#first cx: &mut JSContext, #global value: #value) -> Fallible<()>;)
        });
        quote!(#getter #setter)
    }

    /// Whether the getter is written as one that can fail. IDL does not say which do.
    fn is_fallible(&self, owner: &Owner<'_>, attribute: &Attribute) -> bool {
        let name = fallible_getter_name(attribute).to_string();
        !attribute.is_static
            && self.returns(&attribute.ty) != Returns::Promise
            && self
                .options
                .implementation
                .as_ref()
                .is_some_and(|it| it.has(&owner.methods.to_string(), &name))
    }

    /// The place, or the type, that a value is returned by.
    pub fn result(&self, ty: &Type) -> (Option<TokenStream>, Option<TokenStream>) {
        match self.returns(ty) {
            Returns::Value if *ty == Type::Undefined => (None, None),
            Returns::Value | Returns::Promise => (None, Some(self.nested(ty))),
            Returns::ValuePlace => (Some(quote!(rval: MutableHandleValue<'_>)), None),
            Returns::ObjectPlace => (Some(quote!(rval: MutableHandleObject<'_>)), None),
        }
    }

    /// The attribute's entry in the tables; None if it isn't implemented.
    pub fn attribute_member(&self, owner: &Owner<'_>, attribute: &Attribute) -> Option<TokenStream> {
        let (name, this) = (c_str(&attribute.name), &owner.path);
        if attribute.inherit {
            let message = "attributes marked `inherit` can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, attribute.span, message));
            return None;
        }
        if let Some(kind) = attribute.event_handler {
            return self.event_handler(owner, attribute, kind);
        }
        let is_fallible = self.is_fallible(owner, attribute);
        let getter = if is_fallible { fallible_getter_name(attribute) } else { getter_name(attribute) };
        if !self.has_method(owner, &getter) || !self.usable(&attribute.ty) {
            self.missing(owner, &getter);
            return None;
        }
        let getter = if attribute.is_static {
            self.static_getter(owner, attribute)
        } else {
            let cx = self.getter_has_cx(&attribute.ty).then(|| quote!(cx));
            match (self.returns(&attribute.ty), attribute.is_lenient_this()) {
                (Returns::Value, _) if is_fallible => {
                    quote!(fallible_getter(|cx, this: &#this| this.#getter(#cx)))
                }
                (Returns::ValuePlace, _) if is_fallible => {
                    quote!(fallible_getter_with_rval(|cx, this: &#this, rval| this.#getter(#cx, rval)))
                }
                (Returns::Value, true) => quote!(lenient_getter(|cx, this: &#this| this.#getter(#cx))),
                (Returns::Value, false) => quote!(getter(|cx, this: &#this| this.#getter(#cx))),
                (Returns::Promise, _) => quote!(promise_getter(|cx, this: &#this| this.#getter(#cx))),
                (Returns::ValuePlace, _) => {
                    quote!(getter_with_rval(|cx, this: &#this, rval| this.#getter(#cx, rval)))
                }
                (Returns::ObjectPlace, _) => quote! {
                    getter_with_rval(|cx, this: &#this, rval| {
                        return_object(cx, rval, |cx, object| this.#getter(#cx, object))
                    })
                },
            }
        };
        let member = match self.setter(owner, attribute) {
            Some(setter) => quote!(Member::attribute(#name, #getter, #setter)),
            None => quote!(Member::readonly(#name, #getter)),
        };
        let is_static = attribute.is_static.then(|| quote!(.as_static()));
        let flags = self.flags(owner, &attribute.member);
        Some(quote!(#member #is_static #flags))
    }

    fn static_getter(&self, owner: &Owner<'_>, attribute: &Attribute) -> TokenStream {
        let (this, getter) = (&owner.path, getter_name(attribute));
        if self.returns(&attribute.ty) != Returns::Value {
            let message = "static attributes of this type can't be generated yet";
            self.error(Diagnostic::new(Kind::Unsupported, attribute.span, message));
        }
        quote!(static_getter::<#this, _, _>(|cx, global| #this::#getter(cx, global)))
    }

    /// <https://html.spec.whatwg.org/#event-handler-attributes>
    fn event_handler(
        &self,
        owner: &Owner<'_>,
        attribute: &Attribute,
        kind: EventHandlerKind,
    ) -> Option<TokenStream> {
        let (name, this) = (c_str(&attribute.name), &owner.path);
        let Some(event) = attribute.name.strip_prefix("on") else {
            let message = "the name of an event handler attribute begins with `on`";
            self.error(Diagnostic::new(Kind::Member, attribute.span, message));
            return None;
        };
        let is_target = owner.interface.is_some_and(|id| {
            self.model.ancestry(id).any(|ancestor| self.model[ancestor].name == "EventTarget")
        });
        if !is_target {
            let message = "event handler attributes are for interfaces that inherit from EventTarget";
            self.error(Diagnostic::new(Kind::Unsupported, attribute.span, message));
            return None;
        }
        let kind = match kind {
            EventHandlerKind::EventHandler => quote!(Normal),
            EventHandlerKind::OnErrorEventHandler => quote!(OnError),
            EventHandlerKind::OnBeforeUnloadEventHandler => quote!(OnBeforeUnload),
        };
        let lenient = if attribute.is_lenient_this() { quote!(lenient) } else { quote!(strict) };
        let flags = self.flags(owner, &attribute.member);
        Some(quote!(event_handler!(#this, #name, #event, #kind, #lenient) #flags))
    }

    fn setter(&self, owner: &Owner<'_>, attribute: &Attribute) -> Option<TokenStream> {
        let (this, name) = (&owner.path, c_str(&attribute.name));
        if let Some(target) = attribute.put_forwards() {
            let target = c_str(target);
            return Some(
                quote!(setter(|cx, this: &#this, args| put_forwards(cx, this, #name, #target, args))),
            );
        }
        if attribute.is_replaceable() {
            return Some(quote!(setter(|cx, this: &#this, args| replace(cx, this, #name, args))));
        }
        if attribute.is_lenient_setter() {
            return Some(quote!(setter(|cx, this: &#this, args| Ok(()))));
        }
        if attribute.readonly {
            return None;
        }
        let setter = setter_name(attribute);
        if !self.has_method(owner, &setter) {
            self.missing(owner, &setter);
            return None;
        }
        let ty = &attribute.ty;
        let conversion = self.conversion(ty);
        let assigned = match ty {
            Type::Any => quote!(),
            // https://webidl.spec.whatwg.org/#idl-enums: what is no value of the enumeration is ignored.
            Type::Enumeration(_) => {
                quote!(let Some(value) = args.assigned_enumeration::<#conversion>(cx)? else { return Ok(()) };)
            }
            _ => quote!(let value = args.assigned::<#conversion>(cx)?;),
        };
        let value = match ty {
            Type::Any => quote!(args.at(0)),
            _ => self.pass(&quote!(value), ty, false),
        };
        Some(if attribute.is_static {
            quote!(static_setter::<#this, _>(|cx, global, args| { #assigned #this::#setter(cx, global, #value) }))
        } else if attribute.is_lenient_this() {
            quote!(lenient_setter(|cx, this: &#this, args| { #assigned this.#setter(cx, #value) }))
        } else {
            quote!(setter(|cx, this: &#this, args| { #assigned this.#setter(cx, #value) }))
        })
    }
}
