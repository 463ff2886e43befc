//! Bytes from the network to the store: "whenever one or more bytes are transmitted" of
//! [complete a record](https://wicg.github.io/background-fetch/#complete-a-record-algorithm).
//!
//! Back-pressure: the bytes that the store has not taken yet are bounded, per record and in all. A body whose
//! record is over its share is not read on until the store has caught up, which slows its sender down.

use std::sync::Arc;

use bytes::Bytes;
use fetch::integrity::IntegrityMetadata;
use fetch::{BodyStream, NetworkError, Response};
use futures::{FutureExt, StreamExt};

use super::{Event, Service, Written};
use crate::algorithms::process_response::{BodyEnd, Mismatch, Verdict, end_of_body};
use crate::algorithms::resume::stored_response;
use crate::concepts::{Attempt, FailureReason, RecordId, RecordResult, RecordState};
use crate::host::{Change, Store, StoreError};
use fetch::http::content_range::extract_content_range_values;

/// How much is handed to the store in one go, where that much is there.
const PORTION: u64 = 256 << 10;

/// Some of a body, and what comes after it.
pub(crate) struct Portion {
    pieces: Vec<Bytes>,
    length: u64,
    rest: Rest,
}

enum Rest {
    More(BodyStream),
    End,
    Error(NetworkError),
}

impl Service {
    /// A response whose body counts.
    pub(super) fn read_response(&mut self, id: RecordId, response: Response, verdict: Verdict) {
        let internal = response.internal_head();
        let complete_length = extract_content_range_values(&internal.headers)
            .filter(|_| internal.status == 206)
            .and_then(|range| range.complete_length);
        // 3, 4. Not the rest of what we have, but something new.
        if let Verdict::Replace { .. } = verdict {
            self.reset(id);
        }
        let Some(record) = self.record(id) else { return };
        if let Verdict::Replace { .. } = verdict {
            record.response_data.response = Some(Box::new(stored_response(&response)));
            record.tell_followers();
        }
        let RecordState::Running(attempt) = &mut record.state else { return };
        attempt.partial = matches!(verdict, Verdict::Append | Verdict::Replace { partial: true });
        attempt.complete_length = complete_length;
        match response.body {
            Some(body) => self.read(id, body),
            // NB: SD-18: a null body is complete.
            None => self.body_ended(id, Vec::new(), 0),
        }
    }

    /// Reads on.
    fn read(&mut self, id: RecordId, body: BodyStream) {
        let Some(RecordState::Running(attempt)) = self.record(id).map(|record| &record.state) else { return };
        let number = attempt.number;
        let portion = read_portion(body);
        let running = self.start_running(portion.map(move |portion| Event::Body(id, number, portion)));
        if let Some(attempt) = self.record(id).and_then(|record| record.attempt(number)) {
            attempt.running = running;
        }
    }

    /// Bytes were transmitted.
    pub(super) fn body(&mut self, id: RecordId, number: u64, portion: Portion) {
        self.take_uploaded(id, number);
        let Some(fetch) = self.fetches.get_mut(&id.fetch) else { return };
        let download_total = fetch.download_total;
        let total = fetch.received + portion.length;
        let Some(record) = fetch.record_mut(id.index) else { return };
        // NB: SD-17.
        if record.attempt(number).is_none() {
            return;
        }
        // 5.1. Too many. NB: SD-19: strictly more than announced, over all records, counted where it can't
        // race. Dropping the attempt cancels the stream.
        if download_total != 0 && portion.length > 0 && total > download_total {
            return self.fail(id, FailureReason::DownloadTotalExceeded);
        }
        // 5.2. Append.
        let mut changes = Vec::with_capacity(portion.pieces.len() + 2);
        if portion.length > 0 {
            changes.extend(record.store_response(id));
            for bytes in portion.pieces {
                let offset = record.response_data.received;
                record.response_data.received += bytes.len() as u64;
                changes.push(Change::Append { record: id, offset, bytes });
            }
            fetch.received = total;
            self.unwritten += portion.length;
        }
        match portion.rest {
            Rest::More(body) => {
                self.append(id, changes, portion.length, false);
                self.read_or_park(id, number, body);
            }
            Rest::End => self.body_ended(id, changes, portion.length),
            Rest::Error(error) => {
                self.append(id, changes, portion.length, false);
                // 7. The stream has errored.
                self.network_error(id, &error);
            }
        }
    }

    /// 6. The transmission is done normally. `changes` are the last bytes.
    fn body_ended(&mut self, id: RecordId, mut changes: Vec<Change>, length: u64) {
        let Some(record) = self.record(id) else { return };
        let RecordState::Running(attempt) = &record.state else { return };
        let received = record.response_data.received;
        match end_of_body(attempt.partial, attempt.complete_length, received) {
            BodyEnd::Success if record.request.integrity.is_empty() && length > 0 => {
                // The last bytes and the result in one transaction: for a small body that is everything.
                let result = RecordResult::Success;
                changes.push(Change::Complete { record: id, result, uploaded: record.uploaded });
                self.append(id, changes, length, true);
                self.end_attempt(id, RecordState::Finishing(result));
            }
            BodyEnd::Success => {
                self.append(id, changes, length, false);
                self.body_complete(id);
            }
            BodyEnd::More => {
                self.append(id, changes, length, false);
                self.ask_for_more(id);
            }
            BodyEnd::TooLong => {
                self.append(id, changes, length, false);
                self.restart(id, Mismatch::TooLong);
            }
        }
    }

    /// Hands bytes, and what goes with them, to the store.
    fn append(&mut self, record: RecordId, changes: Vec<Change>, length: u64, completes: bool) {
        if changes.is_empty() {
            return;
        }
        let Some(generation) = self.record(record).map(|record| record.response_data.generation) else {
            return;
        };
        self.write(changes, Written::Bytes { record, generation, length, completes });
    }

    /// The store has taken bytes, or not.
    pub(super) fn bytes_written(
        &mut self,
        id: RecordId,
        generation: u32,
        length: u64,
        completes: bool,
        result: Result<(), StoreError>,
    ) {
        self.unwritten -= length;
        if let Some(fetch) = self.fetches.get_mut(&id.fetch)
            && let Some(record) = fetch.record_mut(id.index)
            && record.response_data.generation == generation
        {
            match result {
                Ok(()) => {
                    record.response_data.stored += length;
                    record.tell_followers();
                    fetch.downloaded += length;
                    self.changed.insert(id.fetch);
                    if completes {
                        self.record_stored(id, RecordResult::Success, Ok(()));
                    }
                }
                Err(error) => {
                    // 5.3. No room, or no working disk.
                    record.response_data.received -= length;
                    fetch.received -= length;
                    self.store_error(id, &error);
                }
            }
        }
        self.read_parked();
    }

    /// Reads on if the store keeps up, else lets the body wait.
    fn read_or_park(&mut self, id: RecordId, number: u64, body: BodyStream) {
        if self.may_read(id) {
            return self.read(id, body);
        }
        if let Some(attempt) = self.record(id).and_then(|record| record.attempt(number)) {
            attempt.parked = Some(body);
            self.parked.push_back((id, number));
        }
    }

    fn may_read(&mut self, id: RecordId) -> bool {
        let (unwritten, config) = (self.unwritten, &self.config);
        // With a limit of nothing a body would wait for writes that there aren't.
        let (limit, limit_per_record) = (config.write_buffer.max(1), config.write_buffer_per_record.max(1));
        unwritten < limit && self.record(id).is_some_and(|record| record.in_flight() < limit_per_record)
    }

    /// Lets those read on who have waited, in the order in which they came.
    fn read_parked(&mut self) {
        for _ in 0..self.parked.len() {
            let Some((id, number)) = self.parked.pop_front() else { return };
            let body = self.record(id).and_then(|record| record.attempt(number)?.parked.take());
            if let Some(body) = body {
                self.read_or_park(id, number, body);
            }
        }
    }

    /// NB: SD-23: integrity is verified once, over the whole that was put together.
    pub(super) fn verify(&mut self, id: RecordId) {
        let number = self.number();
        let Some(record) = self.record(id) else { return };
        let (integrity, length) = (record.request.integrity.clone(), record.response_data.received);
        let store = self.hosts.store.clone();
        let running = self.start_running(
            verify_body(store, id, integrity, length).map(move |result| Event::Verified(id, number, result)),
        );
        let attempt = Attempt {
            number,
            range_start: 0,
            partial: false,
            complete_length: None,
            parked: None,
            meter: None,
            running,
        };
        if let Some(fetch) = self.fetches.get_mut(&id.fetch) {
            fetch.set_state(id.index, RecordState::Running(Box::new(attempt)));
        }
    }

    /// The whole is, or is not, what it should be.
    pub(super) fn verified(&mut self, id: RecordId, number: u64, result: Result<bool, StoreError>) {
        if self.record(id).and_then(|record| record.attempt(number)).is_none() {
            return;
        }
        match result {
            Ok(true) => self.finish(id, RecordResult::Success, Vec::new()),
            Ok(false) => {
                self.problem(id, "the body does not match the request's integrity metadata");
                self.fail(id, FailureReason::FetchError);
            }
            Err(error) => self.store_error(id, &error),
        }
    }
}

/// Waits for bytes, and takes along what is there already.
async fn read_portion(mut body: BodyStream) -> Portion {
    let mut portion = Portion { pieces: Vec::new(), length: 0, rest: Rest::End };
    let mut next = body.next().await;
    loop {
        match next {
            Some(Ok(bytes)) => {
                portion.length += bytes.len() as u64;
                if !bytes.is_empty() {
                    portion.pieces.push(bytes);
                }
            }
            Some(Err(error)) => {
                portion.rest = Rest::Error(error);
                return portion;
            }
            None => return portion,
        }
        let ready = if portion.length < PORTION { body.next().now_or_never() } else { None };
        next = match ready {
            Some(ready) => ready,
            None => {
                portion.rest = Rest::More(body);
                return portion;
            }
        };
    }
}

/// Whether the stored body matches its metadata
/// (<https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist>).
async fn verify_body(
    store: Arc<dyn Store>,
    record: RecordId,
    integrity: String,
    length: u64,
) -> Result<bool, StoreError> {
    let Some(metadata) = IntegrityMetadata::parse(&integrity) else { return Ok(true) };
    // What was appended can be read once it has been answered.
    store.write(Vec::new()).await?;
    let body = store.open_body(record).await?;
    let mut hasher = metadata.hasher();
    let mut offset = 0;
    while offset < length {
        let bytes = body.read_at(offset, PORTION as usize).await?;
        if bytes.is_empty() {
            return Err(StoreError::Failed(format!("a stored body ends at byte {offset} of {length}")));
        }
        hasher.update(&bytes);
        offset += bytes.len() as u64;
    }
    Ok(hasher.matches())
}
