//! What background fetches leave in the store. It is gone once their events are over, so it is opened at that moment,
//! and read and hashed beside what goes on.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use background_fetch::concepts::{RecordId, RegistrationKey, SettledResult, UniqueId};
use background_fetch::host::{Change, NewFetch, Phase, Store, StoreError, StoredBody, StoredFetch};
use fetch::BoxFuture;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use storage::Profile;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::report::Reporter;

/// How much of a body is in memory while it is hashed.
const SLICE: usize = 256 << 10;

/// A record, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// The request's URL.
    pub url: Url,
    /// The response's status, if there was a response.
    pub status: Option<u16>,
    /// The stored body's length and SHA-256 in hexadecimal digits, or why it can't be read.
    pub body: Result<(u64, String), StoreError>,
}

impl StoredRecord {
    /// The record as a JSON object.
    pub fn to_json(&self) -> Value {
        let mut object = json!({ "url": self.url.as_str(), "status": self.status });
        match &self.body {
            Ok((length, digest)) => {
                object["bytes"] = json!(length);
                object["sha256"] = json!(digest);
            }
            Err(error) => object["error"] = json!(error.to_string()),
        }
        object
    }
}

impl fmt::Display for StoredRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.url)?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => write!(f, "no response")?,
        }
        match &self.body {
            Ok((length, digest)) => write!(f, ", {length} bytes, sha256 {digest}"),
            Err(error) => write!(f, ", unreadable: {error}"),
        }
    }
}

/// How many fetches there have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them, with those that the profile held.
    pub seen: usize,
    /// Those that have not settled, or whose event is not over.
    pub unfinished: usize,
    /// Those that ended in another way than success.
    pub failed: usize,
}

/// A store that keeps a tally, and reports what each fetch left when it is over.
pub struct ReportingStore {
    store: Arc<dyn Store>,
    shared: Arc<Shared>,
}

struct Shared {
    fetches: Mutex<HashMap<UniqueId, Seen>>,
    tally: watch::Sender<Tally>,
    reporter: Arc<Reporter>,
    /// Where things are stored; `None` for a private profile.
    place: Option<PathBuf>,
    /// That there is no room is reported once.
    told_full: AtomicBool,
    /// Bodies being read.
    readers: TaskTracker,
    runtime: tokio::runtime::Handle,
}

/// What is known of a fetch.
struct Seen {
    registration: RegistrationKey,
    id: String,
    records: Vec<(Url, Option<u16>)>,
    result: Option<SettledResult>,
}

impl ReportingStore {
    /// Reports on the store of `profile` to `reporter`; bodies are read on `runtime`.
    pub fn new(profile: &Profile, reporter: Arc<Reporter>, runtime: tokio::runtime::Handle) -> Self {
        let (tally, _) = watch::channel(Tally::default());
        let (fetches, readers) = (Mutex::default(), TaskTracker::new());
        let (place, told_full) = (profile.path().map(Path::to_owned), AtomicBool::new(false));
        let shared = Shared { fetches, tally, reporter, place, told_full, readers, runtime };
        ReportingStore { store: profile.background_fetches(), shared: Arc::new(shared) }
    }

    /// Follows the tally.
    pub fn tally(&self) -> watch::Receiver<Tally> {
        self.shared.tally.subscribe()
    }

    /// Resolves when everything that is over has been reported.
    pub fn reported(&self) -> impl Future<Output = ()> + use<> {
        let readers = self.shared.readers.clone();
        async move {
            readers.close();
            readers.wait().await;
            readers.reopen();
        }
    }

    /// Opens what a fetch holds, before it is removed, and reads it beside what goes on.
    fn report(&self, fetch: UniqueId, seen: Seen) {
        let bodies: Vec<_> = (0..)
            .zip(seen.records)
            .map(|(index, (url, status))| (url, status, self.store.open_body(RecordId { fetch, index })))
            .collect();
        let reporter = self.shared.reporter.clone();
        let report = async move {
            let mut records = Vec::with_capacity(bodies.len());
            for (url, status, body) in bodies {
                let body = match body.await {
                    Ok(body) => digest(&*body).await,
                    Err(error) => Err(error),
                };
                records.push(StoredRecord { url, status, body });
            }
            reporter.stored(&seen.id, seen.result, &records);
        };
        self.shared.readers.spawn_on(report, &self.shared.runtime);
    }
}

impl Shared {
    fn fetches(&self) -> MutexGuard<'_, HashMap<UniqueId, Seen>> {
        self.fetches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, fetch: UniqueId, seen: Seen) {
        let failed = matches!(seen.result, Some(SettledResult::Failure(_)));
        self.fetches().insert(fetch, seen);
        self.tally.send_modify(|tally| {
            tally.seen += 1;
            tally.unfinished += 1;
            tally.failed += usize::from(failed);
        });
    }

    /// Tells once that nothing more fits.
    fn no_room(&self, error: &StoreError) {
        if self.told_full.swap(true, Ordering::Relaxed) {
            return;
        }
        let place = self.place.clone().unwrap_or_else(std::env::temp_dir);
        let place = place.display();
        self.reporter.failure(&format!("{error}: there is no room in {place} for what is being downloaded"));
    }

    /// The fetches that a change removes.
    fn take_what_goes(&self, change: &Change) -> Vec<(UniqueId, Seen)> {
        let goes = |id: &UniqueId, seen: &Seen| match change {
            Change::Remove { fetch } => fetch == id,
            Change::Clear { storage_key, scope } => {
                let registration = &seen.registration;
                registration.storage_key == *storage_key
                    && scope.as_ref().is_none_or(|scope| registration.scope == *scope)
            }
            _ => false,
        };
        self.fetches().extract_if(|id, seen| goes(id, seen)).collect()
    }

    fn note(&self, change: &Change) {
        match change {
            Change::Response { record, response } => {
                if let Some(seen) = self.fetches().get_mut(&record.fetch)
                    && let Some((_, status)) = seen.records.get_mut(record.index as usize)
                {
                    *status = Some(response.head.status);
                }
            }
            Change::Settle { fetch, result } => {
                if let Some(seen) = self.fetches().get_mut(fetch) {
                    seen.result = Some(*result);
                }
                let failed = matches!(result, SettledResult::Failure(_));
                self.tally.send_modify(|tally| tally.failed += usize::from(failed));
            }
            _ => {}
        }
    }
}

impl Store for ReportingStore {
    fn load(&self) -> BoxFuture<'static, Result<Vec<StoredFetch>, StoreError>> {
        let (load, shared) = (self.store.load(), self.shared.clone());
        Box::pin(async move {
            let fetches = load.await?;
            for fetch in &fetches {
                let records = fetch.records.iter().map(|record| {
                    let status = record.response.as_ref().map(|response| response.head.status);
                    (record.request.url().clone(), status)
                });
                let result = match fetch.phase {
                    Phase::Settled { result, .. } => Some(result),
                    Phase::Preparing | Phase::Active => None,
                };
                let (registration, id) = (fetch.registration.clone(), fetch.id.clone());
                let seen = Seen { registration, id, records: records.collect(), result };
                shared.add(fetch.unique_id, seen);
            }
            Ok(fetches)
        })
    }

    fn create(&self, fetch: NewFetch) -> BoxFuture<'static, Result<UniqueId, StoreError>> {
        let records = fetch.records.iter().map(|record| (record.request.url().clone(), None)).collect();
        let (registration, id) = (fetch.registration.clone(), fetch.id.clone());
        let seen = Seen { registration, id, records, result: None };
        let (create, shared) = (self.store.create(fetch), self.shared.clone());
        Box::pin(async move {
            let id = create.await?;
            shared.add(id, seen);
            Ok(id)
        })
    }

    fn write(&self, changes: Vec<Change>) -> BoxFuture<'static, Result<(), StoreError>> {
        for change in &changes {
            self.shared.note(change);
            for (fetch, seen) in self.shared.take_what_goes(change) {
                // Calls take effect in the order in which they are made: its bodies are still there.
                self.report(fetch, seen);
                self.shared.tally.send_modify(|tally| tally.unfinished -= 1);
            }
        }
        let (write, shared) = (self.store.write(changes), self.shared.clone());
        Box::pin(async move {
            let result = write.await;
            if let Err(error) = &result
                && error.is_out_of_space()
            {
                shared.no_room(error);
            }
            result
        })
    }

    fn open_body(&self, record: RecordId) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> {
        self.store.open_body(record)
    }

    fn open_request_body(
        &self,
        record: RecordId,
    ) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> {
        self.store.open_request_body(record)
    }
}

/// Reads a whole body: its length and digest.
async fn digest(body: &dyn StoredBody) -> Result<(u64, String), StoreError> {
    let mut hasher = Sha256::new();
    let mut length = 0;
    loop {
        let bytes = body.read_at(length, SLICE).await?;
        if bytes.is_empty() {
            let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok((length, digest));
        }
        length += bytes.len() as u64;
        hasher.update(&bytes);
    }
}
