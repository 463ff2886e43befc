//! Parsing documents: <https://html.spec.whatwg.org/multipage/parsing.html>.
//!
//! html5ever does the work of the spec's tokenizer and tree builder. It asks a [`sink`] to build a tree; ours only
//! notes down what is to be done. [`build`] then does it to the DOM, where script may run. So nothing of
//! JavaScript is held, or happens, inside of html5ever. [`parser`] goes back and forth between the two, and stops for
//! scripts.

pub(crate) mod build;
pub(crate) mod dom_parser;
pub(crate) mod encoding;
pub(crate) mod fragment;
pub(crate) mod parser;
pub(crate) mod sink;
