//! <https://w3c.github.io/ServiceWorker/#serviceworker-interface>

use std::cell::Cell;

use service_worker::{Payload, WorkerId, WorkerInfo, WorkerState};
use url::Url;

use super::environment;
use crate::bindings::dictionaries::StructuredSerializeOptions;
use crate::bindings::enums::ServiceWorkerState;
use crate::bindings::interfaces::ServiceWorkerMethods;
use crate::dom::html::structured_clone::structured_serialize_with_transfer;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#serviceworker-interface>
#[dom_struct]
pub struct ServiceWorker {
    event_target: EventTarget,
    /// The [service worker](https://w3c.github.io/ServiceWorker/#dfn-service-worker) that this stands for.
    #[no_trace]
    worker: WorkerId,
    #[no_trace]
    script_url: Url,
    #[no_trace]
    state: Cell<WorkerState>,
}

impl ServiceWorker {
    fn new_inherited(worker: &WorkerInfo) -> ServiceWorker {
        ServiceWorker {
            event_target: EventTarget::new_inherited(),
            worker: worker.id,
            script_url: worker.script_url.clone(),
            state: Cell::new(worker.state),
        }
    }

    /// For [`super::ServiceWorkerContainer::service_worker_object`] alone: there is one per worker and realm.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        worker: &WorkerInfo,
    ) -> DomRoot<ServiceWorker> {
        reflect_dom_object(cx, Box::new(ServiceWorker::new_inherited(worker)), global)
    }

    /// [Update Worker State](https://w3c.github.io/ServiceWorker/#update-state-algorithm), steps 4.4 and 4.5.
    pub(super) fn update_state(&self, cx: &mut JSContext, state: WorkerState) {
        self.state.set(state);
        self.upcast::<EventTarget>().fire_event(cx, "statechange");
    }

    /// <https://w3c.github.io/ServiceWorker/#service-worker-postmessage-options>
    fn post_message(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: &[RootedObject],
    ) -> Fallible<()> {
        // NB: as in other engines, an object whose document is gone sends nothing.
        if self.global().is_discarded() {
            return Err(Error::InvalidState("the document that this belongs to is gone".into()));
        }
        // 2–3. NB: web-platform-tests want this object's own settings object where the standard has the incumbent one: the
        // answer is for the document whose container is listened to.
        let global = self.global();
        // 4. Serialize.
        let message = structured_serialize_with_transfer(cx, message, transfer)?;
        // 5–6. The manager's: skip it, run the worker, and there queue a task to dispatch it.
        let Some(source) = environment::of(&global) else { return Ok(()) };
        let Some(service_workers) = environment::service_workers(&global) else { return Ok(()) };
        let origin = global.origin().ascii_serialization();
        service_workers.post_message_to_worker(self.worker, Payload::new(message), source, origin);
        Ok(())
    }
}

impl ServiceWorkerMethods for ServiceWorker {
    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworker-scripturl>
    fn ScriptURL(&self) -> USVString {
        USVString::from(self.script_url.as_str())
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworker-state>
    fn State(&self) -> ServiceWorkerState {
        match self.state.get() {
            WorkerState::Parsed => ServiceWorkerState::Parsed,
            WorkerState::Installing => ServiceWorkerState::Installing,
            WorkerState::Installed => ServiceWorkerState::Installed,
            WorkerState::Activating => ServiceWorkerState::Activating,
            WorkerState::Activated => ServiceWorkerState::Activated,
            WorkerState::Redundant => ServiceWorkerState::Redundant,
        }
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworker-postmessage-message-transfer-transfer>
    fn PostMessage(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: Vec<RootedObject>,
    ) -> Fallible<()> {
        self.post_message(cx, message, &transfer)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-serviceworker-postmessage-message-options-options>
    fn PostMessage_(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        options: &StructuredSerializeOptions,
    ) -> Fallible<()> {
        self.post_message(cx, message, &options.transfer)
    }
}
