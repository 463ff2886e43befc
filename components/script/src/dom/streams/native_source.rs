//! Streams whose bytes come from Rust: <https://streams.spec.whatwg.org/#other-specs-rs-create>.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fetch::{BodyStream, Bytes, NetworkError};
use futures::channel::oneshot;
use futures::future::{self, AbortHandle, Abortable, Either};
use futures::{FutureExt, StreamExt};

use super::array_buffers::new_uint8_array;
use super::promises::exception_value;
use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream::{Controller, ReadableStream, State};
use super::underlying_source::{Source, root_source};
use crate::dom::console::console_message;
use crate::embedder::ConsoleLevel;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// How many bytes that are there already go into one chunk.
const CHUNK_GOAL: usize = 256 * 1024;

impl ReadableStream {
    /// A byte stream of what `body` brings. A chunk is asked for when someone reads; then `body` is polled by the
    /// host's spawner. Dropping the stream, canceling it, or the end of `global`'s document drops `body`.
    pub(crate) fn from_body_stream(
        cx: &mut JSContext,
        global: &GlobalScope,
        body: BodyStream,
    ) -> DomRoot<ReadableStream> {
        let state = Arc::new(Mutex::new(BodyState::Resting(body)));
        let (held, dropped) = oneshot::channel();
        let (end, weak) = (global.end(), Arc::downgrade(&state));
        global.hosts().spawner.spawn(Box::pin(async move {
            if let Either::Left(_) = future::select(end, dropped).await
                && let Some(state) = weak.upgrade()
            {
                let_go(&state);
            }
        }));
        let source = root_source(BodySource { state, _held: held });
        ReadableStream::create_byte_stream(cx, global, &source, 0.0)
    }

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

    /// What [`ReadableStream::from_body_stream`] was given, where nothing of it was read: whoever takes it reads it
    /// without this agent. Nothing comes through the stream any more; the caller has to lock it.
    pub(crate) fn take_body_stream(&self) -> Option<BodyStream> {
        if self.is_disturbed() || self.state() != State::Readable {
            return None;
        }
        self.byte_controller()?.take_body()
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
fn enqueue_bytes(cx: &mut JSContext, controller: &ReadableByteStreamController, bytes: &[u8]) {
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

/// Where the body is.
enum BodyState {
    /// No one asked for a chunk.
    Resting(BodyStream),
    /// It is being polled for a chunk.
    Pulled(AbortHandle),
    /// It ended, or was canceled.
    Gone,
}

/// Bytes from outside of the agent.
#[derive(JSTraceable)]
struct BodySource {
    #[no_trace]
    state: Arc<Mutex<BodyState>>,
    /// Says that this was dropped.
    #[no_trace]
    _held: oneshot::Sender<()>,
}

fn lock(state: &Mutex<BodyState>) -> MutexGuard<'_, BodyState> {
    // Every change is one assignment: there is nothing that a panic could leave half done.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The next chunk: what `body` brings next, with what else is there already. None at the end.
async fn next_chunk(body: &mut BodyStream) -> Option<Result<Chunk, NetworkError>> {
    let first = loop {
        match body.next().await? {
            Ok(bytes) if bytes.is_empty() => {}
            Ok(bytes) => break bytes,
            Err(error) => return Some(Err(error)),
        }
    };
    let (mut length, mut chunk) = (first.len(), Chunk { pieces: vec![first], then: None });
    while length < CHUNK_GOAL && chunk.then.is_none() {
        match body.next().now_or_never() {
            Some(Some(Ok(bytes))) => {
                length += bytes.len();
                chunk.pieces.push(bytes);
            }
            Some(Some(Err(error))) => chunk.then = Some(Err(error)),
            Some(None) => chunk.then = Some(Ok(())),
            None => break,
        }
    }
    Some(Ok(chunk))
}

/// Bytes that came together.
struct Chunk {
    pieces: Vec<Bytes>,
    /// The end, or a failure, if that came with them.
    then: Option<Result<(), NetworkError>>,
}

impl Chunk {
    fn concat(self) -> Bytes {
        match <[Bytes; 1]>::try_from(self.pieces) {
            Ok([bytes]) => bytes,
            Err(pieces) => pieces.concat().into(),
        }
    }
}

impl Source for BodySource {
    fn pull(&self, cx: &mut JSContext, controller: &Controller) -> Promise {
        let global = controller.global();
        let promise = Promise::new(cx, &global);
        let Some(stream) = controller.stream() else { return promise };
        let (abort, registration) = AbortHandle::new_pair();
        let mut body = match std::mem::replace(&mut *lock(&self.state), BodyState::Pulled(abort)) {
            BodyState::Resting(body) => body,
            // A controller pulls once at a time, and not after the end.
            BodyState::Pulled(_) | BodyState::Gone => return promise,
        };
        let (stream, trusted_promise) = (Trusted::new(&*stream), TrustedPromise::new(&promise));
        let state = self.state.clone();
        let tasks = global.task_sender();
        global.spawn(async move {
            let next = async { (next_chunk(&mut body).await, body) };
            let Ok((chunk, body)) = Abortable::new(next, registration).await else { return };
            {
                let mut state = lock(&state);
                *state = match (&*state, &chunk) {
                    (BodyState::Pulled(_), Some(Ok(Chunk { then: None, .. }))) => BodyState::Resting(body),
                    _ => BodyState::Gone,
                };
            }
            let deliver = move |cx: &mut JSContext, _: &GlobalScope| {
                deliver(cx, &stream.root(), chunk);
                trusted_promise.root().resolve(cx, &());
            };
            tasks.post(TaskSource::Networking, Box::new(deliver));
        });
        promise
    }

    fn cancel(&self, cx: &mut JSContext, global: &GlobalScope, _reason: HandleValue<'_>) -> Promise {
        let_go(&self.state);
        Promise::resolved(cx, global, &())
    }

    fn take_body(&self) -> Option<BodyStream> {
        let mut state = lock(&self.state);
        match std::mem::replace(&mut *state, BodyState::Gone) {
            BodyState::Resting(body) => Some(body),
            other => {
                *state = other;
                None
            }
        }
    }
}

/// Drops the body, wherever it is.
fn let_go(state: &Mutex<BodyState>) {
    let was = std::mem::replace(&mut *lock(state), BodyState::Gone);
    if let BodyState::Pulled(abort) = was {
        abort.abort();
    }
}

impl Drop for BodySource {
    fn drop(&mut self) {
        // The stream has ended, failed, or was collected.
        let_go(&self.state);
    }
}

/// What pulling brought.
fn deliver(cx: &mut JSContext, stream: &ReadableStream, chunk: Option<Result<Chunk, NetworkError>>) {
    let end = match chunk {
        Some(Ok(mut chunk)) => {
            let then = chunk.then.take();
            if let Some(controller) = stream.byte_controller() {
                enqueue_bytes(cx, &controller, &chunk.concat());
            }
            then
        }
        Some(Err(error)) => Some(Err(error)),
        None => Some(Ok(())),
    };
    match end {
        Some(Ok(())) => stream.end(cx),
        Some(Err(error)) => {
            let error = network_error(&stream.global(), &error);
            stream.fail_with(cx, error);
        }
        None => {}
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
