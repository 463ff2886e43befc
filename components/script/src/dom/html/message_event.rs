//! <https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface>

use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use service_worker::Payload;

use super::structured_clone::{SerializedData, structured_deserialize_with_transfer};
use crate::bindings::dictionaries::MessageEventInit;
use crate::bindings::interfaces::MessageEventMethods;
use crate::bindings::unions::WindowProxyOrServiceWorker;
use crate::dom::events::event::Event;
use crate::dom::html::window::Window;
use crate::dom::service_workers::ServiceWorker;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/comms.html#messageevent>
#[dom_struct]
pub struct MessageEvent {
    event: Event,
    data: HeapValue,
    origin: DomRefCell<USVString>,
    last_event_id: DomRefCell<DOMString>,
    source_window: MutNullableDom<Window>,
    source_service_worker: MutNullableDom<ServiceWorker>,
}

/// A message that was received.
pub(crate) struct ReceivedMessage {
    /// What was sent, cloned.
    pub(crate) data: RootedValue,
    // FIXME(spec): the ports that came with it.
}

/// [StructuredDeserializeWithTransfer](https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserializewithtransfer)
/// of a message from another agent; `None` where that throws, which makes it a `messageerror`.
pub(crate) fn receive_message(
    cx: &mut JSContext,
    global: &GlobalScope,
    message: &SerializedData,
) -> Option<ReceivedMessage> {
    rooted!(&in(cx) let mut data = UndefinedValue());
    match structured_deserialize_with_transfer(cx, global, message, data.handle_mut()) {
        Ok(_) => Some(ReceivedMessage { data: RootedValue::from(data.handle()) }),
        Err(error) => {
            // The exception, if there is one, is not reported.
            error.take_value(cx, data.handle_mut());
            None
        }
    }
}

/// The same for a message that came by the service worker manager.
pub(crate) fn receive_payload(
    cx: &mut JSContext,
    global: &GlobalScope,
    message: &Payload,
) -> Option<ReceivedMessage> {
    receive_message(cx, global, &*message.downcast::<SerializedData>()?)
}

impl MessageEvent {
    fn new_inherited() -> MessageEvent {
        MessageEvent {
            event: Event::new_inherited(),
            data: HeapValue::default(),
            origin: DomRefCell::default(),
            last_event_id: DomRefCell::default(),
            source_window: MutNullableDom::default(),
            source_service_worker: MutNullableDom::default(),
        }
    }

    /// An event for a message: named `message`, or `messageerror` without data where there is none. It is yet to be
    /// dispatched.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        message: Option<&ReceivedMessage>,
        origin: &str,
        source: Option<&WindowProxyOrServiceWorker>,
    ) -> DomRoot<MessageEvent> {
        let event = Box::new(MessageEvent::new_inherited());
        match message {
            Some(message) => event.data.set(message.data.handle()),
            None => event.data.set(HandleValue::null()),
        }
        event.origin.set(origin.into());
        event.set_source(source);
        let event = reflect_dom_object(cx, event, global);
        let name = if message.is_some() { "message" } else { "messageerror" };
        event.event.init_event(name.into(), false, false);
        event
    }

    fn set_source(&self, source: Option<&WindowProxyOrServiceWorker>) {
        match source {
            Some(WindowProxyOrServiceWorker::WindowProxy(window)) => self.source_window.set(Some(window)),
            Some(WindowProxyOrServiceWorker::ServiceWorker(worker)) => {
                self.source_service_worker.set(Some(worker));
            }
            None => {}
        }
    }
}

impl MessageEventMethods for MessageEvent {
    /// <https://html.spec.whatwg.org/multipage/comms.html#messageevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &MessageEventInit,
    ) -> Fallible<DomRoot<MessageEvent>> {
        let event = Box::new(MessageEvent::new_inherited());
        event.data.set(init.data.handle());
        event.origin.set(init.origin.clone());
        event.last_event_id.set(init.last_event_id.clone());
        event.set_source(init.source.as_ref());
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-data>
    fn Data(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.data.get(rval);
    }

    /// <https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-origin>
    fn Origin(&self) -> USVString {
        self.origin.borrow().clone()
    }

    /// <https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-lasteventid>
    fn LastEventId(&self) -> DOMString {
        self.last_event_id.borrow().clone()
    }

    /// <https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-source>
    fn GetSource(&self, _cx: &mut JSContext) -> Option<WindowProxyOrServiceWorker> {
        if let Some(window) = self.source_window.get() {
            return Some(WindowProxyOrServiceWorker::WindowProxy(window));
        }
        self.source_service_worker.get().map(WindowProxyOrServiceWorker::ServiceWorker)
    }
}
