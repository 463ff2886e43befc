//! A store in memory that dies when told to.

mod state;
mod stored;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;

use self::state::{Committed, Operation, Which};
use crate::host::{Change, NewFetch, Store, StoreError, StoredBody, StoredFetch};
use crate::{RecordId, UniqueId};

/// A store in memory.
///
/// It commits at once, or, after [`MemoryStore::hold`], when [`MemoryStore::commit`] is called;
/// [`MemoryStore::crash`] loses what was not committed.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    committed: Committed,
    held: bool,
    queue: VecDeque<Operation>,
}

type Body = Arc<Mutex<Vec<u8>>>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryStore {
    /// Sets every storage key's quota.
    pub fn set_quota(&self, quota: Option<u64>) {
        lock(&self.0).committed.quota = quota;
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
            state.committed.perform(operation);
            true
        })
    }

    /// How many operations wait.
    pub fn waiting(&self) -> usize {
        lock(&self.0).queue.len()
    }

    /// How many writes there have been.
    pub fn commits(&self) -> u64 {
        lock(&self.0).committed.commits
    }

    /// The process dies: what waits never happens.
    pub fn crash(&self) {
        lock(&self.0).queue.clear();
    }

    /// The next write that appends or creates fails.
    pub fn fail_next(&self, error: StoreError) {
        lock(&self.0).committed.failures.push_back(error);
    }

    /// The next reading of everything fails.
    pub fn fail_load(&self, error: StoreError) {
        lock(&self.0).committed.load_failure = Some(error);
    }

    /// Somebody deletes a fetch behind the component's back.
    pub fn forget(&self, fetch: UniqueId) {
        lock(&self.0).committed.fetches.remove(&fetch);
    }

    /// What is committed.
    pub fn committed(&self) -> Vec<StoredFetch> {
        lock(&self.0).committed.fetches.values().map(|fetch| fetch.stored.clone()).collect()
    }

    /// The committed bytes of a response.
    pub fn body(&self, record: RecordId) -> Option<Vec<u8>> {
        let state = lock(&self.0);
        let body = state.committed.fetches.get(&record.fetch)?.responses.get(record.index as usize)?;
        Some(lock(body).clone())
    }

    /// How many bytes are charged to all storage keys: stored and reserved.
    pub fn used(&self) -> u64 {
        lock(&self.0).committed.fetches.values().map(stored::Fetch::charged).sum()
    }

    /// The rule of [`Store`] that was broken, if one was.
    pub fn misuse(&self) -> Option<String> {
        lock(&self.0).committed.misuse.clone()
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
            state.committed.perform(operation);
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
