//! Finalization registries: <https://html.spec.whatwg.org/multipage/webappapis.html#hostenqueuefinalizationregistrycleanupjob>.

#![expect(unsafe_code, reason = "hooks into SpiderMonkey")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::c_void;
use std::ptr;

use mozjs::context::JSContext;
use mozjs::jsapi::{HandleValueArray, Heap, JS_GetFunctionObject, JSFunction, JSObject, JSTracer};
use mozjs::jsval::{ObjectValue, UndefinedValue};
use mozjs::panic::wrap_panic;
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{Call, SetHostCleanupFinalizationRegistryCallback};
use mozjs::rust::{HandleValue, Trace};

use super::agent::Agent;
use super::exception;
use super::task_source::TaskSource;
use crate::webidl::run_script;

/// The functions that tasks will call, in order: JavaScript things can't be moved into a task.
#[derive(Default)]
pub(super) struct FinalizationJobs {
    functions: RefCell<VecDeque<Box<Heap<*mut JSObject>>>>,
}

// SAFETY: the one field is traced.
unsafe impl Trace for FinalizationJobs {
    unsafe fn trace(&self, trc: *mut JSTracer) {
        // SAFETY: `trc` is the engine's.
        unsafe { self.functions.borrow().trace(trc) };
    }
}

impl FinalizationJobs {
    pub(super) fn clear(&self) {
        drop(self.functions.take());
    }
}

/// Has SpiderMonkey tell us when a registry has something to do.
pub(super) fn install(cx: &JSContext) {
    // SAFETY: the callback has the right signature and lives for ever; it needs no data.
    unsafe { SetHostCleanupFinalizationRegistryCallback(cx, Some(enqueue), ptr::null_mut()) };
}

/// Called at the end of a collection; must not allocate there.
unsafe extern "C" fn enqueue(
    do_cleanup: *mut JSFunction,
    _incumbent_global: *mut JSObject,
    _data: *mut c_void,
) {
    wrap_panic(&mut || {
        let Some(agent) = Agent::current() else { return };
        // SAFETY: a live function.
        let function = unsafe { JS_GetFunctionObject(do_cleanup) };
        agent.finalization.functions.borrow_mut().push_back(Heap::boxed(function));
        // 2. Queue a global task.
        agent.task_queue().post(TaskSource::DomManipulation, Box::new(run_next));
    });
}

/// Steps 2.1 to 2.7.
fn run_next(cx: &mut JSContext) {
    let Some(agent) = Agent::current() else { return };
    let Some(function) = agent.finalization.functions.borrow_mut().pop_front() else { return };
    rooted!(&in(cx) let callee = function.get());
    drop(function);
    run_script(cx, |cx| {
        let mut realm = AutoRealm::new_from_handle(cx, callee.handle());
        let cx: &mut JSContext = &mut realm;
        rooted!(&in(cx) let callee = ObjectValue(callee.get()));
        rooted!(&in(cx) let mut result = UndefinedValue());
        // SAFETY: everything is rooted.
        let finished = unsafe {
            Call(
                cx,
                HandleValue::undefined(),
                callee.handle(),
                &HandleValueArray::empty(),
                result.handle_mut(),
            )
        };
        if !finished {
            exception::report_pending(cx);
        }
    });
}
