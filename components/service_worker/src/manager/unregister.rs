//! Unregistering.

use std::sync::Arc;

use super::Manager;
use super::jobs::{Job, JobPromise, JobType, JobValue};
use super::state::State;
use crate::{Environment, Error, RegistrationId, Reply, StoreError, WorkerType};

impl Manager {
    /// [unregister()](https://w3c.github.io/ServiceWorker/#navigator-service-worker-unregister).
    pub(crate) fn unregister_method(
        self: &Arc<Self>,
        environment: Environment,
        id: RegistrationId,
        reply: Reply<bool>,
    ) {
        let mut state = self.state();
        let state = &mut *state;
        // 1. The registration. One that is gone for good was unregistered before.
        let Some(registration) = state.registrations.get(&id) else {
            return reply.send(Ok(false));
        };
        // 2–3. An unregister job.
        let job = Job {
            job_type: JobType::Unregister,
            storage_key: registration.storage_key.clone(),
            scope_url: registration.scope.clone(),
            script_url: None,
            worker_type: WorkerType::default(),
            update_via_cache: None,
            client: state.job_client(&environment),
            referrer: None,
            force_bypass_cache: false,
        };
        // 4. Schedule it.
        self.schedule_job(state, job, Some(JobPromise::Unregistered(reply)));
    }

    /// [Unregister](https://w3c.github.io/ServiceWorker/#unregister-algorithm).
    pub(super) async fn unregister(self: &Arc<Self>, job: &Arc<Job>) {
        // 1–2. The registration.
        let id = {
            let mut state = self.state();
            let Some(id) = state.get_registration(&job.storage_key, &job.scope_url) else {
                self.resolve_job_promise(&mut state, job, JobValue::Unregistered(false));
                return self.finish_job(&mut state, job);
            };
            id
        };
        // 3. Out of the registration map, first of the one on disk: what was unregistered must not come back.
        if let Err(error) = self.remove_registration(id).await {
            return self.fail_job(job, &Error::Store(error));
        }
        let mut state = self.state();
        // 4. True.
        self.resolve_job_promise(&mut state, job, JobValue::Unregistered(true));
        // 5. Clear it, now or when nobody uses it any more.
        self.try_clear_registration(&mut state, id);
        // 6. Finish.
        self.finish_job(&mut state, job);
    }

    /// Takes a registration out of the store and out of the registration map, and says so.
    pub(super) async fn remove_registration(&self, id: RegistrationId) -> Result<(), StoreError> {
        let _order = self.store_order.lock().await;
        self.hosts.store.remove(id).await?;
        self.forget_registration(&mut self.state(), id);
        Ok(())
    }

    /// Takes a registration out of the registration map and says so.
    pub(super) fn forget_registration(&self, state: &mut State, id: RegistrationId) {
        if let Some(info) = state.registration_info(id) {
            state.remove_from_map(id);
            self.hosts.registrations.registration_removed(&info);
        }
    }
}
