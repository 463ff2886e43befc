//! Agents for service workers: what the component `service_worker` asks of an engine.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use fetch::BoxFuture;
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use service_worker::host::{DispatchOutcome, StartError, StartWorker, StartedWorker, WorkerHost};
use service_worker::{Notification, RunId, WorkerEvent};

use super::Services;
use crate::dom::service_workers::run::{self, EventTask};
use crate::embedder::{AgentId, AgentInfo, AgentKind, Hosts};
use crate::runtime::agent::AgentControl;
use crate::runtime::engine_thread::{AgentStarter, NewAgent};
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;

/// The agents of running service workers.
pub(crate) struct ServiceWorkerAgents {
    this: Weak<ServiceWorkerAgents>,
    starter: AgentStarter,
    hosts: Arc<Hosts>,
    services: OnceLock<Services>,
    runs: Mutex<HashMap<RunId, Run>>,
}

/// One run of a worker, until its agent is gone.
struct Run {
    control: AgentControl,
    /// Resolves when the agent is gone.
    gone: Shared<oneshot::Receiver<()>>,
    /// Whether the manager asked for its end.
    terminating: bool,
}

/// Lives as long as the agent: its global object owns it, before that its first task.
pub(crate) struct AgentLifetime {
    agents: Weak<ServiceWorkerAgents>,
    run: RunId,
    ended: Arc<AtomicBool>,
    gone: Option<oneshot::Sender<()>>,
}

impl Drop for AgentLifetime {
    fn drop(&mut self) {
        if let Some(agents) = self.agents.upgrade() {
            agents.agent_ended(self);
        }
        if let Some(gone) = self.gone.take() {
            // Nobody may wait for it.
            let _ = gone.send(());
        }
    }
}

impl ServiceWorkerAgents {
    pub(super) fn new(starter: AgentStarter, hosts: &Arc<Hosts>) -> Arc<Self> {
        Arc::new_cyclic(|this| ServiceWorkerAgents {
            this: this.clone(),
            starter,
            hosts: hosts.clone(),
            services: OnceLock::new(),
            runs: Mutex::default(),
        })
    }

    /// What the workers' globals reach; once.
    pub(super) fn set_services(&self, services: Services) {
        let _ = self.services.set(services);
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<RunId, Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn agent_ended(&self, agent: &AgentLifetime) {
        let mut runs = self.runs();
        agent.ended.store(true, Ordering::Relaxed);
        let ended = runs.remove(&agent.run);
        drop(runs);
        let by_itself = ended.is_some_and(|run| !run.terminating);
        if let (true, Some(services)) = (by_itself, self.services.get()) {
            services.service_workers.worker_stopped(agent.run);
        }
    }

    /// Queues tasks for a run; `None` once its agent is gone.
    fn tasks(&self, run: RunId) -> Option<TaskSender> {
        self.runs().get(&run).map(|run| TaskSender::for_agent(&run.control))
    }
}

impl WorkerHost for ServiceWorkerAgents {
    fn start(&self, params: StartWorker) -> BoxFuture<'static, Result<StartedWorker, StartError>> {
        let run = params.run;
        let info = AgentInfo {
            id: AgentId::next(),
            kind: AgentKind::ServiceWorker,
            url: params.worker.script_url.clone(),
        };
        let (gone_sender, gone) = oneshot::channel();
        let ended = Arc::new(AtomicBool::new(false));
        let lifetime =
            AgentLifetime { agents: self.this.clone(), run, ended: ended.clone(), gone: Some(gone_sender) };
        let (sender, started) = oneshot::channel();
        let setup = run::setup(params, lifetime, sender);
        let control = self.starter.start_agent(NewAgent::new(info, self.hosts.clone(), setup));
        let mut runs = self.runs();
        // It may have ended at once.
        if !ended.load(Ordering::Relaxed) {
            runs.insert(run, Run { control, gone: gone.shared(), terminating: false });
        }
        drop(runs);
        async move { started.await.unwrap_or(Err(StartError::Terminated)) }.boxed()
    }

    fn dispatch(&self, run: RunId, event: WorkerEvent) -> BoxFuture<'static, DispatchOutcome> {
        let source = match event {
            WorkerEvent::Fetch(_) => TaskSource::HandleFetch,
            WorkerEvent::Functional(_) => TaskSource::HandleFunctionalEvent,
            WorkerEvent::Install | WorkerEvent::Activate | WorkerEvent::Message(_) => {
                TaskSource::DomManipulation
            }
        };
        let (task, outcome) = EventTask::new(event);
        if let Some(tasks) = self.tasks(run) {
            tasks.post(source, Box::new(move |cx, global| task.run(cx, global)));
        }
        // A task that is dropped answers, too.
        outcome
    }

    fn terminate(&self, run: RunId) -> BoxFuture<'static, ()> {
        let mut runs = self.runs();
        let Some(run) = runs.get_mut(&run) else { return std::future::ready(()).boxed() };
        run.terminating = true;
        run.control.close();
        let gone = run.gone.clone();
        async move {
            // An error says the same: its sender is gone.
            let _ = gone.await;
        }
        .boxed()
    }

    fn notify(&self, run: RunId, notification: Notification) {
        if let Some(tasks) = self.tasks(run) {
            tasks.post(
                TaskSource::DomManipulation,
                Box::new(move |cx, global| run::notify(cx, global, notification)),
            );
        }
    }
}
