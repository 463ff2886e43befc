//! Updating: loading the script, and finding out whether it changed.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use fetch::PolicyContainer;
use url::Url;

use super::jobs::{Job, JobType, JobValue};
use super::script_fetch::{imported_script_request, set_no_cache, worker_script_request};
use super::state::{Run, Worker};
use super::{Manager, policy};
use crate::host::Evaluation;
use crate::{
    Error, RegistrationId, ScriptImport, ScriptResourceMap, StoreError, UpdateViaCache, WorkerId,
    WorkerState, WorkerType,
};

/// What the newest worker is compared by.
struct NewestWorker {
    script_url: Url,
    worker_type: WorkerType,
    classic_scripts_imported: bool,
    scripts: ScriptResourceMap,
}

/// What was loaded.
struct Updated {
    has_updated_resources: bool,
    resource_map: ScriptResourceMap,
    policy_container: PolicyContainer,
}

impl Manager {
    /// [Update](https://w3c.github.io/ServiceWorker/#update-algorithm).
    pub(super) async fn update(self: &Arc<Self>, job: &Arc<Job>) {
        let script_url = job.script_url.as_ref().unwrap_or(&job.scope_url);
        // 1–4. The registration and its newest worker.
        let (id, newest_id) = {
            let state = self.state();
            let Some(id) = state.get_registration(&job.storage_key, &job.scope_url) else {
                drop(state);
                return self.fail_job(job, &Error::Type("the registration is gone".into()));
            };
            let newest_id =
                state.registrations.get(&id).and_then(|registration| registration.newest_worker());
            let newest_worker = newest_id.and_then(|worker| state.workers.get(&worker));
            let other_script = newest_worker.is_some_and(|newest| newest.script_url != *script_url);
            if job.job_type == JobType::Update && other_script {
                drop(state);
                let message = "the registration has a worker with another script by now";
                return self.fail_job(job, &Error::Type(message.into()));
            }
            (id, newest_id)
        };
        let newest = match self.newest_worker(newest_id).await {
            Ok(newest) => newest,
            Err(error) => return self.fail_update(job, id, newest_id, &Error::Store(error)),
        };
        // 5–7. Load the script, and see what changed.
        let updated = match self.fetch_worker_script(job, id, script_url, newest.as_ref()).await {
            Ok(updated) => updated,
            // 8. There is no script.
            Err(error) => return self.fail_update(job, id, newest_id, &error),
        };
        // 9. Nothing changed.
        if !updated.has_updated_resources {
            {
                let mut state = self.state();
                self.set_update_via_cache(&mut state, id, job.update_via_cache);
                self.resolve_job_promise(&mut state, job, JobValue::Registration(id));
                self.finish_job(&mut state, job);
            }
            return self.save_registration_or_warn(id).await;
        }
        // 10–13. A new worker.
        let worker = {
            let mut state = self.state();
            let worker = state.new_worker_id();
            state.workers.insert(worker, new_worker(worker, id, script_url, job.worker_type, updated));
            worker
        };
        // 14–15. Run it.
        let failure = match self.run_service_worker(worker, job.force_bypass_cache).await {
            Ok((_, Evaluation::Normal)) => None,
            Ok((_, Evaluation::Threw(exception))) => Some(exception),
            Err(error) => Some(error.to_string()),
        };
        match failure {
            // 16. It doesn't.
            Some(reason) => {
                {
                    let mut state = self.state();
                    if let Some(worker) = state.workers.get_mut(&worker) {
                        // No object shows it, so nobody is told.
                        worker.state = WorkerState::Redundant;
                    }
                    self.terminate_service_worker(&mut state, worker);
                    super::notify::forget_if_unreachable(&mut state, worker);
                }
                let message = format!("the service worker {script_url} does not run: {reason}");
                self.fail_update(job, id, newest_id, &Error::Type(message));
            }
            // 17. Install it.
            None => self.install(job, worker, id).await,
        }
    }

    async fn newest_worker(&self, id: Option<WorkerId>) -> Result<Option<NewestWorker>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        let scripts = self.scripts_of(id).await?;
        Ok(self.state().workers.get(&id).map(|worker| NewestWorker {
            script_url: worker.script_url.clone(),
            worker_type: worker.worker_type,
            classic_scripts_imported: worker.classic_scripts_imported,
            scripts,
        }))
    }

    /// Update, steps 8 and 16: rejects and finishes the job, and removes a registration that has no worker.
    fn fail_update(self: &Arc<Self>, job: &Job, id: RegistrationId, newest: Option<WorkerId>, error: &Error) {
        let mut state = self.state();
        // n.1. Reject.
        self.reject_job_promise(&mut state, job, error);
        // n.2. A registration without worker is nothing.
        if newest.is_none() {
            state.remove_from_map(id);
            state.registrations.remove(&id);
        }
        // n.3. Finish.
        self.finish_job(&mut state, job);
    }

    /// Update, step 7 with its fetch hook.
    async fn fetch_worker_script(
        self: &Arc<Self>,
        job: &Job,
        id: RegistrationId,
        script_url: &Url,
        newest: Option<&NewestWorker>,
    ) -> Result<Updated, Error> {
        let (scope_url, update_via_cache, is_stale) = {
            let state = self.state();
            let gone = || Error::Type("the registration is gone".into());
            let registration = state.registrations.get(&id).ok_or_else(gone)?;
            let is_stale = registration.is_stale(self.hosts.clock.now());
            (registration.scope.clone(), registration.update_via_cache, is_stale)
        };
        // Hook, 1, 3, 5. The request.
        let mut request =
            worker_script_request(script_url.clone(), job.worker_type, job.client.as_ref(), &job.storage_key);
        // 2. When the HTTP cache has to be validated.
        set_no_cache(
            &mut request,
            update_via_cache != UpdateViaCache::All
                || job.force_bypass_cache
                || (newest.is_some() && is_stale),
        );
        // 4. NB: the rest of a module script's graph is loaded when it is about to run: `Manager::import_script`.
        // 6. Fetch it.
        let script = self.load_script(request).await.map_err(|error| {
            let message = format!("the service worker {script_url} can't be loaded: {error}");
            // NB: web-platform-tests want a script that is redirected to be a matter of security, for register() alone.
            match error.is_redirect() && job.job_type == JobType::Register {
                true => Error::Security(message),
                false => Error::Type(message),
            }
        })?;
        if !script.head.ok() {
            let status = script.head.status;
            return Err(Error::Type(format!("the server answered {script_url} with status {status}")));
        }
        // 7. It has to be JavaScript.
        if !script.is_javascript() {
            let mime = script.head.headers.get_string("Content-Type");
            let mime = mime.as_deref().unwrap_or("none");
            let message = format!("the MIME type of {script_url} is not a JavaScript type: {mime}");
            return Err(Error::Security(message));
        }
        // 8–14. The scope has to be inside the folder that the script may control.
        let allowed = script.head.headers.get_string("Service-Worker-Allowed");
        check_scope(script_url, &scope_url, allowed.as_deref())?;
        // 10. Its policies.
        let policy_container = policy::policy_container(script_url, &script.head);
        // 17. There is no HTTP cache: every response comes from the network.
        self.set_last_update_check_time(id);
        // 18. Is it another script?
        let known = newest.and_then(|newest| newest.scripts.get(script_url));
        let mut has_updated_resources = newest.is_none_or(|newest| {
            newest.script_url != *script_url
                || newest.worker_type != job.worker_type
                || known.is_none_or(|known| known.body != script.body)
        });
        // 15–16. Into the map.
        let mut resource_map = ScriptResourceMap::default();
        resource_map.set(Arc::new(script.into_resource(script_url.clone())));
        // 19. If not, did an imported script change?
        if let Some(newest) =
            newest.filter(|newest| !has_updated_resources && newest.classic_scripts_imported)
        {
            for stored in newest.scripts.iter().filter(|stored| stored.url != *script_url) {
                // 19.1.2–3. The request. NB: stale as it was when this check began; by the letter step 17 has just made
                // it fresh.
                // NB: of a module script's graph likewise, as web-platform-tests want.
                let import = match job.worker_type {
                    WorkerType::Classic => ScriptImport::Classic,
                    WorkerType::Module => ScriptImport::Module {
                        is_json: stored.is_json(),
                        referrer: script_url.clone(),
                        referrer_policy: policy_container.referrer_policy,
                    },
                };
                let mut request = imported_script_request(
                    stored.url.clone(),
                    &import,
                    job.client.as_ref(),
                    &job.storage_key,
                );
                set_no_cache(
                    &mut request,
                    update_via_cache.validates(&import) || job.force_bypass_cache || is_stale,
                );
                // 19.1.4. Fetch it. NB: what can't be had isn't put into the map (5): the new worker, if there is one,
                // tries again.
                let Ok(fetched) = self.load_script(request).await else { continue };
                // 19.1.7. From the network.
                self.set_last_update_check_time(id);
                // 19.1.5. Into the map.
                let fetched = fetched.into_resource(stored.url.clone());
                // 19.1.8–9. Compare. What can't be used says nothing about a change.
                has_updated_resources |= !fetched.is_bad_import(&import) && fetched.body != stored.body;
                resource_map.set(Arc::new(fetched));
            }
        }
        // 20. Done.
        Ok(Updated { has_updated_resources, resource_map, policy_container })
    }

    pub(super) fn set_last_update_check_time(&self, id: RegistrationId) {
        let now = self.hosts.clock.now();
        if let Some(registration) = self.state().registrations.get_mut(&id) {
            registration.last_update_check_time = Some(now);
        }
    }
}

/// Update, steps 10 to 13.
fn new_worker(
    id: WorkerId,
    registration: RegistrationId,
    script_url: &Url,
    worker_type: WorkerType,
    updated: Updated,
) -> Worker {
    Worker {
        id,
        registration,
        script_url: script_url.clone(),
        worker_type,
        state: WorkerState::Parsed,
        policy_container: updated.policy_container,
        scripts: Some(updated.resource_map),
        is_stored: false,
        used_scripts: HashSet::from([script_url.clone()]),
        skip_waiting: false,
        classic_scripts_imported: false,
        force_bypass_cache_for_import_scripts: false,
        has_ever_been_evaluated: false,
        event_types: BTreeSet::new(),
        all_fetch_listeners_are_empty: false,
        run: Run::Stopped,
        active_events: 0,
        response_bodies: 0,
        activity: 0,
        activated_waiters: Vec::new(),
        skips_waiting: Vec::new(),
    }
}

/// Update, fetch hook, steps 8 to 14.
fn check_scope(script_url: &Url, scope_url: &Url, service_worker_allowed: Option<&str>) -> Result<(), Error> {
    let max_scope = match service_worker_allowed {
        // 12. By default the script's folder.
        None => script_url.join("./").ok(),
        // 13. Or what the server allows, on the same origin.
        Some(allowed) => {
            let max_scope = script_url.join(allowed).map_err(|_| {
                Error::Type(format!(
                    "the Service-Worker-Allowed header of {script_url} is not a URL: {allowed}"
                ))
            })?;
            Some(max_scope).filter(|max_scope| max_scope.origin() == script_url.origin())
        }
    };
    // 14–15. The scope's path starts with its.
    let allowed = max_scope.is_some_and(|max_scope| scope_url.path().starts_with(max_scope.path()));
    if allowed {
        return Ok(());
    }
    let message = format!(
        "the scope {scope_url} is outside the folder of {script_url}; the server can allow it with the header \
         Service-Worker-Allowed"
    );
    Err(Error::Security(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scope: &str, allowed: Option<&str>) -> bool {
        let script = Url::parse("https://a.example/foo/bar/sw.js").unwrap();
        check_scope(&script, &script.join(scope).unwrap(), allowed).is_ok()
    }

    #[test]
    fn a_scope_has_to_be_inside_the_scripts_folder() {
        assert!(check("./", None));
        assert!(check("./deeper/page", None));
        assert!(!check("../", None));
        assert!(!check("/foo/barista", None));
    }

    #[test]
    fn the_server_can_allow_another_folder_of_its_origin() {
        assert!(check("/", Some("/")));
        assert!(check("../", Some("..")));
        assert!(!check("/", Some("/foo")));
        assert!(check("/foo-is-a-prefix", Some("/foo")));
        assert!(!check("./", Some("https://b.example/")));
        assert!(!check("./", Some("https://")));
    }
}
