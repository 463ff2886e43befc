//! What all global objects have: <https://html.spec.whatwg.org/#global-object>.

use crate::webidl::*;

/// The struct that every global object's begins with.
#[dom_struct]
pub struct GlobalScope {
    event_target: EventTarget,
}

impl GlobalScope {
    /// Only fields.
    pub(crate) fn new_inherited() -> GlobalScope {
        GlobalScope { event_target: EventTarget::new_inherited() }
    }

    /// <https://html.spec.whatwg.org/#current-global-object>
    pub fn from_current_realm(cx: &JSContext) -> DomRoot<GlobalScope> {
        current_global(cx)
    }
}

crate::castable!(GlobalScope => EventTarget;);
