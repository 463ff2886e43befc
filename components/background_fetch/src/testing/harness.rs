//! A service and all its fakes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use fetch::{Origin, Request, RequestClient, RequestMode, StorageKey, Url};

use super::{
    FakeEvents, FakeNetwork, FakePermissions, LastInstance, MemoryStore, RecordingDisplay, VirtualClock,
};
use crate::host::{Hosts, PermissionState};
use crate::{
    BackgroundFetchService, Config, Error, Handle, Instance, NewBackgroundFetch, NewRequest, Observer,
    RegistrationKey, Reply,
};

/// Polls one future when it wants to be polled.
pub struct Stepper {
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
    woken: Arc<Woken>,
    done: bool,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Stepper {
    /// Takes a future, which is polled at the first [`Stepper::run`].
    pub fn new(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Stepper { future: Box::pin(future), woken: Arc::new(Woken(AtomicBool::new(true))), done: false }
    }

    /// Polls until there is nothing to do. True once the future is done.
    pub fn run(&mut self) -> bool {
        while !self.done && self.woken.0.swap(false, Ordering::SeqCst) {
            let waker = Waker::from(self.woken.clone());
            self.done = self.future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
        }
        self.done
    }
}

/// A service with fakes for all its hosts, for tests that play everyone else.
pub struct Harness {
    /// The clock.
    pub clock: Arc<VirtualClock>,
    /// The network.
    pub network: Arc<FakeNetwork>,
    /// The store.
    pub store: Arc<MemoryStore>,
    /// The workers.
    pub events: Arc<FakeEvents>,
    /// The display.
    pub display: Arc<RecordingDisplay>,
    /// The permission.
    pub permissions: Arc<FakePermissions>,
    /// The service's settings, for the next [`Harness::restart`] too.
    pub config: Config,
    /// The way to the service.
    pub handle: Handle,
    service: Stepper,
}

impl Default for Harness {
    fn default() -> Self {
        Harness::new(Config::default())
    }
}

impl Harness {
    /// A service that has just been started, over an empty store.
    pub fn new(config: Config) -> Self {
        let config = Config { jitter_seed: 0, ..config };
        let clock = Arc::new(VirtualClock::default());
        let network = Arc::new(FakeNetwork::default());
        let store = Arc::new(MemoryStore::default());
        let events = Arc::new(FakeEvents::default());
        let display = Arc::new(RecordingDisplay::default());
        let permissions = Arc::new(FakePermissions::new(PermissionState::Granted));
        let hosts = Hosts {
            network: network.clone(),
            store: store.clone(),
            permissions: permissions.clone(),
            events: events.clone(),
            display: display.clone(),
            clock: clock.clone(),
        };
        let (handle, service) = BackgroundFetchService::new(hosts, config.clone());
        let service = Stepper::new(service);
        let mut harness =
            Harness { clock, network, store, events, display, permissions, config, handle, service };
        harness.run();
        harness
    }

    /// The process dies, without a word to anyone, and is started again over what the store has committed.
    pub fn restart(&mut self) {
        self.service = Stepper::new(std::future::ready(()));
        self.store.crash();
        self.display = Arc::new(RecordingDisplay::default());
        let hosts = Hosts {
            network: self.network.clone(),
            store: self.store.clone(),
            permissions: self.permissions.clone(),
            events: self.events.clone(),
            display: self.display.clone(),
            clock: self.clock.clone(),
        };
        let (handle, service) = BackgroundFetchService::new(hosts, self.config.clone());
        self.handle = handle;
        self.service = Stepper::new(service);
        self.run();
    }

    /// Lets the service do whatever it can do now.
    pub fn run(&mut self) {
        self.service.run();
    }

    /// Lets time pass, alarm by alarm.
    pub fn advance(&mut self, mut duration: Duration) {
        self.run();
        while let Some(alarm) = self.clock.next_alarm().filter(|alarm| *alarm <= duration) {
            self.clock.advance(alarm);
            duration -= alarm;
            self.run();
        }
        self.clock.advance(duration);
        self.run();
    }

    /// Makes a call and runs until it is answered, if it is.
    pub fn call<T: Send + 'static>(
        &mut self,
        call: impl FnOnce(&Handle, Reply<T>),
    ) -> Option<Result<T, Error>> {
        let answer = Arc::new(std::sync::Mutex::new(None));
        let slot = answer.clone();
        call(
            &self.handle,
            Reply::new(move |result| *slot.lock().unwrap_or_else(|e| e.into_inner()) = Some(result)),
        );
        self.run();
        answer.lock().unwrap_or_else(|e| e.into_inner()).take()
    }

    /// Fetches `urls` with plain GETs for the site [`Harness::registration`].
    pub fn fetch(&mut self, id: &str, urls: &[&str]) -> Option<Result<Instance, Error>> {
        let fetch = Self::new_fetch(id, urls.iter().map(|url| Self::get(url)).collect());
        self.fetch_observed(fetch, &LastInstance::new())
    }

    /// Fetches, with an instance that follows.
    pub fn fetch_observed(
        &mut self,
        fetch: NewBackgroundFetch,
        instance: &Arc<LastInstance>,
    ) -> Option<Result<Instance, Error>> {
        let observer: Arc<dyn Observer> = instance.clone();
        self.call(|handle, reply| handle.fetch(fetch, Arc::downgrade(&observer), reply))
    }

    /// The arguments of a fetch for the site [`Harness::registration`].
    pub fn new_fetch(id: &str, requests: Vec<NewRequest>) -> NewBackgroundFetch {
        NewBackgroundFetch {
            registration: Self::registration("https://site.example"),
            id: id.to_owned(),
            requests,
            title: String::new(),
            icons: Vec::new(),
            download_total: 0,
        }
    }

    /// The registration of a site's root.
    ///
    /// # Panics
    ///
    /// If `origin` is none.
    pub fn registration(origin: &str) -> RegistrationKey {
        let scope = Url::parse(origin).expect("an origin");
        RegistrationKey { storage_key: StorageKey(Origin::of(&scope)), scope }
    }

    /// A request as `fetch()` makes it.
    ///
    /// # Panics
    ///
    /// If `url` is none.
    pub fn get(url: &str) -> NewRequest {
        let creation_url = Url::parse("https://site.example/page").expect("a URL");
        let client = RequestClient {
            id: "client".to_owned(),
            origin: Origin::of(&creation_url),
            creation_url,
            is_secure_context: true,
            has_trustworthy_ancestor: false,
            has_cross_site_ancestor: false,
        };
        let url = Url::parse(url).expect("a URL");
        let mut request = Request::for_client(url, client, fetch::PolicyContainer::default());
        request.mode = RequestMode::Cors;
        NewRequest { request, body: None }
    }

    /// A request with a method and a body.
    pub fn upload(method: &str, url: &str, body: &'static [u8]) -> NewRequest {
        let mut new = Self::get(url);
        new.request.method = method.to_owned();
        new.body = Some(fetch::body_of_bytes(body));
        new
    }
}

/// Resolves a future that needs nobody else.
pub fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
