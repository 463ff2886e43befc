//! <https://w3c.github.io/ServiceWorker/#importscripts>

use std::sync::mpsc;

use service_worker::Reply;
use url::Url;

use super::{ServiceWorkerGlobalScope, environment};
use crate::dom::html::workers::import_scripts::ImportedScript;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// [Fetch a classic worker-imported script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script)
/// with the service worker's "perform the fetch" steps, which are the manager's. The thread waits for it.
pub(crate) fn fetch(worker: &ServiceWorkerGlobalScope, url: Url) -> Fallible<ImportedScript> {
    let Some(service_workers) = environment::service_workers(worker.upcast()) else {
        return Err(Error::Network(format!("{url} can't be loaded")));
    };
    let agent = Agent::of_this_thread();
    let (sender, answer) = mpsc::channel();
    let queue = agent.task_queue().clone();
    let reply = Reply::new(move |script| {
        // Nobody listens any more if the worker was terminated.
        let _ = sender.send(script);
        queue.wake();
    });
    service_workers.import_script(worker.worker(), url.clone(), reply);
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
