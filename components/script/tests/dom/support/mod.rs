//! Pages to test in.
//!
//! ```ignore
//! #[test]
//! fn a_blob_knows_its_size() {
//!     let page = Page::open();
//!     // A script's value as text; promises are awaited. Panics with the error's text if it throws.
//!     assert_eq!(page.eval("new Blob(['abc']).size"), "3");
//!     assert_eq!(page.eval("new Blob(['abc']).text()"), "abc");
//!     // The same for the body of an async function that returns its value.
//!     assert_eq!(page.eval_async("const text = await new Blob(['x']).text(); return [text, 1];"), r#"["x",1]"#);
//!     // What it throws or rejects with.
//!     assert_eq!(page.error("new Blob(1)"), "TypeError: Blob constructor: …");
//!     // What it wrote to the console, a line for each call, when all is quiet.
//!     page.run("setTimeout(() => console.log('later', 1))");
//!     assert_eq!(page.console(), ["later 1"]);
//! }
//! ```
//!
//! `Page::open()` is an empty document at `https://page.test/`, a secure context; `Page::html(…)` one with content.
//! [`Page::with`] takes all that can be chosen, a [`FakeNetwork`] among it, which answers what it was told to and
//! remembers what it was asked. Anything that is reported in a page (an exception that
//! nobody caught, an unhandled rejection) fails the test when the page is looked at or dropped, unless
//! [`Page::errors`] takes it.
//!
//! Nothing here sleeps. "When all is quiet" is when the page says that it has nothing more to do; if that does not
//! happen within 30 seconds the test fails.

#![allow(dead_code, reason = "not every module needs all of it")]

mod network;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use fetch::cookies::MemoryCookieJar;
use fetch::{BoxFuture, Origin};
use script::embedder::{
    AgentEvent, AgentInfo, AgentKind, AgentObserver, ErrorReport, Hosts, Options, PermissionObserver,
    PermissionSource, PermissionState, Spawner,
};
use script::{Engine, PageHandle};

pub use network::{FakeBody, FakeNetwork, FakeResponse, wait_until_closed};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `Page::eval` puts around a script to get at its value.
const RESULT: &str = "\u{1}result:";
const ERROR: &str = "\u{1}error:";

struct Observer(Sender<(AgentInfo, AgentEvent)>);

impl AgentObserver for Observer {
    fn agent_event(&self, agent: &AgentInfo, event: AgentEvent) {
        // The test may be over.
        let _ = self.0.send((agent.clone(), event));
    }
}

/// Futures on one thread of their own.
struct Tokio(tokio::runtime::Runtime);

impl Spawner for Tokio {
    fn spawn(&self, future: BoxFuture<'static, ()>) {
        self.0.spawn(future);
    }
}

/// The same answer for every permission, until another one is set.
pub struct Permission {
    state: Mutex<PermissionState>,
    observers: Mutex<Vec<Weak<dyn PermissionObserver>>>,
}

impl Permission {
    fn new(state: PermissionState) -> Permission {
        Permission { state: Mutex::new(state), observers: Mutex::default() }
    }

    /// Changes the answer, and says that the one for `name` and `origin` is another one now.
    pub fn set(&self, state: PermissionState, name: &str, origin: &str) {
        *self.state.lock().expect("no test panicked while it held this") = state;
        let origin = origin.parse().expect("an origin");
        let observers = self.observers.lock().expect("no test panicked while it held this").clone();
        observers.iter().filter_map(Weak::upgrade).for_each(|it| it.permission_changed(name, &origin));
    }
}

impl PermissionSource for Permission {
    fn state(&self, _name: &str, _origin: &Origin) -> PermissionState {
        *self.state.lock().expect("no test panicked while it held this")
    }

    fn observe(&self, observer: Weak<dyn PermissionObserver>) {
        self.observers.lock().expect("no test panicked while it held this").push(observer);
    }
}

/// What an engine for tests is made of.
pub struct Setup {
    /// Where the page is.
    pub url: String,
    /// Its document.
    pub html: String,
    /// What the network has.
    pub network: Arc<FakeNetwork>,
    /// The cookies.
    pub cookies: Arc<MemoryCookieJar>,
    /// What is allowed.
    pub permission: PermissionState,
    /// The engine's options.
    pub options: Options,
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            url: "https://page.test/".into(),
            html: "<!doctype html>".into(),
            network: Arc::default(),
            cookies: Arc::default(),
            permission: PermissionState::Granted,
            options: Options::default(),
        }
    }
}

/// A page in an engine of its own.
pub struct Page {
    handle: PageHandle,
    events: Receiver<(AgentInfo, AgentEvent)>,
    seen: std::cell::RefCell<Seen>,
    /// What the network has, and was asked.
    pub network: Arc<FakeNetwork>,
    /// The cookies.
    pub cookies: Arc<MemoryCookieJar>,
    /// What is allowed.
    pub permissions: Arc<Permission>,
    // Dropped last: it waits for the page.
    engine: Engine,
}

#[derive(Default)]
struct Seen {
    console: Vec<String>,
    errors: Vec<ErrorReport>,
    loaded: bool,
    ended: Vec<AgentInfo>,
}

impl Page {
    /// An empty page at `https://page.test/`.
    pub fn open() -> Page {
        Page::with(Setup::default())
    }

    /// A page at `https://page.test/` with this document.
    pub fn html(html: &str) -> Page {
        Page::with(Setup { html: html.into(), ..Setup::default() })
    }

    /// A page in an engine that is made of this.
    pub fn with(setup: Setup) -> Page {
        setup.network.serve_unless_there(&setup.url, FakeResponse::new("text/html", setup.html));
        let (sender, events) = channel();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a thread for futures");
        let permissions = Arc::new(Permission::new(setup.permission));
        let hosts = Hosts {
            network: setup.network.clone(),
            cookies: setup.cookies.clone(),
            spawner: Arc::new(Tokio(runtime)),
            observer: Arc::new(Observer(sender)),
            permissions: permissions.clone(),
            options: setup.options,
        };
        let engine = Engine::new(hosts).expect("one test in a process: run them with nextest");
        let handle = engine.open_page(setup.url.parse().expect("a URL"));
        Page {
            handle,
            events,
            seen: Default::default(),
            network: setup.network,
            cookies: setup.cookies,
            permissions,
            engine,
        }
    }

    /// Opens another page in the same engine. What it says is heard as if this one said it.
    pub fn open_another(&self, url: &str) -> PageHandle {
        self.network.serve_unless_there(url, FakeResponse::new("text/html", "<!doctype html>"));
        self.engine.open_page(url.parse().expect("a URL"))
    }

    /// Waits until an agent of this kind has ended, but for this page: the first one that was not taken yet.
    pub fn ended(&self, kind: AgentKind) -> AgentInfo {
        let mut seen = self.seen.borrow_mut();
        loop {
            if let Some(place) = seen.ended.iter().position(|agent| agent.kind == kind) {
                return seen.ended.remove(place);
            }
            match self.events.recv_timeout(PATIENCE) {
                Ok((agent, event)) => seen.note(self.handle.info(), agent, event),
                Err(error) => panic!("no {kind:?} has ended ({error}); console: {:#?}", seen.console),
            }
        }
    }

    /// Waits for the next line of the console, whatever else goes on.
    pub fn next_line(&self) -> String {
        let mut seen = self.seen.borrow_mut();
        while seen.console.is_empty() {
            match self.events.recv_timeout(PATIENCE) {
                Ok((agent, event)) => seen.note(self.handle.info(), agent, event),
                Err(error) => panic!("no line came ({error}); errors: {}", list(&seen.errors)),
            }
        }
        seen.console.remove(0)
    }

    /// Serves a script at `https://page.test/` and `path`.
    pub fn serve_script(&self, path: &str, source: &str) {
        let url = format!("https://page.test/{path}");
        self.network.serve(&url, FakeResponse::new("text/javascript", source));
    }

    /// The page's handle.
    pub fn handle(&self) -> &PageHandle {
        &self.handle
    }

    /// Runs a script and waits until all is quiet. Panics with the error's text if it throws.
    pub fn run(&self, script: &str) {
        self.evaluate(script).unwrap_or_else(|error| panic!("the script threw: {error}\n{:?}", error.stack));
        self.settle();
    }

    /// The value of an expression (or script) as text: strings as they are, objects as JSON. Promises are awaited.
    /// Panics with the error's text if it throws or rejects.
    pub fn eval(&self, script: &str) -> String {
        self.outcome(&format!("(0, eval)({})", quote(script)))
            .unwrap_or_else(|error| panic!("the script threw: {error}"))
    }

    /// The same for the body of an async function.
    pub fn eval_async(&self, body: &str) -> String {
        self.outcome(&format!("(async () => {{ {body}\n }})()"))
            .unwrap_or_else(|error| panic!("the script threw: {error}"))
    }

    /// The text of what an expression throws or rejects with.
    pub fn error(&self, script: &str) -> String {
        match self.outcome(&format!("(0, eval)({})", quote(script))) {
            Ok(value) => panic!("nothing was thrown; the value is {value}"),
            Err(error) => error,
        }
    }

    /// The same for the body of an async function.
    pub fn error_async(&self, body: &str) -> String {
        match self.outcome(&format!("(async () => {{ {body}\n }})()")) {
            Ok(value) => panic!("nothing was thrown; the value is {value}"),
            Err(error) => error,
        }
    }

    /// The lines of the console since the last call, when all is quiet.
    pub fn console(&self) -> Vec<String> {
        self.settle();
        std::mem::take(&mut self.seen.borrow_mut().console)
    }

    /// The same where errors are expected.
    pub fn console_despite_errors(&self) -> Vec<String> {
        self.errors();
        std::mem::take(&mut self.seen.borrow_mut().console)
    }

    /// What was reported since the last call, when all is quiet.
    pub fn errors(&self) -> Vec<ErrorReport> {
        self.quiet();
        std::mem::take(&mut self.seen.borrow_mut().errors)
    }

    /// Whether the `load` event is over, when all is quiet.
    pub fn is_loaded(&self) -> bool {
        self.settle();
        self.seen.borrow().loaded
    }

    /// Waits until the page has nothing to do, and fails if an error was reported.
    pub fn settle(&self) {
        self.quiet();
        let errors = std::mem::take(&mut self.seen.borrow_mut().errors);
        assert!(errors.is_empty(), "reported in the page: {}", list(&errors));
    }

    /// Waits until the page has nothing to do.
    fn quiet(&self) {
        let mut seen = self.seen.borrow_mut();
        // An event may be an old one; the handle knows.
        while !self.handle.is_idle() {
            match self.events.recv_timeout(PATIENCE) {
                Ok((agent, event)) => seen.note(self.handle.info(), agent, event),
                Err(error) => panic!(
                    "the page is still busy after {PATIENCE:?} ({error}); console: {:#?}, errors: {}",
                    seen.console,
                    list(&seen.errors)
                ),
            }
        }
        self.events.try_iter().for_each(|(agent, event)| seen.note(self.handle.info(), agent, event));
    }

    /// Runs a script and does not wait for what comes of it.
    pub fn start(&self, script: &str) {
        self.evaluate(script).unwrap_or_else(|error| panic!("the script threw: {error}"));
    }

    /// The same, whatever else goes on.
    pub fn start_now(&self, script: &str) {
        self.evaluate_now(script).unwrap_or_else(|error| panic!("the script threw: {error}"));
    }

    fn evaluate(&self, script: &str) -> Result<String, ErrorReport> {
        // After the document.
        self.quiet();
        self.evaluate_now(script)
    }

    fn evaluate_now(&self, script: &str) -> Result<String, ErrorReport> {
        let (sender, receiver) = channel();
        self.handle.evaluate(script.to_owned(), move |result| {
            let _ = sender.send(result);
        });
        receiver.recv_timeout(PATIENCE).expect("the page answers")
    }

    /// What an expression comes to.
    fn outcome(&self, expression: &str) -> Result<String, String> {
        let script = format!(
            "(async () => {expression})().then(
                value => console.debug({result} + (typeof value === 'object' || value === undefined
                    ? JSON.stringify(value) : String(value))),
                error => console.debug({error} + (error instanceof Error || error instanceof DOMException
                    ? error.name + ': ' + error.message : String(error))))",
            result = quote(RESULT),
            error = quote(ERROR),
        );
        self.evaluate(&script).map_err(|error| error.to_string())?;
        self.quiet();
        let mut seen = self.seen.borrow_mut();
        let found = seen.console.iter().position(|line| line.starts_with(RESULT) || line.starts_with(ERROR));
        let Some(found) = found else {
            panic!(
                "the promise is pending and the page has nothing to do; console: {:#?}, errors: {}",
                seen.console,
                list(&seen.errors)
            )
        };
        let line = seen.console.remove(found);
        match line.strip_prefix(RESULT) {
            Some(value) => Ok(value.to_owned()),
            None => Err(line.trim_start_matches(ERROR).to_owned()),
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.settle();
        }
    }
}

impl Seen {
    fn note(&mut self, page: &AgentInfo, agent: AgentInfo, event: AgentEvent) {
        match event {
            AgentEvent::Console(message) => self.console.push(message.text),
            AgentEvent::Error(error) => self.errors.push(error),
            AgentEvent::Loaded => self.loaded |= agent.id == page.id,
            AgentEvent::Idle => {}
            AgentEvent::Closed { crash: None } if agent.id != page.id => self.ended.push(agent),
            AgentEvent::Closed { crash } => panic!("{agent:?} has ended; crash: {crash:?}"),
        }
    }
}

fn list(errors: &[ErrorReport]) -> String {
    errors.iter().map(|error| format!("\n  {error} {:?}", error.stack)).collect()
}

/// A JavaScript string literal.
fn quote(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}
