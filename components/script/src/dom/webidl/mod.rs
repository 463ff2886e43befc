//! Interfaces of Web IDL itself: <https://webidl.spec.whatwg.org/#idl-exceptions>.

pub(crate) mod dom_exception;
