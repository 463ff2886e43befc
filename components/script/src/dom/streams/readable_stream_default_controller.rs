//! The ReadableStreamDefaultController class: <https://streams.spec.whatwg.org/#rs-default-controller-class>, and
//! its abstract operations: <https://streams.spec.whatwg.org/#rs-default-controller-abstract-ops>.

use std::cell::Cell;

use super::promises::{exception_value, throw_value};
use super::queue_with_sizes::QueueWithSizes;
use super::read_requests::ReadRequestRef;
use super::readable_stream::{Controller, ReadableStream, State};
use super::underlying_source::{RootedSource, SourceRef};
use crate::bindings::callbacks::QueuingStrategySize;
use crate::bindings::interfaces::ReadableStreamDefaultControllerMethods;
use crate::webidl::*;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

/// <https://streams.spec.whatwg.org/#readablestreamdefaultcontroller>
#[dom_struct]
pub struct ReadableStreamDefaultController {
    reflector: Reflector,
    /// [[pullAlgorithm]] and [[cancelAlgorithm]]
    source: DomRefCell<Option<SourceRef>>,
    /// [[closeRequested]]
    close_requested: Cell<bool>,
    /// [[pullAgain]]
    pull_again: Cell<bool>,
    /// [[pulling]]
    pulling: Cell<bool>,
    /// [[queue]] and [[queueTotalSize]]
    queue: DomRefCell<QueueWithSizes>,
    /// [[started]]
    started: Cell<bool>,
    /// [[strategyHWM]]
    strategy_hwm: Cell<f64>,
    /// [[strategySizeAlgorithm]]; None for one that always returns 1
    strategy_size: DomRefCell<Option<QueuingStrategySize>>,
    /// [[stream]]; set before script can see the controller
    stream: MutNullableDom<ReadableStream>,
}

impl ReadableStreamDefaultController {
    /// A controller that is yet to be set up.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<ReadableStreamDefaultController> {
        let controller = ReadableStreamDefaultController {
            reflector: Reflector::new(),
            source: DomRefCell::default(),
            close_requested: Cell::new(false),
            pull_again: Cell::new(false),
            pulling: Cell::new(false),
            queue: DomRefCell::default(),
            started: Cell::new(false),
            strategy_hwm: Cell::new(0.0),
            strategy_size: DomRefCell::default(),
            stream: MutNullableDom::default(),
        };
        reflect_dom_object(cx, Box::new(controller), global)
    }

    /// [[stream]].
    pub(super) fn stream(&self) -> Option<DomRoot<ReadableStream>> {
        self.stream.get()
    }

    /// <https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller>, up to the start algorithm:
    /// [`start`](Self::start) follows with its result.
    pub(super) fn set_up(
        &self,
        stream: &ReadableStream,
        source: &RootedSource,
        high_water_mark: f64,
        size: Option<&QueuingStrategySize>,
    ) {
        // 2–8. Each knows the other.
        self.stream.set(Some(stream));
        self.strategy_size.set(size.cloned());
        self.strategy_hwm.set(high_water_mark);
        self.source.set(Some((**source).clone()));
        stream.set_controller(&Controller::Default(DomRoot::from_ref(self)));
    }

    /// The rest of it, once the start algorithm has returned.
    pub(super) fn start(&self, cx: &mut JSContext, start_result: HandleValue<'_>) {
        // 10. Wait for what it returned.
        let start_promise = Promise::resolved(cx, &self.global(), &start_result);
        // 11–12. Then begin to pull.
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

    /// [[CancelSteps]]: <https://streams.spec.whatwg.org/#rs-default-controller-private-cancel>
    pub(super) fn cancel_steps(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Promise {
        // 1. What was queued is dropped.
        self.queue.borrow_mut().reset();
        // 2. The source hears of it.
        let global = self.global();
        let source = self.source.clone_rooted();
        let result = match &*source {
            Some(source) => source.cancel(cx, &global, reason),
            None => Promise::resolved(cx, &global, &()),
        };
        // 3–4.
        self.clear_algorithms();
        result
    }

    /// [[PullSteps]]: <https://streams.spec.whatwg.org/#rs-default-controller-private-pull>
    pub(super) fn pull_steps(&self, cx: &mut JSContext, request: &RootedBox<ReadRequestRef>) {
        // 1. The stream.
        let Some(stream) = self.stream.get() else { return };
        rooted!(&in(cx) let mut chunk = UndefinedValue());
        let is_queued = self.queue.borrow_mut().dequeue_value(chunk.handle_mut());
        if is_queued {
            // 2.2. That was the last chunk.
            if self.close_requested.get() && self.queue.borrow().is_empty() {
                self.clear_algorithms();
                stream.close(cx);
            } else {
                // 2.3. Fill up.
                self.call_pull_if_needed(cx);
            }
            // 2.4.
            request.chunk_steps(cx, chunk.handle());
        } else {
            // 3. Wait for a chunk.
            stream.add_read_request((**request).clone());
            self.call_pull_if_needed(cx);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed>
    fn call_pull_if_needed(&self, cx: &mut JSContext) {
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
        let this = DomRoot::from_ref(self);
        let source = self.source.clone_rooted();
        let Some(source) = &*source else { return };
        let pull_promise = source.pull(cx, &Controller::Default(this));
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

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-should-call-pull>
    pub(crate) fn should_call_pull(&self) -> bool {
        // 1. The stream.
        let Some(stream) = self.stream.get() else { return false };
        // 2–3. Not before it started, not after its end.
        if !self.can_close_or_enqueue() || !self.started.get() {
            return false;
        }
        // 4. Someone is waiting.
        if stream.num_read_requests() > 0 {
            return true;
        }
        // 5–8. There is room in the queue.
        self.desired_size().is_some_and(|size| size > 0.0)
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-clear-algorithms>
    fn clear_algorithms(&self) {
        self.source.set(None);
        self.strategy_size.set(None);
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-close>
    pub(crate) fn close(&self, cx: &mut JSContext) {
        // 1. Nothing to close.
        if !self.can_close_or_enqueue() {
            return;
        }
        // 2. The stream.
        let Some(stream) = self.stream.get() else { return };
        // 3. Once the queue was read,
        self.close_requested.set(true);
        // 4. which may be now.
        if self.queue.borrow().is_empty() {
            self.clear_algorithms();
            stream.close(cx);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-enqueue>
    pub(crate) fn enqueue(&self, cx: &mut JSContext, chunk: HandleValue<'_>) -> Fallible<()> {
        // 1. Too late.
        if !self.can_close_or_enqueue() {
            return Ok(());
        }
        // 2. The stream.
        let Some(stream) = self.stream.get() else { return Ok(()) };
        if stream.num_read_requests() > 0 {
            // 3. Someone is waiting for it.
            stream.fulfill_read_request(cx, chunk, false);
        } else {
            // 4.1–4.5. Queue it by its size; where that fails, so does the stream.
            let queued = self
                .chunk_size(cx, chunk)
                .and_then(|size| self.queue.borrow_mut().enqueue_value_with_size(chunk, size));
            if let Err(error) = queued {
                let value = exception_value(cx, &self.global(), error);
                self.error(cx, value.handle());
                return Err(throw_value(cx, value.handle()));
            }
        }
        // 5.
        self.call_pull_if_needed(cx);
        Ok(())
    }

    /// Performs [[strategySizeAlgorithm]].
    fn chunk_size(&self, cx: &mut JSContext, chunk: HandleValue<'_>) -> Fallible<f64> {
        let size = self.strategy_size.borrow().clone().map(Rooted::from_unrooted);
        match size {
            Some(size) => size.call(cx, HandleValue::undefined(), chunk),
            None => Ok(1.0),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-error>
    pub(crate) fn error(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        // 1–2. Only a readable stream can fail.
        let Some(stream) = self.stream.get() else { return };
        if stream.state() != State::Readable {
            return;
        }
        // 3–4. Nothing more comes,
        self.queue.borrow_mut().reset();
        self.clear_algorithms();
        // 5. and everybody hears of it.
        stream.error(cx, error);
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-get-desired-size>
    pub(crate) fn desired_size(&self) -> Option<f64> {
        match self.stream.get()?.state() {
            // 2.
            State::Errored => None,
            // 3.
            State::Closed => Some(0.0),
            // 4.
            State::Readable => Some(self.strategy_hwm.get() - self.queue.borrow().total_size()),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-can-close-or-enqueue>
    pub(crate) fn can_close_or_enqueue(&self) -> bool {
        !self.close_requested.get()
            && self.stream.get().is_some_and(|stream| stream.state() == State::Readable)
    }
}

impl ReadableStreamDefaultControllerMethods for ReadableStreamDefaultController {
    /// <https://streams.spec.whatwg.org/#rs-default-controller-desired-size>
    fn GetDesiredSize(&self) -> Option<f64> {
        self.desired_size()
    }

    /// <https://streams.spec.whatwg.org/#rs-default-controller-close>
    fn Close(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1.
        if !self.can_close_or_enqueue() {
            return Err(Error::Type("the stream is closed, closing or errored".into()));
        }
        // 2.
        self.close(cx);
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#rs-default-controller-enqueue>
    fn Enqueue(&self, cx: &mut JSContext, chunk: HandleValue<'_>) -> Fallible<()> {
        // 1.
        if !self.can_close_or_enqueue() {
            return Err(Error::Type("the stream is closed, closing or errored".into()));
        }
        // 2.
        self.enqueue(cx, chunk)
    }

    /// <https://streams.spec.whatwg.org/#rs-default-controller-error>
    fn Error(&self, cx: &mut JSContext, error: HandleValue<'_>) -> Fallible<()> {
        self.error(cx, error);
        Ok(())
    }
}
