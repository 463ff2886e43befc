//! A store in memory that dies when told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;

use crate::host::{Change, NewFetch, Phase, Store, StoreError, StoredBody, StoredFetch, StoredRecord};
use crate::{RecordId, UniqueId};

/// A store in memory.
///
/// It commits at once, or, after [`MemoryStore::hold`], when [`MemoryStore::commit`] is called;
/// [`MemoryStore::crash`] loses what was not committed.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    fetches: BTreeMap<UniqueId, Fetch>,
    last_id: u64,
    /// How much a storage key may use; `None` for any amount.
    quota: Option<u64>,
    held: bool,
    queue: VecDeque<Operation>,
    failures: VecDeque<StoreError>,
    commits: u64,
    /// Set once a rule of [`Store`] was broken by the component.
    misuse: Option<String>,
}

enum Operation {
    Load(oneshot::Sender<Result<Vec<StoredFetch>, StoreError>>),
    Create(Box<NewFetch>, oneshot::Sender<Result<UniqueId, StoreError>>),
    Write(Vec<Change>, oneshot::Sender<Result<(), StoreError>>),
    Open(RecordId, Which, oneshot::Sender<Result<Box<dyn StoredBody>, StoreError>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Request,
    Response,
}

#[derive(Clone)]
struct Fetch {
    stored: StoredFetch,
    /// What of the download total is reserved and not used.
    reserved: u64,
    requests: Vec<Body>,
    responses: Vec<Body>,
}

/// What there was before a change.
enum Snapshot {
    Nothing,
    Fetch(Box<Fetch>),
    Record {
        fetch: UniqueId,
        index: usize,
        reserved: u64,
        record: Box<StoredRecord>,
        request: Body,
        response: Body,
    },
}

type Body = Arc<Mutex<Vec<u8>>>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryStore {
    /// Sets every storage key's quota.
    pub fn set_quota(&self, quota: Option<u64>) {
        lock(&self.0).quota = quota;
    }

    /// Stops committing by itself.
    pub fn hold(&self) {
        lock(&self.0).held = true;
    }

    /// Commits what waits, and from now on at once.
    pub fn release(&self) {
        lock(&self.0).held = false;
        while self.commit() {}
    }

    /// Commits the oldest operation. False if there is none.
    pub fn commit(&self) -> bool {
        let mut state = lock(&self.0);
        let operation = state.queue.pop_front();
        operation.is_some_and(|operation| {
            state.perform(operation);
            true
        })
    }

    /// How many operations wait.
    pub fn waiting(&self) -> usize {
        lock(&self.0).queue.len()
    }

    /// How many writes there have been.
    pub fn commits(&self) -> u64 {
        lock(&self.0).commits
    }

    /// The process dies: what waits never happens.
    pub fn crash(&self) {
        lock(&self.0).queue.clear();
    }

    /// The next write that appends or creates fails.
    pub fn fail_next(&self, error: StoreError) {
        lock(&self.0).failures.push_back(error);
    }

    /// Somebody deletes a fetch behind the component's back.
    pub fn forget(&self, fetch: UniqueId) {
        lock(&self.0).fetches.remove(&fetch);
    }

    /// What is committed.
    pub fn committed(&self) -> Vec<StoredFetch> {
        lock(&self.0).fetches.values().map(|fetch| fetch.stored.clone()).collect()
    }

    /// The committed bytes of a response.
    pub fn body(&self, record: RecordId) -> Option<Vec<u8>> {
        let state = lock(&self.0);
        let body = state.fetches.get(&record.fetch)?.responses.get(record.index as usize)?;
        Some(lock(body).clone())
    }

    /// How many bytes are charged to all storage keys: stored and reserved.
    pub fn used(&self) -> u64 {
        lock(&self.0).fetches.values().map(Fetch::charged).sum()
    }

    /// The rule of [`Store`] that was broken, if one was.
    pub fn misuse(&self) -> Option<String> {
        lock(&self.0).misuse.clone()
    }

    fn ask<T: Send + 'static>(
        &self,
        operation: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Operation,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        let (sender, receiver) = oneshot::channel();
        let mut state = lock(&self.0);
        let operation = operation(sender);
        if state.held {
            state.queue.push_back(operation);
        } else {
            state.perform(operation);
        }
        async { receiver.await.unwrap_or(Err(StoreError::Closed)) }.boxed()
    }
}

impl Store for MemoryStore {
    fn load(&self) -> BoxFuture<'static, Result<Vec<StoredFetch>, StoreError>> {
        self.ask(Operation::Load)
    }

    fn create(&self, fetch: NewFetch) -> BoxFuture<'static, Result<UniqueId, StoreError>> {
        self.ask(|sender| Operation::Create(Box::new(fetch), sender))
    }

    fn write(&self, changes: Vec<Change>) -> BoxFuture<'static, Result<(), StoreError>> {
        self.ask(|sender| Operation::Write(changes, sender))
    }

    fn open_body(&self, record: RecordId) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> {
        self.ask(|sender| Operation::Open(record, Which::Response, sender))
    }

    fn open_request_body(
        &self,
        record: RecordId,
    ) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> {
        self.ask(|sender| Operation::Open(record, Which::Request, sender))
    }
}

struct OpenBody(Body);

impl StoredBody for OpenBody {
    fn read_at(&self, offset: u64, max: usize) -> BoxFuture<'static, Result<Bytes, StoreError>> {
        let bytes = lock(&self.0);
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let slice = &bytes[start..bytes.len().min(start.saturating_add(max))];
        futures::future::ready(Ok(Bytes::copy_from_slice(slice))).boxed()
    }
}

impl State {
    fn perform(&mut self, operation: Operation) {
        // Whoever asked may be gone; what was asked for happens all the same.
        match operation {
            Operation::Load(answer) => {
                let _ = answer.send(Ok(self.fetches.values().map(|fetch| fetch.stored.clone()).collect()));
            }
            Operation::Create(fetch, answer) => {
                let _ = answer.send(self.create(*fetch));
            }
            Operation::Write(changes, answer) => {
                let _ = answer.send(self.write(changes));
            }
            Operation::Open(record, which, answer) => {
                let body = self.fetches.get(&record.fetch).and_then(|fetch| {
                    let bodies = if which == Which::Request { &fetch.requests } else { &fetch.responses };
                    bodies.get(record.index as usize).cloned()
                });
                let body = body.map(|body| Box::new(OpenBody(body)) as Box<dyn StoredBody>);
                let _ = answer.send(body.ok_or(StoreError::NotFound(record.fetch)));
            }
        }
    }

    fn create(&mut self, new: NewFetch) -> Result<UniqueId, StoreError> {
        if let Some(error) = self.failures.pop_front() {
            return Err(error);
        }
        let in_use = |fetch: &Fetch| {
            let stored = &fetch.stored;
            let open = matches!(stored.phase, Phase::Preparing | Phase::Active);
            open && stored.registration == new.registration && stored.id == new.id
        };
        if self.fetches.values().any(in_use) {
            return Err(StoreError::DuplicateId(new.id));
        }
        let requested = new.download_total;
        if let Some(quota) = self.quota
            && requested > quota.saturating_sub(self.charged_to(&new.registration.storage_key))
        {
            return Err(StoreError::QuotaExceeded { quota, requested });
        }
        self.last_id += 1;
        self.commits += 1;
        let unique_id = UniqueId(self.last_id);
        let body = |_: &_| Body::default();
        let fetch = Fetch {
            reserved: new.download_total,
            requests: new.records.iter().map(body).collect(),
            responses: new.records.iter().map(body).collect(),
            stored: StoredFetch {
                unique_id,
                registration: new.registration,
                id: new.id,
                title: new.title,
                icons: new.icons,
                download_total: new.download_total,
                upload_total: 0,
                paused: new.paused,
                phase: new.phase,
                records: new
                    .records
                    .into_iter()
                    .map(|record| StoredRecord {
                        request: record.request,
                        request_body: record.has_body.then_some(0),
                        started: false,
                        response: None,
                        stored: 0,
                        result: None,
                        uploaded: 0,
                    })
                    .collect(),
            },
        };
        self.fetches.insert(unique_id, fetch);
        Ok(unique_id)
    }

    /// All of `changes`, or none.
    fn write(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        if changes.iter().any(|change| matches!(change, Change::Append { .. } | Change::RequestBody { .. }))
            && let Some(error) = self.failures.pop_front()
        {
            return Err(error);
        }
        let before: Vec<_> = changes.iter().map(|change| self.snapshot(change)).collect();
        let result = changes.into_iter().try_for_each(|change| self.apply(change));
        if result.is_err() {
            before.into_iter().rev().for_each(|snapshot| self.restore(snapshot));
        } else {
            self.commits += 1;
        }
        result
    }

    /// What a change may change.
    fn snapshot(&self, change: &Change) -> Snapshot {
        let id = fetch_of(change);
        let Some(fetch) = self.fetches.get(&id) else { return Snapshot::Nothing };
        let Some(index) = record_of(change) else { return Snapshot::Fetch(Box::new(fetch.clone())) };
        match (fetch.stored.records.get(index), fetch.requests.get(index), fetch.responses.get(index)) {
            (Some(record), Some(request), Some(response)) => Snapshot::Record {
                fetch: id,
                index,
                reserved: fetch.reserved,
                record: Box::new(record.clone()),
                request: request.clone(),
                response: response.clone(),
            },
            _ => Snapshot::Nothing,
        }
    }

    fn restore(&mut self, snapshot: Snapshot) {
        match snapshot {
            Snapshot::Nothing => {}
            Snapshot::Fetch(fetch) => {
                self.fetches.insert(fetch.stored.unique_id, *fetch);
            }
            Snapshot::Record { fetch, index, reserved, record, request, response } => {
                let Some(fetch) = self.fetches.get_mut(&fetch) else { return };
                // Bodies are cut to what the state says.
                lock(&request).truncate(record.request_body.unwrap_or_default() as usize);
                lock(&response).truncate(record.stored as usize);
                fetch.reserved = reserved;
                fetch.stored.records[index] = *record;
                fetch.requests[index] = request;
                fetch.responses[index] = response;
            }
        }
    }

    fn apply(&mut self, change: Change) -> Result<(), StoreError> {
        let id = fetch_of(&change);
        if let Change::Remove { .. } = change {
            self.fetches.remove(&id);
            return Ok(());
        }
        if let Change::Append { record, offset, bytes } | Change::RequestBody { record, offset, bytes } =
            &change
        {
            // The one error that the component counts on: it follows where an earlier append has failed.
            let response = matches!(change, Change::Append { .. });
            let length = self.length(*record, response)?;
            if length != *offset {
                return Err(StoreError::Failed(format!("{record} has {length} bytes, not {offset}")));
            }
            self.charge(*record, bytes.len() as u64, response)?;
        }
        let fetch = self.fetches.get_mut(&id).ok_or(StoreError::NotFound(id))?;
        fetch.apply(change).map_err(|misuse| {
            self.misuse.get_or_insert_with(|| misuse.clone());
            StoreError::Failed(misuse)
        })
    }

    fn length(&self, record: RecordId, response: bool) -> Result<u64, StoreError> {
        let fetch = self.fetches.get(&record.fetch).ok_or(StoreError::NotFound(record.fetch))?;
        let stored = fetch.stored.records.get(record.index as usize);
        let stored = stored.ok_or(StoreError::NotFound(record.fetch))?;
        Ok(if response { stored.stored } else { stored.request_body.unwrap_or_default() })
    }

    /// Charges bytes to the fetch's reservation and then to its storage key.
    fn charge(&mut self, record: RecordId, bytes: u64, response: bool) -> Result<(), StoreError> {
        let fetch = self.fetches.get(&record.fetch).ok_or(StoreError::NotFound(record.fetch))?;
        let reserved = if response { fetch.reserved.min(bytes) } else { 0 };
        if let Some(quota) = self.quota
            && bytes - reserved
                > quota.saturating_sub(self.charged_to(&fetch.stored.registration.storage_key))
        {
            return Err(StoreError::QuotaExceeded { quota, requested: bytes });
        }
        if let Some(fetch) = self.fetches.get_mut(&record.fetch) {
            fetch.reserved -= reserved;
        }
        Ok(())
    }

    fn charged_to(&self, storage_key: &fetch::StorageKey) -> u64 {
        let of_key =
            self.fetches.values().filter(|fetch| fetch.stored.registration.storage_key == *storage_key);
        of_key.map(Fetch::charged).sum()
    }
}

fn fetch_of(change: &Change) -> UniqueId {
    match change {
        Change::RequestBody { record, .. }
        | Change::Started { record }
        | Change::Response { record, .. }
        | Change::Append { record, .. }
        | Change::Reset { record }
        | Change::Complete { record, .. } => record.fetch,
        Change::Activate { fetch, .. }
        | Change::SetPaused { fetch, .. }
        | Change::SetUi { fetch, .. }
        | Change::Settle { fetch, .. }
        | Change::DeliveryAttempt { fetch, .. }
        | Change::Remove { fetch } => *fetch,
    }
}

fn record_of(change: &Change) -> Option<usize> {
    match change {
        Change::RequestBody { record, .. }
        | Change::Started { record }
        | Change::Response { record, .. }
        | Change::Append { record, .. }
        | Change::Reset { record }
        | Change::Complete { record, .. } => Some(record.index as usize),
        _ => None,
    }
}

impl Fetch {
    fn charged(&self) -> u64 {
        let bodies = |record: &StoredRecord| record.stored + record.request_body.unwrap_or_default();
        self.reserved + self.stored.records.iter().map(bodies).sum::<u64>()
    }

    fn record(&mut self, record: RecordId) -> Result<&mut StoredRecord, String> {
        self.stored.records.get_mut(record.index as usize).ok_or_else(|| format!("no {record}"))
    }

    fn apply(&mut self, change: Change) -> Result<(), String> {
        match change {
            Change::RequestBody { record, bytes, .. } => {
                let body = self.requests.get(record.index as usize).cloned().unwrap_or_default();
                let length = self.record(record)?.request_body.as_mut().ok_or("no request body")?;
                append(&body, length, &bytes);
            }
            Change::Activate { upload_total, .. } => {
                expect(self.stored.phase == Phase::Preparing, "activated twice")?;
                self.stored.phase = Phase::Active;
                self.stored.upload_total = upload_total;
            }
            Change::Started { record } => {
                let record = self.record(record)?;
                expect(!record.started, "started twice")?;
                record.started = true;
            }
            Change::Response { record, response } => {
                let record = self.record(record)?;
                expect(record.stored == 0 && record.response.is_none(), "a response over another")?;
                record.response = Some(*response);
            }
            Change::Append { record, bytes, .. } => {
                let body = self.responses.get(record.index as usize).cloned().unwrap_or_default();
                let record = self.record(record)?;
                expect(record.response.is_some(), "bytes without a response")?;
                expect(record.result.is_none(), "bytes after the end")?;
                append(&body, &mut record.stored, &bytes);
            }
            Change::Reset { record: id } => {
                let download_total = self.stored.download_total;
                let record = self.record(id)?;
                expect(record.result.is_none(), "a reset after the end")?;
                record.response = None;
                record.stored = 0;
                if let Some(body) = self.responses.get_mut(id.index as usize) {
                    *body = Body::default();
                }
                // Bytes go back to the reservation, which never grows beyond what it was.
                let stored: u64 = self.stored.records.iter().map(|record| record.stored).sum();
                self.reserved = download_total.saturating_sub(stored);
            }
            Change::Complete { record, result, uploaded } => {
                let record = self.record(record)?;
                expect(record.result.is_none(), "completed twice")?;
                record.result = Some(result);
                record.uploaded = uploaded;
            }
            Change::SetPaused { paused, .. } => self.stored.paused = paused,
            Change::SetUi { title, icons, .. } => {
                self.stored.title = title.unwrap_or_else(|| std::mem::take(&mut self.stored.title));
                self.stored.icons = icons.unwrap_or_else(|| std::mem::take(&mut self.stored.icons));
            }
            Change::Settle { result, .. } => {
                expect(self.stored.phase == Phase::Active, "settled twice, or before it began")?;
                self.stored.phase = Phase::Settled { result, attempts: 0 };
                self.reserved = 0;
            }
            Change::DeliveryAttempt { attempts, .. } => {
                let Phase::Settled { attempts: before, .. } = &mut self.stored.phase else {
                    return Err("delivered before it has settled".to_owned());
                };
                expect(attempts == *before + 1, "an attempt was not counted")?;
                *before = attempts;
            }
            Change::Remove { .. } => {}
        }
        Ok(())
    }
}

fn append(body: &Body, length: &mut u64, bytes: &[u8]) {
    lock(body).extend_from_slice(bytes);
    *length += bytes.len() as u64;
}

fn expect(holds: bool, misuse: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(misuse.to_owned()) }
}
