//! Events: <https://dom.spec.whatwg.org/#events>.

pub(crate) mod content_attributes;
pub(crate) mod custom_event;
mod dispatch;
pub(crate) mod event;
pub(crate) mod event_handlers;
pub(crate) mod event_target;
mod listeners;

pub(crate) use event::Event;
