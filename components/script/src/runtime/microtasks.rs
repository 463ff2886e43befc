//! Microtasks: <https://html.spec.whatwg.org/multipage/webappapis.html#microtask-queue>.
//!
//! SpiderMonkey holds the queue. Its own jobs (promise reactions) lie in it as objects, ours as private
//! values that point to a boxed [`Microtask`].

#![expect(unsafe_code, reason = "handles SpiderMonkey's job queue")]

use std::ptr::NonNull;

use mozjs::context::{JSContext, RawJSContext};
use mozjs::glue::{CreateJobQueue, DeleteJobQueue, JobQueueTraps, RustJobQueue};
use mozjs::jsapi::{
    GetExecutionGlobalFromJSMicroTask, IsJSMicroTask, JSMicroTask, JSObject, JSTracer,
    MutableHandleObject as RawMutableHandleObject, ToMaybeWrappedJSMicroTask,
};
use mozjs::jsval::{JSVal, PrivateValue, UndefinedValue};
use mozjs::panic::{maybe_resume_unwind, wrap_panic};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    ClearKeptObjects, CurrentGlobalOrNull, EnqueueMicroTask, GetScriptedCallerGlobal, HasAnyMicroTasks,
    JS_DequeueNextMicroTask, JobQueueIsEmpty, JobQueueMayNotBeEmpty, RunJSMicroTask, SetJobQueue,
};
use mozjs::rust::{RootedTraceableBox, Trace};

use super::agent::Agent;
use super::{exception, rejections};
use crate::webidl::global_of_object;

/// A microtask of ours. It is traced while it waits and while it runs.
pub(crate) trait Microtask: Trace {
    /// The steps; outside any realm.
    fn run(&self, cx: &mut JSContext);
}

static TRAPS: JobQueueTraps = JobQueueTraps {
    getHostDefinedData: Some(get_host_defined_data),
    getHostDefinedGlobal: Some(get_host_defined_global),
    runJobs: Some(run_jobs),
    traceNonGCThingMicroTask: Some(trace_microtask),
};

/// The job queue object that SpiderMonkey calls for what only the host knows. It has to outlive the context.
pub(super) struct JobQueue(*mut RustJobQueue);

impl JobQueue {
    pub(super) fn install(cx: &JSContext) -> Self {
        // SAFETY: the traps are static; the queue is deleted by our drop, after the context is gone.
        let queue = unsafe { CreateJobQueue(&TRAPS) };
        // SAFETY: `queue` is a job queue (its first base class is `JS::JobQueue`).
        unsafe { SetJobQueue(cx, queue.cast()) };
        Self(queue)
    }
}

impl Drop for JobQueue {
    fn drop(&mut self) {
        // SAFETY: made by `CreateJobQueue`, deleted once.
        unsafe { DeleteJobQueue(self.0) };
    }
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-microtask>
pub(crate) fn queue_microtask(cx: &JSContext, task: Box<dyn Microtask>) {
    let pointer = Box::into_raw(Box::new(task));
    // SAFETY: the pointer comes back through `from_private` exactly once: when the task is dequeued.
    let queued = unsafe {
        JobQueueMayNotBeEmpty(cx);
        EnqueueMicroTask(cx, &PrivateValue(pointer.cast()))
    };
    assert!(queued, "out of memory while queueing a microtask");
}

/// Takes back what [`queue_microtask`] gave away.
///
/// # Safety
/// `value` is a private value from [`queue_microtask`] that has left the queue.
unsafe fn from_private(value: JSVal) -> Box<Box<dyn Microtask>> {
    // SAFETY: the caller's promise.
    unsafe { Box::from_raw(value.to_private().cast_mut().cast::<Box<dyn Microtask>>()) }
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#perform-a-microtask-checkpoint>
pub(crate) fn perform_checkpoint(cx: &mut JSContext) {
    let Some(agent) = Agent::current() else { return };
    // 1. Not within another one.
    if agent.performing_checkpoint.get() {
        return;
    }
    agent.checkpoints.set(agent.checkpoints.get() + 1);
    // SAFETY: asks for a flag.
    let anything = unsafe { HasAnyMicroTasks(cx) };
    if anything {
        // 2. From here on we are within one. (7.: Until here, also if something panics.)
        let _performing = Performing::new(&agent);
        // 3. Run them all.
        run_all(cx, &agent);
    }
    // 4. Tell each global of promises that were rejected and that nobody handled.
    rejections::notify_about_rejected_promises(cx, &agent);
    // 5. Indexed Database: not here.
    if anything {
        // 6. What `WeakRef.prototype.deref` kept alive may go.
        // SAFETY: no precondition.
        unsafe { ClearKeptObjects(cx) };
    }
}

struct Performing<'a>(&'a Agent);

impl<'a> Performing<'a> {
    fn new(agent: &'a Agent) -> Self {
        agent.performing_checkpoint.set(true);
        Self(agent)
    }
}

impl Drop for Performing<'_> {
    fn drop(&mut self) {
        self.0.performing_checkpoint.set(false);
    }
}

fn run_all(cx: &mut JSContext, agent: &Agent) {
    rooted!(&in(cx) let mut task = UndefinedValue());
    rooted!(&in(cx) let mut job: *mut JSMicroTask = std::ptr::null_mut());
    rooted!(&in(cx) let mut global: *mut JSObject = std::ptr::null_mut());
    loop {
        // A script that was ended must not go on through its microtasks.
        if agent.must_stop() {
            clear(cx);
            return;
        }
        // SAFETY: asks for a flag.
        if unsafe { !HasAnyMicroTasks(cx) } {
            return;
        }
        // SAFETY: the target is rooted. `JobQueueIsEmpty` lets the engine take short cuts for `await`.
        unsafe {
            JS_DequeueNextMicroTask(cx, task.handle_mut());
            if !HasAnyMicroTasks(cx) {
                JobQueueIsEmpty(cx);
            }
        }
        // SAFETY: reads the value.
        if unsafe { !IsJSMicroTask(task.as_ptr()) } {
            // SAFETY: it has just left the queue.
            let ours = RootedTraceableBox::from_box(unsafe { from_private(task.get()) });
            ours.run(cx);
            continue;
        }
        // SAFETY: it is a job of the engine's. A null global means that its realm is gone.
        unsafe {
            job.set(ToMaybeWrappedJSMicroTask(task.as_ptr()));
            global.set(GetExecutionGlobalFromJSMicroTask(job.get()));
        }
        // Nor do those run whose document is gone:
        // <https://html.spec.whatwg.org/multipage/webappapis.html#check-if-we-can-run-script>.
        if global.get().is_null() || global_of_object(global.get()).is_discarded() {
            continue;
        }
        let mut realm = AutoRealm::new_from_handle(cx, global.handle());
        // SAFETY: the job is rooted, and we are in its realm.
        let finished = unsafe { RunJSMicroTask(&mut realm, job.handle()) };
        maybe_resume_unwind();
        if !finished {
            exception::report_pending(&mut realm);
        }
    }
}

/// Forgets all microtasks.
pub(super) fn clear(cx: &JSContext) {
    rooted!(&in(cx) let mut task = UndefinedValue());
    // SAFETY: as in `run_all`; the tasks are dropped without having run.
    unsafe {
        while HasAnyMicroTasks(cx) {
            JS_DequeueNextMicroTask(cx, task.handle_mut());
            if !IsJSMicroTask(task.as_ptr()) {
                drop(from_private(task.get()));
            }
        }
        JobQueueIsEmpty(cx);
    }
}

/// The incumbent global of a job.
unsafe extern "C" fn get_host_defined_data(
    cx: *mut RawJSContext,
    incumbent_global: RawMutableHandleObject,
    data: RawMutableHandleObject,
) -> bool {
    data.set(std::ptr::null_mut());
    // SAFETY: passes on what the engine gave.
    unsafe { get_host_defined_global(cx, incumbent_global) }
}

unsafe extern "C" fn get_host_defined_global(cx: *mut RawJSContext, out: RawMutableHandleObject) -> bool {
    let mut global = std::ptr::null_mut();
    wrap_panic(&mut || {
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let cx = unsafe { JSContext::from_ptr(cx) };
        global = incumbent_global(&cx);
    });
    out.set(global);
    true
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-incumbent-everything>: the global of the script that
/// runs, else the current one.
///
/// FIXME(spec): the incumbent settings of callbacks, which count where no script runs.
pub(crate) fn incumbent_global(cx: &JSContext) -> *mut JSObject {
    // SAFETY: both only look.
    unsafe {
        let global = GetScriptedCallerGlobal(cx);
        if global.is_null() { CurrentGlobalOrNull(cx) } else { global }
    }
}

/// The engine wants its jobs done (only its debugger asks).
unsafe extern "C" fn run_jobs(cx: *mut RawJSContext) {
    wrap_panic(&mut || {
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let mut cx = unsafe { JSContext::from_ptr(cx) };
        perform_checkpoint(&mut cx);
    });
}

unsafe extern "C" fn trace_microtask(trc: *mut JSTracer, value: *mut JSVal) {
    wrap_panic(&mut || {
        // SAFETY: the engine asks for values that are no jobs of its own, so they are ours, and still queued.
        unsafe {
            let task = (*value).to_private().cast::<Box<dyn Microtask>>();
            (**task).trace(trc);
        }
    });
}
