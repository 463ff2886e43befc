//! Entering and leaving script.
//!
//! <https://html.spec.whatwg.org/multipage/webappapis.html#calling-scripts>

use std::rc::Rc;

use mozjs::context::JSContext;

use super::agent::Agent;
use super::microtasks;

/// Runs steps that call script: between
/// [prepare to run script](https://html.spec.whatwg.org/multipage/webappapis.html#prepare-to-run-script) and
/// [clean up after running script](https://html.spec.whatwg.org/multipage/webappapis.html#clean-up-after-running-script).
///
/// Everything that runs script from outside of script goes through here: evaluating a script, calling a
/// callback. `steps` enters the realm itself.
pub(crate) fn run_script<R>(cx: &mut JSContext, steps: impl FnOnce(&mut JSContext) -> R) -> R {
    let Some(agent) = Agent::current() else {
        // No agent: a bare runtime in a test. It has no microtask queue of ours either.
        return steps(cx);
    };
    // Prepare to run script.
    let entry = Entry::new(agent);
    let result = steps(cx);
    // Clean up after running script, 3: a microtask checkpoint once no script is running any more.
    if entry.leave() == 0 {
        microtasks::perform_checkpoint(cx);
    }
    result
}

/// Counts how deep we are in script; also when a panic unwinds.
struct Entry(Rc<Agent>);

impl Entry {
    fn new(agent: Rc<Agent>) -> Self {
        agent.script_depth.set(agent.script_depth.get() + 1);
        Self(agent)
    }

    fn leave(self) -> u32 {
        let agent = self.0.clone();
        drop(self);
        agent.script_depth.get()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.script_depth.set(self.0.script_depth.get() - 1);
    }
}
