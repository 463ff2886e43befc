//! Time.

use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;

/// The only source of time in the component, so that tests can run on a virtual one.
pub trait Clock: Send + Sync {
    /// The time since some fixed moment; it never goes backwards, whatever happens to the wall clock.
    fn now(&self) -> Duration;

    /// The wall clock, for `Retry-After` dates. It may jump.
    fn system_time(&self) -> SystemTime;

    /// Waits, by [`Clock::now`]'s measure.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
