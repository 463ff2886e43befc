//! Read requests: what happens when a chunk, the end or an error arrives.

use std::rc::Rc;

use crate::bindings::dictionaries::ReadableStreamReadResult;
use crate::webidl::*;

/// <https://streams.spec.whatwg.org/#read-request>
pub(crate) trait ReadRequest: JSTraceable {
    /// Chunk steps: a chunk is there.
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>);
    /// Close steps: there are no more chunks.
    fn close_steps(&self, cx: &mut JSContext);
    /// Error steps: the stream is errored.
    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>);
}

/// <https://streams.spec.whatwg.org/#read-into-request>
pub(crate) trait ReadIntoRequest: JSTraceable {
    /// Chunk steps: the view was filled.
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>);
    /// Close steps, with the empty view or with undefined.
    fn close_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>);
    /// Error steps: the stream is errored.
    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>);
}

/// A read request in a list.
pub(crate) type ReadRequestRef = Rc<Box<dyn ReadRequest>>;
/// A read-into request in a list.
pub(crate) type ReadIntoRequestRef = Rc<Box<dyn ReadIntoRequest>>;

/// What `read()` of both readers returns: a promise for a ReadableStreamReadResult.
#[derive(JSTraceable)]
pub(crate) struct PromiseReadRequest {
    promise: HeapPromise,
}

impl PromiseReadRequest {
    pub(crate) fn new(promise: &Promise) -> PromiseReadRequest {
        PromiseReadRequest { promise: promise.to_heap() }
    }

    /// Resolves with «[ "value" → value, "done" → done ]».
    fn resolve(&self, cx: &mut JSContext, value: HandleValue<'_>, done: bool) {
        let result = ReadableStreamReadResult { value: Some(RootedValue::from(value)), done: Some(done) };
        self.promise.root().resolve(cx, &result);
    }
}

impl ReadRequest for PromiseReadRequest {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        self.resolve(cx, chunk, false);
    }

    fn close_steps(&self, cx: &mut JSContext) {
        self.resolve(cx, HandleValue::undefined(), true);
    }

    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        self.promise.root().reject_value(cx, error);
    }
}

impl ReadIntoRequest for PromiseReadRequest {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        self.resolve(cx, chunk, false);
    }

    fn close_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        self.resolve(cx, chunk, true);
    }

    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        self.promise.root().reject_value(cx, error);
    }
}
