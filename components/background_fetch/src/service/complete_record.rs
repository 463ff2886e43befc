//! [Complete a record](https://wicg.github.io/background-fetch/#complete-a-record-algorithm): attempt after
//! attempt, until the record has a result. The bytes in between are in `transfer`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fetch::{FetchParams, OnBodySent, Request, RequestBody, ServiceWorkersMode};
use fetch::{NetworkError, NetworkErrorKind, Response};

use super::scheduler::host_of;
use super::{AttemptError, Event, Service, Written};
use crate::RetryPolicy;
use crate::algorithms::process_response::{Mismatch, Verdict, process_response};
use crate::algorithms::resume::{Start, add_range, plan, stored_response};
use crate::algorithms::retry;
use crate::bodies::StoredRequestBody;
use crate::concepts::{Attempt, FailureReason, RecordId, RecordResult, RecordState, UploadMeter};
use crate::host::{Change, StoreError};

impl Service {
    /// Starts whatever may be started.
    pub(super) fn start_requests(&mut self) {
        while self.online
            && let Some(record) = self.scheduler.next()
        {
            self.start_attempt(record);
        }
    }

    /// Steps 4 to 11: an attempt. (Steps 1 to 3 are the scheduler's: nothing of a paused fetch starts.)
    fn start_attempt(&mut self, id: RecordId) {
        let number = self.number();
        // It may have got its result while it waited: bytes of an earlier attempt could not be stored.
        let pending = self.record(id).filter(|record| matches!(record.state, RecordState::Pending));
        let Some(record) = pending else { return self.scheduler.ended(id) };
        // 4. A copy of the request.
        let mut request = Request::clone(&record.request);
        // 5, 6. It outlives its page, and no service worker sees it.
        request.keepalive = true;
        request.service_workers_mode = ServiceWorkersMode::None;
        // NB: SD-23: a part can't be verified; `verified` looks at the whole.
        request.integrity.clear();
        // 7, 8. Go on where it was cut. NB: SD-11, SD-12, SD-14.
        let data = &record.response_data;
        let mut range_start = 0;
        match plan(&record.request, data.response.as_deref(), data.received) {
            Start::Complete => return self.body_complete(id),
            Start::Fresh => self.reset(id),
            Start::Resume(start, validator) => {
                range_start = start;
                add_range(&mut request, start, &validator);
            }
        }
        let Some(record) = self.record(id) else { return };
        // NB: SD-15, SD-16: a request that isn't a GET is sent once, also over a restart.
        let (once, body_length) = (!record.is_get(), record.request_body);
        let meter = body_length.map(|_| Arc::new(UploadMeter::default()));
        let on_body_sent = meter.clone().map(|meter| self.on_body_sent(id, number, meter));
        let store = self.hosts.store.clone();
        let network = self.hosts.network.clone();
        let started = once.then(|| store.write(vec![Change::Started { record: id }]));
        let body = body_length.map(|length| (length, store.open_request_body(id)));
        let running = self.start_running(async move {
            let prepare = async {
                if let Some(started) = started {
                    started.await?;
                }
                if let Some((length, body)) = body {
                    let body = StoredRequestBody::new(body.await?, length);
                    request.body = Some(RequestBody::Source(Arc::new(body)));
                }
                Ok(request)
            };
            // 11. Fetch.
            let result = match prepare.await {
                Ok(request) => {
                    // NB: SD-20.
                    let limit_keepalive = false;
                    let params = FetchParams { on_body_sent, limit_keepalive, ..FetchParams::new(request) };
                    network.fetch(params).await.map_err(AttemptError::Network)
                }
                Err(error) => Err(AttemptError::Store(error)),
            };
            Event::Head(id, number, result)
        });
        let attempt = Attempt {
            number,
            range_start,
            partial: false,
            complete_length: None,
            parked: None,
            meter,
            running,
        };
        if let Some(fetch) = self.fetches.get_mut(&id.fetch) {
            fetch.set_state(id.index, RecordState::Running(Box::new(attempt)));
            self.changed.insert(id.fetch);
        }
    }

    /// "Process request body": counts, and wakes the service once for what has come together until it looks.
    fn on_body_sent(&self, record: RecordId, number: u64, meter: Arc<UploadMeter>) -> OnBodySent {
        let uploads = self.upload_sender.clone();
        Arc::new(move |bytes| {
            if meter.add(bytes) {
                // Nobody listens once the service has ended.
                let _ = uploads.send((record, number));
            }
        })
    }

    /// "Process request body", the rest. NB: SD-22: a redirect may send a body twice; it counts once.
    pub(super) fn take_uploaded(&mut self, id: RecordId, number: u64) {
        let Some(fetch) = self.fetches.get_mut(&id.fetch) else { return };
        let Some(record) = fetch.record_mut(id.index) else { return };
        let Some(sent) = record.attempt(number).and_then(|attempt| Some(attempt.meter.as_ref()?.take()))
        else {
            return;
        };
        let total = record.request_body.unwrap_or_default();
        let sent = sent.min(total.saturating_sub(record.uploaded));
        record.uploaded += sent;
        fetch.uploaded += sent;
        if sent > 0 {
            self.changed.insert(id.fetch);
        }
    }

    /// "Process response".
    pub(super) fn head(&mut self, id: RecordId, number: u64, result: Result<Response, AttemptError>) {
        self.take_uploaded(id, number);
        let Some(record) = self.record(id) else { return };
        // NB: SD-17.
        let Some(attempt) = record.attempt(number) else { return };
        let range_start = attempt.range_start;
        let response = match result {
            Ok(response) => response,
            // 1. A network error.
            Err(AttemptError::Network(error)) => return self.network_error(id, &error),
            Err(AttemptError::Store(error)) => return self.store_error(id, &error),
        };
        let host = host_of(&record.request);
        let stored = record.response_data.response.as_deref();
        let verdict = process_response(&record.request, range_start, response.internal_head(), stored);
        if let Some(fetch) = self.fetches.get_mut(&id.fetch) {
            fetch.answered.insert(host);
        }
        match verdict {
            // 2–5. A body to be read.
            Verdict::Replace { .. } | Verdict::Append => self.read_response(id, response, verdict),
            Verdict::Complete => self.body_complete(id),
            Verdict::BadStatus => self.bad_status(id, &response),
            Verdict::TryLater => {
                let head = response.internal_head();
                let wait = retry::retry_after(&head.headers, self.hosts.clock.system_time());
                let problem = format!("the server answered with status {}", head.status);
                self.try_later(id, self.config.retry, wait, &problem, Some(&response));
            }
            Verdict::Restart(mismatch) => self.restart(id, mismatch),
            Verdict::FetchError => {
                self.problem(id, "a partial response came that was not asked for");
                self.fail(id, FailureReason::FetchError);
            }
        }
    }

    /// A network error, or a body that ended in one.
    pub(super) fn network_error(&mut self, id: RecordId, error: &NetworkError) {
        let get = self.record(id).is_some_and(|record| record.is_get());
        if error.is_aborted() {
            self.fail(id, FailureReason::Aborted);
        } else if error.temporary && get {
            // A refusal is an answer: the network is there, and nothing says that the resource soon will be.
            let is_hopeless = error.kind == NetworkErrorKind::Refused && !self.has_answered(id);
            let policy = if is_hopeless { self.config.retry_refused } else { self.config.retry };
            self.try_later(id, policy, None, &error.to_string(), None);
        } else if error.kind == NetworkErrorKind::Cors && self.is_resuming(id) {
            // The server may object to nothing but our Range or If-Range.
            self.restart(id, Mismatch::NotAllowed);
        } else {
            self.problem(id, &error.to_string());
            self.fail(id, FailureReason::FetchError);
        }
    }

    /// Whether a request of the same fetch to the same server was ever answered.
    fn has_answered(&self, id: RecordId) -> bool {
        let Some(fetch) = self.fetches.get(&id.fetch) else { return false };
        fetch.record(id.index).is_some_and(|record| fetch.answered.contains(&host_of(&record.request)))
    }

    /// Whether the attempt under way asked for the rest of what is stored.
    fn is_resuming(&mut self, id: RecordId) -> bool {
        let state = self.record(id).map(|record| &record.state);
        matches!(state, Some(RecordState::Running(attempt)) if attempt.range_start > 0)
    }

    /// The store failed an attempt.
    pub(super) fn store_error(&mut self, id: RecordId, error: &StoreError) {
        tracing::error!("{id}: {error}");
        self.problem(id, &error.to_string());
        self.fail(id, Self::reason_of(error));
    }

    /// NB: SD-69: the head is kept, and an empty body.
    fn bad_status(&mut self, id: RecordId, response: &Response) {
        self.reset(id);
        self.problem(id, &format!("the server answered with status {}", response.internal_head().status));
        if let Some(record) = self.record(id) {
            record.response_data.response = Some(Box::new(stored_response(response)));
        }
        self.fail(id, FailureReason::BadStatus);
    }

    /// NB: SD-10: what came does not fit what there is. Start again, once.
    pub(super) fn restart(&mut self, id: RecordId, mismatch: Mismatch) {
        self.problem(id, &mismatch.to_string());
        let Some(record) = self.record(id) else { return };
        if std::mem::replace(&mut record.restarted, true) {
            return self.fail(id, FailureReason::FetchError);
        }
        self.reset(id);
        self.try_again(id);
    }

    /// The server did not send the whole remainder: ask for the rest.
    pub(super) fn ask_for_more(&mut self, id: RecordId) {
        let Some(record) = self.record(id) else { return };
        if record.response_data.received > record.high_water {
            record.high_water = record.response_data.received;
            record.failed_attempts = 0;
            return self.try_again(id);
        }
        // NB: SD-13: nothing came; that can't go on for ever.
        self.try_later(id, self.config.retry, None, "a partial response without a byte came", None);
    }

    /// The resource is, we hope, [temporarily
    /// unavailable](https://wicg.github.io/background-fetch/#temporarily-unavailable): what is stored is
    /// kept. `response` is what the record ends with if this goes on for too long.
    fn try_later(
        &mut self,
        id: RecordId,
        policy: RetryPolicy,
        wait: Option<Duration>,
        problem: &str,
        response: Option<&Response>,
    ) {
        self.problem(id, problem);
        let (online, seed) = (self.online, self.config.jitter_seed);
        let Some(record) = self.record(id) else { return };
        if record.response_data.received > record.high_water {
            record.high_water = record.response_data.received;
            record.failed_attempts = 0;
        }
        // While the machine is offline nothing is anybody's fault; `set_online` wakes the record.
        if !online {
            return self.end_attempt(id, RecordState::Waiting(None));
        }
        record.failed_attempts += 1;
        let failed = record.failed_attempts;
        if failed > policy.max_attempts {
            return match response {
                Some(response) => self.bad_status(id, response),
                None => self.fail(id, FailureReason::FetchError),
            };
        }
        let seed = seed ^ (id.fetch.0 << 32) ^ (u64::from(id.index) << 8) ^ u64::from(failed);
        let alarm = self.start_alarm(retry::delay(&policy, failed, wait, seed), Event::Retry(id));
        self.end_attempt(id, RecordState::Waiting(Some(alarm)));
    }

    /// The wait is over.
    pub(super) fn retry(&mut self, id: RecordId) {
        if self.record(id).is_some_and(|record| matches!(record.state, RecordState::Waiting(_))) {
            self.try_again(id);
        }
    }

    /// The machine went offline or came back.
    pub(super) fn set_online(&mut self, online: bool) {
        let back = online && !self.online;
        self.online = online;
        let mut waiting = Vec::new();
        for (unique_id, fetch) in &mut self.fetches {
            self.changed.insert(*unique_id);
            for (id, record) in fetch.record_ids().zip(&mut fetch.records) {
                if back && matches!(record.state, RecordState::Waiting(_)) {
                    record.failed_attempts = 0;
                    waiting.push(id);
                }
            }
        }
        for record in waiting {
            self.try_again(record);
        }
    }

    /// Step 15: complete the record again.
    fn try_again(&mut self, id: RecordId) {
        self.end_attempt(id, RecordState::Pending);
    }

    /// The record's request, if one is under way, ends. What comes later of it is ignored (NB: SD-17).
    pub(super) fn end_attempt(&mut self, id: RecordId, next: RecordState) {
        let Some(fetch) = self.fetches.get_mut(&id.fetch) else { return };
        let pending = matches!(next, RecordState::Pending);
        fetch.set_state(id.index, next);
        self.scheduler.ended(id);
        self.changed.insert(id.fetch);
        if let Some(record) = fetch.record(id.index).filter(|_| pending) {
            self.scheduler.add(&fetch.registration.storage_key, id, &record.request);
        }
    }

    /// Forgets a response and its bytes, if there are any. NB: SD-8: only then there is something
    /// "redundant".
    pub(super) fn reset(&mut self, id: RecordId) {
        let Some(fetch) = self.fetches.get_mut(&id.fetch) else { return };
        let Some(record) = fetch.record_mut(id.index) else { return };
        let Some((received, stored)) = record.forget_response() else { return };
        fetch.received -= received;
        fetch.downloaded -= stored;
        self.changed.insert(id.fetch);
        self.write(vec![Change::Reset { record: id }], Written::Note("a redundant response is not removed"));
    }

    /// Everything is stored: verify it, if that was asked for, else the record is a success.
    pub(super) fn body_complete(&mut self, id: RecordId) {
        let Some(record) = self.record(id) else { return };
        if !record.request.integrity.is_empty() {
            return self.verify(id);
        }
        self.finish(id, RecordResult::Success, Vec::new());
    }

    pub(super) fn fail(&mut self, id: RecordId, reason: FailureReason) {
        self.finish(id, RecordResult::Failed(reason), Vec::new());
    }

    /// The record's result is decided; the store takes it, with `changes` before it.
    pub(super) fn finish(&mut self, id: RecordId, result: RecordResult, mut changes: Vec<Change>) {
        let Some(record) = self.record(id).filter(|record| record.may_become(result)) else { return };
        if result.is_exposed() {
            changes.extend(record.store_response(id));
        }
        if result == RecordResult::Success && record.in_flight() > 0 {
            // A success that only holds if the bytes before it get there: an append of nothing says so.
            let offset = record.response_data.received;
            changes.push(Change::Append { record: id, offset, bytes: Bytes::new() });
        }
        changes.push(Change::Complete { record: id, result, uploaded: record.uploaded });
        self.end_attempt(id, RecordState::Finishing(result));
        if let Some(record) = self.record(id) {
            record.tell_followers();
        }
        self.write(changes, Written::Complete(id, result));
    }

    /// The store has taken a record's result.
    pub(super) fn record_stored(
        &mut self,
        id: RecordId,
        result: RecordResult,
        stored: Result<(), StoreError>,
    ) {
        let Some(fetch) = self.fetches.get_mut(&id.fetch) else { return };
        // A later result has overtaken this one: its bytes could not be stored.
        let Some(record) = fetch.record(id.index) else { return };
        if !matches!(record.state, RecordState::Finishing(now) if now == result) {
            return;
        }
        if let Err(error) = stored {
            if result == RecordResult::Success {
                return self.store_error(id, &error);
            }
            // A failure is one, stored or not: after a restart the record is tried again.
            tracing::error!("{id} has failed, which is not stored: {error}");
        }
        fetch.set_state(id.index, RecordState::Settled(result));
        if let Some(record) = fetch.record_mut(id.index) {
            record.tell_followers();
        }
        self.changed.insert(id.fetch);
        self.settle_if_done(id.fetch, Some(result));
    }

    /// What a person is told.
    pub(super) fn problem(&mut self, id: RecordId, problem: &str) {
        let Some(fetch) = self.fetches.get_mut(&id.fetch) else { return };
        let Some(record) = fetch.record(id.index) else { return };
        tracing::debug!("{id}: {problem}");
        fetch.problem = Some(format!("{}: {problem}", record.request.url()).into());
        self.changed.insert(id.fetch);
    }
}
