//! An engine that is all network and store.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use background_fetch::host::{Clock, DeliveryError, EventDelivery, FunctionalEvent, Hosts, PermissionState};
use background_fetch::testing::{FakePermissions, Harness, RecordingDisplay};
use background_fetch::{
    BackgroundFetchService, Config, Handle, Instance, NewBackgroundFetch, NewRequest, Observer, Reply,
    RetryPolicy, UniqueId,
};
use fetch::{BoxFuture, Origin, Url};
use futures::{FutureExt, StreamExt};
use net::{HttpNetwork, NetConfig};
use storage::{Options, Profile};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

pub struct Engine {
    pub handle: Handle,
    service: JoinHandle<()>,
    profile: Profile,
    events: mpsc::UnboundedReceiver<Delivered>,
    progress: Arc<Progress>,
    /// What keeps the last event from being over.
    in_event: Option<oneshot::Sender<()>>,
}

type Delivered = (FunctionalEvent, oneshot::Sender<()>);

impl Engine {
    pub async fn start(folder: Option<&Path>) -> Self {
        let options = Options::default();
        let profile = match folder {
            Some(folder) => Profile::open(folder, &options),
            None => Profile::temporary(&options),
        };
        let profile = profile.unwrap();
        let (sender, events) = mpsc::unbounded_channel();
        let config = NetConfig { system_roots: false, ..NetConfig::default() };
        let hosts = Hosts {
            network: Arc::new(HttpNetwork::new(config, tokio::runtime::Handle::current())),
            store: profile.background_fetches(),
            permissions: Arc::new(FakePermissions::new(PermissionState::Granted)),
            events: Arc::new(Events(sender)),
            display: Arc::new(RecordingDisplay::default()),
            clock: Arc::new(TokioClock(Instant::now())),
        };
        let first_delay = Duration::from_millis(1);
        let retry = RetryPolicy { max_attempts: 3, first_delay, max_delay: first_delay };
        let (handle, service) = BackgroundFetchService::new(hosts, Config { retry, ..Config::default() });
        Engine {
            handle,
            service: tokio::spawn(service),
            profile,
            events,
            progress: Arc::default(),
            in_event: None,
        }
    }

    pub async fn fetch(&mut self, id: &str, requests: Vec<NewRequest>) -> UniqueId {
        self.fetch_with_total(id, requests, 0).await
    }

    pub async fn fetch_with_total(
        &mut self,
        id: &str,
        requests: Vec<NewRequest>,
        download_total: u64,
    ) -> UniqueId {
        let observer: Arc<dyn Observer> = self.progress.clone();
        let (reply, answer) = Reply::channel();
        let fetch = NewBackgroundFetch { download_total, ..Harness::new_fetch(id, requests) };
        self.handle.fetch(fetch, Arc::downgrade(&observer), reply);
        answer.await.unwrap().unique_id
    }

    /// The next event, which lasts until the one after it, or the end.
    pub async fn event(&mut self) -> FunctionalEvent {
        let (event, in_event) = self.events.recv().await.unwrap();
        self.in_event = Some(in_event);
        event
    }

    /// So many bytes are stored.
    pub async fn wait_for_bytes(&mut self, bytes: u64) {
        self.progress.0.subscribe().wait_for(|now| *now >= bytes).await.unwrap();
    }

    /// A record's body.
    pub async fn body(&mut self, fetch: UniqueId, index: usize) -> Vec<u8> {
        let (reply, answer) = Reply::channel();
        self.handle.match_all(fetch, None, reply);
        let record = answer.await.unwrap().swap_remove(index);
        let (reply, answer) = Reply::channel();
        self.handle.response_ready(record.response, reply);
        let pieces: Vec<_> = answer.await.unwrap().body.unwrap().collect().await;
        pieces.into_iter().map(Result::unwrap).collect::<Vec<_>>().concat()
    }

    pub async fn stop(self) {
        let (reply, answer) = Reply::channel();
        self.handle.shut_down(reply);
        answer.await.unwrap();
        self.service.await.unwrap();
        self.profile.close();
    }

    /// Ends without a word to anyone.
    pub async fn kill(self) {
        self.service.abort();
        assert!(self.service.await.unwrap_err().is_cancelled());
        self.profile.close();
    }
}

pub fn get(url: &str, origin: &str) -> NewRequest {
    let mut new = Harness::get(url);
    let origin = Url::parse(origin).unwrap();
    let client = new.request.client.as_mut().unwrap();
    client.origin = Origin::of(&origin);
    client.creation_url = origin;
    new.request.origin = client.origin.clone();
    new.request.unsafe_request = true;
    new
}

pub fn upload(url: &str, origin: &str, body: &'static [u8]) -> NewRequest {
    let mut new = get(url, origin);
    new.request.method = "POST".to_owned();
    new.body = Some(futures::stream::iter(body.chunks(100_000).map(|piece| Ok(piece.into()))).boxed());
    new
}

/// How many bytes are stored.
struct Progress(watch::Sender<u64>);

impl Default for Progress {
    fn default() -> Self {
        Progress(watch::Sender::new(0))
    }
}

impl Observer for Progress {
    fn updated(&self, instance: &Instance) {
        self.0.send_replace(instance.downloaded);
    }
}

struct Events(mpsc::UnboundedSender<Delivered>);

impl EventDelivery for Events {
    fn has_active_worker(&self, _: background_fetch::RegistrationKey) -> BoxFuture<'static, bool> {
        std::future::ready(true).boxed()
    }

    fn deliver(&self, event: FunctionalEvent) -> BoxFuture<'static, Result<(), DeliveryError>> {
        let (sender, over) = oneshot::channel();
        let sent = self.0.send((event, sender)).is_ok();
        async move {
            // It is over when it is dropped.
            let _ = over.await;
            if sent { Ok(()) } else { Err(DeliveryError::WorkerGone("the test is over".to_owned())) }
        }
        .boxed()
    }
}

struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}
