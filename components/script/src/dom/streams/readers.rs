//! What both readers share: <https://streams.spec.whatwg.org/#generic-reader-mixin>, and the abstract operations
//! on it: <https://streams.spec.whatwg.org/#rs-reader-abstract-ops>.

use super::promises::rejected_with_value;
use super::readable_stream::{Controller, ReadableStream, Reader, State};
use crate::webidl::*;

/// The slots of the ReadableStreamGenericReader mixin.
#[derive(Default, JSTraceable)]
pub(crate) struct GenericReader {
    /// [[closedPromise]]; set before script can see the reader.
    closed_promise: DomRefCell<Option<HeapPromise>>,
    /// [[stream]]
    stream: MutNullableDom<ReadableStream>,
}

impl GenericReader {
    /// [[stream]], until the lock is released.
    pub(crate) fn stream(&self) -> Option<DomRoot<ReadableStream>> {
        self.stream.get()
    }

    /// [[closedPromise]].
    pub(crate) fn closed_promise(&self) -> Option<Promise> {
        self.closed_promise.borrow().as_ref().map(HeapPromise::root)
    }

    /// The stream was closed.
    pub(super) fn resolve_closed(&self, cx: &mut JSContext) {
        if let Some(promise) = self.closed_promise() {
            promise.resolve(cx, &());
        }
    }

    /// The stream failed. No one needs to look at the promise.
    pub(super) fn reject_closed(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        if let Some(promise) = self.closed_promise() {
            promise.reject_value(cx, error);
            promise.mark_as_handled(cx);
        }
    }

    fn set_closed_promise(&self, promise: &Promise) {
        self.closed_promise.set(Some(promise.to_heap()));
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-reader-generic-cancel>, with the check that both
    /// `cancel()` begin with: <https://streams.spec.whatwg.org/#generic-reader-cancel>.
    pub(crate) fn cancel(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Fallible<Promise> {
        match self.stream() {
            Some(stream) => Ok(stream.cancel(cx, reason)),
            None => Err(released()),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-reader-generic-initialize>
    pub(super) fn initialize(&self, cx: &mut JSContext, reader: &Reader, stream: &ReadableStream) {
        let global = stream.global();
        // 1–2. Each knows the other.
        self.stream.set(Some(stream));
        stream.set_reader(reader);
        // 3–5. The promise says what became of the stream.
        let closed = match stream.state() {
            State::Readable => Promise::new(cx, &global),
            State::Closed => Promise::resolved(cx, &global, &()),
            State::Errored => {
                let promise = rejected_with_value(cx, &global, stream.stored_error().handle());
                promise.mark_as_handled(cx);
                promise
            }
        };
        self.set_closed_promise(&closed);
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-reader-generic-release>
    pub(super) fn release(&self, cx: &mut JSContext) {
        // 1–3. The stream.
        let Some(stream) = self.stream() else { return };
        let global = stream.global();
        // 4–5. The promise can't tell any more.
        let promise = match (stream.state(), self.closed_promise()) {
            (State::Readable, Some(promise)) => promise,
            _ => Promise::new(cx, &global),
        };
        promise.reject(cx, released());
        self.set_closed_promise(&promise);
        // 6. No one needs to look at it.
        promise.mark_as_handled(cx);
        // 7. The controller cleans up.
        match stream.controller() {
            Some(Controller::Byte(controller)) => controller.release_steps(),
            // [[ReleaseSteps]] of a default controller are empty.
            Some(Controller::Default(_)) | None => {}
        }
        // 8–9. Neither knows the other.
        stream.set_reader(&Reader::None);
        self.stream.set(None);
    }
}

/// What the promises of a released reader are rejected with.
pub(super) fn released() -> Error {
    Error::Type("the reader was released from its stream".into())
}
