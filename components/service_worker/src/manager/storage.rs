//! The profile's registrations: read once, written at each change
//! (<https://w3c.github.io/ServiceWorker/#service-worker-registration-lifetime>).

use std::sync::Arc;

use super::Manager;
use super::state::{Registration, State, Worker, serialize_scope};
use crate::host::Save;
use crate::{
    RegistrationId, ScriptResourceMap, StoreError, StoreErrorKind, StoredRegistration, WorkerId, WorkerState,
};

impl Manager {
    /// Reads the registrations.
    pub(super) async fn load(self: &Arc<Self>) {
        match self.hosts.store.load().await {
            Ok(loaded) => {
                let mut state = self.state();
                state.next_id = loaded.next_id;
                for stored in loaded.registrations {
                    let id = stored.id;
                    insert(&mut state, stored);
                    // A waiting worker is promoted
                    // (<https://w3c.github.io/ServiceWorker/#user-agent-shutdown>). NB: done here and not at
                    // shutdown, so that it also holds for a program that was killed.
                    self.try_activate(&mut state, id);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the profile's service worker registrations can't be read");
                self.state().load_error = Some(error);
            }
        }
    }

    /// Writes a registration as it is now. One of which nothing is kept (see [`State::stored_registration`]) is left
    /// alone.
    pub(super) async fn save_registration(&self, id: RegistrationId) -> Result<(), StoreError> {
        let _order = self.store_order.lock().await;
        let Some(registration) = self.state().stored_registration(id, None) else { return Ok(()) };
        self.hosts.store.save(Save { registration, scripts: None }).await
    }

    /// Writes a registration as it will be when its installing worker waits, with that worker's scripts.
    pub(super) async fn save_installed(
        &self,
        id: RegistrationId,
        worker: WorkerId,
    ) -> Result<(), StoreError> {
        let _order = self.store_order.lock().await;
        let save = {
            let state = self.state();
            let scripts = state.workers.get(&worker).and_then(|worker| worker.scripts.as_ref());
            let scripts = scripts.map(|scripts| (worker, scripts.iter().cloned().collect()));
            let Some(registration) = state.stored_registration(id, Some(worker)) else { return Ok(()) };
            Save { registration, scripts }
        };
        self.hosts.store.save(save).await?;
        if let Some(worker) = self.state().workers.get_mut(&worker) {
            worker.is_stored = true;
        }
        Ok(())
    }

    /// Like [`Manager::save_registration`], where the algorithm has to go on in any case: what is in the profile then
    /// is an older state, from which the next start gets to the same one.
    pub(super) async fn save_registration_or_warn(&self, id: RegistrationId) {
        if let Err(error) = self.save_registration(id).await {
            tracing::warn!(registration = id.0, %error, "a service worker registration could not be written");
        }
    }

    /// The worker's scripts, from the store if they are there alone. Whoever starts the worker keeps them.
    pub(super) async fn scripts_of(&self, worker: WorkerId) -> Result<ScriptResourceMap, StoreError> {
        if let Some(scripts) = self.state().workers.get(&worker).and_then(|worker| worker.scripts.clone()) {
            return Ok(scripts);
        }
        let scripts = self.hosts.store.scripts(worker).await?;
        let map = scripts.into_iter().map(Arc::new).collect::<ScriptResourceMap>();
        if map.iter().next().is_none() {
            let message = format!("the profile has no script for {worker}");
            return Err(StoreError { kind: StoreErrorKind::Corrupt, message });
        }
        Ok(map)
    }
}

/// Puts a registration from the profile into the registration map.
fn insert(state: &mut State, stored: StoredRegistration) {
    let id = stored.id;
    let registration = Registration {
        id,
        storage_key: stored.storage_key,
        scope: stored.scope,
        update_via_cache: stored.update_via_cache,
        last_update_check_time: stored.last_update_check_time,
        navigation_preload: stored.navigation_preload,
        installing: None,
        waiting: stored.waiting.as_ref().map(|worker| worker.id),
        active: stored.active.as_ref().map(|worker| worker.id),
    };
    let scope = serialize_scope(&registration.scope);
    state.registration_map.entry(registration.storage_key.clone()).or_default().push((scope, id));
    state.registrations.insert(id, registration);
    let waiting = stored.waiting.map(|worker| Worker::from_stored(worker, id, WorkerState::Installed));
    let active = stored.active.map(|worker| Worker::from_stored(worker, id, WorkerState::Activated));
    for worker in waiting.into_iter().chain(active) {
        state.workers.insert(worker.id, worker);
    }
}
