//! Whatever happens in whatever order: states fit together, the profile says the same as the memory, every promise is
//! settled, and no agent is left over.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use futures::FutureExt;
use futures::future::BoxFuture;
use proptest::prelude::*;
use service_worker::{ClientId, Environment, RegistrationInfo, Reply, WorkerState};
use support::*;

const SCOPES: [&str; 3] = ["/", "/a/", "/b/"];

const SCRIPTS: [&str; 9] = [
    "",
    "on install wait\non push",
    "on install fail",
    "throw",
    "unparsable",
    "on install skipWaiting\non activate claim wait",
    "on push wait",
    "on push hang\non activate",
    "import /lib.js\non install\non push crash",
];

#[derive(Clone, Debug)]
enum Step {
    OpenPage(usize),
    ClosePage(usize),
    Serve { scope: usize, script: usize },
    Register { page: usize, scope: usize },
    Update { page: usize, scope: usize },
    Unregister { page: usize, scope: usize },
    Push(usize),
    Stop,
    Crash,
    GoOn,
    NetworkStops(bool),
    Pass(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let (page, scope) = (0..4_usize, 0..SCOPES.len());
    prop_oneof![
        3 => scope.clone().prop_map(Step::OpenPage),
        2 => page.clone().prop_map(Step::ClosePage),
        4 => (scope.clone(), 0..SCRIPTS.len()).prop_map(|(scope, script)| Step::Serve { scope, script }),
        6 => (page.clone(), scope.clone()).prop_map(|(page, scope)| Step::Register { page, scope }),
        4 => (page.clone(), scope.clone()).prop_map(|(page, scope)| Step::Update { page, scope }),
        2 => (page, scope.clone()).prop_map(|(page, scope)| Step::Unregister { page, scope }),
        4 => scope.prop_map(Step::Push),
        1 => Just(Step::Stop),
        1 => Just(Step::Crash),
        4 => Just(Step::GoOn),
        2 => any::<bool>().prop_map(Step::NetworkStops),
        2 => (1..400_u64).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ]
}

/// A run of steps, with what it is waiting for.
struct Run {
    world: World,
    pages: Vec<ClientId>,
    page_count: usize,
    scripts: [usize; SCOPES.len()],
    promises: Vec<(String, BoxFuture<'static, ()>)>,
}

impl Run {
    fn promise(&mut self, what: String, promise: BoxFuture<'static, ()>) {
        self.promises.push((what, promise));
    }

    fn page(&self, number: usize) -> Option<ClientId> {
        self.pages.get(number % self.pages.len().max(1)).cloned()
    }

    async fn registration(&self, scope: usize) -> Option<RegistrationInfo> {
        let (reply, registration) = Reply::channel();
        self.world.handle.get_registration(storage_key(), url(SCOPES[scope]), reply);
        registration.await.unwrap()
    }

    fn serve(&self) {
        for (scope, script) in SCOPES.iter().zip(self.scripts) {
            self.world.network.script(&format!("{scope}sw.js"), SCRIPTS[script]);
        }
    }

    async fn step(&mut self, step: &Step) {
        let what = format!("{step:?}");
        match *step {
            Step::OpenPage(scope) => {
                self.page_count += 1;
                let page = self.world.page(&format!("page {}", self.page_count), SCOPES[scope]).await;
                self.pages.push(page);
            }
            Step::ClosePage(page) => {
                let Some(page) = self.page(page) else { return };
                self.pages.retain(|other| *other != page);
                self.world.handle.client_unloaded(page);
            }
            Step::Serve { scope, script } => {
                self.scripts[scope] = script;
                self.serve();
            }
            Step::Register { page, scope } => {
                let Some(page) = self.page(page) else { return };
                let registered =
                    self.world.register(&page, &format!("{}sw.js", SCOPES[scope]), SCOPES[scope]);
                self.promise(what, registered.map(drop).boxed());
            }
            Step::Update { page, scope } => {
                let (Some(page), Some(registration)) = (self.page(page), self.registration(scope).await)
                else {
                    return;
                };
                let (reply, updated) = Reply::channel();
                self.world.handle.update(Environment::Client(page), registration.id, reply);
                self.promise(what, updated.map(drop).boxed());
            }
            Step::Unregister { page, scope } => {
                let (Some(page), Some(registration)) = (self.page(page), self.registration(scope).await)
                else {
                    return;
                };
                let (reply, unregistered) = Reply::channel();
                self.world.handle.unregister(Environment::Client(page), registration.id, reply);
                self.promise(what, unregistered.map(drop).boxed());
            }
            Step::Push(scope) => {
                let Some(registration) = self.registration(scope).await else { return };
                let outcome = self.world.fire(registration.id, "push");
                self.promise(what, outcome.map(drop).boxed());
            }
            Step::Stop => {
                for scope in 0..SCOPES.len() {
                    let active = self.registration(scope).await.and_then(|registration| registration.active);
                    if let Some(active) = active {
                        self.world.handle.stop_worker(active.id, Reply::ignore());
                    }
                }
            }
            Step::Crash => self.world.workers.crash(),
            Step::GoOn => self.world.workers.go_on(),
            Step::NetworkStops(true) => self.world.network.stop(),
            Step::NetworkStops(false) => self.world.network.go_on(),
            Step::Pass(seconds) => self.world.pass(seconds).await,
            Step::Restart => {
                self.world.network.go_on();
                self.world.manager.abort();
                self.world = World::with_store(self.world.store.clone());
                // What was asked of the last program is nobody's business any more.
                self.promises.clear();
                self.pages.clear();
                self.world.network.script("/lib.js", "");
                self.serve();
            }
        }
        self.check().await;
    }

    /// What always holds.
    async fn check(&mut self) {
        self.world.settle().await;
        let (reply, registrations) = Reply::channel();
        self.world.handle.registrations(storage_key(), reply);
        let mut kept = Vec::new();
        for registration in registrations.await.unwrap() {
            let state =
                |worker: &Option<service_worker::WorkerInfo>| worker.as_ref().map(|worker| worker.state);
            assert!(matches!(state(&registration.installing), None | Some(WorkerState::Installing)));
            assert!(matches!(state(&registration.waiting), None | Some(WorkerState::Installed)));
            let active = state(&registration.active);
            assert!(matches!(active, None | Some(WorkerState::Activating | WorkerState::Activated)));
            // Without an active worker nothing has to wait.
            assert!(registration.active.is_some() || registration.waiting.is_none());
            let id = |worker: Option<service_worker::WorkerInfo>| worker.map(|worker| worker.id);
            if registration.active.is_some() {
                kept.push((registration.id, id(registration.waiting), id(registration.active)));
            }
        }
        let stored = self.world.store.registrations();
        let id = |worker: &Option<service_worker::StoredWorker>| worker.as_ref().map(|worker| worker.id);
        let stored = stored.iter().map(|stored| (stored.id, id(&stored.waiting), id(&stored.active)));
        kept.sort();
        assert_eq!(stored.collect::<Vec<_>>(), kept);
        self.promises.retain_mut(|(_, promise)| promise.now_or_never_mut().is_none());
    }

    /// In the end nothing is left.
    async fn finish(mut self) {
        self.world.network.go_on();
        // Every event has a time limit, and jobs come one after the other.
        for _ in 0..40 {
            self.world.workers.go_on();
            self.world.pass(400).await;
        }
        self.check().await;
        let left = self.promises.iter().map(|(what, _)| what).collect::<Vec<_>>();
        assert!(left.is_empty(), "promises were never settled: {left:?}");
        assert_eq!(self.world.workers.count(), 0, "agents are left");
    }
}

trait NowOrNeverMut: Future + Unpin {
    fn now_or_never_mut(&mut self) -> Option<Self::Output> {
        self.now_or_never()
    }
}

impl NowOrNeverMut for BoxFuture<'static, ()> {}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn states_fit_together(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            world.network.script("/lib.js", "");
            let mut run = Run { world, pages: Vec::new(), page_count: 0, scripts: [0, 1, 6], promises: Vec::new() };
            run.serve();
            run.step(&Step::OpenPage(0)).await;
            for step in &steps {
                run.step(step).await;
            }
            run.finish().await;
        });
    }
}
