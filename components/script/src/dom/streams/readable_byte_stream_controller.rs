//! The ReadableByteStreamController class: <https://streams.spec.whatwg.org/#rbs-controller-class>.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use fetch::BodyStream;

use super::array_buffers::allocate_array_buffer;
use super::promises::exception_value;
use super::pull_into::{ByteQueue, PullIntoDescriptor, ReaderType, RootedDescriptor};
use super::read_requests::ReadRequestRef;
use super::readable_stream::{Controller, ReadableStream, State};
use super::readable_stream_byob_request::ReadableStreamBYOBRequest;
use super::underlying_source::{RootedSource, SourceRef};
use crate::bindings::interfaces::ReadableByteStreamControllerMethods;
use crate::webidl::*;

/// <https://streams.spec.whatwg.org/#readablebytestreamcontroller>
#[dom_struct]
pub struct ReadableByteStreamController {
    reflector: Reflector,
    /// [[autoAllocateChunkSize]]
    auto_allocate_chunk_size: Cell<Option<u64>>,
    /// [[byobRequest]]
    pub(super) byob_request: MutNullableDom<ReadableStreamBYOBRequest>,
    /// [[pullAlgorithm]] and [[cancelAlgorithm]]
    source: DomRefCell<Option<SourceRef>>,
    /// [[closeRequested]]
    pub(super) close_requested: Cell<bool>,
    /// [[pullAgain]]
    pull_again: Cell<bool>,
    /// [[pulling]]
    pulling: Cell<bool>,
    /// [[pendingPullIntos]]
    pub(super) pending_pull_intos: DomRefCell<VecDeque<Rc<PullIntoDescriptor>>>,
    /// [[queue]] and [[queueTotalSize]]
    pub(super) queue: DomRefCell<ByteQueue>,
    /// [[started]]
    started: Cell<bool>,
    /// [[strategyHWM]]
    strategy_hwm: Cell<f64>,
    /// [[stream]]; set before script can see the controller
    stream: MutNullableDom<ReadableStream>,
}

impl ReadableByteStreamController {
    /// A controller that is yet to be set up.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<ReadableByteStreamController> {
        let controller = ReadableByteStreamController {
            reflector: Reflector::new(),
            auto_allocate_chunk_size: Cell::new(None),
            byob_request: MutNullableDom::default(),
            source: DomRefCell::default(),
            close_requested: Cell::new(false),
            pull_again: Cell::new(false),
            pulling: Cell::new(false),
            pending_pull_intos: DomRefCell::default(),
            queue: DomRefCell::default(),
            started: Cell::new(false),
            strategy_hwm: Cell::new(0.0),
            stream: MutNullableDom::default(),
        };
        reflect_dom_object(cx, Box::new(controller), global)
    }

    /// [[stream]].
    pub(super) fn stream(&self) -> Option<DomRoot<ReadableStream>> {
        self.stream.get()
    }

    /// <https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller>, up to the start algorithm:
    /// [`start`](Self::start) follows with its result.
    pub(super) fn set_up(
        &self,
        stream: &ReadableStream,
        source: &RootedSource,
        high_water_mark: f64,
        auto_allocate_chunk_size: Option<u64>,
    ) {
        // 3–13. Each knows the other.
        self.stream.set(Some(stream));
        self.strategy_hwm.set(high_water_mark);
        self.source.set(Some((**source).clone()));
        self.auto_allocate_chunk_size.set(auto_allocate_chunk_size);
        stream.set_controller(&Controller::Byte(DomRoot::from_ref(self)));
    }

    /// The rest of it, once the start algorithm has returned.
    pub(super) fn start(&self, cx: &mut JSContext, start_result: HandleValue<'_>) {
        // 15. Wait for what it returned.
        let start_promise = Promise::resolved(cx, &self.global(), &start_result);
        // 16–17. Then begin to pull.
        start_promise.react(
            cx,
            Dom::from_ref(self),
            |cx, controller, _| {
                controller.started.set(true);
                controller.as_rooted().call_pull_if_needed(cx);
            },
            |cx, controller, reason| controller.as_rooted().error(cx, reason),
        );
    }

    /// [[CancelSteps]]: <https://streams.spec.whatwg.org/#rbs-controller-private-cancel>
    pub(super) fn cancel_steps(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Promise {
        // 1–2. What was asked for and what was queued is dropped.
        self.clear_pending_pull_intos();
        self.queue.borrow_mut().reset();
        // 3. The source hears of it.
        let global = self.global();
        let source = self.source.clone_rooted();
        let result = match &*source {
            Some(source) => source.cancel(cx, &global, reason),
            None => Promise::resolved(cx, &global, &()),
        };
        // 4–5.
        self.clear_algorithms();
        result
    }

    /// [[PullSteps]]: <https://streams.spec.whatwg.org/#rbs-controller-private-pull>
    pub(super) fn pull_steps(&self, cx: &mut JSContext, request: &RootedBox<ReadRequestRef>) {
        // 1–2. The stream.
        let Some(stream) = self.stream() else { return };
        // 3. Something is queued.
        if self.queue.borrow().total_size() > 0 {
            self.fill_read_request_from_queue(cx, request);
            return;
        }
        // 4–5. Give the source a buffer to fill.
        if let Some(size) = self.auto_allocate_chunk_size.get() {
            let buffer = match allocate_array_buffer(cx, size) {
                Ok(buffer) => buffer,
                Err(error) => {
                    let error = exception_value(cx, &self.global(), error);
                    request.error_steps(cx, error.handle());
                    return;
                }
            };
            // `size` was allocated, so that it fits.
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let descriptor = PullIntoDescriptor::new(
                buffer.handle(),
                size,
                (0, size),
                1,
                BufferKind::Uint8Array,
                ReaderType::Default,
            );
            self.pending_pull_intos.borrow_mut().push_back((*descriptor).clone());
        }
        // 6–7. Wait for a chunk.
        stream.add_read_request((**request).clone());
        self.call_pull_if_needed(cx);
    }

    /// [[ReleaseSteps]]: <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontroller-releasesteps>
    pub(super) fn release_steps(&self) {
        // 1. The source may be filling the first one; the others are of no use to anyone.
        let mut pending = self.pending_pull_intos.borrow_mut();
        if let Some(first) = pending.front() {
            first.set_reader_type(ReaderType::None);
        }
        pending.truncate(1);
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-call-pull-if-needed>
    pub(super) fn call_pull_if_needed(&self, cx: &mut JSContext) {
        // 1–2. Only if there is a use for it.
        if !self.should_call_pull() {
            return;
        }
        // 3. One at a time.
        if self.pulling.get() {
            self.pull_again.set(true);
            return;
        }
        // 4–5.
        self.pulling.set(true);
        // 6. Pull.
        let source = self.source.clone_rooted();
        let Some(source) = &*source else { return };
        let pull_promise = source.pull(cx, &Controller::Byte(DomRoot::from_ref(self)));
        // 7–8. And then, perhaps, again.
        pull_promise.react(
            cx,
            Dom::from_ref(self),
            |cx, controller, _| {
                let controller = controller.as_rooted();
                controller.pulling.set(false);
                if controller.pull_again.replace(false) {
                    controller.call_pull_if_needed(cx);
                }
            },
            |cx, controller, reason| controller.as_rooted().error(cx, reason),
        );
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-should-call-pull>
    fn should_call_pull(&self) -> bool {
        // 1. The stream.
        let Some(stream) = self.stream() else { return false };
        // 2–4. Not before it started, not after its end.
        if stream.state() != State::Readable || self.close_requested.get() || !self.started.get() {
            return false;
        }
        // 5–6. Someone is waiting.
        if stream.num_read_requests() > 0 || stream.num_read_into_requests() > 0 {
            return true;
        }
        // 7–10. There is room in the queue.
        self.desired_size().is_some_and(|size| size > 0.0)
    }

    /// [`Source::take_body`](super::underlying_source::Source::take_body).
    pub(super) fn take_body(&self) -> Option<BodyStream> {
        let source = self.source.clone_rooted();
        (*source).as_ref()?.take_body()
    }

    /// [`Source::reader_changed`](super::underlying_source::Source::reader_changed).
    pub(super) fn reader_changed(&self, stream: &ReadableStream) {
        let source = self.source.clone_rooted();
        if let Some(source) = &*source {
            source.reader_changed(stream);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-clear-algorithms>
    pub(super) fn clear_algorithms(&self) {
        self.source.set(None);
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-clear-pending-pull-intos>
    fn clear_pending_pull_intos(&self) {
        // 1–2.
        self.invalidate_byob_request();
        self.pending_pull_intos.borrow_mut().clear();
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-close>
    pub(crate) fn close(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1–2. Nothing to close.
        let Some(stream) = self.stream() else { return Ok(()) };
        if self.close_requested.get() || stream.state() != State::Readable {
            return Ok(());
        }
        // 3. Once the queue was read.
        if self.queue.borrow().total_size() > 0 {
            self.close_requested.set(true);
            return Ok(());
        }
        // 4. Half an element can't be handed out.
        if self.first_pending_pull_into().is_some_and(|first| first.remainder() != 0) {
            let message =
                "the stream was closed in the middle of an element of the view that is being filled";
            let error = exception_value(cx, &self.global(), Error::Type(message.into()));
            self.error(cx, error.handle());
            return Err(super::promises::throw_value(cx, error.handle()));
        }
        // 5–6. Now.
        self.clear_algorithms();
        stream.close(cx);
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-error>
    pub(crate) fn error(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        // 1–2. Only a readable stream can fail.
        let Some(stream) = self.stream() else { return };
        if stream.state() != State::Readable {
            return;
        }
        // 3–5. Nothing more comes,
        self.clear_pending_pull_intos();
        self.queue.borrow_mut().reset();
        self.clear_algorithms();
        // 6. and everybody hears of it.
        stream.error(cx, error);
    }

    /// Errors the stream with an exception of ours.
    pub(super) fn error_with(&self, cx: &mut JSContext, error: Error) {
        let error = exception_value(cx, &self.global(), error);
        self.error(cx, error.handle());
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-get-desired-size>
    pub(crate) fn desired_size(&self) -> Option<f64> {
        match self.stream()?.state() {
            // 2.
            State::Errored => None,
            // 3.
            State::Closed => Some(0.0),
            // 4. (Sizes of buffers are far below 2^53.)
            State::Readable => Some(self.strategy_hwm.get() - self.queue.borrow().total_size() as f64),
        }
    }

    /// The first of [[pendingPullIntos]].
    pub(super) fn first_pending_pull_into(&self) -> Option<RootedDescriptor> {
        self.pending_pull_intos.borrow().front().cloned().map(RootedBox::new)
    }
}

impl ReadableByteStreamControllerMethods for ReadableByteStreamController {
    /// <https://streams.spec.whatwg.org/#rbs-controller-byob-request>
    fn GetByobRequest(&self, cx: &mut JSContext) -> Option<DomRoot<ReadableStreamBYOBRequest>> {
        self.get_byob_request(cx)
    }

    /// <https://streams.spec.whatwg.org/#rbs-controller-desired-size>
    fn GetDesiredSize(&self) -> Option<f64> {
        self.desired_size()
    }

    /// <https://streams.spec.whatwg.org/#rbs-controller-close>
    fn Close(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1–2.
        self.check_open()?;
        // 3.
        self.close(cx)
    }

    /// <https://streams.spec.whatwg.org/#rbs-controller-enqueue>
    fn Enqueue(&self, cx: &mut JSContext, chunk: &BufferSource) -> Fallible<()> {
        // 1–2. Something is in it. (A view of an empty buffer is empty.)
        if chunk.byte_length() == 0 {
            return Err(Error::Type("an empty view can't be enqueued".into()));
        }
        // 3–4.
        self.check_open()?;
        // 5.
        self.enqueue(cx, chunk)
    }

    /// <https://streams.spec.whatwg.org/#rbs-controller-error>
    fn Error(&self, cx: &mut JSContext, error: HandleValue<'_>) -> Fallible<()> {
        self.error(cx, error);
        Ok(())
    }
}

impl ReadableByteStreamController {
    /// What both `close()` and `enqueue()` begin with.
    fn check_open(&self) -> Fallible<()> {
        if self.close_requested.get() {
            return Err(Error::Type("the stream is closing".into()));
        }
        if self.stream().is_none_or(|stream| stream.state() != State::Readable) {
            return Err(Error::Type("the stream is closed or errored".into()));
        }
        Ok(())
    }
}
