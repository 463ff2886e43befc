//! A [background fetch](https://wicg.github.io/background-fetch/#background-fetch-concept) while it lives.

use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::record::{BackgroundFetchRecord, RecordState};
use super::{
    FetchResult, ImageResource, Instance, RecordId, RegistrationKey, Running, SettledResult, UniqueId,
};
use crate::Observer;
use crate::host::{DisplayState, DisplayedFetch};

/// A background fetch.
pub(crate) struct BackgroundFetch {
    pub unique_id: UniqueId,
    /// Its service worker registration.
    pub registration: RegistrationKey,
    pub id: Arc<str>,
    pub title: Arc<str>,
    pub icons: Arc<[ImageResource]>,
    pub download_total: u64,
    pub upload_total: u64,
    pub uploaded: u64,
    /// The "stored body bytes total": what the store has taken.
    pub downloaded: u64,
    /// What counts against the download total: `downloaded` and what is on its way to the store. NB: SD-19:
    /// one counter over all records.
    pub received: u64,
    pub stage: Stage,
    /// The paused flag.
    pub paused: bool,
    pub records: Vec<BackgroundFetchRecord>,
    /// How many records are in which kind of state.
    pub counts: Counts,
    /// The servers that have answered a request: scheme, host and port.
    pub answered: HashSet<Arc<str>>,
    /// What went wrong last, in words, for a person.
    pub problem: Option<Arc<str>>,
    /// The instances that follow it. NB: SD-25: whoever has got to know of it through its registration, which has one
    /// storage key.
    pub observers: Vec<Weak<dyn Observer>>,
    /// What the observers were told last, and when.
    pub told: Option<(Instance, Duration)>,
    /// The alarm for the next update.
    pub update_alarm: Option<Running>,
    /// The alarm for the next delivery of its event.
    pub delivery_alarm: Option<Running>,
}

/// How far a fetch has come. The "abort all flag" is the step from `Active` to `Settling`; the "records
/// available flag" is unset when a fetch is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In its registration's active background fetches.
    Active,
    /// The result is decided (NB: SD-2: once and for all) and on its way to the store.
    Settling(SettledResult),
    /// The result is stored; its event is being delivered.
    Settled {
        result: SettledResult,
        /// How often delivery has been begun.
        attempts: u32,
    },
}

/// How many records are in which kind of state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub running: u32,
    pub waiting: u32,
    pub settled: u32,
}

impl Counts {
    fn of(&mut self, state: &RecordState) -> Option<&mut u32> {
        match state {
            RecordState::Running(_) => Some(&mut self.running),
            RecordState::Waiting(_) => Some(&mut self.waiting),
            RecordState::Settled(_) => Some(&mut self.settled),
            RecordState::Pending | RecordState::Finishing(_) => None,
        }
    }
}

impl BackgroundFetch {
    /// The names of all its records, in request order.
    pub fn record_ids(&self) -> impl Iterator<Item = RecordId> + use<> {
        let fetch = self.unique_id;
        (0..).take(self.records.len()).map(move |index| RecordId { fetch, index })
    }

    pub fn record(&self, index: u32) -> Option<&BackgroundFetchRecord> {
        self.records.get(index as usize)
    }

    pub fn record_mut(&mut self, index: u32) -> Option<&mut BackgroundFetchRecord> {
        self.records.get_mut(index as usize)
    }

    /// Moves a record to another state and returns the one it was in.
    pub fn set_state(&mut self, index: u32, state: RecordState) -> Option<RecordState> {
        let record = self.records.get_mut(index as usize)?;
        if let Some(count) = self.counts.of(&state) {
            *count += 1;
        }
        let before = std::mem::replace(&mut record.state, state);
        if let Some(count) = self.counts.of(&before) {
            *count -= 1;
        }
        Some(before)
    }

    pub fn all_settled(&self) -> bool {
        self.counts.settled as usize == self.records.len()
    }

    /// Its result as instances see it.
    pub fn result(&self) -> FetchResult {
        match self.stage {
            Stage::Active | Stage::Settling(_) => FetchResult::Active,
            Stage::Settled { result, .. } => result.into(),
        }
    }

    /// What an instance shows now.
    pub fn instance(&self) -> Instance {
        Instance {
            unique_id: self.unique_id,
            id: self.id.clone(),
            upload_total: self.upload_total,
            uploaded: self.uploaded,
            download_total: self.download_total,
            downloaded: self.downloaded,
            result: self.result(),
            records_available: true,
        }
    }

    /// What there is to [display](https://wicg.github.io/background-fetch/#background-fetch-display).
    pub fn displayed(&self, online: bool) -> DisplayedFetch {
        let state = match self.stage {
            Stage::Settled { result, .. } => DisplayState::Settled(result),
            _ if self.paused => DisplayState::Paused,
            // NB: SD-66.
            _ => DisplayState::Active {
                can_pause: self.records.iter().all(|record| record.request.method == "GET"),
                waiting: self.counts.running == 0 && (self.counts.waiting > 0 || !online),
            },
        };
        DisplayedFetch {
            unique_id: self.unique_id,
            id: self.id.clone(),
            origin: self.registration.storage_key.origin().clone(),
            title: self.title.clone(),
            icons: self.icons.clone(),
            upload_total: self.upload_total,
            uploaded: self.uploaded,
            download_total: self.download_total,
            downloaded: self.downloaded,
            records: u32::try_from(self.records.len()).unwrap_or(u32::MAX),
            settled_records: self.counts.settled,
            problem: self.problem.clone(),
            state,
        }
    }
}
