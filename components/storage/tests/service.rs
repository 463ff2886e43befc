//! Background fetches over a profile, from request to event.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use background_fetch::host::{
    Clock, DeliveryError, EventDelivery, EventKind, FunctionalEvent, Hosts, Network, PermissionState,
};
use background_fetch::testing::{FakePermissions, Harness, LastInstance, RecordingDisplay, head};
use background_fetch::{
    BackgroundFetchService, Config, FailureReason, FetchResult, Handle, NewBackgroundFetch, Observer,
    RegistrationKey, Reply,
};
use bytes::Bytes;
use fetch::{BoxFuture, FetchParams, NetworkError, NetworkErrorKind, Response};
use futures::stream::{self, StreamExt};
use storage::Profile;
use support::*;
use tokio::sync::{mpsc, oneshot};

/// The bytes of a resource.
fn content(resource: usize) -> Vec<u8> {
    pattern(resource as u64, resource * 7919 % 200_000)
}

/// A server that cuts every third response in its middle.
#[derive(Default)]
struct Server {
    requests: AtomicU64,
    bytes: Arc<AtomicU64>,
}

impl Network for Server {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let request = params.request;
        let is_cut = self.requests.fetch_add(1, Ordering::Relaxed) % 3 == 2;
        let whole = content(request.url().path()[1..].parse().unwrap());
        let range = request.headers.get_string("Range");
        let start = range.map(|range| range["bytes=".len()..range.len() - 1].parse::<usize>().unwrap());
        let range = format!("bytes {}-{}/{}", start.unwrap_or(0), whole.len().max(1) - 1, whole.len());
        let mut head = match start {
            Some(_) => head(206, &[("ETag", "\"1\""), ("Content-Range", &range)]),
            None => head(200, &[("ETag", "\"1\"")]),
        };
        head.url_list.push(request.url().clone());
        let rest = Bytes::from(whole).split_off(start.unwrap_or(0));
        let sent = if is_cut { rest.slice(..rest.len() / 2) } else { rest };
        let pieces = sent.chunks(16_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>();
        let end = is_cut.then(|| Err(NetworkError::temporary(NetworkErrorKind::Cut, "cut")));
        let bytes = Arc::clone(&self.bytes);
        let body = stream::iter(pieces).chain(stream::iter(end)).inspect(move |piece| {
            let length = piece.as_ref().map_or(0, Bytes::len);
            bytes.fetch_add(length as u64, Ordering::Relaxed);
        });
        Box::pin(std::future::ready(Ok(Response::new(head, Some(body.boxed())))))
    }
}

struct Worker(mpsc::UnboundedSender<(FunctionalEvent, oneshot::Sender<()>)>);

impl EventDelivery for Worker {
    fn has_active_worker(&self, _: RegistrationKey) -> BoxFuture<'static, bool> {
        Box::pin(std::future::ready(true))
    }

    fn deliver(&self, event: FunctionalEvent) -> BoxFuture<'static, Result<(), DeliveryError>> {
        let (done, is_done) = oneshot::channel();
        self.0.send((event, done)).unwrap();
        Box::pin(async { is_done.await.map_err(|_| DeliveryError::WorkerGone("it is gone".into())) })
    }
}

struct TokioClock(tokio::time::Instant);

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A program, until it dies.
struct Process {
    profile: Profile,
    handle: Handle,
    service: tokio::task::JoinHandle<()>,
    events: mpsc::UnboundedReceiver<(FunctionalEvent, oneshot::Sender<()>)>,
}

fn start(folder: &Folder, server: &Arc<Server>) -> Process {
    let profile = folder.open();
    let (worker, events) = mpsc::unbounded_channel();
    let hosts = Hosts {
        network: server.clone(),
        store: profile.background_fetches(),
        permissions: Arc::new(FakePermissions::new(PermissionState::Granted)),
        events: Arc::new(Worker(worker)),
        display: Arc::new(RecordingDisplay::default()),
        clock: Arc::new(TokioClock(tokio::time::Instant::now())),
    };
    let (handle, service) = BackgroundFetchService::new(hosts, Config::default());
    Process { profile, handle, service: tokio::spawn(service), events }
}

/// Waits until the server has sent this much. (Time is virtual: it goes on whenever nobody has anything to do.)
async fn until_sent(server: &Server, bytes: u64) {
    while server.bytes.load(Ordering::Relaxed) < bytes {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn it_survives_its_process_and_every_byte_is_right() {
    const COUNT: usize = 300;
    let folder = Folder::new();
    let server = Arc::<Server>::default();
    let mut process = start(&folder, &server);
    let requests = (0..COUNT).map(|n| Harness::get(&format!("https://host-{}.example/{n}", n % 5)));
    let total = (0..COUNT).map(|n| content(n).len() as u64).sum::<u64>();
    let fetch = NewBackgroundFetch { download_total: total, ..Harness::new_fetch("x", requests.collect()) };
    let observer: Arc<dyn Observer> = LastInstance::new();
    let (reply, answer) = Reply::channel();
    process.handle.fetch(fetch, Arc::downgrade(&observer), reply);
    let id = answer.await.unwrap().unique_id;
    for part in 1..4 {
        until_sent(&server, total / 5 * part).await;
        process.service.abort();
        assert!(process.service.await.unwrap_err().is_cancelled());
        drop(process.profile);
        process = start(&folder, &server);
        assert_eq!(process.profile.recovery().lost, 0);
    }
    let (event, done) = process.events.recv().await.unwrap();
    assert_eq!((event.instance.unique_id, event.instance.result), (id, FetchResult::Success));
    assert_eq!(event.instance.downloaded, total);
    let (reply, answer) = Reply::channel();
    process.handle.match_all(id, None, reply);
    let records = answer.await.unwrap();
    assert_eq!(records.len(), COUNT);
    for (n, record) in records.into_iter().enumerate() {
        let (reply, answer) = Reply::channel();
        process.handle.response_ready(record.response, reply);
        let body = answer.await.unwrap().body.unwrap();
        let bytes = body.map(Result::unwrap).collect::<Vec<_>>().await.concat();
        assert!(bytes == content(n), "{n}");
    }
    done.send(()).unwrap();
    let (reply, answer) = Reply::channel();
    process.handle.shut_down(reply);
    answer.await.unwrap();
    process.service.await.unwrap();
    assert_eq!(process.profile.usage(storage_key("https://site.example")).await.unwrap().used, 0);
    drop(process.profile);
    assert!(folder.body_files().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_success_whose_bytes_are_lost_is_none() {
    let folder = Folder::new();
    let server = Arc::<Server>::default();
    let mut process = start(&folder, &server);
    let requests = vec![Harness::get("https://host.example/1"), Harness::get("https://host.example/10")];
    let observer: Arc<dyn Observer> = LastInstance::new();
    let (reply, answer) = Reply::channel();
    process.handle.fetch(Harness::new_fetch("x", requests), Arc::downgrade(&observer), reply);
    answer.await.unwrap();
    let (event, _done) = process.events.recv().await.unwrap();
    assert_eq!(event.kind, EventKind::Success);
    process.service.abort();
    drop(process.profile);
    std::fs::remove_file(folder.body_file()).unwrap();
    process = start(&folder, &server);
    assert_eq!(process.profile.recovery().lost, 1);
    let (event, _done) = process.events.recv().await.unwrap();
    let failure = FetchResult::Failure(FailureReason::FetchError);
    assert_eq!((event.kind, event.instance.result), (EventKind::Fail, failure));
}
