//! The manager's notifications: what it says happened, the objects of this realm show.

use service_worker::Notification;

use super::ServiceWorkerContainer;
use super::client_messages::ClientMessage;
use crate::webidl::*;

/// The task that a notification is, in the realm of `global`.
pub(super) fn handle(cx: &mut JSContext, global: &GlobalScope, notification: Notification) {
    let container = ServiceWorkerContainer::of(cx, global);
    match notification {
        // Update Registration State, 2.2.1, 3.2.1 and 4.2.1.
        Notification::RegistrationState { registration, installing, waiting, active } => {
            if let Some(object) = container.existing_registration_object(registration) {
                container.set_workers(cx, &object, installing.as_ref(), waiting.as_ref(), active.as_ref());
            }
        }
        Notification::UpdateViaCache { registration, mode } => {
            if let Some(object) = container.existing_registration_object(registration) {
                object.set_update_via_cache(mode);
            }
        }
        // Update Worker State, 4.1–4.5.
        Notification::WorkerState { worker, state } => {
            if let Some(object) = container.existing_service_worker_object(worker) {
                object.update_state(cx, state);
            }
        }
        // Install, 9.2.
        Notification::UpdateFound { registration } => {
            if let Some(object) = container.existing_registration_object(registration) {
                object.upcast::<EventTarget>().fire_event(cx, "updatefound");
            }
        }
        Notification::ControllerChange { controller } => container.change_controller(cx, controller),
        Notification::Ready { registration } => container.resolve_ready_promise(cx, &registration),
        Notification::Message { message, source, origin } => {
            container.receive_message(ClientMessage { message, source, origin });
        }
    }
}
