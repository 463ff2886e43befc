//! Events: <https://dom.spec.whatwg.org/#events>.

pub(crate) mod event_target;
