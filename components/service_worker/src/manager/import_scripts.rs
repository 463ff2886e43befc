//! Scripts that a worker imports, by `importScripts()` or as the modules of its graph.

use std::sync::Arc;

use fetch::StorageKey;
use url::Url;

use super::Manager;
use super::jobs::JobClient;
use super::script_fetch::{imported_script_request, set_no_cache};
use crate::{Environment, Error, RegistrationId, Reply, ScriptImport, ScriptResource, WorkerId, WorkerState};

/// Where a script comes from.
enum Source {
    Map(Arc<ScriptResource>),
    Network(Box<NetworkSource>),
}

/// How it is fetched.
struct NetworkSource {
    registration: RegistrationId,
    storage_key: StorageKey,
    client: Option<JobClient>,
    no_cache: bool,
}

impl Manager {
    /// The fetch hook of [importScripts()](https://w3c.github.io/ServiceWorker/#importscripts).
    ///
    /// NB: the standard has modules in memory as long as there is a worker; here they are in the map, by the same steps.
    pub(crate) fn import_script(
        self: &Arc<Self>,
        worker: WorkerId,
        url: Url,
        import: ScriptImport,
        reply: Reply<Arc<ScriptResource>>,
    ) {
        match self.find_script(worker, &url, &import) {
            Ok(Source::Map(script)) => reply.send(Ok(script)),
            Ok(Source::Network(fetch)) => {
                let manager = Arc::clone(self);
                self.spawn(async move {
                    let script = manager.fetch_imported(worker, url, &import, fetch).await;
                    reply.send(script);
                });
            }
            Err(error) => reply.send(Err(error)),
        }
    }

    /// Steps 1 to 8.
    fn find_script(&self, id: WorkerId, url: &Url, import: &ScriptImport) -> Result<Source, Error> {
        let mut state = self.state();
        let now = self.hosts.clock.now();
        // 1–3. The worker and its map.
        let gone = || Error::InvalidState("the worker is gone".into());
        let worker = state.workers.get_mut(&id).ok_or_else(gone)?;
        let known = worker.scripts.as_ref().and_then(|scripts| scripts.get(url)).cloned();
        let installed = !matches!(worker.state, WorkerState::Parsed | WorkerState::Installing);
        match known {
            // 4–5. It is in the map, as an update check has found it.
            Some(script) if script.is_bad_import(import) => Err(bad_import(&script)),
            Some(script) => {
                if !installed {
                    worker.used_scripts.insert(url.clone());
                    // NB: the standard sets the flag for scripts from the network alone; a script that the update
                    // check put into the map was imported all the same.
                    worker.classic_scripts_imported = true;
                }
                Ok(Source::Map(script))
            }
            // 4. An installed worker has what it has.
            None if installed => {
                let message = format!("{url} was not imported when the service worker was installed");
                Err(Error::Type(message))
            }
            // 6–8. From the network.
            None => {
                let (registration, forced) =
                    (worker.registration, worker.force_bypass_cache_for_import_scripts);
                let registration = state.registrations.get(&registration).ok_or_else(gone)?;
                let no_cache =
                    registration.update_via_cache.validates(import) || forced || registration.is_stale(now);
                Ok(Source::Network(Box::new(NetworkSource {
                    registration: registration.id,
                    storage_key: registration.storage_key.clone(),
                    client: state.job_client(&Environment::Worker(id)),
                    no_cache,
                })))
            }
        }
    }

    /// Steps 9 to 14.
    async fn fetch_imported(
        &self,
        id: WorkerId,
        url: Url,
        import: &ScriptImport,
        source: Box<NetworkSource>,
    ) -> Result<Arc<ScriptResource>, Error> {
        let NetworkSource { registration, storage_key, client, no_cache } = *source;
        let mut request = imported_script_request(url.clone(), import, client.as_ref(), &storage_key);
        set_no_cache(&mut request, no_cache);
        // 9. Fetch it.
        let script = self
            .load_script(request)
            .await
            .map_err(|error| Error::Type(format!("the script {url} can't be imported: {error}")))?;
        // 10. There is no HTTP cache: it came from the network.
        self.set_last_update_check_time(registration);
        // 11. Only a good response with JavaScript in it will do.
        let script = Arc::new(script.into_resource(url.clone()));
        if script.is_bad_import(import) {
            return Err(bad_import(&script));
        }
        // 12–13. Into the map, used.
        if let Some(worker) = self.state().workers.get_mut(&id) {
            worker.scripts.get_or_insert_default().set(Arc::clone(&script));
            worker.used_scripts.insert(url.clone());
            // 13. The classic scripts imported flag.
            worker.classic_scripts_imported = true;
        }
        // 14. Return it.
        Ok(script)
    }
}

/// Why a response is no script.
fn bad_import(script: &ScriptResource) -> Error {
    let mime = script.headers.get_string("Content-Type");
    let mime = mime.as_deref().unwrap_or("no MIME type");
    let ScriptResource { url, status, .. } = script;
    Error::Type(format!(
        "the script {url} can't be imported: the server answered with status {status} and {mime}"
    ))
}
