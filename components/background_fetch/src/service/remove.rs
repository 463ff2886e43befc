//! The end of a fetch's data: steps 8.13.2 and 8.13.3 of [perform a background
//! fetch](https://wicg.github.io/background-fetch/#perform-a-background-fetch-algorithm), and what the
//! specification leaves out (NB: SD-5): removed registrations and cleared site data.

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
        if let Some(change) = self.forget(id) {
            self.write(vec![change], Written::Note("a fetch whose event is over is not removed"));
        }
    }

    /// Ends and forgets everything of the registrations for which `is_removed` holds; fires nothing.
    pub(super) fn remove_where(&mut self, is_removed: impl Fn(&RegistrationKey) -> bool, reply: Reply<()>) {
        let creations = self.creations.iter().filter(|(_, creation)| is_removed(&creation.registration));
        for creation in creations.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.fail_creation(creation, Error::Aborted);
        }
        let fetches = self.fetches.iter().filter(|(_, fetch)| is_removed(&fetch.registration));
        let fetches: Vec<_> = fetches.map(|(id, _)| *id).collect();
        let changes: Vec<_> = fetches.into_iter().filter_map(|id| self.forget(id)).collect();
        // Also with nothing to remove: what was asked of the store before is done when this is.
        self.write(changes, Written::Answer(reply));
    }

    /// Forgets a fetch, and says what the store has to do.
    fn forget(&mut self, id: UniqueId) -> Option<Change> {
        let mut fetch = self.fetches.remove(&id)?;
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
        Some(Change::Remove { fetch: id })
    }
}
