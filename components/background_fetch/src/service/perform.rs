//! [Perform a background
//! fetch](https://wicg.github.io/background-fetch/#perform-a-background-fetch-algorithm)

use super::{Service, Written};
use crate::algorithms::failure_reason::settled_result;
use crate::concepts::{
    BackgroundFetch, BackgroundFetchRecord, FailureReason, RecordId, RecordResult, RecordState,
    SettledResult, Stage, UniqueId,
};
use crate::error::Error;
use crate::handle::Reply;
use crate::host::{Change, StoreError};

impl Service {
    /// Steps 1 to 5: every record that has no result yet gets in line.
    pub(super) fn perform(&mut self, fetch: UniqueId) {
        let Some(state) = self.fetches.get(&fetch) else { return };
        let origin = &state.registration.storage_key;
        if state.paused {
            self.scheduler.set_paused(origin, fetch, true);
        }
        for (id, record) in state.record_ids().zip(&state.records) {
            if matches!(record.state, RecordState::Pending) {
                self.scheduler.add(origin, id, &record.request);
            }
        }
        // After a restart there may be nothing left to do but this.
        let mut results = state.records.iter().filter_map(BackgroundFetchRecord::result);
        let immediate = results.find(|result| result.failure().is_some_and(FailureReason::is_immediate));
        self.settle_if_done(fetch, immediate);
    }

    /// Steps 5.4 to 7: a record is settled; is the fetch?
    pub(super) fn settle_if_done(&mut self, fetch: UniqueId, result: Option<RecordResult>) {
        let Some(state) = self.fetches.get(&fetch) else { return };
        let immediate = result.and_then(RecordResult::failure).is_some_and(FailureReason::is_immediate);
        if state.stage != Stage::Active || !(immediate || state.all_settled()) {
            return;
        }
        let settled = |state: &RecordState| match state {
            RecordState::Settled(result) => Some(*result),
            _ => None,
        };
        // NB: SD-1, SD-2, SD-3.
        if let Some(result) = settled_result(state.records.iter().map(|record| settled(&record.state))) {
            self.settle(fetch, result, None);
        }
    }

    /// [abort()](https://wicg.github.io/background-fetch/#background-fetch-registration-abort)
    pub(super) fn abort(&mut self, fetch: UniqueId, reply: Reply<bool>) {
        // 3.3. Not (or no longer) active: false.
        let active = self.fetches.get(&fetch).is_some_and(|state| {
            let active = self.active.get(&state.registration);
            state.stage == Stage::Active
                && active.is_some_and(|active| active.contains(&state.id, state.unique_id))
        });
        if !active {
            return reply.send(Ok(false));
        }
        // 3.4–3.6. Out of the map, and everything ends. NB: what `true` promises has to survive a restart, so
        // the promise waits for the store; SD-1: "aborted" wins over all that has happened before.
        self.settle(fetch, SettledResult::Failure(FailureReason::Aborted), Some(reply));
    }

    /// Steps 7 and 8.1 to 8.6: the result is decided, once and for all (NB: SD-2). Everything that is still
    /// going on ends "aborted". One transaction holds all of it.
    fn settle(&mut self, fetch: UniqueId, result: SettledResult, reply: Option<Reply<bool>>) {
        let Some(state) = self.fetches.get_mut(&fetch) else { return };
        state.stage = Stage::Settling(result);
        // 7. The "abort all flag". NB: SD-7: it ends what is paused and what waits, too.
        let mut changes = Vec::new();
        for record in state.record_ids() {
            changes.extend(Self::abort_record(state, record));
        }
        // 8.3. Out of the map.
        let (registration, id) = (state.registration.clone(), state.id.clone());
        self.free_id(&registration, &id);
        self.end_requests(fetch);
        self.scheduler.remove(&registration.storage_key, fetch);
        // 8.5, 8.6. The result; and since the event follows at once, its first attempt.
        changes.push(Change::Settle { fetch, result });
        changes.push(Change::DeliveryAttempt { fetch, attempts: 1 });
        self.write(changes, Written::Settled(fetch, result, reply));
    }

    /// A record that has no result yet gets "aborted". One whose result is on its way to the store keeps it.
    fn abort_record(state: &mut BackgroundFetch, id: RecordId) -> Option<Change> {
        let record = state.record_mut(id.index)?;
        if record.result().is_some() {
            return None;
        }
        let result = RecordResult::Failed(FailureReason::Aborted);
        let uploaded = record.uploaded;
        state.set_state(id.index, RecordState::Settled(result));
        state.record_mut(id.index)?.tell_followers();
        Some(Change::Complete { record: id, result, uploaded })
    }

    /// Gives back the places of a fetch's requests, which were under way until now.
    pub(super) fn end_requests(&mut self, fetch: UniqueId) {
        let Some(state) = self.fetches.get(&fetch) else { return };
        for record in state.record_ids() {
            self.scheduler.ended(record);
        }
    }

    /// Steps 8.7 to the end: the result is stored. Instances learn it, then the event goes out.
    pub(super) fn settled(
        &mut self,
        fetch: UniqueId,
        result: SettledResult,
        reply: Option<Reply<bool>>,
        stored: Result<(), StoreError>,
    ) {
        let answer = stored.clone().map(|()| true).map_err(Error::from);
        if let Err(error) = stored {
            // What is true in memory is told all the same; after a restart it will be found out again.
            tracing::error!("{fetch} has settled, but its result is not stored: {error}");
        }
        // abort(), 3.5.
        if let Some(reply) = reply {
            reply.send(answer);
        }
        let Some(state) = self.fetches.get_mut(&fetch) else { return };
        state.stage = Stage::Settled { result, attempts: 1 };
        // 8.7. Update instances.
        self.update_instances_now(fetch);
        // 8.8–8.13. The event.
        self.deliver(fetch);
    }

    /// The display's pause and resume: the "paused flag".
    pub(super) fn set_paused(&mut self, fetch: UniqueId, paused: bool, reply: Reply<bool>) {
        let Some(state) = self.fetches.get_mut(&fetch).filter(|state| state.stage == Stage::Active) else {
            return reply.send(Ok(false));
        };
        if state.paused == paused {
            return reply.send(Ok(paused));
        }
        state.paused = paused;
        let origin = state.registration.storage_key.clone();
        self.scheduler.set_paused(&origin, fetch, paused);
        if paused {
            // NB: SD-16: a GET is cut off and resumed later; any other request goes on to its end.
            let cut: Vec<RecordId> = state
                .record_ids()
                .zip(&state.records)
                .filter(|(_, record)| matches!(record.state, RecordState::Running(_)) && record.is_get())
                .map(|(id, _)| id)
                .collect();
            for record in cut {
                self.end_attempt(record, RecordState::Pending);
            }
        }
        self.changed.insert(fetch);
        self.write(vec![Change::SetPaused { fetch, paused }], Written::Paused(paused, reply));
    }
}
