//! <https://html.spec.whatwg.org/multipage/media.html#time-ranges>

use crate::bindings::interfaces::TimeRangesMethods;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/media.html#timeranges>
#[dom_struct]
pub struct TimeRanges {
    reflector: Reflector,
    /// In seconds, from when to when.
    #[no_trace]
    ranges: Vec<(f64, f64)>,
}

impl TimeRanges {
    /// Ranges in seconds, from when to when; in order, apart from each other.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        ranges: Vec<(f64, f64)>,
    ) -> DomRoot<TimeRanges> {
        reflect_dom_object(cx, Box::new(TimeRanges { reflector: Reflector::new(), ranges }), global)
    }

    fn range(&self, index: u32) -> Fallible<(f64, f64)> {
        let range = usize::try_from(index).ok().and_then(|index| self.ranges.get(index));
        let count = self.ranges.len();
        range
            .copied()
            .ok_or_else(|| Error::IndexSize(format!("there are {count} ranges, none has index {index}")))
    }
}

impl TimeRangesMethods for TimeRanges {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-timeranges-length>
    fn Length(&self) -> u32 {
        u32::try_from(self.ranges.len()).unwrap_or(u32::MAX)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-timeranges-start>
    fn Start(&self, _cx: &mut JSContext, index: u32) -> Fallible<f64> {
        Ok(self.range(index)?.0)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-timeranges-end>
    fn End(&self, _cx: &mut JSContext, index: u32) -> Fallible<f64> {
        Ok(self.range(index)?.1)
    }
}
