//! The CustomEvent interface: <https://dom.spec.whatwg.org/#interface-customevent>.

use super::event::Event;
use crate::bindings::dictionaries::CustomEventInit;
use crate::bindings::interfaces::CustomEventMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#customevent>
#[dom_struct]
pub struct CustomEvent {
    event: Event,
    detail: HeapValue,
}

impl CustomEvent {
    /// An event that is yet to be initialised.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<CustomEvent> {
        Self::with_proto(cx, global, None)
    }

    fn with_proto(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> DomRoot<CustomEvent> {
        let event =
            CustomEvent { event: Event::new_inherited(), detail: HeapValue::new(HandleValue::null()) };
        reflect_dom_object_with_proto(cx, Box::new(event), global, proto)
    }
}

impl CustomEventMethods for CustomEvent {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &CustomEventInit,
    ) -> Fallible<DomRoot<CustomEvent>> {
        let event = Self::with_proto(cx, global, proto);
        event.event.construct(type_, &init.parent);
        event.detail.set(init.detail.handle());
        Ok(event)
    }

    /// <https://dom.spec.whatwg.org/#dom-customevent-detail>
    fn Detail(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.detail.get(rval);
    }

    /// <https://dom.spec.whatwg.org/#dom-customevent-initcustomevent>
    fn InitCustomEvent(
        &self,
        _cx: &mut JSContext,
        type_: DOMString,
        bubbles: bool,
        cancelable: bool,
        detail: HandleValue<'_>,
    ) -> Fallible<()> {
        // 1. Not in the middle of a dispatch.
        if !self.event.is_being_dispatched() {
            // 2–3.
            self.event.init_event(type_, bubbles, cancelable);
            self.detail.set(detail);
        }
        Ok(())
    }
}
