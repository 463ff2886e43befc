//! The registration map and what is in it.

use std::sync::Arc;

use fetch::StorageKey;
use url::Url;

use super::Manager;
use super::state::{Registration, State, serialize_scope};
use crate::{
    Error, NavigationPreloadState, RegistrationId, RegistrationInfo, Reply, UpdateViaCache, WorkerState,
};

impl State {
    /// [Get Registration](https://w3c.github.io/ServiceWorker/#get-registration-algorithm).
    pub fn get_registration(&self, storage_key: &StorageKey, scope: &Url) -> Option<RegistrationId> {
        // 2–3. The scope without its fragment.
        let scope_string = serialize_scope(scope);
        // 4–5. The entry with this storage key and this scope.
        let scopes = self.registration_map.get(storage_key)?;
        scopes.iter().find(|(scope, _)| *scope == scope_string).map(|(_, id)| *id)
    }

    /// [Match Service Worker Registration](https://w3c.github.io/ServiceWorker/#scope-match-algorithm).
    pub fn match_registration(&self, storage_key: &StorageKey, client_url: &Url) -> Option<RegistrationId> {
        // 2. Serialize the client's URL.
        let client_url_string = serialize_scope(client_url);
        // 3–6. The longest scope of this storage key that it starts with.
        // 7–8. The registration with that scope: it is the entry itself.
        self.registration_map
            .get(storage_key)?
            .iter()
            .filter(|(scope, _)| client_url_string.starts_with(scope.as_str()))
            .max_by_key(|(scope, _)| scope.len())
            .map(|(_, id)| *id)
    }

    /// Whether the registration is
    /// [unregistered](https://w3c.github.io/ServiceWorker/#service-worker-registration-unregistered).
    pub fn is_unregistered(&self, id: RegistrationId) -> bool {
        self.registrations.get(&id).is_none_or(|registration| {
            self.get_registration(&registration.storage_key, &registration.scope) != Some(id)
        })
    }

    /// [Set Registration](https://w3c.github.io/ServiceWorker/#set-registration-algorithm).
    pub fn set_registration(
        &mut self,
        storage_key: &StorageKey,
        scope: &Url,
        update_via_cache: UpdateViaCache,
    ) -> RegistrationId {
        // 2. The scope without its fragment.
        let scope_string = serialize_scope(scope);
        // 3. A new registration.
        let id = self.new_registration_id();
        self.registrations.insert(
            id,
            Registration {
                id,
                storage_key: storage_key.clone(),
                scope: scope.clone(),
                update_via_cache,
                last_update_check_time: None,
                navigation_preload: NavigationPreloadState::default(),
                installing: None,
                waiting: None,
                active: None,
            },
        );
        // 4. Into the map.
        self.registration_map.entry(storage_key.clone()).or_default().push((scope_string, id));
        // 5. Return it.
        id
    }

    /// Removes the registration from the registration map, if it is in there.
    pub fn remove_from_map(&mut self, id: RegistrationId) {
        let Some(registration) = self.registrations.get(&id) else { return };
        let storage_key = registration.storage_key.clone();
        if let Some(scopes) = self.registration_map.get_mut(&storage_key) {
            scopes.retain(|(_, other)| *other != id);
            if scopes.is_empty() {
                self.registration_map.remove(&storage_key);
            }
        }
    }
}

impl Manager {
    pub(crate) fn match_registration(
        &self,
        storage_key: &StorageKey,
        client_url: &Url,
    ) -> Option<RegistrationInfo> {
        let state = self.state();
        state.registration_info(state.match_registration(storage_key, client_url)?)
    }

    pub(crate) fn get_registration_info(
        &self,
        storage_key: &StorageKey,
        scope: &Url,
    ) -> Result<Option<RegistrationInfo>, Error> {
        let state = self.state();
        // Those that could not be read may be there all the same.
        if let Some(error) = &state.load_error {
            return Err(Error::Store(error.clone()));
        }
        let registration = state.get_registration(storage_key, scope);
        Ok(registration.and_then(|registration| state.registration_info(registration)))
    }

    pub(crate) fn registration_info(&self, registration: RegistrationId) -> Option<RegistrationInfo> {
        self.state().registration_info(registration)
    }

    /// [getRegistrations()](https://w3c.github.io/ServiceWorker/#navigator-service-worker-getRegistrations), step 4.
    pub(crate) fn registrations_of(&self, storage_key: &StorageKey) -> Vec<RegistrationInfo> {
        let state = self.state();
        let scopes = state.registration_map.get(storage_key);
        scopes.into_iter().flatten().filter_map(|(_, id)| state.registration_info(*id)).collect()
    }

    /// [Try Clear Registration](https://w3c.github.io/ServiceWorker/#try-clear-registration-algorithm).
    pub(super) fn try_clear_registration(self: &Arc<Self>, state: &mut State, id: RegistrationId) {
        let Some(registration) = state.registrations.get(&id) else { return };
        // 1. Clear it if no client uses it and no worker of it has an event pending.
        let busy = registration
            .workers()
            .any(|worker| state.workers.get(&worker).is_some_and(|worker| !worker.has_no_pending_events()));
        if !busy && !state.is_used(id) {
            self.clear_registration(state, id);
        }
    }

    /// [Clear Registration](https://w3c.github.io/ServiceWorker/#clear-registration-algorithm).
    pub(super) fn clear_registration(self: &Arc<Self>, state: &mut State, id: RegistrationId) {
        let Some(registration) = state.registrations.get(&id) else { return };
        let (installing, waiting, active) =
            (registration.installing, registration.waiting, registration.active);
        // 2–4. For the installing, the waiting and the active worker, where there is one: n.1. Terminate it. n.3. The
        // registration no longer has it.
        // NB: web-platform-tests want the registration's objects to show that of all of them when `statechange` is fired,
        // so it comes before n.2.
        if let Some(worker) = installing {
            self.terminate_service_worker(state, worker);
            self.update_registration_state(state, id, |registration| registration.installing = None);
        }
        if let Some(worker) = waiting {
            self.terminate_service_worker(state, worker);
            self.update_registration_state(state, id, |registration| registration.waiting = None);
        }
        if let Some(worker) = active {
            self.terminate_service_worker(state, worker);
            self.update_registration_state(state, id, |registration| registration.active = None);
        }
        for worker in [installing, waiting, active].into_iter().flatten() {
            // n.2. It is redundant.
            self.update_worker_state(state, worker, WorkerState::Redundant);
        }
        // Nobody can reach it any more.
        if state.is_unregistered(id) {
            state.registrations.remove(&id);
        }
    }

    /// <https://w3c.github.io/ServiceWorker/#navigation-preload-manager>: the steps that are not about promises.
    pub(crate) fn change_navigation_preload(
        self: &Arc<Self>,
        id: RegistrationId,
        change: impl FnOnce(&mut NavigationPreloadState),
        reply: Reply<()>,
    ) {
        {
            let mut state = self.state();
            let registration =
                state.registrations.get_mut(&id).filter(|registration| registration.active.is_some());
            let Some(registration) = registration else {
                let message = "navigation preload needs a registration with an active worker";
                return reply.send(Err(Error::InvalidState(message.into())));
            };
            change(&mut registration.navigation_preload);
        }
        let manager = Arc::clone(self);
        self.spawn(async move { reply.send(manager.save_registration(id).await.map_err(Error::Store)) });
    }
}
