//! What an agent is told, so that the objects in it show the present state.

use crate::{Payload, RegistrationId, RegistrationInfo, UpdateViaCache, WorkerId, WorkerInfo, WorkerState};

/// One task for an agent. Notifications come in the order in which the tasks have to run.
#[derive(Clone, Debug)]
pub enum Notification {
    /// [Update Registration State](https://w3c.github.io/ServiceWorker/#update-registration-state-algorithm): the
    /// registration's objects have these workers now.
    RegistrationState {
        /// Which registration.
        registration: RegistrationId,
        /// Its installing worker.
        installing: Option<WorkerInfo>,
        /// Its waiting worker.
        waiting: Option<WorkerInfo>,
        /// Its active worker.
        active: Option<WorkerInfo>,
    },
    /// The registration's update via cache mode changed.
    UpdateViaCache {
        /// Which registration.
        registration: RegistrationId,
        /// What it is now.
        mode: UpdateViaCache,
    },
    /// [Update Worker State](https://w3c.github.io/ServiceWorker/#update-state-algorithm): the worker's object, if
    /// there is one, has this state now, and `statechange` is fired at it.
    WorkerState {
        /// Which worker.
        worker: WorkerId,
        /// Its new state.
        state: WorkerState,
    },
    /// `updatefound` is fired at the registration's objects.
    UpdateFound {
        /// Which registration.
        registration: RegistrationId,
    },
    /// A client's active service worker is another one now; `controllerchange` is fired at its container.
    /// ([Notify Controller Change](https://w3c.github.io/ServiceWorker/#notify-controller-change-algorithm))
    ControllerChange {
        /// The client's active service worker.
        controller: Option<WorkerInfo>,
    },
    /// A registration whose scope matches the client has an active worker: the container's ready promise, if it is
    /// pending, is resolved with it.
    Ready {
        /// The registration.
        registration: Box<RegistrationInfo>,
    },
    /// A message from a worker, for the container's client message queue.
    Message {
        /// The serialised message with what is transferred.
        message: Payload,
        /// The sender.
        source: WorkerInfo,
        /// The sender's origin, serialised.
        origin: String,
    },
}
