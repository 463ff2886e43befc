//! The buffer between a body and the stream that script reads it from:
//! <https://fetch.spec.whatwg.org/#http-network-fetch>.
//!
//! A body is read ahead of script as far as the buffer has room, so that its end and its errors are seen though nobody
//! reads. What does not fit stays where it comes from.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use fetch::{BodyStream, Bytes, NetworkError};
use futures::channel::oneshot;
use futures::future::{self, Either};
use futures::{FutureExt, StreamExt};

use super::body_source::deliver;
use super::readable_stream::ReadableStream;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The upper limit of the buffer, in bytes: with as many in it nothing is read. (A piece of a body goes in whole.)
const UPPER_LIMIT: usize = 256 * 1024;

/// How many bytes that are there already go into one chunk.
const CHUNK_GOAL: usize = 256 * 1024;

/// What came of a body, and was not read by script yet.
#[derive(Default)]
pub(super) struct ReadAhead {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The buffer. None of them is empty.
    pieces: VecDeque<Bytes>,
    /// How many bytes these are.
    size: usize,
    /// The end, or why there is none.
    end: Option<Result<(), NetworkError>>,
    /// What is to be done before it is time to read.
    claim: Option<Box<dyn FnOnce() + Send>>,
    /// Whether it is time to read.
    reads: bool,
    /// Nobody here wants any more of it, or has heard of the end.
    is_over: bool,
    /// Who goes on with the body.
    taker: Option<oneshot::Sender<BodyStream>>,
    /// Who waits for a chunk.
    pulled: Option<Pulled>,
    /// The stream, while it has a reader, which may be waiting for the end.
    held: Option<Trusted<ReadableStream>>,
    /// Whoever fills the buffer, to be woken when there is room or something else to do.
    filler: Option<Waker>,
}

impl State {
    fn wake_filler(&mut self) {
        if let Some(filler) = self.filler.take() {
            filler.wake();
        }
    }

    fn is_full(&self) -> bool {
        self.size >= UPPER_LIMIT
    }
}

/// A pull that waits for a chunk. Its agent is not idle meanwhile.
pub(super) struct Pulled {
    pub(super) promise: TrustedPromise,
    pub(super) tasks: TaskSender,
}

impl ReadAhead {
    fn lock(&self) -> MutexGuard<'_, State> {
        // There is nothing that a panic could leave half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is time to read.
    pub(super) fn begin(&self) {
        let mut state = self.lock();
        state.reads = true;
        state.wake_filler();
    }

    /// Does something when the stream is locked, before anything is read.
    pub(super) fn claim_when_locked(&self, claim: Box<dyn FnOnce() + Send>) {
        self.lock().claim = Some(claim);
    }

    /// Keeps the stream, for as long as something may come of itself. Begins to read.
    pub(super) fn hold(&self, stream: &ReadableStream) {
        let mut state = self.lock();
        if !state.is_over
            && let Some(claim) = state.claim.take()
        {
            claim();
        }
        if state.is_over || state.end.is_some() {
            return;
        }
        state.held.get_or_insert_with(|| Trusted::new(stream));
        state.reads = true;
        // With a full buffer nothing comes.
        state.wake_filler();
    }

    /// Does not any longer.
    pub(super) fn release(&self) {
        self.lock().held = None;
    }

    /// Has `pulled` wait, unless there is something to deliver already: false.
    pub(super) fn wait(&self, pulled: impl FnOnce() -> Pulled) -> bool {
        let mut state = self.lock();
        if !state.pieces.is_empty() || state.end.is_some() {
            return false;
        }
        // What was let go of brings nothing.
        if !state.is_over {
            state.pulled = Some(pulled());
            state.reads = true;
            state.wake_filler();
        }
        true
    }

    /// What is to be done with the stream: a chunk to enqueue, if one `is_wanted`, and the end. That comes after all
    /// chunks; an error comes at once.
    pub(super) fn take(&self, is_wanted: bool) -> (Option<Bytes>, Option<Result<(), NetworkError>>) {
        let mut state = self.lock();
        let chunk = if is_wanted { next_chunk(&mut state) } else { None };
        let end = match &state.end {
            Some(Ok(())) if !state.pieces.is_empty() => None,
            _ => state.end.take(),
        };
        if end.is_some() {
            state.is_over = true;
            state.pieces.clear();
        }
        state.wake_filler();
        (chunk, end)
    }

    /// All of the body, for someone else: what is here, and what is still to come. None if it is gone.
    pub(super) fn take_body(&self) -> Option<BodyStream> {
        let mut state = self.lock();
        if state.is_over {
            return None;
        }
        state.is_over = true;
        state.held = None;
        let pieces = std::mem::take(&mut state.pieces).into_iter().map(Ok);
        Some(match state.end.take() {
            Some(end) => futures::stream::iter(pieces.chain(end.err().map(Err))).boxed(),
            None => {
                let (taker, body) = oneshot::channel();
                state.taker = Some(taker);
                state.wake_filler();
                let rest = body.map(|body| {
                    // The engine has ended.
                    body.unwrap_or_else(|oneshot::Canceled| {
                        futures::stream::iter([Err(NetworkError::aborted())]).boxed()
                    })
                });
                futures::stream::iter(pieces).chain(rest.flatten_stream()).boxed()
            }
        })
    }

    /// Nobody wants any more of it: the body is dropped.
    pub(super) fn let_go(&self) {
        let mut state = self.lock();
        // (Not the body of who has taken it.)
        let taker = state.taker.take();
        let filler = state.filler.take();
        *state = State { is_over: true, taker, ..State::default() };
        drop(state);
        if let Some(filler) = filler {
            filler.wake();
        }
    }
}

/// The next chunk: pieces that came before somebody wanted one.
fn next_chunk(state: &mut State) -> Option<Bytes> {
    let mut chunk = vec![state.pieces.pop_front()?];
    let mut length = chunk[0].len();
    while length < CHUNK_GOAL
        && let Some(piece) = state.pieces.pop_front()
    {
        length += piece.len();
        chunk.push(piece);
    }
    state.size -= length;
    Some(match <[Bytes; 1]>::try_from(chunk) {
        Ok([bytes]) => bytes,
        Err(pieces) => pieces.concat().into(),
    })
}

/// Fills the buffer.
pub(super) struct Filler {
    pub(super) ahead: Arc<ReadAhead>,
    pub(super) body: BodyStream,
    /// Weak: that its body goes on is no reason to keep a stream.
    pub(super) stream: TrustedWeak<ReadableStream>,
    /// Background tasks: nobody may be waiting.
    pub(super) tasks: TaskSender,
}

impl Filler {
    /// Reads until the body has ended, was taken, or nobody wants it; or until `document_ends`.
    pub(super) async fn run(mut self, document_ends: impl Future<Output = ()> + Unpin) {
        let filling = future::poll_fn(|cx| self.poll_fill(cx));
        // What was taken goes, even if the document has ended meanwhile.
        let filled = match future::select(filling, document_ends).await {
            Either::Left((taker, _)) => Some(taker),
            Either::Right(_) => None,
        };
        match filled {
            Some(Some(taker)) => {
                // Unless it is not wanted there, either.
                let _ = taker.send(self.body);
            }
            Some(None) => {}
            None => self.ahead.let_go(),
        }
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Option<oneshot::Sender<BodyStream>>> {
        loop {
            let mut state = self.ahead.lock();
            if let Some(taker) = state.taker.take() {
                return Poll::Ready(Some(taker));
            }
            if state.is_over {
                return Poll::Ready(None);
            }
            state.filler = Some(cx.waker().clone());
            if !state.reads || state.is_full() {
                self.tell(&mut state);
                return Poll::Pending;
            }
            drop(state);
            let next = self.body.poll_next_unpin(cx);
            let mut state = self.ahead.lock();
            match next {
                Poll::Pending => {
                    self.tell(&mut state);
                    return Poll::Pending;
                }
                // It was taken meanwhile, with all that it brings; or is wanted no more.
                Poll::Ready(next) if state.is_over => {
                    let goes_on = matches!(next, Some(Ok(_)));
                    let rest = std::mem::replace(&mut self.body, futures::stream::empty().boxed());
                    let first = futures::stream::iter(next);
                    self.body = if goes_on { first.chain(rest).boxed() } else { first.boxed() };
                }
                Poll::Ready(Some(Ok(bytes))) => {
                    state.size += bytes.len();
                    if !bytes.is_empty() {
                        state.pieces.push_back(bytes);
                    }
                }
                Poll::Ready(end) => {
                    state.end = Some(end.map_or(Ok(()), |result| result.map(drop)));
                    self.tell(&mut state);
                    return Poll::Ready(None);
                }
            }
        }
    }

    /// Queues a task for what the stream has to hear.
    fn tell(&self, state: &mut State) {
        // Without room, and after the end, nothing comes of itself.
        let held = if state.end.is_some() || state.is_full() { state.held.take() } else { None };
        let chunk_is_here = !state.pieces.is_empty();
        let pulled = if chunk_is_here || state.end.is_some() { state.pulled.take() } else { None };
        let end_is_due = match &state.end {
            Some(Ok(())) => !chunk_is_here,
            Some(Err(_)) => true,
            None => false,
        };
        if pulled.is_none() && !end_is_due {
            return;
        }
        let tasks = pulled.as_ref().map_or(&self.tasks, |pulled| &pulled.tasks).clone();
        let (ahead, stream) = (self.ahead.clone(), self.stream.clone());
        let steps = move |cx: &mut JSContext, _: &GlobalScope| {
            if let Some(stream) = stream.root() {
                deliver(cx, &stream, &ahead, pulled.is_some());
            }
            if let Some(Pulled { promise, .. }) = pulled {
                promise.root().resolve(cx, &());
            }
            drop(held);
        };
        tasks.post(TaskSource::Networking, Box::new(steps));
    }
}
