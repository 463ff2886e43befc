//! <https://w3c.github.io/hr-time/#sec-performance>

use crate::bindings::interfaces::PerformanceMethods;
use crate::webidl::*;

/// <https://w3c.github.io/hr-time/#dom-performance>
#[dom_struct]
pub struct Performance {
    event_target: EventTarget,
}

impl Performance {
    /// That of `global`.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<Performance> {
        let performance = Performance { event_target: EventTarget::new_inherited() };
        reflect_dom_object(cx, Box::new(performance), global)
    }
}

impl PerformanceMethods for Performance {
    /// <https://w3c.github.io/hr-time/#dom-performance-now>
    fn Now(&self, _cx: &mut JSContext) -> Fallible<f64> {
        Ok(self.global().time_origin().elapsed_milliseconds())
    }

    /// <https://w3c.github.io/hr-time/#dom-performance-timeorigin>
    fn TimeOrigin(&self) -> f64 {
        self.global().time_origin().since_epoch_milliseconds()
    }
}
