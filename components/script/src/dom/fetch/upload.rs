//! Request bodies that are streams: <https://fetch.spec.whatwg.org/#concept-request-transmit-body>.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fetch::{BodyStream, NetworkError, NetworkErrorKind};
use futures::{StreamExt, TryStreamExt};

use super::bodies::{Body, BodySource, RootedBody};
use super::read_chunks::{BodyOf, cancel, read_chunks};
use crate::dom::streams::body_source::Reading;
use crate::dom::streams::readable_stream::ReadableStream;
use crate::dom::streams::readable_stream_default_reader::ReadableStreamDefaultReader;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The chunks of a stream, for whoever sends them.
pub(crate) struct Upload {
    reader: Trusted<ReadableStreamDefaultReader>,
    tasks: TaskSender,
    opened: AtomicBool,
}

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
        Ok(read_chunks(self.reader.clone(), self.tasks.clone(), BodyOf::Request))
    }

    fn cancel(&self) {
        // Whoever reads it already may go on.
        if self.opened.swap(true, Ordering::Relaxed) {
            return;
        }
        let reader = self.reader.clone();
        // Where the page has gone, so has the stream.
        self.tasks.post(TaskSource::Networking, Box::new(move |cx, _| cancel(cx, &reader.root())));
    }
}

/// A body that is read from Rust: not before somebody wants it, since it may be there once alone.
pub(super) fn body_of_source(
    cx: &mut JSContext,
    global: &GlobalScope,
    source: &Arc<dyn fetch::BodySource>,
) -> RootedBody {
    // Who has a reader has it, whoever else would open it before the first chunk is read.
    let claimed = Arc::new(Mutex::new(None));
    let claim = {
        let (claimed, source) = (claimed.clone(), source.clone());
        move || *claimed.lock().unwrap_or_else(PoisonError::into_inner) = Some(source.open())
    };
    let opened = source.clone();
    let bytes = futures::stream::once(async move {
        let claimed = claimed.lock().unwrap_or_else(PoisonError::into_inner).take();
        claimed.unwrap_or_else(|| opened.open())
    });
    let reading = Reading::OnceClaimed(Box::new(claim));
    let stream = ReadableStream::from_body_stream(cx, global, bytes.try_flatten().boxed(), reading);
    let source = if source.is_replayable() { BodySource::Native(source.clone()) } else { BodySource::None };
    Body::new(&stream, source)
}
