//! Nodes: <https://dom.spec.whatwg.org/#nodes>, and the collections of them.

pub(crate) mod attr;
pub(crate) mod attributes;
pub(crate) mod character_data;
pub(crate) mod child_node;
pub(crate) mod comment;
pub(crate) mod document;
pub(crate) mod document_fragment;
pub(crate) mod document_type;
pub(crate) mod dom_token_list;
pub(crate) mod element;
pub(crate) mod html_collection;
pub(crate) mod markup;
pub(crate) mod mutation;
pub(crate) mod mutation_observer;
pub(crate) mod mutation_record;
pub(crate) mod named_node_map;
pub(crate) mod names;
pub(crate) mod node;
pub(crate) mod node_clone;
pub(crate) mod node_list;
pub(crate) mod parent_node;
mod registered_observers;
pub(crate) mod selectors;
pub(crate) mod text;
