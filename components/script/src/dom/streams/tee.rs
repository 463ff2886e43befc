//! Teeing a stream: <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee>.

use std::cell::Cell;
use std::rc::Rc;

use super::promises::{exception_value, queue_a_microtask};
use super::read_requests::ReadRequest;
use super::readable_stream::{Controller, ReadableStream};
use super::readable_stream_default_reader::ReadableStreamDefaultReader;
use super::underlying_source::{Source, root_source};
use crate::dom::html::structured_clone::structured_clone;
use crate::webidl::*;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    First,
    Second,
}

/// What both kinds of tee keep for the cancellation of both branches.
#[derive(JSTraceable)]
pub(super) struct CancelState {
    canceled: [Cell<bool>; 2],
    reasons: [HeapValue; 2],
    cancel_promise: HeapPromise,
}

impl CancelState {
    pub(super) fn new(cancel_promise: &Promise) -> CancelState {
        CancelState {
            canceled: Default::default(),
            reasons: Default::default(),
            cancel_promise: cancel_promise.to_heap(),
        }
    }

    pub(super) fn canceled(&self, branch: Branch) -> bool {
        self.canceled[branch as usize].get()
    }

    pub(super) fn both_canceled(&self) -> bool {
        self.canceled.iter().all(Cell::get)
    }

    /// Resolves cancelPromise, unless both branches were canceled (then the stream's own cancellation does).
    pub(super) fn resolve_unless_canceled(&self, cx: &mut JSContext) {
        if !self.both_canceled() {
            self.cancel_promise.root().resolve(cx, &());
        }
    }

    /// Resolves cancelPromise with what canceling the stream returns.
    pub(super) fn cancel_stream(&self, cx: &mut JSContext, stream: &ReadableStream, reason: HandleValue<'_>) {
        let result = stream.cancel(cx, reason);
        self.cancel_promise.root().resolve(cx, &result);
    }

    /// cancel1Algorithm and cancel2Algorithm.
    pub(super) fn cancel(
        &self,
        cx: &mut JSContext,
        stream: &ReadableStream,
        branch: Branch,
        reason: HandleValue<'_>,
    ) -> Promise {
        // 1–2. This one.
        self.canceled[branch as usize].set(true);
        self.reasons[branch as usize].set(reason);
        // 3. Both of them: with both reasons.
        if self.both_canceled() {
            let [first, second] = &self.reasons;
            let reasons = vec![first.root().handle().get(), second.root().handle().get()];
            rooted!(&in(cx) let mut composite_reason = UndefinedValue());
            reasons.to_jsval(cx, composite_reason.handle_mut());
            self.cancel_stream(cx, stream, composite_reason.handle());
        }
        // 4.
        self.cancel_promise.root()
    }
}

/// What the algorithms of a tee share.
#[derive(JSTraceable)]
struct TeeState {
    stream: Dom<ReadableStream>,
    reader: Dom<ReadableStreamDefaultReader>,
    reading: Cell<bool>,
    read_again: Cell<bool>,
    clone_for_branch_2: bool,
    cancellation: CancelState,
    branches: [MutNullableDom<ReadableStream>; 2],
}

impl TeeState {
    /// The controller of a branch, unless the branch was canceled.
    fn for_each_open_branch(
        &self,
        mut steps: impl FnMut(Branch, &super::readable_stream_default_controller::ReadableStreamDefaultController),
    ) {
        for branch in [Branch::First, Branch::Second] {
            let stream = self.branches[branch as usize].get();
            let controller = stream.and_then(|stream| stream.default_controller());
            if let (false, Some(controller)) = (self.cancellation.canceled(branch), controller) {
                steps(branch, &controller);
            }
        }
    }

    /// Errors both branches.
    fn error_branches(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        for branch in &self.branches {
            if let Some(controller) = branch.get().and_then(|branch| branch.default_controller()) {
                controller.error(cx, error);
            }
        }
    }
}

/// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee>
pub(super) fn readable_stream_default_tee(
    cx: &mut JSContext,
    stream: &ReadableStream,
    clone_for_branch_2: bool,
) -> Fallible<[DomRoot<ReadableStream>; 2]> {
    let global = stream.global();
    // 3. The one reader.
    let reader = stream.acquire_default_reader(cx)?;
    // 4–12. The state that the algorithms share.
    let cancel_promise = Promise::new(cx, &global);
    let state = RootedBox::new(Rc::new(TeeState {
        stream: Dom::from_ref(stream),
        reader: Dom::from_ref(&reader),
        reading: Cell::new(false),
        read_again: Cell::new(false),
        clone_for_branch_2,
        cancellation: CancelState::new(&cancel_promise),
        branches: Default::default(),
    }));
    // 13–18. The branches.
    let [first, second] = [Branch::First, Branch::Second].map(|branch| {
        let source = root_source(TeeSource { state: (*state).clone(), branch });
        let stream = ReadableStream::create(cx, &global, &source, 1.0);
        state.branches[branch as usize].set(Some(&stream));
        stream
    });
    // 19. Errors don't wait for a read.
    if let Some(closed) = reader.generic().closed_promise() {
        closed.react(
            cx,
            (*state).clone(),
            |_, _, _| {},
            |cx, state, reason| {
                let state = RootedBox::new(state.clone());
                state.error_branches(cx, reason);
                state.cancellation.resolve_unless_canceled(cx);
            },
        );
    }
    // 20.
    Ok([first, second])
}

/// The algorithms of one branch.
#[derive(JSTraceable)]
struct TeeSource {
    state: Rc<TeeState>,
    #[no_trace]
    branch: Branch,
}

impl Source for TeeSource {
    fn pull(&self, cx: &mut JSContext, _controller: &Controller) -> Promise {
        let state = RootedBox::new(self.state.clone());
        pull(cx, &state)
    }

    fn cancel(&self, cx: &mut JSContext, _global: &GlobalScope, reason: HandleValue<'_>) -> Promise {
        let state = RootedBox::new(self.state.clone());
        let stream = state.stream.as_rooted();
        state.cancellation.cancel(cx, &stream, self.branch, reason)
    }
}

/// pullAlgorithm.
fn pull(cx: &mut JSContext, state: &RootedBox<Rc<TeeState>>) -> Promise {
    let global = state.stream.global();
    // 1. One at a time.
    if state.reading.get() {
        state.read_again.set(true);
    } else {
        // 2–4. Read.
        state.reading.set(true);
        let reader = state.reader.as_rooted();
        reader.read(cx, TeeReadRequest { state: (**state).clone() });
    }
    // 5. It goes on when it goes on.
    Promise::resolved(cx, &global, &())
}

/// The read request of pullAlgorithm.
#[derive(JSTraceable)]
struct TeeReadRequest {
    state: Rc<TeeState>,
}

/// A chunk on its way to the branches.
#[derive(JSTraceable)]
struct TeeChunk {
    state: Rc<TeeState>,
    chunk: HeapValue,
}

impl ReadRequest for TeeReadRequest {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        // 1. Not before an error that is already there was seen.
        let global = self.state.stream.global();
        let chunk = TeeChunk { state: self.state.clone(), chunk: HeapValue::new(chunk) };
        queue_a_microtask(cx, &global, chunk, |cx, TeeChunk { state, chunk }| {
            let (state, chunk) = (RootedBox::new(state.clone()), chunk.root());
            chunk_steps(cx, &state, &chunk);
        });
    }

    fn close_steps(&self, cx: &mut JSContext) {
        let state = RootedBox::new(self.state.clone());
        // 1.
        state.reading.set(false);
        // 2–3.
        state.for_each_open_branch(|_, controller| controller.close(cx));
        // 4.
        state.cancellation.resolve_unless_canceled(cx);
    }

    fn error_steps(&self, _cx: &mut JSContext, _error: HandleValue<'_>) {
        // 1.
        self.state.reading.set(false);
    }
}

/// What follows, a microtask later, when a chunk has arrived.
fn chunk_steps(cx: &mut JSContext, state: &RootedBox<Rc<TeeState>>, chunk: &RootedValue) {
    // 1.1.
    state.read_again.set(false);
    // 1.2–1.3. The second branch may get a copy.
    let mut second_chunk = chunk.clone();
    if state.clone_for_branch_2 && !state.cancellation.canceled(Branch::Second) {
        let global = state.stream.global();
        rooted!(&in(cx) let mut clone = UndefinedValue());
        match structured_clone(cx, &global, chunk.handle(), &[], clone.handle_mut()) {
            Ok(()) => second_chunk = clone.handle().into(),
            Err(error) => {
                let error = exception_value(cx, &global, error);
                state.error_branches(cx, error.handle());
                let stream = state.stream.as_rooted();
                state.cancellation.cancel_stream(cx, &stream, error.handle());
                return;
            }
        }
    }
    // 1.4–1.5. To each of them.
    state.for_each_open_branch(|branch, controller| {
        let chunk = if branch == Branch::First { chunk } else { &second_chunk };
        // With a size of 1 for every chunk it can't fail.
        let _ = controller.enqueue(cx, chunk.handle());
    });
    // 1.6.
    state.reading.set(false);
    // 1.7. One of them wanted more in the meantime.
    if state.read_again.get() {
        pull(cx, state);
    }
}
