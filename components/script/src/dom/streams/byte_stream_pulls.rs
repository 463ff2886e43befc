//! How bytes are read into the buffers of BYOB readers:
//! <https://streams.spec.whatwg.org/#rbs-controller-abstract-ops>.

use super::array_buffers::{
    byte_length, element_size, source_value, transfer_array_buffer, view_byte_offset, viewed_array_buffer,
};
use super::promises::exception_value;
use super::pull_into::{PullIntoDescriptor, ReaderType, RootedDescriptor};
use super::read_requests::ReadIntoRequestRef;
use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream::State;
use super::readable_stream_byob_request::ReadableStreamBYOBRequest;
use crate::webidl::*;

impl ReadableByteStreamController {
    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-head-pull-into-descriptor>
    fn fill_head_pull_into_descriptor(&self, size: usize, descriptor: &PullIntoDescriptor) {
        // 1–3.
        debug_assert!(self.byob_request.is_none());
        descriptor.set_bytes_filled(descriptor.bytes_filled() + size);
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollergetbyobrequest>
    pub(crate) fn get_byob_request(&self, cx: &mut JSContext) -> Option<DomRoot<ReadableStreamBYOBRequest>> {
        // 1. Made where someone asks for it.
        if self.byob_request.is_none() {
            let first = self.first_pending_pull_into()?;
            let view = first.unfilled_view(cx).ok()?;
            let request = ReadableStreamBYOBRequest::new(cx, self, view.object());
            self.byob_request.set(Some(&request));
        }
        // 2.
        self.byob_request.get()
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-invalidate-byob-request>
    pub(super) fn invalidate_byob_request(&self) {
        // 1–4.
        if let Some(request) = self.byob_request.take() {
            request.invalidate();
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-pull-into>
    pub(super) fn pull_into(
        &self,
        cx: &mut JSContext,
        view: &BufferSource,
        min: usize,
        request: &RootedBox<ReadIntoRequestRef>,
    ) {
        let failed = |cx: &mut JSContext, error: Error| {
            let error = exception_value(cx, &self.global(), error);
            request.error_steps(cx, error.handle());
        };
        // 1. The stream.
        let Some(stream) = self.stream() else { return };
        // 2–7. The kind of view.
        let constructor = view.kind();
        let minimum_fill = min * element_size(constructor);
        // 8–13. The buffer is ours now.
        let range = (view_byte_offset(view), view.byte_length());
        let buffer = match viewed_array_buffer(cx, view)
            .and_then(|buffer| transfer_array_buffer(cx, buffer.handle()))
        {
            Ok(buffer) => buffer,
            Err(error) => return failed(cx, error),
        };
        let buffer_byte_length = byte_length(buffer.handle());
        let descriptor = PullIntoDescriptor::new(
            buffer.handle(),
            buffer_byte_length,
            range,
            minimum_fill,
            constructor,
            ReaderType::Byob,
        );
        // 14. Others were there before.
        if !self.pending_pull_intos.borrow().is_empty() {
            self.pending_pull_intos.borrow_mut().push_back((*descriptor).clone());
            stream.add_read_into_request((**request).clone());
            return;
        }
        // 15. There is nothing more.
        if stream.state() == State::Closed {
            match descriptor.empty_view(cx) {
                Ok(view) => request.close_steps(cx, source_value(&view).handle()),
                Err(error) => failed(cx, error),
            }
            return;
        }
        // 16. Something is queued.
        if self.queue.borrow().total_size() > 0 {
            if descriptor.fill_from_queue(&self.queue) {
                match descriptor.convert(cx) {
                    Ok(filled_view) => {
                        self.handle_queue_drain(cx);
                        request.chunk_steps(cx, source_value(&filled_view).handle());
                    }
                    Err(error) => failed(cx, error),
                }
                return;
            }
            if self.close_requested.get() {
                let message = "the stream ended in the middle of an element of the view";
                let error = exception_value(cx, &self.global(), Error::Type(message.into()));
                self.error(cx, error.handle());
                request.error_steps(cx, error.handle());
                return;
            }
        }
        // 17–19. Wait for more.
        self.pending_pull_intos.borrow_mut().push_back((*descriptor).clone());
        stream.add_read_into_request((**request).clone());
        self.call_pull_if_needed(cx);
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond>
    pub(crate) fn respond(&self, cx: &mut JSContext, bytes_written: u64) -> Fallible<()> {
        // 1–3. To whom.
        let (Some(stream), Some(first)) = (self.stream(), self.first_pending_pull_into()) else {
            return Ok(());
        };
        if stream.state() == State::Closed {
            // 4. The end has no bytes.
            if bytes_written != 0 {
                return Err(Error::Type("the stream is closed: bytesWritten must be 0".into()));
            }
        } else {
            // 5. Something, and no more than fits.
            if bytes_written == 0 {
                return Err(Error::Type("bytesWritten can't be 0 before the stream is closed".into()));
            }
            let room = first.byte_length - first.bytes_filled();
            if bytes_written > room as u64 {
                return Err(Error::Range(format!(
                    "bytesWritten is {bytes_written}, the view has {room} bytes"
                )));
            }
        }
        // 6. Who wrote into it can't any longer.
        let buffer = transfer_array_buffer(cx, first.buffer().handle())?;
        first.set_buffer(buffer.handle());
        // 7. (It fits: it was compared with a length just now.)
        self.respond_internal(cx, usize::try_from(bytes_written).unwrap_or(usize::MAX))
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-closed-state>
    fn respond_in_closed_state(&self, cx: &mut JSContext, first: &PullIntoDescriptor) -> Fallible<()> {
        // 1–2. No one waits for it any more.
        if first.reader_type() == ReaderType::None {
            self.shift_pending_pull_into();
        }
        // 3–4. Everyone gets their buffers back.
        let Some(stream) = self.stream() else { return Ok(()) };
        if stream.has_byob_reader() {
            let mut filled_pull_intos = RootedBox::new(Vec::new());
            while filled_pull_intos.len() < stream.num_read_into_requests() {
                let Some(descriptor) = self.shift_pending_pull_into() else { break };
                filled_pull_intos.push((*descriptor).clone());
            }
            self.commit_all(cx, &stream, &filled_pull_intos)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-readable-state>
    fn respond_in_readable_state(
        &self,
        cx: &mut JSContext,
        bytes_written: usize,
        descriptor: &RootedDescriptor,
    ) -> Fallible<()> {
        let Some(stream) = self.stream() else { return Ok(()) };
        // 1–2. Count them.
        self.fill_head_pull_into_descriptor(bytes_written, descriptor);
        // 3. For the next reader.
        if descriptor.reader_type() == ReaderType::None {
            self.enqueue_detached_pull_into_to_queue(cx, descriptor)?;
            let filled = self.process_pull_into_descriptors_using_queue();
            return self.commit_all(cx, &stream, &filled);
        }
        // 4. Not enough yet.
        if descriptor.bytes_filled() < descriptor.minimum_fill {
            return Ok(());
        }
        // 5–8. What is no whole element goes back into the queue.
        self.shift_pending_pull_into();
        let remainder_size = descriptor.remainder();
        if remainder_size > 0 {
            let end = descriptor.byte_offset + descriptor.bytes_filled();
            let buffer = descriptor.buffer();
            self.enqueue_cloned_chunk_to_queue(cx, buffer.handle(), end - remainder_size, remainder_size)?;
        }
        descriptor.set_bytes_filled(descriptor.bytes_filled() - remainder_size);
        // 9–11. To whom it is due.
        let filled = self.process_pull_into_descriptors_using_queue();
        self.commit_pull_into_descriptor(cx, &stream, descriptor)?;
        self.commit_all(cx, &stream, &filled)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-internal>
    fn respond_internal(&self, cx: &mut JSContext, bytes_written: usize) -> Fallible<()> {
        // 1. To whom.
        let (Some(stream), Some(first)) = (self.stream(), self.first_pending_pull_into()) else {
            return Ok(());
        };
        // 2–3.
        self.invalidate_byob_request();
        // 4–6. By the state.
        if stream.state() == State::Closed {
            self.respond_in_closed_state(cx, &first)?;
        } else {
            self.respond_in_readable_state(cx, bytes_written, &first)?;
        }
        // 7.
        self.call_pull_if_needed(cx);
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-with-new-view>
    pub(crate) fn respond_with_new_view(&self, cx: &mut JSContext, view: &BufferSource) -> Fallible<()> {
        // 1–4. To whom.
        let (Some(stream), Some(first)) = (self.stream(), self.first_pending_pull_into()) else {
            return Ok(());
        };
        let view_byte_length = view.byte_length();
        match (stream.state(), view_byte_length) {
            // 5. The end has no bytes.
            (State::Closed, 1..) => {
                return Err(Error::Type("the stream is closed: the view must be empty".into()));
            }
            // 6. Something.
            (State::Readable | State::Errored, 0) => {
                return Err(Error::Type("the view can't be empty before the stream is closed".into()));
            }
            _ => {}
        }
        // 7–9. The same place in the same buffer.
        if first.byte_offset + first.bytes_filled() != view_byte_offset(view) {
            return Err(Error::Range(
                "the view begins at another offset than that of the BYOB request".into(),
            ));
        }
        let buffer = viewed_array_buffer(cx, view)?;
        if first.buffer_byte_length != byte_length(buffer.handle()) {
            return Err(Error::Range("the view's buffer is not as long as that of the BYOB request".into()));
        }
        if first.bytes_filled() + view_byte_length > first.byte_length {
            return Err(Error::Range("the view is longer than that of the BYOB request".into()));
        }
        // 10–11. It is ours now.
        let buffer = transfer_array_buffer(cx, buffer.handle())?;
        first.set_buffer(buffer.handle());
        // 12.
        self.respond_internal(cx, view_byte_length)
    }
}
