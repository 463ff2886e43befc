//! What a [`MessagePort`](super::message_port::MessagePort) stands for, apart from its object: one end of a channel
//! between any two agents. It can move from one to another.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    /// The object that gets the messages, while the queue is enabled.
    receiver: Option<Receiver>,
    /// The other end is gone: no message comes any more.
    closed: bool,
}

/// Where an end is received. It keeps the object alive, as an entangled port with listeners has to be.
#[derive(Clone)]
struct Receiver {
    port: Trusted<MessagePort>,
    tasks: TaskSender,
}

/// Nothing is done under the lock but to change the state.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Receiver {
    /// Queues the task that takes one message out.
    fn queue_message(&self) {
        let port = self.port.clone();
        self.tasks.post(
            TaskSource::PostedMessage,
            Box::new(move |cx, _global| port.root().dispatch_next_message(cx)),
        );
    }

    fn queue_close(self) {
        let port = self.port;
        self.tasks
            .post(TaskSource::PostedMessage, Box::new(move |cx, _global| port.root().closed_by_other(cx)));
    }
}

impl PortEnd {
    /// Two ends of a new channel.
    pub(crate) fn entangled() -> (PortEnd, PortEnd) {
        let (one, two) = (Arc::<Mutex<State>>::default(), Arc::<Mutex<State>>::default());
        (PortEnd { own: one.clone(), other: two.clone() }, PortEnd { own: two, other: one })
    }

    /// Adds a message to the other end's queue.
    pub(crate) fn send(&self, message: SerializedData) {
        let mut other = lock(&self.other);
        other.messages.push_back(message);
        let receiver = other.receiver.clone();
        drop(other);
        if let Some(receiver) = receiver {
            receiver.queue_message();
        }
    }

    /// Enables the queue: from now on its messages go to `port`.
    pub(crate) fn enable(&self, port: &MessagePort, tasks: TaskSender) {
        let receiver = Receiver { port: Trusted::new(port), tasks };
        let mut own = lock(&self.own);
        if own.receiver.is_some() {
            return;
        }
        let (waiting, closed) = (own.messages.len(), own.closed);
        if !closed {
            own.receiver = Some(receiver.clone());
        }
        drop(own);
        for _ in 0..waiting {
            receiver.queue_message();
        }
        if closed {
            receiver.queue_close();
        }
    }

    /// Disables the queue, so that the end can move.
    pub(crate) fn disable(&self) {
        let receiver = lock(&self.own).receiver.take();
        drop(receiver);
    }

    /// The next message, if there is one.
    pub(crate) fn take_message(&self) -> Option<SerializedData> {
        lock(&self.own).messages.pop_front()
    }
}

impl Drop for PortEnd {
    /// [Disentangle](https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle): the other port is told.
    fn drop(&mut self) {
        self.disable();
        let mut other = lock(&self.other);
        other.closed = true;
        let receiver = other.receiver.take();
        drop(other);
        if let Some(receiver) = receiver {
            receiver.queue_close();
        }
    }
}
