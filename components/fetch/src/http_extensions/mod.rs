//! Fetch's "HTTP extensions" section (<https://fetch.spec.whatwg.org/#http-extensions>), a file per header.

pub mod content_length;
pub mod content_type;
pub mod corp;
pub mod fetch_metadata;
pub mod nosniff;
pub mod orb;
pub mod origin;
