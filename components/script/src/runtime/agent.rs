//! Agents: <https://html.spec.whatwg.org/multipage/webappapis.html#agents-and-agent-clusters>.
//!
//! An agent is one thread, one runtime, one event loop and the state that the rest of this folder keeps in
//! [`Agent`], which lives on that thread alone.

#![expect(unsafe_code, reason = "installs hooks in SpiderMonkey")]

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use fetch::blob_urls::BlobUrlStore;
use mozjs::context::JSContext;
use mozjs::jsapi::{Heap, JSObject, JSTracer};
use mozjs::panic::wrap_panic;
use mozjs::rust::wrappers2::{JS_AddExtraGCRootsTracer, JS_RemoveExtraGCRootsTracer};
use mozjs::rust::{ParentRuntime, Runtime, Trace};

use super::agent_end::HasEnded;
use super::engine_state::EngineState;
use super::engine_thread::{AgentStarter, NewAgent};
use super::finalization::FinalizationJobs;
use super::microtasks::{self, JobQueue};
use super::pending::PendingOperation;
use super::rejections::Rejections;
use super::task_queue::{Task, TaskQueue};
use super::task_source::TaskSource;
use super::timers::TimerQueue;
use super::watchdog::Watched;
use super::{
    engine_tasks, event_loop, finalization, interrupt, module_script, rejections, string_compilation,
    weak_references,
};
use crate::dom::nodes::mutation_observer::PendingObservers;
use crate::dom::webdriver::FrameReferences;
use crate::embedder::{AgentEvent, AgentInfo, ErrorKind, ErrorReport, Hosts};
use crate::services::Services;
use crate::webidl::{forget_property_keys, forget_trusted_objects, global_of_object, window_proxy};

thread_local! {
    static CURRENT: RefCell<Option<Rc<Agent>>> = const { RefCell::new(None) };
}

/// The state of an agent that only its own thread touches.
pub(crate) struct Agent {
    info: AgentInfo,
    hosts: Arc<Hosts>,
    starter: AgentStarter,
    task_queue: Arc<TaskQueue>,
    /// Held by those who may give the agent something to do.
    wakers: Arc<()>,
    /// The agents that end before this one does.
    children: RefCell<Vec<AgentControl>>,
    /// What else is let go at the end, before the runtime is.
    at_end: RefCell<Vec<Box<dyn Any>>>,
    pub(super) watched: Arc<Watched>,
    pub(crate) timers: RefCell<TimerQueue>,
    pub(super) rejections: Rejections,
    mutation_observers: PendingObservers,
    frame_references: FrameReferences,
    pub(super) finalization: FinalizationJobs,
    pub(super) performing_checkpoint: Cell<bool>,
    /// Counts the microtask checkpoints: while it doesn't change, the same script is running.
    pub(crate) checkpoints: Cell<u64>,
    /// What waits for the agent's global object; None once that is there, or will never be.
    waiting_for_global: RefCell<Option<Vec<Task>>>,
    /// The global object that the embedder reaches: of a page, the one of its top-level document. Boxed in effect: an
    /// [`Agent`] never moves out of its [`Rc`].
    global: Heap<*mut JSObject>,
    /// The globals that tasks run for. All realms are in one compartment.
    globals: RefCell<BTreeMap<GlobalId, Box<Heap<*mut JSObject>>>>,
}

/// What tasks know a global by, which other threads queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GlobalId(u64);

impl GlobalId {
    /// One that no global has had.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What a new agent starts with: it runs as its first task, outside any realm.
pub(crate) type Setup = Box<dyn FnOnce(&mut JSContext, &Rc<Agent>) + Send>;

/// What an agent's thread is started with.
pub(super) struct AgentConfig {
    pub(super) info: AgentInfo,
    pub(super) hosts: Arc<Hosts>,
    pub(super) starter: AgentStarter,
    pub(super) control: AgentControl,
    pub(super) setup: Setup,
}

/// The part of an agent that other threads reach: its tasks, and its end.
#[derive(Clone)]
pub(crate) struct AgentControl {
    task_queue: Arc<TaskQueue>,
    watched: Arc<Watched>,
    has_ended: Arc<HasEnded>,
}

impl AgentControl {
    pub(super) fn new(watched: Arc<Watched>) -> Self {
        Self { task_queue: Arc::default(), watched, has_ended: Arc::default() }
    }

    /// The agent's tasks.
    pub(crate) fn task_queue(&self) -> &Arc<TaskQueue> {
        &self.task_queue
    }

    pub(super) fn watched(&self) -> &Watched {
        &self.watched
    }

    /// Ends the agent: running script stops where it is, queued tasks don't run.
    pub(crate) fn close(&self) {
        self.task_queue.terminate();
        self.watched.interrupt();
    }

    /// Whether the agent is gone, and how others wait for that.
    pub(crate) fn has_ended(&self) -> &Arc<HasEnded> {
        &self.has_ended
    }
}

impl Agent {
    /// The agent of this thread, if it is an agent's.
    pub(crate) fn current() -> Option<Rc<Agent>> {
        // `try_with`: finalisers run while the thread's locals go away.
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// The agent of this thread.
    ///
    /// # Panics
    /// On a thread that is no agent's.
    #[track_caller]
    pub(crate) fn of_this_thread() -> Rc<Agent> {
        match Self::current() {
            Some(agent) => agent,
            None => panic!("this is not an agent's thread"),
        }
    }

    /// What the embedder knows this agent by.
    pub(crate) fn info(&self) -> &AgentInfo {
        &self.info
    }

    /// What the embedder gave us.
    pub(crate) fn hosts(&self) -> &Arc<Hosts> {
        &self.hosts
    }

    /// Service workers and background fetches, if this engine has them.
    pub(crate) fn services(&self) -> Option<&Services> {
        self.starter.engine().services.get()
    }

    /// What all agents of this engine share.
    pub(crate) fn engine(&self) -> &Arc<EngineState> {
        self.starter.engine()
    }

    /// Starts an agent that ends before this one does, and for which this one is not idle while it is not.
    pub(crate) fn start_child(&self, new: NewAgent) -> AgentControl {
        let control = self.starter.start_agent(NewAgent { owner: Some(self.task_queue.clone()), ..new });
        let mut children = self.children.borrow_mut();
        children.retain(|child| !child.has_ended().is_true());
        children.push(control.clone());
        control
    }

    /// Starts an agent that may outlive this one; likewise.
    pub(crate) fn start_shared(&self, new: NewAgent) -> AgentControl {
        self.starter.start_agent(NewAgent { owner: Some(self.task_queue.clone()), ..new })
    }

    /// Counts, while it lives, as somebody who may give this agent something to do.
    pub(crate) fn waker(&self) -> Arc<()> {
        self.wakers.clone()
    }

    /// Whether anybody may, but for who started the agent.
    pub(crate) fn can_be_woken(&self) -> bool {
        Arc::strong_count(&self.wakers) > 1
    }

    /// <https://dom.spec.whatwg.org/#mutation-observer-list>: those with something to say.
    pub(crate) fn mutation_observers(&self) -> &PendingObservers {
        &self.mutation_observers
    }

    /// The frames that a driver has names for.
    pub(crate) fn frame_references(&self) -> &FrameReferences {
        &self.frame_references
    }

    /// Drops `thing` when this agent ends.
    pub(crate) fn drop_at_end(&self, thing: Box<dyn Any>) {
        self.at_end.borrow_mut().push(thing);
    }

    /// The blob URL store, which all agents of the engine share.
    pub(crate) fn blob_urls(&self) -> &Arc<BlobUrlStore> {
        &self.engine().blob_urls
    }

    /// The part that other threads reach.
    pub(crate) fn task_queue(&self) -> &Arc<TaskQueue> {
        &self.task_queue
    }

    /// Keeps the agent from being idle.
    pub(crate) fn pending_operation(&self) -> PendingOperation {
        PendingOperation::new(self.task_queue.clone())
    }

    /// Tells the embedder.
    pub(crate) fn tell(&self, event: AgentEvent) {
        self.hosts.observer.agent_event(&self.info, event);
    }

    /// Names the global object that the embedder reaches from now on. It is kept alive, and tasks run for it.
    pub(crate) fn set_global_object(&self, global: *mut JSObject) {
        self.add_global(global);
        self.global.set(global);
        self.global_is_known();
    }

    /// Another global: it is kept alive, and tasks run for it, until it is [removed](Agent::remove_global).
    pub(crate) fn add_global(&self, global: *mut JSObject) {
        let id = global_of_object(global).id();
        self.globals.borrow_mut().insert(id, Heap::boxed(global));
    }

    /// Tasks for this global are dropped from now on.
    pub(crate) fn remove_global(&self, id: GlobalId) {
        // Bound first: nothing is dropped while the map is borrowed.
        let global = self.globals.borrow_mut().remove(&id);
        drop(global);
    }

    /// The object of a global; null once it was removed.
    pub(crate) fn global_with_id(&self, id: GlobalId) -> *mut JSObject {
        self.globals.borrow().get(&id).map_or(std::ptr::null_mut(), |global| global.get())
    }

    /// There is a global, or it is certain that there will be none.
    pub(crate) fn global_is_known(&self) {
        for steps in self.waiting_for_global.take().into_iter().flatten() {
            self.task_queue.post(TaskSource::UserInteraction, steps);
        }
    }

    /// Runs steps now, or as a task once the global [is known](Agent::global_is_known).
    pub(crate) fn when_global_is_known(&self, cx: &mut JSContext, steps: Task) {
        if let Some(waiting) = &mut *self.waiting_for_global.borrow_mut() {
            waiting.push(steps);
            return;
        }
        steps(cx);
    }

    /// The global object that the embedder reaches; null before there is one.
    pub(crate) fn global_object(&self) -> *mut JSObject {
        self.global.get()
    }

    /// Whether running script is to end now.
    pub(crate) fn must_stop(&self) -> bool {
        self.task_queue.is_terminated() || self.watched.time_is_up()
    }

    /// Blocks the thread until `ready` gives something; `None` if the agent is terminated before.
    /// The time does not count against the script's limit.
    pub(crate) fn block_until<T>(&self, ready: impl FnMut() -> Option<T>) -> Option<T> {
        self.block_until_deadline(None, ready)
    }

    /// The same, but no longer than until a deadline: then it is `None`, too.
    pub(crate) fn block_until_deadline<T>(
        &self,
        deadline: Option<Instant>,
        ready: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        if self.watched.stop() {
            self.tell_time_is_up();
        }
        let result = self.task_queue.block_until(deadline, ready);
        self.watched.start();
        result
    }

    /// Ends the agents that have to end before this one, and waits for them.
    fn end_children(&self) {
        let children = self.children.take();
        children.iter().for_each(AgentControl::close);
        children.iter().for_each(|child| child.has_ended().wait());
    }

    pub(super) fn tell_time_is_up(&self) {
        let limit = self.watched.limit().unwrap_or_default();
        self.tell(AgentEvent::Error(ErrorReport {
            kind: ErrorKind::TimeLimit,
            message: format!("a script ran for longer than {} s and was ended", limit.as_secs_f64()),
            filename: self.info.url.to_string(),
            line: 0,
            column: 0,
            stack: None,
        }));
    }
}

/// The thread of an agent, from its first to its last moment.
///
/// # Safety
/// `parent` outlives this call.
pub(super) unsafe fn run(parent: ParentRuntime, config: AgentConfig) {
    // SAFETY: the caller's promise.
    let runtime = unsafe { Runtime::create_with_parent(parent) };
    let AgentControl { task_queue, watched, has_ended: _ } = config.control;
    watched.set_context(runtime.thread_safe_js_context());
    if task_queue.is_terminated() {
        // Whoever closed it may have found no context to interrupt.
        watched.interrupt();
    }
    let agent = Rc::new(Agent {
        info: config.info,
        hosts: config.hosts,
        starter: config.starter,
        task_queue,
        wakers: Arc::default(),
        children: RefCell::default(),
        at_end: RefCell::default(),
        watched,
        timers: RefCell::default(),
        rejections: Rejections::default(),
        mutation_observers: PendingObservers::default(),
        frame_references: FrameReferences::default(),
        finalization: FinalizationJobs::default(),
        performing_checkpoint: Cell::new(false),
        checkpoints: Cell::new(0),
        waiting_for_global: RefCell::new(Some(Vec::new())),
        global: Heap::default(),
        globals: RefCell::default(),
    });
    let mut running = RunningAgent::install(runtime, agent.clone());
    let cx = running.runtime.cx();
    event_loop::perform(cx, &agent, |cx| (config.setup)(cx, &agent));
    event_loop::run(cx, &agent);
}

/// A runtime with everything of ours installed in it; its drop takes that out again, in order.
struct RunningAgent {
    agent: Rc<Agent>,
    // Dropped in this order: the last collection finalises every DOM object; only then may the job queue go, and
    // the thread forget its agent.
    runtime: Runtime,
    _job_queue: JobQueue,
    _current: CurrentAgent,
}

struct CurrentAgent;

impl Drop for CurrentAgent {
    fn drop(&mut self) {
        CURRENT.set(None);
    }
}

impl RunningAgent {
    fn install(mut runtime: Runtime, agent: Rc<Agent>) -> Self {
        CURRENT.set(Some(agent.clone()));
        let cx = runtime.cx();
        // SAFETY: the agent lives in an `Rc` that we hold until the tracer is removed.
        unsafe {
            JS_AddExtraGCRootsTracer(cx, Some(trace_agent), Rc::as_ptr(&agent).cast_mut().cast::<c_void>());
        }
        let job_queue = JobQueue::install(cx);
        rejections::install(cx);
        interrupt::install(cx);
        finalization::install(cx);
        weak_references::install(cx);
        string_compilation::install(cx);
        module_script::install(cx);
        engine_tasks::install(cx, &agent.task_queue);
        window_proxy::install(cx);
        Self { agent, runtime, _job_queue: job_queue, _current: CurrentAgent }
    }
}

impl Drop for RunningAgent {
    /// Lets everything go that could hold JavaScript things, while the context still lives.
    fn drop(&mut self) {
        let agent = &self.agent;
        agent.end_children();
        drop(agent.at_end.take());
        let cx = self.runtime.cx();
        drop(agent.timers.borrow_mut().take_all());
        agent.rejections.clear();
        agent.mutation_observers.clear();
        agent.finalization.clear();
        drop(agent.waiting_for_global.take());
        microtasks::clear(cx);
        agent.global.set(std::ptr::null_mut());
        drop(agent.globals.take());
        forget_trusted_objects();
        forget_property_keys();
        // SAFETY: the same pair as in `install`.
        unsafe {
            JS_RemoveExtraGCRootsTracer(cx, Some(trace_agent), Rc::as_ptr(agent).cast_mut().cast::<c_void>());
        }
    }
}

unsafe extern "C" fn trace_agent(trc: *mut JSTracer, data: *mut c_void) {
    wrap_panic(&mut || {
        // SAFETY: `data` is the agent (see `Ending::install`), and nothing borrows its parts mutably while
        // script runs or memory is allocated.
        unsafe {
            let agent = &*data.cast::<Agent>();
            agent.global.trace(trc);
            for global in agent.globals.borrow().values() {
                global.trace(trc);
            }
            agent.timers.borrow().trace(trc);
            agent.rejections.trace(trc);
            agent.mutation_observers.trace(trc);
            agent.finalization.trace(trc);
        }
    });
}
