//! The service: the one owner of all state.
//!
//! It is an actor. [`Service::run`] takes one event after the other (a call, an answer of a host, an alarm),
//! changes its state, and starts what has to be started as further futures that end in events. No algorithm
//! waits in the middle, so none needs a lock. Files follow the specification's algorithms.

mod active_fetches;
mod complete_record;
mod create;
mod deliver;
mod perform;
mod queries;
mod recover;
mod remove;
mod scheduler;
mod transfer;
mod update_instances;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use fetch::{NetworkError, Response};
use futures::future::{AbortHandle, Abortable, BoxFuture};
use futures::stream::{FuturesOrdered, FuturesUnordered};
use futures::{FutureExt, StreamExt};
use tokio::sync::mpsc;

use self::active_fetches::ActiveFetches;
use self::create::{Bodies, Creation};
use self::scheduler::Scheduler;
use self::transfer::Portion;
use crate::concepts::{
    BackgroundFetch, BackgroundFetchRecord, FailureReason, RecordId, RecordResult, RegistrationKey, Running,
    SettledResult, UniqueId,
};
use crate::config::Config;
use crate::error::Error;
use crate::handle::{Command, Handle, Reply};
use crate::host::{Change, DeliveryError, Hosts, PermissionState, StoreError};

/// Creates the service: a [`Handle`] to talk to it, and the future that is it.
///
/// The host runs the future on whatever executor it has; it needs no particular one, and spawns nothing. It
/// first reads everything back from the store (calls wait meanwhile), and is done after
/// [`Handle::shut_down`], or when all handles are gone.
pub struct BackgroundFetchService;

impl BackgroundFetchService {
    /// Creates it.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(hosts: Hosts, config: Config) -> (Handle, impl Future<Output = ()> + Send) {
        let (handle, commands) = Handle::new();
        (handle, Service::new(hosts, config, commands).run())
    }
}

pub(crate) struct Service {
    hosts: Hosts,
    config: Config,
    commands: mpsc::UnboundedReceiver<Command>,
    /// Everything that goes on, but for writes.
    tasks: FuturesUnordered<BoxFuture<'static, Event>>,
    /// The store's answers come in the order in which it was asked.
    writes: FuturesOrdered<BoxFuture<'static, (Written, Result<(), StoreError>)>>,
    /// Attempts of which bytes of the request's body were sent.
    uploads: mpsc::UnboundedReceiver<(RecordId, u64)>,
    upload_sender: mpsc::UnboundedSender<(RecordId, u64)>,
    fetches: BTreeMap<UniqueId, BackgroundFetch>,
    active: BTreeMap<RegistrationKey, ActiveFetches>,
    creations: BTreeMap<u64, Creation>,
    scheduler: Scheduler,
    online: bool,
    /// The bytes handed to the store that it has not taken yet.
    unwritten: u64,
    /// Attempts whose bodies wait for the store.
    parked: VecDeque<(RecordId, u64)>,
    /// Fetches of which something has changed that instances and the display show.
    changed: BTreeSet<UniqueId>,
    /// Set when the store turns out to be closed.
    store_closed: bool,
    last_number: u64,
}

/// Something that has happened.
pub(crate) enum Event {
    /// Something was cancelled.
    Nothing,
    /// The permission and the registration's state for a fetch that is being created.
    Checked(u64, PermissionState, bool),
    /// The store has made a fetch.
    Created(u64, Result<UniqueId, StoreError>),
    /// The request bodies are stored.
    BodiesRead(u64, Result<Bodies, Error>),
    /// A response's head, or none.
    Head(RecordId, u64, Result<Response, AttemptError>),
    /// Some of a response's body.
    Body(RecordId, u64, Portion),
    /// Whether an assembled body is what its integrity metadata says.
    Verified(RecordId, u64, Result<bool, StoreError>),
    /// The registration of these fetches is gone.
    Unregistered(Vec<UniqueId>),
    /// It is time to try a record again.
    Retry(RecordId),
    /// It is time to tell instances what has changed.
    UpdateDue(UniqueId),
    /// An event is over, or could not be delivered.
    Delivered(UniqueId, Result<(), DeliveryError>),
    /// It is time to try to deliver an event again.
    Redeliver(UniqueId),
    /// A click event is over.
    Clicked(UniqueId, Result<(), DeliveryError>, Reply<bool>),
}

/// Why there is no response.
pub(crate) enum AttemptError {
    Network(NetworkError),
    Store(StoreError),
}

/// What a write was for.
pub(crate) enum Written {
    /// Nothing depends on it; this is what to call it if it fails.
    Note(&'static str),
    /// Somebody waits for it.
    Answer(Reply<()>),
    /// A fetch's paused flag.
    Paused(bool, Reply<bool>),
    /// A fetch is active.
    Activated(u64),
    /// Bytes of a response, perhaps the last ones.
    Bytes { record: RecordId, generation: u32, length: u64, completes: bool },
    /// A record's result.
    Complete(RecordId, RecordResult),
    /// A fetch's result, and who waits for it.
    Settled(UniqueId, SettledResult, Option<Reply<bool>>),
    /// Another attempt at delivery.
    DeliveryAttempt(UniqueId),
}

impl Service {
    fn new(hosts: Hosts, config: Config, commands: mpsc::UnboundedReceiver<Command>) -> Self {
        let (upload_sender, uploads) = mpsc::unbounded_channel();
        Service {
            scheduler: Scheduler::new(&config),
            hosts,
            config,
            commands,
            tasks: FuturesUnordered::new(),
            writes: FuturesOrdered::new(),
            uploads,
            upload_sender,
            fetches: BTreeMap::new(),
            active: BTreeMap::new(),
            creations: BTreeMap::new(),
            online: true,
            unwritten: 0,
            parked: VecDeque::new(),
            changed: BTreeSet::new(),
            store_closed: false,
            last_number: 0,
        }
    }

    async fn run(mut self) {
        self.recover().await;
        let done = loop {
            // One call per turn: neither can starve the other.
            match self.commands.try_recv() {
                Ok(Command::ShutDown(reply)) => break reply,
                Ok(command) => self.command(command),
                Err(_) => {}
            }
            self.start_requests();
            self.update_changed_instances();
            // The store's answers first: they free what others wait for.
            tokio::select! {
                biased;
                Some((written, result)) = self.writes.next() => self.written(written, result),
                Some(event) = self.tasks.next() => self.event(event),
                Some((record, number)) = self.uploads.recv() => self.take_uploaded(record, number),
                command = self.commands.recv() => match command {
                    Some(Command::ShutDown(reply)) => break reply,
                    Some(command) => self.command(command),
                    None => break Reply::ignore(),
                },
            }
            if self.store_closed {
                // What happens from now on would be forgotten by the next start, so nobody may be told of it.
                tracing::error!("the store was closed before the background fetch service, which ends");
                break Reply::ignore();
            }
        };
        self.shut_down(done).await;
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Fetch(fetch, observer, reply) => self.create(*fetch, observer, reply),
            Command::Get(registration, id, observer, reply) => self.get(&registration, &id, observer, reply),
            Command::GetIds(registration, reply) => self.get_ids(&registration, reply),
            Command::Observe(fetch, observer, reply) => self.observe(fetch, observer, reply),
            Command::Abort(fetch, reply) => self.abort(fetch, reply),
            Command::MatchAll(fetch, query, take, reply) => {
                self.match_all(fetch, query.as_deref(), take, reply);
            }
            Command::ResponseReady(response, reply) => self.response_ready(response, reply),
            Command::UpdateUi(fetch, update, reply) => self.update_ui(fetch, update, reply),
            Command::Newest(registration, id, reply) => self.newest(&registration, &id, reply),
            Command::Click(fetch, reply) => self.click(fetch, reply),
            Command::SetPaused(fetch, paused, reply) => self.set_paused(fetch, paused, reply),
            Command::SetOnline(online) => self.set_online(online),
            Command::RegistrationRemoved(registration, reply) => {
                self.clear(registration.storage_key, Some(registration.scope), reply);
            }
            Command::ClearStorageKey(storage_key, reply) => self.clear(storage_key, None, reply),
            Command::List(reply) => self.list(reply),
            // Taken by `run`.
            Command::ShutDown(reply) => reply.send(Err(Error::ServiceEnded)),
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Nothing => {}
            Event::Checked(creation, permission, active) => self.checked(creation, permission, active),
            Event::Created(creation, result) => self.created(creation, result),
            Event::BodiesRead(creation, result) => self.bodies_read(creation, result),
            Event::Head(record, number, result) => self.head(record, number, result),
            Event::Body(record, number, portion) => self.body(record, number, portion),
            Event::Verified(record, number, result) => self.verified(record, number, result),
            Event::Unregistered(fetches) => fetches.into_iter().for_each(|fetch| self.release(fetch)),
            Event::Retry(record) => self.retry(record),
            Event::UpdateDue(fetch) => self.update_instances_now(fetch),
            Event::Delivered(fetch, result) => self.delivered(fetch, result),
            Event::Redeliver(fetch) => self.redeliver(fetch),
            Event::Clicked(fetch, result, reply) => self.clicked(fetch, result, reply),
        }
    }

    fn written(&mut self, written: Written, result: Result<(), StoreError>) {
        if result == Err(StoreError::Closed) {
            self.store_closed = true;
            return;
        }
        match written {
            Written::Note(what) => {
                if let Err(error) = result {
                    tracing::error!("{what}: {error}");
                }
            }
            Written::Answer(reply) => reply.send(result.map_err(Error::from)),
            Written::Paused(paused, reply) => reply.send(result.map(|()| paused).map_err(Error::from)),
            Written::Activated(creation) => self.activated(creation, result),
            Written::Bytes { record, generation, length, completes } => {
                self.bytes_written(record, generation, length, completes, result);
            }
            Written::Complete(record, outcome) => self.record_stored(record, outcome, result),
            Written::Settled(fetch, outcome, reply) => self.settled(fetch, outcome, reply, result),
            Written::DeliveryAttempt(fetch) => self.attempt_written(fetch, result),
        }
    }

    /// Ends everything at a committed point. Events that are being delivered stay stored, and come again (NB:
    /// SD-4).
    async fn shut_down(mut self, reply: Reply<()>) {
        self.commands.close();
        self.fetches.clear();
        self.creations.clear();
        self.tasks.clear();
        // The store takes everything in order, so an empty write is answered last.
        let result = self.hosts.store.write(Vec::new()).await;
        reply.send(result.map_err(Error::from));
    }

    /// Asks the store for a change. The order of calls is the order of changes.
    fn write(&mut self, changes: Vec<Change>, written: Written) {
        let write = self.hosts.store.write(changes);
        self.writes.push_back(write.map(|result| (written, result)).boxed());
    }

    /// Starts something that ends in an event.
    fn start(&mut self, task: impl Future<Output = Event> + Send + 'static) {
        self.tasks.push(task.boxed());
    }

    /// Starts something that is ended by dropping what is returned.
    fn start_running(&mut self, task: impl Future<Output = Event> + Send + 'static) -> Running {
        let (abort, registration) = AbortHandle::new_pair();
        self.start(Abortable::new(task, registration).map(|event| event.unwrap_or(Event::Nothing)));
        Running(abort)
    }

    /// Sets an alarm, which is cancelled by dropping what is returned.
    fn start_alarm(&mut self, wait: Duration, event: Event) -> Running {
        let sleep = self.hosts.clock.sleep(wait);
        self.start_running(sleep.map(|()| event))
    }

    /// A number that was never used in this run.
    fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn record(&mut self, record: RecordId) -> Option<&mut BackgroundFetchRecord> {
        self.fetches.get_mut(&record.fetch)?.record_mut(record.index)
    }

    /// The reason for which a record fails when the store does.
    fn reason_of(error: &StoreError) -> FailureReason {
        match error.is_out_of_space() {
            true => FailureReason::QuotaExceeded,
            false => FailureReason::FetchError,
        }
    }
}
