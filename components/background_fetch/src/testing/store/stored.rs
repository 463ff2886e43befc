//! A stored fetch with its bodies.

use super::{Body, lock};
use crate::host::{Change, Phase, StoredFetch, StoredRecord};
use crate::{RecordId, UniqueId};

#[derive(Clone)]
pub(super) struct Fetch {
    pub stored: StoredFetch,
    /// What of the download total is reserved and not used.
    pub reserved: u64,
    pub requests: Vec<Body>,
    pub responses: Vec<Body>,
}

/// What there was before a change.
pub(super) enum Snapshot {
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

impl Fetch {
    pub fn charged(&self) -> u64 {
        let bodies = |record: &StoredRecord| record.stored + record.request_body.unwrap_or_default();
        self.reserved + self.stored.records.iter().map(bodies).sum::<u64>()
    }

    fn record(&mut self, record: RecordId) -> Result<&mut StoredRecord, String> {
        self.stored.records.get_mut(record.index as usize).ok_or_else(|| format!("no {record}"))
    }

    pub fn apply(&mut self, change: Change) -> Result<(), String> {
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
            Change::Remove { .. } | Change::Clear { .. } => {}
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
