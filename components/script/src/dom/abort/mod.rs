//! Aborting ongoing activities: <https://dom.spec.whatwg.org/#aborting-ongoing-activities>.

pub(crate) mod abort_controller;
pub(crate) mod abort_signal;
