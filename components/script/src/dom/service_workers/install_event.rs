//! <https://w3c.github.io/ServiceWorker/#installevent-interface>

use super::ExtendableEvent;
use crate::bindings::dictionaries::ExtendableEventInit;
use crate::bindings::interfaces::InstallEventMethods;
use crate::dom::events::event::Event;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#installevent-interface>
#[dom_struct]
pub struct InstallEvent {
    extendable_event: ExtendableEvent,
}

impl InstallEvent {
    fn new_inherited() -> InstallEvent {
        InstallEvent { extendable_event: ExtendableEvent::new_inherited() }
    }

    /// An event that is yet to be initialised.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<InstallEvent> {
        reflect_dom_object(cx, Box::new(InstallEvent::new_inherited()), global)
    }
}

impl InstallEventMethods for InstallEvent {
    /// <https://w3c.github.io/ServiceWorker/#dom-installevent-installevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &ExtendableEventInit,
    ) -> Fallible<DomRoot<InstallEvent>> {
        let event = reflect_dom_object_with_proto(cx, Box::new(InstallEvent::new_inherited()), global, proto);
        event.upcast::<Event>().construct(type_, &init.parent);
        Ok(event)
    }
}
