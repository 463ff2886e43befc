//! What the console of a global remembers.

use std::collections::HashMap;
use std::time::Instant;

use crate::embedder::{AgentEvent, ConsoleLevel, ConsoleMessage};
use crate::webidl::*;

/// The tables of <https://console.spec.whatwg.org/#counting>, <https://console.spec.whatwg.org/#timing> and the stack
/// of <https://console.spec.whatwg.org/#grouping>.
#[derive(Default)]
pub(crate) struct ConsoleState {
    pub(super) counts: DomRefCell<HashMap<String, u32>>,
    pub(super) timers: DomRefCell<HashMap<String, Instant>>,
    /// How many groups we are in: they only indent.
    pub(super) groups: Cell<usize>,
}

/// A line of the engine's own.
pub(crate) fn console_message(global: &GlobalScope, level: ConsoleLevel, text: String) {
    let indentation = "  ".repeat(global.console().groups.get());
    let text = if indentation.is_empty() {
        text
    } else {
        text.lines().map(|line| format!("{indentation}{line}")).collect::<Vec<_>>().join("\n")
    };
    global.tell(AgentEvent::Console(ConsoleMessage { level, text }));
}
