//! What the engine and its embedder say to each other: plain data, and traits for what is outside.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use fetch::{BoxFuture, CookieJar, Network};
use url::Url;

/// What the embedder hands in: everything that is outside of the engine.
#[derive(Clone)]
pub struct Hosts {
    /// The network.
    pub network: Arc<dyn Network>,
    /// The cookies of the network's requests, for `document.cookie`.
    pub cookies: Arc<dyn CookieJar>,
    /// Where futures run.
    pub spawner: Arc<dyn Spawner>,
    /// Who is told what agents do.
    pub observer: Arc<dyn AgentObserver>,
    /// Who decides on permissions.
    pub permissions: Arc<dyn PermissionSource>,
    /// Settings.
    pub options: Options,
}

/// Settings that hold for all agents.
#[derive(Clone, Debug)]
pub struct Options {
    /// The value of `User-Agent` and of `navigator.userAgent`.
    pub user_agent: String,
    /// The language of `navigator.language`.
    pub language: String,
    /// How long one task of a script may run; `None`: for ever.
    pub script_time_limit: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            user_agent: concat!("Mozilla/5.0 (X11; Linux x86_64) Ferry/", env!("CARGO_PKG_VERSION")).into(),
            language: "en-US".into(),
            script_time_limit: Some(Duration::from_secs(60)),
        }
    }
}

/// Runs futures, on any thread.
pub trait Spawner: Send + Sync {
    /// Runs `future` to its end.
    fn spawn(&self, future: BoxFuture<'static, ()>);
}

/// Is told what happens in agents. Called on their threads, so it should be quick, and not wait for them.
pub trait AgentObserver: Send + Sync {
    /// Something happened in an agent.
    fn agent_event(&self, agent: &AgentInfo, event: AgentEvent);
}

/// <https://w3c.github.io/permissions/#dfn-permission-state>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PermissionState {
    /// Allowed.
    Granted,
    /// Not allowed.
    Denied,
    /// A person would have to be asked.
    Prompt,
}

/// Knows the permissions of origins.
pub trait PermissionSource: Send + Sync {
    /// The state of the permission `name` (as in `navigator.permissions.query`) for `origin`.
    fn state(&self, name: &str, origin: &fetch::Origin) -> PermissionState;

    /// Has `observer` told of changes from now on, for as long as it lives. A source whose answers never change has
    /// nothing to do.
    fn observe(&self, observer: Weak<dyn PermissionObserver>) {
        let _ = observer;
    }
}

/// Is told of permissions that change.
pub trait PermissionObserver: Send + Sync {
    /// The state of the permission `name` for `origin` may be another one now. Quick, on any thread, and without the
    /// source's own locks held: the observer may ask it at once.
    fn permission_changed(&self, name: &str, origin: &fetch::Origin);
}

/// Tells agents apart for as long as the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId(pub u64);

impl AgentId {
    /// One that no agent has had.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What an agent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgentKind {
    /// A page.
    Page,
    /// A dedicated worker.
    DedicatedWorker,
    /// A shared worker.
    SharedWorker,
    /// A service worker.
    ServiceWorker,
}

/// Which agent something is about.
#[derive(Clone, Debug)]
pub struct AgentInfo {
    /// Its identity.
    pub id: AgentId,
    /// What it is for.
    pub kind: AgentKind,
    /// The URL that it was started with.
    pub url: Url,
}

impl AgentInfo {
    /// A name of no more than the 15 characters that Linux shows.
    pub(crate) fn thread_name(&self) -> String {
        let kind = match self.kind {
            AgentKind::Page => "page",
            AgentKind::DedicatedWorker => "worker",
            AgentKind::SharedWorker => "shared",
            AgentKind::ServiceWorker => "sw",
        };
        format!("{kind}-{}", self.id.0)
    }
}

/// What an agent does, as far as it concerns its embedder.
#[derive(Clone, Debug)]
pub enum AgentEvent {
    /// A line for the console.
    Console(ConsoleMessage),
    /// Something went wrong that nobody in the agent handled.
    Error(ErrorReport),
    /// A page's `load` event is over.
    Loaded,
    /// There is nothing more to do: no task, no timer, nothing pending. Said each time that it becomes so.
    Idle,
    /// The agent has ended; nothing more comes from it.
    Closed {
        /// Why, if it was our fault.
        crash: Option<String>,
    },
}

/// <https://console.spec.whatwg.org/#loglevel-severity>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConsoleLevel {
    /// `console.debug` and its like.
    Debug,
    /// `console.log` and its like.
    Log,
    /// `console.info` and its like.
    Info,
    /// `console.warn` and its like.
    Warn,
    /// `console.error` and its like.
    Error,
}

/// A line for the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleMessage {
    /// Its severity.
    pub level: ConsoleLevel,
    /// Its text; may have several lines.
    pub text: String,
}

/// What kind of error is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An exception that nobody caught.
    Exception,
    /// A promise that was rejected and that nobody handled.
    UnhandledRejection,
    /// A script that was ended because it ran too long.
    TimeLimit,
    /// A document or script that could not be loaded.
    Load,
}

/// Something that went wrong in an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorReport {
    /// Its kind.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// The script, or whatever else it is about: a URL, or empty.
    pub filename: String,
    /// The line in it, from 1; 0 if not known.
    pub line: u32,
    /// The column in that line, from 1; 0 if not known.
    pub column: u32,
    /// The call stack, a line per frame, innermost first.
    pub stack: Option<String>,
}

impl fmt::Display for ErrorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::UnhandledRejection => f.write_str("unhandled rejection: ")?,
            ErrorKind::Exception | ErrorKind::TimeLimit | ErrorKind::Load => {}
        }
        f.write_str(&self.message)?;
        if !self.filename.is_empty() {
            write!(f, " ({}", self.filename)?;
            if self.line != 0 {
                write!(f, ":{}:{}", self.line, self.column)?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// The engine can't be had.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is one already; a process has one.
    #[error("there is already an engine in this process")]
    AlreadyRunning,
    /// There was one; SpiderMonkey can't be started twice.
    #[error("the engine of this process was already shut down")]
    AlreadyShutDown,
    /// SpiderMonkey refused.
    #[error("SpiderMonkey could not be initialised")]
    Initialisation,
    /// The engine's thread could not be started.
    #[error("the engine's thread could not be started")]
    Thread(#[source] std::io::Error),
}
