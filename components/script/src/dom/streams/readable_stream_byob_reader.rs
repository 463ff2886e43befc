//! The ReadableStreamBYOBReader class: <https://streams.spec.whatwg.org/#byob-reader-class>.

use std::collections::VecDeque;
use std::rc::Rc;

use super::array_buffers::{byte_length, element_size, is_detached, viewed_array_buffer};
use super::promises::exception_value;
use super::read_requests::{PromiseReadRequest, ReadIntoRequest, ReadIntoRequestRef};
use super::readable_stream::{ReadableStream, Reader, State};
use super::readers::{GenericReader, released};
use crate::bindings::dictionaries::ReadableStreamBYOBReaderReadOptions;
use crate::bindings::interfaces::ReadableStreamBYOBReaderMethods;
use crate::webidl::*;

/// <https://streams.spec.whatwg.org/#readablestreambyobreader>
#[dom_struct]
pub struct ReadableStreamBYOBReader {
    reflector: Reflector,
    generic: GenericReader,
    /// [[readIntoRequests]]
    read_into_requests: DomRefCell<VecDeque<ReadIntoRequestRef>>,
}

impl ReadableStreamBYOBReader {
    fn new_inherited() -> ReadableStreamBYOBReader {
        ReadableStreamBYOBReader {
            reflector: Reflector::new(),
            generic: GenericReader::default(),
            read_into_requests: DomRefCell::default(),
        }
    }

    /// A reader that is yet to be set up.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<ReadableStreamBYOBReader> {
        reflect_dom_object(cx, Box::new(ReadableStreamBYOBReader::new_inherited()), global)
    }

    /// <https://streams.spec.whatwg.org/#set-up-readable-stream-byob-reader>
    pub(super) fn set_up(&self, cx: &mut JSContext, stream: &ReadableStream) -> Fallible<()> {
        // 1. One reader at a time.
        if stream.is_locked() {
            return Err(Error::Type("the stream is already locked to a reader".into()));
        }
        // 2. Only bytes can be read into a buffer.
        if stream.byte_controller().is_none() {
            return Err(Error::Type("the stream is not a byte stream".into()));
        }
        // 3–4.
        self.generic.initialize(cx, &Reader::Byob(DomRoot::from_ref(self)), stream);
        Ok(())
    }

    /// [[stream]], [[closedPromise]].
    pub(crate) fn generic(&self) -> &GenericReader {
        &self.generic
    }

    /// [[readIntoRequests]].
    pub(super) fn requests(&self) -> &DomRefCell<VecDeque<ReadIntoRequestRef>> {
        &self.read_into_requests
    }

    /// Empties [[readIntoRequests]].
    pub(super) fn take_requests(&self) -> RootedBox<VecDeque<ReadIntoRequestRef>> {
        self.read_into_requests.take_rooted()
    }

    /// Removes the first of [[readIntoRequests]].
    pub(super) fn take_first_request(&self) -> Option<RootedBox<ReadIntoRequestRef>> {
        self.read_into_requests.borrow_mut().pop_front().map(RootedBox::new)
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreadererrorreadintorequests>
    pub(super) fn error_read_into_requests(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        // 1–3. All of them fail.
        for request in self.take_requests().iter() {
            request.error_steps(cx, error);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-byob-reader-read>
    pub(super) fn read(
        &self,
        cx: &mut JSContext,
        view: &BufferSource,
        min: usize,
        request: impl ReadIntoRequest + 'static,
    ) {
        let request = RootedBox::new(Rc::new(Box::new(request) as Box<dyn ReadIntoRequest>));
        // 1–2. The stream: callers see to it that the lock is held.
        let Some(stream) = self.generic.stream() else { return };
        // 3. It was touched.
        stream.set_disturbed();
        if stream.state() == State::Errored {
            // 4.
            request.error_steps(cx, stream.stored_error().handle());
        } else if let Some(controller) = stream.byte_controller() {
            // 5.
            controller.pull_into(cx, view, min, &request);
        }
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreaderrelease>
    pub(crate) fn release(&self, cx: &mut JSContext) {
        // 1. Unlock.
        self.generic.release(cx);
        // 2–3. Those who wait hear of it.
        let error = exception_value(cx, &self.global(), released());
        self.error_read_into_requests(cx, error.handle());
    }
}

impl ReadableStreamBYOBReaderMethods for ReadableStreamBYOBReader {
    /// <https://streams.spec.whatwg.org/#byob-reader-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        stream: &ReadableStream,
    ) -> Fallible<DomRoot<ReadableStreamBYOBReader>> {
        let reader = ReadableStreamBYOBReader::new_inherited();
        let reader = reflect_dom_object_with_proto(cx, Box::new(reader), global, proto);
        // 1.
        reader.set_up(cx, stream)?;
        Ok(reader)
    }

    /// <https://streams.spec.whatwg.org/#byob-reader-read>
    fn Read(
        &self,
        cx: &mut JSContext,
        view: &BufferSource,
        options: &ReadableStreamBYOBReaderReadOptions,
    ) -> Fallible<Promise> {
        // 1. Something can be put into it.
        if view.byte_length() == 0 {
            return Err(Error::Type("the view is empty".into()));
        }
        // 2–3. Its buffer is there.
        let buffer = viewed_array_buffer(cx, view)?;
        if byte_length(buffer.handle()) == 0 || is_detached(buffer.handle()) {
            return Err(Error::Type("the view's buffer is empty or detached".into()));
        }
        // 4. At least one element.
        if options.min == 0 {
            return Err(Error::Type("min can't be 0".into()));
        }
        // 5–6. As many as fit.
        let length = view.byte_length() / element_size(view.kind());
        let min = usize::try_from(options.min).ok().filter(|min| *min <= length);
        let Some(min) = min else {
            return Err(Error::Range(format!("min is {}, the view has {length} elements", options.min)));
        };
        // 7. Not without a stream.
        if self.generic.stream().is_none() {
            return Err(released());
        }
        // 8. The promise.
        let promise = Promise::new(cx, &self.global());
        // 9–10. Read into it.
        self.read(cx, view, min, PromiseReadRequest::new(&promise));
        // 11.
        Ok(promise)
    }

    /// <https://streams.spec.whatwg.org/#byob-reader-release-lock>
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
