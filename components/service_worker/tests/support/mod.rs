//! A manager among fakes: a network of scripts, workers whose scripts are in a language of a few words, a store in
//! memory, and a virtual clock. Everything that happens is written into one log, in order.
#![allow(dead_code, unused_imports, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod clients;
mod network;
mod store;
mod workers;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use fetch::{Origin, StorageKey, Url};
use futures::future::BoxFuture;
use service_worker::host::{Clock, Hosts, RegistrationObserver};
use service_worker::{
    ClientId, ClientInfo, Config, ControllerRule, Environment, Error, EventOutcome, FunctionalEvent, Handle,
    Payload, RegisterOptions, RegistrationId, RegistrationInfo, Reply, ServiceWorkerManager, UpdateViaCache,
    WorkerId, WorkerType,
};
use tokio::task::JoinHandle;

pub use clients::client_info;
pub use network::{Answer, FakeNetwork};
pub use store::FakeStore;
pub use workers::FakeWorkers;

/// Where the tests' pages live.
pub const ORIGIN: &str = "https://a.example/";

/// What happened, in order.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    /// What happened since this was last asked.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

pub struct World {
    pub handle: Handle,
    pub log: Log,
    pub network: Arc<FakeNetwork>,
    pub workers: Arc<FakeWorkers>,
    pub store: Arc<FakeStore>,
    pub manager: JoinHandle<()>,
}

struct VirtualClock;

impl Clock for VirtualClock {
    fn now(&self) -> SystemTime {
        // The virtual clock's zero is the first look at it.
        static START: std::sync::OnceLock<tokio::time::Instant> = std::sync::OnceLock::new();
        let start = START.get_or_init(tokio::time::Instant::now);
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000) + start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

struct RemovedToLog(Log);

impl RegistrationObserver for RemovedToLog {
    fn registration_removed(&self, registration: &RegistrationInfo) {
        self.0.add(format!("removed {}", registration.scope.path()));
    }
}

impl World {
    pub fn new() -> Self {
        World::with_store(Arc::default())
    }

    /// A world in which something was registered before.
    pub fn with_store(store: Arc<FakeStore>) -> Self {
        let log = Log::default();
        let network = Arc::new(FakeNetwork::new(log.clone()));
        let workers = Arc::new(FakeWorkers::new(log.clone()));
        let hosts = Hosts {
            network: network.clone(),
            workers: workers.clone(),
            store: store.clone(),
            registrations: Arc::new(RemovedToLog(log.clone())),
            clock: Arc::new(VirtualClock),
        };
        let (handle, manager) = ServiceWorkerManager::new(hosts, Config::default());
        workers.set_handle(handle.clone());
        World { handle, log, network, workers, store, manager: tokio::spawn(manager) }
    }

    /// Ends this program and starts the next one, with the same profile.
    pub async fn restart(self) -> World {
        self.manager.abort();
        World::with_store(self.store)
    }

    /// Adds a page.
    pub async fn page(&self, name: &str, path: &str) -> ClientId {
        self.page_at(name, url(path)).await
    }

    pub async fn page_at(&self, name: &str, url: Url) -> ClientId {
        self.create_client(client_info(name, url), ControllerRule::Match).await
    }

    /// Adds a client that writes into the log.
    pub async fn create_client(&self, info: ClientInfo, rule: ControllerRule) -> ClientId {
        let (id, name) = (info.id.clone(), info.id.0.to_string());
        let observer = Arc::new(clients::Page { name: name.clone(), log: self.log.clone() });
        let (reply, controller) = Reply::channel();
        self.handle.create_client(info, rule, observer, reply);
        self.handle.client_execution_ready(id.clone());
        if let Some(controller) = controller.await.unwrap() {
            self.log.add(format!("{name}: controlled by {}", controller.id.0));
        }
        id
    }

    /// Calls `register()`; the answer goes into the log too.
    pub fn register_with(
        &self,
        client: &ClientId,
        options: RegisterOptions,
    ) -> BoxFuture<'static, Registered> {
        let (name, log) = (client.0.to_string(), self.log.clone());
        let (sender, receiver) = futures::channel::oneshot::channel();
        let reply = Reply::new(move |answer: Registered| {
            log.add(match &answer {
                Ok(registration) => format!("{name}: registered {}", registration.scope.path()),
                Err(error) => format!("{name}: {}", kind_of(error)),
            });
            let _ = sender.send(answer);
        });
        self.handle.register(client.clone(), options, reply);
        Box::pin(async { receiver.await.unwrap() })
    }

    pub fn register(&self, client: &ClientId, script: &str, scope: &str) -> BoxFuture<'static, Registered> {
        self.register_with(client, options(script, scope))
    }

    /// Has a page register a worker with this script for the whole origin, and waits until it is active.
    pub async fn active(&self, script: &str) -> RegistrationInfo {
        self.network.script("/sw.js", script);
        let page = self.page("registering page", "/register").await;
        let registration = self.register(&page, "/sw.js", "/").await.unwrap();
        self.settle().await;
        self.handle.client_unloaded(page);
        self.settle().await;
        self.log.take();
        self.registration(registration.id).await
    }

    /// Lets everything happen that can happen without time passing.
    pub async fn settle(&self) {
        // The virtual clock moves on when nothing else is left to be done.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        self.settle().await;
    }

    /// Settles, and takes the log.
    pub async fn events(&self) -> Vec<String> {
        self.settle().await;
        self.log.take()
    }

    pub async fn registration(&self, id: RegistrationId) -> RegistrationInfo {
        let (reply, registration) = Reply::channel();
        self.handle.registration(id, reply);
        registration.await.unwrap().unwrap()
    }

    /// `getRegistration()`.
    pub async fn matching(&self, path: &str) -> Option<RegistrationInfo> {
        let (reply, registration) = Reply::channel();
        self.handle.match_registration(storage_key(), url(path), reply);
        registration.await.unwrap()
    }

    pub async fn unregister(&self, client: &ClientId, id: RegistrationId) -> Result<bool, Error> {
        let (reply, answer) = Reply::channel();
        self.handle.unregister(Environment::Client(client.clone()), id, reply);
        answer.await
    }

    pub async fn update(&self, client: &ClientId, id: RegistrationId) -> Registered {
        let (reply, answer) = Reply::channel();
        self.handle.update(Environment::Client(client.clone()), id, reply);
        answer.await
    }

    /// Fires a functional event.
    pub fn fire(&self, id: RegistrationId, name: &'static str) -> BoxFuture<'static, EventOutcome> {
        let (reply, outcome) = Reply::channel();
        self.handle.fire_functional_event(id, FunctionalEvent { name, init: Payload::new(()) }, reply);
        Box::pin(async { outcome.await.unwrap() })
    }

    pub fn message(&self, client: &ClientId, worker: WorkerId, text: &'static str) {
        let source = Environment::Client(client.clone());
        self.handle.post_message_to_worker(worker, Payload::new(text), source, "https://a.example".into());
    }
}

pub type Registered = Result<RegistrationInfo, Error>;

pub fn url(path: &str) -> Url {
    Url::parse(ORIGIN).unwrap().join(path).unwrap()
}

pub fn storage_key() -> StorageKey {
    StorageKey(Origin::of(&url("/")))
}

pub fn options(script: &str, scope: &str) -> RegisterOptions {
    RegisterOptions {
        script_url: url(script),
        scope_url: (!scope.is_empty()).then(|| url(scope)),
        worker_type: WorkerType::Classic,
        update_via_cache: UpdateViaCache::default(),
    }
}

/// The kind of an error.
pub fn kind_of(error: &Error) -> &'static str {
    match error {
        Error::Type(_) => "TypeError",
        Error::Security(_) => "SecurityError",
        Error::InvalidState(_) => "InvalidStateError",
        Error::Store(_) => "store error",
        Error::ShutDown => "shut down",
    }
}
