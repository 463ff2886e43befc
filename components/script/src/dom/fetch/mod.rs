//! Fetch: <https://fetch.spec.whatwg.org/#fetch-api>.

mod abortable_body;
pub(crate) mod bodies;
pub(crate) mod body_init;
pub(crate) mod body_mixin;
pub(crate) mod enums;
pub(crate) mod fetch_method;
pub(crate) mod headers;
pub(crate) mod json;
mod read_chunks;
pub(crate) mod request;
pub(crate) mod request_init;
pub(crate) mod response;
pub(crate) mod upload;
