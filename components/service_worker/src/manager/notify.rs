//! State changes that objects show.

use std::sync::Arc;

use fetch::StorageKey;

use super::Manager;
use super::state::{Registration, Run, State, wake};
use crate::{ClientId, Notification, RegistrationId, WorkerId, WorkerState};

impl Manager {
    /// [Update Registration State](https://w3c.github.io/ServiceWorker/#update-registration-state-algorithm).
    pub(super) fn update_registration_state(
        &self,
        state: &mut State,
        id: RegistrationId,
        change: impl FnOnce(&mut Registration),
    ) {
        // 2–4, first step. Set the worker.
        let Some(registration) = state.registrations.get_mut(&id) else { return };
        change(registration);
        // 1, 2–4, second step. Queue a task for each of the registration's objects: they exist in environments of the
        // same storage key alone.
        let Some(info) = state.registration_info(id) else { return };
        let (installing, waiting, active) = (info.installing, info.waiting, info.active);
        let notification = Notification::RegistrationState { registration: id, installing, waiting, active };
        self.notify_environments(state, &info.storage_key, &notification);
    }

    /// [Update Worker State](https://w3c.github.io/ServiceWorker/#update-state-algorithm).
    pub(super) fn update_worker_state(&self, state: &mut State, worker: WorkerId, new: WorkerState) {
        debug_assert_ne!(new, WorkerState::Parsed, "a worker is never set back to parsed");
        // 2. Set it.
        let Some(changed) = state.workers.get_mut(&worker) else { return };
        changed.state = new;
        if new != WorkerState::Activating {
            // Who is gone doesn't wait any more.
            wake(&mut changed.activated_waiters);
        }
        // 3–4. Tell every environment of its origin.
        let registration = changed.registration;
        if let Some(registration) = state.registrations.get(&registration) {
            let storage_key = registration.storage_key.clone();
            self.notify_environments(state, &storage_key, &Notification::WorkerState { worker, state: new });
        }
        forget_if_unreachable(state, worker);
    }

    /// [Notify Controller Change](https://w3c.github.io/ServiceWorker/#notify-controller-change-algorithm), with the
    /// change itself.
    pub(super) fn set_controller(
        self: &Arc<Self>,
        state: &mut State,
        client: &ClientId,
        controller: WorkerId,
    ) {
        let info = state.worker_info(Some(controller));
        let Some(client) = state.client_mut(client) else { return };
        client.controller = Some(controller);
        // 2. Queue a task to fire controllerchange.
        client.observer.notify(Notification::ControllerChange { controller: info });
    }

    /// Queues a task in every environment settings object of the storage key: its clients and its running workers.
    pub(super) fn notify_environments(
        &self,
        state: &State,
        storage_key: &StorageKey,
        notification: &Notification,
    ) {
        for client in state.clients.iter().filter(|client| client.info.storage_key == *storage_key) {
            client.observer.notify(notification.clone());
        }
        for worker in state.workers.values() {
            let Some(run) = worker.run.known_id() else { continue };
            let registration = state.registrations.get(&worker.registration);
            if registration.is_some_and(|registration| registration.storage_key == *storage_key) {
                self.hosts.workers.notify(run, notification.clone());
            }
        }
    }
}

/// Drops what is known of a worker that is redundant and has no agent: no algorithm asks for it again.
pub(super) fn forget_if_unreachable(state: &mut State, worker: WorkerId) {
    let unreachable = state.workers.get(&worker).is_some_and(|worker| {
        worker.state == WorkerState::Redundant
            && matches!(worker.run, Run::Stopped)
            && worker.active_events == 0
    });
    if unreachable {
        state.workers.remove(&worker);
    }
}
