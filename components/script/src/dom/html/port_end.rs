//! What a [`MessagePort`](super::message_port::MessagePort) stands for, apart from its object: one end of a channel
//! between any two agents. It can move from one to another.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cross_agent::{KeptAlive, ObjectId};
use super::message_port::MessagePort;
use super::structured_clone::SerializedData;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// One of two [entangled](https://html.spec.whatwg.org/multipage/web-messaging.html#entangle) ends. Dropping it closes
/// the channel.
pub(crate) struct PortEnd {
    own: Arc<Mutex<State>>,
    other: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The [port message queue](https://html.spec.whatwg.org/multipage/web-messaging.html#port-message-queue).
    messages: VecDeque<SerializedData>,
    /// Whose messages these are; none while the end is on its way from one agent to another.
    receiver: Option<Receiver>,
    /// The other end is gone: no message comes any more.
    closed: bool,
    /// The port was told so.
    told: bool,
}

/// Where an end is received.
#[derive(Clone)]
pub(crate) struct Receiver {
    /// The agent's tasks, in the background.
    pub(crate) tasks: TaskSender,
    /// The object, by its name there.
    pub(crate) port: ObjectId,
    /// What keeps it alive.
    pub(crate) root: KeptAlive<MessagePort>,
    /// Whether the port message queue is
    /// [enabled](https://html.spec.whatwg.org/multipage/web-messaging.html#port-message-queue).
    pub(crate) enabled: bool,
    /// The two ports of the channel never left their agent: they know each other, and see to the tasks themselves.
    pub(crate) local: bool,
    /// Counts those through whom the agent may be given something to do.
    pub(crate) waker: Option<Arc<()>>,
}

/// Nothing is done under the lock but to change the state.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Receiver {
    fn post(&self, steps: fn(&MessagePort, &mut JSContext)) {
        let (held, port) = (self.root.get(), self.port);
        self.tasks.post(
            TaskSource::PostedMessage,
            Box::new(move |cx, global| {
                let port = match held {
                    Some(port) => Some(port.root()),
                    None => global.message_ports().get(port),
                };
                if let Some(port) = port {
                    steps(&port, cx);
                }
            }),
        );
    }

    /// Queues the task that takes one message out.
    fn queue_message(&self) {
        self.post(MessagePort::dispatch_next_message);
    }

    fn queue_close(&self) {
        self.post(MessagePort::closed_by_other);
    }
}

impl State {
    /// Whom to tell now that the channel is closed: nobody before the messages that wait, and nobody twice.
    fn take_told(&mut self) -> Option<Receiver> {
        if !self.closed || self.told {
            return None;
        }
        let waits = !self.messages.is_empty();
        let receiver = self.receiver.clone().filter(|receiver| receiver.enabled || !waits)?;
        self.told = true;
        Some(receiver)
    }
}

impl PortEnd {
    /// Two ends of a new channel.
    pub(crate) fn entangled() -> (PortEnd, PortEnd) {
        let (one, two) = (Arc::<Mutex<State>>::default(), Arc::<Mutex<State>>::default());
        (PortEnd { own: one.clone(), other: two.clone() }, PortEnd { own: two, other: one })
    }

    /// Adds a message to the other end's queue. True if the caller has to queue the task that takes it out.
    ///
    /// NB: where the other end is gone, nobody receives it. A message with the other end in it, or in the messages that wait for what is in it, would be received by
    /// nobody, and keep itself alive: it is dropped.
    pub(crate) fn send(&self, message: SerializedData) -> bool {
        /// Held while a message comes to an end that is on its way, so that no two can enclose each other.
        static ENCLOSING: Mutex<()> = Mutex::new(());
        if lock(&self.own).closed {
            discard(VecDeque::from([message]));
            return false;
        }
        let enclosing = ENCLOSING.lock().unwrap_or_else(PoisonError::into_inner);
        // (It could not be put into a message meanwhile: that it is in one already is known from there being no object.)
        if lock(&self.other).receiver.is_none() && encloses(&message, &self.other) {
            drop(enclosing);
            discard(VecDeque::from([message]));
            return false;
        }
        let mut other = lock(&self.other);
        other.messages.push_back(message);
        let receiver = other.receiver.clone().filter(|receiver| receiver.enabled);
        drop(other);
        drop(enclosing);
        match receiver {
            Some(receiver) if receiver.local => return true,
            Some(receiver) => receiver.queue_message(),
            None => {}
        }
        false
    }

    /// There is an object for this end. Where the channel was closed on the way, it will be told when it is enabled.
    pub(crate) fn attach(&self, receiver: Receiver) {
        lock(&self.own).receiver = Some(receiver);
    }

    /// Enables the queue. Returns for how many messages the caller has to queue a task.
    pub(crate) fn enable(&self, waker: Option<Arc<()>>) -> usize {
        let mut own = lock(&self.own);
        let waiting = own.messages.len();
        let Some(receiver) = own.receiver.as_mut().filter(|receiver| !receiver.enabled) else { return 0 };
        receiver.enabled = true;
        receiver.waker = waker;
        let receiver = receiver.clone();
        let to_be_told = own.take_told();
        drop(own);
        if receiver.local {
            return waiting;
        }
        for _ in 0..waiting {
            receiver.queue_message();
        }
        if let Some(receiver) = to_be_told {
            receiver.queue_close();
        }
        0
    }

    /// The other port is not one of this agent's any more. True if the queue is enabled.
    pub(crate) fn set_remote(&self, waker: Arc<()>) -> bool {
        let mut own = lock(&self.own);
        let Some(receiver) = &mut own.receiver else { return false };
        receiver.local = false;
        if receiver.enabled {
            receiver.waker = Some(waker);
        }
        receiver.enabled
    }

    /// There is no object for this end any more: it can move, with the messages that wait in it.
    pub(crate) fn detach(&self) {
        let receiver = lock(&self.own).receiver.take();
        drop(receiver);
    }

    /// The next message, if there is one.
    pub(crate) fn take_message(&self) -> Option<SerializedData> {
        lock(&self.own).messages.pop_front()
    }

    /// Drops the messages that wait.
    pub(crate) fn discard_messages(&self) {
        let messages = std::mem::take(&mut lock(&self.own).messages);
        if !messages.is_empty() {
            discard(messages);
        }
    }
}

/// Whether an end is in a message, or in the messages that wait for an end that is in it, and so on.
fn encloses(message: &SerializedData, end: &Arc<Mutex<State>>) -> bool {
    let mut ends = Vec::new();
    message.for_each_port_end(|end| ends.push(end.own.clone()));
    while let Some(one) = ends.pop() {
        if Arc::ptr_eq(&one, end) {
            return true;
        }
        for message in &lock(&one).messages {
            message.for_each_port_end(|end| ends.push(end.own.clone()));
        }
    }
    false
}

thread_local! {
    /// What the [`discard`] that is under way on this thread has yet to drop.
    static DISCARDED: RefCell<Option<VecDeque<SerializedData>>> = const { RefCell::new(None) };
}

/// Drops messages. Other ends may be in them, with messages in which there are ends, and so on: one after the other, since
/// a page may nest them deeper than any stack is.
fn discard(messages: VecDeque<SerializedData>) {
    let is_first = DISCARDED.with_borrow_mut(|discarded| match discarded {
        Some(discarded) => {
            discarded.extend(messages);
            false
        }
        None => {
            *discarded = Some(messages);
            true
        }
    });
    if !is_first {
        return;
    }
    while let Some(message) = DISCARDED.with_borrow_mut(|discarded| discarded.as_mut()?.pop_front()) {
        drop(message);
    }
    DISCARDED.set(None);
}

impl Drop for PortEnd {
    /// [Disentangle](https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle): the other port is told.
    fn drop(&mut self) {
        self.detach();
        self.discard_messages();
        let mut other = lock(&self.other);
        other.closed = true;
        let to_be_told = other.take_told();
        drop(other);
        if let Some(receiver) = to_be_told {
            receiver.queue_close();
        }
    }
}
