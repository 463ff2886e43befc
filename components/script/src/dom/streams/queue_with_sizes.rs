//! Queue-with-sizes: <https://streams.spec.whatwg.org/#queue-with-sizes>.

use std::collections::VecDeque;

use crate::webidl::*;

/// The slots [[queue]] and [[queueTotalSize]], which always change together.
#[derive(Default, JSTraceable)]
pub(crate) struct QueueWithSizes {
    queue: VecDeque<ValueWithSize>,
    queue_total_size: f64,
}

/// <https://streams.spec.whatwg.org/#value-with-size>
#[derive(JSTraceable)]
struct ValueWithSize {
    value: HeapValue,
    size: f64,
}

impl QueueWithSizes {
    /// [[queueTotalSize]].
    pub(crate) fn total_size(&self) -> f64 {
        self.queue_total_size
    }

    /// Whether [[queue]] is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// <https://streams.spec.whatwg.org/#dequeue-value>; None where the queue is empty.
    pub(crate) fn dequeue_value(&mut self, value: MutableHandleValue<'_>) -> bool {
        // 1–4. Take the first.
        let Some(first) = self.queue.pop_front() else { return false };
        first.value.get(value);
        // 5–6. What is left; rounding may have made it negative.
        self.queue_total_size = (self.queue_total_size - first.size).max(0.0);
        // 7. The value.
        true
    }

    /// <https://streams.spec.whatwg.org/#enqueue-value-with-size>
    pub(crate) fn enqueue_value_with_size(&mut self, value: HandleValue<'_>, size: f64) -> Fallible<()> {
        // 2–3. Only finite sizes that are not negative.
        if !is_non_negative_number(size) || size == f64::INFINITY {
            return Err(Error::Range(format!("the size of a chunk can't be {size}")));
        }
        // 4–5. Append it.
        self.queue.push_back(ValueWithSize { value: HeapValue::default(), size });
        if let Some(last) = self.queue.back() {
            last.value.set(value);
        }
        self.queue_total_size += size;
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#reset-queue>
    pub(crate) fn reset(&mut self) {
        self.queue.clear();
        self.queue_total_size = 0.0;
    }
}

/// <https://streams.spec.whatwg.org/#is-non-negative-number>
pub(crate) fn is_non_negative_number(value: f64) -> bool {
    value >= 0.0
}
