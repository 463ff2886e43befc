//! <https://html.spec.whatwg.org/multipage/webappapis.html#the-promiserejectionevent-interface>

use crate::bindings::dictionaries::PromiseRejectionEventInit;
use crate::bindings::interfaces::PromiseRejectionEventMethods;
use crate::dom::events::Event;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/webappapis.html#promiserejectionevent>
#[dom_struct]
pub struct PromiseRejectionEvent {
    event: Event,
    promise: HeapObject,
    reason: HeapValue,
}

impl PromiseRejectionEvent {
    fn new_inherited(promise: HandleObject<'_>, reason: HandleValue<'_>) -> PromiseRejectionEvent {
        PromiseRejectionEvent {
            event: Event::new_inherited(),
            promise: HeapObject::new(promise),
            reason: HeapValue::new(reason),
        }
    }

    /// An event that can be canceled, ready to be fired.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        type_: &str,
        promise: HandleObject<'_>,
        reason: HandleValue<'_>,
    ) -> DomRoot<PromiseRejectionEvent> {
        let event = Box::new(PromiseRejectionEvent::new_inherited(promise, reason));
        let event = reflect_dom_object(cx, event, global);
        event.event.init_event(type_.into(), false, true);
        event
    }
}

impl PromiseRejectionEventMethods for PromiseRejectionEvent {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &PromiseRejectionEventInit,
    ) -> Fallible<DomRoot<PromiseRejectionEvent>> {
        let reason = init.reason.as_ref().map_or(HandleValue::undefined(), |reason| reason.handle());
        let event = Box::new(PromiseRejectionEvent::new_inherited(init.promise.handle(), reason));
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-promise>
    fn Promise(&self, _cx: &mut JSContext, rval: MutableHandleObject<'_>) {
        self.promise.get(rval);
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-reason>
    fn Reason(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.reason.get(rval);
    }
}
