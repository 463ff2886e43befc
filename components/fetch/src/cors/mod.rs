//! The CORS protocol (<https://fetch.spec.whatwg.org/#http-cors-protocol>).

pub mod check;
pub mod preflight;
pub mod preflight_cache;
