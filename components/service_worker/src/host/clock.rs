//! Time, so that tests own it.

use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;

/// The time.
pub trait Clock: Send + Sync {
    /// Now, by the wall clock. It may jump.
    fn now(&self) -> SystemTime;

    /// Resolves after `duration`. Dropping it cancels the timer.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
