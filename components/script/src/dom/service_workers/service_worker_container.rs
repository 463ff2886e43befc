//! <https://w3c.github.io/ServiceWorker/#serviceworkercontainer-interface>

use service_worker::{
    Environment, RegisterOptions, RegistrationId, RegistrationInfo, Reply, UpdateViaCache, WorkerId,
    WorkerInfo, WorkerType,
};
use url::Url;

use super::client_messages::ClientMessageQueue;
use super::environment;
use super::object_map::ObjectMap;
use super::service_worker_client::ServiceWorkerClient;
use super::service_worker_registration::resolve_with_registration;
use super::{ServiceWorker, ServiceWorkerRegistration};
use crate::bindings::dictionaries::RegistrationOptions;
use crate::bindings::enums::{ServiceWorkerUpdateViaCache, WorkerType as WorkerTypeEnum};
use crate::bindings::interfaces::ServiceWorkerContainerMethods;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#serviceworkercontainer-interface>
///
/// There is one per global object, so it also holds the two object maps of the global's environment settings object.
#[dom_struct]
pub struct ServiceWorkerContainer {
    event_target: EventTarget,
    /// The global as a client, unless it is a service worker's own. Ends with the realm.
    #[no_trace]
    client: DomRefCell<Option<ServiceWorkerClient>>,
    /// The client's [active service worker](https://html.spec.whatwg.org/multipage/webappapis.html#concept-environment-active-service-worker).
    #[no_trace]
    controller: DomRefCell<Option<WorkerInfo>>,
    /// <https://w3c.github.io/ServiceWorker/#serviceworkercontainer-ready-promise>
    ready_promise: DomRefCell<Option<HeapPromise>>,
    /// <https://w3c.github.io/ServiceWorker/#dfn-client-message-queue>
    #[no_trace]
    pub(super) client_message_queue: ClientMessageQueue,
    /// <https://w3c.github.io/ServiceWorker/#environment-settings-object-service-worker-object-map>
    service_worker_objects: DomRefCell<ObjectMap<WorkerId, ServiceWorker>>,
    /// <https://w3c.github.io/ServiceWorker/#environment-settings-object-service-worker-registration-object-map>
    registration_objects: DomRefCell<ObjectMap<RegistrationId, ServiceWorkerRegistration>>,
}

impl ServiceWorkerContainer {
    fn new_inherited(
        client: Option<ServiceWorkerClient>,
        controller: Option<WorkerInfo>,
    ) -> ServiceWorkerContainer {
        ServiceWorkerContainer {
            event_target: EventTarget::new_inherited(),
            client: DomRefCell::new(client),
            controller: DomRefCell::new(controller),
            ready_promise: DomRefCell::default(),
            client_message_queue: ClientMessageQueue::default(),
            service_worker_objects: DomRefCell::default(),
            registration_objects: DomRefCell::default(),
        }
    }

    /// The container of a global object: its `navigator.serviceWorker`.
    pub(crate) fn of(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<ServiceWorkerContainer> {
        global.service_worker_container().or_init(|| {
            let (client, controller) = ServiceWorkerClient::create(global).unzip();
            let container = ServiceWorkerContainer::new_inherited(client, controller.flatten());
            reflect_dom_object(cx, Box::new(container), global)
        })
    }

    /// The global is another client from now on: its document is another one.
    pub(crate) fn renew_client(&self) {
        self.forget_client();
        let (client, controller) = ServiceWorkerClient::create(&self.global()).unzip();
        self.client.set(client);
        self.controller.set(controller.flatten());
    }

    /// The global is no client any more.
    pub(crate) fn forget_client(&self) {
        let client = self.client.borrow_mut().take();
        drop(client);
        self.controller.set(None);
    }

    /// [Get the service worker object](https://w3c.github.io/ServiceWorker/#get-the-service-worker-object).
    pub(crate) fn service_worker_object(
        &self,
        cx: &mut JSContext,
        worker: &WorkerInfo,
    ) -> DomRoot<ServiceWorker> {
        // 1–2. If there is none, make it.
        let existing = self.service_worker_objects.borrow().get(&worker.id);
        if let Some(object) = existing {
            return object;
        }
        let object = ServiceWorker::new(cx, &self.global(), worker);
        self.service_worker_objects.borrow_mut().set(worker.id, &object);
        // 3. Return it.
        object
    }

    /// The service worker object, if there is one.
    pub(super) fn existing_service_worker_object(&self, worker: WorkerId) -> Option<DomRoot<ServiceWorker>> {
        self.service_worker_objects.borrow().get(&worker)
    }

    /// [Get the service worker registration object](https://w3c.github.io/ServiceWorker/#get-the-service-worker-registration-object).
    pub(crate) fn registration_object(
        &self,
        cx: &mut JSContext,
        registration: &RegistrationInfo,
    ) -> DomRoot<ServiceWorkerRegistration> {
        // 1–2. If there is none,
        if let Some(object) = self.existing_registration_object(registration.id) {
            return object;
        }
        // 2.1–2.5. make it,
        let object = ServiceWorkerRegistration::new(cx, &self.global(), registration);
        // 2.6–2.8. with its workers,
        self.set_workers(
            cx,
            &object,
            registration.installing.as_ref(),
            registration.waiting.as_ref(),
            registration.active.as_ref(),
        );
        // 2.9. and keep it.
        self.registration_objects.borrow_mut().set(registration.id, &object);
        // 3. Return it.
        object
    }

    /// The service worker registration object, if there is one.
    pub(crate) fn existing_registration_object(
        &self,
        registration: RegistrationId,
    ) -> Option<DomRoot<ServiceWorkerRegistration>> {
        self.registration_objects.borrow().get(&registration)
    }

    /// Makes `installing`, `waiting` and `active` of a registration object show these workers.
    pub(super) fn set_workers(
        &self,
        cx: &mut JSContext,
        object: &ServiceWorkerRegistration,
        installing: Option<&WorkerInfo>,
        waiting: Option<&WorkerInfo>,
        active: Option<&WorkerInfo>,
    ) {
        let installing = installing.map(|worker| self.service_worker_object(cx, worker));
        let waiting = waiting.map(|worker| self.service_worker_object(cx, worker));
        let active = active.map(|worker| self.service_worker_object(cx, worker));
        object.set_workers(installing.as_deref(), waiting.as_deref(), active.as_deref());
    }

    /// [Notify Controller Change](https://w3c.github.io/ServiceWorker/#notify-controller-change-algorithm).
    pub(super) fn change_controller(&self, cx: &mut JSContext, controller: Option<WorkerInfo>) {
        self.controller.set(controller);
        self.upcast::<EventTarget>().fire_event(cx, "controllerchange");
    }

    /// [Activate](https://w3c.github.io/ServiceWorker/#activation-algorithm), step 7: the registration that matches
    /// this client has an active worker.
    pub(super) fn resolve_ready_promise(&self, cx: &mut JSContext, registration: &RegistrationInfo) {
        // 7.1–7.2. Nobody has asked.
        let promise = self.ready_promise.borrow().as_ref().map(HeapPromise::root);
        let Some(promise) = promise else { return };
        // 7.3. If it is pending, resolve it.
        if !promise.is_settled() {
            let object = self.registration_object(cx, registration);
            promise.resolve(cx, &object);
        }
    }

    /// Asks for the registration that the ready promise resolves with now.
    fn ask_for_ready(&self) {
        let global = self.global();
        let Some(service_workers) = environment::service_workers(&global) else { return };
        let tasks = global.task_sender();
        let reply = Reply::new(move |answer: Result<Option<RegistrationInfo>, _>| {
            // The promise never rejects: where there is no answer, it stays pending.
            let Some(registration) = answer.ok().flatten().filter(|found| found.active.is_some()) else {
                return;
            };
            tasks.post(
                TaskSource::DomManipulation,
                Box::new(move |cx, global| {
                    ServiceWorkerContainer::of(cx, global).resolve_ready_promise(cx, &registration);
                }),
            );
        });
        match (environment::client_id(&global), global.storage_key()) {
            (Some(client), _) => service_workers.ready(client, reply),
            // NB: a service worker is no client, so the manager does not tell it later.
            (None, Some(storage_key)) => {
                service_workers.match_registration(storage_key, global.creation_url(), reply);
            }
            (None, None) => {}
        }
    }
}

impl ServiceWorkerContainerMethods for ServiceWorkerContainer {
    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-controller>
    fn GetController(&self, cx: &mut JSContext) -> Option<DomRoot<ServiceWorker>> {
        // 1–2. The client's active service worker, if it has one.
        let controller = self.controller.borrow().clone()?;
        // 3. Its object.
        Some(self.service_worker_object(cx, &controller))
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-ready>
    fn Ready(&self, cx: &mut JSContext) -> Promise {
        let existing = self.ready_promise.borrow().as_ref().map(HeapPromise::root);
        if let Some(promise) = existing {
            // 2–4. NB: while it is pending nothing needs to be asked again: the manager says when it is time.
            return promise;
        }
        // 1. A new promise.
        let promise = Promise::new(cx, &self.global());
        self.ready_promise.set(Some(promise.to_heap()));
        // 3. Is there a registration with an active worker?
        self.ask_for_ready();
        // 4. Return it.
        promise
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-register>
    fn Register(
        &self,
        cx: &mut JSContext,
        script_url: USVString,
        options: &RegistrationOptions,
    ) -> Fallible<Promise> {
        // FIXME(spec): step 2, trusted types.
        // 3. The client.
        let global = self.global();
        let (environment, service_workers) = environment::required(&global)?;
        let Environment::Client(client) = environment else {
            // FIXME(spec): a service worker may register another one.
            return Err(Error::NotSupported("a service worker can't register another one".into()));
        };
        // 4. Parse the script's URL. (Start Register rejects with a TypeError where that failed, and so here.)
        let script_url = parse(&global, &script_url)?;
        // 5–6. The scope's, if there is one.
        let scope_url = options.scope.as_ref().map(|scope| parse(&global, scope)).transpose()?;
        // 1. A promise.
        let promise = Promise::new(cx, &global);
        // 7. Start Register.
        let options = RegisterOptions {
            script_url,
            scope_url,
            worker_type: match options.type_ {
                WorkerTypeEnum::Classic => WorkerType::Classic,
                WorkerTypeEnum::Module => WorkerType::Module,
            },
            update_via_cache: match options.update_via_cache {
                ServiceWorkerUpdateViaCache::Imports => UpdateViaCache::Imports,
                ServiceWorkerUpdateViaCache::All => UpdateViaCache::All,
                ServiceWorkerUpdateViaCache::None => UpdateViaCache::None,
            },
        };
        service_workers.register(client, options, resolve_with_registration(&global, &promise));
        // 8. Return it.
        Ok(promise)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-getregistration>
    fn GetRegistration(&self, cx: &mut JSContext, client_url: USVString) -> Fallible<Promise> {
        // 1–2. The client and its storage key.
        let global = self.global();
        let (storage_key, service_workers) = environment::storage_key_and_manager(&global)?;
        // 3–4. Parse the URL.
        let mut client_url = parse(&global, &client_url)?;
        // 5. Without its fragment.
        client_url.set_fragment(None);
        // 6. It has to be of the client's origin.
        if !global.origin().is_origin_of(&client_url) {
            return Err(Error::Security(format!("{client_url} is of another origin")));
        }
        // 7. A promise.
        let promise = Promise::new(cx, &global);
        // 8. Match it.
        let reply =
            environment::reply(&global, &promise, |cx, global, promise, found: Option<RegistrationInfo>| {
                match found {
                    // 8.2.1. None: undefined.
                    None => promise.resolve_value(cx, HandleValue::undefined()),
                    // 8.2.2. Its object.
                    Some(registration) => {
                        let container = ServiceWorkerContainer::of(cx, global);
                        let object = container.registration_object(cx, &registration);
                        promise.resolve(cx, &object);
                    }
                }
            });
        service_workers.match_registration(storage_key, client_url, reply);
        // 9. Return it.
        Ok(promise)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-getregistrations>
    fn GetRegistrations(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 1–2. The client and its storage key.
        let global = self.global();
        let (storage_key, service_workers) = environment::storage_key_and_manager(&global)?;
        // 3. A promise.
        let promise = Promise::new(cx, &global);
        // 4. All of the storage key.
        let reply =
            environment::reply(&global, &promise, |cx, global, promise, found: Vec<RegistrationInfo>| {
                // 4.3.1–4.3.2. Their objects.
                let container = ServiceWorkerContainer::of(cx, global);
                let objects = found
                    .iter()
                    .map(|registration| container.registration_object(cx, registration))
                    .collect::<Vec<_>>();
                // 4.3.3. A frozen array of them.
                environment::resolve_with_frozen_array(cx, promise, &objects);
            });
        service_workers.registrations(storage_key, reply);
        // 5. Return it.
        Ok(promise)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-startmessages>
    fn StartMessages(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.enable_client_message_queue();
        Ok(())
    }
}

/// Parses a URL relative to the global's API base URL.
pub(super) fn parse(global: &GlobalScope, url: &str) -> Fallible<Url> {
    global.parse_url(url).map_err(|error| Error::Type(format!("{url:?} is not a URL: {error}")))
}
