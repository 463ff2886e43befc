//! UI Events: <https://w3c.github.io/uievents/>.

pub(crate) mod focus_event;
pub(crate) mod mouse_event;
pub(crate) mod ui_event;
