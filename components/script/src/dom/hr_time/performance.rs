//! <https://w3c.github.io/hr-time/#sec-performance>

use crate::bindings::interfaces::PerformanceMethods;
use crate::dom::performance_timeline::performance_entry::PerformanceEntry;
use crate::webidl::*;

/// <https://w3c.github.io/hr-time/#dom-performance>
#[dom_struct]
pub struct Performance {
    event_target: EventTarget,
}

impl Performance {
    /// That of `global`.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<Performance> {
        let performance = Performance { event_target: EventTarget::new_inherited() };
        reflect_dom_object(cx, Box::new(performance), global)
    }

    /// <https://w3c.github.io/performance-timeline/#dfn-filter-buffer-by-name-and-type>. There are entries for resources
    /// alone.
    fn entries(
        &self,
        cx: &mut JSContext,
        name: Option<&str>,
        entry_type: Option<&str>,
    ) -> Vec<DomRoot<PerformanceEntry>> {
        if entry_type.is_some_and(|entry_type| entry_type != "resource") {
            return Vec::new();
        }
        let global = self.global();
        global.resource_timings().entries(cx, &global, name).into_iter().map(DomRoot::upcast).collect()
    }
}

impl PerformanceMethods for Performance {
    /// <https://w3c.github.io/hr-time/#dom-performance-now>
    fn Now(&self, _cx: &mut JSContext) -> Fallible<f64> {
        Ok(self.global().time_origin().elapsed_milliseconds())
    }

    /// <https://w3c.github.io/hr-time/#dom-performance-timeorigin>
    fn TimeOrigin(&self) -> f64 {
        self.global().time_origin().since_epoch_milliseconds()
    }

    /// <https://w3c.github.io/performance-timeline/#dom-performance-getentries>
    fn GetEntries(&self, cx: &mut JSContext) -> Fallible<Vec<DomRoot<PerformanceEntry>>> {
        Ok(self.entries(cx, None, None))
    }

    /// <https://w3c.github.io/performance-timeline/#dom-performance-getentriesbytype>
    fn GetEntriesByType(
        &self,
        cx: &mut JSContext,
        type_: DOMString,
    ) -> Fallible<Vec<DomRoot<PerformanceEntry>>> {
        Ok(self.entries(cx, None, Some(&type_)))
    }

    /// <https://w3c.github.io/performance-timeline/#dom-performance-getentriesbyname>
    fn GetEntriesByName(
        &self,
        cx: &mut JSContext,
        name: DOMString,
        type_: Option<DOMString>,
    ) -> Fallible<Vec<DomRoot<PerformanceEntry>>> {
        Ok(self.entries(cx, Some(&name), type_.as_deref()))
    }

    /// <https://w3c.github.io/resource-timing/#dom-performance-clearresourcetimings>
    fn ClearResourceTimings(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.global().resource_timings().clear();
        Ok(())
    }

    /// <https://w3c.github.io/resource-timing/#dom-performance-setresourcetimingbuffersize>
    fn SetResourceTimingBufferSize(&self, _cx: &mut JSContext, max_size: u32) -> Fallible<()> {
        self.global().resource_timings().set_size_limit(max_size);
        Ok(())
    }
}
