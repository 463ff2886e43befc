//! A site, and an engine that shows its pages and runs its workers.
//!
//! ```ignore
//! #[test]
//! fn a_worker_answers() {
//!     let world = World::new(Site::default().script("/sw.js", "…").page("/", "await ready(); console.log('done');"));
//!     world.open("/").logs("done");
//!     world.worker().logs("what the worker logged");
//! }
//! ```
//!
//! Nothing here sleeps: lines of the console, and requests that a test [holds](Site::hold), are waited for.

mod clock;
mod registrations;
mod site;

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use background_fetch::RetryPolicy;
use background_fetch::concepts::UniqueId;
use background_fetch::host::{Display, DisplayedFetch};
use background_fetch::testing::MemoryStore;
use fetch::{BoxFuture, Origin, StorageKey};
use script::embedder::{
    AgentEvent, AgentId, AgentInfo, AgentKind, AgentObserver, Hosts, Options, PermissionSource,
    PermissionState, Spawner,
};
use script::services::{ServiceHosts, Services};
use script::{Engine, PageHandle};

use clock::RealClock;
use registrations::Registrations;
pub use site::Site;
use site::{ORIGIN, SiteNetwork};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An engine, its services and everything around them.
pub struct World {
    console: Arc<Console>,
    permissions: Arc<Permission>,
    store: Arc<MemoryStore>,
    display: Arc<ShownFetches>,
    site: Arc<Site>,
    services: Services,
    engine: Option<Engine>,
    futures: Arc<tokio::runtime::Runtime>,
}

/// What agents wrote to the console.
#[derive(Default)]
struct Console {
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    seen: VecDeque<(AgentInfo, String)>,
    waiting: Option<Sender<()>>,
}

impl Console {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, agent: &AgentInfo, line: String) {
        let mut lines = self.lines();
        lines.seen.push_back((agent.clone(), line));
        if let Some(waiting) = lines.waiting.take() {
            // The test may have given up.
            let _ = waiting.send(());
        }
    }

    /// The next line of an agent that `wanted` says is meant.
    fn next(&self, wanted: impl Fn(&AgentInfo) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let more: Receiver<()> = {
                let mut lines = self.lines();
                if let Some(place) = lines.seen.iter().position(|(agent, _)| wanted(agent)) {
                    return lines.seen.remove(place).expect("it is there").1;
                }
                let (sender, receiver) = channel();
                lines.waiting = Some(sender);
                receiver
            };
            if more.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_err() {
                panic!("no line came; others were: {:#?}", self.lines().seen);
            }
        }
    }
}

impl AgentObserver for Console {
    fn agent_event(&self, agent: &AgentInfo, event: AgentEvent) {
        match event {
            AgentEvent::Console(message) => self.push(agent, message.text),
            AgentEvent::Error(error) => self.push(agent, format!("reported: {error}")),
            AgentEvent::Closed { crash: Some(crash) } => self.push(agent, format!("crashed: {crash}")),
            AgentEvent::Loaded | AgentEvent::Idle | AgentEvent::Closed { crash: None } => {}
        }
    }
}

/// The same answer for every permission.
#[derive(Default)]
struct Permission {
    denied: AtomicBool,
}

impl PermissionSource for Permission {
    fn state(&self, _name: &str, _origin: &Origin) -> PermissionState {
        if self.denied.load(Ordering::Relaxed) { PermissionState::Denied } else { PermissionState::Granted }
    }
}

struct Futures(tokio::runtime::Handle);

impl Spawner for Futures {
    fn spawn(&self, future: BoxFuture<'static, ()>) {
        self.0.spawn(future);
    }
}

impl World {
    /// An engine with its services for a site.
    pub fn new(site: Site) -> World {
        let futures = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let futures = Arc::new(futures.expect("a thread for futures"));
        let (console, permissions) = (Arc::<Console>::default(), Arc::<Permission>::default());
        let (store, display) = (Arc::<MemoryStore>::default(), Arc::<ShownFetches>::default());
        let site = Arc::new(site);
        let hosts = Hosts {
            network: Arc::new(SiteNetwork(site.clone())),
            cookies: Arc::<fetch::cookies::MemoryCookieJar>::default(),
            spawner: Arc::new(Futures(futures.handle().clone())),
            observer: console.clone(),
            permissions: permissions.clone(),
            options: Options { script_time_limit: Some(Duration::from_millis(500)), ..Options::default() },
        };
        let engine = Engine::new(hosts).expect("one test in a process: run them with nextest");
        let (clock, config) = (Arc::new(RealClock::default()), background_fetch::Config::default());
        let services = engine.start_services(ServiceHosts {
            registrations: Arc::new(Registrations::default()),
            background_fetches: store.clone(),
            display: display.clone(),
            service_worker_clock: clock.clone(),
            background_fetch_clock: clock,
            service_worker_config: service_worker::Config::default(),
            background_fetch_config: background_fetch::Config {
                update_interval: Duration::ZERO,
                delivery: RetryPolicy { first_delay: Duration::ZERO, ..config.delivery },
                ..config
            },
        });
        World { console, permissions, store, display, site, services, engine: Some(engine), futures }
    }

    /// Opens a page of the site.
    pub fn open(&self, path: &str) -> Agent<'_> {
        let engine = self.engine.as_ref().expect("it ends in drop");
        let page = engine.open_page(format!("{ORIGIN}{path}").parse().expect("a URL"));
        Agent { world: self, page: Some(page) }
    }

    /// Whatever worker there is.
    pub fn worker(&self) -> Agent<'_> {
        Agent { world: self, page: None }
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The store of background fetches.
    pub fn store(&self) -> &MemoryStore {
        &self.store
    }

    /// From now on nothing is allowed.
    pub fn deny_permissions(&self) {
        self.permissions.denied.store(true, Ordering::Relaxed);
    }

    /// The titles of the fetches that are kept.
    pub fn titles(&self) -> Vec<String> {
        self.store.committed().into_iter().map(|fetch| fetch.title).collect()
    }

    /// Ends the agent of the only registration's active worker; the next event starts another.
    pub fn stop_worker(&self) {
        let storage_key = StorageKey(ORIGIN.parse().expect("an origin"));
        let (reply, registrations) = service_worker::Reply::channel();
        self.services.service_workers.registrations(storage_key, reply);
        let registrations = self.futures.block_on(registrations).expect("the manager answers");
        let [registration] = &*registrations else { panic!("there is one registration") };
        let worker = registration.active.as_ref().expect("an active worker").id;
        let (reply, stopped) = service_worker::Reply::channel();
        self.services.service_workers.stop_worker(worker, reply);
        self.futures.block_on(stopped).expect("the manager answers");
    }

    /// Waits for something; fails the test if it does not come.
    pub fn wait_for<T>(&self, future: impl Future<Output = T>) -> T {
        let waited = self.futures.block_on(async { tokio::time::timeout(PATIENCE, future).await });
        waited.expect("what was waited for came")
    }

    /// A person activates the display of the only fetch.
    pub fn click(&self) {
        let [fetch] = &*self.store.committed() else { panic!("there is one fetch") };
        self.wait_for(self.display.shows(fetch.unique_id));
        self.services.background_fetch.click(fetch.unique_id, background_fetch::Reply::ignore());
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.futures.block_on(self.services.shut_down());
            assert_eq!(self.store.misuse(), None);
        }
        // Waits for all agents; the futures end after that.
        drop(self.engine.take());
    }
}

/// A display that can be waited for.
#[derive(Default)]
struct ShownFetches(tokio::sync::watch::Sender<BTreeSet<UniqueId>>);

impl ShownFetches {
    /// Resolves when a fetch is shown.
    async fn shows(&self, fetch: UniqueId) {
        let mut shown = self.0.subscribe();
        shown.wait_for(|shown| shown.contains(&fetch)).await.expect("the display lives as long as this");
    }
}

impl Display for ShownFetches {
    fn show(&self, fetch: DisplayedFetch) {
        self.0.send_if_modified(|shown| shown.insert(fetch.unique_id));
    }

    fn remove(&self, fetch: UniqueId) {
        self.0.send_if_modified(|shown| shown.remove(&fetch));
    }
}

/// A page, or the workers.
pub struct Agent<'a> {
    world: &'a World,
    page: Option<PageHandle>,
}

impl Agent<'_> {
    fn id(&self) -> Option<AgentId> {
        self.page.as_ref().map(|page| page.info().id)
    }

    fn next_line(&self) -> String {
        let id = self.id();
        self.world.console.next(|agent| match id {
            Some(id) => agent.id == id,
            None => agent.kind == AgentKind::ServiceWorker,
        })
    }

    /// The next line of its console is this one.
    #[track_caller]
    pub fn logs(&self, expected: &str) {
        assert_eq!(self.next_line(), expected);
    }

    /// The next line of its console begins so.
    #[track_caller]
    pub fn next_line_begins(&self, expected: &str) {
        let line = self.next_line();
        assert!(line.starts_with(expected), "{line:?} does not begin with {expected:?}");
    }

    /// The next lines are these.
    #[track_caller]
    pub fn logs_in_any_order(&self, expected: &[&str]) {
        let mut lines = expected.iter().map(|_| self.next_line()).collect::<Vec<_>>();
        let mut expected = expected.to_vec();
        lines.sort_unstable();
        expected.sort_unstable();
        assert_eq!(lines, expected);
    }
}
