//! The CloseEvent interface: <https://websockets.spec.whatwg.org/#the-closeevent-interface>.

use fetch::WebSocketClose;

use crate::bindings::dictionaries::CloseEventInit;
use crate::bindings::interfaces::CloseEventMethods;
use crate::dom::events::event::Event;
use crate::webidl::*;

/// <https://websockets.spec.whatwg.org/#closeevent>
#[dom_struct]
pub struct CloseEvent {
    event: Event,
    was_clean: bool,
    code: u16,
    reason: USVString,
}

impl CloseEvent {
    fn new_inherited(init: &CloseEventInit) -> CloseEvent {
        CloseEvent {
            event: Event::new_inherited(),
            was_clean: init.was_clean,
            code: init.code,
            reason: init.reason.clone(),
        }
    }

    /// An event that says how a connection ended, ready to be fired.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        close: WebSocketClose,
    ) -> DomRoot<CloseEvent> {
        let init = CloseEventInit {
            was_clean: close.was_clean,
            code: close.code,
            reason: close.reason.into(),
            ..CloseEventInit::default()
        };
        let event = reflect_dom_object(cx, Box::new(CloseEvent::new_inherited(&init)), global);
        event.event.construct("close".into(), &init.parent);
        event
    }
}

impl CloseEventMethods for CloseEvent {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &CloseEventInit,
    ) -> Fallible<DomRoot<CloseEvent>> {
        let event = Box::new(CloseEvent::new_inherited(init));
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://websockets.spec.whatwg.org/#dom-closeevent-wasclean>
    fn WasClean(&self) -> bool {
        self.was_clean
    }

    /// <https://websockets.spec.whatwg.org/#dom-closeevent-code>
    fn Code(&self) -> u16 {
        self.code
    }

    /// <https://websockets.spec.whatwg.org/#dom-closeevent-reason>
    fn Reason(&self) -> USVString {
        self.reason.clone()
    }
}
