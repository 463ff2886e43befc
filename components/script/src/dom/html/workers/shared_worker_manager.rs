//! The [shared worker manager](https://html.spec.whatwg.org/multipage/workers.html#shared-worker-manager): there is one
//! per engine, and all agents find their shared workers through it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use fetch::{Origin, Url};

use super::run::WorkerStart;
use super::shared_worker::SharedWorker;
use super::shared_worker_global_scope::SharedWorkerGlobalScope;
use crate::bindings::enums::{RequestCredentials, WorkerType};
use crate::dom::html::message_port::PortEnd;
use crate::embedder::{AgentId, AgentInfo, AgentKind, Hosts};
use crate::runtime::agent::{Agent, AgentControl, GlobalId};
use crate::runtime::engine_state::EngineState;
use crate::runtime::engine_thread::NewAgent;
use crate::runtime::task_queue::TaskQueue;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// What a shared worker is found by: two with the same are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SharedWorkerKey {
    /// The [storage key for non-storage purposes](https://storage.spec.whatwg.org/#obtain-a-storage-key-for-non-storage-purposes)
    /// of the constructor's settings.
    pub(super) storage_key: Origin,
    /// The constructor URL.
    pub(super) url: Url,
    /// The name.
    pub(super) name: DOMString,
}

/// What has to be the same beside the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SharedWorkerTerms {
    pub(super) worker_type: WorkerType,
    pub(super) credentials: RequestCredentials,
    /// Whether it was made in a secure context.
    pub(super) is_secure_context: bool,
}

/// All shared workers.
#[derive(Default)]
pub(crate) struct SharedWorkerManager {
    workers: Mutex<Vec<RunningSharedWorker>>,
}

struct RunningSharedWorker {
    id: AgentId,
    key: SharedWorkerKey,
    terms: SharedWorkerTerms,
    control: AgentControl,
    objects: Arc<WaitingObjects>,
    /// The globals of its [owner set](https://html.spec.whatwg.org/multipage/workers.html#concept-WorkerGlobalScope-owner-set),
    /// with their agents.
    owners: Vec<(GlobalId, Arc<TaskQueue>)>,
}

/// The `SharedWorker` objects that do not know yet whether there will be a worker. They are kept alive until then.
pub(super) struct WaitingObjects {
    state: Mutex<WorkerState>,
}

enum WorkerState {
    /// It is not known yet.
    Waiting(Vec<WaitingObject>),
    Runs,
    Failed,
}

struct WaitingObject {
    /// The object's agent is not idle while this is there.
    tasks: TaskSender,
    object: Trusted<SharedWorker>,
}

/// The globals of an agent can be owners of a shared worker until this is dropped.
struct Owner {
    engine: Weak<EngineState>,
    worker: AgentId,
    agent: Arc<TaskQueue>,
}

impl WaitingObjects {
    fn new() -> Arc<WaitingObjects> {
        Arc::new(WaitingObjects { state: Mutex::new(WorkerState::Waiting(Vec::new())) })
    }

    fn lock(&self) -> MutexGuard<'_, WorkerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The object is told if there won't be a worker, be it known already or not.
    fn add(&self, object: WaitingObject) {
        let mut state = self.lock();
        match &mut *state {
            WorkerState::Waiting(objects) => objects.push(object),
            WorkerState::Runs => {}
            WorkerState::Failed => object.fire_error(),
        }
    }

    /// The worker runs.
    pub(super) fn forget(&self) {
        self.settle(WorkerState::Runs);
    }

    /// It never will. NB: all objects are told, and not that alone which started the worker.
    pub(super) fn fire_error(&self) {
        self.settle(WorkerState::Failed).into_iter().for_each(WaitingObject::fire_error);
    }

    fn settle(&self, state: WorkerState) -> Vec<WaitingObject> {
        match std::mem::replace(&mut *self.lock(), state) {
            WorkerState::Waiting(objects) => objects,
            WorkerState::Runs | WorkerState::Failed => Vec::new(),
        }
    }
}

impl WaitingObject {
    fn fire_error(self) {
        let object = self.object;
        self.tasks.post(
            TaskSource::DomManipulation,
            Box::new(move |cx, _global| {
                object.root().upcast::<EventTarget>().fire_event(cx, "error");
            }),
        );
    }
}

impl SharedWorkerManager {
    fn lock(&self) -> MutexGuard<'_, Vec<RunningSharedWorker>> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// [The constructor](https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker)'s steps in the manager:
    /// finds the worker or starts it, and connects it. `agent` is that of the object.
    pub(super) fn connect(
        &self,
        agent: &Agent,
        object: &SharedWorker,
        key: SharedWorkerKey,
        terms: SharedWorkerTerms,
        inside: PortEnd,
        start: impl FnOnce(Arc<WaitingObjects>) -> (WorkerStart, Arc<Hosts>),
    ) {
        let global = object.global();
        let object = WaitingObject { tasks: global.task_sender(), object: Trusted::new(object) };
        let mut workers = self.lock();
        // 11.2. Is there one that is not closing?
        let found =
            workers.iter().position(|worker| worker.key == key && !worker.control.task_queue().is_closing());
        let place = match found {
            Some(place) if workers[place].terms != terms => {
                drop(workers);
                // 11.4, 11.5.3. It is of another type, or of another kind of context.
                return object.fire_error();
            }
            Some(place) => place,
            // 11.6. Run one.
            None => {
                let objects = WaitingObjects::new();
                let (start, hosts) = start(objects.clone());
                workers.push(RunningSharedWorker::start(agent, key, terms, objects, start, hosts));
                workers.len() - 1
            }
        };
        let worker = &mut workers[place];
        // 11.5.4. The object is told if there won't be a worker.
        worker.objects.add(object);
        // 11.5.8. Its global owns the worker.
        worker.add_owner(agent, global.id());
        // 11.5.5–11.5.7, and run a worker, 12.13. The worker is told, once it runs.
        worker.connect(inside);
    }

    /// A worker is gone.
    fn remove(&self, id: AgentId) {
        let mut workers = self.lock();
        let place = workers.iter().position(|worker| worker.id == id);
        let worker = place.map(|place| workers.remove(place));
        drop(workers);
        drop(worker);
    }

    /// An agent is gone.
    fn remove_agent(&self, owner: &Owner) {
        let mut workers = self.lock();
        if let Some(worker) = workers.iter_mut().find(|worker| worker.id == owner.worker) {
            worker.retain_owners(|(_, agent)| !Arc::ptr_eq(agent, &owner.agent));
        }
    }

    /// A global is gone: its document was destroyed.
    pub(crate) fn remove_global(&self, global: GlobalId) {
        for worker in &mut *self.lock() {
            worker.retain_owners(|(owner, _)| *owner != global);
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.upgrade() {
            engine.shared_workers.remove_agent(self);
        }
    }
}

impl RunningSharedWorker {
    fn start(
        agent: &Agent,
        key: SharedWorkerKey,
        terms: SharedWorkerTerms,
        objects: Arc<WaitingObjects>,
        start: WorkerStart,
        hosts: Arc<Hosts>,
    ) -> RunningSharedWorker {
        let id = AgentId::next();
        let info = AgentInfo { id, kind: AgentKind::SharedWorker, url: key.url.clone() };
        let (engine, waiting) = (Arc::downgrade(agent.engine()), objects.clone());
        let control = agent.start_shared(NewAgent {
            on_end: Some(Box::new(move |_crash| {
                // Where it never ran.
                waiting.fire_error();
                if let Some(engine) = engine.upgrade() {
                    engine.shared_workers.remove(id);
                }
            })),
            ..NewAgent::new(info, hosts, start.into_setup())
        });
        let owners = Vec::new();
        RunningSharedWorker { id, key, terms, control, objects, owners }
    }

    fn add_owner(&mut self, agent: &Agent, global: GlobalId) {
        if self.owners.iter().any(|(owner, _)| *owner == global) {
            return;
        }
        let queue = agent.task_queue();
        let is_known = self.owners.iter().any(|(_, agent)| Arc::ptr_eq(agent, queue));
        self.owners.push((global, queue.clone()));
        if is_known {
            return;
        }
        self.control.task_queue().add_owner(queue.clone());
        let owner = Owner { engine: Arc::downgrade(agent.engine()), worker: self.id, agent: queue.clone() };
        agent.drop_at_end(Box::new(owner));
    }

    /// Keeps some owners. A worker without any is ended.
    fn retain_owners(&mut self, keep: impl FnMut(&(GlobalId, Arc<TaskQueue>)) -> bool) {
        let before = self.owners.len();
        self.owners.retain(keep);
        if self.owners.len() == before {
            return;
        }
        let owners = &self.owners;
        let is_gone = |agent: &Arc<TaskQueue>| !owners.iter().any(|(_, owner)| Arc::ptr_eq(owner, agent));
        self.control.task_queue().remove_owners(is_gone);
        if owners.is_empty() {
            self.control.close();
        }
    }

    /// Queues the task that fires `connect`, for when the worker's script has run.
    fn connect(&self, inside: PortEnd) {
        self.control.task_queue().post(
            TaskSource::DomManipulation,
            Box::new(move |cx| {
                let steps = Box::new(move |cx: &mut JSContext| {
                    let global = GlobalScope::of_agent(&Agent::of_this_thread());
                    if let Some(worker) =
                        global.as_deref().and_then(|global| global.downcast::<SharedWorkerGlobalScope>())
                    {
                        worker.connect(cx, inside);
                    }
                });
                Agent::of_this_thread().when_global_is_known(cx, steps);
            }),
        );
    }
}
