//! Events for service workers.

use futures::future::BoxFuture;

use crate::concepts::{Instance, RegistrationKey};

/// Takes [functional events](https://w3c.github.io/ServiceWorker/#fire-functional-event) to a registration's
/// active worker, which is started where it isn't running.
pub trait EventDelivery: Send + Sync {
    /// Whether the registration exists and has an active worker.
    fn has_active_worker(&self, registration: RegistrationKey) -> BoxFuture<'static, bool>;

    /// Whether it is certain that there is no such registration any more. Asked at the start for every registration with
    /// stored fetches: the process may have died after it was removed and before
    /// [`Handle::registration_removed`](crate::Handle::registration_removed) had its effect. A host for which the two are
    /// one transaction need not answer.
    fn is_unregistered(&self, registration: RegistrationKey) -> BoxFuture<'static, bool> {
        let _ = registration;
        Box::pin(std::future::ready(false))
    }

    /// Fires an event and resolves when it is no longer
    /// [active](https://w3c.github.io/ServiceWorker/#extendableevent-active): dispatched, and every lifetime
    /// promise settled. A handler that throws, or a promise that rejects, is `Ok` all the same: the event was
    /// handled.
    ///
    /// Deliveries may overlap: those of different fetches, and clicks, which come while a fetch goes on and while another
    /// of its events lasts. The event that tells of a fetch's result is only delivered again after this has resolved.
    fn deliver(&self, event: FunctionalEvent) -> BoxFuture<'static, Result<(), DeliveryError>>;
}

/// An event to be fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionalEvent {
    /// On whose active worker.
    pub registration: RegistrationKey,
    /// Which event.
    pub kind: EventKind,
    /// The event's registration, as it is now. To follow later changes call
    /// [`Handle::observe`](crate::Handle::observe).
    pub instance: Instance,
    /// 1 for the first delivery; more where the worker went away before it had handled the event.
    pub attempt: u32,
}

/// Which event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// `backgroundfetchsuccess`, a `BackgroundFetchUpdateUIEvent`.
    Success,
    /// `backgroundfetchfail`, a `BackgroundFetchUpdateUIEvent`.
    Fail,
    /// `backgroundfetchabort`, a `BackgroundFetchEvent`.
    Abort,
    /// `backgroundfetchclick`, a `BackgroundFetchEvent`. NB: SD-65: a click grants one window interaction, so
    /// the host lets the handler call `clients.openWindow()` once.
    Click,
}

impl EventKind {
    /// The event's type.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Success => "backgroundfetchsuccess",
            EventKind::Fail => "backgroundfetchfail",
            EventKind::Abort => "backgroundfetchabort",
            EventKind::Click => "backgroundfetchclick",
        }
    }

    /// Whether the event is a `BackgroundFetchUpdateUIEvent`, which has `updateUI()`.
    pub fn can_update_ui(self) -> bool {
        matches!(self, EventKind::Success | EventKind::Fail)
    }
}

/// Why an event was not handled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The worker did not start. It is tried again later.
    #[error("the service worker did not start: {0}")]
    NotStarted(String),
    /// The worker, or its process, died before the event was over. It is tried again later.
    #[error("the service worker went away before the event was over: {0}")]
    WorkerGone(String),
    /// The worker took longer than it may and was stopped. The event counts as handled: another try would
    /// take as long.
    #[error("the service worker did not finish the event in time")]
    TimedOut,
    /// It can't be known in this run of the program whether there is such a worker: registrations can't be read, or service
    /// workers have ended. The event stays for the next run.
    #[error("service workers are not available: {0}")]
    Unavailable(String),
    /// There is no such registration any more; the fetch's data is purged.
    #[error("the service worker registration is gone")]
    Unregistered,
}
