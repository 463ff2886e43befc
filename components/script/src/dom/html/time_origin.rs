//! The clock of a global: <https://w3c.github.io/hr-time/#sec-time-origin>.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// When a global came to be, by the monotonic clock and by the wall clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeOrigin {
    monotonic: Instant,
    wall: SystemTime,
}

impl TimeOrigin {
    /// Now.
    pub(crate) fn now() -> Self {
        Self { monotonic: Instant::now(), wall: SystemTime::now() }
    }

    /// <https://w3c.github.io/hr-time/#dfn-current-high-resolution-time>: milliseconds since the time origin.
    pub(crate) fn elapsed_milliseconds(&self) -> f64 {
        coarsen(self.monotonic.elapsed())
    }

    /// <https://w3c.github.io/hr-time/#dfn-relative-high-resolution-time>: milliseconds from the time origin to then.
    pub(crate) fn relative(&self, then: Instant) -> f64 {
        coarsen(then.saturating_duration_since(self.monotonic))
    }

    /// <https://w3c.github.io/hr-time/#dfn-get-time-origin-timestamp>: milliseconds since 1970.
    pub(crate) fn since_epoch_milliseconds(&self) -> f64 {
        // A clock before 1970 is as good as one that stands still there.
        coarsen(self.wall.duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

/// <https://w3c.github.io/hr-time/#dfn-coarsen-time>: to 100 microseconds, as where nothing isolates a page from
/// others.
fn coarsen(time: Duration) -> f64 {
    (time.as_micros() / 100) as f64 / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_multiples_of_a_tenth_of_a_millisecond() {
        assert_eq!(coarsen(Duration::from_micros(1_299)), 1.2);
        assert_eq!(coarsen(Duration::from_micros(99)), 0.0);
    }

    #[test]
    fn time_does_not_go_backwards() {
        let origin = TimeOrigin::now();
        let first = origin.elapsed_milliseconds();
        assert!(origin.elapsed_milliseconds() >= first);
        assert!(origin.since_epoch_milliseconds() > 1.0e12);
    }
}
