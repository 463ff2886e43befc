//! Activating.

use std::sync::Arc;

use futures::channel::oneshot;

use super::Manager;
use super::state::State;
use crate::{Notification, RegistrationId, WorkerEvent, WorkerId, WorkerState};

impl Manager {
    /// [Try Activate](https://w3c.github.io/ServiceWorker/#try-activate-algorithm).
    pub(super) fn try_activate(self: &Arc<Self>, state: &mut State, id: RegistrationId) {
        let Some(registration) = state.registrations.get(&id) else { return };
        // 1. There is a worker that waits.
        let Some(waiting) = registration.waiting.and_then(|worker| state.workers.get(&worker)) else {
            return;
        };
        if let Some(active) = registration.active.and_then(|worker| state.workers.get(&worker)) {
            // 2. The active worker is still activating: the end of that tries again.
            if active.state == WorkerState::Activating {
                return;
            }
            // 3. The active worker has nothing to do, and nobody uses it or the new one doesn't wait for that.
            let free = active.has_no_pending_events() && (!state.is_used(id) || waiting.skip_waiting);
            if !free {
                return;
            }
        }
        self.activate(state, id);
    }

    /// [Activate](https://w3c.github.io/ServiceWorker/#activation-algorithm).
    fn activate(self: &Arc<Self>, state: &mut State, id: RegistrationId) {
        // 1. There is a worker that waits.
        let Some(registration) = state.registrations.get(&id) else { return };
        let Some(worker) = registration.waiting else { return };
        let previous = registration.active;
        let using = state.clients.iter().filter(|client| state.registration_used_by(client) == Some(id));
        let using = using.map(|client| client.info.id.clone()).collect::<Vec<_>>();
        // 2. The active worker ends.
        if let Some(previous) = previous {
            self.terminate_service_worker(state, previous);
            self.update_worker_state(state, previous, WorkerState::Redundant);
        }
        // 3–5. The worker that waits takes its place, and is activating.
        self.update_registration_state(state, id, |registration| registration.active = Some(worker));
        self.update_registration_state(state, id, |registration| registration.waiting = None);
        self.update_worker_state(state, worker, WorkerState::Activating);
        // 6–7. Clients in its scope are ready.
        if let Some(info) = state.registration_info(id) {
            for client in &state.clients {
                if state.match_registration(&client.info.storage_key, client.info.url()) == Some(id) {
                    client.observer.notify(Notification::Ready { registration: Box::new(info.clone()) });
                }
            }
        }
        // 8. Clients that use the registration are controlled by the new worker.
        for client in using {
            self.set_controller(state, &client, worker);
        }
        let manager = Arc::clone(self);
        self.spawn(async move { manager.finish_activation(id, worker).await });
    }

    /// Activate, from step 9 on.
    async fn finish_activation(self: &Arc<Self>, id: RegistrationId, worker: WorkerId) {
        self.save_registration_or_warn(id).await;
        // 10. The activate event. Whatever comes of it, the worker gets activated.
        let should_skip =
            self.state().workers.get(&worker).is_none_or(|worker| worker.should_skip_event("activate"));
        if !should_skip {
            match self.run_service_worker(worker, false).await {
                Ok((run, _)) => drop(self.dispatch(worker, run, WorkerEvent::Activate).await),
                Err(error) => tracing::warn!(%error, "a service worker did not start for its activate event"),
            }
        }
        let mut state = self.state();
        let is_active =
            state.registrations.get(&id).is_some_and(|registration| registration.active == Some(worker));
        if is_active {
            // `skipWaiting()` waited for this.
            let skips =
                state.workers.get_mut(&worker).map(|worker| std::mem::take(&mut worker.skips_waiting));
            for reply in skips.into_iter().flatten() {
                reply.send(Ok(()));
            }
            // 11. It is activated.
            self.update_worker_state(&mut state, worker, WorkerState::Activated);
            // NB: whatever was installed meanwhile waited for this; nothing else in the standard tries it again.
            self.try_activate(&mut state, id);
        }
    }

    /// Waits until the worker's state is no longer "activating".
    pub(super) async fn wait_until_activated(&self, worker: WorkerId) {
        let receiver = {
            let mut state = self.state();
            let Some(worker) = state.workers.get_mut(&worker) else { return };
            if worker.state != WorkerState::Activating {
                return;
            }
            let (sender, receiver) = oneshot::channel();
            worker.activated_waiters.push(sender);
            receiver
        };
        // An error means that the worker is gone: then it isn't activating either.
        let _ = receiver.await;
    }
}
