//! The actor. Its algorithms are written as the standard has them, one file for each of its parts.
//!
//! Everything runs inside the one future that [`ServiceWorkerManager::new`] gives out: the commands of the
//! [`Handle`], and the tasks that algorithms with waits in them are. [`State`] sits in a mutex only so that this future
//! can move between threads; nobody else ever holds it, and it is never held across an `await`, so what an algorithm
//! does between two awaits is atomic.

mod activate;
mod claim;
mod clients;
mod events;
mod fetch;
mod import_scripts;
mod install;
mod jobs;
mod messages;
mod notify;
mod policy;
mod register;
mod registration;
mod run;
mod script_fetch;
mod shutdown;
mod state;
mod storage;
mod unregister;
mod update;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc;

use crate::host::Hosts;
use crate::{Handle, Reply};
use state::State;

pub(crate) type Command = Box<dyn FnOnce(&Arc<Manager>) + Send>;

/// Limits that the standard leaves to the user agent.
#[derive(Clone, Debug)]
pub struct Config {
    /// A worker without anything to do for this long is stopped.
    pub idle_timeout: Duration,
    /// How long a worker's script may take to run to its end when the worker is started.
    pub start_timeout: Duration,
    /// How long an event may be active. Then its timed out flag is set: the worker is ended.
    pub event_timeout: Duration,
    /// A script that is longer than this is not loaded.
    pub max_script_bytes: usize,
    /// How often a functional event is taken to a worker that ends before it dispatched it.
    pub max_dispatch_attempts: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            idle_timeout: Duration::from_secs(30),
            start_timeout: Duration::from_secs(60),
            event_timeout: Duration::from_secs(300),
            max_script_bytes: 64 << 20,
            max_dispatch_attempts: 3,
        }
    }
}

/// The manager of all service workers of a profile.
pub struct ServiceWorkerManager(());

impl ServiceWorkerManager {
    /// Makes a manager. The future has to be polled until it ends, after [`Handle::shut_down`] or when every handle is
    /// gone.
    #[expect(clippy::new_ret_no_self, reason = "the manager is its future; others hold a handle")]
    pub fn new(hosts: Hosts, config: Config) -> (Handle, impl Future<Output = ()> + Send + 'static) {
        let (commands, receiver) = mpsc::unbounded_channel();
        (Handle::new(commands), Manager::run(hosts, config, receiver))
    }
}

/// What all algorithms share.
pub(crate) struct Manager {
    hosts: Hosts,
    config: Config,
    state: Mutex<State>,
    tasks: mpsc::UnboundedSender<BoxFuture<'static, ()>>,
    /// What waits for time to pass, and is no work.
    timers: mpsc::UnboundedSender<BoxFuture<'static, ()>>,
    /// Held while the store is written, so that what was decided first is written first.
    store_order: tokio::sync::Mutex<()>,
}

impl Manager {
    async fn run(hosts: Hosts, config: Config, mut commands: mpsc::UnboundedReceiver<Command>) {
        let (tasks, mut new_tasks) = mpsc::unbounded_channel();
        let (timers, mut new_timers) = mpsc::unbounded_channel();
        let manager = Arc::new(Manager {
            hosts,
            config,
            state: Mutex::default(),
            tasks,
            timers,
            store_order: tokio::sync::Mutex::default(),
        });
        manager.load().await;
        let mut running = FuturesUnordered::new();
        let mut running_timers = FuturesUnordered::new();
        let mut open = true;
        while open && !manager.state().ended {
            if running.is_empty() && new_tasks.is_empty() && commands.is_empty() {
                let waiters = std::mem::take(&mut manager.state().idle_waiters);
                waiters.into_iter().for_each(|reply| reply.send(Ok(())));
            }
            tokio::select! {
                // A fixed order keeps a run repeatable: what is under way goes on before anything new begins.
                biased;
                Some(task) = new_tasks.recv() => running.push(task),
                Some(timer) = new_timers.recv() => running_timers.push(timer),
                Some(()) = running.next() => {}
                Some(()) = running_timers.next() => {}
                command = commands.recv() => match command {
                    Some(command) => command(&manager),
                    None => open = false,
                },
            }
        }
    }

    pub(crate) fn when_idle(&self, reply: Reply<()>) {
        self.state().idle_waiters.push(reply);
    }

    /// The state. Whoever panicked while holding it left it between two steps of an algorithm; the rest of the workers
    /// are better off with it than without.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs an algorithm "in parallel".
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Fails only once the loop has ended; what is left then is dropped with it.
        let _ = self.tasks.send(Box::pin(task));
    }

    /// Runs what mostly waits for time to pass; it keeps nobody from calling the manager idle.
    fn spawn_timer(&self, timer: impl Future<Output = ()> + Send + 'static) {
        let _ = self.timers.send(Box::pin(timer));
    }
}
