//! <https://wicg.github.io/background-fetch/#background-fetch-manager>

use std::sync::Arc;

use background_fetch::concepts::{Instance, UniqueId};
use background_fetch::{NewBackgroundFetch, NewRequest};
use fetch::RequestMode;

use super::BackgroundFetchRegistration;
use super::instance_observer::InstanceObserver;
use super::reply::{reply, service};
use super::ui_options::process_icons;
use crate::bindings::dictionaries::{BackgroundFetchOptions, RequestInit};
use crate::bindings::interfaces::{BackgroundFetchManagerMethods, RequestMethods};
use crate::bindings::unions::{RequestOrUSVString, RequestOrUSVStringOrRequestOrUSVStringSequence};
use crate::dom::fetch::request::Request;
use crate::dom::service_workers::ServiceWorkerRegistration;
use crate::dom::service_workers::object_map::ObjectMap;
use crate::webidl::*;

/// <https://wicg.github.io/background-fetch/#background-fetch-manager>
#[dom_struct]
pub struct BackgroundFetchManager {
    reflector: Reflector,
    /// The object of its [service worker registration](https://wicg.github.io/background-fetch/#backgroundfetchmanager-service-worker-registration).
    registration: Dom<ServiceWorkerRegistration>,
    /// The [BackgroundFetchRegistration instances](https://wicg.github.io/background-fetch/#backgroundfetchmanager-backgroundfetchregistration-instances).
    /// NB: SD-24: of this manager, of which a realm has one per registration. NB: SD-28: what is in here lives on, with
    /// or without listeners, until its fetch is over; then script has no way to get it again.
    instances: DomRefCell<ObjectMap<UniqueId, BackgroundFetchRegistration>>,
}

impl BackgroundFetchManager {
    /// For `ServiceWorkerRegistration.backgroundFetch` alone.
    pub(crate) fn new(
        cx: &mut JSContext,
        registration: &ServiceWorkerRegistration,
    ) -> DomRoot<BackgroundFetchManager> {
        let manager = BackgroundFetchManager {
            reflector: Reflector::new(),
            registration: Dom::from_ref(registration),
            instances: DomRefCell::default(),
        };
        reflect_dom_object(cx, Box::new(manager), &registration.global())
    }

    /// [Get a BackgroundFetchRegistration instance](https://wicg.github.io/background-fetch/#get-a-backgroundfetchregistration-instance).
    pub(super) fn get_instance(
        &self,
        cx: &mut JSContext,
        instance: &Instance,
        observer: Arc<InstanceObserver>,
    ) -> DomRoot<BackgroundFetchRegistration> {
        // 1–2. There is one: it has an observer already.
        let existing = self.instances.borrow().get(&instance.unique_id);
        if let Some(object) = existing {
            return object;
        }
        // 3. A new one.
        let object = BackgroundFetchRegistration::new(cx, &self.global(), instance, observer);
        // 4. Keep it.
        if instance.records_available {
            self.instances.borrow_mut().set(instance.unique_id, &object);
        }
        // 5. Return it.
        object
    }

    /// The object for a fetch that an event tells of, which follows it from now on.
    pub(super) fn get_instance_for_event(
        &self,
        cx: &mut JSContext,
        instance: &Instance,
    ) -> DomRoot<BackgroundFetchRegistration> {
        let known = self.instances.borrow().get(&instance.unique_id);
        if let Some(object) = known {
            return object;
        }
        let global = self.global();
        let observer = InstanceObserver::new(&global, self.registration.registration());
        if let Ok(service) = service(&global) {
            let following = observer.clone();
            let reply = background_fetch::Reply::new(move |now: Result<Option<Instance>, _>| {
                // What changed between the event and this call. A fetch that is gone changes no more.
                if let Ok(Some(now)) = now {
                    background_fetch::Observer::updated(&*following, &now);
                }
            });
            service.observe(instance.unique_id, observer.downgrade(), reply);
        }
        self.get_instance(cx, instance, observer)
    }

    /// [Update background fetch instances](https://wicg.github.io/background-fetch/#update-background-fetch-instance-algorithm),
    /// 6.1–6.10.
    pub(super) fn update_instance(&self, cx: &mut JSContext, instance: &Instance) {
        // 6.1–6.2. The object, if there is one.
        let object = self.instances.borrow().get(&instance.unique_id);
        let Some(object) = object else { return };
        if !instance.records_available {
            self.instances.borrow_mut().remove(&instance.unique_id);
        }
        // 6.3–6.10.
        object.update(cx, instance);
    }

    /// [fetch()](https://wicg.github.io/background-fetch/#background-fetch-manager-fetch), steps 6.1 to 6.6, for one
    /// request.
    fn process_request(
        cx: &mut JSContext,
        global: &GlobalScope,
        input: RequestOrUSVString,
    ) -> Fallible<NewRequest> {
        // 6.1. Invoke the Request constructor.
        let request = Request::Constructor(cx, global, None, input, &RequestInit::default())?;
        // NB: SD-52.
        if request.abort_signal().aborted() {
            return Err(Error::Abort("the request's signal is aborted".into()));
        }
        let mut request = request.to_fetch_request(cx)?;
        // 6.2. Not without CORS.
        if request.mode == RequestMode::NoCors {
            return Err(Error::Type("a request's mode must not be \"no-cors\"".into()));
        }
        // 6.3. NB: SD-21: the client stays, as plain data.
        // 6.4–6.6. The record is made by the component, which reads the body.
        let body = request.body.take().map(|body| body.open()).transpose();
        let body = body.map_err(|error| Error::Type(format!("the request's body can't be read: {error}")))?;
        Ok(NewRequest { request, body })
    }
}

impl BackgroundFetchManagerMethods for BackgroundFetchManager {
    /// <https://wicg.github.io/background-fetch/#background-fetch-manager-fetch>
    fn Fetch(
        &self,
        cx: &mut JSContext,
        id: DOMString,
        requests: RequestOrUSVStringOrRequestOrUSVStringSequence,
        options: &BackgroundFetchOptions,
    ) -> Fallible<Promise> {
        // 1. The registration.
        let global = self.global();
        let service = service(&global)?;
        // 4. One request is a list of one.
        let requests = match requests {
            RequestOrUSVStringOrRequestOrUSVStringSequence::Request(request) => {
                vec![RequestOrUSVString::Request(request)]
            }
            RequestOrUSVStringOrRequestOrUSVStringSequence::USVString(url) => {
                vec![RequestOrUSVString::USVString(url)]
            }
            RequestOrUSVStringOrRequestOrUSVStringSequence::RequestOrUSVStringSequence(requests) => requests,
        };
        // NB: SD-51: no empty id.
        if id.is_empty() {
            return Err(Error::Type("the id must not be empty".into()));
        }
        // 5. At least one.
        if requests.is_empty() {
            return Err(Error::Type("at least one request is needed".into()));
        }
        // 8.4. NB: as the page sees it; the component looks again when it is this call's turn.
        if !self.registration.has_active_worker() {
            return Err(Error::Type("the service worker registration has no active worker".into()));
        }
        // NB: SD-53: before anything takes a request's body away.
        let icons = process_icons(&global, options.parent.icons.as_deref().unwrap_or_default())?;
        // 2, 6. Their internal requests.
        let requests = requests
            .into_iter()
            .map(|request| BackgroundFetchManager::process_request(cx, &global, request))
            .collect::<Fallible<Vec<_>>>()?;
        // 7. A promise.
        let promise = Promise::new(cx, &global);
        // 8. The component's; 8.12: the answer queues the task that resolves the promise.
        let fetch = NewBackgroundFetch {
            registration: self.registration.key().clone(),
            id: id.into(),
            requests,
            title: options.parent.title.clone().map(String::from).unwrap_or_default(),
            icons,
            download_total: options.download_total,
        };
        let observer = InstanceObserver::new(&global, self.registration.registration());
        let (this, following) = (Trusted::new(self), observer.downgrade());
        let reply = reply(&global, &promise, move |cx, _global, promise, instance: Instance| {
            let object = this.root().get_instance(cx, &instance, observer);
            promise.resolve(cx, &object);
        });
        service.fetch(fetch, following, reply);
        // 9. Return it.
        Ok(promise)
    }

    /// <https://wicg.github.io/background-fetch/#background-fetch-manager-get>
    fn Get(&self, cx: &mut JSContext, id: DOMString) -> Fallible<Promise> {
        let global = self.global();
        let service = service(&global)?;
        // NB: SD-51.
        if id.is_empty() {
            return Err(Error::Type("the id must not be empty".into()));
        }
        let promise = Promise::new(cx, &global);
        let observer = InstanceObserver::new(&global, self.registration.registration());
        let (this, following) = (Trusted::new(self), observer.downgrade());
        let reply = reply(&global, &promise, move |cx, _global, promise, instance: Option<Instance>| {
            match instance {
                // 3. NB: SD-54.
                None => promise.resolve_value(cx, HandleValue::undefined()),
                // 4.1.1–4.1.2. Updates come after this task, so that the object misses none.
                Some(instance) => {
                    let object = this.root().get_instance(cx, &instance, observer);
                    promise.resolve(cx, &object);
                }
            }
        });
        // 1–2. Look for it.
        service.get(self.registration.key().clone(), id.into(), following, reply);
        Ok(promise)
    }

    /// <https://wicg.github.io/background-fetch/#background-fetch-manager-get-ids>
    fn GetIds(&self, cx: &mut JSContext) -> Fallible<Promise> {
        let global = self.global();
        let service = service(&global)?;
        let promise = Promise::new(cx, &global);
        let reply = reply(&global, &promise, |cx, _global, promise, ids: Vec<String>| {
            // 2. The keys, in order of registration (NB: SD-57).
            let ids = ids.into_iter().map(DOMString::from).collect::<Vec<_>>();
            promise.resolve(cx, &ids);
        });
        // 1. The registration.
        service.get_ids(self.registration.key().clone(), reply);
        Ok(promise)
    }
}
