//! A new start (NB: SD-6: the specification knows none): everything goes on from what the store has.

use std::collections::BTreeMap;

use futures::FutureExt;

use super::scheduler::host_of;
use super::{Event, Service, Written};
use crate::algorithms::failure_reason::settled_result;
use crate::concepts::{
    BackgroundFetch, BackgroundFetchRecord, Counts, FailureReason, RecordId, RecordResult, RecordState,
    SettledResult, Stage, UniqueId,
};
use crate::host::{Change, Phase, StoredFetch, StoredRecord};

impl Service {
    /// Reads everything back and takes it up.
    pub(super) async fn recover(&mut self) {
        let stored = match self.hosts.store.load().await {
            Ok(stored) => stored,
            Err(error) => {
                // Nothing can be taken up, and calls that need the store will say so themselves.
                tracing::error!("the background fetches of earlier runs can't be read: {error}");
                return;
            }
        };
        for fetch in stored {
            let id = fetch.unique_id;
            match fetch.phase {
                // `fetch()` had not been answered: it never was.
                Phase::Preparing => {
                    let note = Written::Note("a fetch that was never begun is not removed");
                    self.write(vec![Change::Remove { fetch: id }], note);
                }
                Phase::Active => self.recover_active(fetch),
                Phase::Settled { attempts, .. } => self.recover_settled(fetch, attempts),
            }
        }
        self.look_for_registrations();
    }

    /// NB: SD-5: what belongs to a registration that is gone goes too, if that could not be said in the earlier run.
    fn look_for_registrations(&mut self) {
        let mut fetches = BTreeMap::<_, Vec<_>>::new();
        for fetch in self.fetches.values() {
            fetches.entry(&fetch.registration).or_default().push(fetch.unique_id);
        }
        for (registration, fetches) in fetches {
            let is_unregistered = self.hosts.events.is_unregistered(registration.clone());
            let look =
                is_unregistered.map(|gone| if gone { Event::Unregistered(fetches) } else { Event::Nothing });
            self.tasks.push(look.boxed());
        }
    }

    fn recover_active(&mut self, stored: StoredFetch) {
        let id = stored.unique_id;
        // NB: SD-15, SD-16: what is not a GET and was begun is not sent again.
        let lost: Vec<u32> = (0..)
            .zip(&stored.records)
            .filter(|(_, record)| record.started && record.result.is_none())
            .map(|(index, _)| index)
            .collect();
        self.take_up(stored, Stage::Active);
        if let Some(fetch) = self.fetches.get(&id) {
            self.active.entry(fetch.registration.clone()).or_default().set(&fetch.id, id);
        }
        for index in lost {
            let record = RecordId { fetch: id, index };
            self.problem(record, "the program ended while the request was under way");
            self.fail(record, FailureReason::FetchError);
        }
        self.perform(id);
    }

    fn recover_settled(&mut self, stored: StoredFetch, attempts: u32) {
        let id = stored.unique_id;
        let Phase::Settled { result, .. } = stored.phase else { return };
        self.take_up(stored, Stage::Settled { result, attempts });
        if attempts >= self.config.delivery.max_attempts {
            tracing::warn!(
                "{id}: its event could not be delivered in {attempts} attempts; its data is removed"
            );
            return self.release(id);
        }
        self.redeliver(id);
    }

    fn take_up(&mut self, stored: StoredFetch, stage: Stage) {
        let id: UniqueId = stored.unique_id;
        let results: Vec<_> = stored.records.iter().map(|record| record.result).collect();
        let records: Vec<BackgroundFetchRecord> = stored.records.into_iter().map(take_up_record).collect();
        let downloaded = records.iter().map(|record| record.response_data.stored).sum();
        let with_response = records.iter().filter(|record| record.response_data.response.is_some());
        let answered = with_response.map(|record| host_of(&record.request)).collect();
        let mut fetch = BackgroundFetch {
            unique_id: id,
            registration: stored.registration,
            id: stored.id.as_str().into(),
            title: stored.title.as_str().into(),
            icons: stored.icons.as_slice().into(),
            download_total: stored.download_total,
            upload_total: stored.upload_total,
            uploaded: records.iter().map(|record| record.uploaded).sum(),
            downloaded,
            received: downloaded,
            stage,
            paused: stored.paused,
            records,
            counts: Counts::default(),
            answered,
            problem: None,
            observers: Vec::new(),
            told: None,
            update_alarm: None,
            delivery_alarm: None,
        };
        // A record of a settled fetch has no result only where the bytes that would have made it a success
        // could not be stored, and the process died before that could be.
        let settled = matches!(stage, Stage::Settled { .. });
        let lost = settled.then_some(RecordResult::Failed(FailureReason::FetchError));
        for (index, result) in (0..).zip(results) {
            if let Some(result) = result.or(lost) {
                fetch.set_state(index, RecordState::Settled(result));
            }
        }
        // A success whose bytes were lost since is none.
        if let Stage::Settled { result: result @ SettledResult::Success, .. } = &mut fetch.stage
            && let Some(now) = settled_result(fetch.records.iter().map(BackgroundFetchRecord::result))
        {
            *result = now;
        }
        self.hosts.display.show(fetch.displayed(self.online));
        self.fetches.insert(id, fetch);
    }
}

fn take_up_record(stored: StoredRecord) -> BackgroundFetchRecord {
    let mut record = BackgroundFetchRecord::new(stored.request, stored.request_body);
    record.uploaded = stored.uploaded;
    record.high_water = stored.stored;
    record.response_data.response_written = stored.response.is_some();
    record.response_data.response = stored.response.map(Box::new);
    record.response_data.received = stored.stored;
    record.response_data.stored = stored.stored;
    record
}
