//! A network on which a test plays the server.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use fetch::{FetchParams, HeaderList, Network, NetworkError, Response, ResponseHead, Url};
use futures::channel::{mpsc, oneshot};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};

/// Takes requests, and holds each until the test [takes](FakeNetwork::next) it.
#[derive(Default)]
pub struct FakeNetwork(Mutex<VecDeque<Exchange>>);

/// A request that waits for its response.
pub struct Exchange {
    /// The request, and who counts its body.
    pub params: FetchParams,
    answer: oneshot::Sender<Result<Response, NetworkError>>,
}

/// The server's end of a response body. Dropping it ends the body normally.
pub struct BodySender(mpsc::UnboundedSender<Result<Bytes, NetworkError>>);

/// A response's head.
pub fn head(status: u16, headers: &[(&str, &str)]) -> ResponseHead {
    ResponseHead {
        status,
        headers: HeaderList::from_iter(headers.iter().copied()),
        ..ResponseHead::default()
    }
}

impl FakeNetwork {
    fn exchanges(&self) -> MutexGuard<'_, VecDeque<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The oldest request that nobody has answered or given up.
    pub fn next(&self) -> Option<Exchange> {
        let mut exchanges = self.exchanges();
        exchanges.retain(|exchange| !exchange.is_cancelled());
        exchanges.pop_front()
    }

    /// The URLs of the requests that wait.
    pub fn waiting(&self) -> Vec<Url> {
        let mut exchanges = self.exchanges();
        exchanges.retain(|exchange| !exchange.is_cancelled());
        exchanges.iter().map(|exchange| exchange.params.request.url().clone()).collect()
    }
}

impl Network for FakeNetwork {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let (answer, response) = oneshot::channel();
        self.exchanges().push_back(Exchange { params, answer });
        async move { response.await.unwrap_or_else(|_| Err(NetworkError::aborted())) }.boxed()
    }
}

impl Exchange {
    /// A header of the request.
    pub fn header(&self, name: &str) -> Option<String> {
        self.params.request.headers.get_string(name)
    }

    /// Whether nobody waits for the response any more.
    pub fn is_cancelled(&self) -> bool {
        self.answer.is_canceled()
    }

    /// The transport has taken bytes of the request's body.
    pub fn sent(&self, bytes: u64) {
        if let Some(on_body_sent) = &self.params.on_body_sent {
            on_body_sent(bytes);
        }
    }

    /// Answers with a head, whose URL is the request's if it names none, and a body to come.
    pub fn respond(self, head: ResponseHead) -> BodySender {
        let (sender, receiver) = mpsc::unbounded();
        self.answer(head, Some(receiver.boxed()));
        BodySender(sender)
    }

    /// Answers with a whole body.
    pub fn respond_with(self, head: ResponseHead, body: impl Into<Bytes>) {
        self.answer(head, Some(fetch::body_of_bytes(body)));
    }

    /// Answers with a body that is read as it is wanted.
    pub fn respond_stream(self, head: ResponseHead, body: fetch::BodyStream) {
        self.answer(head, Some(body));
    }

    /// Answers with a null body.
    pub fn respond_without_body(self, head: ResponseHead) {
        self.answer(head, None);
    }

    /// Fails.
    pub fn fail(self, error: NetworkError) {
        let _ = self.answer.send(Err(error));
    }

    fn answer(self, mut head: ResponseHead, body: Option<fetch::BodyStream>) {
        if head.url_list.is_empty() {
            head.url_list.push(self.params.request.url().clone());
        }
        let _ = self.answer.send(Ok(Response::new(head, body)));
    }
}

impl BodySender {
    /// Some bytes come.
    pub fn send(&self, bytes: impl Into<Bytes>) {
        let _ = self.0.unbounded_send(Ok(bytes.into()));
    }

    /// The body ends in an error.
    pub fn fail(self, error: NetworkError) {
        let _ = self.0.unbounded_send(Err(error));
    }

    /// Whether nobody reads any more.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_closed()
    }
}
