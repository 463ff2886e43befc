//! WebSockets: <https://websockets.spec.whatwg.org/>.

pub(crate) mod close_event;
mod connection;
pub(crate) mod web_socket;
