//! The engine's own thread.
//!
//! SpiderMonkey is initialised once per process, and shut down once. Its first runtime takes 5 ms and 3 MB, for
//! the part of the standard library that is written in JavaScript; a child of it shares that and takes 0.3 ms and
//! 0.1 MB. So this thread holds a root runtime that runs no script, and each agent's runtime is a child of
//! it. Parents must outlive children: this thread joins all agents before it lets the root go, then the engine.

#![expect(unsafe_code, reason = "makes runtimes")]

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use mozjs::glue::SetBuildId;
use mozjs::jsapi::{BuildIdCharVector, SetProcessBuildIdOp};
use mozjs::rust::{JSEngine, JSEngineError, Runtime};

use super::agent::{self, AgentConfig, AgentControl, Setup};
use super::agent_end::{AgentEnd, OnEnd};
use super::engine_state::EngineState;
use super::task_queue::TaskQueue;
use super::watchdog::{Watchdog, Watched};
use super::{exception, microtasks};
use crate::embedder::{AgentEvent, AgentId, AgentInfo, EngineError, Hosts};
use crate::services::Services;
use crate::webidl::{Hooks, install_hooks};

/// Script may use 1 MB of stack (SpiderMonkey's own limit); bindings and DOM code below it need more than the
/// usual 2 MB in unoptimised builds. Only what is touched is ever backed by memory.
const AGENT_STACK: usize = 8 * 1024 * 1024;

/// What the engine's thread is asked to do.
pub(super) enum Command {
    /// Start an agent. The second goes when all else of it is gone.
    Start(Box<AgentConfig>, AgentEnd),
    /// An agent's thread is about to end.
    Ended(AgentId),
    /// Something runs: see to its time limit.
    Look,
    /// End all agents, then the engine.
    ShutDown,
}

/// The handle to the engine's thread. Dropping it ends all agents and shuts SpiderMonkey down.
pub(crate) struct EngineThread {
    starter: AgentStarter,
    thread: Option<JoinHandle<()>>,
}

/// Starts agents, as long as the engine's thread is there.
#[derive(Clone)]
pub(crate) struct AgentStarter {
    commands: Sender<Command>,
    watchdog: Arc<Watchdog>,
    state: Arc<EngineState>,
}

/// What an agent is started with.
pub(crate) struct NewAgent {
    /// What the embedder will know it by.
    pub(crate) info: AgentInfo,
    /// What the embedder gave us.
    pub(crate) hosts: Arc<Hosts>,
    /// The agent that is not idle while this one is not.
    pub(crate) owner: Option<Arc<TaskQueue>>,
    /// Its first task. Dropped instead if the engine is ending.
    pub(crate) setup: Setup,
    /// Called when it is gone, on some thread, also if it never was there.
    pub(crate) on_end: Option<OnEnd>,
}

impl NewAgent {
    /// One that belongs to none.
    pub(crate) fn new(info: AgentInfo, hosts: Arc<Hosts>, setup: Setup) -> NewAgent {
        NewAgent { info, hosts, owner: None, setup, on_end: None }
    }
}

impl EngineThread {
    /// Starts SpiderMonkey. The root runtime is made after this has returned.
    pub(crate) fn start() -> Result<Self, EngineError> {
        install_hooks(Hooks {
            report_exception: exception::report_pending,
            microtask_checkpoint: microtasks::perform_checkpoint,
        });
        let (commands, inbox) = channel();
        let (report, started) = channel();
        let watchdog = Watchdog::new(commands.clone());
        let dog = watchdog.clone();
        let thread = Builder::new()
            .name("engine".into())
            .spawn(move || match JSEngine::init() {
                Err(error) => {
                    // Nobody waits any more if `start` gave up.
                    let _ = report.send(Err(error));
                }
                Ok(engine) => {
                    // SAFETY: the callback has the right signature and lives for ever.
                    unsafe { SetProcessBuildIdOp(Some(build_id)) };
                    let _ = report.send(Ok(()));
                    Engine::new(engine, dog).run(&inbox);
                }
            })
            .map_err(EngineError::Thread)?;
        match started.recv() {
            Ok(Ok(())) => {
                let starter = AgentStarter { commands, watchdog, state: Arc::default() };
                Ok(Self { starter, thread: Some(thread) })
            }
            Ok(Err(JSEngineError::AlreadyInitialized)) => Err(EngineError::AlreadyRunning),
            Ok(Err(JSEngineError::AlreadyShutDown)) => Err(EngineError::AlreadyShutDown),
            Ok(Err(JSEngineError::InitFailed)) | Err(_) => Err(EngineError::Initialisation),
        }
    }

    /// Gives agents the services; once. Those that run already have them from then on, too.
    pub(crate) fn set_services(&self, services: Services) {
        let _ = self.starter.state.services.set(services);
    }

    /// What starts agents, for those who must not keep the engine alive.
    pub(crate) fn agent_starter(&self) -> AgentStarter {
        self.starter.clone()
    }

    /// Starts an agent on a thread of its own.
    pub(crate) fn start_agent(&self, new: NewAgent) -> AgentControl {
        self.starter.start_agent(new)
    }
}

impl AgentStarter {
    /// Starts an agent on a thread of its own. Once the engine is ending, the agent has ended before it began.
    pub(crate) fn start_agent(&self, new: NewAgent) -> AgentControl {
        let NewAgent { info, hosts, owner, setup, on_end } = new;
        let time_limit = hosts.options.script_time_limit;
        let control = AgentControl::new(Watched::new(self.watchdog.clone(), time_limit));
        if let Some(owner) = owner {
            control.task_queue().add_owner(owner);
        }
        let end = AgentEnd::new(info.id, control.clone(), self.commands.clone(), on_end);
        let config = AgentConfig { info, hosts, starter: self.clone(), control: control.clone(), setup };
        // Without a receiver the engine has ended.
        let _ = self.commands.send(Command::Start(Box::new(config), end));
        control
    }

    /// What all agents share.
    pub(crate) fn engine(&self) -> &Arc<EngineState> {
        &self.state
    }
}

impl Drop for EngineThread {
    fn drop(&mut self) {
        let _ = self.starter.commands.send(Command::ShutDown);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the engine's thread panicked");
        }
    }
}

struct RunningAgent {
    thread: JoinHandle<()>,
    control: AgentControl,
}

struct Engine {
    agents: HashMap<AgentId, RunningAgent>,
    watchdog: Arc<Watchdog>,
    // Declared in the order in which they have to go.
    root: Runtime,
    _engine: JSEngine,
}

impl Engine {
    fn new(engine: JSEngine, watchdog: Arc<Watchdog>) -> Self {
        let root = Runtime::new(engine.handle());
        Self { agents: HashMap::new(), watchdog, root, _engine: engine }
    }

    fn run(mut self, inbox: &Receiver<Command>) {
        loop {
            let watched = self.agents.values().map(|agent| agent.control.watched());
            let command = match self.watchdog.look(watched) {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(limit) => inbox.recv_timeout(limit.saturating_duration_since(Instant::now())),
            };
            match command {
                Ok(Command::Start(config, end)) => self.start(*config, end),
                Ok(Command::Ended(id)) => {
                    if let Some(agent) = self.agents.remove(&id) {
                        join(agent);
                    }
                }
                Ok(Command::Look) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Command::ShutDown) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        for agent in self.agents.values() {
            agent.control.close();
        }
        // An agent waits for its workers before it ends. Some may have been asked for too late: those never start.
        while !self.agents.is_empty() {
            match inbox.recv() {
                Ok(Command::Ended(id)) => {
                    if let Some(agent) = self.agents.remove(&id) {
                        join(agent);
                    }
                }
                Ok(Command::Start(config, end)) => drop((config, end)),
                Ok(Command::Look | Command::ShutDown) => {}
                // All agents are gone: each holds a sender.
                Err(_) => break,
            }
        }
        for (_, agent) in self.agents.drain() {
            join(agent);
        }
    }

    fn start(&mut self, config: AgentConfig, mut end: AgentEnd) {
        let id = config.info.id;
        let parent = self.root.prepare_for_new_child();
        let control = config.control.clone();
        let (info, observer) = (config.info.clone(), config.hosts.observer.clone());
        let spawned = Builder::new().name(config.info.thread_name()).stack_size(AGENT_STACK).spawn({
            let (info, observer) = (info.clone(), observer.clone());
            move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| {
                    // SAFETY: `Engine::run` joins this thread before the root runtime goes.
                    unsafe { agent::run(parent, config) }
                }));
                let crash = outcome.err().map(|payload| panic_message(&*payload));
                end.set_crash(crash.clone());
                observer.agent_event(&info, AgentEvent::Closed { crash });
                drop(end);
            }
        });
        match spawned {
            Ok(thread) => {
                self.agents.insert(id, RunningAgent { thread, control });
            }
            Err(error) => {
                let crash = Some(format!("its thread could not be started: {error}"));
                observer.agent_event(&info, AgentEvent::Closed { crash });
            }
        }
    }
}

/// Identifies this build to WebAssembly, which would refuse to work without; nothing of it is cached across
/// processes.
unsafe extern "C" fn build_id(id: *mut BuildIdCharVector) -> bool {
    const ID: &str = concat!("ferry-", env!("CARGO_PKG_VERSION"));
    // SAFETY: the engine's vector, and a string with its length.
    unsafe { SetBuildId(id, ID.as_ptr().cast(), ID.len()) }
}

fn join(agent: RunningAgent) {
    if agent.thread.join().is_err() {
        // Panics in the agent itself are caught; this one came out of the embedder's observer.
        tracing::error!("an observer panicked on an agent's thread");
    }
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}
