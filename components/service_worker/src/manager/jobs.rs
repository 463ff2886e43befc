//! Jobs and their queues (<https://w3c.github.io/ServiceWorker/#dfn-job>).

use std::sync::Arc;

use fetch::{PolicyContainer, RequestClient, StorageKey};
use url::Url;

use super::Manager;
use super::state::{QueueKey, State, serialize_scope};
use crate::{
    Environment, Error, RegistrationId, RegistrationInfo, Reply, UpdateViaCache, WorkerState, WorkerType,
};

/// A job's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobType {
    Register,
    Update,
    Unregister,
}

/// A [job](https://w3c.github.io/ServiceWorker/#dfn-job) without its promise.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub job_type: JobType,
    pub storage_key: StorageKey,
    pub scope_url: Url,
    /// `None` for an unregister job.
    pub script_url: Option<Url>,
    pub worker_type: WorkerType,
    /// `None` for an update job: it leaves the registration's as it is. NB: the standard leaves it unset there, and
    /// then sets the registration's to it.
    pub update_via_cache: Option<UpdateViaCache>,
    /// `None` for a soft update.
    pub client: Option<JobClient>,
    pub referrer: Option<Url>,
    pub force_bypass_cache: bool,
}

/// What a job needs of its client.
#[derive(Clone, Debug)]
pub(super) struct JobClient {
    pub environment: RequestClient,
    pub policy_container: PolicyContainer,
}

/// A job in its queue: the job promise is its reply, those of the list of equivalent jobs follow.
pub(super) struct QueuedJob {
    job: Arc<Job>,
    promises: Vec<JobPromise>,
    settled: bool,
}

/// A job promise.
pub(super) enum JobPromise {
    Registration(Reply<RegistrationInfo>),
    Unregistered(Reply<bool>),
}

/// What a job promise is resolved with.
#[derive(Clone)]
pub(super) enum JobValue {
    Registration(RegistrationId),
    Unregistered(bool),
}

impl Job {
    /// [Equivalent](https://w3c.github.io/ServiceWorker/#dfn-job-equivalent): for two jobs of the same queue, so of
    /// the same storage key and scope.
    fn is_equivalent(&self, other: &Job) -> bool {
        self.job_type == other.job_type
            && (self.job_type == JobType::Unregister
                || (self.script_url == other.script_url
                    && self.worker_type == other.worker_type
                    && self.update_via_cache == other.update_via_cache
                    // NB: a forced update must not be answered by one that may come from the cache.
                    && (other.force_bypass_cache || !self.force_bypass_cache)))
    }

    pub fn queue_key(&self) -> QueueKey {
        (self.storage_key.clone(), serialize_scope(&self.scope_url))
    }
}

impl State {
    /// What a job takes from the environment that asks for it.
    pub fn job_client(&self, environment: &Environment) -> Option<JobClient> {
        match environment {
            Environment::Client(id) => {
                let info = &self.client(id)?.info;
                Some(JobClient {
                    environment: info.environment.clone(),
                    policy_container: info.policy_container.clone(),
                })
            }
            Environment::Worker(id) => {
                let worker = self.workers.get(id)?;
                let registration = self.registrations.get(&worker.registration)?;
                Some(JobClient {
                    environment: RequestClient {
                        id: format!("service worker {}", id.0),
                        creation_url: worker.script_url.clone(),
                        origin: registration.storage_key.origin().clone(),
                        is_secure_context: true,
                        has_trustworthy_ancestor: false,
                        has_cross_site_ancestor: false,
                    },
                    policy_container: worker.policy_container.clone(),
                })
            }
        }
    }
}

impl Manager {
    /// [Schedule Job](https://w3c.github.io/ServiceWorker/#schedule-job-algorithm).
    pub(super) fn schedule_job(self: &Arc<Self>, state: &mut State, job: Job, promise: Option<JobPromise>) {
        // 1–4. The queue for the job's scope.
        let key = job.queue_key();
        let queue = state.job_queues.entry(key.clone()).or_default();
        let promises = promise.into_iter().collect::<Vec<_>>();
        match queue.back_mut() {
            // 6.1–2. The last job does the same and isn't settled: this one hangs on to it.
            Some(last) if job.is_equivalent(&last.job) && !last.settled => last.promises.extend(promises),
            last => {
                // 5, 6.3. Enqueue it, and start with it if it is the first.
                let is_first = last.is_none();
                let job = Arc::new(job);
                queue.push_back(QueuedJob { job: Arc::clone(&job), promises, settled: false });
                if is_first {
                    self.run_job(job);
                }
            }
        }
    }

    /// [Run Job](https://w3c.github.io/ServiceWorker/#run-job-algorithm), with the first job of its queue.
    fn run_job(self: &Arc<Self>, job: Arc<Job>) {
        let manager = Arc::clone(self);
        // 2.2–4. Run the algorithm of the job's type in parallel.
        self.spawn(async move {
            match job.job_type {
                JobType::Register => manager.register(&job).await,
                JobType::Update => manager.update(&job).await,
                JobType::Unregister => manager.unregister(&job).await,
            }
        });
    }

    /// [Finish Job](https://w3c.github.io/ServiceWorker/#finish-job-algorithm).
    pub(super) fn finish_job(self: &Arc<Self>, state: &mut State, job: &Job) {
        // 1–2. Its queue, where it is the first.
        let key = job.queue_key();
        let Some(queue) = state.job_queues.get_mut(&key) else { return };
        // 3. Dequeue it. Promises that nobody settled are told by being dropped.
        queue.pop_front();
        // 4. Run the next one.
        match queue.front() {
            Some(next) => self.run_job(Arc::clone(&next.job)),
            None => drop(state.job_queues.remove(&key)),
        }
    }

    /// [Resolve Job Promise](https://w3c.github.io/ServiceWorker/#resolve-job-promise-algorithm).
    pub(super) fn resolve_job_promise(&self, state: &mut State, job: &Job, value: JobValue) {
        let info = match value {
            JobValue::Registration(id) => state.registration_info(id),
            JobValue::Unregistered(_) => None,
        };
        // 1–2. The job's promise, then those of the equivalent jobs.
        for promise in take_promises(state, job) {
            match (promise, &value, &info) {
                (JobPromise::Registration(reply), JobValue::Registration(_), Some(info)) => {
                    reply.send(Ok(info.clone()));
                }
                (JobPromise::Unregistered(reply), JobValue::Unregistered(done), _) => reply.send(Ok(*done)),
                // The registration went away in between.
                (promise, ..) => promise.reject(Error::Type("the registration is gone".into())),
            }
        }
    }

    /// [Reject Job Promise](https://w3c.github.io/ServiceWorker/#reject-job-promise-algorithm).
    pub(super) fn reject_job_promise(&self, state: &mut State, job: &Job, error: &Error) {
        let scope = &job.scope_url;
        tracing::debug!(%scope, %error, "a service worker job failed");
        // 1–2. The job's promise, then those of the equivalent jobs.
        for promise in take_promises(state, job) {
            promise.reject(error.clone());
        }
    }

    /// Reject Job Promise and Finish Job.
    pub(super) fn fail_job(self: &Arc<Self>, job: &Job, error: &Error) {
        let mut state = self.state();
        self.reject_job_promise(&mut state, job, error);
        self.finish_job(&mut state, job);
    }

    /// [update()](https://w3c.github.io/ServiceWorker/#service-worker-registration-update).
    pub(crate) fn update_method(
        self: &Arc<Self>,
        environment: Environment,
        id: RegistrationId,
        reply: Reply<RegistrationInfo>,
    ) {
        let mut state = self.state();
        let state = &mut *state;
        // 1–3. The registration's newest worker.
        let newest = state.registrations.get(&id).and_then(|registration| {
            let worker = state.workers.get(&registration.newest_worker()?)?;
            Some((registration, worker))
        });
        let Some((registration, newest_worker)) = newest else {
            return reply.send(Err(Error::InvalidState("the registration has no worker to update".into())));
        };
        // 4. A worker can't ask for it while it is installed.
        if let Environment::Worker(asking) = &environment
            && state.workers.get(asking).is_none_or(|worker| worker.state == WorkerState::Installing)
        {
            return reply.send(Err(Error::InvalidState("the asking worker is still being installed".into())));
        }
        // 5–7. An update job with the newest worker's script and type.
        let client = state.job_client(&environment);
        let job = Job {
            job_type: JobType::Update,
            storage_key: registration.storage_key.clone(),
            scope_url: registration.scope.clone(),
            script_url: Some(newest_worker.script_url.clone()),
            worker_type: newest_worker.worker_type,
            update_via_cache: None,
            referrer: client.as_ref().map(|client| client.environment.creation_url.clone()),
            client,
            force_bypass_cache: false,
        };
        // 8. Schedule it.
        self.schedule_job(state, job, Some(JobPromise::Registration(reply)));
    }

    /// [Soft Update](https://w3c.github.io/ServiceWorker/#soft-update-algorithm).
    pub(crate) fn soft_update(self: &Arc<Self>, id: RegistrationId, force_bypass_cache: bool) {
        let mut state = self.state();
        let state = &mut *state;
        let Some(registration) = state.registrations.get(&id) else { return };
        // 1–2. The registration's newest worker.
        let newest_worker = registration.newest_worker().and_then(|worker| state.workers.get(&worker));
        let Some(newest_worker) = newest_worker else { return };
        // 3–5. An update job without promise and client.
        let job = Job {
            job_type: JobType::Update,
            storage_key: registration.storage_key.clone(),
            scope_url: registration.scope.clone(),
            script_url: Some(newest_worker.script_url.clone()),
            worker_type: newest_worker.worker_type,
            update_via_cache: None,
            client: None,
            referrer: None,
            force_bypass_cache,
        };
        // 6. Schedule it.
        self.schedule_job(state, job, None);
    }
}

impl JobPromise {
    pub fn reject(self, error: Error) {
        match self {
            JobPromise::Registration(reply) => reply.send(Err(error)),
            JobPromise::Unregistered(reply) => reply.send(Err(error)),
        }
    }
}

/// Takes the promises of a job, which is the first of its queue, and marks it settled.
fn take_promises(state: &mut State, job: &Job) -> Vec<JobPromise> {
    let Some(queued) = state.job_queues.get_mut(&job.queue_key()).and_then(|queue| queue.front_mut()) else {
        return Vec::new();
    };
    queued.settled = true;
    std::mem::take(&mut queued.promises)
}
