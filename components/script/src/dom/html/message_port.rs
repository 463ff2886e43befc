//! <https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports>

use super::message_event::{MessageEvent, receive_message};
pub(crate) use super::port_end::PortEnd;
use super::structured_clone::{TransferDataHolder, Transferable, structured_serialize_with_transfer};
use crate::bindings::dictionaries::StructuredSerializeOptions;
use crate::bindings::interfaces::MessagePortMethods;
use crate::dom::events::event::Event;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/web-messaging.html#messageport>
#[dom_struct]
pub struct MessagePort {
    event_target: EventTarget,
    /// `None` once the port is closed, or [detached](https://html.spec.whatwg.org/multipage/structured-data.html#detached).
    #[no_trace]
    end: DomRefCell<Option<PortEnd>>,
    detached: Cell<bool>,
}

impl MessagePort {
    /// An object for one end of a channel.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope, end: PortEnd) -> DomRoot<MessagePort> {
        let port = MessagePort {
            event_target: EventTarget::new_inherited(),
            end: DomRefCell::new(Some(end)),
            detached: Cell::new(false),
        };
        reflect_dom_object(cx, Box::new(port), global)
    }

    /// [The message port post message steps](https://html.spec.whatwg.org/multipage/web-messaging.html#message-port-post-message-steps).
    fn post_message(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: &[RootedObject],
    ) -> Fallible<()> {
        // 2. Not this very port.
        let this = self.reflector().get_jsobject().get();
        if transfer.iter().any(|object| object.handle().get() == this) {
            return Err(Error::DataClone("a port can't be sent through itself".into()));
        }
        // 5. Serialize.
        let message = structured_serialize_with_transfer(cx, message, transfer)?;
        // 3–4, 6. NB: where the other end of the channel is in the message, it goes with it, and nobody will see it.
        // 7. Add it to the other port's queue.
        if let Some(end) = &*self.end.borrow() {
            end.send(message);
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-start>: also for the first setting of
    /// `onmessage`.
    pub(crate) fn start(&self) {
        let tasks = self.global().task_sender().background();
        if let Some(end) = &*self.end.borrow() {
            end.enable(self, tasks);
        }
    }

    /// Post message steps, 7.1–7.7: one message of the queue.
    pub(super) fn dispatch_next_message(&self, cx: &mut JSContext) {
        // The port may have moved or been closed meanwhile: then the message moved with it.
        let message = self.end.borrow().as_ref().and_then(PortEnd::take_message);
        let Some(message) = message else { return };
        let global = self.global();
        // 7.3. Deserialize.
        let received = receive_message(cx, &global, &message);
        // 7.3, 7.7. Dispatch.
        let event = MessageEvent::new(cx, &global, received.as_ref(), "", None);
        event.upcast::<Event>().fire(cx, self.upcast());
    }

    /// [Disentangle](https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle), step 4: the other port is
    /// gone.
    pub(super) fn closed_by_other(&self, cx: &mut JSContext) {
        let end = self.end.borrow_mut().take();
        if end.is_some() {
            drop(end);
            self.upcast::<EventTarget>().fire_event(cx, "close");
        }
    }
}

impl MessagePortMethods for MessagePort {
    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-postmessage>
    fn PostMessage(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: Vec<RootedObject>,
    ) -> Fallible<()> {
        self.post_message(cx, message, &transfer)
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-postmessage-options>
    fn PostMessage_(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        options: &StructuredSerializeOptions,
    ) -> Fallible<()> {
        self.post_message(cx, message, &options.transfer)
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-start>
    fn Start(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.start();
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-close>
    fn Close(&self, _cx: &mut JSContext) -> Fallible<()> {
        // 1. Detached.
        self.detached.set(true);
        // 2. Disentangled.
        let end = self.end.borrow_mut().take();
        drop(end);
        Ok(())
    }
}

impl Transferable for MessagePort {
    fn can_transfer(&self) -> bool {
        !self.detached.get()
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports:transfer-steps>
    fn transfer(&self) -> Fallible<Box<dyn TransferDataHolder>> {
        self.detached.set(true);
        // 2–4. The queue and the other end go with it.
        let end = self.end.borrow_mut().take();
        if let Some(end) = &end {
            end.disable();
        }
        Ok(Box::new(TransferredPort { end }))
    }
}

/// A port between two agents.
struct TransferredPort {
    end: Option<PortEnd>,
}

impl TransferDataHolder for TransferredPort {
    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports:transfer-receiving-steps>
    fn receive(self: Box<Self>, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        // A port whose channel was closed before it was sent: nothing comes through the new one either.
        let end = self.end.unwrap_or_else(|| PortEnd::entangled().0);
        let port = MessagePort::new(cx, global, end);
        Ok(port.reflector().get_jsobject().into())
    }
}
