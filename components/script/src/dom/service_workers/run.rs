//! One run of a service worker, on its agent's thread: how it starts and what it is told.
//! <https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm>

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fetch::BoxFuture;
use futures::FutureExt;
use futures::channel::oneshot;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use service_worker::host::{DispatchOutcome, Evaluation, StartError, StartWorker, StartedWorker};
use service_worker::{Notification, ScriptResource, WorkerEvent, WorkerType};

use super::run_module::run_module;
use super::{ServiceWorkerContainer, ServiceWorkerGlobalScope, event_dispatch, notifications};
use crate::runtime::agent::{Agent, Setup};
use crate::runtime::classic_script::{self, ClassicScript};
use crate::runtime::exception::{self, ErrorInformation};
use crate::services::AgentLifetime;
use crate::webidl::*;

/// Who waits for a worker to run.
pub(crate) type Started = oneshot::Sender<Result<StartedWorker, StartError>>;

/// The agent's first task.
pub(crate) fn setup(params: StartWorker, lifetime: AgentLifetime, started: Started) -> Setup {
    Box::new(move |cx, agent| run_service_worker(cx, agent, params, lifetime, started))
}

/// [Run Service Worker](https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm), from step 8.1 on.
fn run_service_worker(
    cx: &mut JSContext,
    agent: &Rc<Agent>,
    params: StartWorker,
    lifetime: AgentLifetime,
    started: Started,
) {
    // 8.1. Set up the global.
    let script = params.script.clone();
    let worker_type = params.worker.worker_type;
    let global = ServiceWorkerGlobalScope::create(cx, agent, params, lifetime);
    let mut realm = enter_realm(cx, global.reflector().get_jsobject());
    let cx: &mut JSContext = &mut realm;
    // The objects that follow what happens from now on.
    global.registration_object(cx);
    global.worker_object(cx);
    match worker_type {
        // 9.4. Run the script.
        WorkerType::Classic => {
            let evaluation = evaluate(cx, agent, global.upcast(), &script);
            has_run(cx, &global, evaluation, started);
        }
        // 9.5. The same, once its graph is there.
        WorkerType::Module => run_module(cx, &global, &script, started),
    }
}

/// 9.6–9.8. The script has run.
pub(super) fn has_run(
    cx: &mut JSContext,
    global: &ServiceWorkerGlobalScope,
    evaluation: Result<Evaluation, StartError>,
    started: Started,
) {
    let result = evaluation.map(|evaluation| {
        // <https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model>: messages may come.
        ServiceWorkerContainer::of(cx, global.upcast()).enable_client_message_queue();
        // 9.8. What it listens to.
        let event_types = global.upcast::<EventTarget>().event_types();
        let event_types = event_types.into_iter().map(String::from).collect::<BTreeSet<_>>();
        let all_fetch_listeners_are_empty = !event_types.contains("fetch");
        StartedWorker { evaluation, event_types, all_fetch_listeners_are_empty }
    });
    // Who does not wait any more has terminated the worker.
    let _ = started.send(result);
}

/// Runs the worker's classic script, and reports what it throws.
fn evaluate(
    cx: &mut JSContext,
    agent: &Agent,
    global: &GlobalScope,
    script: &ScriptResource,
) -> Result<Evaluation, StartError> {
    // <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-script>: always UTF-8.
    let (source, _) = encoding_rs::UTF_8.decode_with_bom_removal(&script.body);
    let mut classic = ClassicScript::new(&source, script.response_url.as_str());
    classic.muted_errors = script.muted_errors;
    run_script(cx, |cx| {
        rooted!(&in(cx) let mut result = UndefinedValue());
        if classic_script::evaluate(cx, &classic, result.handle_mut()).is_ok() {
            return Ok(Evaluation::Normal);
        }
        // It was ended from outside, or it threw.
        match exception::take_pending(cx, result.handle_mut()) {
            Some(information) => Ok(threw(cx, global, result.handle(), information)),
            None => no_exception(agent),
        }
    })
}

/// The script threw: it is reported.
pub(super) fn threw(
    cx: &mut JSContext,
    global: &GlobalScope,
    error: HandleValue<'_>,
    information: ErrorInformation,
) -> Evaluation {
    let ErrorInformation { message, filename, line, column, .. } = &information;
    let what = format!("{message} ({filename}:{line}:{column})");
    exception::report(cx, global, error, information);
    Evaluation::Threw(what)
}

/// The script ended without an exception, but not at its end.
pub(super) fn no_exception(agent: &Agent) -> Result<Evaluation, StartError> {
    if agent.task_queue().is_closing() {
        Err(StartError::Terminated)
    } else {
        Ok(Evaluation::Threw("the script ran for too long".into()))
    }
}

/// A notification of the manager's, as a task.
pub(crate) fn notify(cx: &mut JSContext, global: &GlobalScope, notification: Notification) {
    notifications::handle(cx, global, notification);
}

/// An event on its way to the worker's event loop.
pub(crate) struct EventTask {
    event: WorkerEvent,
    /// Set once the event is being dispatched: from then on it can't be given to another run.
    begun: Arc<AtomicBool>,
    completion: oneshot::Sender<DispatchOutcome>,
}

impl EventTask {
    /// The task, and what becomes of its event.
    pub(crate) fn new(event: WorkerEvent) -> (Self, BoxFuture<'static, DispatchOutcome>) {
        let (completion, completed) = oneshot::channel();
        let begun = Arc::new(AtomicBool::new(false));
        let task = EventTask { event, begun: begun.clone(), completion };
        let outcome = async move {
            match completed.await {
                Ok(outcome) => outcome,
                // The agent ended.
                Err(_) if begun.load(Ordering::Acquire) => DispatchOutcome::Terminated,
                Err(_) => DispatchOutcome::Discarded,
            }
        };
        (task, outcome.boxed())
    }

    /// Dispatches the event.
    pub(crate) fn run(self, cx: &mut JSContext, global: &GlobalScope) {
        let Some(worker) = global.downcast::<ServiceWorkerGlobalScope>() else { return };
        self.begun.store(true, Ordering::Release);
        event_dispatch::run(cx, worker, &self.event, self.completion);
    }
}
