//! A clock that stands still until it is told otherwise.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;

use crate::host::Clock;

/// A virtual clock.
#[derive(Default)]
pub struct VirtualClock(Mutex<State>);

#[derive(Default)]
struct State {
    now: Duration,
    jump: i64,
    asleep: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
    last: u64,
}

impl VirtualClock {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass; wakes those whose time has come.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.state();
        state.now += duration;
        let now = state.now;
        let later = state.asleep.split_off(&(now + Duration::from_nanos(1), 0));
        for (_, sleeper) in std::mem::replace(&mut state.asleep, later) {
            // It may have been dropped.
            let _ = sleeper.send(());
        }
    }

    /// How long until somebody wakes; those who were dropped don't count.
    pub fn next_alarm(&self) -> Option<Duration> {
        let mut state = self.state();
        state.asleep.retain(|_, sleeper| !sleeper.is_canceled());
        let (deadline, _) = state.asleep.keys().next()?;
        Some(*deadline - state.now)
    }

    /// Makes the wall clock jump, without any time passing.
    pub fn jump(&self, seconds: i64) {
        self.state().jump += seconds;
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.state().now
    }

    fn system_time(&self) -> SystemTime {
        let state = self.state();
        // Some day in 2026, so that dates in headers look like dates.
        let wall = Duration::from_secs(1_790_000_000u64.saturating_add_signed(state.jump)) + state.now;
        SystemTime::UNIX_EPOCH + wall
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.state();
        if duration.is_zero() {
            return futures::future::ready(()).boxed();
        }
        let (sender, receiver) = oneshot::channel();
        state.last += 1;
        let key = (state.now + duration, state.last);
        state.asleep.insert(key, sender);
        async {
            if receiver.await.is_err() {
                // The clock is gone: so is the test.
                futures::future::pending().await
            }
        }
        .boxed()
    }
}
