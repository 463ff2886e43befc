//! The small things that the components ask of their host: time, threads, permission.

use std::time::{Duration, Instant, SystemTime};

use background_fetch::concepts::UniqueId;
use background_fetch::host::{Display, DisplayedFetch};
use fetch::BoxFuture;
use script::embedder::{PermissionSource, PermissionState, Spawner};

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

impl background_fetch::host::Clock for SystemClock {
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

impl service_worker::host::Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Whoever runs a page by name allows what it does. What it can't do, with a camera say, is not allowed.
pub struct Allow;

impl PermissionSource for Allow {
    fn state(&self, name: &str, _origin: &fetch::Origin) -> PermissionState {
        match name {
            "background-fetch" => PermissionState::Granted,
            _ => PermissionState::Denied,
        }
    }
}

/// Nobody looks.
pub struct NoDisplay;

impl Display for NoDisplay {
    fn show(&self, _: DisplayedFetch) {}
    fn remove(&self, _: UniqueId) {}
}

/// Runs futures on the program's tokio runtime.
pub struct TokioSpawner(pub tokio::runtime::Handle);

impl Spawner for TokioSpawner {
    fn spawn(&self, future: BoxFuture<'static, ()>) {
        self.0.spawn(future);
    }
}
