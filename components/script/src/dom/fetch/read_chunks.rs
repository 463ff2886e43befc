//! The chunks of a stream of this agent's, for another thread.

use std::cell::RefCell;

use fetch::{BodyStream, Bytes, NetworkError, NetworkErrorKind};
use futures::StreamExt;
use futures::channel::oneshot;

use crate::dom::streams::array_buffers::uint8_array_of;
use crate::dom::streams::read_requests::ReadRequest;
use crate::dom::streams::readable_stream_default_reader::ReadableStreamDefaultReader;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// Whose body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyOf {
    /// A request's, for who sends it. Whoever aborts the fetch cancels the stream.
    Request,
    /// A response's, by a service worker: the stream is canceled when nobody wants more of it.
    Response,
}

impl BodyOf {
    fn name(self) -> &'static str {
        match self {
            BodyOf::Request => "request",
            BodyOf::Response => "response",
        }
    }

    fn error(self, message: String) -> NetworkError {
        let kind = match self {
            BodyOf::Request => NetworkErrorKind::RequestBody,
            BodyOf::Response => NetworkErrorKind::ServiceWorker,
        };
        NetworkError::new(kind, message)
    }

    /// The agent ended before the body did.
    fn agent_ended(self) -> NetworkError {
        match self {
            BodyOf::Request => NetworkError::aborted(),
            BodyOf::Response => self.error("the service worker ended before its response's body did".into()),
        }
    }
}

/// A stream that is being read.
struct Reading {
    reader: Trusted<ReadableStreamDefaultReader>,
    tasks: TaskSender,
    of: BodyOf,
    has_ended: bool,
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !self.has_ended && self.of == BodyOf::Response {
            let reader = self.reader.clone();
            // Where the agent has ended, so has the stream.
            self.tasks.post(TaskSource::Networking, Box::new(move |cx, _| cancel(cx, &reader.root())));
        }
    }
}

/// Cancels the stream with undefined.
pub(super) fn cancel(cx: &mut JSContext, reader: &ReadableStreamDefaultReader) {
    if let Ok(canceled) = reader.generic().cancel(cx, HandleValue::undefined()) {
        // Nobody waits for it.
        canceled.mark_as_handled(cx);
    }
}

/// Reads by `reader` whatever its stream brings. A chunk is read when it is asked for: who is slow pushes back on the
/// script that makes them.
pub(super) fn read_chunks(
    reader: Trusted<ReadableStreamDefaultReader>,
    tasks: TaskSender,
    of: BodyOf,
) -> BodyStream {
    let start = Reading { reader, tasks, of, has_ended: false };
    futures::stream::unfold(start, |mut reading| async move {
        if reading.has_ended {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        let (reader, of) = (reading.reader.clone(), reading.of);
        let read = move |cx: &mut JSContext, _: &GlobalScope| {
            reader.root().read(cx, ReadChunk { sender: RefCell::new(Some(sender)), of });
        };
        reading.tasks.post(TaskSource::Networking, Box::new(read));
        let chunk = receiver.await.unwrap_or_else(|oneshot::Canceled| Err(of.agent_ended())).transpose();
        reading.has_ended = !matches!(chunk, Some(Ok(_)));
        Some((chunk?, reading))
    })
    .boxed()
}

/// What reading brings; None at the end.
type Chunk = Result<Option<Bytes>, NetworkError>;

/// The read request of a chunk.
#[derive(JSTraceable)]
struct ReadChunk {
    #[no_trace]
    sender: RefCell<Option<oneshot::Sender<Chunk>>>,
    #[no_trace]
    of: BodyOf,
}

impl ReadChunk {
    fn send(&self, chunk: Chunk) {
        if let Some(sender) = self.sender.take() {
            // Where no one waits any more, the transfer has ended.
            let _ = sender.send(chunk);
        }
    }
}

impl ReadRequest for ReadChunk {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        self.send(match uint8_array_of(cx, chunk) {
            Some(bytes) => Ok(Some(bytes.to_vec().into())),
            None => {
                Err(self.of.error(format!("a chunk of the {}'s body is not a Uint8Array", self.of.name())))
            }
        });
    }

    fn close_steps(&self, _cx: &mut JSContext) {
        self.send(Ok(None));
    }

    fn error_steps(&self, _cx: &mut JSContext, _error: HandleValue<'_>) {
        self.send(Err(self.of.error(format!("the stream that is the {}'s body failed", self.of.name()))));
    }
}
