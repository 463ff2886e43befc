//! HTML: <https://html.spec.whatwg.org/>.

pub(crate) mod error_event;
pub(crate) mod global_scope;
mod serializable_objects;
pub(crate) mod structured_clone;
pub(crate) mod time_origin;
