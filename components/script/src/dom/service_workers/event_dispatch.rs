//! Events of the manager's, dispatched in a worker: <https://w3c.github.io/ServiceWorker/#service-worker-events>.

use futures::channel::oneshot;
use service_worker::host::DispatchOutcome;
use service_worker::{FunctionalEvent, MessageEvent, MessageSource, WorkerEvent};

use super::{
    Client, ExtendableEvent, ExtendableMessageEvent, FetchEvent, InstallEvent, ServiceWorkerContainer,
    ServiceWorkerGlobalScope,
};
use crate::bindings::unions::ClientOrServiceWorkerOrMessagePort as MessageSourceObject;
use crate::dom::background_fetch;
use crate::dom::events::event::Event;
use crate::dom::html::message_event::receive_payload;
use crate::webidl::*;

/// The task: creates the event, dispatches it, and sees to it that `completion` is told.
pub(super) fn run(
    cx: &mut JSContext,
    worker: &ServiceWorkerGlobalScope,
    event: &WorkerEvent,
    completion: oneshot::Sender<DispatchOutcome>,
) {
    let global = worker.upcast::<GlobalScope>();
    let (name, event) = match event {
        // <https://w3c.github.io/ServiceWorker/#installation-algorithm>, 11.3.1.1.
        WorkerEvent::Install => ("install", DomRoot::upcast(InstallEvent::new(cx, global))),
        // <https://w3c.github.io/ServiceWorker/#activation-algorithm>, 10.1.1.1.
        WorkerEvent::Activate => ("activate", ExtendableEvent::new(cx, global)),
        WorkerEvent::Message(message) => message_event(cx, worker, message),
        WorkerEvent::Fetch(fetch) => return run_fetch_event(cx, worker, fetch, completion),
        WorkerEvent::Functional(functional) => match functional_event(cx, worker, functional) {
            Some(event) => (functional.name, event),
            None => {
                tracing::error!(name = functional.name, "a functional event that nobody here knows");
                // Nobody has to wait any more if this fails.
                let _ =
                    completion.send(DispatchOutcome::Failed("the engine does not know this event".into()));
                return;
            }
        },
    };
    event.upcast::<Event>().init_event(name.into(), false, false);
    event.dispatch(cx, worker, completion);
}

/// [Create Fetch Event and Dispatch](https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch), 17.
fn run_fetch_event(
    cx: &mut JSContext,
    worker: &ServiceWorkerGlobalScope,
    fetch: &service_worker::FetchEvent,
    completion: oneshot::Sender<DispatchOutcome>,
) {
    // 17.1–17.13. The event.
    let event = FetchEvent::new(cx, worker, fetch);
    event.upcast::<Event>().init_event("fetch".into(), false, true);
    // 17.14–17.15. Dispatch it.
    event.upcast::<ExtendableEvent>().dispatch(cx, worker, completion);
    // 17.16 and what follows.
    event.was_dispatched(cx);
}

/// <https://w3c.github.io/ServiceWorker/#service-worker-postmessage-options>, 6.2.1–6.2.5.
fn message_event(
    cx: &mut JSContext,
    worker: &ServiceWorkerGlobalScope,
    message: &MessageEvent,
) -> (&'static str, DomRoot<ExtendableEvent>) {
    let global = worker.upcast::<GlobalScope>();
    // 6.2.1. The sender.
    let source = match &message.source {
        MessageSource::Client(client) => MessageSourceObject::Client(Client::create(cx, global, client)),
        MessageSource::Worker(sender) => {
            let container = ServiceWorkerContainer::of(cx, global);
            MessageSourceObject::ServiceWorker(container.service_worker_object(cx, sender))
        }
    };
    // 6.2.4. Deserialize.
    let received = receive_payload(cx, global, &message.message);
    // 6.2.4–6.2.5. The event.
    let name = if received.is_some() { "message" } else { "messageerror" };
    let event = ExtendableMessageEvent::new(cx, global, received.as_ref(), &message.origin, &source);
    (name, DomRoot::upcast(event))
}

/// <https://w3c.github.io/ServiceWorker/#fire-functional-event-algorithm>, 6.1–6.2.
fn functional_event(
    cx: &mut JSContext,
    worker: &ServiceWorkerGlobalScope,
    event: &FunctionalEvent,
) -> Option<DomRoot<ExtendableEvent>> {
    background_fetch::functional_event(cx, worker, &event.init)
}
