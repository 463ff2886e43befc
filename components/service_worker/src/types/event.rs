//! Events that are dispatched to workers (<https://w3c.github.io/ServiceWorker/#service-worker-events>).

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::{ClientInfo, FetchEvent, WorkerInfo};

/// Data that only the two ends of a delivery understand: what initialises a functional event, or a serialised message.
/// It can be dispatched again when the worker ended before it was, hence `Arc`.
#[derive(Clone)]
pub struct Payload(Arc<dyn Any + Send + Sync>);

impl Payload {
    /// Wraps `data`.
    pub fn new<T: Any + Send + Sync>(data: T) -> Self {
        Payload(Arc::new(data))
    }

    /// The data, if it is a `T`.
    pub fn downcast<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.0).downcast().ok()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payload(..)")
    }
}

/// What [`WorkerHost::dispatch`](crate::host::WorkerHost::dispatch) creates and dispatches at a worker's global.
#[derive(Clone, Debug)]
pub enum WorkerEvent {
    /// An `InstallEvent` named `install`.
    Install,
    /// An `ExtendableEvent` named `activate`.
    Activate,
    /// An `ExtendableMessageEvent` named `message`, or `messageerror` where it can't be deserialised.
    Message(MessageEvent),
    /// A `FetchEvent` named `fetch`.
    Fetch(Box<FetchEvent>),
    /// An event of another specification.
    Functional(FunctionalEvent),
}

impl WorkerEvent {
    /// The event's type.
    pub fn name(&self) -> &str {
        match self {
            WorkerEvent::Install => "install",
            WorkerEvent::Activate => "activate",
            WorkerEvent::Message(_) => "message",
            WorkerEvent::Fetch(_) => "fetch",
            WorkerEvent::Functional(event) => event.name,
        }
    }
}

/// A [functional event](https://w3c.github.io/ServiceWorker/#dfn-functional-events).
#[derive(Clone, Debug)]
pub struct FunctionalEvent {
    /// The event's type, by which the host knows the interface and the type of `init`.
    pub name: &'static str,
    /// What initialises the event.
    pub init: Payload,
}

/// A message to a worker.
#[derive(Clone, Debug)]
pub struct MessageEvent {
    /// The serialised message with what is transferred.
    pub message: Payload,
    /// The sender's origin, serialised.
    pub origin: String,
    /// The sender.
    pub source: MessageSource,
}

/// Who sent a message to a worker.
#[derive(Clone, Debug)]
pub enum MessageSource {
    /// A client.
    Client(Box<ClientInfo>),
    /// A service worker.
    Worker(WorkerInfo),
}

/// How the delivery of a functional event ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventOutcome {
    /// Every listener returned and every lifetime promise was fulfilled.
    Handled,
    /// The worker has no listener for it, so it was not started. (Should Skip Event)
    Skipped,
    /// A lifetime promise was rejected, for this reason. An exception in a listener alone is not a failure.
    Failed(String),
    /// It took longer than the worker was given; the worker was ended.
    TimedOut,
    /// The worker ended while it handled the event.
    Terminated,
    /// The worker could not be started.
    StartFailed(String),
    /// The registration is gone or has no active worker.
    NoActiveWorker,
}
