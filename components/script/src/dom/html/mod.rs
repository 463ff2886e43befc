//! HTML: <https://html.spec.whatwg.org/>.

pub(crate) mod broadcast_channel;
pub(crate) mod canvas;
pub(crate) mod create_event;
pub(crate) mod cross_agent;
mod cross_origin;
pub(crate) mod document_cookies;
pub(crate) mod document_loading;
pub(crate) mod elements;
pub(crate) mod error_event;
pub(crate) mod event_source;
pub(crate) mod frames;
mod global_end;
pub(crate) mod global_scope;
pub(crate) mod location;
pub(crate) mod message_channel;
pub(crate) mod message_event;
pub(crate) mod message_port;
pub(crate) mod modules;
pub(crate) mod navigation;
pub(crate) mod navigator;
pub(crate) mod parsing;
mod port_end;
pub(crate) mod promise_rejection_event;
pub(crate) mod scripting;
pub(crate) mod structured_clone;
pub(crate) mod time_origin;
pub(crate) mod timers;
pub(crate) mod tree_steps;
mod url_parts;
pub(crate) mod window;
mod window_messaging;
pub(crate) mod window_or_worker;
pub(crate) mod window_proxy;
pub(crate) mod workers;
mod x_frame_options;

pub(crate) use crate::dom::console::console_message;
