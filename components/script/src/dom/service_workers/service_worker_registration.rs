//! <https://w3c.github.io/ServiceWorker/#serviceworkerregistration-interface>

use std::cell::Cell;

use background_fetch::concepts::RegistrationKey;
use service_worker::{Error as ServiceWorkerError, RegistrationId, RegistrationInfo, Reply, UpdateViaCache};

use super::environment;
use super::{ServiceWorker, ServiceWorkerContainer};
use crate::bindings::enums::ServiceWorkerUpdateViaCache;
use crate::bindings::interfaces::ServiceWorkerRegistrationMethods;
use crate::dom::background_fetch::BackgroundFetchManager;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#serviceworkerregistration-interface>
#[dom_struct]
pub struct ServiceWorkerRegistration {
    event_target: EventTarget,
    /// The [service worker registration](https://w3c.github.io/ServiceWorker/#dfn-service-worker-registration) that
    /// this stands for.
    #[no_trace]
    registration: RegistrationId,
    /// By what Background Fetch knows it.
    #[no_trace]
    key: RegistrationKey,
    #[no_trace]
    update_via_cache: Cell<UpdateViaCache>,
    installing: MutNullableDom<ServiceWorker>,
    waiting: MutNullableDom<ServiceWorker>,
    active: MutNullableDom<ServiceWorker>,
    background_fetch: MutNullableDom<BackgroundFetchManager>,
}

impl ServiceWorkerRegistration {
    fn new_inherited(registration: &RegistrationInfo) -> ServiceWorkerRegistration {
        ServiceWorkerRegistration {
            event_target: EventTarget::new_inherited(),
            registration: registration.id,
            key: RegistrationKey {
                storage_key: registration.storage_key.clone(),
                scope: registration.scope.clone(),
            },
            update_via_cache: Cell::new(registration.update_via_cache),
            installing: MutNullableDom::default(),
            waiting: MutNullableDom::default(),
            active: MutNullableDom::default(),
            background_fetch: MutNullableDom::default(),
        }
    }

    /// For [`ServiceWorkerContainer::registration_object`] alone: there is one per registration and realm.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        registration: &RegistrationInfo,
    ) -> DomRoot<ServiceWorkerRegistration> {
        reflect_dom_object(cx, Box::new(ServiceWorkerRegistration::new_inherited(registration)), global)
    }

    /// Which registration this stands for.
    pub(crate) fn registration(&self) -> RegistrationId {
        self.registration
    }

    /// By what Background Fetch knows it.
    pub(crate) fn key(&self) -> &RegistrationKey {
        &self.key
    }

    /// Whether `active` shows a worker.
    pub(crate) fn has_active_worker(&self) -> bool {
        !self.active.is_none()
    }

    /// The registration's workers, as the manager says.
    pub(super) fn set_workers(
        &self,
        installing: Option<&ServiceWorker>,
        waiting: Option<&ServiceWorker>,
        active: Option<&ServiceWorker>,
    ) {
        self.installing.set(installing);
        self.waiting.set(waiting);
        self.active.set(active);
    }

    /// The registration's update via cache mode, as the manager says.
    pub(super) fn set_update_via_cache(&self, mode: UpdateViaCache) {
        self.update_via_cache.set(mode);
    }

    /// The background fetch manager, if script has asked for it.
    pub(crate) fn existing_background_fetch_manager(&self) -> Option<DomRoot<BackgroundFetchManager>> {
        self.background_fetch.get()
    }
}

impl ServiceWorkerRegistrationMethods for ServiceWorkerRegistration {
    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-installing>
    fn GetInstalling(&self, _cx: &mut JSContext) -> Option<DomRoot<ServiceWorker>> {
        self.installing.get()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-waiting>
    fn GetWaiting(&self, _cx: &mut JSContext) -> Option<DomRoot<ServiceWorker>> {
        self.waiting.get()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-active>
    fn GetActive(&self, _cx: &mut JSContext) -> Option<DomRoot<ServiceWorker>> {
        self.active.get()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-scope>
    fn Scope(&self) -> USVString {
        USVString::from(self.key.scope.as_str())
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-updateviacache>
    fn UpdateViaCache(&self) -> ServiceWorkerUpdateViaCache {
        match self.update_via_cache.get() {
            UpdateViaCache::Imports => ServiceWorkerUpdateViaCache::Imports,
            UpdateViaCache::All => ServiceWorkerUpdateViaCache::All,
            UpdateViaCache::None => ServiceWorkerUpdateViaCache::None,
        }
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-update>
    fn Update(&self, cx: &mut JSContext) -> Fallible<Promise> {
        let global = self.global();
        let (environment, service_workers) = environment::required(&global)?;
        // 1–4, 6–8 are the manager's: it knows the newest worker and the states of all.
        // 5. A promise.
        let promise = Promise::new(cx, &global);
        let reply = resolve_with_registration(&global, &promise);
        service_workers.update(environment, self.registration, reply);
        // 9. Return it.
        Ok(promise)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-unregister>
    fn Unregister(&self, cx: &mut JSContext) -> Fallible<Promise> {
        let global = self.global();
        let (environment, service_workers) = environment::required(&global)?;
        // 2. A promise.
        let promise = Promise::new(cx, &global);
        let reply = environment::reply(&global, &promise, |cx, _global, promise, unregistered: bool| {
            promise.resolve(cx, &unregistered);
        });
        // 1, 3–4. The manager makes the job and schedules it.
        service_workers.unregister(environment, self.registration, reply);
        // 5. Return it.
        Ok(promise)
    }

    /// <https://wicg.github.io/background-fetch/#dom-serviceworkerregistration-backgroundfetch>
    fn BackgroundFetch(&self, cx: &mut JSContext) -> DomRoot<BackgroundFetchManager> {
        self.background_fetch.or_init(|| BackgroundFetchManager::new(cx, self))
    }
}

/// [Resolve Job Promise](https://w3c.github.io/ServiceWorker/#resolve-job-promise-algorithm) with a registration,
/// step 1.
pub(super) fn resolve_with_registration(global: &GlobalScope, promise: &Promise) -> Reply<RegistrationInfo> {
    environment::reply(global, promise, |cx, global, promise, registration: RegistrationInfo| {
        let container = ServiceWorkerContainer::of(cx, global);
        let object = container.registration_object(cx, &registration);
        promise.resolve(cx, &object);
    })
}

/// What a page sees of an error of the manager's.
pub(super) fn dom_error(error: ServiceWorkerError) -> Error {
    use service_worker::StoreErrorKind;
    match error {
        ServiceWorkerError::Type(message) => Error::Type(message),
        ServiceWorkerError::Security(message) => Error::Security(message),
        ServiceWorkerError::InvalidState(message) => Error::InvalidState(message),
        ServiceWorkerError::Store(error) if error.kind == StoreErrorKind::Full => {
            Error::QuotaExceeded { message: error.message, quota: None, requested: None }
        }
        ServiceWorkerError::Store(error) => Error::Abort(error.message),
        error @ ServiceWorkerError::ShutDown => Error::Abort(error.to_string()),
    }
}
