//! What an agent is still waiting for.

use std::fmt;
use std::sync::Arc;

use super::task_queue::TaskQueue;

/// Something outside the event loop that will still queue a task: a request on its way, a promise that
/// another thread settles.
///
/// While one is alive its agent is not idle. Queue the task that brings the result *before* you drop it
/// (or move it into the task): otherwise the agent may call itself idle in between.
pub struct PendingOperation {
    queue: Arc<TaskQueue>,
}

impl PendingOperation {
    pub(super) fn new(queue: Arc<TaskQueue>) -> Self {
        queue.add_pending();
        Self { queue }
    }
}

impl Clone for PendingOperation {
    fn clone(&self) -> Self {
        Self::new(self.queue.clone())
    }
}

impl Drop for PendingOperation {
    fn drop(&mut self) {
        self.queue.remove_pending();
    }
}

impl fmt::Debug for PendingOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingOperation")
    }
}
