//! Work that SpiderMonkey does on threads of its own, and hands back to the agent's: WebAssembly compilation.

#![expect(unsafe_code, reason = "hooks into SpiderMonkey")]

use std::ffi::c_void;
use std::sync::Arc;

use mozjs::context::JSContext;
use mozjs::glue::DispatchablePointer;
use mozjs::jsapi::{Dispatchable, Dispatchable_MaybeShuttingDown};
use mozjs::panic::wrap_panic;
use mozjs::rust::wrappers2::{DispatchableRun, SetUpEventLoopDispatch};

use super::agent::Agent;
use super::task_queue::TaskQueue;
use super::task_source::TaskSource;

/// Has such work come back as tasks. While some of it goes on, the agent is not idle.
pub(super) fn install(cx: &mut JSContext, queue: &Arc<TaskQueue>) {
    let queue = Arc::into_raw(queue.clone()).cast_mut().cast::<c_void>();
    // SAFETY: the queue is never freed: another thread of the engine's may use it as long as the runtime lives, and
    // who keeps the last reference then is not known here. It is small, and empty once the agent has ended.
    unsafe { SetUpEventLoopDispatch(cx, Some(dispatch), Some(started), Some(finished), queue) };
}

/// NB: on the agent's thread. The closure that these two get is not ours, but the glue's own record of it.
unsafe extern "C" fn started(_glue: *mut c_void, _work: *mut Dispatchable) {
    wrap_panic(&mut || {
        if let Some(agent) = Agent::current() {
            agent.task_queue().add_pending();
        }
    });
}

unsafe extern "C" fn finished(_glue: *mut c_void, _work: *mut Dispatchable) {
    wrap_panic(&mut || {
        if let Some(agent) = Agent::current() {
            agent.task_queue().remove_pending();
        }
    });
}

/// Called on any thread.
unsafe extern "C" fn dispatch(closure: *mut c_void, work: *mut DispatchablePointer) -> bool {
    let mut sent = false;
    wrap_panic(&mut || {
        let work = Work(work);
        // SAFETY: the queue that `install` gave; it is never freed.
        let queue = unsafe { &*closure.cast::<TaskQueue>() };
        sent = queue.post(TaskSource::Engine, Box::new(move |cx| work.run(cx)));
    });
    sent
}

struct Work(*mut DispatchablePointer);

// SAFETY: the engine made it to be sent to the agent's thread.
unsafe impl Send for Work {}

impl Work {
    fn run(self, cx: &mut JSContext) {
        let ending = Agent::current().is_none_or(|agent| agent.task_queue().is_closing());
        let ending = if ending {
            Dispatchable_MaybeShuttingDown::ShuttingDown
        } else {
            Dispatchable_MaybeShuttingDown::NotShuttingDown
        };
        // SAFETY: run once, on the thread that it belongs to.
        unsafe { DispatchableRun(cx, self.0, ending) };
    }
}
