//! Request bodies that are streams: <https://fetch.spec.whatwg.org/#concept-request-transmit-body>.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fetch::{BodyStream, Bytes, NetworkError, NetworkErrorKind};
use futures::StreamExt;
use futures::channel::oneshot;

use super::bodies::{Body, BodySource, RootedBody};
use crate::dom::streams::array_buffers::uint8_array_of;
use crate::dom::streams::read_requests::ReadRequest;
use crate::dom::streams::readable_stream::ReadableStream;
use crate::dom::streams::readable_stream_default_reader::ReadableStreamDefaultReader;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The chunks of a stream, for whoever sends them. A chunk is read when it is asked for: a slow network, or a disk,
/// pushes back on the script that makes them.
pub(crate) struct Upload {
    reader: Trusted<ReadableStreamDefaultReader>,
    tasks: TaskSender,
    opened: AtomicBool,
}

/// What reading brings; None at the end.
type Chunk = Result<Option<Bytes>, NetworkError>;

impl Upload {
    /// What `reader` reads.
    pub(super) fn new(reader: &ReadableStreamDefaultReader, global: &GlobalScope) -> Upload {
        // Who sends the body keeps the agent busy, not who merely holds it.
        let tasks = global.task_sender().background();
        Upload { reader: Trusted::new(reader), tasks, opened: AtomicBool::new(false) }
    }
}

impl fetch::BodySource for Upload {
    fn length(&self) -> Option<u64> {
        None
    }

    fn is_replayable(&self) -> bool {
        false
    }

    fn open(&self) -> Result<BodyStream, NetworkError> {
        if self.opened.swap(true, Ordering::Relaxed) {
            let message = "the request's body is a stream, which can't be sent a second time";
            return Err(NetworkError::new(NetworkErrorKind::RequestBody, message));
        }
        let start = Some((self.reader.clone(), self.tasks.clone()));
        let chunks = futures::stream::unfold(start, |state| async move {
            let (reader, tasks) = state?;
            let (sender, receiver) = oneshot::channel();
            let read = {
                let reader = reader.clone();
                move |cx: &mut JSContext, _: &GlobalScope| {
                    reader.root().read(cx, UploadRead { sender: RefCell::new(Some(sender)) });
                }
            };
            tasks.post(TaskSource::Networking, Box::new(read));
            match receiver.await {
                Ok(Ok(Some(bytes))) => Some((Ok(bytes), Some((reader, tasks)))),
                Ok(Ok(None)) => None,
                Ok(Err(error)) => Some((Err(error), None)),
                // The page has gone.
                Err(oneshot::Canceled) => Some((Err(NetworkError::aborted()), None)),
            }
        });
        Ok(chunks.boxed())
    }
}

/// The read request of a chunk.
#[derive(JSTraceable)]
struct UploadRead {
    #[no_trace]
    sender: RefCell<Option<oneshot::Sender<Chunk>>>,
}

impl UploadRead {
    fn send(&self, chunk: Chunk) {
        if let Some(sender) = self.sender.take() {
            // Where no one waits any more, the transfer has ended.
            let _ = sender.send(chunk);
        }
    }

    fn fail(&self, message: &str) {
        self.send(Err(NetworkError::new(NetworkErrorKind::RequestBody, message)));
    }
}

impl ReadRequest for UploadRead {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        match uint8_array_of(cx, chunk) {
            Some(bytes) => self.send(Ok(Some(bytes.to_vec().into()))),
            None => self.fail("a chunk of the request's body is not a Uint8Array"),
        }
    }

    fn close_steps(&self, _cx: &mut JSContext) {
        self.send(Ok(None));
    }

    fn error_steps(&self, _cx: &mut JSContext, _error: HandleValue<'_>) {
        self.fail("the stream that is the request's body failed");
    }
}

/// A body that is read from Rust.
pub(super) fn body_of_source(
    cx: &mut JSContext,
    global: &GlobalScope,
    source: &Arc<dyn fetch::BodySource>,
) -> Option<RootedBody> {
    let bytes = source.open().unwrap_or_else(|error| {
        let failure = async move { Err(error) };
        futures::stream::once(failure).boxed()
    });
    let stream = ReadableStream::from_body_stream(cx, global, bytes);
    Some(Body::new(&stream, BodySource::None))
}
