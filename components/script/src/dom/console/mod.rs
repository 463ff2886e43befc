//! The console: <https://console.spec.whatwg.org/>.

mod formatter;
mod inspect;
pub(crate) mod namespace;
mod state;

pub(crate) use state::{ConsoleState, console_message};
