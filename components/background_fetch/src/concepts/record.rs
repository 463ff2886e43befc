//! [Background fetch records](https://wicg.github.io/background-fetch/#background-fetch-record-concept) and
//! [responses](https://wicg.github.io/background-fetch/#background-fetch-response-concept) while they live.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fetch::{BodyStream, Request};
use futures::future::AbortHandle;
use tokio::sync::watch;

use super::RecordId;
use super::{FailureReason, RecordResult};
use crate::Error;
use crate::algorithms::resume::has_own_range;
use crate::bodies::{ExposedHead, ResponseProgress};
use crate::host::Change;
use crate::host::StoredResponse;

/// A background fetch record.
pub(crate) struct BackgroundFetchRecord {
    /// The request, without its body.
    pub request: Arc<Request>,
    /// The length of the request's body, if it has one.
    pub request_body: Option<u64>,
    pub response_data: BackgroundFetchResponse,
    pub state: RecordState,
    /// The bytes of the request's body that were sent (NB: SD-22: never more than it has).
    pub uploaded: u64,
    /// Whether a mismatch has already been answered by starting again (NB: SD-10).
    pub restarted: bool,
    /// How many attempts in a row have failed without progress (NB: SD-13).
    pub failed_attempts: u32,
    /// The most bytes that were ever there: progress is what goes beyond it.
    pub high_water: u64,
}

/// What a record is doing.
pub(crate) enum RecordState {
    /// Waiting for its turn.
    Pending,
    /// A request is under way.
    Running(Box<Attempt>),
    /// Waiting for its resource to be available again: for an alarm, or, offline, for the network.
    Waiting(#[expect(dead_code, reason = "held to be dropped: that cancels the alarm")] Option<Running>),
    /// The result is decided and on its way to the store.
    Finishing(RecordResult),
    /// The result is stored.
    Settled(RecordResult),
}

/// A background fetch response.
#[derive(Default)]
pub(crate) struct BackgroundFetchResponse {
    /// How many responses of this record have become redundant before. Answers of the store carry it.
    pub generation: u32,
    pub response: Option<Box<StoredResponse>>,
    /// Whether `response` was handed to the store.
    pub response_written: bool,
    /// The bytes handed to the store.
    pub received: u64,
    /// The bytes that it has taken.
    pub stored: u64,
    /// Those who wait for the response or read its body.
    pub progress: Option<watch::Sender<ResponseProgress>>,
}

/// A request under way. Dropping it ends it.
pub(crate) struct Attempt {
    /// NB: SD-17: what comes late from an attempt that is over carries its number, and is ignored.
    pub number: u64,
    /// Where we asked the response to start; 0 for no range.
    pub range_start: u64,
    /// Whether the body may be a part only.
    pub partial: bool,
    /// The whole's length, by the last partial response.
    pub complete_length: Option<u64>,
    /// The rest of the body, while the store has to catch up.
    pub parked: Option<BodyStream>,
    /// Counts the bytes of the request's body that were sent.
    pub meter: Option<Arc<UploadMeter>>,
    /// What is going on for it.
    pub running: Running,
}

/// A future that is told to end when this is dropped.
pub(crate) struct Running(pub AbortHandle);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Bytes that were sent and not yet counted.
#[derive(Default)]
pub(crate) struct UploadMeter(AtomicU64);

impl UploadMeter {
    /// Adds bytes. True if there were none: then somebody has to be told.
    pub fn add(&self, bytes: u64) -> bool {
        bytes > 0 && self.0.fetch_add(bytes, Ordering::Relaxed) == 0
    }

    /// Takes them.
    pub fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl BackgroundFetchRecord {
    pub fn new(request: Arc<Request>, request_body: Option<u64>) -> Self {
        BackgroundFetchRecord {
            request,
            request_body,
            response_data: BackgroundFetchResponse::default(),
            state: RecordState::Pending,
            uploaded: 0,
            restarted: false,
            failed_attempts: 0,
            high_water: 0,
        }
    }

    pub fn is_get(&self) -> bool {
        self.request.method == "GET"
    }

    /// The attempt with this number, if it is under way.
    pub fn attempt(&mut self, number: u64) -> Option<&mut Attempt> {
        match &mut self.state {
            RecordState::Running(attempt) if attempt.number == number => Some(attempt),
            _ => None,
        }
    }

    /// The result, once it is decided.
    pub fn result(&self) -> Option<RecordResult> {
        match self.state {
            RecordState::Finishing(result) | RecordState::Settled(result) => Some(result),
            RecordState::Pending | RecordState::Running(_) | RecordState::Waiting(_) => None,
        }
    }

    /// Whether this result may still become the record's: the first one stays, except that a success whose
    /// bytes could not be stored is none.
    pub fn may_become(&self, result: RecordResult) -> bool {
        match self.state {
            RecordState::Pending | RecordState::Running(_) | RecordState::Waiting(_) => true,
            RecordState::Finishing(RecordResult::Success) => result != RecordResult::Success,
            RecordState::Finishing(_) | RecordState::Settled(_) => false,
        }
    }

    /// Makes the response redundant, if there is one; returns what had been received and what had been stored
    /// of it.
    pub fn forget_response(&mut self) -> Option<(u64, u64)> {
        let data = &mut self.response_data;
        data.response.as_ref()?;
        if let Some(followers) = data.progress.take() {
            followers.send_modify(|progress| progress.end = Some(Err(Error::Redundant)));
        }
        let forgotten = (data.received, data.stored);
        *data = BackgroundFetchResponse { generation: data.generation + 1, ..Default::default() };
        Some(forgotten)
    }

    /// The bytes on their way to the store.
    pub fn in_flight(&self) -> u64 {
        self.response_data.received - self.response_data.stored
    }

    /// The change that stores the response's head, if it is not on its way yet.
    pub fn store_response(&mut self, record: RecordId) -> Option<Change> {
        let data = &mut self.response_data;
        let response = data.response.as_ref().filter(|_| !data.response_written)?;
        data.response_written = true;
        Some(Change::Response { record, response: response.clone() })
    }

    /// Follows the response: what a record object holds on to.
    pub fn follow(&mut self) -> watch::Receiver<ResponseProgress> {
        if let Some(sender) = &self.response_data.progress {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(ResponseProgress::default());
        self.response_data.progress = Some(sender);
        self.tell_followers();
        receiver
    }

    /// Tells those who follow the response; forgets them where nothing more can come.
    pub fn tell_followers(&mut self) {
        let Some(sender) = self.response_data.progress.take() else { return };
        if sender.is_closed() {
            return;
        }
        let end = match self.state {
            RecordState::Settled(result) => Some(exposure(result)),
            // The bytes of a success are there when the store says so; a failure is one at once.
            RecordState::Finishing(result) => exposure(result).err().map(Err),
            RecordState::Pending | RecordState::Running(_) | RecordState::Waiting(_) => None,
        };
        let ended = end.is_some();
        sender.send_modify(|progress| {
            if let (None, Some(response)) = (&progress.response, &self.response_data.response) {
                progress.response = Some(Arc::new(self.exposed_head(response)));
            }
            progress.stored = self.response_data.stored;
            progress.end = end;
        });
        if !ended {
            self.response_data.progress = Some(sender);
        }
    }

    /// "A copy of the response", without what no longer is true of its body.
    fn exposed_head(&self, response: &StoredResponse) -> ExposedHead {
        let mut head = response.head.clone();
        head.headers.delete("Content-Range");
        head.headers.delete("Content-Length");
        // NB: SD-35: what is exposed is the whole, not a part.
        if head.status == 206 && !has_own_range(&self.request) {
            head.status = 200;
            head.status_message = if head.status_message.is_empty() { "" } else { "OK" }.to_owned();
        }
        ExposedHead { head, null_body: response.null_body }
    }
}

/// Whether a response with this result may be
/// [exposed](https://wicg.github.io/background-fetch/#background-fetch-response-exposed), else what a page
/// gets.
fn exposure(result: RecordResult) -> Result<(), Error> {
    match result {
        RecordResult::Failed(FailureReason::Aborted) => Err(Error::Aborted),
        RecordResult::Failed(reason) if !result.is_exposed() => Err(Error::RecordFailed(reason)),
        RecordResult::Success | RecordResult::Failed(_) => Ok(()),
    }
}
