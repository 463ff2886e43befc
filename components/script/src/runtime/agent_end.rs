//! The end of an agent, as others see it.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::agent::AgentControl;
use super::engine_thread::Command;
use crate::embedder::AgentId;

/// Whether an agent is gone.
#[derive(Default)]
pub(crate) struct HasEnded {
    state: Mutex<bool>,
    changed: Condvar,
}

impl HasEnded {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is.
    pub(crate) fn is_true(&self) -> bool {
        *self.lock()
    }

    /// Waits until it is.
    pub(super) fn wait(&self) {
        let mut ended = self.lock();
        while !*ended {
            ended = self.changed.wait(ended).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// What is to be done when an agent is gone. The argument says why, if it was our fault.
pub(crate) type OnEnd = Box<dyn FnOnce(Option<&str>) + Send>;

/// Goes with an agent, whatever ends it: with its thread, or with the wish for a thread that there never was. Dropping
/// it tells all who wait.
pub(super) struct AgentEnd {
    id: AgentId,
    control: AgentControl,
    commands: Sender<Command>,
    on_end: Option<OnEnd>,
    crash: Option<String>,
}

impl AgentEnd {
    pub(super) fn new(
        id: AgentId,
        control: AgentControl,
        commands: Sender<Command>,
        on_end: Option<OnEnd>,
    ) -> AgentEnd {
        AgentEnd { id, control, commands, on_end, crash: None }
    }

    /// Notes that it was our fault.
    pub(super) fn set_crash(&mut self, crash: Option<String>) {
        self.crash = crash;
    }
}

impl Drop for AgentEnd {
    fn drop(&mut self) {
        // From now on no task is taken; what still is in the queue holds on to others.
        self.control.task_queue().close();
        drop(self.control.task_queue().take_all());
        if let Some(on_end) = self.on_end.take() {
            on_end(self.crash.as_deref());
        }
        self.control.task_queue().remove_owners(|_| true);
        let has_ended: &Arc<HasEnded> = self.control.has_ended();
        *has_ended.lock() = true;
        has_ended.changed.notify_all();
        // Without a receiver the engine has ended.
        let _ = self.commands.send(Command::Ended(self.id));
    }
}
