//! The end of a fetch's data: steps 8.13.2 and 8.13.3 of [perform a background
//! fetch](https://wicg.github.io/background-fetch/#perform-a-background-fetch-algorithm), and what the
//! specification leaves out (NB: SD-5): removed registrations and cleared site data.

use fetch::{StorageKey, Url};

use super::update_instances::tell;
use super::{Service, Written};
use crate::concepts::FailureReason;
use crate::concepts::{RecordResult, RecordState, RegistrationKey, UniqueId};
use crate::error::Error;
use crate::handle::Reply;
use crate::host::Change;

impl Service {
    /// The event is over: the records go. NB: SD-43: streams that were handed out keep their data.
    pub(super) fn release(&mut self, id: UniqueId) {
        if self.forget(id) {
            let change = Change::Remove { fetch: id };
            self.write(vec![change], Written::Note("a fetch whose event is over is not removed"));
        }
    }

    /// Ends and forgets everything of a storage key, or of one of its registrations; fires nothing.
    pub(super) fn clear(&mut self, storage_key: StorageKey, scope: Option<Url>, reply: Reply<()>) {
        let is_removed = |key: &RegistrationKey| {
            key.storage_key == storage_key && scope.as_ref().is_none_or(|scope| *scope == key.scope)
        };
        let creations = self.creations.iter().filter(|(_, creation)| is_removed(&creation.registration));
        for creation in creations.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.fail_creation(creation, Error::Aborted);
        }
        let fetches = self.fetches.iter().filter(|(_, fetch)| is_removed(&fetch.registration));
        let fetches: Vec<_> = fetches.map(|(id, _)| *id).collect();
        for id in fetches {
            self.forget(id);
        }
        // The store looks for itself: it may have more than we know of, a fetch that it is just about to
        // create, or those of earlier runs if they could not be read.
        self.write(vec![Change::Clear { storage_key, scope }], Written::Answer(reply));
    }

    /// Forgets a fetch, but for what is stored. Whether there was one.
    fn forget(&mut self, id: UniqueId) -> bool {
        let Some(mut fetch) = self.fetches.remove(&id) else { return false };
        self.changed.remove(&id);
        if self.active.get(&fetch.registration).is_some_and(|active| active.contains(&fetch.id, id)) {
            self.free_id(&fetch.registration, &fetch.id);
        }
        for (record, state) in fetch.record_ids().zip(&mut fetch.records) {
            self.scheduler.ended(record);
            // What is still waited for will not come.
            if state.result().is_none() {
                state.state = RecordState::Settled(RecordResult::Failed(FailureReason::Aborted));
                state.tell_followers();
            }
        }
        self.scheduler.remove(&fetch.registration.storage_key, id);
        // 8.13.2, 8.13.3. The records are no longer available, and instances learn it.
        let instance = crate::Instance { records_available: false, ..fetch.instance() };
        tell(&mut fetch.observers, &instance);
        self.hosts.display.remove(id);
        true
    }
}
