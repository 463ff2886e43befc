//! <https://dom.spec.whatwg.org/#interface-eventtarget>

use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#eventtarget>
#[dom_struct]
pub struct EventTarget {
    reflector: Reflector,
}

impl EventTarget {
    /// Only fields.
    pub(crate) fn new_inherited() -> EventTarget {
        EventTarget { reflector: Reflector::new() }
    }
}
