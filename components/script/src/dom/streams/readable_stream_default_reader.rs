//! The ReadableStreamDefaultReader class: <https://streams.spec.whatwg.org/#default-reader-class>.

use std::collections::VecDeque;
use std::rc::Rc;

use super::promises::exception_value;
use super::read_requests::{PromiseReadRequest, ReadRequest, ReadRequestRef};
use super::readable_stream::{Controller, ReadableStream, Reader, State};
use super::readers::{GenericReader, released};
use crate::bindings::interfaces::ReadableStreamDefaultReaderMethods;
use crate::webidl::*;

/// <https://streams.spec.whatwg.org/#readablestreamdefaultreader>
#[dom_struct]
pub struct ReadableStreamDefaultReader {
    reflector: Reflector,
    generic: GenericReader,
    /// [[readRequests]]
    read_requests: DomRefCell<VecDeque<ReadRequestRef>>,
}

impl ReadableStreamDefaultReader {
    fn new_inherited() -> ReadableStreamDefaultReader {
        ReadableStreamDefaultReader {
            reflector: Reflector::new(),
            generic: GenericReader::default(),
            read_requests: DomRefCell::default(),
        }
    }

    /// A reader that is yet to be set up.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<ReadableStreamDefaultReader> {
        reflect_dom_object(cx, Box::new(ReadableStreamDefaultReader::new_inherited()), global)
    }

    /// <https://streams.spec.whatwg.org/#set-up-readable-stream-default-reader>
    pub(super) fn set_up(&self, cx: &mut JSContext, stream: &ReadableStream) -> Fallible<()> {
        // 1. One reader at a time.
        if stream.is_locked() {
            return Err(Error::Type("the stream is already locked to a reader".into()));
        }
        // 2–3.
        self.generic.initialize(cx, &Reader::Default(DomRoot::from_ref(self)), stream);
        Ok(())
    }

    /// [[stream]], [[closedPromise]].
    pub(crate) fn generic(&self) -> &GenericReader {
        &self.generic
    }

    /// [[readRequests]].
    pub(super) fn requests(&self) -> &DomRefCell<VecDeque<ReadRequestRef>> {
        &self.read_requests
    }

    /// Empties [[readRequests]].
    pub(super) fn take_requests(&self) -> RootedBox<VecDeque<ReadRequestRef>> {
        self.read_requests.take_rooted()
    }

    /// Removes the first of [[readRequests]].
    pub(super) fn take_first_request(&self) -> Option<RootedBox<ReadRequestRef>> {
        self.read_requests.borrow_mut().pop_front().map(RootedBox::new)
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreadererrorreadrequests>
    pub(super) fn error_read_requests(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        // 1–3. All of them fail.
        for request in self.take_requests().iter() {
            request.error_steps(cx, error);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-reader-read>; also "read a chunk":
    /// <https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-a-chunk>.
    pub(crate) fn read(&self, cx: &mut JSContext, request: impl ReadRequest + 'static) {
        let request = RootedBox::new(Rc::new(Box::new(request) as Box<dyn ReadRequest>));
        // 1–2. The stream: callers see to it that the lock is held.
        let Some(stream) = self.generic.stream() else { return };
        // 3. It was touched.
        stream.set_disturbed();
        match stream.state() {
            // 4.
            State::Closed => request.close_steps(cx),
            // 5.
            State::Errored => request.error_steps(cx, stream.stored_error().handle()),
            // 6.
            State::Readable => match stream.controller() {
                Some(Controller::Default(controller)) => controller.pull_steps(cx, &request),
                Some(Controller::Byte(controller)) => controller.pull_steps(cx, &request),
                None => {}
            },
        }
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreaderrelease>
    pub(crate) fn release(&self, cx: &mut JSContext) {
        // 1. Unlock.
        self.generic.release(cx);
        // 2–3. Those who wait hear of it.
        let error = exception_value(cx, &self.global(), released());
        self.error_read_requests(cx, error.handle());
    }
}

impl ReadableStreamDefaultReaderMethods for ReadableStreamDefaultReader {
    /// <https://streams.spec.whatwg.org/#default-reader-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        stream: &ReadableStream,
    ) -> Fallible<DomRoot<ReadableStreamDefaultReader>> {
        let reader = ReadableStreamDefaultReader::new_inherited();
        let reader = reflect_dom_object_with_proto(cx, Box::new(reader), global, proto);
        // 1.
        reader.set_up(cx, stream)?;
        Ok(reader)
    }

    /// <https://streams.spec.whatwg.org/#default-reader-read>
    fn Read(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 1. Not without a stream.
        if self.generic.stream().is_none() {
            return Err(released());
        }
        // 2. The promise.
        let promise = Promise::new(cx, &self.global());
        // 3–4. Read into it.
        self.read(cx, PromiseReadRequest::new(&promise));
        // 5.
        Ok(promise)
    }

    /// <https://streams.spec.whatwg.org/#default-reader-release-lock>
    fn ReleaseLock(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1. It is released already.
        if self.generic.stream().is_some() {
            // 2.
            self.release(cx);
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#generic-reader-closed>
    fn Closed(&self, cx: &mut JSContext) -> Promise {
        self.generic.closed_promise().unwrap_or_else(|| Promise::new(cx, &self.global()))
    }

    /// <https://streams.spec.whatwg.org/#generic-reader-cancel>
    fn Cancel(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Fallible<Promise> {
        self.generic.cancel(cx, reason)
    }
}
