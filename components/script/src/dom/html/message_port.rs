//! <https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports>

use std::any::Any;
use std::rc::Rc;

use super::cross_agent::{KeptAlive, ObjectId};
use super::message_event::{MessageEvent, receive_message};
pub(crate) use super::port_end::PortEnd;
use super::port_end::Receiver;
use super::structured_clone::{SerializedData, structured_serialize_with_transfer};
use crate::bindings::dictionaries::StructuredSerializeOptions;
use crate::bindings::interfaces::MessagePortMethods;
use crate::dom::events::event::Event;
use crate::runtime::agent::Agent;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/web-messaging.html#messageport>
///
/// A port whose queue is enabled is kept alive for as long as something may come: by a root where the other port is in
/// another agent, else by the other port, so that two ports that nobody else knows can go together. One whose queue was
/// never enabled may be collected, which closes the channel.
#[dom_struct]
pub struct MessagePort {
    event_target: EventTarget,
    #[no_trace]
    id: ObjectId,
    /// `None` once the port is closed, or [detached](https://html.spec.whatwg.org/multipage/structured-data.html#detached).
    #[no_trace]
    end: DomRefCell<Option<PortEnd>>,
    detached: Cell<bool>,
    /// The other port, if neither ever left this agent.
    other: DomRefCell<Option<WeakDom<MessagePort>>>,
    /// The same, if its queue is enabled.
    enabled_other: MutNullableDom<MessagePort>,
    /// What keeps this alive while messages may come from another agent.
    #[no_trace]
    root: KeptAlive<MessagePort>,
    /// The [message event target](https://html.spec.whatwg.org/multipage/web-messaging.html#message-event-target), where
    /// it is not the port.
    message_event_target: MutNullableDom<EventTarget>,
    /// What is done instead of events, where the port belongs to an object of the platform.
    steps: DomRefCell<Option<PortStepsRef>>,
}

/// [Handlers for a port's events](https://streams.spec.whatwg.org/#transferrable-streams) that are no script's.
pub(crate) trait PortSteps: JSTraceable {
    /// A message came.
    fn message(&self, cx: &mut JSContext, message: &SerializedData);
}

type PortStepsRef = Rc<Box<dyn PortSteps>>;

impl MessagePort {
    /// An object for one end of a channel, whose other end may be anywhere.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope, end: PortEnd) -> DomRoot<MessagePort> {
        Self::attached(cx, global, end, false)
    }

    /// Objects for both ends of a new channel.
    pub(crate) fn entangled(
        cx: &mut JSContext,
        global: &GlobalScope,
    ) -> (DomRoot<MessagePort>, DomRoot<MessagePort>) {
        let (end1, end2) = PortEnd::entangled();
        let port1 = Self::attached(cx, global, end1, true);
        let port2 = Self::attached(cx, global, end2, true);
        port1.other.set(Some(WeakDom::new(&port2)));
        port2.other.set(Some(WeakDom::new(&port1)));
        (port1, port2)
    }

    fn attached(cx: &mut JSContext, global: &GlobalScope, end: PortEnd, local: bool) -> DomRoot<MessagePort> {
        let port = MessagePort {
            event_target: EventTarget::new_inherited(),
            id: global.message_ports().new_id(),
            end: DomRefCell::default(),
            detached: Cell::new(false),
            other: DomRefCell::default(),
            enabled_other: MutNullableDom::default(),
            root: KeptAlive::default(),
            message_event_target: MutNullableDom::default(),
            steps: DomRefCell::default(),
        };
        let port = reflect_dom_object(cx, Box::new(port), global);
        global.message_ports().add(port.id, &port);
        end.attach(Receiver {
            tasks: global.task_sender().background(),
            port: port.id,
            root: port.root.clone(),
            enabled: false,
            local,
            waker: None,
        });
        *port.end.borrow_mut() = Some(end);
        port
    }

    /// Sets the message event target.
    pub(crate) fn set_message_event_target(&self, target: &EventTarget) {
        self.message_event_target.set(Some(target));
    }

    /// The message event target.
    pub(crate) fn message_event_target(&self) -> DomRoot<EventTarget> {
        self.message_event_target.get().unwrap_or_else(|| DomRoot::from_ref(self.upcast()))
    }

    /// What keeps this alive while messages may come from another agent.
    pub(crate) fn root(&self) -> &KeptAlive<MessagePort> {
        &self.root
    }

    /// [The message port post message steps](https://html.spec.whatwg.org/multipage/web-messaging.html#message-port-post-message-steps).
    pub(crate) fn post_message(
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
        // 3–4, 6–7. Add it to the other port's queue.
        self.send(message);
        Ok(())
    }

    /// Adds a message to the other port's queue, if there is another port.
    pub(crate) fn send(&self, message: SerializedData) {
        let is_for_us = self.end.borrow().as_ref().is_some_and(|end| end.send(message));
        if let (true, Some(other)) = (is_for_us, self.other()) {
            other.queue_message();
        }
    }

    /// Queues the task that takes one message out.
    fn queue_message(&self) {
        let this = Trusted::new(self);
        self.global().task_sender().post(
            TaskSource::PostedMessage,
            Box::new(move |cx, _global| this.root().dispatch_next_message(cx)),
        );
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-start>: also for the first setting of
    /// `onmessage`.
    pub(crate) fn start(&self) {
        match self.other() {
            Some(other) => other.enabled_other.set(Some(self)),
            None => self.keep_alive(),
        }
        self.enable(true);
    }

    /// Keeps the port alive until it is closed or moves.
    pub(crate) fn keep_alive(&self) {
        if self.end.borrow().is_some() {
            self.root.set(self);
        }
    }

    /// The same as [`start`](Self::start) for a worker's [implicit port](https://html.spec.whatwg.org/multipage/workers.html#dedicated-workers-and-the-dedicatedworkerglobalscope-interface),
    /// which is kept alive by who knows it.
    pub(crate) fn start_implicit(&self) {
        self.enable(false);
    }

    /// Enables the queue, for steps of ours instead of events. What keeps the port alive is up to them.
    pub(crate) fn start_with_steps(&self, steps: impl PortSteps + 'static) {
        *self.steps.borrow_mut() = Some(Rc::new(Box::new(steps)));
        // Somebody may ask, or answer: a worker that nobody knows otherwise has to be there.
        self.enable(true);
    }

    fn steps(&self) -> Option<RootedBox<PortStepsRef>> {
        self.steps.borrow().clone().map(RootedBox::new)
    }

    fn enable(&self, counts: bool) {
        let waker = counts.then(|| Agent::of_this_thread().waker());
        let waiting = self.end.borrow().as_ref().map_or(0, |end| end.enable(waker));
        for _ in 0..waiting {
            self.queue_message();
        }
    }

    /// Post message steps, 7.1–7.7: one message of the queue.
    pub(super) fn dispatch_next_message(&self, cx: &mut JSContext) {
        // The port may have moved or been closed meanwhile: then the message moved with it.
        let message = self.end.borrow().as_ref().and_then(PortEnd::take_message);
        let Some(message) = message else { return };
        if let Some(steps) = self.steps() {
            return steps.message(cx, &message);
        }
        // 7.1. Its target; 7.2. in that one's realm:
        let target = self.message_event_target();
        let global = target.global();
        // 7.3. Deserialize.
        let received = receive_message(cx, &global, &message);
        // 7.3, 7.7. Dispatch.
        let event = MessageEvent::new(cx, &global, received.as_ref(), "", None);
        event.upcast::<Event>().fire(cx, &target);
    }

    fn other(&self) -> Option<DomRoot<MessagePort>> {
        self.other.borrow().as_ref()?.root()
    }

    /// Takes the end away, and leaves the other port without one that it knows.
    fn take_end(&self) -> Option<PortEnd> {
        let end = self.end.borrow_mut().take();
        self.root.clear();
        let other = self.other();
        self.other.set(None);
        self.enabled_other.set(None);
        if let Some(other) = other {
            other.other.set(None);
            other.enabled_other.set(None);
            let waker = Agent::of_this_thread().waker();
            if other.end.borrow().as_ref().is_some_and(|end| end.set_remote(waker)) {
                other.root.set(&other);
            }
        }
        end
    }

    /// [Disentangle](https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle); messages that came are
    /// dropped.
    pub(crate) fn disentangle(&self) {
        self.detached.set(true);
        drop(self.take_end());
    }

    /// The same, because the document of this port is destroyed. It is not detached.
    pub(super) fn disentangle_at_end(&self) {
        drop(self.take_end());
    }

    /// [Disentangle](https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle), step 4: the other port is
    /// gone.
    pub(super) fn closed_by_other(&self, cx: &mut JSContext) {
        let end = self.take_end();
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
        // 1–2. Detached and disentangled.
        self.disentangle();
        Ok(())
    }
}

impl Transferable for MessagePort {
    fn can_transfer(&self) -> bool {
        !self.detached.get()
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports:transfer-steps>
    fn transfer(&self, _cx: &mut JSContext) -> Fallible<Box<dyn TransferDataHolder>> {
        self.detached.set(true);
        // 2–4. The queue and the other end go with it.
        let end = self.take_end();
        if let Some(end) = &end {
            end.detach();
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
        let port = match self.end {
            // 2–3. What it stood for.
            Some(end) => MessagePort::new(cx, global, end),
            // A port whose channel was closed before it was sent is entangled with none.
            None => {
                let port = MessagePort::new(cx, global, PortEnd::entangled().0);
                drop(port.take_end());
                port
            }
        };
        Ok(port.reflector().get_jsobject().into())
    }
}

/// The end of a channel, if that is what was transferred.
pub(super) fn port_end(holder: &dyn TransferDataHolder) -> Option<&PortEnd> {
    let holder: &dyn Any = holder;
    holder.downcast_ref::<TransferredPort>()?.end.as_ref()
}
