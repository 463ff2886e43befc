//! <https://w3c.github.io/ServiceWorker/#extendablemessageevent-interface>

use super::{Client, ExtendableEvent, ServiceWorker};
use crate::bindings::dictionaries::ExtendableMessageEventInit;
use crate::bindings::interfaces::ExtendableMessageEventMethods;
use crate::bindings::unions::ClientOrServiceWorker;
use crate::dom::events::event::Event;
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
        }
    }

    /// An event that is yet to be initialised as an [`Event`].
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        data: HandleValue<'_>,
        origin: &str,
        source: Option<&ClientOrServiceWorker>,
    ) -> DomRoot<ExtendableMessageEvent> {
        let event = Box::new(ExtendableMessageEvent::new_inherited());
        event.data.set(data);
        event.origin.set(origin.into());
        event.set_source(source);
        reflect_dom_object(cx, event, global)
    }

    fn set_source(&self, source: Option<&ClientOrServiceWorker>) {
        match source {
            Some(ClientOrServiceWorker::Client(client)) => self.client.set(Some(client)),
            Some(ClientOrServiceWorker::ServiceWorker(worker)) => self.service_worker.set(Some(worker)),
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
    fn GetSource(&self, _cx: &mut JSContext) -> Option<ClientOrServiceWorker> {
        if let Some(client) = self.client.get() {
            return Some(ClientOrServiceWorker::Client(client));
        }
        self.service_worker.get().map(ClientOrServiceWorker::ServiceWorker)
    }
}
