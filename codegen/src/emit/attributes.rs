//! Attributes: <https://webidl.spec.whatwg.org/#js-attributes>.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::interfaces::Owner;
use super::names::{c_str, ident, method};
use super::types::Returns;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Attribute, EventHandlerKind, InterfaceId, StringKind, Type};

/// The getter of an attribute: `Foo`, or `GetFoo` if it is nullable.
fn getter_name(attribute: &Attribute) -> proc_macro2::Ident {
    match attribute.ty {
        Type::Nullable(_) => ident(&format!("Get{}", method(&attribute.name))),
        _ => method(&attribute.name),
    }
}

/// A getter that can fail: `TryFoo`, or `TryGetFoo`.
fn fallible_getter_name(attribute: &Attribute) -> proc_macro2::Ident {
    format_ident!("Try{}", getter_name(attribute))
}

/// A getter whose value the object keeps: `CachedFoo`.
fn cached_getter_name(attribute: &Attribute) -> proc_macro2::Ident {
    format_ident!("Cached{}", ident(&method(&attribute.name).to_string()))
}

/// The setter of an attribute: `SetFoo`.
fn setter_name(attribute: &Attribute) -> proc_macro2::Ident {
    format_ident!("Set{}", ident(&method(&attribute.name).to_string()))
}

impl Emitter<'_> {
    /// The getter of an attribute, by the name that it is written by.
    pub fn getter_method(&self, owner: &Owner<'_>, attribute: &Attribute) -> proc_macro2::Ident {
        match self.is_cached(owner, attribute) {
            true => cached_getter_name(attribute),
            false => getter_name(attribute),
        }
    }

    /// Whether the getter is written as one whose value the object keeps until the code says that there is a new one. IDL
    /// does not say which are.
    fn is_cached(&self, owner: &Owner<'_>, attribute: &Attribute) -> bool {
        let name = cached_getter_name(attribute).to_string();
        let implementation = self.options.implementation.as_ref();
        matches!(&attribute.ty, Type::String(it) if it.kind == StringKind::Dom)
            && owner.interface.is_some_and(|id| self.has_plain_objects(id))
            && !attribute.is_static
            && !attribute.is_lenient_this()
            && implementation.is_some_and(|it| it.has(&owner.methods.to_string(), &name))
    }

    /// The attributes whose values objects of an interface keep, those of its ancestors first.
    fn cached_attributes(&self, id: InterfaceId) -> Vec<(InterfaceId, &Attribute)> {
        let mut ancestry: Vec<_> = self.model.ancestry(id).collect();
        ancestry.reverse();
        let of = |id: InterfaceId| {
            let owner = self.owner(id);
            let attributes = self.model[id].attributes.iter();
            attributes.filter(move |it| self.is_cached(&owner, it)).map(move |it| (id, it))
        };
        ancestry.into_iter().flat_map(of).collect()
    }

    /// How many values objects of an interface keep.
    pub fn cached_values(&self, id: InterfaceId) -> usize {
        self.cached_attributes(id).len()
    }

    /// The methods of an attribute in its interface's or namespace's trait.
    pub fn attribute_methods(&self, owner: &Owner<'_>, attribute: &Attribute) -> TokenStream {
        if attribute.event_handler.is_some() {
            return TokenStream::new();
        }
        if let Type::ObservableArray(element) = &attribute.ty {
            return self.observable_array_methods(owner, attribute, element);
        }
        let doc = self.doc(attribute.span);
        let (name, ty) = (self.getter_method(owner, attribute), &attribute.ty);
        let is_static = is_static(owner, attribute);
        let mut parameters = Vec::new();
        if is_static {
            parameters.extend([quote!(cx: &mut JSContext), quote!(global: &GlobalScope)]);
        } else {
            parameters.push(quote!(&self));
            if self.getter_has_cx(ty) {
                parameters.push(quote!(cx: &mut JSContext));
            }
        }
        let (place, result) = self.result(ty);
        parameters.extend(place);
        let (name, result) = match self.is_fallible(owner, attribute) {
            true => {
                let result = result.unwrap_or(quote!(()));
                (fallible_getter_name(attribute), Some(quote!(-> Fallible<#result>)))
            }
            false => (name, result.map(|result| quote!(-> #result))),
        };
        let own_getter = !attribute.inherit && self.has_method(owner, &name);
        let getter = own_getter.then(|| quote!(#doc fn #name(#(#parameters),*) #result;));

        let setter = setter_name(attribute);
        let setter = (!attribute.readonly && self.has_method(owner, &setter)).then(|| {
            let value = self.parameter(ty, false);
            let first = if is_static { quote!() } else { quote!(&self,) };
            let global = is_static.then(|| quote!(global: &GlobalScope,));
            quote!(#doc fn #setter(#first cx: &mut JSContext, #global value: #value) -> Fallible<()>;)
        });
        quote!(#getter #setter)
    }

    /// Whether the getter is written as one that can fail. IDL does not say which do.
    fn is_fallible(&self, owner: &Owner<'_>, attribute: &Attribute) -> bool {
        let name = fallible_getter_name(attribute).to_string();
        let implementation = self.options.implementation.as_ref();
        !is_static(owner, attribute)
            && matches!(self.returns(&attribute.ty), Returns::Value | Returns::ValuePlace)
            && implementation.is_some_and(|it| it.has(&owner.methods.to_string(), &name))
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
        let name = c_str(&attribute.name);
        if let Some(kind) = attribute.event_handler {
            return self.event_handler(owner, attribute, kind);
        }
        if let Type::ObservableArray(element) = &attribute.ty {
            return self.observable_array_member(owner, attribute, element);
        }
        let ancestor = self.inherited(owner, attribute).map(|ancestor| self.owner(ancestor));
        let from = ancestor.as_ref().unwrap_or(owner);
        let getter = self.getter(owner, from, attribute)?;
        let member = match (self.setter(owner, attribute), self.is_direct(owner, from, attribute)) {
            (Some(setter), true) => quote!(Member::direct(#name, #getter, #setter)),
            (None, true) => quote!(Member::direct(#name, #getter, None)),
            (Some(setter), false) => quote!(Member::attribute(#name, #getter, #setter)),
            (None, false) => quote!(Member::readonly(#name, #getter)),
        };
        let is_static = attribute.is_static.then(|| quote!(.as_static()));
        let flags = self.flags(owner, &attribute.member);
        Some(quote!(#member #is_static #flags))
    }

    /// For an attribute marked `inherit`: the interface whose attribute's getter is its getter
    /// (<https://webidl.spec.whatwg.org/#dfn-inherit-getter>).
    fn inherited(&self, owner: &Owner<'_>, attribute: &Attribute) -> Option<InterfaceId> {
        let own = |id: InterfaceId| self.model[id].attribute(&attribute.name).filter(|it| !it.inherit);
        let interface = owner.interface.filter(|_| attribute.inherit)?;
        self.model.ancestry(interface).skip(1).find(|id| own(*id).is_some())
    }

    /// Whether compiled code can call the getter's steps, those of `from`, directly.
    fn is_direct(&self, owner: &Owner<'_>, from: &Owner<'_>, attribute: &Attribute) -> bool {
        self.returns(&attribute.ty) != Returns::Promise
            && !attribute.is_lenient_this()
            && !is_static(owner, attribute)
            && !self.is_fallible(from, attribute)
    }

    /// The getter; its steps are a method of `from`, which is the owner or one of its ancestors.
    fn getter(&self, owner: &Owner<'_>, from: &Owner<'_>, attribute: &Attribute) -> Option<TokenStream> {
        let is_fallible = self.is_fallible(from, attribute);
        let this = &owner.path;
        let getter = match is_fallible {
            true => fallible_getter_name(attribute),
            false => self.getter_method(from, attribute),
        };
        if !self.has_method(from, &getter) || !self.usable(&attribute.ty) {
            self.missing(from, &getter);
            return None;
        }
        let returns = self.returns(&attribute.ty);
        if is_static(owner, attribute) {
            return Some(match returns {
                Returns::Value => {
                    quote!(static_getter::<#this, _, _>(|cx, global| #this::#getter(cx, global)))
                }
                Returns::Promise => {
                    quote!(static_promise_getter::<#this, _>(|cx, global| #this::#getter(cx, global)))
                }
                Returns::ValuePlace => {
                    quote!(static_getter_with_rval::<#this, _>(|cx, global, rval| #this::#getter(cx, global, rval)))
                }
                Returns::ObjectPlace => quote! {
                    static_getter_with_rval::<#this, _>(|cx, global, rval| {
                        return_object(cx, rval, |cx, object| #this::#getter(cx, global, object))
                    })
                },
            });
        }
        let target = match from.path == owner.path {
            true => quote!(this),
            false => {
                let ancestor = &from.path;
                quote!(this.upcast::<#ancestor>())
            }
        };
        if self.is_cached(from, attribute)
            && let Some(interface) = from.interface
        {
            let cached = self.cached_attributes(interface);
            let place = cached.iter().position(|(_, it)| it.name == attribute.name).unwrap_or_default();
            let place = Literal::usize_unsuffixed(place);
            return Some(quote!(cached_getter::<#place, _, _>(|this: &#this| #target.#getter())));
        }
        let is_direct = self.is_direct(owner, from, attribute);
        if is_direct && returns == Returns::Value {
            // One that takes no `cx` runs no script and changes nothing.
            return Some(match (self.getter_has_cx(&attribute.ty), is_constant(attribute)) {
                (true, false) => quote!(direct_getter(|cx, this: &#this| #target.#getter(cx))),
                (true, true) => quote!(same_object_getter(|cx, this: &#this| #target.#getter(cx))),
                (false, _) => quote!(pure_getter(|this: &#this| #target.#getter())),
            });
        }
        let cx = self.getter_has_cx(&attribute.ty).then(|| quote!(cx));
        if is_fallible {
            return Some(match returns {
                Returns::ValuePlace => {
                    quote!(fallible_getter_with_rval(|cx, this: &#this, rval| #target.#getter(#cx, rval)))
                }
                _ => quote!(fallible_getter(|cx, this: &#this| #target.#getter(#cx))),
            });
        }
        let prefix = match (attribute.is_lenient_this(), is_direct) {
            (true, _) => "lenient_",
            (false, true) => "direct_",
            (false, false) => "",
        };
        let kind = match returns {
            Returns::Value => format_ident!("{prefix}getter"),
            Returns::Promise => format_ident!("{prefix}promise_getter"),
            Returns::ValuePlace | Returns::ObjectPlace => format_ident!("{prefix}getter_with_rval"),
        };
        Some(match returns {
            Returns::Value | Returns::Promise => quote!(#kind(|cx, this: &#this| #target.#getter(#cx))),
            Returns::ValuePlace => quote!(#kind(|cx, this: &#this, rval| #target.#getter(#cx, rval))),
            Returns::ObjectPlace => quote! {
                #kind(|cx, this: &#this, rval| {
                    return_object(cx, rval, |cx, object| #target.#getter(#cx, object))
                })
            },
        })
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
        let kind = match attribute.is_lenient_this() {
            true => quote!(lenient_setter),
            false => quote!(setter),
        };
        if let Some(target) = attribute.put_forwards() {
            let target = c_str(target);
            return Some(
                quote!(#kind(|cx, this: &#this, args| put_forwards(cx, this, #name, #target, args))),
            );
        }
        if attribute.is_replaceable() {
            return Some(quote!(#kind(|cx, this: &#this, args| replace(cx, this, #name, args))));
        }
        if attribute.is_lenient_setter() {
            return Some(quote!(#kind(|cx, this: &#this, args| Ok(()))));
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
        Some(match is_static(owner, attribute) {
            true => {
                quote!(static_setter::<#this, _>(|cx, global, args| { #assigned #this::#setter(cx, global, #value) }))
            }
            false => quote!(#kind(|cx, this: &#this, args| { #assigned this.#setter(cx, #value) })),
        })
    }
}

/// Whether an attribute's value, an object, is there for as long as its own object.
fn is_constant(attribute: &Attribute) -> bool {
    attribute.is_same_object() && !matches!(attribute.ty, Type::Nullable(_))
}

/// Whether an attribute belongs to no object: static ones, and those of namespaces.
fn is_static(owner: &Owner<'_>, attribute: &Attribute) -> bool {
    attribute.is_static || owner.interface.is_none()
}
