//! Ends scripts that run too long, without polling.
//!
//! An agent notes when it starts and ends to run something. The engine's thread sleeps until the earliest
//! limit of what is running would be reached, and not at all while nothing runs.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use mozjs::rust::ThreadSafeJSContext;

use super::engine_thread::Command;

/// Shared by the engine's thread and all agents.
pub(super) struct Watchdog {
    /// All times are counted from here, so that they fit an atomic.
    epoch: Instant,
    /// True while the engine's thread sleeps without a limit: who starts to run has to wake it.
    asleep: AtomicBool,
    wake: Sender<Command>,
}

impl Watchdog {
    pub(super) fn new(wake: Sender<Command>) -> Arc<Self> {
        Arc::new(Self { epoch: Instant::now(), asleep: AtomicBool::new(false), wake })
    }

    /// Interrupts what has reached its limit, and says when to look again: never, while nothing runs.
    pub(super) fn look<'a>(&self, agents: impl Iterator<Item = &'a Watched> + Clone) -> Option<Instant> {
        let next = self.next_limit(agents.clone());
        if next.is_some() {
            return next;
        }
        self.asleep.store(true, Ordering::SeqCst);
        // Whoever started before the store above did not see it, so look once more.
        let next = self.next_limit(agents);
        if next.is_some() {
            self.asleep.store(false, Ordering::SeqCst);
        }
        next
    }

    fn next_limit<'a>(&self, agents: impl Iterator<Item = &'a Watched>) -> Option<Instant> {
        let now = self.epoch.elapsed();
        let mut next: Option<Duration> = None;
        for agent in agents {
            let (Some(since), Some(limit)) = (agent.running_since(), agent.limit) else { continue };
            let mut ends = since + limit;
            if ends <= now {
                agent.interrupt_for_time();
                // If it does not end now (it is in native code), ask again after another such time.
                ends = now + limit;
            }
            next = Some(next.map_or(ends, |n| n.min(ends)));
        }
        next.and_then(|n| self.epoch.checked_add(n))
    }
}

/// One agent, as the watchdog sees it.
pub(crate) struct Watched {
    watchdog: Arc<Watchdog>,
    limit: Option<Duration>,
    /// Nanoseconds from the watchdog's epoch; 0 while nothing runs.
    since: AtomicU64,
    /// Set by the watchdog, cleared by the agent when the task has ended.
    time_is_up: AtomicBool,
    /// Set once the agent's runtime stands.
    context: OnceLock<ThreadSafeJSContext>,
}

impl Watched {
    pub(super) fn new(watchdog: Arc<Watchdog>, limit: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            watchdog,
            limit,
            since: AtomicU64::new(0),
            time_is_up: AtomicBool::new(false),
            context: OnceLock::new(),
        })
    }

    /// From now on the agent can be interrupted.
    pub(super) fn set_context(&self, context: ThreadSafeJSContext) {
        // An agent has one runtime.
        let _ = self.context.set(context);
    }

    /// Script may run from now on.
    pub(crate) fn start(&self) {
        if self.limit.is_none() {
            return;
        }
        let now = u64::try_from(self.watchdog.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.since.store(now.max(1), Ordering::SeqCst);
        if self.watchdog.asleep.swap(false, Ordering::SeqCst) {
            // Without a receiver the engine is ending and takes care of us by itself.
            let _ = self.watchdog.wake.send(Command::Look);
        }
    }

    /// Nothing runs (or it waits, which must not count). True if the time was up.
    pub(crate) fn stop(&self) -> bool {
        self.since.store(0, Ordering::SeqCst);
        self.time_is_up.swap(false, Ordering::SeqCst)
    }

    /// Whether what is running is to end because of its time.
    pub(crate) fn time_is_up(&self) -> bool {
        self.time_is_up.load(Ordering::SeqCst)
    }

    /// The time limit.
    pub(crate) fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// Makes running script call the interrupt callback soon.
    pub(crate) fn interrupt(&self) {
        if let Some(context) = self.context.get() {
            context.request_interrupt_callback();
        }
    }

    fn running_since(&self) -> Option<Duration> {
        match self.since.load(Ordering::SeqCst) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    fn interrupt_for_time(&self) {
        self.time_is_up.store(true, Ordering::SeqCst);
        self.interrupt();
    }
}
