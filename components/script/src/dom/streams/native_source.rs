//! Streams of bytes that are there, and what else Rust does with streams:
//! <https://streams.spec.whatwg.org/#other-specs-rs-create>.

use std::cell::RefCell;
use std::collections::VecDeque;

use fetch::{Bytes, NetworkError};

use super::array_buffers::new_uint8_array;
use super::promises::exception_value;
use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream::{Controller, ReadableStream};
use super::underlying_source::{Source, root_source};
use crate::dom::console::console_message;
use crate::embedder::ConsoleLevel;
use crate::webidl::*;

/// How many bytes go into one chunk.
const CHUNK_GOAL: usize = 256 * 1024;

impl ReadableStream {
    /// A byte stream of bytes that are there.
    pub(crate) fn from_bytes(
        cx: &mut JSContext,
        global: &GlobalScope,
        bytes: Bytes,
    ) -> DomRoot<ReadableStream> {
        ReadableStream::from_pieces(cx, global, vec![bytes])
    }

    /// A byte stream of bytes that are there, in pieces that follow each other. No chunk has more than one.
    pub(crate) fn from_pieces(
        cx: &mut JSContext,
        global: &GlobalScope,
        pieces: Vec<Bytes>,
    ) -> DomRoot<ReadableStream> {
        let pieces: VecDeque<_> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let is_empty = pieces.is_empty();
        let source = root_source(BytesSource { pieces: RefCell::new(pieces) });
        let stream = ReadableStream::create_byte_stream(cx, global, &source, 0.0);
        if is_empty {
            stream.end(cx);
        }
        stream
    }

    /// <https://streams.spec.whatwg.org/#readablestream-close>
    pub(crate) fn end(&self, cx: &mut JSContext) {
        match self.controller() {
            // 1. Who waits gets an empty view.
            Some(Controller::Byte(controller)) => {
                let closed = controller.close(cx).and_then(|()| match controller.first_pending_pull_into() {
                    Some(_) => controller.respond(cx, 0),
                    None => Ok(()),
                });
                // A failure of close() has errored the stream, which is all that there is to do.
                if let Err(error) = closed {
                    exception_value(cx, &self.global(), error);
                }
            }
            // 2.
            Some(Controller::Default(controller)) => controller.close(cx),
            None => {}
        }
    }

    /// <https://streams.spec.whatwg.org/#readablestream-error>
    pub(crate) fn fail(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        match self.controller() {
            // 1.
            Some(Controller::Byte(controller)) => controller.error(cx, error),
            // 2.
            Some(Controller::Default(controller)) => controller.error(cx, error),
            None => {}
        }
    }

    /// Errors the stream with an exception of its own realm.
    pub(crate) fn fail_with(&self, cx: &mut JSContext, error: Error) {
        let error = exception_value(cx, &self.global(), error);
        self.fail(cx, error.handle());
    }
}

/// Enqueues bytes; a stream that can't take them (memory has run out) fails.
pub(super) fn enqueue_bytes(cx: &mut JSContext, controller: &ReadableByteStreamController, bytes: &[u8]) {
    // Nothing is lost on a stream that was canceled meanwhile: no one wants it (SD-37).
    let chunk = new_uint8_array(cx, bytes);
    if let Err(error) = chunk.and_then(|chunk| controller.enqueue(cx, &chunk)) {
        controller.error_with(cx, error);
    }
}

/// Bytes in memory.
#[derive(JSTraceable)]
struct BytesSource {
    /// What is left. None of them is empty.
    #[no_trace]
    pieces: RefCell<VecDeque<Bytes>>,
}

impl BytesSource {
    /// The next chunk, and whether it is the last one.
    fn next_chunk(&self) -> Option<(Bytes, bool)> {
        let mut pieces = self.pieces.borrow_mut();
        let first = pieces.front_mut()?;
        let chunk = first.split_to(first.len().min(CHUNK_GOAL));
        if first.is_empty() {
            pieces.pop_front();
        }
        Some((chunk, pieces.is_empty()))
    }
}

impl Source for BytesSource {
    fn pull(&self, cx: &mut JSContext, controller: &Controller) -> Promise {
        let global = controller.global();
        let chunk = self.next_chunk();
        if let (Controller::Byte(controller), Some((chunk, is_last))) = (controller, chunk) {
            enqueue_bytes(cx, controller, &chunk);
            if let (true, Some(stream)) = (is_last, controller.stream()) {
                stream.end(cx);
            }
        }
        Promise::resolved(cx, &global, &())
    }

    fn cancel(&self, cx: &mut JSContext, global: &GlobalScope, _reason: HandleValue<'_>) -> Promise {
        Promise::resolved(cx, global, &())
    }
}

/// The exception that a network error is for script, which learns nothing of the reason: that goes to the console, for
/// people.
pub(crate) fn network_error(global: &GlobalScope, error: &NetworkError) -> Error {
    if error.is_aborted() {
        return Error::Abort("the fetch was aborted".into());
    }
    console_message(global, ConsoleLevel::Error, format!("fetch failed: {error}"));
    Error::Type("network error".into())
}
