//! Agents for service workers.

use std::collections::BTreeSet;
use std::sync::Arc;

use fetch::PolicyContainer;
use futures::future::BoxFuture;
use thiserror::Error;

use crate::{Notification, RegistrationInfo, RunId, ScriptResource, WorkerEvent, WorkerInfo};

/// Runs workers: one agent (event loop, realm, global) for each run.
///
/// The worker's own script reaches the manager by the [`Handle`](crate::Handle): `importScripts()`, `skipWaiting()`,
/// `clients`, `registration`.
pub trait WorkerHost: Send + Sync {
    /// Sets up a `ServiceWorkerGlobalScope` and runs the script in it
    /// ([Run Service Worker](https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm)). Resolves when the
    /// script has run to its end; from then on events may come. The run exists from the call on, whether or not the
    /// future is polled: it can be notified and terminated.
    ///
    /// If the agent ends by itself later, the host says so by
    /// [`Handle::worker_stopped`](crate::Handle::worker_stopped).
    fn start(&self, params: StartWorker) -> BoxFuture<'static, Result<StartedWorker, StartError>>;

    /// Queues a task that creates and dispatches a trusted event at the run's global, on the task source that the
    /// event asks for. A fetch event is [answered](crate::FetchEvent::respond) besides. Resolves when the event is no longer active: it was dispatched and all its lifetime promises
    /// have settled. After [`WorkerHost::terminate`] it resolves with [`DispatchOutcome::Discarded`] or
    /// [`DispatchOutcome::Terminated`], also for a run that is not known.
    fn dispatch(&self, run: RunId, event: WorkerEvent) -> BoxFuture<'static, DispatchOutcome>;

    /// Ends the agent, also in the middle of a script that doesn't return
    /// ([Terminate Service Worker](https://w3c.github.io/ServiceWorker/#terminate-service-worker-algorithm)). Resolves
    /// when it is gone. The termination has to happen even if nobody polls the future.
    fn terminate(&self, run: RunId) -> BoxFuture<'static, ()>;

    /// Queues a task for the objects in the run's realm, in the order of the calls. Must not block. Nothing happens if
    /// its agent has ended.
    fn notify(&self, run: RunId, notification: Notification);
}

/// What a host needs to start a worker.
#[derive(Clone, Debug)]
pub struct StartWorker {
    /// The name of this run.
    pub run: RunId,
    /// The worker.
    pub worker: WorkerInfo,
    /// Its registration.
    pub registration: RegistrationInfo,
    /// Its own script.
    pub script: Arc<ScriptResource>,
    /// Its script resource's policy container.
    pub policy_container: PolicyContainer,
}

/// A worker that runs.
#[derive(Clone, Debug)]
pub struct StartedWorker {
    /// How its script ended.
    pub evaluation: Evaluation,
    /// The types of the events for which its global has listeners now.
    pub event_types: BTreeSet<String>,
    /// Whether all its fetch listeners do nothing
    /// ([All Fetch Listeners Are Empty](https://w3c.github.io/ServiceWorker/#all-fetch-listeners-are-empty-algorithm)).
    pub all_fetch_listeners_are_empty: bool,
}

/// How a script ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// It ran to its end.
    Normal,
    /// It threw; the text says what and where. (The host has reported the exception.)
    Threw(String),
}

/// Why a worker does not run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StartError {
    /// The script can't be parsed; the text says why and where.
    #[error("{0}")]
    Parse(String),
    /// Its policy forbids it to run.
    #[error("{0}")]
    Blocked(String),
    /// It was terminated before its script ended.
    #[error("the worker was terminated while it started")]
    Terminated,
    /// The host can't run it.
    #[error("{0}")]
    Host(String),
}

/// How an event ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispatchOutcome {
    /// Every lifetime promise was fulfilled.
    Handled,
    /// A lifetime promise was rejected, for this reason.
    Failed(String),
    /// The agent ended before the event was dispatched: no listener saw it.
    Discarded,
    /// The agent ended while the event was active.
    Terminated,
}
