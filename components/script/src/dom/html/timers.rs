//! `setTimeout` and `setInterval`: <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timers>.

use std::collections::HashMap;
use std::time::Duration;

use mozjs::rooted;

use crate::bindings::callbacks::Function;
use crate::bindings::unions::DOMStringOrFunction;
use crate::dom::csp::report_violations;
use crate::runtime::agent::Agent;
use crate::runtime::classic_script::{ClassicScript, run_classic_script_and_report};
use crate::runtime::timers::{TimerKey, TimerSteps};
use crate::webidl::*;

/// Timers that are nested deeper than this wait for at least [`MINIMUM`].
const MAXIMUM_NESTING: u32 = 5;
const MINIMUM: i32 = 4;

/// <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#map-of-settimeout-and-setinterval-ids>
#[derive(Default)]
pub(crate) struct ActiveTimers {
    by_id: DomRefCell<HashMap<i32, TimerKey>>,
    last_id: Cell<i32>,
    /// <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-nesting-level> of the running task.
    nesting: Cell<u32>,
}

/// What a timer runs.
#[derive(Clone, JSTraceable)]
enum Handler {
    Function { callback: Function, arguments: Vec<HeapValue> },
    Code(DOMString),
}

/// The task of <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-initialisation-steps>.
#[derive(Clone, JSTraceable)]
struct Timer {
    global: Dom<GlobalScope>,
    id: i32,
    handler: Handler,
    timeout: i32,
    repeat: bool,
    nesting: u32,
}

impl ActiveTimers {
    fn next_id(&self) -> i32 {
        // 2. A number greater than zero that no timer has.
        loop {
            let id = self.last_id.get().checked_add(1).unwrap_or(1);
            self.last_id.set(id);
            if !self.by_id.borrow().contains_key(&id) {
                return id;
            }
        }
    }
}

/// <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-initialisation-steps>
pub(crate) fn set_timer(
    global: &GlobalScope,
    handler: DOMStringOrFunction,
    timeout: i32,
    arguments: Vec<RootedValue>,
    repeat: bool,
) -> i32 {
    let handler = match handler {
        DOMStringOrFunction::Function(callback) => Handler::Function {
            callback: callback.as_unrooted().clone(),
            arguments: arguments.iter().map(|argument| HeapValue::new(argument.handle())).collect(),
        },
        DOMStringOrFunction::DOMString(code) => Handler::Code(code),
    };
    let id = global.active_timers().next_id();
    // 3. How deep in timers are we?
    let nesting = global.active_timers().nesting.get();
    start(global, Timer { global: Dom::from_ref(global), id, handler, timeout, repeat, nesting });
    id
}

/// Steps 4 to 14.
fn start(global: &GlobalScope, mut timer: Timer) {
    // 4. Not into the past.
    let mut timeout = timer.timeout.max(0);
    // 5. Not too often.
    if timer.nesting > MAXIMUM_NESTING {
        timeout = timeout.max(MINIMUM);
    }
    // 10 and 11. What it sets is nested one deeper.
    timer.nesting += 1;
    let id = timer.id;
    // 12 and 13. Run steps after a timeout.
    let after = Duration::from_millis(u64::try_from(timeout).unwrap_or(0));
    let Some(key) = global.set_timer(after, Box::new(timer)) else { return };
    // 14. Remember it.
    global.active_timers().by_id.borrow_mut().insert(id, key);
}

/// <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-cleartimeout>
pub(crate) fn clear_timer(global: &GlobalScope, id: i32) {
    let key = global.active_timers().by_id.borrow_mut().remove(&id);
    if let Some(key) = key {
        // Bound first: what is dropped must not be dropped while the queue is borrowed.
        let steps = Agent::of_this_thread().timers.borrow_mut().clear(key);
        drop(steps);
    }
}

impl TimerSteps for Timer {
    /// Step 9.
    fn run(&self, cx: &mut JSContext) {
        let global = self.global.as_rooted();
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        let timers = global.active_timers();
        let key = timers.by_id.borrow().get(&self.id).copied();
        // 9.2 and 9.3. (A timer that was cleared is not run.)
        // 10 and 11. The nesting level of this task.
        timers.nesting.set(self.nesting);
        match &self.handler {
            // 9.5. A function.
            Handler::Function { callback, arguments } => {
                rooted!(&in(cx) let this = object_value(global.reflector().script_object()));
                let callback = Rooted::from_unrooted(callback.clone());
                let arguments: Vec<_> = arguments.iter().map(HeapValue::root).collect();
                let _: Option<RootedValue> = callback.call_and_report(cx, this.handle(), &arguments);
            }
            // 9.6. A string is a script.
            Handler::Code(code) => self.run_code(cx, &global, code),
        }
        timers.nesting.set(0);
        // 9.7 and 9.8. It was cleared, or set anew, meanwhile.
        if timers.by_id.borrow().get(&self.id).copied() != key {
            return;
        }
        if self.repeat {
            // 9.9. Once more.
            start(&global, self.clone());
        } else {
            // 9.10. It is done.
            timers.by_id.borrow_mut().remove(&self.id);
        }
    }
}

impl Timer {
    fn run_code(&self, cx: &mut JSContext, global: &GlobalScope, code: &DOMString) {
        // 9.6.2. The policy may forbid that.
        let (blocked, violations) = global.policy_container().csp_list.should_eval_be_blocked(code);
        report_violations(global, None, violations);
        if blocked {
            let text = "a timer's code was blocked by Content Security Policy".to_owned();
            super::console_message(global, crate::embedder::ConsoleLevel::Error, text);
            return;
        }
        // 9.6.8 and 9.6.9. Run it.
        let url = global.api_base_url();
        let script = ClassicScript { introduction: c"domTimer", ..ClassicScript::new(code, url.as_str()) };
        run_classic_script_and_report(cx, global, &script);
    }
}
