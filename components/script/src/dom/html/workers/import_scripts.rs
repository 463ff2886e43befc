//! `importScripts()`: <https://html.spec.whatwg.org/multipage/workers.html#import-scripts-into-worker-global-scope>.

use std::sync::mpsc::{TryRecvError, channel};

use fetch::{Request, Url};
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

use super::fetch_script::{WorkerScript, imported_script_request, load_imported_script};
use super::worker_global_scope::WorkerGlobalScope;
use crate::dom::performance_timeline::start_fetch;
use crate::dom::service_workers::ServiceWorkerGlobalScope;
use crate::dom::service_workers::import_scripts as service_workers;
use crate::runtime::agent::Agent;
use crate::runtime::classic_script::{ClassicScript, run_classic_script};
use crate::webidl::*;

/// A script that was imported.
pub(crate) struct ImportedScript {
    /// The URL that was asked for.
    pub(crate) url: Url,
    /// The response's URL.
    pub(crate) response_url: Url,
    /// The text.
    pub(crate) source: String,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#muted-errors>
    pub(crate) muted_errors: bool,
}

/// [Import scripts into worker global scope](https://html.spec.whatwg.org/multipage/workers.html#import-scripts-into-worker-global-scope).
pub(super) fn import_scripts(
    cx: &mut JSContext,
    worker: &WorkerGlobalScope,
    urls: &[USVString],
) -> Fallible<()> {
    let global = worker.upcast::<GlobalScope>();
    // 1. Not in module workers.
    if worker.is_module() {
        return Err(Error::Type("importScripts() is not for module workers: use import".into()));
    }
    // 4–5. Parse them all first.
    let urls = urls
        .iter()
        .map(|url| {
            global
                .encoding_parse_url(url)
                .map_err(|error| Error::Syntax(format!("{:?} is not a URL: {error}", &**url)))
        })
        .collect::<Fallible<Vec<_>>>()?;
    // A blob: URL stands for what is behind it now, even if a script before it revokes it: so does its request.
    let requests = urls.into_iter().map(|url| imported_script_request(global, url)).collect::<Vec<_>>();
    // 6. One after the other:
    for request in requests {
        // 6.1. fetch it,
        let script = match worker.downcast::<ServiceWorkerGlobalScope>() {
            Some(worker) => service_workers::fetch(worker, request.url().clone())?,
            None => fetch(global, request)?,
        };
        // 6.2. run it.
        run(cx, &script)?;
    }
    Ok(())
}

/// [Fetch a classic worker-imported script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script).
/// The thread waits for it.
fn fetch(global: &GlobalScope, request: Request) -> Fallible<ImportedScript> {
    let url = request.url().clone();
    let agent = Agent::of_this_thread();
    let (sender, answer) = channel();
    let queue = agent.task_queue().clone();
    let hosts = global.hosts();
    let fetching = start_fetch(global, request, "other");
    // 1–3. Fetch it.
    hosts.spawner.spawn(Box::pin(async move {
        let script = load_imported_script(fetching.await).await;
        // Nobody listens any more if the worker was terminated.
        let _ = sender.send(script);
        queue.wake();
    }));
    // 4. Wait.
    let script = agent.block_until(|| match answer.try_recv() {
        Ok(script) => Some(script),
        Err(TryRecvError::Empty) => None,
        // The futures have ended before we have; whoever ends them terminates us too.
        Err(TryRecvError::Disconnected) => None,
    });
    match script {
        Some(Ok(WorkerScript { url: response_url, source, muted_errors, .. })) => {
            Ok(ImportedScript { url, response_url, source, muted_errors })
        }
        // 6. A network error, or a response that is no script.
        Some(Err(error)) => Err(Error::Network(format!("{url} can't be imported: {error}"))),
        // The worker is being terminated: no exception, the script just ends.
        None => Err(Error::JSFailed),
    }
}

/// [Run the classic script](https://html.spec.whatwg.org/multipage/webappapis.html#run-a-classic-script) with rethrow
/// errors.
fn run(cx: &mut JSContext, script: &ImportedScript) -> Fallible<()> {
    let mut classic = ClassicScript::new(&script.source, script.response_url.as_str());
    classic.muted_errors = script.muted_errors;
    rooted!(&in(cx) let mut result = UndefinedValue());
    if run_classic_script(cx, &classic, result.handle_mut()).is_ok() {
        return Ok(());
    }
    // 7.2. A script of another origin does not tell what went wrong in it.
    if script.muted_errors && take_pending_exception(cx, result.handle_mut()) {
        return Err(Error::Network(format!("{} threw an exception", script.url)));
    }
    // 7.1. What it threw is pending.
    Err(Error::JSFailed)
}
