//! The fetch event (<https://w3c.github.io/ServiceWorker/#fetchevent-interface>), as plain data.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use fetch::{NetworkError, Request, Response};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;

use crate::ClientId;

/// What [`WorkerHost::dispatch`](crate::host::WorkerHost::dispatch) makes a `FetchEvent` from. It can be dispatched again
/// when the worker ended before it was.
#[derive(Clone)]
pub struct FetchEvent {
    /// The request. Its body may be opened; one that can be opened once alone is lost to the network then.
    pub request: Request,
    /// `clientId`: who asks.
    pub client: Option<ClientId>,
    /// `resultingClientId`: who the response is going to be.
    pub resulting_client: Option<ClientId>,
    /// `replacesClientId`: who that takes the place of.
    pub replaced_client: Option<ClientId>,
    answer: Answer,
    aborted: Shared<oneshot::Receiver<()>>,
}

/// Where the answer goes, once.
type Answer = Arc<Mutex<Option<oneshot::Sender<FetchResult>>>>;

/// How a fetch event ended: with a response, with nothing (the network is to be asked), or with a network error.
pub type FetchResult = Result<Option<FetchResponse>, NetworkError>;

/// What `respondWith()` was given.
#[derive(Debug)]
pub struct FetchResponse {
    /// The response.
    pub response: Response,
    /// Whether the worker's script makes the body while it is read: the worker is not idle until then.
    pub body_needs_worker: bool,
}

impl FetchEvent {
    /// An event of a request that nobody is named in yet, with what its answer comes through. It is aborted by a message
    /// through the sender of `aborted`, which may also be dropped.
    pub(crate) fn new(
        request: Request,
        aborted: Shared<oneshot::Receiver<()>>,
    ) -> (Self, oneshot::Receiver<FetchResult>) {
        let (sender, receiver) = oneshot::channel();
        let answer = Arc::new(Mutex::new(Some(sender)));
        let (client, resulting_client, replaced_client) = (None, None, None);
        (FetchEvent { request, client, resulting_client, replaced_client, answer, aborted }, receiver)
    }

    /// Answers, once the event's wait to respond flag is unset or it was dispatched without setting it. Only the first
    /// answer counts. An event that is dropped without one was not dispatched, or its worker has ended.
    pub fn respond(&self, result: FetchResult) {
        let sender = self.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Who asked may have gone away.
            let _ = sender.send(result);
        }
    }

    /// Resolves with true when the fetch is aborted before there is an answer; with false once it can't be any more.
    pub fn aborted(&self) -> impl Future<Output = bool> + Send + use<> {
        self.aborted.clone().map(|message| message.is_ok())
    }
}

impl fmt::Debug for FetchEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchEvent")
            .field("request", &self.request)
            .field("client", &self.client)
            .field("resulting_client", &self.resulting_client)
            .finish_non_exhaustive()
    }
}
