//! What a `Worker` object and its worker know of each other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bindings::dictionaries::{ErrorEventInit, EventInit};
use crate::dom::events::Event;
use crate::dom::html::cross_agent::KeptAlive;
use crate::dom::html::error_event::ErrorEvent;
use crate::dom::html::message_port::MessagePort;
use crate::runtime::agent::Agent;
use crate::runtime::exception::{self, ErrorInformation};
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The way from a dedicated worker to its `Worker` object.
///
/// The object is kept alive, by way of the [outside port](https://html.spec.whatwg.org/multipage/workers.html#dom-worker),
/// for as long as something may come from the worker: while that is not idle, or somebody else than the object may give
/// it something to do. Without the object the worker ends.
pub(super) struct WorkerLink {
    /// The owner's tasks, in the background.
    owner: TaskSender,
    outside_port: KeptAlive<MessagePort>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many times at once the owner is sending something.
    holds: usize,
    /// Nothing comes any more.
    ended: bool,
}

/// The owner is sending something: while this lives the worker does not count as idle.
pub(super) struct Hold<'a>(&'a WorkerLink);

impl WorkerLink {
    /// A link to the object of `outside_port`, which is kept alive from now on.
    pub(super) fn new(owner: TaskSender, outside_port: &MessagePort) -> WorkerLink {
        outside_port.root().set(outside_port);
        let root = outside_port.root().clone();
        WorkerLink { owner: owner.background(), outside_port: root, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// On the owner's thread: something is being sent to the worker.
    pub(super) fn hold(&self, outside_port: &MessagePort) -> Hold<'_> {
        let mut state = self.lock();
        state.holds += 1;
        if !state.ended {
            self.outside_port.set(outside_port);
        }
        Hold(self)
    }

    /// On the worker's thread: there is nothing to do there.
    ///
    /// [Protected workers](https://html.spec.whatwg.org/multipage/workers.html#protected-worker) are those that may yet
    /// be given something to do; this one is none any more if no one knows its object.
    pub(super) fn worker_is_idle(&self, agent: &Agent) {
        let state = self.lock();
        if state.holds == 0 && agent.task_queue().is_idle() && !agent.can_be_woken() {
            self.outside_port.clear();
        }
    }

    /// Nothing comes from the worker any more.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.outside_port.clear();
    }

    /// Queues a global task on the owner, with the `Worker` object. False if there is nobody any more.
    fn post(&self, steps: impl FnOnce(&mut JSContext, &EventTarget) + Send + 'static) -> bool {
        let Some(port) = self.outside_port.get() else { return false };
        self.owner.post(
            TaskSource::DomManipulation,
            Box::new(move |cx, _global| steps(cx, &port.root().message_event_target())),
        )
    }

    /// Fires `error`, for a worker that can't run.
    pub(super) fn fire_error(&self) {
        // The owner may be gone.
        let _ = self.post(|cx, worker| {
            worker.fire_event(cx, "error");
        });
    }

    /// [Report an exception](https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception), 7.2: what
    /// nobody in the worker took care of. Gives it back if there is no owner any more.
    pub(super) fn report(&self, information: ErrorInformation) -> Result<(), ErrorInformation> {
        let copy = information.clone();
        let posted = self.post(move |cx, worker| report_to_worker_object(cx, worker, copy));
        if posted { Ok(()) } else { Err(information) }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.lock().holds -= 1;
    }
}

/// 7.2.1–7.2.3, on the owner's thread.
fn report_to_worker_object(cx: &mut JSContext, worker: &EventTarget, information: ErrorInformation) {
    let global = worker.global();
    // 7.2.2. Fire `error` at the object, without the value, which is another realm's.
    let init = ErrorEventInit {
        parent: EventInit { cancelable: true, ..EventInit::default() },
        message: information.message.as_str().into(),
        filename: information.filename.as_str().into(),
        lineno: information.line,
        colno: information.column,
        error: Some(RootedValue::from(HandleValue::null())),
    };
    let event = ErrorEvent::new(cx, &global, &init);
    let not_handled = event.upcast::<Event>().fire(cx, worker);
    // 7.2.3. Nobody took care of it: it is the owner's.
    if not_handled {
        exception::report(cx, &global, HandleValue::null(), information);
    }
}
