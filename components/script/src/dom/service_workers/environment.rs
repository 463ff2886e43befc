//! What the service worker manager knows of a global object's environment settings object, and how it answers.

use fetch::StorageKey;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use service_worker::{ClientId, Environment, Handle, Reply};

use super::ServiceWorkerGlobalScope;
use super::service_worker_registration::dom_error;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The manager, if this engine has one.
pub(super) fn service_workers(global: &GlobalScope) -> Option<Handle> {
    global.services().map(|services| services.service_workers.clone())
}

/// The environment's name.
pub(super) fn of(global: &GlobalScope) -> Option<Environment> {
    match global.downcast::<ServiceWorkerGlobalScope>() {
        Some(worker) => Some(Environment::Worker(worker.worker())),
        None => client_id(global).map(Environment::Client),
    }
}

/// The name of a [service worker client](https://w3c.github.io/ServiceWorker/#dfn-service-worker-client); a service
/// worker's own global is none.
pub(super) fn client_id(global: &GlobalScope) -> Option<ClientId> {
    (!global.is::<ServiceWorkerGlobalScope>()).then(|| ClientId::from(global.environment_id().as_str()))
}

/// Both, for algorithms that need them.
pub(super) fn required(global: &GlobalScope) -> Fallible<(Environment, Handle)> {
    match (of(global), service_workers(global)) {
        (Some(environment), Some(service_workers)) => Ok((environment, service_workers)),
        _ => Err(Error::NotSupported("there are no service workers here".into())),
    }
}

/// The storage key and the manager, for algorithms that look for registrations.
pub(super) fn storage_key_and_manager(global: &GlobalScope) -> Fallible<(StorageKey, Handle)> {
    let Some(service_workers) = service_workers(global) else {
        return Err(Error::NotSupported("there are no service workers here".into()));
    };
    match global.storage_key() {
        Some(storage_key) => Ok((storage_key, service_workers)),
        None => Err(Error::Security("an opaque origin has no service workers".into())),
    }
}

/// Resolves `promise` with a frozen array of `objects`, made in its realm.
pub(super) fn resolve_with_frozen_array<T: DomObject>(
    cx: &mut JSContext,
    promise: &Promise,
    objects: &[DomRoot<T>],
) {
    let mut realm = enter_realm(cx, promise.promise_object());
    let cx: &mut JSContext = &mut realm;
    rooted!(&in(cx) let mut array = UndefinedValue());
    to_frozen_array(cx, objects, array.handle_mut());
    promise.resolve_value(cx, array.handle());
}

/// An answer that settles `promise` in a task: by `resolve`, or with the manager's error.
///
/// The task is in the realm's own queue, on the source that all notifications of the manager use too, so that script
/// sees things in the manager's order.
pub(super) fn reply<T: Send + 'static>(
    global: &GlobalScope,
    promise: &Promise,
    resolve: fn(&mut JSContext, &GlobalScope, &Promise, T),
) -> Reply<T> {
    let promise = TrustedPromise::new(promise);
    let tasks = global.task_sender();
    Reply::new(move |answer| {
        tasks.post(
            TaskSource::DomManipulation,
            Box::new(move |cx, global| {
                let promise = promise.root();
                match answer {
                    Ok(value) => resolve(cx, global, &promise, value),
                    Err(error) => promise.reject(cx, dom_error(error)),
                }
            }),
        );
    })
}
