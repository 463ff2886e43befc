//! <https://w3c.github.io/performance-timeline/#dom-performanceentry>

use crate::bindings::interfaces::PerformanceEntryMethods;
use crate::webidl::*;

/// <https://w3c.github.io/performance-timeline/#dom-performanceentry>
#[dom_struct]
pub struct PerformanceEntry {
    reflector: Reflector,
    name: DOMString,
    entry_type: DOMString,
    /// In milliseconds since the time origin.
    start_time: Cell<f64>,
    /// In milliseconds.
    duration: Cell<f64>,
}

impl PerformanceEntry {
    pub(super) fn new_inherited(
        name: DOMString,
        entry_type: &str,
        start_time: f64,
        duration: f64,
    ) -> PerformanceEntry {
        PerformanceEntry {
            reflector: Reflector::new(),
            name,
            entry_type: entry_type.into(),
            start_time: Cell::new(start_time),
            duration: Cell::new(duration),
        }
    }
}

impl PerformanceEntryMethods for PerformanceEntry {
    /// <https://w3c.github.io/performance-timeline/#dom-performanceentry-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }

    /// <https://w3c.github.io/performance-timeline/#dom-performanceentry-entrytype>
    fn EntryType(&self) -> DOMString {
        self.entry_type.clone()
    }

    /// <https://w3c.github.io/performance-timeline/#dom-performanceentry-starttime>
    fn StartTime(&self) -> f64 {
        self.start_time.get()
    }

    /// <https://w3c.github.io/performance-timeline/#dom-performanceentry-duration>
    fn Duration(&self) -> f64 {
        self.duration.get()
    }
}
