//! How other threads, and this one, queue tasks for a global.

use std::fmt;
use std::sync::Arc;

use mozjs::realm::AutoRealm;
use mozjs::rooted;

use super::agent::{Agent, AgentControl, GlobalId};
use super::pending::PendingOperation;
use super::task_queue::TaskQueue;
use super::task_source::TaskSource;
use crate::webidl::{GlobalScope, JSContext};

/// A task's steps. They run on the agent's thread, in the global's realm.
pub type GlobalTask = Box<dyn FnOnce(&mut JSContext, &GlobalScope) + Send>;

/// Queues tasks on a global's event loop, from any thread.
///
/// While one is alive its agent is not idle, since whoever holds it means to queue a task. One that is kept for
/// longer than an answer takes (a subscription) has to be a [`TaskSender::background`] one: it would keep the
/// page from ever being done.
///
/// Tasks for a global that is gone (its document was destroyed) are dropped.
#[derive(Clone)]
pub struct TaskSender {
    queue: Arc<TaskQueue>,
    /// None: the global that the agent has when the task runs.
    global: Option<GlobalId>,
    /// None in a background one.
    pending: Option<PendingOperation>,
}

impl TaskSender {
    /// For one of the agent's globals.
    pub(crate) fn new(agent: &Agent, global: GlobalId) -> Self {
        let queue = agent.task_queue().clone();
        Self { queue, global: Some(global), pending: Some(agent.pending_operation()) }
    }

    /// A [background](TaskSender::background) one, for another thread than the agent's: before its global exists its
    /// tasks wait.
    pub(crate) fn for_agent(agent: &AgentControl) -> Self {
        Self { queue: agent.task_queue().clone(), global: None, pending: None }
    }

    /// The same, without keeping the agent from being idle.
    #[must_use]
    pub fn background(mut self) -> Self {
        self.pending = None;
        self
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-global-task>
    ///
    /// False if the agent is ending: the task is dropped.
    pub fn post(&self, source: TaskSource, task: GlobalTask) -> bool {
        let id = self.global;
        self.queue.post(
            source,
            Box::new(move |cx| {
                let Some(agent) = Agent::current() else { return };
                let global = id.map_or_else(|| agent.global_object(), |id| agent.global_with_id(id));
                rooted!(&in(cx) let global = global);
                if global.get().is_null() {
                    return;
                }
                let mut realm = AutoRealm::new_from_handle(cx, global.handle());
                let global = GlobalScope::from_current_realm(&realm);
                task(&mut realm, &global);
            }),
        )
    }
}

impl fmt::Debug for TaskSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskSender")
    }
}
