//! What the component `background_fetch` asks of an engine, as far as this engine answers it itself.

use std::sync::{Arc, OnceLock};

use background_fetch::concepts::RegistrationKey;
use background_fetch::host::{
    DeliveryError, EventDelivery, FunctionalEvent, PermissionQuery, PermissionState, Permissions,
};
use fetch::BoxFuture;
use service_worker::host::RegistrationObserver;
use service_worker::{EventOutcome, Payload, RegistrationInfo, Reply};

use crate::embedder::{self, PermissionSource};

/// Permissions, as the embedder decides them.
pub(super) struct PermissionsOfEmbedder {
    source: Arc<dyn PermissionSource>,
}

impl PermissionsOfEmbedder {
    pub(super) fn new(source: Arc<dyn PermissionSource>) -> Self {
        PermissionsOfEmbedder { source }
    }
}

impl Permissions for PermissionsOfEmbedder {
    fn state(&self, query: PermissionQuery) -> BoxFuture<'static, PermissionState> {
        let state = self.source.state("background-fetch", query.registration.storage_key.origin());
        let state = match state {
            embedder::PermissionState::Granted => PermissionState::Granted,
            embedder::PermissionState::Denied => PermissionState::Denied,
            embedder::PermissionState::Prompt => PermissionState::Prompt,
        };
        Box::pin(std::future::ready(state))
    }
}

/// Events, taken to workers by the service worker manager.
pub(super) struct EventsByServiceWorkers {
    service_workers: service_worker::Handle,
}

impl EventsByServiceWorkers {
    pub(super) fn new(service_workers: service_worker::Handle) -> Self {
        EventsByServiceWorkers { service_workers }
    }
}

impl EventDelivery for EventsByServiceWorkers {
    fn has_active_worker(&self, registration: RegistrationKey) -> BoxFuture<'static, bool> {
        let service_workers = self.service_workers.clone();
        Box::pin(async move {
            let registration = find(&service_workers, &registration).await;
            registration.is_ok_and(|found| found.is_some_and(|registration| registration.active.is_some()))
        })
    }

    fn is_unregistered(&self, registration: RegistrationKey) -> BoxFuture<'static, bool> {
        let service_workers = self.service_workers.clone();
        Box::pin(async move { matches!(find(&service_workers, &registration).await, Ok(None)) })
    }

    /// <https://w3c.github.io/ServiceWorker/#fire-functional-event-algorithm>
    fn deliver(&self, event: FunctionalEvent) -> BoxFuture<'static, Result<(), DeliveryError>> {
        let service_workers = self.service_workers.clone();
        Box::pin(async move {
            let registration =
                find(&service_workers, &event.registration).await?.ok_or(DeliveryError::Unregistered)?;
            let event =
                service_worker::FunctionalEvent { name: event.kind.as_str(), init: Payload::new(event) };
            let (reply, outcome) = Reply::channel();
            service_workers.fire_functional_event(registration.id, event, reply);
            match outcome.await {
                // An event that nobody listens for, or whose promises reject, was handled.
                Ok(EventOutcome::Handled | EventOutcome::Skipped | EventOutcome::Failed(_)) => Ok(()),
                Ok(EventOutcome::TimedOut) => Err(DeliveryError::TimedOut),
                Ok(EventOutcome::Terminated) => Err(DeliveryError::WorkerGone("its agent ended".into())),
                Ok(EventOutcome::StartFailed(reason)) => Err(DeliveryError::NotStarted(reason)),
                // A registration that is replaced or unregistered while its event is on the way. The next attempt
                // finds what there is then.
                Ok(EventOutcome::NoActiveWorker) => {
                    Err(DeliveryError::NotStarted("the registration has no active worker".into()))
                }
                Err(error) => Err(DeliveryError::NotStarted(error.to_string())),
            }
        })
    }
}

async fn find(
    service_workers: &service_worker::Handle,
    key: &RegistrationKey,
) -> Result<Option<RegistrationInfo>, DeliveryError> {
    let (reply, registration) = Reply::channel();
    service_workers.get_registration(key.storage_key.clone(), key.scope.clone(), reply);
    registration.await.map_err(|error| DeliveryError::Unavailable(error.to_string()))
}

/// Tells background fetches of registrations that are gone.
#[derive(Default)]
pub(super) struct RegistrationWatch {
    background_fetch: OnceLock<background_fetch::Handle>,
}

impl RegistrationWatch {
    /// Names whom to tell; once.
    pub(super) fn set_background_fetch(&self, background_fetch: background_fetch::Handle) {
        let _ = self.background_fetch.set(background_fetch);
    }
}

impl RegistrationObserver for RegistrationWatch {
    fn registration_removed(&self, registration: &RegistrationInfo) {
        let Some(background_fetch) = self.background_fetch.get() else { return };
        let key = RegistrationKey {
            storage_key: registration.storage_key.clone(),
            scope: registration.scope.clone(),
        };
        background_fetch.registration_removed(key, background_fetch::Reply::ignore());
    }
}
