//! Installing.

use std::sync::Arc;

use super::Manager;
use super::events::Dispatched;
use super::jobs::{Job, JobValue};
use super::state::State;
use crate::{Notification, RegistrationId, UpdateViaCache, WorkerEvent, WorkerId, WorkerState};

impl Manager {
    /// [Install](https://w3c.github.io/ServiceWorker/#installation-algorithm).
    pub(super) async fn install(self: &Arc<Self>, job: &Arc<Job>, worker: WorkerId, id: RegistrationId) {
        let (had_worker, should_skip) = {
            let mut state = self.state();
            let state = &mut *state;
            // 2. The newest worker before this one.
            let newest_worker =
                state.registrations.get(&id).and_then(|registration| registration.newest_worker());
            // 3. The job's cache mode.
            self.set_update_via_cache(state, id, job.update_via_cache);
            // 4–5. The registration's installing worker is this one, and it is installing.
            self.update_registration_state(state, id, |registration| registration.installing = Some(worker));
            self.update_worker_state(state, worker, WorkerState::Installing);
            // 6–7. The page gets its registration.
            self.resolve_job_promise(state, job, JobValue::Registration(id));
            // 8–9. updatefound.
            if let Some(registration) = state.registrations.get(&id) {
                let notification = Notification::UpdateFound { registration: id };
                self.notify_environments(state, &registration.storage_key, &notification);
            }
            // 10. The installing worker.
            let should_skip =
                state.workers.get(&worker).is_none_or(|worker| worker.should_skip_event("install"));
            (newest_worker.is_some(), should_skip)
        };
        // 11. The install event.
        let mut failure = match should_skip {
            true => None,
            false => self.dispatch_install(job, worker).await.err(),
        };
        // Somebody cleared the site's data in between.
        if !self.is_installing(id, worker) {
            return self.finish_job(&mut self.state(), job);
        }
        // 13–15. Scripts that the new worker didn't ask for are not kept.
        if failure.is_none() {
            self.prune_scripts(worker);
            // First the profile has it, then it is installed.
            failure = self.save_installed(id, worker).await.err().map(|error| error.to_string());
            if !self.is_installing(id, worker) {
                return self.finish_job(&mut self.state(), job);
            }
        }
        let mut state = self.state();
        let state = &mut *state;
        // 12. It failed.
        if let Some(reason) = failure {
            tracing::warn!(scope = %job.scope_url, %reason, "a service worker was not installed");
            self.terminate_service_worker(state, worker);
            // NB: in this order, as when a registration is cleared.
            self.update_registration_state(state, id, |registration| registration.installing = None);
            self.update_worker_state(state, worker, WorkerState::Redundant);
            if !had_worker {
                state.remove_from_map(id);
                // Clients may still hold its object, but it has nothing left that they could ask for.
                state.registrations.remove(&id);
            }
            return self.finish_job(state, job);
        }
        // 16. A worker that waited before is replaced.
        if let Some(waiting) = state.registrations.get(&id).and_then(|registration| registration.waiting) {
            self.terminate_service_worker(state, waiting);
            self.update_worker_state(state, waiting, WorkerState::Redundant);
        }
        // 17–19. It waits now.
        self.update_registration_state(state, id, |registration| registration.waiting = Some(worker));
        self.update_registration_state(state, id, |registration| registration.installing = None);
        self.update_worker_state(state, worker, WorkerState::Installed);
        // 20. Finish.
        self.finish_job(state, job);
        // 21. NB: no wait: the tasks that were queued run before those of the activation.
        // 22. Perhaps it can take over at once.
        self.try_activate(state, id);
    }

    /// Install, step 11.
    async fn dispatch_install(self: &Arc<Self>, job: &Job, worker: WorkerId) -> Result<(), String> {
        // 11.2. Run it.
        let (run, _) = self
            .run_service_worker(worker, job.force_bypass_cache)
            .await
            .map_err(|error| format!("it did not start: {error}"))?;
        // 11.3. Dispatch the event and wait for its lifetime promises.
        match self.dispatch(worker, run, WorkerEvent::Install).await {
            Dispatched::Handled => Ok(()),
            Dispatched::Failed(reason) => Err(format!("its install event failed: {reason}")),
            Dispatched::TimedOut => Err("its install event took too long".to_owned()),
            Dispatched::Discarded | Dispatched::Terminated => {
                Err("it ended while it was installed".to_owned())
            }
        }
    }

    fn is_installing(&self, id: RegistrationId, worker: WorkerId) -> bool {
        self.state()
            .registrations
            .get(&id)
            .is_some_and(|registration| registration.installing == Some(worker))
    }

    fn prune_scripts(&self, worker: WorkerId) {
        let mut state = self.state();
        let Some(worker) = state.workers.get_mut(&worker) else { return };
        let used = std::mem::take(&mut worker.used_scripts);
        if let Some(scripts) = &mut worker.scripts {
            scripts.retain(|url| used.contains(url));
        }
    }

    /// Sets the registration's update via cache mode to the job's.
    pub(super) fn set_update_via_cache(
        &self,
        state: &mut State,
        id: RegistrationId,
        mode: Option<UpdateViaCache>,
    ) {
        let (Some(mode), Some(registration)) = (mode, state.registrations.get_mut(&id)) else { return };
        if registration.update_via_cache != mode {
            registration.update_via_cache = mode;
            let storage_key = registration.storage_key.clone();
            let notification = Notification::UpdateViaCache { registration: id, mode };
            self.notify_environments(state, &storage_key, &notification);
        }
    }
}
