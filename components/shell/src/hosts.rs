//! The small things that the components ask of their host: time, threads, permission.

use std::time::{Duration, Instant, SystemTime};

use background_fetch::host::{Clock, PermissionQuery, PermissionState, Permissions};
use fetch::BoxFuture;

/// The machine's clocks.
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock that starts now.
    pub fn new() -> Self {
        SystemClock { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Whoever runs a page by name allows what it does.
pub struct Allow;

impl Permissions for Allow {
    fn state(&self, _query: PermissionQuery) -> BoxFuture<'static, PermissionState> {
        Box::pin(std::future::ready(PermissionState::Granted))
    }
}

impl script::PermissionSource for Allow {
    fn state(&self, _name: &str, _origin: &fetch::Origin) -> script::PermissionState {
        script::PermissionState::Granted
    }
}

/// Runs futures on the program's tokio runtime.
pub struct TokioSpawner(pub tokio::runtime::Handle);

impl script::Spawner for TokioSpawner {
    fn spawn(&self, future: BoxFuture<'static, ()>) {
        self.0.spawn(future);
    }
}
