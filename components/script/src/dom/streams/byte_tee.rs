//! Teeing a byte stream: <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee>.

use std::cell::Cell;
use std::rc::Rc;

use super::array_buffers::{clone_as_uint8_array, view_of};
use super::promises::{exception_value, queue_a_microtask};
use super::read_requests::{ReadIntoRequest, ReadRequest};
use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream::{Controller, ReadableStream, Reader};
use super::readers::GenericReader;
use super::tee::{Branch, CancelState};
use super::underlying_source::{Source, root_source};
use crate::webidl::*;
use mozjs::rooted;

/// What the algorithms of the tee share.
#[derive(JSTraceable)]
struct ByteTeeState {
    stream: Dom<ReadableStream>,
    reading: Cell<bool>,
    /// readAgainForBranch1 and readAgainForBranch2
    read_again: [Cell<bool>; 2],
    /// How many readers there were: which of them is `reader`.
    generation: Cell<usize>,
    cancellation: CancelState,
    branches: [MutNullableDom<ReadableStream>; 2],
}

type RootedState = RootedBox<Rc<ByteTeeState>>;

impl ByteTeeState {
    fn root(self: &Rc<ByteTeeState>) -> RootedState {
        RootedBox::new(self.clone())
    }

    /// The controller of a branch.
    fn controller(&self, branch: Branch) -> Option<DomRoot<ReadableByteStreamController>> {
        self.branches[branch as usize].get()?.byte_controller()
    }

    /// The controller of a branch, unless the branch was canceled.
    fn open_controller(&self, branch: Branch) -> Option<DomRoot<ReadableByteStreamController>> {
        if self.cancellation.canceled(branch) { None } else { self.controller(branch) }
    }

    /// Errors both branches.
    fn error_branches(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        for branch in [Branch::First, Branch::Second] {
            if let Some(controller) = self.controller(branch) {
                controller.error(cx, error);
            }
        }
    }

    /// A chunk could not be cloned: errors both branches, and cancels the stream.
    fn clone_failed(&self, cx: &mut JSContext, error: Error) {
        let stream = self.stream.as_rooted();
        let error = exception_value(cx, &stream.global(), error);
        self.error_branches(cx, error.handle());
        self.cancellation.cancel_stream(cx, &stream, error.handle());
    }

    /// Whoever waits for bytes of a branch that is closed gets their buffer back.
    fn answer_pending_pull_into(&self, cx: &mut JSContext, branch: Branch) {
        if let Some(controller) = self.controller(branch)
            && controller.first_pending_pull_into().is_some()
        {
            ignore_failure(cx, &controller, |cx| controller.respond(cx, 0));
        }
    }
}

/// Runs what the spec marks with "!": if it fails all the same (memory has run out), the branch fails with it.
fn ignore_failure(
    cx: &mut JSContext,
    controller: &ReadableByteStreamController,
    steps: impl FnOnce(&mut JSContext) -> Fallible<()>,
) {
    if let Err(error) = steps(cx) {
        controller.error_with(cx, error);
    }
}

impl Branch {
    fn other(self) -> Branch {
        match self {
            Branch::First => Branch::Second,
            Branch::Second => Branch::First,
        }
    }
}

/// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee>
pub(super) fn readable_byte_stream_tee(
    cx: &mut JSContext,
    stream: &ReadableStream,
) -> Fallible<[DomRoot<ReadableStream>; 2]> {
    let global = stream.global();
    // 3. The first of the readers.
    let reader = stream.acquire_default_reader(cx)?;
    // 4–13. The state that the algorithms share.
    let cancel_promise = Promise::new(cx, &global);
    let state = RootedBox::new(Rc::new(ByteTeeState {
        stream: Dom::from_ref(stream),
        reading: Cell::new(false),
        read_again: Default::default(),
        generation: Cell::new(0),
        cancellation: CancelState::new(&cancel_promise),
        branches: Default::default(),
    }));
    // 17–23. The branches.
    let [first, second] = [Branch::First, Branch::Second].map(|branch| {
        let source = root_source(ByteTeeSource { state: (*state).clone(), branch });
        let stream = ReadableStream::create_byte_stream(cx, &global, &source, 0.0);
        state.branches[branch as usize].set(Some(&stream));
        stream
    });
    // 24. Errors don't wait for a read.
    forward_reader_error(cx, &state, reader.generic());
    // 25.
    Ok([first, second])
}

/// A reader and the state that it reads for.
#[derive(JSTraceable)]
struct ReaderOfState {
    state: Rc<ByteTeeState>,
    generation: usize,
}

/// forwardReaderError.
fn forward_reader_error(cx: &mut JSContext, state: &RootedState, this_reader: &GenericReader) {
    let Some(closed) = this_reader.closed_promise() else { return };
    // 1. An error of the stream is one of the branches, unless it is only that the reader was released.
    let captures = ReaderOfState { state: (**state).clone(), generation: state.generation.get() };
    closed.react(
        cx,
        captures,
        |_, _, _| {},
        |cx, ReaderOfState { state, generation }, reason| {
            let state = state.root();
            if state.generation.get() == *generation {
                state.error_branches(cx, reason);
                state.cancellation.resolve_unless_canceled(cx);
            }
        },
    );
}

/// The algorithms of one branch.
#[derive(JSTraceable)]
struct ByteTeeSource {
    state: Rc<ByteTeeState>,
    #[no_trace]
    branch: Branch,
}

impl Source for ByteTeeSource {
    fn pull(&self, cx: &mut JSContext, _controller: &Controller) -> Promise {
        pull(cx, &self.state.root(), self.branch)
    }

    fn cancel(&self, cx: &mut JSContext, _global: &GlobalScope, reason: HandleValue<'_>) -> Promise {
        let state = self.state.root();
        let stream = state.stream.as_rooted();
        state.cancellation.cancel(cx, &stream, self.branch, reason)
    }
}

/// pull1Algorithm and pull2Algorithm.
fn pull(cx: &mut JSContext, state: &RootedState, branch: Branch) -> Promise {
    let global = state.stream.global();
    // 1. One at a time.
    if state.reading.get() {
        state.read_again[branch as usize].set(true);
        return Promise::resolved(cx, &global, &());
    }
    // 2.
    state.reading.set(true);
    // 3–5. Into the buffer of who waits for this branch, if there is one.
    let request = state.controller(branch).and_then(|controller| controller.get_byob_request(cx));
    match request.and_then(|request| view_of(request.view().handle()).ok()) {
        None => pull_with_default_reader(cx, state),
        Some(view) => pull_with_byob_reader(cx, state, &view, branch),
    }
    // 6.
    Promise::resolved(cx, &global, &())
}

/// If one of the branches wanted more in the meantime.
fn finish_read(cx: &mut JSContext, state: &RootedState) {
    state.reading.set(false);
    if state.read_again[0].get() {
        pull(cx, state, Branch::First);
    } else if state.read_again[1].get() {
        pull(cx, state, Branch::Second);
    }
}

/// pullWithDefaultReader.
fn pull_with_default_reader(cx: &mut JSContext, state: &RootedState) {
    let stream = state.stream.as_rooted();
    // 1. Change the reader, if it is of the other kind.
    let reader = match stream.reader() {
        Reader::Default(reader) => reader,
        Reader::Byob(reader) => {
            state.generation.set(state.generation.get() + 1);
            reader.release(cx);
            let Ok(reader) = stream.acquire_default_reader(cx) else { return };
            forward_reader_error(cx, state, reader.generic());
            reader
        }
        Reader::None => return,
    };
    // 2–3. Read.
    reader.read(cx, DefaultRead { state: (**state).clone() });
}

/// pullWithBYOBReader.
fn pull_with_byob_reader(cx: &mut JSContext, state: &RootedState, view: &BufferSource, branch: Branch) {
    let stream = state.stream.as_rooted();
    // 1. Change the reader, if it is of the other kind.
    let reader = match stream.reader() {
        Reader::Byob(reader) => reader,
        Reader::Default(reader) => {
            state.generation.set(state.generation.get() + 1);
            reader.release(cx);
            let Ok(reader) = stream.acquire_byob_reader(cx) else { return };
            forward_reader_error(cx, state, reader.generic());
            reader
        }
        Reader::None => return,
    };
    // 2–5. Read.
    reader.read(cx, view, 1, ByobRead { state: (**state).clone(), branch });
}

/// A chunk on its way to the branches.
#[derive(JSTraceable)]
struct ByteTeeChunk {
    state: Rc<ByteTeeState>,
    /// Whose buffer it is in; None for no one's.
    #[no_trace]
    byob_branch: Option<Branch>,
    chunk: HeapValue,
}

/// Queues a microtask: not before an error that is already there was seen.
fn queue_chunk(
    cx: &mut JSContext,
    state: &Rc<ByteTeeState>,
    byob_branch: Option<Branch>,
    chunk: HandleValue<'_>,
) {
    let global = state.stream.global();
    let captures = ByteTeeChunk { state: state.clone(), byob_branch, chunk: HeapValue::new(chunk) };
    queue_a_microtask(cx, &global, captures, |cx, ByteTeeChunk { state, byob_branch, chunk }| {
        let (state, chunk) = (state.root(), chunk.root());
        state.read_again.iter().for_each(|again| again.set(false));
        rooted!(&in(cx) let object = chunk.handle().get().to_object_or_null());
        let Ok(chunk) = view_of(object.handle()) else { return };
        match *byob_branch {
            None => default_chunk_steps(cx, &state, &chunk),
            Some(branch) => byob_chunk_steps(cx, &state, branch, &chunk),
        }
    });
}

/// The read request of pullWithDefaultReader.
#[derive(JSTraceable)]
struct DefaultRead {
    state: Rc<ByteTeeState>,
}

impl ReadRequest for DefaultRead {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        queue_chunk(cx, &self.state, None, chunk);
    }

    fn close_steps(&self, cx: &mut JSContext) {
        let state = self.state.root();
        // 1.
        state.reading.set(false);
        // 2–3. Both end,
        for branch in [Branch::First, Branch::Second] {
            if let Some(controller) = state.open_controller(branch) {
                ignore_failure(cx, &controller, |cx| controller.close(cx));
            }
        }
        // 4–5. and give back what they were to fill.
        for branch in [Branch::First, Branch::Second] {
            state.answer_pending_pull_into(cx, branch);
        }
        // 6.
        state.cancellation.resolve_unless_canceled(cx);
    }

    fn error_steps(&self, _cx: &mut JSContext, _error: HandleValue<'_>) {
        // 1.
        self.state.reading.set(false);
    }
}

/// The chunk steps of pullWithDefaultReader, in their microtask.
fn default_chunk_steps(cx: &mut JSContext, state: &RootedState, chunk: &BufferSource) {
    // 1.3–1.4. Each gets bytes of its own.
    let (first, second) = (state.open_controller(Branch::First), state.open_controller(Branch::Second));
    let mut second_chunk = None;
    if first.is_some() && second.is_some() {
        match clone_as_uint8_array(cx, chunk) {
            Ok(clone) => second_chunk = Some(clone),
            Err(error) => return state.clone_failed(cx, error),
        }
    }
    // 1.5–1.6. To each of them.
    if let Some(controller) = first {
        ignore_failure(cx, &controller, |cx| controller.enqueue(cx, chunk));
    }
    if let Some(controller) = second {
        let chunk = second_chunk.as_ref().unwrap_or(chunk);
        ignore_failure(cx, &controller, |cx| controller.enqueue(cx, chunk));
    }
    // 1.7–1.9.
    finish_read(cx, state);
}

/// The read-into request of pullWithBYOBReader.
#[derive(JSTraceable)]
struct ByobRead {
    state: Rc<ByteTeeState>,
    /// The branch whose reader's buffer is being filled.
    #[no_trace]
    branch: Branch,
}

impl ReadIntoRequest for ByobRead {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        queue_chunk(cx, &self.state, Some(self.branch), chunk);
    }

    fn close_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        let (state, branch) = (self.state.root(), self.branch);
        // 1.
        state.reading.set(false);
        // 2–5. Both end,
        for branch in [branch, branch.other()] {
            if let Some(controller) = state.open_controller(branch) {
                ignore_failure(cx, &controller, |cx| controller.close(cx));
            }
        }
        // 6. and give back what they were to fill.
        if !chunk.get().is_undefined() {
            rooted!(&in(cx) let object = chunk.get().to_object_or_null());
            if let (Some(controller), Ok(chunk)) = (state.open_controller(branch), view_of(object.handle())) {
                ignore_failure(cx, &controller, |cx| controller.respond_with_new_view(cx, &chunk));
            }
            if !state.cancellation.canceled(branch.other()) {
                state.answer_pending_pull_into(cx, branch.other());
            }
        }
        // 7.
        state.cancellation.resolve_unless_canceled(cx);
    }

    fn error_steps(&self, _cx: &mut JSContext, _error: HandleValue<'_>) {
        // 1.
        self.state.reading.set(false);
    }
}

/// The chunk steps of pullWithBYOBReader, in their microtask.
fn byob_chunk_steps(cx: &mut JSContext, state: &RootedState, branch: Branch, chunk: &BufferSource) {
    // 1.3–1.4.
    let (byob, other) = (state.open_controller(branch), state.open_controller(branch.other()));
    // 1.5. The other one gets a copy.
    let mut cloned_chunk = None;
    if other.is_some() {
        match clone_as_uint8_array(cx, chunk) {
            Ok(clone) => cloned_chunk = Some(clone),
            Err(error) => return state.clone_failed(cx, error),
        }
    }
    // 1.5–1.6. This one gets its own buffer back.
    if let Some(controller) = byob {
        ignore_failure(cx, &controller, |cx| controller.respond_with_new_view(cx, chunk));
    }
    if let (Some(controller), Some(clone)) = (other, cloned_chunk) {
        ignore_failure(cx, &controller, |cx| controller.enqueue(cx, &clone));
    }
    // 1.7–1.9.
    finish_read(cx, state);
}
