//! The objects that script sees: a folder per spec, a file per interface.

pub(crate) mod abort;
pub(crate) mod background_fetch;
pub(crate) mod beacon;
pub(crate) mod console;
pub(crate) mod csp;
pub(crate) mod encoding;
pub(crate) mod events;
pub(crate) mod fetch;
pub(crate) mod fileapi;
pub(crate) mod geometry;
pub(crate) mod hr_time;
pub(crate) mod html;
pub(crate) mod nodes;
pub(crate) mod performance_timeline;
pub(crate) mod permissions;
pub(crate) mod service_workers;
pub(crate) mod streams;
pub(crate) mod uievents;
pub(crate) mod url;
pub(crate) mod webdriver;
pub(crate) mod webidl;
pub(crate) mod websockets;
pub(crate) mod xhr;

pub use events::event_target::EventTarget;
pub use html::global_scope::GlobalScope;
pub use html::window_proxy::WindowProxy;
pub use webidl::dom_exception::DOMException;
