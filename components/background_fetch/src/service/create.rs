//! Create a background fetch: the part of
//! [fetch()](https://wicg.github.io/background-fetch/#background-fetch-manager-fetch) that runs in the edit
//! queue.

use std::collections::HashSet;
use std::sync::{Arc, Weak};

use fetch::{BodyStream, Request};
use futures::future::try_join_all;
use futures::{FutureExt, StreamExt};

use super::{Event, Service, Written};
use crate::algorithms;
use crate::concepts::{
    BackgroundFetch, BackgroundFetchRecord, Counts, Instance, RecordId, RegistrationKey, Running, Stage,
    UniqueId,
};
use crate::error::Error;
use crate::handle::{NewBackgroundFetch, Observer, Reply};
use crate::host::{
    Change, NewFetch, NewFetchRecord, PermissionQuery, PermissionState, Phase, Store, StoreError,
};

/// A fetch that is being created.
pub(super) struct Creation {
    pub registration: RegistrationKey,
    id: Arc<str>,
    /// Whether the id is ours.
    reserved: bool,
    new: Option<NewFetch>,
    requests: Vec<Arc<Request>>,
    bodies: Vec<(u32, BodyStream)>,
    /// The lengths of the bodies, once they are read.
    lengths: Vec<(u32, u64)>,
    title: Arc<str>,
    icons: Arc<[crate::concepts::ImageResource]>,
    download_total: u64,
    paused: bool,
    pub unique_id: Option<UniqueId>,
    observer: Weak<dyn Observer>,
    reply: Reply<Instance>,
    /// The reading of the bodies.
    running: Option<Running>,
}

/// The lengths of request bodies, by index.
pub(crate) type Bodies = Vec<(u32, u64)>;

impl Service {
    /// `fetch()` up to the first thing that has to be waited for.
    pub(super) fn create(
        &mut self,
        fetch: NewBackgroundFetch,
        observer: Weak<dyn Observer>,
        reply: Reply<Instance>,
    ) {
        if let Err(error) = algorithms::create::check(&fetch, &self.config) {
            return reply.send(Err(error));
        }
        let storage_key = &fetch.registration.storage_key;
        let of_origin = self.active.iter().filter(|(key, _)| key.storage_key == *storage_key);
        if of_origin.map(|(_, active)| active.len()).sum::<usize>() >= self.config.max_fetches_per_origin {
            let what = "the number of active background fetches of an origin";
            let limit = self.config.max_fetches_per_origin;
            return reply.send(Err(Error::LimitExceeded { what, limit }));
        }
        // NB: SD-47: the id is ours from here on, and the queue goes on meanwhile.
        let id: Arc<str> = fetch.id.as_str().into();
        let reserved = self.active.entry(fetch.registration.clone()).or_default().reserve(&id);
        let creation = self.number();
        // 8.1. The permission. 8.4. The active worker.
        let query = PermissionQuery { registration: fetch.registration.clone() };
        let permission = self.hosts.permissions.state(query);
        let has_active_worker = self.hosts.events.has_active_worker(fetch.registration.clone());
        self.start(futures::future::join(permission, has_active_worker).map(
            move |(permission, has_active_worker)| Event::Checked(creation, permission, has_active_worker),
        ));
        self.creations.insert(creation, Creation::new(fetch, id, reserved, observer, reply));
    }

    /// The checks of steps 8.2 to 8.5.
    pub(super) fn checked(&mut self, creation: u64, permission: PermissionState, has_active_worker: bool) {
        let Some(state) = self.creations.get_mut(&creation) else { return };
        // 8.2. Denied. NB: SD-48.
        let error = if permission == PermissionState::Denied {
            Error::PermissionDenied
        } else if !has_active_worker {
            // 8.4. No active worker.
            Error::NoActiveWorker
        } else if !state.reserved {
            // 8.5. The id is in use.
            Error::DuplicateId
        } else {
            let Some(mut new) = state.new.take() else { return };
            // Display, last step: what has to be allowed first may start paused.
            state.paused = permission == PermissionState::Prompt && self.config.pause_on_prompt;
            new.paused = state.paused;
            // NB: SD-50: `downloadTotal` is reserved here.
            let create = self.hosts.store.create(new);
            return self.start(create.map(move |result| Event::Created(creation, result)));
        };
        self.fail_creation(creation, error);
    }

    /// The fetch is stored, but for its requests' bodies.
    pub(super) fn created(&mut self, creation: u64, result: Result<UniqueId, StoreError>) {
        // Its registration may have gone meanwhile, and with it what was stored.
        let Some(state) = self.creations.get_mut(&creation) else { return };
        let fetch = match result {
            Ok(fetch) => fetch,
            // 8.9. No room.
            Err(error) => return self.fail_creation(creation, error.into()),
        };
        state.unique_id = Some(fetch);
        if state.bodies.is_empty() {
            return self.activated(creation, Ok(()));
        }
        // 8.8. Read the bodies, side by side.
        let bodies = std::mem::take(&mut state.bodies);
        let store = self.hosts.store.clone();
        let reads = bodies.into_iter().map(move |(index, body)| {
            let record = RecordId { fetch, index };
            read_body(store.clone(), record, body).map(move |length| Ok((index, length?)))
        });
        let running =
            self.start_running(try_join_all(reads).map(move |read| Event::BodiesRead(creation, read)));
        if let Some(state) = self.creations.get_mut(&creation) {
            state.running = Some(running);
        }
    }

    /// 8.10–8.11. All bodies are stored, or one could not be.
    pub(super) fn bodies_read(&mut self, creation: u64, result: Result<Bodies, Error>) {
        let Some(state) = self.creations.get_mut(&creation) else { return };
        let (lengths, fetch) = match (result, state.unique_id) {
            (Ok(lengths), Some(fetch)) => (lengths, fetch),
            (Err(error), _) => return self.fail_creation(creation, error),
            (Ok(_), None) => return,
        };
        // NB: SD-45: the upload total is what was read.
        let upload_total = lengths.iter().map(|(_, length)| length).sum();
        state.lengths = lengths;
        self.write(vec![Change::Activate { fetch, upload_total }], Written::Activated(creation));
    }

    /// 8.12 to the end: the fetch is made, announced, shown and performed.
    pub(super) fn activated(&mut self, creation: u64, result: Result<(), StoreError>) {
        if let Err(error) = result {
            return self.fail_creation(creation, error.into());
        }
        let Some(state) = self.creations.remove(&creation) else { return };
        let Some(unique_id) = state.unique_id else { return };
        // 8.12. The background fetch.
        let (fetch, reply) = state.into_background_fetch(unique_id);
        // 8.13. It is in the map.
        self.active.entry(fetch.registration.clone()).or_default().set(&fetch.id, unique_id);
        // 8.14. Resolve.
        reply.send(Ok(fetch.instance()));
        // 8.15. Display.
        self.hosts.display.show(fetch.displayed(self.online));
        // 8.16. Perform.
        self.fetches.insert(unique_id, fetch);
        self.perform(unique_id);
    }

    /// Rejects, and forgets what there was of the fetch.
    pub(super) fn fail_creation(&mut self, creation: u64, error: Error) {
        let Some(state) = self.creations.remove(&creation) else { return };
        if state.reserved {
            self.free_id(&state.registration, &state.id);
        }
        if let Some(fetch) = state.unique_id {
            self.write(vec![Change::Remove { fetch }], Written::Note("a rejected fetch is not removed"));
        }
        state.reply.send(Err(error));
    }

    /// Takes an id out of its registration's active background fetches.
    pub(super) fn free_id(&mut self, registration: &RegistrationKey, id: &str) {
        if let Some(active) = self.active.get_mut(registration) {
            active.remove(id);
            if active.len() == 0 {
                self.active.remove(registration);
            }
        }
    }
}

impl Creation {
    fn new(
        fetch: NewBackgroundFetch,
        id: Arc<str>,
        reserved: bool,
        observer: Weak<dyn Observer>,
        reply: Reply<Instance>,
    ) -> Self {
        let (mut requests, mut bodies) = (Vec::with_capacity(fetch.requests.len()), Vec::new());
        for (index, new) in (0..).zip(fetch.requests) {
            requests.push(Arc::new(Request { body: None, ..new.request }));
            bodies.extend(new.body.map(|body| (index, body)));
        }
        let mut records: Vec<NewFetchRecord> = requests
            .iter()
            .map(|request| NewFetchRecord { request: request.clone(), has_body: false })
            .collect();
        for (index, _) in &bodies {
            records[*index as usize].has_body = true;
        }
        Creation {
            id,
            reserved,
            requests,
            lengths: Vec::new(),
            title: fetch.title.as_str().into(),
            icons: fetch.icons.as_slice().into(),
            download_total: fetch.download_total,
            paused: false,
            unique_id: None,
            observer,
            reply,
            running: None,
            registration: fetch.registration.clone(),
            new: Some(NewFetch {
                registration: fetch.registration,
                id: fetch.id,
                title: fetch.title,
                icons: fetch.icons,
                download_total: fetch.download_total,
                paused: false,
                phase: if bodies.is_empty() { Phase::Active } else { Phase::Preparing },
                records,
            }),
            bodies,
        }
    }

    fn into_background_fetch(self, unique_id: UniqueId) -> (BackgroundFetch, Reply<Instance>) {
        let mut records: Vec<_> =
            self.requests.into_iter().map(|request| BackgroundFetchRecord::new(request, None)).collect();
        for (index, length) in &self.lengths {
            if let Some(record) = records.get_mut(*index as usize) {
                record.request_body = Some(*length);
            }
        }
        let fetch = BackgroundFetch {
            unique_id,
            registration: self.registration,
            id: self.id,
            title: self.title,
            icons: self.icons,
            download_total: self.download_total,
            upload_total: self.lengths.iter().map(|(_, length)| length).sum(),
            uploaded: 0,
            downloaded: 0,
            received: 0,
            stage: Stage::Active,
            paused: self.paused,
            records,
            counts: Counts::default(),
            answered: HashSet::new(),
            problem: None,
            observers: vec![self.observer],
            told: None,
            update_alarm: None,
            delivery_alarm: None,
        };
        (fetch, self.reply)
    }
}

/// Reads a request's body into the store, a piece at a time.
async fn read_body(store: Arc<dyn Store>, record: RecordId, mut body: BodyStream) -> Result<u64, Error> {
    let mut offset = 0;
    while let Some(bytes) = body.next().await {
        // 8.11. It has errored.
        let bytes = bytes.map_err(Error::RequestBody)?;
        let length = bytes.len() as u64;
        // 8.9. There may be no room.
        store.write(vec![Change::RequestBody { record, offset, bytes }]).await?;
        offset += length;
    }
    Ok(offset)
}
