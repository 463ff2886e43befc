//! <https://w3c.github.io/resource-timing/#dom-performanceresourcetiming>

use super::performance_entry::PerformanceEntry;
use super::resource_timings::ResourceTiming;
use crate::bindings::interfaces::{PerformanceEntryMethods, PerformanceResourceTimingMethods};
use crate::webidl::*;

/// <https://w3c.github.io/resource-timing/#dom-performanceresourcetiming>
#[dom_struct]
pub struct PerformanceResourceTiming {
    performance_entry: PerformanceEntry,
    initiator_type: DOMString,
    response_status: u16,
}

impl PerformanceResourceTiming {
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        timing: &ResourceTiming,
    ) -> DomRoot<PerformanceResourceTiming> {
        let duration = timing.end - timing.start;
        let name = timing.url.as_str().into();
        let entry = PerformanceResourceTiming {
            performance_entry: PerformanceEntry::new_inherited(name, "resource", timing.start, duration),
            initiator_type: timing.initiator_type.into(),
            response_status: timing.response_status,
        };
        reflect_dom_object(cx, Box::new(entry), global)
    }
}

impl PerformanceResourceTimingMethods for PerformanceResourceTiming {
    /// <https://w3c.github.io/resource-timing/#dom-performanceresourcetiming-initiatortype>
    fn InitiatorType(&self) -> DOMString {
        self.initiator_type.clone()
    }

    /// <https://w3c.github.io/resource-timing/#dom-performanceresourcetiming-fetchstart>
    fn FetchStart(&self) -> f64 {
        self.performance_entry.StartTime()
    }

    /// <https://w3c.github.io/resource-timing/#dom-performanceresourcetiming-responseend>
    fn ResponseEnd(&self) -> f64 {
        self.performance_entry.StartTime() + self.performance_entry.Duration()
    }

    /// <https://w3c.github.io/resource-timing/#dom-performanceresourcetiming-responsestatus>
    fn ResponseStatus(&self) -> u16 {
        self.response_status
    }
}
