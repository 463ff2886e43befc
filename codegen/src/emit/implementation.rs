//! What of the IDL the DOM code implements: found by looking at its sources.
//!
//! A struct marked `#[dom_struct]` makes its interface exist, a method in `impl FooMethods for Foo` makes the member
//! exist. So IDL may be ahead of the code, and code lands a member at a time.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, ImplItem, Item, Type};

/// Structs and methods of the DOM code.
#[derive(Clone, Debug, Default)]
pub struct Implementation {
    /// The path of each interface's struct.
    pub structs: BTreeMap<String, String>,
    /// The path of each namespace's struct.
    pub namespaces: BTreeMap<String, String>,
    /// The methods in the implementation of each trait.
    methods: BTreeMap<String, BTreeSet<String>>,
    /// For which structs each trait is implemented.
    traits: BTreeMap<String, BTreeSet<String>>,
}

impl Implementation {
    /// Nothing.
    pub fn new() -> Implementation {
        Implementation::default()
    }

    /// Whether a trait's implementation has a method.
    pub fn has(&self, methods: &str, method: &str) -> bool {
        self.methods.get(methods).is_some_and(|there| there.contains(method))
    }

    /// Whether a struct implements a trait.
    pub fn implements(&self, name: &str, methods: &str) -> bool {
        self.traits.get(methods).is_some_and(|there| there.contains(name))
    }

    /// Adds what is in the source of a module. What doesn't parse is left out: rustc will say why.
    pub fn add_module(&mut self, path: &str, source: &str) {
        let Ok(file) = syn::parse_file(source) else { return };
        self.add_items(path, &file.items);
    }

    fn add_items(&mut self, path: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Struct(it) if is_marked(&it.attrs, "dom_struct") => {
                    self.structs.insert(it.ident.to_string(), format!("{path}::{}", it.ident));
                }
                Item::Struct(it) if is_marked(&it.attrs, "dom_namespace") => {
                    self.namespaces.insert(it.ident.to_string(), format!("{path}::{}", it.ident));
                }
                Item::Mod(it) => {
                    if let Some((_, items)) = &it.content {
                        self.add_items(&format!("{path}::{}", it.ident), items);
                    }
                }
                Item::Impl(it) => {
                    let Some((_, methods, _)) = &it.trait_ else { continue };
                    let (Some(methods), Type::Path(name)) = (methods.segments.last(), &*it.self_ty) else {
                        continue;
                    };
                    if let Some(name) = name.path.segments.last() {
                        let there = self.traits.entry(methods.ident.to_string()).or_default();
                        there.insert(name.ident.to_string());
                    }
                    let there = self.methods.entry(methods.ident.to_string()).or_default();
                    there.extend(it.items.iter().filter_map(|item| match item {
                        ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
    }
}

fn is_marked(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().segments.last().is_some_and(|it| it.ident == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_and_methods_are_found_in_sources() {
        let mut there = Implementation::new();
        there.add_module(
            "crate::dom::a",
            "#[dom_struct] pub struct Foo { reflector: Reflector }
             struct Bar;
             impl FooMethods for Foo { fn Baz(&self) {} }
             #[webidl::dom_namespace] pub struct Console;",
        );
        assert_eq!(there.structs.get("Foo").map(String::as_str), Some("crate::dom::a::Foo"));
        assert_eq!(there.structs.len(), 1);
        assert!(there.has("FooMethods", "Baz") && !there.has("FooMethods", "Qux"));
        assert!(there.namespaces.contains_key("Console"));
        assert!(there.implements("Foo", "FooMethods") && !there.implements("Bar", "FooMethods"));
    }
}
