//! Forms in messages: `multipart/form-data`.
//!
//! The crates for it read streams by RFC 7578's grammar. What forms mean to browsers is a little different (which
//! characters of names are escaped, and how), so that both directions are written here, over bytes.

mod encode;
mod parse;

use bytes::Bytes;

pub use encode::{EncodedForm, encode};
pub use parse::{MalformedForm, parse};

/// A part of a form: an [entry](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-entry).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name.
    pub name: String,
    /// The value.
    pub value: PartValue,
}

/// A part's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartValue {
    /// A string.
    Text(String),
    /// A file.
    File {
        /// Its bytes.
        bytes: Bytes,
        /// Its name.
        name: String,
        /// Its type; may be empty.
        media_type: String,
    },
}
