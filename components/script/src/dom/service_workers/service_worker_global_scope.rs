//! <https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-interface>

use service_worker::host::StartWorker;
use service_worker::{RegistrationInfo, WorkerId, WorkerInfo};

use super::{
    Clients, ExtendableEvent, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration, environment,
};
use crate::bindings::interfaces::ServiceWorkerGlobalScopeMethods;
use crate::dom::html::global_scope::EnvironmentSettings;
use crate::dom::html::global_scope::realm_options;
use crate::dom::html::workers::worker_global_scope::WorkerGlobalScope;
use crate::runtime::agent::Agent;
use crate::services::AgentLifetime;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-interface>
#[dom_struct]
pub struct ServiceWorkerGlobalScope {
    worker_global_scope: WorkerGlobalScope,
    /// The [service worker](https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-service-worker) as it was when
    /// this run of it started.
    #[no_trace]
    worker: WorkerInfo,
    /// Its containing registration, at that moment.
    #[no_trace]
    registration: RegistrationInfo,
    clients: MutNullableDom<Clients>,
    /// Whether the worker may open or focus one window.
    window_interaction: Cell<bool>,
    /// The [set of extended events](https://w3c.github.io/ServiceWorker/#dfn-set-of-extended-events): what keeps an
    /// event alive while it is active.
    extended_events: DomRefCell<Vec<Dom<ExtendableEvent>>>,
    /// Says when the agent ends.
    #[no_trace]
    _lifetime: AgentLifetime,
}

crate::castable!(ServiceWorkerGlobalScope => GlobalScope;);

impl ServiceWorkerGlobalScope {
    /// [Setup ServiceWorkerGlobalScope](https://w3c.github.io/ServiceWorker/#setup-serviceworkerglobalscope-algorithm):
    /// the global of one run of a worker, which is its agent's from now on.
    pub(super) fn create(
        cx: &mut JSContext,
        agent: &Agent,
        params: StartWorker,
        lifetime: AgentLifetime,
    ) -> DomRoot<ServiceWorkerGlobalScope> {
        // 7.2–7.3. The settings object. Its origin is that of the registering client, which is the script's.
        let settings = EnvironmentSettings::new(params.worker.script_url.clone(), params.policy_container);
        let secure = settings.is_secure_context;
        // FIXME(spec): 7.8, CSP initialization, which only reports.
        let global = ServiceWorkerGlobalScope {
            worker_global_scope: WorkerGlobalScope::new_inherited(agent, settings, None),
            worker: params.worker,
            registration: params.registration,
            clients: MutNullableDom::default(),
            window_interaction: Cell::new(false),
            extended_events: DomRefCell::default(),
            _lifetime: lifetime,
        };
        // 7.1. The realm.
        let global = create_global(cx, Box::new(global), &realm_options(), secure);
        agent.set_global_object(global.reflector().get_jsobject().get());
        global
    }

    /// Which service worker this is the global of.
    pub(crate) fn worker(&self) -> WorkerId {
        self.worker.id
    }

    /// The object for the worker's registration. There is one before any notification can come, so that it shows all
    /// that happens.
    pub(crate) fn registration_object(&self, cx: &mut JSContext) -> DomRoot<ServiceWorkerRegistration> {
        ServiceWorkerContainer::of(cx, self.upcast()).registration_object(cx, &self.registration)
    }

    /// The object for the worker itself; likewise.
    pub(super) fn worker_object(&self, cx: &mut JSContext) -> DomRoot<ServiceWorker> {
        ServiceWorkerContainer::of(cx, self.upcast()).service_worker_object(cx, &self.worker)
    }

    /// A person did something that the worker is being told of.
    pub(crate) fn allow_window_interaction(&self) {
        self.window_interaction.set(true);
    }

    /// Whether the worker may open or focus a window now: once for each interaction.
    pub(super) fn take_window_interaction(&self) -> bool {
        self.window_interaction.replace(false)
    }

    pub(super) fn add_extended_event(&self, event: &ExtendableEvent) {
        self.extended_events.borrow_mut().push(Dom::from_ref(event));
    }

    pub(super) fn remove_extended_event(&self, event: &ExtendableEvent) {
        self.extended_events.borrow_mut().retain(|other| *other != event);
    }
}

impl ServiceWorkerGlobalScopeMethods for ServiceWorkerGlobalScope {
    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-clients>
    fn Clients(&self, cx: &mut JSContext) -> DomRoot<Clients> {
        self.clients.or_init(|| Clients::new(cx, self.upcast()))
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-registration>
    fn Registration(&self, cx: &mut JSContext) -> DomRoot<ServiceWorkerRegistration> {
        self.registration_object(cx)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-serviceworker>
    fn ServiceWorker(&self, cx: &mut JSContext) -> DomRoot<ServiceWorker> {
        self.worker_object(cx)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-skipwaiting>
    fn SkipWaiting(&self, cx: &mut JSContext) -> Fallible<Promise> {
        let global = self.upcast::<GlobalScope>();
        let (_, service_workers) = environment::required(global)?;
        // 1. A promise.
        let promise = Promise::new(cx, global);
        // 2. The manager's.
        let reply = environment::reply(global, &promise, |cx, _global, promise, ()| {
            promise.resolve_value(cx, HandleValue::undefined());
        });
        service_workers.skip_waiting(self.worker.id, reply);
        // 3. Return it.
        Ok(promise)
    }
}
