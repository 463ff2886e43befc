//! Interfaces of Web IDL itself: <https://webidl.spec.whatwg.org/#idl-exceptions>.

pub(crate) mod dom_exception;
pub(crate) mod quota_exceeded_error;
