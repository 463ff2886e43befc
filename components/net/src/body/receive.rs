//! A response's body as it comes from the connection.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use fetch::{NetworkError, NetworkErrorKind, TimeoutStage};
use futures::{FutureExt, Stream};
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::Sleep;
use url::Url;

use crate::connection::Lease;
use crate::errors::from_hyper;

/// The bytes of a response's body, with a limit on the silence between them. At its end the connection goes back
/// to the pool; dropped before, it is closed (HTTP/1.1) or its stream reset (HTTP/2).
pub(crate) struct ReceivedBody {
    incoming: Incoming,
    lease: Option<Lease>,
    url: Url,
    address: SocketAddr,
    /// The length that the message announced.
    announced: Option<u64>,
    received: u64,
    silence_limit: Option<Duration>,
    silence: Option<Pin<Box<Sleep>>>,
    done: bool,
}

impl ReceivedBody {
    pub(crate) fn new(incoming: Incoming, lease: Lease, url: Url, silence_limit: Option<Duration>) -> Self {
        let address = lease.address();
        let announced = incoming.size_hint().exact();
        let mut body = ReceivedBody {
            incoming,
            lease: Some(lease),
            url,
            address,
            announced,
            received: 0,
            silence_limit,
            silence: None,
            done: false,
        };
        if body.incoming.is_end_stream() {
            body.finish();
        }
        body
    }

    /// Whether there is nothing (more) to come.
    pub(crate) fn is_finished(&self) -> bool {
        self.done
    }

    fn finish(&mut self) {
        self.done = true;
        if let Some(lease) = self.lease.take() {
            lease.finish();
        }
    }

    fn fail(&mut self, error: NetworkError) -> Poll<Option<Result<Bytes, NetworkError>>> {
        self.done = true;
        self.lease = None;
        Poll::Ready(Some(Err(error.at(&self.url).with_address(Some(self.address)))))
    }

    fn place(&self) -> String {
        match self.announced {
            Some(announced) => format!("in the body, after {} of {announced} bytes", self.received),
            None => format!("in the body, after {} bytes", self.received),
        }
    }
}

impl Stream for ReceivedBody {
    type Item = Result<Bytes, NetworkError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.done {
            return Poll::Ready(None);
        }
        loop {
            match Pin::new(&mut self.incoming).poll_frame(cx) {
                Poll::Ready(frame) => {
                    self.silence = None;
                    match frame {
                        // Trailers have no place in Fetch.
                        Some(Ok(frame)) => match frame.into_data() {
                            Ok(bytes) if !bytes.is_empty() => {
                                self.received += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                                return Poll::Ready(Some(Ok(bytes)));
                            }
                            _ => {}
                        },
                        Some(Err(error)) => {
                            let mut failure = from_hyper(&error, &self.place());
                            // A message that is shorter than announced was cut, however the protocol says so.
                            if self.announced.is_some_and(|announced| self.received < announced) {
                                failure.kind = NetworkErrorKind::Cut;
                                failure.temporary = true;
                            }
                            return self.fail(failure);
                        }
                        None => {
                            self.finish();
                            return Poll::Ready(None);
                        }
                    }
                }
                Poll::Pending => {
                    let Some(limit) = self.silence_limit else { return Poll::Pending };
                    let silence = self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
                    ready!(silence.poll_unpin(cx));
                    let message = format!("nothing came for {limit:?} {}", self.place());
                    let kind = NetworkErrorKind::Timeout(TimeoutStage::Body);
                    return self.fail(NetworkError::temporary(kind, message));
                }
            }
        }
    }
}
