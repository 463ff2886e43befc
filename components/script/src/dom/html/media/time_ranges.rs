//! <https://html.spec.whatwg.org/multipage/media.html#time-ranges>

use crate::bindings::interfaces::TimeRangesMethods;
use crate::webidl::*;

/// Ranges in seconds, from when to when: a
/// [normalized TimeRanges object](https://html.spec.whatwg.org/multipage/media.html#normalized-timeranges-object) without
/// the object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ranges(Vec<(f64, f64)>);

impl Ranges {
    /// Adds a range; those that it touches become one with it. Nothing, if it is empty.
    pub(super) fn add(&mut self, mut start: f64, mut end: f64) {
        if start >= end {
            return;
        }
        self.0.retain(|&(other_start, other_end)| {
            let is_apart = other_end < start || other_start > end;
            if !is_apart {
                start = start.min(other_start);
                end = end.max(other_end);
            }
            is_apart
        });
        let place = self.0.partition_point(|&(other_start, _)| other_start < start);
        self.0.insert(place, (start, end));
    }

    /// Where the range ends that a time is in.
    pub(super) fn end_at(&self, time: f64) -> Option<f64> {
        self.0.iter().find(|(start, end)| (*start..=*end).contains(&time)).map(|(_, end)| *end)
    }

    /// The time that is nearest to another one; none, if there are no times.
    pub(super) fn nearest(&self, time: f64) -> Option<f64> {
        let distance = |near: &f64| (near - time).abs();
        let near = self.0.iter().map(|(start, end)| time.clamp(*start, *end));
        near.min_by(|one, other| distance(one).total_cmp(&distance(other)))
    }
}

/// <https://html.spec.whatwg.org/multipage/media.html#timeranges>
#[dom_struct]
pub struct TimeRanges {
    reflector: Reflector,
    #[no_trace]
    ranges: Ranges,
}

impl TimeRanges {
    /// As they are now.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope, ranges: Ranges) -> DomRoot<TimeRanges> {
        reflect_dom_object(cx, Box::new(TimeRanges { reflector: Reflector::new(), ranges }), global)
    }

    fn range(&self, index: u32) -> Fallible<(f64, f64)> {
        let ranges = &self.ranges.0;
        let range = usize::try_from(index).ok().and_then(|index| ranges.get(index));
        let count = ranges.len();
        range
            .copied()
            .ok_or_else(|| Error::IndexSize(format!("there are {count} ranges, none has index {index}")))
    }
}

impl TimeRangesMethods for TimeRanges {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-timeranges-length>
    fn Length(&self) -> u32 {
        u32::try_from(self.ranges.0.len()).unwrap_or(u32::MAX)
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

#[cfg(test)]
mod tests {
    use super::Ranges;

    #[test]
    fn ranges_that_touch_are_one() {
        let mut ranges = Ranges::default();
        for (start, end) in [(4.0, 5.0), (0.0, 1.0), (2.0, 2.0), (7.0, 8.0)] {
            ranges.add(start, end);
        }
        assert_eq!(ranges.0, [(0.0, 1.0), (4.0, 5.0), (7.0, 8.0)]);
        ranges.add(1.0, 4.5);
        assert_eq!(ranges.0, [(0.0, 5.0), (7.0, 8.0)]);
        ranges.add(0.5, 0.6);
        ranges.add(-1.0, 9.0);
        assert_eq!(ranges.0, [(-1.0, 9.0)]);
    }

    #[test]
    fn a_time_is_in_a_range_or_near_one() {
        let mut ranges = Ranges::default();
        assert_eq!((ranges.end_at(0.0), ranges.nearest(0.0)), (None, None));
        ranges.add(1.0, 2.0);
        ranges.add(4.0, 5.0);
        assert_eq!(
            [0.5, 1.0, 2.0, 3.0, 4.5].map(|time| ranges.end_at(time)),
            [None, Some(2.0), Some(2.0), None, Some(5.0)]
        );
        assert_eq!(
            [0.0, 1.5, 2.9, 3.1, 9.0].map(|time| ranges.nearest(time)),
            [1.0, 1.5, 2.0, 4.0, 5.0].map(Some)
        );
    }
}
