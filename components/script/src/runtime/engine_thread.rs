//! The engine's own thread.
//!
//! SpiderMonkey is initialised once per process, and shut down once. Its first runtime takes 5 ms and 3 MB, for
//! the part of the standard library that is written in JavaScript; a child of it shares that and takes 0.3 ms and
//! 0.1 MB. So this thread holds a root runtime that runs no script, and each agent's runtime is a child of
//! it. Parents must outlive children: this thread joins all agents before it lets the root go, then the engine.

#![expect(unsafe_code, reason = "makes runtimes")]

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use mozjs::glue::SetBuildId;
use mozjs::jsapi::{BuildIdCharVector, SetProcessBuildIdOp};
use mozjs::rust::{JSEngine, JSEngineError, Runtime};

use super::agent::{self, AgentConfig, AgentControl, Setup};
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
    /// Start an agent.
    Start(Box<AgentConfig>),
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
    services: Arc<OnceLock<Services>>,
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
        let (sender, dog) = (commands.clone(), watchdog.clone());
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
                    Engine::new(engine, dog, sender).run(&inbox);
                }
            })
            .map_err(EngineError::Thread)?;
        match started.recv() {
            Ok(Ok(())) => {
                let starter = AgentStarter { commands, watchdog, services: Arc::default() };
                Ok(Self { starter, thread: Some(thread) })
            }
            Ok(Err(JSEngineError::AlreadyInitialized)) => Err(EngineError::AlreadyRunning),
            Ok(Err(JSEngineError::AlreadyShutDown)) => Err(EngineError::AlreadyShutDown),
            Ok(Err(JSEngineError::InitFailed)) | Err(_) => Err(EngineError::Initialisation),
        }
    }

    /// Gives agents the services; once. Those that run already have them from then on, too.
    pub(crate) fn set_services(&self, services: Services) {
        let _ = self.starter.services.set(services);
    }

    /// What starts agents, for those who must not keep the engine alive.
    pub(crate) fn agent_starter(&self) -> AgentStarter {
        self.starter.clone()
    }

    /// Starts an agent on a thread of its own.
    pub(crate) fn start_agent(
        &self,
        info: AgentInfo,
        hosts: Arc<Hosts>,
        time_limit: Option<Duration>,
        setup: Setup,
    ) -> AgentControl {
        self.starter.start_agent(info, hosts, time_limit, setup)
    }
}

impl AgentStarter {
    /// Starts an agent on a thread of its own. Once the engine is ending, `setup` is dropped instead.
    pub(crate) fn start_agent(
        &self,
        info: AgentInfo,
        hosts: Arc<Hosts>,
        time_limit: Option<Duration>,
        setup: Setup,
    ) -> AgentControl {
        let control = AgentControl::new(Watched::new(self.watchdog.clone(), time_limit));
        let services = self.services.clone();
        let config = AgentConfig { info, hosts, services, control: control.clone(), setup };
        // Without a receiver the engine has ended.
        let _ = self.commands.send(Command::Start(Box::new(config)));
        control
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
    commands: Sender<Command>,
    // Declared in the order in which they have to go.
    root: Runtime,
    _engine: JSEngine,
}

impl Engine {
    fn new(engine: JSEngine, watchdog: Arc<Watchdog>, commands: Sender<Command>) -> Self {
        let root = Runtime::new(engine.handle());
        Self { agents: HashMap::new(), watchdog, commands, root, _engine: engine }
    }

    fn run(mut self, inbox: &Receiver<Command>) {
        loop {
            let watched = self.agents.values().map(|agent| agent.control.watched());
            let command = match self.watchdog.look(watched) {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(limit) => inbox.recv_timeout(limit.saturating_duration_since(Instant::now())),
            };
            match command {
                Ok(Command::Start(config)) => self.start(*config),
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
        for (_, agent) in self.agents.drain() {
            join(agent);
        }
    }

    fn start(&mut self, config: AgentConfig) {
        let id = config.info.id;
        let parent = self.root.prepare_for_new_child();
        let commands = self.commands.clone();
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
                observer.agent_event(&info, AgentEvent::Closed { crash });
                let _ = commands.send(Command::Ended(id));
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
