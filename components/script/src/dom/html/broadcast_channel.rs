//! <https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts>

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fetch::Origin;

use super::cross_agent::{KeptAlive, ObjectId};
use super::message_event::{MessageEvent, receive_message};
use super::structured_clone::{SerializedData, structured_serialize_with_transfer};
use crate::bindings::interfaces::BroadcastChannelMethods;
use crate::dom::events::event::Event;
use crate::runtime::agent::Agent;
use crate::runtime::engine_state::EngineState;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/web-messaging.html#broadcastchannel>
#[dom_struct]
pub struct BroadcastChannel {
    event_target: EventTarget,
    name: DOMString,
    #[no_trace]
    id: ObjectId,
    /// `None` once the channel is [closed](https://html.spec.whatwg.org/multipage/web-messaging.html#concept-broadcastchannel-closed).
    #[no_trace]
    registration: DomRefCell<Option<Registration>>,
    /// Keeps this alive while it is open and somebody listens.
    #[no_trace]
    root: KeptAlive<BroadcastChannel>,
    /// While it is, others may give this agent something to do.
    #[no_trace]
    waker: DomRefCell<Option<Arc<()>>>,
}

/// The open channels of all agents, in the order in which they were made.
#[derive(Default)]
pub(crate) struct BroadcastChannels {
    channels: Mutex<Vec<OpenChannel>>,
}

/// A channel, as others know it.
#[derive(Clone)]
struct OpenChannel {
    /// Tells it apart, and is held by the channel.
    identity: Arc<()>,
    /// The [storage key for non-storage purposes](https://storage.spec.whatwg.org/#obtain-a-storage-key-for-non-storage-purposes).
    storage_key: Origin,
    name: DOMString,
    tasks: TaskSender,
    channel: ObjectId,
    root: KeptAlive<BroadcastChannel>,
}

/// The channel is open until this is dropped.
struct Registration {
    identity: Arc<()>,
    engine: Arc<EngineState>,
}

impl BroadcastChannels {
    fn lock(&self) -> MutexGuard<'_, Vec<OpenChannel>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of a storage key and a name, but for one.
    fn destinations(&self, storage_key: &Origin, name: &DOMString, source: &Arc<()>) -> Vec<OpenChannel> {
        let channels = self.lock();
        channels
            .iter()
            .filter(|channel| channel.storage_key == *storage_key && channel.name == *name)
            .filter(|channel| !Arc::ptr_eq(&channel.identity, source))
            .cloned()
            .collect()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut channels = self.engine.broadcast_channels.lock();
        channels.retain(|channel| !Arc::ptr_eq(&channel.identity, &self.identity));
    }
}

impl OpenChannel {
    /// postMessage(), step 9.
    fn send(&self, message: &Arc<SerializedData>, origin: &Arc<str>) {
        let (held, channel) = (self.root.get(), self.channel);
        let (message, origin) = (message.clone(), origin.clone());
        self.tasks.post(
            TaskSource::DomManipulation,
            Box::new(move |cx, global| {
                let channel = match held {
                    Some(channel) => Some(channel.root()),
                    None => global.broadcast_channels().get(channel),
                };
                if let Some(channel) = channel {
                    channel.receive(cx, &message, &origin);
                }
            }),
        );
    }
}

impl BroadcastChannel {
    fn is_closed(&self) -> bool {
        self.registration.borrow().is_none()
    }

    /// Nothing is received any more.
    pub(super) fn unregister(&self) {
        let registration = self.registration.borrow_mut().take();
        drop(registration);
        self.listeners_changed();
    }

    /// Listeners were added or removed: as long as there are some, an open channel is not garbage.
    pub(crate) fn listeners_changed(&self) {
        let target = self.upcast::<EventTarget>();
        let listens = target.has_listeners_for("message") || target.has_listeners_for("messageerror");
        if listens && !self.is_closed() {
            self.root.set(self);
            self.waker.borrow_mut().get_or_insert_with(|| Agent::of_this_thread().waker());
        } else {
            self.root.clear();
            *self.waker.borrow_mut() = None;
        }
    }

    /// postMessage(), steps 9.1 to 9.4.
    fn receive(&self, cx: &mut JSContext, message: &SerializedData, origin: &str) {
        // 9.1. Closed meanwhile.
        if self.is_closed() {
            return;
        }
        // 9.2–9.3. Deserialize in its realm.
        let global = self.global();
        let received = receive_message(cx, &global, message);
        // 9.3–9.4. Fire.
        let event = MessageEvent::new(cx, &global, received.as_ref(), origin, None);
        event.upcast::<Event>().fire(cx, self.upcast());
    }
}

impl BroadcastChannelMethods for BroadcastChannel {
    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        name: DOMString,
    ) -> Fallible<DomRoot<BroadcastChannel>> {
        let (identity, id) = (Arc::new(()), global.broadcast_channels().new_id());
        let engine = Agent::of_this_thread().engine().clone();
        let root = KeptAlive::default();
        let channel = BroadcastChannel {
            event_target: EventTarget::new_inherited(),
            name: name.clone(),
            id,
            registration: DomRefCell::default(),
            root: root.clone(),
            waker: DomRefCell::default(),
        };
        let channel = reflect_dom_object_with_proto(cx, Box::new(channel), global, proto);
        // One of a document that was destroyed would hear nothing.
        if global.is_discarded() {
            return Ok(channel);
        }
        global.broadcast_channels().add(id, &channel);
        engine.broadcast_channels.lock().push(OpenChannel {
            identity: identity.clone(),
            storage_key: global.origin().clone(),
            name,
            tasks: global.task_sender().background(),
            channel: id,
            root,
        });
        *channel.registration.borrow_mut() = Some(Registration { identity, engine });
        Ok(channel)
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-postmessage>
    fn PostMessage(&self, cx: &mut JSContext, message: HandleValue<'_>) -> Fallible<()> {
        let agent = Agent::of_this_thread();
        // 1. Not [eligible for messaging](https://html.spec.whatwg.org/multipage/web-messaging.html#eligible-for-messaging):
        // a worker that is closing, a document that was destroyed.
        let global = self.global();
        if agent.task_queue().is_closing() || global.is_discarded() {
            return Ok(());
        }
        // 2. Closed.
        let identity = self.registration.borrow().as_ref().map(|registration| registration.identity.clone());
        let Some(identity) = identity else {
            return Err(Error::InvalidState("the channel is closed".into()));
        };
        // 3. Serialize, once for all.
        let message = Arc::new(structured_serialize_with_transfer(cx, message, &[])?);
        // 4–5. The sender.
        let origin: Arc<str> = global.origin().ascii_serialization().into();
        // 6–8. All others of the same storage key and name, in the order of their creation.
        let channels = &agent.engine().broadcast_channels;
        for destination in channels.destinations(global.origin(), &self.name, &identity) {
            // 9. A task for each.
            destination.send(&message, &origin);
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-close>
    fn Close(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.unregister();
        Ok(())
    }
}
