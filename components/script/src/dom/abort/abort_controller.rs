//! The AbortController interface: <https://dom.spec.whatwg.org/#interface-abortcontroller>.

use super::abort_signal::AbortSignal;
use crate::bindings::interfaces::AbortControllerMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#abortcontroller>
#[dom_struct]
pub struct AbortController {
    reflector: Reflector,
    signal: Dom<AbortSignal>,
}

impl AbortController {
    /// <https://dom.spec.whatwg.org/#abortcontroller-signal-abort>
    pub(crate) fn signal_abort(&self, cx: &mut JSContext, reason: HandleValue<'_>) {
        self.signal.as_rooted().signal_abort(cx, reason);
    }
}

impl AbortControllerMethods for AbortController {
    /// <https://dom.spec.whatwg.org/#dom-abortcontroller-abortcontroller>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<AbortController>> {
        // 1. A new signal.
        let signal = AbortSignal::new(cx, global);
        // 2.
        let controller = AbortController { reflector: Reflector::new(), signal: Dom::from_ref(&signal) };
        Ok(reflect_dom_object_with_proto(cx, Box::new(controller), global, proto))
    }

    /// <https://dom.spec.whatwg.org/#dom-abortcontroller-signal>
    fn Signal(&self, _cx: &mut JSContext) -> DomRoot<AbortSignal> {
        self.signal.as_rooted()
    }

    /// <https://dom.spec.whatwg.org/#dom-abortcontroller-abort>
    fn Abort(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Fallible<()> {
        self.signal_abort(cx, reason);
        Ok(())
    }
}
