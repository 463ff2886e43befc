//! Registering.

use std::sync::Arc;

use fetch::Origin;
use fetch::secure_contexts::is_origin_potentially_trustworthy;
use url::Url;

use super::Manager;
use super::jobs::{Job, JobPromise, JobType, JobValue};
use crate::{ClientId, Environment, Error, RegisterOptions, RegistrationInfo, Reply};

impl Manager {
    /// [Start Register](https://w3c.github.io/ServiceWorker/#start-register-algorithm).
    pub(crate) fn start_register(
        self: &Arc<Self>,
        client: &ClientId,
        options: RegisterOptions,
        reply: Reply<RegistrationInfo>,
    ) {
        // 1–9. Both URLs.
        let (script_url, scope_url) = match script_and_scope(&options) {
            Ok(urls) => urls,
            Err(error) => return reply.send(Err(error)),
        };
        let mut state = self.state();
        let state = &mut *state;
        if let Some(error) = &state.load_error {
            return reply.send(Err(Error::Store(error.clone())));
        }
        // 10. The client's storage key.
        let Some(storage_key) = state.client(client).map(|client| client.info.storage_key.clone()) else {
            return reply.send(Err(Error::InvalidState("the client is gone".into())));
        };
        // 11–14. The job.
        let client = state.job_client(&Environment::Client(client.clone()));
        let job = Job {
            job_type: JobType::Register,
            storage_key,
            scope_url,
            script_url: Some(script_url),
            worker_type: options.worker_type,
            update_via_cache: Some(options.update_via_cache),
            referrer: client.as_ref().map(|client| client.environment.creation_url.clone()),
            client,
            force_bypass_cache: false,
        };
        // 15. Schedule it.
        self.schedule_job(state, job, Some(JobPromise::Registration(reply)));
    }

    /// [Register](https://w3c.github.io/ServiceWorker/#register-algorithm).
    pub(super) async fn register(self: &Arc<Self>, job: &Arc<Job>) {
        let script_url = job.script_url.as_ref().unwrap_or(&job.scope_url);
        // 1. The script has to come from a trustworthy origin.
        if !is_origin_potentially_trustworthy(&Origin::of(script_url)) {
            let message = format!("{script_url} is not of a secure origin");
            return self.fail_job(job, &Error::Security(message));
        }
        // 2–3. Script and scope have to be of the page's origin.
        for (what, url) in [("script", script_url), ("scope", &job.scope_url)] {
            let same_origin = job.referrer.as_ref().is_some_and(|referrer| referrer.origin() == url.origin());
            if !same_origin {
                let message = format!("the {what} {url} is not of the origin that registers it");
                return self.fail_job(job, &Error::Security(message));
            }
        }
        {
            let mut state = self.state();
            let state = &mut *state;
            // 4. Is there a registration?
            match state.get_registration(&job.storage_key, &job.scope_url) {
                // 5.1–2. With the same script, type and cache mode there is nothing to do.
                Some(id) => {
                    let registration = state.registrations.get(&id);
                    let newest_worker = registration
                        .and_then(|registration| registration.newest_worker())
                        .and_then(|worker| state.workers.get(&worker));
                    let unchanged =
                        newest_worker.zip(registration).is_some_and(|(newest_worker, registration)| {
                            newest_worker.script_url == *script_url
                                && newest_worker.worker_type == job.worker_type
                                && job.update_via_cache == Some(registration.update_via_cache)
                        });
                    if unchanged {
                        self.resolve_job_promise(state, job, JobValue::Registration(id));
                        return self.finish_job(state, job);
                    }
                }
                // 6. Set Registration.
                None => {
                    let mode = job.update_via_cache.unwrap_or_default();
                    state.set_registration(&job.storage_key, &job.scope_url, mode);
                }
            }
        }
        // 7. Update.
        self.update(job).await;
    }
}

/// [Start Register](https://w3c.github.io/ServiceWorker/#start-register-algorithm), steps 2 to 9.
fn script_and_scope(options: &RegisterOptions) -> Result<(Url, Url), Error> {
    // 2. The script's fragment is not kept.
    let mut script_url = options.script_url.clone();
    script_url.set_fragment(None);
    // 3–4. Its scheme and its path.
    check_url("script", &script_url)?;
    // 5–6. The scope is by default the script's folder.
    let mut scope_url = match &options.scope_url {
        Some(scope_url) => scope_url.clone(),
        None => script_url
            .join("./")
            .map_err(|error| Error::Type(format!("no scope can be made from {script_url}: {error}")))?,
    };
    // 7. Its fragment is not kept.
    scope_url.set_fragment(None);
    // 8–9. Its scheme and its path.
    check_url("scope", &scope_url)?;
    Ok((script_url, scope_url))
}

/// Start Register, steps 3 and 4, or 8 and 9.
fn check_url(what: &str, url: &Url) -> Result<(), Error> {
    // 3, 8. HTTP or HTTPS.
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::Type(format!("the {what} {url} is not an HTTP(S) URL")));
    }
    // 4, 9. No escaped slash or backslash: servers and browsers could see different folders.
    let path = url.path().to_ascii_lowercase();
    if path.contains("%2f") || path.contains("%5c") {
        return Err(Error::Type(format!("the path of the {what} {url} has an escaped slash or backslash")));
    }
    Ok(())
}
