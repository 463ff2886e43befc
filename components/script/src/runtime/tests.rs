//! The engine room, with a window but no document. Each test needs a process of its own.

#![expect(unsafe_code, reason = "collects garbage, traces nothing")]

use std::ptr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use fetch::{BoxFuture, FetchParams, Network, NetworkError, PolicyContainer, Response};
use mozjs::context::JSContext;
use mozjs::conversions::jsstr_to_string;
use mozjs::jsapi::{GCReason, JSTracer};
use mozjs::jsval::UndefinedValue;
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::Trace;
use mozjs::rust::wrappers2::JS_GC;

use super::agent::{Agent, AgentControl, GlobalId, Setup};
use super::classic_script::{ClassicScript, run_classic_script};
use super::engine_thread::{EngineThread, NewAgent};
use super::exception;
use super::microtasks::{Microtask, queue_microtask};
use super::pending::PendingOperation;
use super::task_source::TaskSource;
use super::timers::TimerSteps;
use crate::dom::html::global_scope::EnvironmentSettings;
use crate::dom::html::window::Window;
use crate::embedder::{
    AgentEvent, AgentId, AgentInfo, AgentKind, AgentObserver, EngineError, ErrorKind, ErrorReport, Hosts,
    Options, PermissionSource, PermissionState, Spawner,
};
use crate::webidl::{self, DomObject, enter_realm};

struct Outside(Sender<AgentEvent>);

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

/// An agent with a plain global in which `url` was run.
struct Plain {
    control: AgentControl,
    events: Receiver<AgentEvent>,
    // Dropped last: it waits for the agent.
    engine: EngineThread,
}

impl Plain {
    fn start(script: &'static str) -> Plain {
        Self::start_with_limit(script, None)
    }

    fn start_with_limit(script: &'static str, limit: Option<Duration>) -> Plain {
        let engine = EngineThread::start().expect("the only engine of this process");
        let (sender, events) = channel();
        let control = Self::agent_in(&engine, sender, limit, move |cx| run(cx, script));
        Plain { control, events, engine }
    }

    fn agent_in(
        engine: &EngineThread,
        events: Sender<AgentEvent>,
        limit: Option<Duration>,
        first: impl FnOnce(&mut JSContext) + Send + 'static,
    ) -> AgentControl {
        let hosts = Hosts {
            network: Arc::new(Nothing),
            cookies: Arc::<fetch::cookies::MemoryCookieJar>::default(),
            spawner: Arc::new(Nothing),
            observer: Arc::new(Outside(events)),
            permissions: Arc::new(Nothing),
            options: Options { script_time_limit: limit, ..Options::default() },
        };
        let url = "https://page.test/".parse().expect("a URL");
        let info = AgentInfo { id: AgentId::next(), kind: AgentKind::Page, url };
        let setup = Box::new(move |cx: &mut JSContext, agent: &std::rc::Rc<Agent>| {
            let url = agent.info().url.clone();
            let window = Window::create(
                cx,
                agent,
                EnvironmentSettings::new(url, PolicyContainer::default()),
                "text/html",
            );
            let mut realm = enter_realm(cx, window.reflector().get_jsobject());
            first(&mut realm);
        });
        engine.start_agent(NewAgent::new(info, Arc::new(hosts), setup))
    }

    /// Runs steps in the global's realm, as a task.
    fn task(&self, steps: impl FnOnce(&mut JSContext) + Send + 'static) {
        self.control.task_queue().post(
            TaskSource::DomManipulation,
            Box::new(move |cx| {
                let agent = Agent::current().expect("this is an agent's thread");
                rooted!(&in(cx) let global = agent.global_object());
                let mut realm = AutoRealm::new_from_handle(cx, global.handle());
                steps(&mut realm);
            }),
        );
    }

    /// Waits until there is nothing to do; gives the errors that were reported until then.
    fn until_idle(&self) -> Vec<ErrorReport> {
        let mut errors = Vec::new();
        let mut note = |event| match event {
            AgentEvent::Idle => {}
            AgentEvent::Error(error) => errors.push(error),
            other => panic!("unexpected: {other:?}"),
        };
        // An event may be an old one; the queue knows.
        while !self.control.task_queue().is_idle() {
            note(self.events.recv_timeout(Duration::from_secs(30)).expect("the agent goes on"));
        }
        self.events.try_iter().for_each(note);
        errors
    }

    /// The value of an expression, as a string.
    fn value(&self, expression: &'static str) -> String {
        let (sender, receiver) = channel();
        self.task(move |cx| {
            rooted!(&in(cx) let mut result = UndefinedValue());
            let script = ClassicScript::new(expression, "value");
            run_classic_script(cx, &script, result.handle_mut()).expect("the expression is fine");
            // SAFETY: the value is rooted, and so is the string as long as nothing allocates.
            let text = unsafe {
                let string = mozjs::rust::ToString(cx, result.handle());
                jsstr_to_string(cx, ptr::NonNull::new(string).expect("it has a text"))
            };
            sender.send(text).expect("the test waits");
        });
        let text = receiver.recv().expect("the task ran");
        assert_eq!(self.until_idle(), []);
        text
    }
}

fn run(cx: &mut JSContext, source: &str) {
    rooted!(&in(cx) let mut result = UndefinedValue());
    let script = ClassicScript::new(source, "https://page.test/script.js");
    if run_classic_script(cx, &script, result.handle_mut()).is_err() {
        exception::report_pending(cx);
    }
}

#[test]
fn a_script_runs_and_the_agent_becomes_idle() {
    let plain = Plain::start("globalThis.answer = 6 * 7");
    assert_eq!(plain.until_idle(), []);
    assert_eq!(plain.value("answer"), "42");
}

#[test]
fn there_is_one_engine_at_a_time_and_one_per_process() {
    let first = EngineThread::start().expect("the first");
    assert!(matches!(EngineThread::start(), Err(EngineError::AlreadyRunning)));
    drop(first);
    assert!(matches!(EngineThread::start(), Err(EngineError::AlreadyShutDown)));
}

#[test]
fn agents_run_side_by_side_and_all_are_ended_with_the_engine() {
    let plain = Plain::start("globalThis.name = 'first'");
    assert_eq!(plain.until_idle(), []);
    let (sender, events) = channel();
    let control = Plain::agent_in(&plain.engine, sender, None, |cx| run(cx, "globalThis.name = 'second'"));
    let second = events.recv().expect("the second one lives");
    assert!(matches!(second, AgentEvent::Idle));
    assert_eq!(plain.value("name"), "first");
    drop(plain);
    assert!(matches!(events.recv().expect("it says so"), AgentEvent::Closed { crash: None }));
    assert!(!control.task_queue().post(TaskSource::Networking, Box::new(|_| {})));
}

#[test]
fn promise_reactions_run_after_the_script_and_before_the_next_task() {
    let plain = Plain::start(
        "globalThis.order = ['script'];
         Promise.resolve().then(() => order.push('reaction')).then(() => order.push('its reaction'));
         order.push('end of script');",
    );
    plain.task(|cx| run(cx, "order.push('task')"));
    plain.until_idle();
    assert_eq!(plain.value("order.join()"), "script,end of script,reaction,its reaction,task");
}

struct RunScript(&'static str);

// SAFETY: holds nothing of the engine's.
unsafe impl Trace for RunScript {
    unsafe fn trace(&self, _trc: *mut JSTracer) {}
}

impl RunScript {
    fn run_in_global(&self, cx: &mut JSContext) {
        let agent = Agent::current().expect("this is an agent's thread");
        rooted!(&in(cx) let global = agent.global_object());
        run(&mut AutoRealm::new_from_handle(cx, global.handle()), self.0);
    }
}

impl Microtask for RunScript {
    fn run(&self, cx: &mut JSContext) {
        self.run_in_global(cx);
    }
}

impl TimerSteps for RunScript {
    fn run(&self, cx: &mut JSContext) {
        self.run_in_global(cx);
    }
}

#[test]
fn our_microtasks_keep_their_place_among_promise_reactions() {
    let plain = Plain::start("globalThis.order = []");
    plain.task(|cx| {
        webidl::run_script(cx, |cx| {
            run(cx, "Promise.resolve().then(() => order.push('first'))");
            queue_microtask(cx, Box::new(RunScript("order.push('second')")));
            run(cx, "Promise.resolve().then(() => order.push('third'))");
            run(cx, "order.push('before any')");
        });
    });
    plain.until_idle();
    assert_eq!(plain.value("order.join()"), "before any,first,second,third");
}

#[test]
fn timers_keep_the_agent_busy_and_run_in_the_order_of_their_times() {
    let plain = Plain::start("globalThis.order = []");
    plain.task(|_cx| {
        let agent = Agent::current().expect("this is an agent's thread");
        let mut timers = agent.timers.borrow_mut();
        let mut set = |after, script| {
            timers.set(GlobalId::next(), Duration::from_millis(after), Box::new(RunScript(script)))
        };
        set(20, "order.push('late')");
        set(1, "order.push('early')");
        let never = set(2, "order.push('never')");
        timers.clear(never);
    });
    plain.until_idle();
    assert_eq!(plain.value("order.join()"), "early,late");
}

#[test]
fn what_timers_and_microtasks_hold_survives_a_collection() {
    let plain = Plain::start("globalThis.order = []");
    plain.task(|cx| {
        let agent = Agent::current().expect("this is an agent's thread");
        let steps = Box::new(RunScript("order.push('timer')"));
        agent.timers.borrow_mut().set(GlobalId::next(), Duration::ZERO, steps);
        webidl::run_script(cx, |cx| {
            queue_microtask(cx, Box::new(RunScript("order.push('microtask')")));
            // SAFETY: nothing unrooted is held.
            unsafe { JS_GC(cx, GCReason::API) };
        });
    });
    plain.until_idle();
    assert_eq!(plain.value("order.join()"), "microtask,timer");
}

#[test]
fn an_agent_waits_for_pending_operations_of_other_threads() {
    let plain = Plain::start("globalThis.order = []");
    plain.until_idle();
    let (sender, receiver) = channel::<PendingOperation>();
    plain.task(move |_cx| {
        let agent = Agent::current().expect("this is an agent's thread");
        sender.send(agent.pending_operation()).expect("the test waits");
    });
    let operation = receiver.recv().expect("the task ran");
    assert!(!plain.control.task_queue().is_idle());
    plain.task(|cx| run(cx, "order.push('result')"));
    drop(operation);
    plain.until_idle();
    assert_eq!(plain.value("order.join()"), "result");
}

#[test]
fn an_exception_is_reported_with_its_place_and_its_stack() {
    let plain = Plain::start("function f() {\n  null.x;\n}\nf();");
    let errors = plain.until_idle();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert_eq!(error.kind, ErrorKind::Exception);
    assert!(error.message.starts_with("TypeError: "), "{}", error.message);
    let place = (error.filename.as_str(), error.line, error.column);
    assert_eq!(place, ("https://page.test/script.js", 2, 3));
    let stack = error.stack.as_deref().expect("a stack");
    assert_eq!(stack, "f@https://page.test/script.js:2:3\n@https://page.test/script.js:4:1");
}

#[test]
fn a_syntax_error_is_reported_with_its_place() {
    let plain = Plain::start("let fine = 1;\nlet not fine;");
    let errors = plain.until_idle();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert!(error.message.starts_with("SyntaxError: "), "{}", error.message);
    assert_eq!((error.line, error.column), (2, 9));
    assert_eq!(error.filename, "https://page.test/script.js");
}

#[test]
fn a_thrown_value_that_is_no_error_has_the_place_where_it_was_thrown() {
    let plain = Plain::start("function f() {\n  throw 'me';\n}\nf();");
    let errors = plain.until_idle();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert_eq!(error.message, "uncaught exception: me");
    assert_eq!((error.line, error.column), (2, 3));
    assert!(error.stack.as_deref().is_some_and(|stack| stack.starts_with("f@")), "{:?}", error.stack);
}

#[test]
fn an_exception_whose_text_throws_is_still_reported() {
    let plain = Plain::start("throw { toString() { throw 1 } }");
    let errors = plain.until_idle();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "a value that has no text");
}

#[test]
fn a_rejection_that_nobody_handles_is_reported() {
    let plain = Plain::start("Promise.reject(new RangeError('too far'))");
    let errors = plain.until_idle();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert_eq!(error.kind, ErrorKind::UnhandledRejection);
    assert_eq!(error.message, "RangeError: too far");
    assert_eq!(error.line, 1);
}

#[test]
fn a_rejection_handled_in_the_same_task_is_not_reported() {
    let plain = Plain::start("const p = Promise.reject(1); Promise.resolve().then(() => p.catch(() => {}))");
    assert_eq!(plain.until_idle(), []);
}

#[test]
fn a_script_that_runs_too_long_is_ended_and_the_agent_lives_on() {
    let limit = Some(Duration::from_millis(50));
    let plain = Plain::start_with_limit("globalThis.i = 0; try { for (;;) i++ } finally { i = -1 }", limit);
    let errors = plain.until_idle();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert_eq!(error.kind, ErrorKind::TimeLimit);
    assert_eq!(plain.value("i > 0"), "true");
}

#[test]
fn endless_microtasks_are_ended_too() {
    let limit = Some(Duration::from_millis(50));
    let plain = Plain::start_with_limit("(function f() { Promise.resolve().then(f) })()", limit);
    let errors = plain.until_idle();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert_eq!(error.kind, ErrorKind::TimeLimit);
}

#[test]
fn an_endless_script_does_not_keep_the_engine_from_ending() {
    let plain = Plain::start("for (;;) {}");
    let Plain { engine, events, .. } = plain;
    drop(engine);
    assert!(matches!(events.recv().expect("it says so"), AgentEvent::Closed { crash: None }));
}

#[test]
fn a_panic_in_one_agent_is_said_and_leaves_the_others_alone() {
    let plain = Plain::start("globalThis.ok = true");
    plain.until_idle();
    let (sender, events) = channel();
    Plain::agent_in(&plain.engine, sender, None, |_cx| panic!("on purpose"));
    match events.recv().expect("it says so") {
        AgentEvent::Closed { crash: Some(crash) } => assert_eq!(crash, "on purpose"),
        other => panic!("unexpected: {other:?}"),
    }
    assert_eq!(plain.value("ok"), "true");
}

#[test]
fn a_child_ends_before_its_owner_and_its_panic_is_its_own() {
    let plain = Plain::start("globalThis.ok = true");
    plain.until_idle();
    let (sender, ends) = channel();
    let (child_events, events) = channel();
    plain.task(move |_cx| {
        let agent = Agent::of_this_thread();
        let hosts =
            Arc::new(Hosts { observer: Arc::new(Outside(child_events)), ..(**agent.hosts()).clone() });
        let child = |setup: Setup| {
            let url = "https://page.test/worker".parse().expect("a URL");
            let info = AgentInfo { id: AgentId::next(), kind: AgentKind::DedicatedWorker, url };
            let sender = sender.clone();
            agent.start_child(NewAgent {
                on_end: Some(Box::new(move |crash| {
                    let _ = sender.send(crash.map(str::to_owned));
                })),
                ..NewAgent::new(info, hosts.clone(), setup)
            })
        };
        child(Box::new(|_cx, _agent| panic!("on purpose")));
        child(Box::new(|_cx, agent| {
            agent.task_queue().post(TaskSource::DomManipulation, Box::new(|_| {}));
        }));
    });
    // The owner is idle when both are, or are gone.
    assert_eq!(plain.value("ok"), "true");
    assert_eq!(ends.recv().expect("one has ended"), Some("on purpose".to_owned()));
    assert!(ends.try_recv().is_err(), "the other one lives");
    plain.control.close();
    assert_eq!(ends.recv().expect("the other one has ended"), None);
    let Plain { engine, events: owner, .. } = plain;
    assert!(matches!(owner.recv().expect("it says so"), AgentEvent::Closed { crash: None }));
    drop(engine);
    drop(events);
}

#[test]
fn an_engine_that_ends_does_not_wait_for_children_that_were_asked_for_too_late() {
    let plain = Plain::start("globalThis.ok = true");
    plain.until_idle();
    let (sender, ends) = channel();
    let (begin, begun) = channel();
    let (go_on, may_go_on) = channel::<()>();
    plain.task(move |_cx| {
        let _ = begin.send(());
        // Until the engine is ending.
        let _ = may_go_on.recv();
        let agent = Agent::of_this_thread();
        while !agent.task_queue().is_closing() {
            std::thread::yield_now();
        }
        let info = AgentInfo { id: AgentId::next(), ..agent.info().clone() };
        agent.start_child(NewAgent {
            on_end: Some(Box::new(move |_crash| {
                let _ = sender.send(());
            })),
            ..NewAgent::new(info, agent.hosts().clone(), Box::new(|_, _| panic!("it never starts")))
        });
    });
    begun.recv().expect("the task runs");
    go_on.send(()).expect("it waits");
    drop(plain);
    ends.recv().expect("it has ended before it began");
}
