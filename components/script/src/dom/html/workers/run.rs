//! Run a worker: <https://html.spec.whatwg.org/multipage/workers.html#run-a-worker>.

use std::cell::RefCell;
use std::sync::Arc;

use fetch::schemes::{is_http, is_local};
use fetch::{FetchParams, NetworkError, OnCspViolation, Origin, PolicyContainer, Request};

use service_worker::ClientKind;

use super::dedicated_worker_global_scope::DedicatedWorkerGlobalScope;
use super::fetch_script::{WorkerScript, load_module_worker_script, load_worker_script};
use super::shared_worker_global_scope::SharedWorkerGlobalScope;
use super::shared_worker_manager::WaitingObjects;
use super::worker_global_scope::WorkerGlobalScope;
use super::worker_link::WorkerLink;
use crate::bindings::enums::WorkerType;
use crate::dom::html::global_scope::EnvironmentSettings;
use crate::dom::html::message_port::PortEnd;
use crate::dom::html::modules::{ModuleScript, OnComplete, create_module, fetch_created_graph};
use crate::dom::html::navigation::policy_container_of;
use crate::dom::service_workers::ServiceWorkerContainer;
use crate::dom::service_workers::handle_fetch::{Reservation, ReservationTerms};
use crate::embedder::{AgentEvent, ErrorKind, ErrorReport};
use crate::runtime::agent::{Agent, Setup};
use crate::runtime::classic_script::{ClassicScript, run_worker_script};
use crate::runtime::exception::{self, ErrorInformation};
use crate::runtime::module_script::{self, ModuleKind, Referrer};
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// What a worker needs to know of the [outside settings](https://html.spec.whatwg.org/multipage/workers.html#run-a-worker).
pub(super) struct OutsideSettings {
    /// Their id, which is also that of their service worker client.
    id: String,
    origin: Origin,
    is_secure_context: bool,
    policy_container: PolicyContainer,
}

impl OutsideSettings {
    /// Those of `global`, as they are now.
    pub(super) fn of(global: &GlobalScope) -> OutsideSettings {
        OutsideSettings {
            id: global.environment_id(),
            origin: global.origin().clone(),
            is_secure_context: global.is_secure_context(),
            policy_container: global.policy_container(),
        }
    }
}

/// What a worker is started with.
pub(super) struct WorkerStart {
    /// The request for its script.
    pub(super) request: Request,
    pub(super) worker_type: WorkerType,
    /// Who is told where a policy of the outside settings forbids it.
    pub(super) on_csp_violation: Option<OnCspViolation>,
    pub(super) outside: OutsideSettings,
    pub(super) name: DOMString,
    pub(super) kind: WorkerKind,
}

/// Which kind of worker.
pub(super) enum WorkerKind {
    /// With the inside port, until there is a realm for it.
    Dedicated {
        inside: Option<PortEnd>,
        link: Arc<WorkerLink>,
    },
    Shared {
        objects: Arc<WaitingObjects>,
    },
}

impl WorkerKind {
    /// onComplete, step 1: there will be no worker. NB: the embedder is told why.
    fn fail(&self, agent: &Agent, report: ErrorReport) {
        agent.tell(AgentEvent::Error(report));
        match self {
            WorkerKind::Dedicated { link, .. } => link.fire_error(),
            WorkerKind::Shared { objects } => objects.fire_error(),
        }
        agent.task_queue().close();
    }
}

impl WorkerKind {
    /// onComplete from step 11 on: the script has run.
    fn has_run(self, cx: &mut JSContext, global: &WorkerGlobalScope) {
        match self {
            // 12. Messages may come,
            WorkerKind::Dedicated { .. } => {
                if let Some(worker) = global.downcast::<DedicatedWorkerGlobalScope>() {
                    worker.start_messages();
                }
            }
            // 13. connections (their tasks wait already),
            WorkerKind::Shared { objects } => objects.forget(),
        }
        // 14. and messages from service workers.
        if global.is_secure_context() {
            ServiceWorkerContainer::of(cx, global.upcast()).enable_client_message_queue();
        }
        // 15. The event loop goes on.
    }
}

impl WorkerStart {
    /// The first task of the worker's agent: fetches the script, then runs it. There is no realm before it is there, so
    /// that the settings are known when the realm is made.
    pub(super) fn into_setup(mut self) -> Setup {
        Box::new(move |_cx, agent| {
            // 11–12. Fetch the worker's script, with the outside settings as client.
            let hosts = agent.hosts().clone();
            let on_csp_violation = self.on_csp_violation.take();
            let reservation = Reservation::new(agent, self.reservation_terms());
            let params = FetchParams {
                on_csp_violation,
                handle_fetch: Some(reservation.clone()),
                ..FetchParams::new(self.request.clone())
            };
            let fetching = hosts.network.fetch(params);
            let (tasks, pending) = (agent.task_queue().clone(), agent.pending_operation());
            hosts.spawner.spawn(Box::pin(async move {
                let script = match self.worker_type {
                    WorkerType::Classic => load_worker_script(fetching.await).await,
                    WorkerType::Module => load_module_worker_script(fetching.await).await,
                };
                tasks.post(
                    TaskSource::Networking,
                    Box::new(move |cx| {
                        let _pending = pending;
                        self.complete(cx, &Agent::of_this_thread(), script, &reservation);
                    }),
                );
            }));
        })
    }

    /// What is known of the worker's settings before its script is there.
    fn reservation_terms(&self) -> ReservationTerms {
        ReservationTerms {
            kind: match self.kind {
                WorkerKind::Dedicated { .. } => ClientKind::DedicatedWorker,
                WorkerKind::Shared { .. } => ClientKind::SharedWorker,
            },
            is_secure_context: self.outside.is_secure_context,
            is_opaque: self.outside.origin.is_opaque(),
            replaces: None,
        }
    }

    /// onComplete.
    fn complete(
        self,
        cx: &mut JSContext,
        agent: &Agent,
        script: Result<WorkerScript, NetworkError>,
        reservation: &Reservation,
    ) {
        match script {
            Ok(script) => self.run(cx, agent, &script, reservation),
            Err(error) => {
                let url = &agent.info().url;
                let message = format!("the worker's script {url} could not be loaded: {error}");
                let information =
                    ErrorInformation { message, filename: url.to_string(), ..ErrorInformation::default() };
                agent.global_is_known();
                self.kind.fail(agent, information.into_report(ErrorKind::Load));
            }
        }
    }

    /// onComplete from step 2 on, after what 5–10 and performFetch set up.
    fn run(self, cx: &mut JSContext, agent: &Agent, script: &WorkerScript, reservation: &Reservation) {
        let WorkerStart { request, worker_type, outside, name, mut kind, .. } = self;
        // 5–10. The realm, with its settings.
        let creator = Some(outside.id.clone());
        let mut settings = settings(outside, script);
        if is_http(&settings.creation_url) {
            settings = reservation.for_settings(settings);
        }
        let scope = WorkerGlobalScope::new_inherited(agent, settings, creator);
        let global: DomRoot<WorkerGlobalScope> = match &mut kind {
            WorkerKind::Dedicated { inside, link } => {
                let inside = inside.take();
                let link = link.clone();
                DomRoot::upcast(DedicatedWorkerGlobalScope::create(cx, agent, scope, name, inside, link))
            }
            WorkerKind::Shared { .. } => {
                DomRoot::upcast(SharedWorkerGlobalScope::create(cx, agent, scope, name))
            }
        };
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        // 9. It is execution ready: from now on service workers know it.
        if global.is_secure_context() {
            ServiceWorkerContainer::of(cx, global.upcast());
        }
        match worker_type {
            // 10. Run the script.
            WorkerType::Classic => {
                let classic = ClassicScript::new(&script.source, script.url.as_str());
                if let Err(error) = run_worker_script(cx, global.upcast(), &classic) {
                    // 1. It can't be parsed.
                    return kind.fail(agent, error.into_report(ErrorKind::Exception));
                }
                kind.has_run(cx, &global);
            }
            // The same, once the script's graph is there.
            WorkerType::Module => run_module_worker(cx, &global, &request, script, kind),
        }
    }
}

/// The rest of <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree>: what the
/// script imports, with the inside settings as client. Then the worker runs.
fn run_module_worker(
    cx: &mut JSContext,
    worker: &WorkerGlobalScope,
    request: &Request,
    script: &WorkerScript,
    kind: WorkerKind,
) {
    let global: &GlobalScope = worker.upcast();
    worker.set_module();
    let mut referrer = Referrer::with_default_options(script.url.clone());
    referrer.credentials = request.credentials;
    let module = create_module(cx, global, &script.source, &script.url, 1, &referrer);
    global.module_map().insert(request.url(), ModuleKind::JavaScript, &module);
    let on_complete = WorkerGraph { worker: Dom::from_ref(worker), kind: RefCell::new(Some(kind)) };
    fetch_created_graph(cx, global, &module, on_complete);
}

/// A worker whose script's graph is on its way.
#[derive(JSTraceable)]
struct WorkerGraph {
    worker: Dom<WorkerGlobalScope>,
    #[no_trace]
    kind: RefCell<Option<WorkerKind>>,
}

impl OnComplete for WorkerGraph {
    fn complete(&self, cx: &mut JSContext, global: &GlobalScope, script: ModuleScript) {
        let (worker, Some(kind)) = (self.worker.as_rooted(), self.kind.take()) else { return };
        let failed = match script {
            ModuleScript::Linked(module) => {
                module_script::run_module(cx, global, module.handle());
                return kind.has_run(cx, &worker);
            }
            ModuleScript::Error(error) => exception::extract(cx, error.handle()),
            ModuleScript::Null => ErrorInformation {
                message: "what the worker's script imports could not be loaded".into(),
                filename: global.creation_url().to_string(),
                ..ErrorInformation::default()
            },
        };
        kind.fail(&Agent::of_this_thread(), failed.into_report(ErrorKind::Exception));
    }
}

/// [Set up a worker environment settings object](https://html.spec.whatwg.org/multipage/workers.html#set-up-a-worker-environment-settings-object)
/// for a script.
fn settings(outside: OutsideSettings, script: &WorkerScript) -> EnvironmentSettings {
    let url = script.url.clone();
    // [Initialize a worker global scope's policy container](https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container):
    // 1. that of the owner where the script has none. NB: a blob: URL keeps no environment here, so that the owner's
    // stands for that of whoever made it.
    let policy_container =
        if is_local(&url) { outside.policy_container } else { policy_container_of(&script.head, &url) };
    EnvironmentSettings {
        origin: if url.scheme() == "data" { Origin::new_opaque() } else { outside.origin },
        // <https://w3c.github.io/webappsec-secure-contexts/#settings-object>, 2.1: as its owner.
        is_secure_context: outside.is_secure_context,
        ..EnvironmentSettings::new(url, policy_container)
    }
}
