//! What holds after each step.

use std::collections::{BTreeMap, BTreeSet};

use super::pages::{End, Started};
use super::servers::content;
use super::world::{QUOTA, World};
use crate::host::{Phase, StoredFetch, StoredRecord};
use crate::{FailureReason, FetchResult, RecordId, RecordResult, SettledResult};

impl World {
    pub fn check(&mut self) {
        assert_eq!(self.t.store.misuse(), None);
        let committed = self.t.store.committed();
        let mut ids = BTreeSet::new();
        for fetch in &committed {
            self.check_fetch(fetch);
            if fetch.phase == Phase::Active {
                let new = ids.insert((fetch.registration.clone(), fetch.id.clone()));
                assert!(new, "two active fetches with one id");
            }
        }
        let mut used = BTreeMap::new();
        for fetch in &committed {
            let stored: u64 = fetch.records.iter().map(|record| record.stored).sum();
            let uploads: u64 = fetch.records.iter().filter_map(|record| record.request_body).sum();
            let settled = matches!(fetch.phase, Phase::Settled { .. });
            let responses = if settled { stored } else { stored.max(fetch.download_total) };
            *used.entry(fetch.registration.storage_key.clone()).or_default() += responses + uploads;
        }
        assert!(used.values().all(|used: &u64| *used <= QUOTA), "a quota is exceeded: {used:?}");
        assert_eq!(self.t.store.used(), used.values().sum::<u64>(), "reservations do not add up");
        for started in &mut self.started {
            check_promises(started, &committed);
            check_updates(started);
        }
    }

    fn check_fetch(&self, fetch: &StoredFetch) {
        let stored: u64 = fetch.records.iter().map(|record| record.stored).sum();
        assert!(fetch.download_total == 0 || stored <= fetch.download_total, "more is stored than announced");
        for (index, record) in (0..).zip(&fetch.records) {
            self.check_record(RecordId { fetch: fetch.unique_id, index }, record);
        }
        let results: Vec<_> = fetch.records.iter().map(|record| record.result).collect();
        match fetch.phase {
            Phase::Preparing | Phase::Active => {}
            Phase::Settled { result: SettledResult::Success, .. } => {
                assert!(results.iter().all(|result| *result == Some(RecordResult::Success)));
            }
            // (A record whose last bytes could not be stored may get its result a little later.)
            Phase::Settled { result: SettledResult::Failure(reason), .. } => {
                let aborted = reason == FailureReason::Aborted;
                assert!(aborted || results.contains(&Some(RecordResult::Failed(reason))));
            }
        }
    }

    /// Stored bytes are a prefix of the resource, in the version that their response is of; a success is all
    /// of it.
    fn check_record(&self, id: RecordId, record: &StoredRecord) {
        let body = self.t.store.body(id).expect("a body");
        assert_eq!(body.len() as u64, record.stored);
        let Some(response) = &record.response else {
            assert_eq!(record.stored, 0, "bytes without a response");
            assert_ne!(record.result, Some(RecordResult::Success));
            return;
        };
        let number = |name| {
            response.head.headers.get_string(name).expect("a header").parse::<u64>().expect("a number")
        };
        let resource = record.request.url().path().trim_start_matches('/').parse().expect("a resource");
        let whole = content(resource, number("X-Version"), number("X-Length"));
        assert!(whole.starts_with(&body), "{id}: the stored bytes are not the resource's");
        match record.result {
            Some(RecordResult::Success) if !response.null_body => assert_eq!(body.len(), whole.len()),
            Some(RecordResult::Failed(FailureReason::BadStatus)) => assert_eq!(body.len(), 0),
            _ => {}
        }
    }
}

/// What pages were promised.
fn check_promises(started: &mut Started, committed: &[StoredFetch]) {
    if let Some(Ok(instance)) = started.answer.lock().expect("a lock").as_ref() {
        started.unique_id = Some(instance.unique_id);
    }
    for abort in started.aborts.drain(..).collect::<Vec<_>>() {
        match *abort.lock().expect("a lock") {
            None => started.aborts.push(abort.clone()),
            Some(Ok(true)) => {
                assert!(!started.aborted, "aborted twice");
                started.aborted = true;
            }
            Some(_) => {}
        }
    }
    assert!(started.sent.values().all(|sent| *sent <= 1), "something else than a GET was sent twice");
    let Some(unique_id) = started.unique_id.filter(|_| started.end.is_none()) else { return };
    let stored = committed.iter().find(|fetch| fetch.unique_id == unique_id);
    let stored = stored.expect("what was answered is stored until its event is over");
    if started.aborted {
        let result = SettledResult::Failure(FailureReason::Aborted);
        assert!(matches!(stored.phase, Phase::Settled { result: now, .. } if now == result));
    }
    if let (Some(told), Phase::Settled { result, .. }) = (started.told, stored.phase) {
        assert_eq!(told, result, "a result has changed");
    }
}

/// What instances were told.
fn check_updates(started: &mut Started) {
    let all = started.observer.all();
    let before = started.seen.checked_sub(1).and_then(|last| all.get(last)).cloned();
    let mut last = before;
    for told in &all[started.seen..] {
        assert!(told.uploaded <= told.upload_total);
        assert!(started.download_total == 0 || told.downloaded <= started.download_total);
        if let Some(last) = &last {
            assert!(last.records_available, "told after the end");
            assert!(last.uploaded <= told.uploaded, "what was sent was not");
            if last.result != FetchResult::Active {
                assert_eq!(last.result, told.result, "told another result");
                assert!(!told.records_available, "progress after the result");
            }
        }
        if !told.records_available {
            assert!(
                matches!(started.end, Some(End::Handled | End::Removed { .. })),
                "the records are gone too early"
            );
        }
        last = Some(told.clone());
    }
    started.seen = all.len();
}
