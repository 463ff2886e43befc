//! <https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface>

use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::rooted;
use service_worker::Payload;

use super::message_port::MessagePort;
use super::structured_clone::{SerializedData, structured_deserialize_with_transfer};
use crate::bindings::dictionaries::MessageEventInit;
use crate::bindings::interfaces::MessageEventMethods;
use crate::bindings::unions::WindowProxyOrMessagePortOrServiceWorker as MessageEventSource;
use crate::dom::events::event::Event;
use crate::dom::service_workers::ServiceWorker;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/comms.html#messageevent>
#[dom_struct]
pub struct MessageEvent {
    event: Event,
    data: HeapValue,
    origin: DomRefCell<USVString>,
    last_event_id: DomRefCell<DOMString>,
    source: EventSource,
    ports: Ports,
}

/// Who sent a message.
#[derive(Default, JSTraceable)]
struct EventSource {
    window: MutNullableDom<WindowProxy>,
    port: MutNullableDom<MessagePort>,
    service_worker: MutNullableDom<ServiceWorker>,
}

/// The `ports` of an event for a message: a frozen array, made when it is first asked for.
#[derive(Default, JSTraceable)]
pub(crate) struct Ports {
    ports: DomRefCell<Vec<Dom<MessagePort>>>,
    array: HeapValue,
}

impl Ports {
    /// From now on these.
    pub(crate) fn set(&self, ports: &[DomRoot<MessagePort>]) {
        self.ports.set(ports.iter().map(|port| Dom::from_ref(&**port)).collect());
        self.array.set(HandleValue::undefined());
    }

    /// The frozen array.
    pub(crate) fn get(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        if self.array.is_undefined() {
            let ports = self.ports.borrow().iter().map(Dom::as_rooted).collect::<Vec<_>>();
            rooted!(&in(cx) let mut array = UndefinedValue());
            to_frozen_array(cx, &ports, array.handle_mut());
            self.array.set(array.handle());
        }
        self.array.get(rval);
    }
}

/// A message that was received.
pub(crate) struct ReceivedMessage {
    /// What was sent, cloned.
    pub(crate) data: RootedValue,
    /// The ports that came with it.
    pub(crate) ports: Vec<DomRoot<MessagePort>>,
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
        Ok(transferred) => {
            let ports = transferred.iter().filter_map(|object| {
                rooted!(&in(cx) let object = ObjectValue(object.handle().get()));
                DomRoot::<MessagePort>::from_js(cx, object.handle()).ok()
            });
            let ports = ports.collect();
            Some(ReceivedMessage { data: RootedValue::from(data.handle()), ports })
        }
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
            source: EventSource::default(),
            ports: Ports::default(),
        }
    }

    /// An event for a message: named `message`, or `messageerror` without data where there is none. It is yet to be
    /// dispatched.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        message: Option<&ReceivedMessage>,
        origin: &str,
        source: Option<&MessageEventSource>,
    ) -> DomRoot<MessageEvent> {
        let event = Box::new(MessageEvent::new_inherited());
        match message {
            Some(message) => {
                event.data.set(message.data.handle());
                event.ports.set(&message.ports);
            }
            None => event.data.set(HandleValue::null()),
        }
        event.origin.set(origin.into());
        event.source.set(source);
        let event = reflect_dom_object(cx, event, global);
        let name = if message.is_some() { "message" } else { "messageerror" };
        event.event.init_event(name.into(), false, false);
        event
    }

    /// An event of this type for data of this global's own. It is yet to be fired.
    pub(crate) fn with_data(
        cx: &mut JSContext,
        global: &GlobalScope,
        type_: &str,
        data: HandleValue<'_>,
        origin: &str,
        last_event_id: DOMString,
    ) -> DomRoot<MessageEvent> {
        let event = Box::new(MessageEvent::new_inherited());
        event.data.set(data);
        event.origin.set(origin.into());
        event.last_event_id.set(last_event_id);
        let event = reflect_dom_object(cx, event, global);
        event.event.init_event(type_.into(), false, false);
        event
    }
}

impl MessageEvent {
    /// The `connect` event of a shared worker, for a new port. It is yet to be dispatched.
    pub(crate) fn connect(
        cx: &mut JSContext,
        global: &GlobalScope,
        port: &MessagePort,
    ) -> DomRoot<MessageEvent> {
        rooted!(&in(cx) let mut data = UndefinedValue());
        DOMString::new().to_jsval(cx, data.handle_mut());
        let event = Box::new(MessageEvent::new_inherited());
        event.data.set(data.handle());
        event.source.set(Some(&MessageEventSource::MessagePort(DomRoot::from_ref(port))));
        event.ports.set(&[DomRoot::from_ref(port)]);
        let event = reflect_dom_object(cx, event, global);
        event.event.init_event("connect".into(), false, false);
        event
    }
}

impl EventSource {
    fn set(&self, source: Option<&MessageEventSource>) {
        let (mut window, mut port, mut service_worker) = (None, None, None);
        match source {
            Some(MessageEventSource::WindowProxy(source)) => window = Some(&**source),
            Some(MessageEventSource::MessagePort(source)) => port = Some(&**source),
            Some(MessageEventSource::ServiceWorker(source)) => service_worker = Some(&**source),
            None => {}
        }
        self.window.set(window);
        self.port.set(port);
        self.service_worker.set(service_worker);
    }

    fn get(&self) -> Option<MessageEventSource> {
        let window = || self.window.get().map(MessageEventSource::WindowProxy);
        let port = || self.port.get().map(MessageEventSource::MessagePort);
        let service_worker = || self.service_worker.get().map(MessageEventSource::ServiceWorker);
        window().or_else(port).or_else(service_worker)
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
        event.source.set(init.source.as_ref());
        event.ports.set(&init.ports);
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
    fn GetSource(&self, _cx: &mut JSContext) -> Option<MessageEventSource> {
        self.source.get()
    }

    /// <https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-ports>
    fn Ports(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.ports.get(cx, rval);
    }

    /// <https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-initmessageevent>
    fn InitMessageEvent(
        &self,
        _cx: &mut JSContext,
        type_: DOMString,
        bubbles: bool,
        cancelable: bool,
        data: HandleValue<'_>,
        origin: USVString,
        last_event_id: DOMString,
        source: Option<MessageEventSource>,
        ports: Vec<DomRoot<MessagePort>>,
    ) -> Fallible<()> {
        // As initEvent() does: not in the middle of a dispatch.
        if self.event.is_being_dispatched() {
            return Ok(());
        }
        self.event.init_event(type_, bubbles, cancelable);
        self.data.set(data);
        self.origin.set(origin);
        self.last_event_id.set(last_event_id);
        self.source.set(source.as_ref());
        self.ports.set(&ports);
        Ok(())
    }
}
