//! Asynchronous iteration: <https://streams.spec.whatwg.org/#rs-asynciterator>.

use std::cell::Cell;
use std::rc::Rc;

use super::read_requests::ReadRequest;
use super::readable_stream::ReadableStream;
use super::readable_stream_default_reader::ReadableStreamDefaultReader;
use crate::webidl::*;

/// What an iterator of a stream keeps.
#[derive(JSTraceable)]
pub(super) struct StreamIterator {
    reader: Dom<ReadableStreamDefaultReader>,
    prevent_cancel: bool,
    at_end: Rc<Cell<bool>>,
}

impl StreamIterator {
    /// <https://streams.spec.whatwg.org/#rs-get-iterator>
    pub(super) fn new(
        cx: &mut JSContext,
        stream: &ReadableStream,
        prevent_cancel: bool,
    ) -> Fallible<StreamIterator> {
        // 1–2. The reader.
        let reader = stream.acquire_default_reader(cx)?;
        // 3–4.
        Ok(StreamIterator { reader: Dom::from_ref(&*reader), prevent_cancel, at_end: Rc::default() })
    }
}

impl AsyncIteratorSteps for StreamIterator {
    /// <https://streams.spec.whatwg.org/#rs-asynciterator-prototype-next>
    fn next(&self, cx: &mut JSContext) -> Promise {
        // 1–2. The reader.
        let reader = self.reader.as_rooted();
        // 3. The promise.
        let promise = Promise::new(cx, &reader.global());
        // 4–5. Read into it.
        let request = IteratorRead {
            reader: Dom::from_ref(&*reader),
            promise: promise.to_heap(),
            at_end: self.at_end.clone(),
        };
        reader.read(cx, request);
        // 6.
        promise
    }

    fn is_at_end(&self) -> bool {
        self.at_end.get()
    }

    /// <https://streams.spec.whatwg.org/#rs-asynciterator-prototype-return>
    fn return_(&self, cx: &mut JSContext, value: HandleValue<'_>) -> Promise {
        // 1–3. The reader.
        let reader = self.reader.as_rooted();
        let global = reader.global();
        // 4. What is left is not wanted.
        let result = if self.prevent_cancel {
            // 6.
            Promise::resolved(cx, &global, &())
        } else {
            let canceled = reader.generic().cancel(cx, value);
            canceled.unwrap_or_else(|error| Promise::rejected(cx, &global, error))
        };
        // 4.2, 5.
        reader.release(cx);
        result
    }
}

/// The read request of `next()`.
#[derive(JSTraceable)]
struct IteratorRead {
    reader: Dom<ReadableStreamDefaultReader>,
    promise: HeapPromise,
    at_end: Rc<Cell<bool>>,
}

impl ReadRequest for IteratorRead {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        self.promise.root().resolve_value(cx, chunk);
    }

    fn close_steps(&self, cx: &mut JSContext) {
        let (reader, promise) = (self.reader.as_rooted(), self.promise.root());
        reader.release(cx);
        self.at_end.set(true);
        promise.resolve(cx, &());
    }

    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        let (reader, promise) = (self.reader.as_rooted(), self.promise.root());
        reader.release(cx);
        promise.reject_value(cx, error);
    }
}
