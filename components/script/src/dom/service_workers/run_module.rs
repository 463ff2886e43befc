//! Service workers of the type "module": <https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm>, step 9.5.

use std::cell::RefCell;

use service_worker::ScriptResource;
use service_worker::host::{Evaluation, StartError};

use super::ServiceWorkerGlobalScope;
use super::run::{Started, has_run, no_exception, threw};
use crate::dom::html::modules::{ModuleScript, OnComplete, create_module, fetch_created_graph};
use crate::dom::html::workers::worker_global_scope::WorkerGlobalScope;
use crate::dom::streams::promises::exception_value;
use crate::runtime::agent::Agent;
use crate::runtime::exception;
use crate::runtime::module_script::{ModuleKind, Referrer, evaluate_module};
use crate::webidl::*;

/// Runs a worker's script, once what it imports is there.
pub(super) fn run_module(
    cx: &mut JSContext,
    worker: &ServiceWorkerGlobalScope,
    script: &ScriptResource,
    started: Started,
) {
    let global: &GlobalScope = worker.upcast();
    worker.upcast::<WorkerGlobalScope>().set_module();
    // <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree>: always UTF-8.
    let (source, _) = encoding_rs::UTF_8.decode_with_bom_removal(&script.body);
    let mut referrer = Referrer::with_default_options(script.response_url.clone());
    referrer.referrer_policy = global.policy_container().referrer_policy;
    let module = create_module(cx, global, &source, &script.response_url, 1, &referrer);
    global.module_map().insert(&script.url, ModuleKind::JavaScript, &module);
    let graph = WorkerGraph { worker: Dom::from_ref(worker), started: RefCell::new(Some(started)) };
    fetch_created_graph(cx, global, &module, graph);
}

/// A worker whose script's graph is on its way.
#[derive(JSTraceable)]
struct WorkerGraph {
    worker: Dom<ServiceWorkerGlobalScope>,
    #[no_trace]
    started: RefCell<Option<Started>>,
}

impl OnComplete for WorkerGraph {
    fn complete(&self, cx: &mut JSContext, global: &GlobalScope, script: ModuleScript) {
        let (worker, Some(started)) = (self.worker.as_rooted(), self.started.take()) else { return };
        let evaluation = match script {
            ModuleScript::Linked(module) => evaluate(cx, global, &module),
            ModuleScript::Error(error) => {
                let information = exception::extract(cx, error.handle());
                Ok(threw(cx, global, error.handle(), information))
            }
            // (It was reported which one.)
            ModuleScript::Null => Err(StartError::Host("what it imports could not be loaded".to_owned())),
        };
        has_run(cx, &worker, evaluation, started);
    }
}

/// [Runs the module script](https://html.spec.whatwg.org/multipage/webappapis.html#run-a-module-script).
fn evaluate(
    cx: &mut JSContext,
    global: &GlobalScope,
    module: &RootedObject,
) -> Result<Evaluation, StartError> {
    let agent = Agent::of_this_thread();
    run_script(cx, |cx| {
        let promise = match evaluate_module(cx, module.handle()) {
            Ok(promise) => promise,
            Err(error) => {
                let error = exception_value(cx, global, error);
                if error.handle().is_undefined() {
                    return no_exception(&agent);
                }
                let information = exception::extract(cx, error.handle());
                return Ok(threw(cx, global, error.handle(), information));
            }
        };
        // <https://w3c.github.io/ServiceWorker/#update-algorithm>, 8: one that waits is none for a service worker.
        // FIXME(spec): that is found out by running it.
        if !promise.is_settled() {
            promise.mark_as_handled(cx);
            let message = "TypeError: a service worker's module can't wait at its top level".to_owned();
            return Ok(Evaluation::Threw(message));
        }
        match promise.rejection(cx) {
            None => Ok(Evaluation::Normal),
            Some(error) => {
                let information = exception::extract(cx, error.handle());
                Ok(threw(cx, global, error.handle(), information))
            }
        }
    })
}
