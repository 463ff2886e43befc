//! Steps to run after a time.
//!
//! <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#run-steps-after-a-timeout>
//!
//! `setTimeout` and `setInterval` with their identifiers, nesting and arguments are in
//! [`crate::dom::html::timers`]; this is the clock beneath them.

#![expect(unsafe_code, reason = "traces")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use mozjs::context::JSContext;
use mozjs::jsapi::JSTracer;
use mozjs::rust::{RootedTraceableBox, Trace};

use super::agent::GlobalId;

/// What runs when a timer is due. It is traced while it waits and while it runs.
pub(crate) trait TimerSteps: Trace {
    /// The steps; outside any realm.
    fn run(&self, cx: &mut JSContext);

    /// Whether the agent has something to do for as long as the timer waits.
    fn is_waited_for(&self) -> bool {
        true
    }
}

/// Which timer: its place in the order of all timers of its agent.
///
/// Timers run in the order of their due times, and of their creation where these are equal. That gives the
/// order that HTML asks for: one that was started earlier with no longer a timeout runs earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerKey {
    due: Instant,
    sequence: u64,
}

/// The timers of one agent.
#[derive(Default)]
pub(crate) struct TimerQueue {
    /// With the globals that they are of.
    waiting: BTreeMap<TimerKey, (GlobalId, Box<dyn TimerSteps>)>,
    next_sequence: u64,
}

impl TimerQueue {
    /// Sets a timer of a global.
    pub(crate) fn set(&mut self, global: GlobalId, after: Duration, steps: Box<dyn TimerSteps>) -> TimerKey {
        let now = Instant::now();
        // A timeout that no clock can hold is as good as one in a hundred years.
        let due = now.checked_add(after).unwrap_or(now + Duration::from_secs(100 * 365 * 24 * 3600));
        let key = TimerKey { due, sequence: self.next_sequence };
        self.next_sequence += 1;
        self.waiting.insert(key, (global, steps));
        key
    }

    /// Forgets a timer; nothing happens if it has run.
    pub(crate) fn clear(&mut self, key: TimerKey) -> Option<Box<dyn TimerSteps>> {
        self.waiting.remove(&key).map(|(_, steps)| steps)
    }

    /// When the earliest timer is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.waiting.first_key_value().map(|(key, _)| key.due)
    }

    /// Whether any timer is waited for.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.waiting.values().any(|(_, steps)| steps.is_waited_for())
    }

    /// Takes the earliest timer; it stays rooted while it runs.
    pub(crate) fn take_first(&mut self) -> Option<RootedTraceableBox<Box<dyn TimerSteps>>> {
        self.waiting.pop_first().map(|(_, (_, steps))| RootedTraceableBox::new(steps))
    }

    /// Takes all timers, so that they can be dropped without this borrowed.
    pub(crate) fn take_all(&mut self) -> Vec<Box<dyn TimerSteps>> {
        std::mem::take(&mut self.waiting).into_values().map(|(_, steps)| steps).collect()
    }

    /// Takes those of a global, likewise.
    pub(crate) fn take_all_of(&mut self, global: GlobalId) -> Vec<Box<dyn TimerSteps>> {
        let taken = self.waiting.extract_if(.., |_, (of, _)| *of == global);
        taken.map(|(_, (_, steps))| steps).collect()
    }
}

// SAFETY: every traced thing inside is traced.
unsafe impl Trace for TimerQueue {
    unsafe fn trace(&self, trc: *mut JSTracer) {
        for (_, steps) in self.waiting.values() {
            // SAFETY: `trc` is what the engine gave us.
            unsafe { steps.trace(trc) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    // SAFETY: holds no traced thing.
    unsafe impl Trace for Nothing {
        unsafe fn trace(&self, _trc: *mut JSTracer) {}
    }

    impl TimerSteps for Nothing {
        fn run(&self, _cx: &mut JSContext) {}
    }

    #[test]
    fn the_shorter_timeout_is_first_and_equal_ones_keep_their_order() {
        let mut timers = TimerQueue::default();
        let global = GlobalId::next();
        let long = timers.set(global, Duration::from_secs(60), Box::new(Nothing));
        let first = timers.set(global, Duration::ZERO, Box::new(Nothing));
        let second = timers.set(global, Duration::ZERO, Box::new(Nothing));
        assert!(first < second && second < long);
        assert_eq!(timers.next_due(), Some(first.due));
        assert!(timers.clear(first).is_some());
        assert!(timers.clear(first).is_none(), "a timer is cleared once");
        assert_eq!(timers.next_due(), Some(second.due));
        assert_eq!(timers.take_all().len(), 2);
        assert_eq!(timers.next_due(), None);
    }

    #[test]
    fn an_endless_timeout_does_not_overflow() {
        let mut timers = TimerQueue::default();
        timers.set(GlobalId::next(), Duration::MAX, Box::new(Nothing));
        assert!(timers.next_due() > Some(Instant::now()));
    }
}
