//! <https://w3c.github.io/ServiceWorker/#importscripts>

use std::sync::Arc;
use std::sync::mpsc;

use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use service_worker::{Reply, ScriptResource};
use url::Url;

use super::{ServiceWorkerGlobalScope, environment};
use crate::runtime::agent::Agent;
use crate::runtime::classic_script::{ClassicScript, run_classic_script};
use crate::webidl::*;

/// [Import scripts into worker global scope](https://html.spec.whatwg.org/multipage/workers.html#import-scripts-into-worker-global-scope)
/// of a service worker.
pub(crate) fn import_scripts(
    cx: &mut JSContext,
    worker: &ServiceWorkerGlobalScope,
    urls: &[USVString],
) -> Fallible<()> {
    let global = worker.upcast::<GlobalScope>();
    // 1. Not in module workers. (There are none yet: the manager only starts classic ones.)
    // 4. Parse them all first.
    let urls = urls
        .iter()
        .map(|url| {
            global
                .parse_url(url)
                .map_err(|error| Error::Syntax(format!("{:?} is not a URL: {error}", &**url)))
        })
        .collect::<Fallible<Vec<_>>>()?;
    // 5. One after the other:
    for url in urls {
        // 5.1. fetch it,
        let script = fetch(worker, url)?;
        // 5.2. run it.
        run(cx, &script)?;
    }
    Ok(())
}

/// [Fetch a classic worker-imported script](https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script)
/// with the service worker's "perform the fetch" steps, which are the manager's. The thread waits for it.
fn fetch(worker: &ServiceWorkerGlobalScope, url: Url) -> Fallible<Arc<ScriptResource>> {
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
        Some(Ok(script)) => Ok(script),
        // 5. A network error, or a response that is no script.
        Some(Err(error)) => Err(Error::Network(format!("{url} can't be imported: {error}"))),
        // The worker is being terminated: no exception, the script just ends.
        None => Err(Error::JSFailed),
    }
}

/// [Run the classic script](https://html.spec.whatwg.org/multipage/webappapis.html#run-a-classic-script) with rethrow
/// errors.
fn run(cx: &mut JSContext, script: &ScriptResource) -> Fallible<()> {
    let (source, _) = encoding_rs::UTF_8.decode_with_bom_removal(&script.body);
    let mut classic = ClassicScript::new(&source, script.response_url.as_str());
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
