//! An agent with a `TestGlobal`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use fetch::{BoxFuture, FetchParams, Network, NetworkError, Response};
use mozjs::jsval::UndefinedValue;
use mozjs::realm::AutoRealm;

use super::objects::TestGlobal;
use crate::embedder::{
    AgentEvent, AgentId, AgentInfo, AgentKind, AgentObserver, Hosts, Options, PermissionSource,
    PermissionState, Spawner,
};
use crate::runtime::agent::{Agent, AgentControl};
use crate::runtime::classic_script::{ClassicScript, run_classic_script};
use crate::runtime::engine_thread::{EngineThread, NewAgent};
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

static DROPS: AtomicUsize = AtomicUsize::new(0);

/// Counts the structs that are dropped.
pub(super) fn note_drop() {
    DROPS.fetch_add(1, Ordering::SeqCst);
}

/// How many were.
pub(super) fn drops() -> usize {
    DROPS.load(Ordering::SeqCst)
}

struct Outside(std::sync::mpsc::Sender<AgentEvent>);

impl AgentObserver for Outside {
    fn agent_event(&self, _agent: &AgentInfo, event: AgentEvent) {
        // A test that has seen enough does not listen any more.
        let _ = self.0.send(event);
    }
}

struct Nothing;

impl Network for Nothing {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        panic!("nothing is fetched here: {params:?}")
    }
}

impl Spawner for Nothing {
    fn spawn(&self, _future: BoxFuture<'static, ()>) {
        panic!("nothing is spawned here")
    }
}

impl PermissionSource for Nothing {
    fn state(&self, _name: &str, _origin: &fetch::Origin) -> PermissionState {
        PermissionState::Denied
    }
}

/// An agent with a global, in which tests run script.
pub(super) struct TestAgent {
    control: AgentControl,
    events: Receiver<AgentEvent>,
    // Dropped last: it waits for the agent.
    _engine: EngineThread,
}

impl TestAgent {
    pub(super) fn start() -> TestAgent {
        Self::start_with(true)
    }

    pub(super) fn start_with(settings: impl Into<RealmSettings>) -> TestAgent {
        let settings = settings.into();
        let engine = EngineThread::start().expect("the only engine of this process");
        let (sender, events) = channel();
        let hosts = Hosts {
            network: Arc::new(Nothing),
            cookies: Arc::<fetch::cookies::MemoryCookieJar>::default(),
            spawner: Arc::new(Nothing),
            observer: Arc::new(Outside(sender)),
            permissions: Arc::new(Nothing),
            options: Options { script_time_limit: None, ..Options::default() },
        };
        let url = "https://page.test/".parse().expect("a URL");
        let info = AgentInfo { id: AgentId::next(), kind: AgentKind::Page, url };
        let setup = Box::new(move |cx: &mut JSContext, agent: &std::rc::Rc<Agent>| {
            let global = TestGlobal::create(cx, agent, settings);
            agent.set_global_object(global.reflector().get_jsobject().get());
        });
        let control = engine.start_agent(NewAgent::new(info, Arc::new(hosts), setup));
        TestAgent { control, events, _engine: engine }
    }

    /// Runs steps in the global's realm, as a task, and waits for their result.
    pub(super) fn task<R: Send + 'static>(
        &self,
        steps: impl FnOnce(&mut JSContext, &GlobalScope) -> R + Send + 'static,
    ) -> R {
        let (sender, receiver) = channel();
        self.control.task_queue().post(
            TaskSource::DomManipulation,
            Box::new(move |cx| {
                let agent = Agent::current().expect("this is an agent's thread");
                rooted!(&in(cx) let global = agent.global_object());
                let mut realm = AutoRealm::new_from_handle(cx, global.handle());
                let global = current_global(&realm);
                sender.send(steps(&mut realm, &global)).expect("the test waits");
            }),
        );
        receiver.recv_timeout(Duration::from_secs(60)).expect("the task ran")
    }

    /// The value of a script as text; that of an exception is `Name: message`.
    pub(super) fn eval(&self, source: &'static str) -> String {
        self.task(move |cx, _| evaluate(cx, source))
    }

    /// Runs a script that fills `globalThis.log`, waits until nothing is left to do, and gives the log.
    pub(super) fn log(&self, source: &'static str) -> String {
        let result = self.eval(source);
        assert!(!result.starts_with("!"), "{result}");
        self.until_idle();
        self.eval("globalThis.log")
    }

    /// Waits until there is nothing to do; gives the messages of the errors that were reported until then.
    pub(super) fn until_idle(&self) -> Vec<String> {
        let mut errors = Vec::new();
        let mut note = |event| {
            if let AgentEvent::Error(error) = event {
                errors.push(error.message);
            }
        };
        while !self.control.task_queue().is_idle() {
            note(self.events.recv_timeout(Duration::from_secs(60)).expect("the agent goes on"));
        }
        self.events.try_iter().for_each(note);
        errors
    }

    /// Collects garbage, in a task of its own, so that nothing of an earlier one is on the stack.
    pub(super) fn collect(&self) {
        self.eval("collectGarbage()");
    }
}

fn evaluate(cx: &mut JSContext, source: &str) -> String {
    rooted!(&in(cx) let mut result = UndefinedValue());
    let script = ClassicScript::new(source, "https://page.test/test.js");
    let threw = run_classic_script(cx, &script, result.handle_mut()).is_err();
    if threw && !take_pending_exception(cx, result.handle_mut()) {
        return "!ended".to_owned();
    }
    match DOMString::from_js(cx, result.handle()) {
        Ok(text) if threw => format!("!{text}"),
        Ok(text) => text.into(),
        Err(_) => {
            take_pending_exception(cx, result.handle_mut());
            "!not convertible to a string".to_owned()
        }
    }
}
