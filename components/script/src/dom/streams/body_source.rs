//! Streams of bodies from outside of the agent: <https://fetch.spec.whatwg.org/#http-network-fetch>.

use std::sync::Arc;

use fetch::BodyStream;

use super::native_source::{enqueue_bytes, network_error};
use super::read_ahead::{Filler, Pulled, ReadAhead};
use super::readable_stream::{Controller, ReadableStream, State};
use super::underlying_source::{Source, root_source};
use crate::webidl::*;

/// When a body is begun to be read.
pub(crate) enum Reading {
    /// Now: what comes over a network.
    AtOnce,
    /// When somebody has a reader: what is kept.
    OnceLocked,
    /// The same for what may be there once alone: this claims it, before anything is read.
    OnceClaimed(Box<dyn FnOnce() + Send>),
}

impl ReadableStream {
    /// A byte stream of what `body` brings, which is polled by the host's spawner: a bounded piece ahead of who reads.
    /// Dropping the stream, canceling it, or the end of `global`'s document drops `body`. Only who waits for a chunk keeps
    /// the agent busy.
    pub(crate) fn from_body_stream(
        cx: &mut JSContext,
        global: &GlobalScope,
        body: BodyStream,
        reading: Reading,
    ) -> DomRoot<ReadableStream> {
        let ahead = Arc::new(ReadAhead::default());
        match reading {
            Reading::AtOnce => ahead.begin(),
            Reading::OnceLocked => {}
            Reading::OnceClaimed(claim) => ahead.claim_when_locked(claim),
        }
        // The buffer is the source's: the stream's own queue stays empty.
        let source = root_source(BodySource { ahead: ahead.clone() });
        let stream = ReadableStream::create_byte_stream(cx, global, &source, 0.0);
        let tasks = global.task_sender().background();
        let filler = Filler { ahead, body, stream: TrustedWeak::new(&stream), tasks };
        global.hosts().spawner.spawn(Box::pin(filler.run(global.end())));
        stream
    }

    /// What [`ReadableStream::from_body_stream`] was given, where script has read nothing of it: whoever takes it reads it
    /// without this agent. Nothing comes through the stream any more; the caller has to lock it.
    pub(crate) fn take_body_stream(&self) -> Option<BodyStream> {
        if self.is_disturbed() || self.state() != State::Readable {
            return None;
        }
        self.byte_controller()?.take_body()
    }
}

/// Bytes from outside of the agent.
#[derive(JSTraceable)]
struct BodySource {
    #[no_trace]
    ahead: Arc<ReadAhead>,
}

impl Source for BodySource {
    fn pull(&self, cx: &mut JSContext, controller: &Controller) -> Promise {
        let global = controller.global();
        let promise = Promise::new(cx, &global);
        let Some(stream) = controller.stream() else { return promise };
        let pulled = || Pulled { promise: TrustedPromise::new(&promise), tasks: global.task_sender() };
        if !self.ahead.wait(pulled) {
            let ahead = self.ahead.clone();
            deliver(cx, &stream, &ahead, true);
            promise.resolve(cx, &());
        }
        promise
    }

    fn cancel(&self, cx: &mut JSContext, global: &GlobalScope, _reason: HandleValue<'_>) -> Promise {
        self.ahead.let_go();
        Promise::resolved(cx, global, &())
    }

    fn take_body(&self) -> Option<BodyStream> {
        self.ahead.take_body()
    }

    fn reader_changed(&self, stream: &ReadableStream) {
        if stream.is_locked() {
            self.ahead.hold(stream);
        } else {
            self.ahead.release();
        }
    }
}

impl Drop for BodySource {
    fn drop(&mut self) {
        // The stream has ended, failed, or was collected.
        self.ahead.let_go();
    }
}

/// Tells the stream what came: a chunk, if it pulled one, and the end, if that is due.
pub(super) fn deliver(cx: &mut JSContext, stream: &ReadableStream, ahead: &ReadAhead, has_pulled: bool) {
    let (chunk, end) = ahead.take(has_pulled);
    if let (Some(chunk), Some(controller)) = (chunk, stream.byte_controller()) {
        enqueue_bytes(cx, &controller, &chunk);
    }
    match end {
        Some(Ok(())) => stream.end(cx),
        Some(Err(error)) => {
            let error = network_error(&stream.global(), &error);
            stream.fail_with(cx, error);
        }
        // As long as there is a reader it may wait for the end.
        None if has_pulled && stream.is_locked() => ahead.hold(stream),
        None => {}
    }
}
