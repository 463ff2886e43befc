//! Taking over: `skipWaiting()` and `clients.claim()`.

use std::sync::Arc;

use super::Manager;
use crate::{Error, Reply, WorkerId, WorkerState};

impl Manager {
    /// [skipWaiting()](https://w3c.github.io/ServiceWorker/#service-worker-global-scope-skipwaiting), step 2.
    pub(crate) fn skip_waiting(self: &Arc<Self>, id: WorkerId, reply: Reply<()>) {
        let mut state = self.state();
        let state = &mut *state;
        if let Some(worker) = state.workers.get_mut(&id) {
            // 2.1. Set the flag.
            worker.skip_waiting = true;
            let (registration, before) = (worker.registration, worker.state);
            // 2.2. Perhaps it can take over at once.
            self.try_activate(state, registration);
            // NB: web-platform-tests want the promise to wait for the activation, but not for what is told of its end. An
            // `activate` event that waits for the promise waits until its time is up.
            if let Some(worker) = state.workers.get_mut(&id)
                && before == WorkerState::Installed
                && worker.state == WorkerState::Activating
            {
                return worker.skips_waiting.push(reply);
            }
        }
        // 2.3. Resolve.
        reply.send(Ok(()));
    }

    /// [claim()](https://w3c.github.io/ServiceWorker/#clients-claim).
    pub(crate) fn claim(self: &Arc<Self>, id: WorkerId) -> Result<(), Error> {
        let mut state = self.state();
        let state = &mut *state;
        // 1. It has to be an active worker.
        let registration =
            state.workers.get(&id).and_then(|worker| state.registrations.get(&worker.registration));
        let Some(registration) = registration.filter(|registration| registration.active == Some(id)) else {
            return Err(Error::InvalidState("the worker that claims is not active".into()));
        };
        let (registration, storage_key) = (registration.id, registration.storage_key.clone());
        // 3.1. Clients of its storage key
        let claimed = state
            .clients
            .iter()
            .filter(|client| client.info.storage_key == storage_key)
            // 3.1.1–2. that run scripts in a secure context,
            .filter(|client| client.execution_ready && client.info.environment.is_secure_context)
            // 3.1.3–5. that its registration matches,
            .filter(|client| {
                state.match_registration(&storage_key, client.claimed_by_url()) == Some(registration)
            })
            // 3.1.6. and that it doesn't control yet.
            .filter(|client| client.controller != Some(id))
            .map(|client| (client.info.id.clone(), state.registration_used_by(client)))
            .collect::<Vec<_>>();
        for (client, used) in claimed {
            // 3.1.6.2–3. It controls them now.
            self.set_controller(state, &client, id);
            // 3.1.6.1. What they used before may have become free. NB: after the change, else it would still count as
            // used by this very client.
            if used != Some(registration) {
                self.handle_client_unload(state, used);
            }
        }
        // 3.2. Resolve.
        Ok(())
    }
}
