//! What the manager knows (<https://w3c.github.io/ServiceWorker/#algorithms>).

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fetch::{PolicyContainer, StorageKey};
use futures::channel::oneshot;
use url::Url;

use super::jobs::QueuedJob;
use crate::host::{Evaluation, Observer, StartError};
use crate::{
    ClientId, ClientInfo, ClientKind, NavigationPreloadState, Notification, RegistrationId, RegistrationInfo,
    Reply, RunId, ScriptResourceMap, StoreError, StoredRegistration, StoredWorker, UpdateViaCache, WorkerId,
    WorkerInfo, WorkerState, WorkerType,
};

/// The name of a job queue. NB: the standard's map has the scope alone as its key; two storage keys that share a scope
/// have nothing to do with each other.
pub(super) type QueueKey = (StorageKey, String);

#[derive(Default)]
pub(super) struct State {
    /// The number of the next registration or worker.
    pub next_id: u64,
    pub next_run: u64,
    /// Why the profile's registrations could not be read, if so: then none can be made either.
    pub load_error: Option<StoreError>,
    /// No worker is started any more.
    pub shutting_down: bool,
    pub ended: bool,
    /// Who is told when nothing is under way.
    pub idle_waiters: Vec<Reply<()>>,
    /// The registration map: for each storage key the serialised scopes in the order in which they were registered.
    pub registration_map: HashMap<StorageKey, Vec<(String, RegistrationId)>>,
    /// All registrations, also those that were unregistered but are still in use.
    pub registrations: HashMap<RegistrationId, Registration>,
    pub workers: HashMap<WorkerId, Worker>,
    pub runs: HashMap<RunId, WorkerId>,
    /// In the order of their creation.
    pub clients: Vec<Client>,
    /// The scope to job queue map.
    pub job_queues: HashMap<QueueKey, VecDeque<QueuedJob>>,
}

/// A service worker registration.
pub(super) struct Registration {
    pub id: RegistrationId,
    pub storage_key: StorageKey,
    pub scope: Url,
    pub update_via_cache: UpdateViaCache,
    pub last_update_check_time: Option<SystemTime>,
    pub navigation_preload: NavigationPreloadState,
    pub installing: Option<WorkerId>,
    pub waiting: Option<WorkerId>,
    pub active: Option<WorkerId>,
}

/// A service worker.
pub(super) struct Worker {
    pub id: WorkerId,
    pub registration: RegistrationId,
    pub script_url: Url,
    pub worker_type: WorkerType,
    pub state: WorkerState,
    pub policy_container: PolicyContainer,
    /// The script resource map; `None` while it is in the store alone.
    pub scripts: Option<ScriptResourceMap>,
    /// Whether the store has it.
    pub is_stored: bool,
    pub used_scripts: HashSet<Url>,
    pub skip_waiting: bool,
    pub classic_scripts_imported: bool,
    pub force_bypass_cache_for_import_scripts: bool,
    pub has_ever_been_evaluated: bool,
    pub event_types: BTreeSet<String>,
    pub all_fetch_listeners_are_empty: bool,
    pub run: Run,
    /// The size of the set of extended events: how many events are active.
    pub active_events: usize,
    /// How many bodies of responses are still being read from it.
    pub response_bodies: usize,
    /// Counts the worker's events, so that the idle timer sees whether there were any.
    pub activity: u64,
    /// Who waits until the worker is no longer activating.
    pub activated_waiters: Vec<oneshot::Sender<()>>,
    /// The calls of `skipWaiting()` that its activation answers.
    pub skips_waiting: Vec<Reply<()>>,
}

/// Whether a worker has an agent.
pub(super) enum Run {
    Stopped,
    /// The host knows the run once its start was asked for.
    Starting {
        run: RunId,
        is_known: bool,
        waiters: Vec<oneshot::Sender<RunResult>>,
    },
    Running {
        run: RunId,
        evaluation: Evaluation,
    },
    /// `restarters` wait until the agent is gone, to start another.
    Stopping {
        restarters: Vec<oneshot::Sender<()>>,
    },
}

/// What Run Service Worker answers: the run and the worker's start status, or *failure*.
pub(super) type RunResult = Result<(RunId, Evaluation), StartError>;

/// Nobody: a client that is only reserved has no objects that show anything.
struct NoObserver;

impl Observer for NoObserver {
    fn notify(&self, _: Notification) {}
}

/// A service worker client.
pub(super) struct Client {
    pub info: ClientInfo,
    pub observer: Arc<dyn Observer>,
    /// Whose controller it got where nothing was fetched for it: the URL that scopes were matched with for that.
    pub creator_url: Option<Url>,
    /// The active service worker.
    pub controller: Option<WorkerId>,
    pub execution_ready: bool,
    /// Of a reserved client: the worker that its response is being waited for.
    pub awaits_response_of: Option<WorkerId>,
    /// Of a reserved client, which has no objects yet: the messages for it.
    pub early_messages: Option<Vec<Notification>>,
    /// Who waits for the execution ready flag; dropped when the client is discarded.
    pub ready_waiters: Vec<oneshot::Sender<()>>,
    /// Greater for those that were focused more recently; 0 for those that never were.
    pub focus_order: u64,
}

impl Client {
    pub fn new(info: ClientInfo, observer: Arc<dyn Observer>, controller: Option<WorkerId>) -> Self {
        Client {
            info,
            observer,
            creator_url: None,
            controller,
            execution_ready: false,
            awaits_response_of: None,
            early_messages: None,
            ready_waiters: Vec::new(),
            focus_order: 0,
        }
    }

    /// One whose environment is reserved for a response.
    pub fn reserved(info: ClientInfo, controller: Option<WorkerId>) -> Self {
        Client { early_messages: Some(Vec::new()), ..Client::new(info, Arc::new(NoObserver), controller) }
    }

    /// The URL that scopes are matched with where the client is claimed. NB: the standard has the creation URL for all;
    /// what was made from nothing fetched gets its first controller from its creator, and, as web-platform-tests have it,
    /// its later ones like that too.
    pub fn claimed_by_url(&self) -> &Url {
        self.creator_url.as_ref().unwrap_or(self.info.url())
    }
}

impl Run {
    /// Its number while there is an agent, or soon is one.
    pub fn id(&self) -> Option<RunId> {
        match self {
            Run::Starting { run, .. } | Run::Running { run, .. } => Some(*run),
            Run::Stopped | Run::Stopping { .. } => None,
        }
    }

    /// Its number if the host knows it.
    pub fn known_id(&self) -> Option<RunId> {
        match self {
            Run::Starting { is_known: false, .. } => None,
            run => run.id(),
        }
    }
}

impl Worker {
    pub fn info(&self) -> WorkerInfo {
        WorkerInfo {
            id: self.id,
            registration: self.registration,
            script_url: self.script_url.clone(),
            worker_type: self.worker_type,
            state: self.state,
        }
    }

    /// [Service Worker Has No Pending Events](https://w3c.github.io/ServiceWorker/#service-worker-has-no-pending-events).
    pub fn has_no_pending_events(&self) -> bool {
        // 1. No event of the set is active. (What isn't active leaves the set at once.)
        // 2. True.
        self.active_events == 0
    }

    /// [Should Skip Event](https://w3c.github.io/ServiceWorker/#should-skip-event-algorithm).
    pub fn should_skip_event(&self, event_name: &str) -> bool {
        // 1. No listener was added when the script first ran.
        // 2. Else it isn't skipped; nor before that first run.
        self.has_ever_been_evaluated && !self.event_types.contains(event_name)
    }

    fn stored(&self) -> StoredWorker {
        StoredWorker {
            id: self.id,
            script_url: self.script_url.clone(),
            worker_type: self.worker_type,
            policy_container: self.policy_container.clone(),
            event_types: self.event_types.clone(),
            classic_scripts_imported: self.classic_scripts_imported,
            all_fetch_listeners_are_empty: self.all_fetch_listeners_are_empty,
        }
    }

    pub fn from_stored(stored: StoredWorker, registration: RegistrationId, state: WorkerState) -> Self {
        Worker {
            id: stored.id,
            registration,
            script_url: stored.script_url,
            worker_type: stored.worker_type,
            state,
            policy_container: stored.policy_container,
            scripts: None,
            is_stored: true,
            used_scripts: HashSet::new(),
            skip_waiting: false,
            classic_scripts_imported: stored.classic_scripts_imported,
            force_bypass_cache_for_import_scripts: false,
            has_ever_been_evaluated: true,
            event_types: stored.event_types,
            all_fetch_listeners_are_empty: stored.all_fetch_listeners_are_empty,
            run: Run::Stopped,
            active_events: 0,
            response_bodies: 0,
            activity: 0,
            activated_waiters: Vec::new(),
            skips_waiting: Vec::new(),
        }
    }
}

impl Registration {
    /// Whether the registration is [stale](https://w3c.github.io/ServiceWorker/#service-worker-registration-stale).
    pub fn is_stale(&self, now: SystemTime) -> bool {
        const LIMIT: Duration = Duration::from_secs(86400);
        // A clock that was set back makes the last check lie in the future: nothing is known then, so it is stale.
        self.last_update_check_time
            .is_some_and(|last| now.duration_since(last).map_or(true, |age| age > LIMIT))
    }

    /// [Get Newest Worker](https://w3c.github.io/ServiceWorker/#get-newest-worker-algorithm).
    pub fn newest_worker(&self) -> Option<WorkerId> {
        // 2–6. The installing, else the waiting, else the active one.
        self.installing.or(self.waiting).or(self.active)
    }

    pub fn workers(&self) -> impl Iterator<Item = WorkerId> {
        [self.installing, self.waiting, self.active].into_iter().flatten()
    }
}

impl State {
    pub fn new_registration_id(&mut self) -> RegistrationId {
        RegistrationId(self.new_id())
    }

    pub fn new_worker_id(&mut self) -> WorkerId {
        WorkerId(self.new_id())
    }

    fn new_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    pub fn worker_info(&self, worker: Option<WorkerId>) -> Option<WorkerInfo> {
        Some(self.workers.get(&worker?)?.info())
    }

    pub fn registration_info(&self, id: RegistrationId) -> Option<RegistrationInfo> {
        let registration = self.registrations.get(&id)?;
        Some(RegistrationInfo {
            id,
            storage_key: registration.storage_key.clone(),
            scope: registration.scope.clone(),
            update_via_cache: registration.update_via_cache,
            navigation_preload: registration.navigation_preload.clone(),
            installing: self.worker_info(registration.installing),
            waiting: self.worker_info(registration.waiting),
            active: self.worker_info(registration.active),
        })
    }

    /// The registration as the profile keeps it, with `installed` as its waiting worker if that is given; `None` if it
    /// keeps nothing of it: it is unregistered, or nothing but an installing worker is there.
    pub fn stored_registration(
        &self,
        id: RegistrationId,
        installed: Option<WorkerId>,
    ) -> Option<StoredRegistration> {
        let registration = self.registrations.get(&id)?;
        let stored = |worker: Option<WorkerId>| Some(self.workers.get(&worker?)?.stored());
        let (waiting, active) = (stored(installed.or(registration.waiting)), stored(registration.active));
        if self.is_unregistered(id) || (waiting.is_none() && active.is_none()) {
            return None;
        }
        Some(StoredRegistration {
            id,
            storage_key: registration.storage_key.clone(),
            scope: registration.scope.clone(),
            update_via_cache: registration.update_via_cache,
            last_update_check_time: registration.last_update_check_time,
            navigation_preload: registration.navigation_preload.clone(),
            waiting,
            active,
        })
    }

    pub fn client(&self, id: &ClientId) -> Option<&Client> {
        self.clients.iter().find(|client| client.info.id == *id)
    }

    pub fn client_mut(&mut self, id: &ClientId) -> Option<&mut Client> {
        self.clients.iter_mut().find(|client| client.info.id == *id)
    }

    /// What is greater than all there are.
    pub fn next_focus_order(&self) -> u64 {
        1 + self.clients.iter().map(|client| client.focus_order).max().unwrap_or(0)
    }

    /// A window that comes with focus is the last one that has got it.
    pub fn note_focus(&mut self, client: &ClientId) {
        let order = self.next_focus_order();
        let Some(client) = self.client_mut(client) else { return };
        if matches!(&client.info.kind, ClientKind::Window(window) if window.focused) {
            client.focus_order = order;
        }
    }

    /// The registration that a client [uses](https://w3c.github.io/ServiceWorker/#dfn-use).
    pub fn registration_used_by(&self, client: &Client) -> Option<RegistrationId> {
        Some(self.workers.get(&client.controller?)?.registration)
    }

    /// Whether any client uses the registration.
    pub fn is_used(&self, registration: RegistrationId) -> bool {
        self.clients.iter().any(|client| self.registration_used_by(client) == Some(registration))
    }
}

/// The URL serializer with the exclude fragment flag.
pub(super) fn serialize_scope(scope: &Url) -> String {
    scope.as_str().split('#').next().unwrap_or_default().to_owned()
}

/// Tells those who wait.
pub(super) fn wake(waiters: &mut Vec<oneshot::Sender<()>>) {
    for waiter in waiters.drain(..) {
        // Who no longer waits needs not be told.
        let _ = waiter.send(());
    }
}
