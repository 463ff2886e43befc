//! The queue of byte stream controllers, and what is put into it:
//! <https://streams.spec.whatwg.org/#rbs-controller-abstract-ops>.

use std::rc::Rc;

use super::array_buffers::{
    clone_array_buffer, construct_view, is_detached, source_value, transfer_array_buffer, view_byte_offset,
    viewed_array_buffer,
};
use super::promises::{exception_value, throw_value};
use super::pull_into::{PullIntoDescriptor, ReaderType, RootedDescriptor};
use super::read_requests::ReadRequestRef;
use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream::{ReadableStream, Reader, State};
use crate::webidl::*;

impl ReadableByteStreamController {
    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-commit-pull-into-descriptor>
    pub(super) fn commit_pull_into_descriptor(
        &self,
        cx: &mut JSContext,
        stream: &ReadableStream,
        descriptor: &PullIntoDescriptor,
    ) -> Fallible<()> {
        // 1–4. The end of the stream comes as an empty view.
        let done = stream.state() == State::Closed;
        // 5. What was filled.
        let filled_view = descriptor.convert(cx)?;
        let filled_view = source_value(&filled_view);
        // 6–7. To whoever asked for it.
        match descriptor.reader_type() {
            ReaderType::Default => stream.fulfill_read_request(cx, filled_view.handle(), done),
            ReaderType::Byob | ReaderType::None => {
                stream.fulfill_read_into_request(cx, filled_view.handle(), done);
            }
        }
        Ok(())
    }

    /// Commits each of them.
    pub(super) fn commit_all(
        &self,
        cx: &mut JSContext,
        stream: &ReadableStream,
        descriptors: &[Rc<PullIntoDescriptor>],
    ) -> Fallible<()> {
        for descriptor in descriptors {
            self.commit_pull_into_descriptor(cx, stream, descriptor)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue>
    pub(crate) fn enqueue(&self, cx: &mut JSContext, chunk: &BufferSource) -> Fallible<()> {
        // 1–2. Too late.
        let Some(stream) = self.stream() else { return Ok(()) };
        if self.close_requested.get() || stream.state() != State::Readable {
            return Ok(());
        }
        // 3–5. The part of a buffer.
        let buffer = viewed_array_buffer(cx, chunk)?;
        let (byte_offset, byte_length) = (view_byte_offset(chunk), chunk.byte_length());
        // 6.
        if is_detached(buffer.handle()) {
            return Err(Error::Type("the chunk's buffer is detached".into()));
        }
        // 7. It is ours now.
        let transferred_buffer = transfer_array_buffer(cx, buffer.handle())?;
        // 8. Who was filling a buffer does so no longer.
        if let Some(first) = self.first_pending_pull_into() {
            if is_detached(first.buffer().handle()) {
                return Err(Error::Type("the buffer of the BYOB request is detached".into()));
            }
            self.invalidate_byob_request();
            let buffer = transfer_array_buffer(cx, first.buffer().handle())?;
            first.set_buffer(buffer.handle());
            if first.reader_type() == ReaderType::None {
                self.enqueue_detached_pull_into_to_queue(cx, &first)?;
            }
        }
        match stream.reader() {
            // 9. To a default reader, as it is.
            Reader::Default(_) => {
                self.process_read_requests_using_queue(cx);
                if stream.num_read_requests() == 0 {
                    self.queue.borrow_mut().push(transferred_buffer.handle(), byte_offset, byte_length);
                } else {
                    self.shift_pending_pull_into();
                    let view = construct_view(
                        cx,
                        BufferKind::Uint8Array,
                        transferred_buffer.handle(),
                        byte_offset,
                        byte_length,
                    )?;
                    stream.fulfill_read_request(cx, source_value(&view).handle(), false);
                }
            }
            // 10. To a BYOB reader, in its own buffers.
            Reader::Byob(_) => {
                self.queue.borrow_mut().push(transferred_buffer.handle(), byte_offset, byte_length);
                let filled = self.process_pull_into_descriptors_using_queue();
                self.commit_all(cx, &stream, &filled)?;
            }
            // 11. To no one yet.
            Reader::None => {
                self.queue.borrow_mut().push(transferred_buffer.handle(), byte_offset, byte_length);
            }
        }
        // 12.
        self.call_pull_if_needed(cx);
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueueclonedchunktoqueue>
    pub(super) fn enqueue_cloned_chunk_to_queue(
        &self,
        cx: &mut JSContext,
        buffer: HandleObject<'_>,
        byte_offset: usize,
        byte_length: usize,
    ) -> Fallible<()> {
        match clone_array_buffer(cx, buffer, byte_offset, byte_length) {
            // 3.
            Ok(clone) => {
                self.queue.borrow_mut().push(clone.handle(), 0, byte_length);
                Ok(())
            }
            // 2.
            Err(error) => {
                let value = exception_value(cx, &self.global(), error);
                self.error(cx, value.handle());
                Err(throw_value(cx, value.handle()))
            }
        }
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueuedetachedpullintotoqueue>
    pub(super) fn enqueue_detached_pull_into_to_queue(
        &self,
        cx: &mut JSContext,
        descriptor: &PullIntoDescriptor,
    ) -> Fallible<()> {
        // 1–2. What was filled is for the next reader.
        let filled = descriptor.bytes_filled();
        if filled > 0 {
            let buffer = descriptor.buffer();
            self.enqueue_cloned_chunk_to_queue(cx, buffer.handle(), descriptor.byte_offset, filled)?;
        }
        // 3.
        self.shift_pending_pull_into();
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerfillreadrequestfromqueue>
    pub(super) fn fill_read_request_from_queue(
        &self,
        cx: &mut JSContext,
        request: &RootedBox<ReadRequestRef>,
    ) {
        // 1–4. The first entry.
        let Some(entry) = self.queue.borrow_mut().pop() else { return };
        // 5.
        self.handle_queue_drain(cx);
        // 6–7. To the reader, as a view.
        let view = construct_view(
            cx,
            BufferKind::Uint8Array,
            entry.buffer.handle(),
            entry.byte_offset,
            entry.byte_length,
        );
        match view {
            Ok(view) => request.chunk_steps(cx, source_value(&view).handle()),
            Err(error) => {
                let error = exception_value(cx, &self.global(), error);
                request.error_steps(cx, error.handle());
            }
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-handle-queue-drain>
    pub(super) fn handle_queue_drain(&self, cx: &mut JSContext) {
        // 1–2. That was the last of it.
        if self.queue.borrow().total_size() == 0 && self.close_requested.get() {
            self.clear_algorithms();
            if let Some(stream) = self.stream() {
                stream.close(cx);
            }
        } else {
            // 3.
            self.call_pull_if_needed(cx);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-process-pull-into-descriptors-using-queue>
    pub(super) fn process_pull_into_descriptors_using_queue(&self) -> RootedBox<Vec<Rc<PullIntoDescriptor>>> {
        // 1–2.
        let mut filled_pull_intos = RootedBox::new(Vec::new());
        // 3. As long as there are bytes and someone who wants them.
        while self.queue.borrow().total_size() > 0 {
            let Some(descriptor) = self.first_pending_pull_into() else { break };
            if descriptor.fill_from_queue(&self.queue) {
                self.shift_pending_pull_into();
                filled_pull_intos.push((*descriptor).clone());
            }
        }
        // 4.
        filled_pull_intos
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerprocessreadrequestsusingqueue>
    fn process_read_requests_using_queue(&self, cx: &mut JSContext) {
        // 1–2. The reader.
        let Some(Reader::Default(reader)) = self.stream().map(|stream| stream.reader()) else { return };
        // 3. As long as there are bytes and someone who wants them.
        while self.queue.borrow().total_size() > 0 {
            let Some(request) = reader.take_first_request() else { break };
            self.fill_read_request_from_queue(cx, &request);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-shift-pending-pull-into>
    pub(super) fn shift_pending_pull_into(&self) -> Option<RootedDescriptor> {
        // 1–4.
        debug_assert!(self.byob_request.is_none());
        self.pending_pull_intos.borrow_mut().pop_front().map(RootedBox::new)
    }
}
