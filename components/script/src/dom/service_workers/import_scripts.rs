//! Scripts that a service worker imports: <https://w3c.github.io/ServiceWorker/#importscripts>, and the modules of its
//! graph. What it performs for a fetch is its manager's.

use std::sync::{Arc, mpsc};

use service_worker::{Reply, ScriptImport, ScriptResource};
use url::Url;

use super::{ServiceWorkerGlobalScope, environment};
use crate::dom::html::workers::import_scripts::ImportedScript;
use crate::runtime::agent::Agent;
use crate::webidl::*;

impl ServiceWorkerGlobalScope {
    /// Asks for a script; on another thread.
    pub(crate) fn import_script(
        &self,
        url: Url,
        import: ScriptImport,
        then: impl FnOnce(Result<Arc<ScriptResource>, service_worker::Error>) + Send + 'static,
    ) {
        match environment::service_workers(self.upcast()) {
            Some(service_workers) => {
                service_workers.import_script(self.worker(), url, import, Reply::new(then));
            }
            None => then(Err(service_worker::Error::ShutDown)),
        }
    }
}

/// [Fetch a classic worker-imported script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script)
/// with the service worker's "perform the fetch" steps, which are the manager's. The thread waits for it.
pub(crate) fn fetch(worker: &ServiceWorkerGlobalScope, url: Url) -> Fallible<ImportedScript> {
    let agent = Agent::of_this_thread();
    let (sender, answer) = mpsc::channel();
    let queue = agent.task_queue().clone();
    worker.import_script(url.clone(), ScriptImport::Classic, move |script| {
        // Nobody listens any more if the worker was terminated.
        let _ = sender.send(script);
        queue.wake();
    });
    match agent.block_until(|| answer.try_recv().ok()) {
        Some(Ok(script)) => {
            // Always UTF-8.
            let (source, _) = encoding_rs::UTF_8.decode_with_bom_removal(&script.body);
            Ok(ImportedScript {
                url,
                response_url: script.response_url.clone(),
                source: source.into_owned(),
                muted_errors: script.muted_errors,
            })
        }
        // 5. A network error, or a response that is no script.
        Some(Err(error)) => Err(Error::Network(format!("{url} can't be imported: {error}"))),
        // The worker is being terminated: no exception, the script just ends.
        None => Err(Error::JSFailed),
    }
}
