//! What is committed, and how that changes.

use std::collections::{BTreeMap, VecDeque};

use futures::channel::oneshot;

use super::stored::{Fetch, Snapshot};
use super::{Body, OpenBody, lock};
use crate::host::{Change, NewFetch, Phase, StoreError, StoredBody, StoredFetch, StoredRecord};
use crate::{RecordId, RegistrationKey, UniqueId};

#[derive(Default)]
pub(super) struct Committed {
    pub fetches: BTreeMap<UniqueId, Fetch>,
    last_id: u64,
    /// How much a storage key may use; `None` for any amount.
    pub quota: Option<u64>,
    pub failures: VecDeque<StoreError>,
    pub load_failure: Option<StoreError>,
    pub commits: u64,
    /// Set once a rule of [`Store`](crate::host::Store) was broken by the component.
    pub misuse: Option<String>,
}

pub(super) enum Operation {
    Load(oneshot::Sender<Result<Vec<StoredFetch>, StoreError>>),
    Create(Box<NewFetch>, oneshot::Sender<Result<UniqueId, StoreError>>),
    Write(Vec<Change>, oneshot::Sender<Result<(), StoreError>>),
    Open(RecordId, Which, oneshot::Sender<Result<Box<dyn StoredBody>, StoreError>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Request,
    Response,
}

impl Committed {
    pub fn perform(&mut self, operation: Operation) {
        // Whoever asked may be gone; what was asked for happens all the same.
        match operation {
            Operation::Load(answer) => {
                let all = || self.fetches.values().map(|fetch| fetch.stored.clone()).collect();
                let _ = answer.send(self.load_failure.take().map_or_else(|| Ok(all()), Err));
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
        let changes: Vec<_> = changes.into_iter().flat_map(|change| self.of_each_fetch(change)).collect();
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

    /// A change of many fetches as one of each.
    fn of_each_fetch(&self, change: Change) -> Vec<Change> {
        let Change::Clear { storage_key, scope } = change else { return vec![change] };
        let stored = self.fetches.values().map(|fetch| &fetch.stored);
        let cleared = stored.filter(|stored| {
            let RegistrationKey { storage_key: key, scope: of } = &stored.registration;
            *key == storage_key && scope.as_ref().is_none_or(|scope| scope == of)
        });
        cleared.map(|stored| Change::Remove { fetch: stored.unique_id }).collect()
    }

    /// What a change may change.
    fn snapshot(&self, change: &Change) -> Snapshot {
        let id = fetch_of(change);
        let Some(fetch) = id.and_then(|id| self.fetches.get(&id)) else { return Snapshot::Nothing };
        let Some(index) = record_of(change) else { return Snapshot::Fetch(Box::new(fetch.clone())) };
        match (fetch.stored.records.get(index), fetch.requests.get(index), fetch.responses.get(index)) {
            (Some(record), Some(request), Some(response)) => Snapshot::Record {
                fetch: fetch.stored.unique_id,
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
        let Some(id) = fetch_of(&change) else { return Ok(()) };
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

fn fetch_of(change: &Change) -> Option<UniqueId> {
    Some(match change {
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
        Change::Clear { .. } => return None,
    })
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
