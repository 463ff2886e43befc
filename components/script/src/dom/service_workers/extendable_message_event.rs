//! <https://w3c.github.io/ServiceWorker/#extendablemessageevent-interface>

use super::{Client, ExtendableEvent, ServiceWorker};
use crate::bindings::dictionaries::ExtendableMessageEventInit;
use crate::bindings::interfaces::ExtendableMessageEventMethods;
use crate::bindings::unions::ClientOrServiceWorkerOrMessagePort as MessageSource;
use crate::dom::events::event::Event;
use crate::dom::html::message_event::{Ports, ReceivedMessage};
use crate::dom::html::message_port::MessagePort;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#extendablemessageevent-interface>
#[dom_struct]
pub struct ExtendableMessageEvent {
    extendable_event: ExtendableEvent,
    data: HeapValue,
    origin: DomRefCell<USVString>,
    last_event_id: DomRefCell<DOMString>,
    client: MutNullableDom<Client>,
    service_worker: MutNullableDom<ServiceWorker>,
    port: MutNullableDom<MessagePort>,
    ports: Ports,
}

impl ExtendableMessageEvent {
    fn new_inherited() -> ExtendableMessageEvent {
        ExtendableMessageEvent {
            extendable_event: ExtendableEvent::new_inherited(),
            data: HeapValue::default(),
            origin: DomRefCell::default(),
            last_event_id: DomRefCell::default(),
            client: MutNullableDom::default(),
            service_worker: MutNullableDom::default(),
            port: MutNullableDom::default(),
            ports: Ports::default(),
        }
    }

    /// An event for a message (without data where it could not be deserialised), that is yet to be initialised as an
    /// [`Event`].
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        message: Option<&ReceivedMessage>,
        origin: &str,
        source: &MessageSource,
    ) -> DomRoot<ExtendableMessageEvent> {
        let event = Box::new(ExtendableMessageEvent::new_inherited());
        match message {
            Some(message) => {
                event.data.set(message.data.handle());
                event.ports.set(&message.ports);
            }
            None => event.data.set(HandleValue::null()),
        }
        event.origin.set(origin.into());
        event.set_source(Some(source));
        reflect_dom_object(cx, event, global)
    }

    fn set_source(&self, source: Option<&MessageSource>) {
        match source {
            Some(MessageSource::Client(client)) => self.client.set(Some(client)),
            Some(MessageSource::ServiceWorker(worker)) => self.service_worker.set(Some(worker)),
            Some(MessageSource::MessagePort(port)) => self.port.set(Some(port)),
            None => {}
        }
    }
}

impl ExtendableMessageEventMethods for ExtendableMessageEvent {
    /// <https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-extendablemessageevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &ExtendableMessageEventInit,
    ) -> Fallible<DomRoot<ExtendableMessageEvent>> {
        let event = Box::new(ExtendableMessageEvent::new_inherited());
        event.data.set(init.data.handle());
        event.origin.set(init.origin.clone());
        event.last_event_id.set(init.last_event_id.clone());
        event.set_source(init.source.as_ref());
        event.ports.set(&init.ports);
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.upcast::<Event>().construct(type_, &init.parent.parent);
        Ok(event)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-data>
    fn Data(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.data.get(rval);
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-origin>
    fn Origin(&self) -> USVString {
        self.origin.borrow().clone()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-lasteventid>
    fn LastEventId(&self) -> DOMString {
        self.last_event_id.borrow().clone()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-source>
    fn GetSource(&self, _cx: &mut JSContext) -> Option<MessageSource> {
        let client = || self.client.get().map(MessageSource::Client);
        let service_worker = || self.service_worker.get().map(MessageSource::ServiceWorker);
        let port = || self.port.get().map(MessageSource::MessagePort);
        client().or_else(service_worker).or_else(port)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-ports>
    fn Ports(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.ports.get(cx, rval);
    }
}
