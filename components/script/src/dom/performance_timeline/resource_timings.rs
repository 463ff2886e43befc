//! The resource timing entries of a global: <https://w3c.github.io/resource-timing/#sec-extensions-performance-interface>.

use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use super::performance_resource_timing::PerformanceResourceTiming;
use crate::webidl::*;

/// <https://w3c.github.io/resource-timing/#dfn-resource-timing-buffer-size-limit>, at first.
const SIZE_LIMIT: u32 = 250;

/// When a resource was fetched.
pub(super) struct ResourceTiming {
    pub(super) url: Url,
    pub(super) initiator_type: &'static str,
    /// When the fetch began, in milliseconds since the time origin.
    pub(super) start: f64,
    /// When the last byte came, or it failed.
    pub(super) end: f64,
    /// The status; 0 where the page may not know it, or there is none.
    pub(super) response_status: u16,
}

/// <https://w3c.github.io/resource-timing/#dfn-performance-entry-buffer>
#[derive(JSTraceable)]
pub(crate) struct ResourceTimings {
    entries: DomRefCell<Vec<Entry>>,
    size_limit: Cell<u32>,
    #[no_trace]
    finished: Finished,
}

/// Fetches that are over, and are no entries yet. (Whoever reads a body to its end finds its entry: that can't wait for a
/// task.)
#[derive(Clone, Default)]
pub(super) struct Finished(Arc<Mutex<Vec<ResourceTiming>>>);

impl Finished {
    /// On any thread.
    pub(super) fn add(&self, timing: ResourceTiming) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(timing);
    }

    fn take(&self) -> Vec<ResourceTiming> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[derive(JSTraceable)]
struct Entry {
    #[no_trace]
    timing: ResourceTiming,
    /// Made when somebody looks.
    object: MutNullableDom<PerformanceResourceTiming>,
}

impl Default for ResourceTimings {
    fn default() -> Self {
        ResourceTimings {
            entries: DomRefCell::default(),
            size_limit: Cell::new(SIZE_LIMIT),
            finished: Finished::default(),
        }
    }
}

impl ResourceTimings {
    /// <https://w3c.github.io/resource-timing/#dfn-add-a-performanceresourcetiming-entry>. FIXME(spec): the event when it
    /// is full, and the secondary buffer.
    fn add_finished(&self) {
        let mut entries = self.entries.borrow_mut();
        for timing in self.finished.take() {
            if u32::try_from(entries.len()).is_ok_and(|length| length < self.size_limit.get()) {
                entries.push(Entry { timing, object: MutNullableDom::default() });
            }
        }
    }

    /// For fetches, which end elsewhere.
    pub(super) fn finished(&self) -> Finished {
        self.finished.clone()
    }

    /// <https://w3c.github.io/resource-timing/#dom-performance-clearresourcetimings>
    pub(crate) fn clear(&self) {
        self.add_finished();
        self.entries.set(Vec::new());
    }

    /// <https://w3c.github.io/resource-timing/#dom-performance-setresourcetimingbuffersize>
    pub(crate) fn set_size_limit(&self, limit: u32) {
        self.add_finished();
        self.size_limit.set(limit);
    }

    /// The entries with this name (or any), sorted by when they began.
    pub(crate) fn entries(
        &self,
        cx: &mut JSContext,
        global: &GlobalScope,
        name: Option<&str>,
    ) -> Vec<DomRoot<PerformanceResourceTiming>> {
        self.add_finished();
        let mut objects = Vec::new();
        let count = self.entries.borrow().len();
        for index in 0..count {
            // An object is made without the list being borrowed: it may collect garbage.
            let known = match self.entries.borrow().get(index) {
                Some(entry) if name.is_none_or(|name| entry.timing.url.as_str() == name) => {
                    entry.object.get()
                }
                _ => continue,
            };
            let object = match known {
                Some(object) => object,
                None => self.make(cx, global, index),
            };
            objects.push(object);
        }
        let start = |object: &DomRoot<PerformanceResourceTiming>| {
            crate::bindings::interfaces::PerformanceResourceTimingMethods::FetchStart(&**object)
        };
        objects.sort_by(|one, other| start(one).total_cmp(&start(other)));
        objects
    }

    fn make(
        &self,
        cx: &mut JSContext,
        global: &GlobalScope,
        index: usize,
    ) -> DomRoot<PerformanceResourceTiming> {
        let timing = {
            let entries = self.entries.borrow();
            let ResourceTiming { url, initiator_type, start, end, response_status } = &entries[index].timing;
            ResourceTiming {
                url: url.clone(),
                initiator_type,
                start: *start,
                end: *end,
                response_status: *response_status,
            }
        };
        let object = PerformanceResourceTiming::new(cx, global, &timing);
        self.entries.borrow()[index].object.set(Some(&object));
        object
    }
}
