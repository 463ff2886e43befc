//! Abstract operations on readable streams: <https://streams.spec.whatwg.org/#rs-abstract-ops> and
//! <https://streams.spec.whatwg.org/#rs-abstract-ops-used-by-controllers>.

use super::promises::{rejected_with_value, then_undefined};
use super::read_requests::{ReadIntoRequestRef, ReadRequestRef};
use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream::{Controller, ReadableStream, Reader, State};
use super::readable_stream_byob_reader::ReadableStreamBYOBReader;
use super::readable_stream_default_controller::ReadableStreamDefaultController;
use super::readable_stream_default_reader::ReadableStreamDefaultReader;
use super::underlying_source::RootedSource;
use crate::webidl::*;

impl ReadableStream {
    /// <https://streams.spec.whatwg.org/#acquire-readable-stream-byob-reader>
    pub(crate) fn acquire_byob_reader(
        &self,
        cx: &mut JSContext,
    ) -> Fallible<DomRoot<ReadableStreamBYOBReader>> {
        // 1. A new reader.
        let reader = ReadableStreamBYOBReader::new(cx, &self.global());
        // 2. Set it up.
        reader.set_up(cx, self)?;
        // 3.
        Ok(reader)
    }

    /// <https://streams.spec.whatwg.org/#acquire-readable-stream-reader>
    pub(crate) fn acquire_default_reader(
        &self,
        cx: &mut JSContext,
    ) -> Fallible<DomRoot<ReadableStreamDefaultReader>> {
        // 1. A new reader.
        let reader = ReadableStreamDefaultReader::new(cx, &self.global());
        // 2. Set it up.
        reader.set_up(cx, self)?;
        // 3.
        Ok(reader)
    }

    /// <https://streams.spec.whatwg.org/#create-readable-stream>. The algorithms here are all Rust's, whose
    /// start does nothing, so that it can't fail; the size of every chunk is 1.
    pub(crate) fn create(
        cx: &mut JSContext,
        global: &GlobalScope,
        source: &RootedSource,
        high_water_mark: f64,
    ) -> DomRoot<ReadableStream> {
        // 4–5. A new stream, initialized.
        let stream = ReadableStream::new(cx, global);
        // 6. A new controller.
        let controller = ReadableStreamDefaultController::new(cx, global);
        // 7. Set it up.
        controller.set_up(&stream, source, high_water_mark, None);
        controller.start(cx, HandleValue::undefined());
        // 8.
        stream
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-createreadablebytestream>, with a high water mark for
    /// "set up with byte reading support".
    pub(crate) fn create_byte_stream(
        cx: &mut JSContext,
        global: &GlobalScope,
        source: &RootedSource,
        high_water_mark: f64,
    ) -> DomRoot<ReadableStream> {
        // 1–2. A new stream, initialized.
        let stream = ReadableStream::new(cx, global);
        // 3. A new controller.
        let controller = ReadableByteStreamController::new(cx, global);
        // 4. Set it up.
        controller.set_up(&stream, source, high_water_mark, None);
        controller.start(cx, HandleValue::undefined());
        // 5.
        stream
    }

    /// <https://streams.spec.whatwg.org/#is-readable-stream-locked>
    pub(crate) fn is_locked(&self) -> bool {
        !matches!(self.reader(), Reader::None)
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-tee>
    pub(crate) fn tee(
        &self,
        cx: &mut JSContext,
        clone_for_branch_2: bool,
    ) -> Fallible<[DomRoot<ReadableStream>; 2]> {
        // 3–4. By the kind of the stream.
        match self.controller() {
            Some(Controller::Byte(_)) => super::byte_tee::readable_byte_stream_tee(cx, self),
            _ => super::tee::readable_stream_default_tee(cx, self, clone_for_branch_2),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-add-read-into-request>
    pub(super) fn add_read_into_request(&self, request: ReadIntoRequestRef) {
        if let Reader::Byob(reader) = self.reader() {
            reader.requests().borrow_mut().push_back(request);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-add-read-request>
    pub(super) fn add_read_request(&self, request: ReadRequestRef) {
        if let Reader::Default(reader) = self.reader() {
            reader.requests().borrow_mut().push_back(request);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-cancel>
    pub(crate) fn cancel(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Promise {
        let global = self.global();
        // 1. It was touched.
        self.set_disturbed();
        match self.state() {
            // 2. There is nothing left to cancel.
            State::Closed => return Promise::resolved(cx, &global, &()),
            // 3. It already failed.
            State::Errored => return rejected_with_value(cx, &global, self.stored_error().handle()),
            State::Readable => {}
        }
        // 4. Close it.
        self.close(cx);
        // 5–6. BYOB readers don't get their buffers back.
        if let Reader::Byob(reader) = self.reader() {
            for request in reader.take_requests().iter() {
                request.close_steps(cx, HandleValue::undefined());
            }
        }
        // 7. Tell the source.
        let source_cancel_promise = match self.controller() {
            Some(Controller::Default(controller)) => controller.cancel_steps(cx, reason),
            Some(Controller::Byte(controller)) => controller.cancel_steps(cx, reason),
            None => Promise::resolved(cx, &global, &()),
        };
        // 8. Undefined, when it has done so.
        then_undefined(cx, &global, &source_cancel_promise)
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-close>
    pub(super) fn close(&self, cx: &mut JSContext) {
        // 1–2. From readable to closed.
        debug_assert_eq!(self.state(), State::Readable);
        self.set_state(State::Closed);
        // 3–4. Is anyone waiting?
        match self.reader() {
            Reader::None => {}
            // 5–6. The reader hears of it, its read requests end.
            Reader::Default(reader) => {
                reader.generic().resolve_closed(cx);
                for request in reader.take_requests().iter() {
                    request.close_steps(cx);
                }
            }
            Reader::Byob(reader) => reader.generic().resolve_closed(cx),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-error>
    pub(super) fn error(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        // 1–3. From readable to errored.
        debug_assert_eq!(self.state(), State::Readable);
        self.set_state(State::Errored);
        self.set_stored_error(error);
        // 4–8. The reader hears of it, its requests fail.
        match self.reader() {
            Reader::None => {}
            Reader::Default(reader) => {
                reader.generic().reject_closed(cx, error);
                reader.error_read_requests(cx, error);
            }
            Reader::Byob(reader) => {
                reader.generic().reject_closed(cx, error);
                reader.error_read_into_requests(cx, error);
            }
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-fulfill-read-into-request>
    pub(super) fn fulfill_read_into_request(&self, cx: &mut JSContext, chunk: HandleValue<'_>, done: bool) {
        // 1–5. Take the first request.
        let Reader::Byob(reader) = self.reader() else { return };
        let Some(request) = reader.take_first_request() else { return };
        // 6–7. It ends, or gets the chunk.
        if done {
            request.close_steps(cx, chunk);
        } else {
            request.chunk_steps(cx, chunk);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-fulfill-read-request>
    pub(super) fn fulfill_read_request(&self, cx: &mut JSContext, chunk: HandleValue<'_>, done: bool) {
        // 1–5. Take the first request.
        let Reader::Default(reader) = self.reader() else { return };
        let Some(request) = reader.take_first_request() else { return };
        // 6–7. It ends, or gets the chunk.
        if done {
            request.close_steps(cx);
        } else {
            request.chunk_steps(cx, chunk);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-get-num-read-into-requests>; 0 without a BYOB reader.
    pub(super) fn num_read_into_requests(&self) -> usize {
        match self.reader() {
            Reader::Byob(reader) => reader.requests().borrow().len(),
            _ => 0,
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-get-num-read-requests>; 0 without a default reader.
    pub(super) fn num_read_requests(&self) -> usize {
        match self.reader() {
            Reader::Default(reader) => reader.requests().borrow().len(),
            _ => 0,
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-has-byob-reader>
    pub(super) fn has_byob_reader(&self) -> bool {
        matches!(self.reader(), Reader::Byob(_))
    }
}
