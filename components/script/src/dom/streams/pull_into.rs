//! Pull-into descriptors and the queue of a byte stream:
//! <https://streams.spec.whatwg.org/#pull-into-descriptor>.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::array_buffers::{construct_view, copy_data_block_bytes, element_size, transfer_array_buffer};
use crate::webidl::*;

/// <https://streams.spec.whatwg.org/#readable-byte-stream-queue-entry>
#[derive(JSTraceable)]
struct QueueEntry {
    buffer: HeapObject,
    byte_offset: usize,
    byte_length: usize,
}

/// The slots [[queue]] and [[queueTotalSize]] of a byte stream's controller.
#[derive(Default, JSTraceable)]
pub(super) struct ByteQueue {
    queue: VecDeque<QueueEntry>,
    queue_total_size: usize,
}

/// A piece of a buffer.
pub(super) struct BufferRange {
    pub(super) buffer: RootedObject,
    pub(super) byte_offset: usize,
    pub(super) byte_length: usize,
}

impl ByteQueue {
    /// [[queueTotalSize]].
    pub(super) fn total_size(&self) -> usize {
        self.queue_total_size
    }

    /// <https://streams.spec.whatwg.org/#reset-queue>
    pub(super) fn reset(&mut self) {
        self.queue.clear();
        self.queue_total_size = 0;
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue-chunk-to-queue>
    pub(super) fn push(&mut self, buffer: HandleObject<'_>, byte_offset: usize, byte_length: usize) {
        // 1. Append it.
        self.queue.push_back(QueueEntry { buffer: HeapObject::new(buffer), byte_offset, byte_length });
        // 2. Count it.
        self.queue_total_size += byte_length;
    }

    /// Removes the first entry.
    pub(super) fn pop(&mut self) -> Option<BufferRange> {
        let entry = self.queue.pop_front()?;
        self.queue_total_size -= entry.byte_length;
        Some(BufferRange {
            buffer: entry.buffer.root(),
            byte_offset: entry.byte_offset,
            byte_length: entry.byte_length,
        })
    }

    /// Removes the first `count` bytes of the first entry, or the whole of it where it has no more.
    fn take_of_first(&mut self, count: usize) -> Option<BufferRange> {
        let first = self.queue.front_mut()?;
        if first.byte_length <= count {
            return self.pop();
        }
        let range =
            BufferRange { buffer: first.buffer.root(), byte_offset: first.byte_offset, byte_length: count };
        first.byte_offset += count;
        first.byte_length -= count;
        self.queue_total_size -= count;
        Some(range)
    }
}

/// A descriptor's reader type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReaderType {
    /// A default reader; the buffer was allocated for it.
    Default,
    /// A BYOB reader.
    Byob,
    /// The reader was released.
    None,
}

/// <https://streams.spec.whatwg.org/#pull-into-descriptor>. Shared between the list of them and who works on one.
#[derive(JSTraceable)]
pub(super) struct PullIntoDescriptor {
    buffer: HeapObject,
    pub(super) buffer_byte_length: usize,
    pub(super) byte_offset: usize,
    pub(super) byte_length: usize,
    bytes_filled: Cell<usize>,
    pub(super) minimum_fill: usize,
    pub(super) element_size: usize,
    #[no_trace]
    view_constructor: BufferKind,
    #[no_trace]
    reader_type: Cell<ReaderType>,
}

/// A descriptor on the stack.
pub(super) type RootedDescriptor = RootedBox<Rc<PullIntoDescriptor>>;

impl PullIntoDescriptor {
    /// A descriptor for all of `length` bytes from `byte_offset` on.
    pub(super) fn new(
        buffer: HandleObject<'_>,
        buffer_byte_length: usize,
        (byte_offset, byte_length): (usize, usize),
        minimum_fill: usize,
        view_constructor: BufferKind,
        reader_type: ReaderType,
    ) -> RootedDescriptor {
        RootedBox::new(Rc::new(PullIntoDescriptor {
            buffer: HeapObject::new(buffer),
            buffer_byte_length,
            byte_offset,
            byte_length,
            bytes_filled: Cell::new(0),
            minimum_fill,
            element_size: element_size(view_constructor),
            view_constructor,
            reader_type: Cell::new(reader_type),
        }))
    }

    /// Its buffer.
    pub(super) fn buffer(&self) -> RootedObject {
        self.buffer.root()
    }

    pub(super) fn set_buffer(&self, buffer: HandleObject<'_>) {
        self.buffer.set(buffer);
    }

    /// Its reader type.
    pub(super) fn reader_type(&self) -> ReaderType {
        self.reader_type.get()
    }

    pub(super) fn set_reader_type(&self, reader_type: ReaderType) {
        self.reader_type.set(reader_type);
    }

    /// Its bytes filled.
    pub(super) fn bytes_filled(&self) -> usize {
        self.bytes_filled.get()
    }

    pub(super) fn set_bytes_filled(&self, bytes_filled: usize) {
        self.bytes_filled.set(bytes_filled);
    }

    /// How many bytes more than whole elements are filled.
    pub(super) fn remainder(&self) -> usize {
        self.bytes_filled() % self.element_size
    }

    /// A new, empty view at its beginning.
    pub(super) fn empty_view(&self, cx: &mut JSContext) -> Fallible<BufferSource> {
        construct_view(cx, self.view_constructor, self.buffer().handle(), self.byte_offset, 0)
    }

    /// A view of what is still to be filled, as bytes.
    pub(super) fn unfilled_view(&self, cx: &mut JSContext) -> Fallible<BufferSource> {
        let filled = self.bytes_filled();
        construct_view(
            cx,
            BufferKind::Uint8Array,
            self.buffer().handle(),
            self.byte_offset + filled,
            self.byte_length - filled,
        )
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-convert-pull-into-descriptor>
    pub(super) fn convert(&self, cx: &mut JSContext) -> Fallible<BufferSource> {
        // 1–4. Whole elements.
        let bytes_filled = self.bytes_filled();
        debug_assert!(bytes_filled <= self.byte_length && self.remainder() == 0);
        // 5. The buffer moves on.
        let buffer = transfer_array_buffer(cx, self.buffer().handle())?;
        // 6. As a view of the kind that was asked for.
        let length = bytes_filled / self.element_size;
        construct_view(cx, self.view_constructor, buffer.handle(), self.byte_offset, length)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-pull-into-descriptor-from-queue>
    pub(super) fn fill_from_queue(&self, queue: &DomRefCell<ByteQueue>) -> bool {
        // 1–3. As much as there is, and as fits.
        let bytes_filled = self.bytes_filled();
        let max_bytes_to_copy = queue.borrow().total_size().min(self.byte_length - bytes_filled);
        let max_bytes_filled = bytes_filled + max_bytes_to_copy;
        let mut total_bytes_to_copy_remaining = max_bytes_to_copy;
        // 4–9. Once enough is there, only whole elements.
        let max_aligned_bytes = max_bytes_filled - max_bytes_filled % self.element_size;
        let ready = max_aligned_bytes >= self.minimum_fill;
        if ready {
            total_bytes_to_copy_remaining = max_aligned_bytes - bytes_filled;
        }
        // 10–11. Copy them.
        while total_bytes_to_copy_remaining > 0 {
            let Some(range) = queue.borrow_mut().take_of_first(total_bytes_to_copy_remaining) else { break };
            let destination_start = self.byte_offset + self.bytes_filled();
            copy_data_block_bytes(self.buffer().handle(), destination_start, &range);
            self.bytes_filled.set(self.bytes_filled() + range.byte_length);
            total_bytes_to_copy_remaining -= range.byte_length;
        }
        // 12–13.
        ready
    }
}
