//! The event loop: <https://html.spec.whatwg.org/multipage/webappapis.html#event-loop-processing-model>.

use mozjs::context::JSContext;

use super::agent::Agent;
use super::microtasks;
use super::task_queue::Next;
use super::task_source::TaskSource;
use crate::dom::html::workers::dedicated_worker_global_scope::DedicatedWorkerGlobalScope;
use crate::embedder::AgentEvent;
use crate::webidl::{DomRoot, GlobalScope};

/// Takes tasks and timers one at a time until the agent is to end.
pub(super) fn run(cx: &mut JSContext, agent: &Agent) {
    loop {
        // Bound first: no borrow of the timers may be held while steps run.
        let (next_timer, is_waited_for) = {
            let timers = agent.timers.borrow();
            (timers.next_due(), timers.is_waited_for())
        };
        match agent.task_queue().next(next_timer, is_waited_for) {
            Next::Task(task) => {
                perform(cx, agent, |cx| (task.steps)(cx));
            }
            Next::Timer => {
                let Some(steps) = agent.timers.borrow_mut().take_first() else { continue };
                agent.task_queue().mark_busy();
                perform(cx, agent, |cx| steps.run(cx));
            }
            Next::Idle => {
                agent.tell(AgentEvent::Idle);
                if let Some(worker) =
                    GlobalScope::of_agent(agent).and_then(DomRoot::downcast::<DedicatedWorkerGlobalScope>)
                {
                    worker.is_idle(agent);
                }
            }
            Next::Closing => break,
        }
    }
    // What SpiderMonkey handed to us has to be handed back even now: it waits for it.
    for task in agent.task_queue().take_all() {
        if task.source == TaskSource::Engine {
            (task.steps)(cx);
        }
    }
}

/// One turn: the task's steps, then a microtask checkpoint; watched for its time.
pub(super) fn perform(cx: &mut JSContext, agent: &Agent, steps: impl FnOnce(&mut JSContext)) {
    agent.watched.start();
    steps(cx);
    microtasks::perform_checkpoint(cx);
    if agent.watched.stop() {
        agent.tell_time_is_up();
    }
}
