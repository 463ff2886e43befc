//! The [client message queue](https://w3c.github.io/ServiceWorker/#dfn-client-message-queue): messages from service
//! workers wait in it until the client is ready for them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use service_worker::{Payload, WorkerInfo};

use super::ServiceWorkerContainer;
use crate::bindings::unions::WindowProxyOrMessagePortOrServiceWorker as MessageEventSource;
use crate::dom::events::event::Event;
use crate::dom::html::message_event::{MessageEvent, receive_payload};
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// A message on its way to a container.
pub(super) struct ClientMessage {
    /// A [`SerializedData`].
    pub(super) message: Payload,
    /// The worker that sent it.
    pub(super) source: WorkerInfo,
    /// That worker's origin, serialised.
    pub(super) origin: String,
}

/// The queue of one container.
#[derive(Default)]
pub(super) struct ClientMessageQueue {
    enabled: Cell<bool>,
    waiting: RefCell<VecDeque<ClientMessage>>,
}

impl ServiceWorkerContainer {
    /// Enables the client message queue: called by `startMessages()`, by the first setting of `onmessage`, and when
    /// a document [has been parsed](https://html.spec.whatwg.org/multipage/parsing.html#the-end) (step 6.4) or a
    /// worker [runs](https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model).
    pub(crate) fn enable_client_message_queue(&self) {
        if self.client_message_queue.enabled.replace(true) {
            return;
        }
        let waiting = self.client_message_queue.waiting.take();
        for message in waiting {
            self.queue_message_task(message);
        }
    }

    /// [Client.postMessage()](https://w3c.github.io/ServiceWorker/#client-postmessage-options), step 4.5: adds a task
    /// to the queue.
    pub(super) fn receive_message(&self, message: ClientMessage) {
        if self.client_message_queue.enabled.get() {
            self.queue_message_task(message);
        } else {
            self.client_message_queue.waiting.borrow_mut().push_back(message);
        }
    }

    /// Each message is a task of its own, so that script sees one after the other with microtasks between them.
    fn queue_message_task(&self, message: ClientMessage) {
        let this = Trusted::new(self);
        self.global().task_sender().post(
            TaskSource::ClientMessage,
            Box::new(move |cx, _global| this.root().dispatch_message(cx, &message)),
        );
    }

    fn dispatch_message(&self, cx: &mut JSContext, message: &ClientMessage) {
        let global = self.global();
        // 4.5.2. The sender's object.
        let source = MessageEventSource::ServiceWorker(self.service_worker_object(cx, &message.source));
        // 4.5.3–4.5.5. Deserialize it.
        let received = receive_payload(cx, &global, &message.message);
        // 4.5.3, 4.5.6. Dispatch it.
        let event = MessageEvent::new(cx, &global, received.as_ref(), &message.origin, Some(&source));
        event.upcast::<Event>().fire(cx, self.upcast::<EventTarget>());
    }
}
