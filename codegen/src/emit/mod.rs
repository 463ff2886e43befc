//! Rust from the resolved model.
//!
//! One file per section of the standard. What comes out are tables and closures: how things are done is in the
//! binding run-time (`components/script/src/webidl/`), by whose names the output calls it.

mod arguments;
mod attributes;
mod callbacks;
mod collections;
mod dictionaries;
mod distinguish;
mod enumerations;
mod exposure;
mod factories;
mod implementation;
mod interfaces;
mod iterables;
mod legacy;
mod names;
mod namespaces;
mod observable_arrays;
mod operations;
mod outputs;
mod overloads;
mod structured;
mod to_json;
mod types;
mod unions;
mod values;

use std::cell::RefCell;
use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

pub use implementation::Implementation;

use self::interfaces::Owner;
use self::names::ident;
use crate::diagnostic::Diagnostic;
use crate::features::Features;
use crate::model::{DictionaryId, Interface, InterfaceId, Model, Namespace, Type, UnionType};
use crate::source::Span;
use crate::{GeneratedFile, Output};

/// What to generate, and against what.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which interfaces and methods the DOM code has. None: all, in `crate::dom::types`.
    pub implementation: Option<Implementation>,
    /// Only definitions of these files; those of the others are in `crate::bindings`. None: all.
    pub only: Option<BTreeSet<String>>,
    /// Definitions and members that exist only where a feature is enabled.
    pub features: Features,
}

/// Generates the bindings of a model; what can't be generated yet is an error at its place.
pub fn emit(model: &Model, options: &Options) -> Result<Output, Vec<Diagnostic>> {
    let emitter = Emitter::new(model, options);
    let text = emitter.file();
    let errors = emitter.errors.into_inner();
    if !errors.is_empty() {
        return Err(errors);
    }
    let missing = emitter.missing.into_inner();
    Ok(Output {
        files: vec![GeneratedFile { name: "bindings.rs".into(), text }],
        missing: missing.into_iter().collect(),
    })
}

/// A model on its way to Rust.
pub struct Emitter<'a> {
    model: &'a Model,
    options: &'a Options,
    /// The interfaces that have a struct, in the order of their numbers.
    interfaces: Vec<InterfaceId>,
    /// The globals, in the order of their bits.
    globals: Vec<InterfaceId>,
    /// Dictionaries that are turned into objects.
    outputs: BTreeSet<DictionaryId>,
    /// Unions that are turned into values, by name.
    union_outputs: BTreeSet<String>,
    errors: RefCell<Vec<Diagnostic>>,
    missing: RefCell<BTreeSet<String>>,
}

impl<'a> Emitter<'a> {
    fn new(model: &'a Model, options: &'a Options) -> Emitter<'a> {
        let mut emitter = Emitter {
            model,
            options,
            interfaces: Vec::new(),
            globals: Vec::new(),
            outputs: BTreeSet::new(),
            union_outputs: BTreeSet::new(),
            errors: RefCell::default(),
            missing: RefCell::default(),
        };
        let has_struct = |id: InterfaceId| {
            let name = &model[id].name;
            options.implementation.as_ref().is_none_or(|it| it.structs.contains_key(name))
        };
        let there: Vec<_> =
            model.parents_first().into_iter().filter(|id| model.ancestry(*id).all(has_struct)).collect();
        let absent = model.interfaces().filter(|(id, it)| emitter.is_mine(it.span) && !there.contains(id));
        let absent = absent.map(|(_, it)| format!("struct {}", it.name));
        emitter.missing.borrow_mut().extend(absent);
        // What is generated elsewhere keeps the numbers that it has there.
        let (mine, others): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|id| emitter.is_mine(model[*id].span));
        emitter.interfaces = others.into_iter().chain(mine).collect();
        let globals = model.globals().map(|(id, _)| id);
        let (mine, others): (Vec<_>, Vec<_>) = globals.partition(|id| emitter.is_mine(model[*id].span));
        emitter.globals = others.into_iter().chain(mine).collect();
        (emitter.outputs, emitter.union_outputs) = outputs::find(model);
        emitter
    }

    /// Whether a definition is generated here.
    fn is_mine(&self, span: Span) -> bool {
        let file = self.model.sources.get(span.file).name();
        self.options.only.as_ref().is_none_or(|only| only.contains(file))
    }

    fn mine<T>(&self, items: &'a [T], span: impl Fn(&T) -> Span) -> impl Iterator<Item = &'a T> {
        items.iter().filter(move |item| self.is_mine(span(item)))
    }

    /// An interface's number in the tables.
    fn number(&self, id: InterfaceId) -> Literal {
        let number = self.interfaces.iter().position(|other| *other == id).unwrap_or_default();
        Literal::usize_unsuffixed(number)
    }

    /// Whether a type can be used: all interfaces in it have structs. Of unions, the members that can be are.
    fn usable(&self, ty: &Type) -> bool {
        match ty {
            Type::Interface(id) => self.interfaces.contains(id),
            Type::WindowProxy => {
                self.model.interface_named("Window").is_some_and(|window| self.interfaces.contains(&window))
            }
            Type::Union(union) => union.members.iter().any(|member| self.usable(member)),
            Type::Nullable(inner) | Type::Sequence(inner) | Type::FrozenArray(inner) => self.usable(inner),
            Type::Record(record) => self.usable(&record.value),
            Type::AsyncSequence(inner) | Type::ObservableArray(inner) => self.usable(inner),
            // Nothing of promises shows in Rust types.
            _ => true,
        }
    }

    /// Whether the DOM code has a method.
    fn has_method(&self, owner: &Owner<'_>, method: &Ident) -> bool {
        self.options
            .implementation
            .as_ref()
            .is_none_or(|it| it.has(&owner.methods.to_string(), &method.to_string()))
    }

    /// Notes that a method isn't there.
    fn missing(&self, owner: &Owner<'_>, method: &Ident) {
        self.missing.borrow_mut().insert(format!("{}::{method}", owner.methods));
    }

    fn error(&self, error: Diagnostic) {
        self.errors.borrow_mut().push(error);
    }

    /// A doc comment with the place in the IDL.
    fn doc(&self, span: Span) -> TokenStream {
        let location = self.model.location(span);
        let file = location.file.rsplit('/').next().unwrap_or_default();
        let text = format!(" {file}:{}", location.line);
        quote!(#[doc = #text])
    }

    fn file(&self) -> String {
        let sections = self.sections();
        let text = match syn::parse2::<syn::File>(sections.clone()) {
            Ok(file) => prettyplease::unparse(&file),
            // A mistake in an emitter: rustc will say what it is.
            Err(_) => sections.to_string(),
        };
        let files = self.model.sources.iter().map(|(_, source)| source.name());
        let files = files.filter(|file| self.options.only.as_ref().is_none_or(|only| only.contains(*file)));
        let mut files: Vec<_> = files.map(|file| file.rsplit('/').next().unwrap_or_default()).collect();
        files.sort_unstable();
        format!("// Generated by webidl-codegen from {}; do not edit.\n\n{text}", files.join(", "))
    }

    fn sections(&self) -> TokenStream {
        let model = self.model;
        let mine: Vec<InterfaceId> =
            self.interfaces.iter().copied().filter(|id| self.is_mine(model[*id].span)).collect();
        let namespaces: Vec<_> = self
            .mine(&model.namespaces, |it| it.span)
            .filter(|it| {
                let name = names::method(&it.name).to_string();
                let there = self
                    .options
                    .implementation
                    .as_ref()
                    .is_none_or(|there| there.namespaces.contains_key(&name));
                if !there {
                    self.missing.borrow_mut().insert(format!("struct {name}"));
                }
                there
            })
            .collect();
        let dictionaries = model.dictionaries().filter(|(_, it)| self.is_mine(it.span));
        let dictionaries: TokenStream = dictionaries.map(|(id, _)| self.dictionary(id)).collect();
        let enumerations = self.mine(&model.enumerations, |it| it.span);
        let enumerations: TokenStream = enumerations.map(|it| self.enumeration(it)).collect();
        let unions = model.unions.iter().filter(|union| self.union_is_mine(union));
        let unions = unions.filter(|union| union.members.iter().any(|member| self.usable(member)));
        let unions: TokenStream = unions.map(|union| self.union(union)).collect();
        let callbacks: TokenStream =
            self.mine(&model.callbacks, |it| it.span).map(|it| self.callback(it)).collect();
        let callback_interfaces = self.mine(&model.callback_interfaces, |it| it.span);
        let callback_interfaces: TokenStream =
            callback_interfaces.map(|it| self.callback_interface(it)).collect();
        let callback_interface_objects: Vec<_> = self
            .mine(&model.callback_interfaces, |it| it.span)
            .filter_map(|it| self.callback_interface_object(it))
            .collect();
        let traits: TokenStream = mine.iter().map(|id| self.interface_trait(*id)).collect();
        let tables: TokenStream = mine.iter().map(|id| self.interface_tables(*id)).collect();
        let namespace_traits: TokenStream = namespaces.iter().map(|it| self.namespace_trait(it)).collect();
        let namespace_tables: TokenStream = namespaces.iter().map(|it| self.namespace_tables(it)).collect();
        let paths = self.struct_paths(&mine, &namespaces);
        let base = self.options.only.is_some().then(|| {
            let others = self.interfaces.iter().filter(|id| !mine.contains(id));
            let others = others.map(|id| self.struct_path(&model[*id]));
            quote! {
                pub use crate::bindings::{callbacks::*, dictionaries::*, enums::*, interfaces::*, unions::*};
                #(pub use #others;)*
            }
        });
        // A static by its own name where it is in this file: the world and its globals refer to each other.
        let specs = self.interfaces.iter().map(|id| {
            let name = &model[*id].name;
            if mine.contains(id) {
                let spec = ident(&names::constant(name));
                quote!(&#spec)
            } else {
                let name = ident(name);
                quote!(#name::SPEC)
            }
        });
        let namespace_names = namespaces.iter().map(|it| ident(&names::constant(&it.name)));
        quote! {
            mod prelude {
                pub use crate::webidl::generated::*;
                pub use super::callbacks::*;
                pub use super::dictionaries::*;
                pub use super::enums::*;
                pub use super::interfaces::*;
                pub use super::namespaces::*;
                pub use super::unions::*;
                #base
                #paths
            }

            /// Dictionaries.
            pub mod dictionaries { use super::prelude::*; #dictionaries }

            /// Enumerations.
            pub mod enums { use super::prelude::*; #enumerations }

            /// Unions.
            pub mod unions { use super::prelude::*; #unions }

            /// Callback functions and callback interfaces.
            pub mod callbacks { use super::prelude::*; #callbacks #callback_interfaces }

            /// What the structs of interfaces implement.
            pub mod interfaces { use super::prelude::*; #traits }

            /// What the structs of namespaces implement.
            pub mod namespaces { use super::prelude::*; #namespace_traits }

            mod tables {
                use super::prelude::*;

                static WORLD: World = World {
                    interfaces: &[#(#specs),*],
                    namespaces: &[#(&#namespace_names),*],
                    callback_interfaces: &[#(#callback_interface_objects),*],
                };

                #tables
                #namespace_tables
            }
        }
    }

    /// A union belongs to where an interface, dictionary or the like in it was defined here, or where it is used
    /// alone here.
    fn union_is_mine(&self, union: &UnionType) -> bool {
        let Some(only) = &self.options.only else { return true };
        !outputs::unions_of_others(self.model, only).contains(&union.name(self.model))
    }

    fn struct_path(&self, interface: &Interface) -> TokenStream {
        self.path(&interface.name, |it| it.structs.get(&interface.name))
    }

    fn path<'b>(
        &'b self,
        name: &str,
        find: impl Fn(&'b Implementation) -> Option<&'b String>,
    ) -> TokenStream {
        let path = self.options.implementation.as_ref().and_then(find);
        let path = path.cloned().unwrap_or_else(|| format!("crate::dom::types::{name}"));
        match syn::parse_str::<syn::Path>(&path) {
            Ok(path) => quote!(#path),
            Err(_) => quote!(),
        }
    }

    /// The structs that the generated code is about.
    fn struct_paths(&self, interfaces: &[InterfaceId], namespaces: &[&Namespace]) -> TokenStream {
        let interfaces = interfaces.iter().map(|id| self.struct_path(&self.model[*id]));
        let namespaces = namespaces.iter().map(|it| {
            let name = names::method(&it.name).to_string();
            self.path(&name, |there| there.namespaces.get(&name))
        });
        quote!(#(pub use #interfaces;)* #(pub use #namespaces;)*)
    }
}
