//! The ProgressEvent interface: <https://xhr.spec.whatwg.org/#interface-progressevent>.

use crate::bindings::dictionaries::ProgressEventInit;
use crate::bindings::interfaces::ProgressEventMethods;
use crate::dom::events::event::Event;
use crate::webidl::*;

/// <https://xhr.spec.whatwg.org/#progressevent>
#[dom_struct]
pub struct ProgressEvent {
    event: Event,
    length_computable: bool,
    loaded: f64,
    total: f64,
}

impl ProgressEvent {
    fn new_inherited(init: &ProgressEventInit) -> ProgressEvent {
        ProgressEvent {
            event: Event::new_inherited(),
            length_computable: init.length_computable,
            loaded: init.loaded,
            total: init.total,
        }
    }
}

/// <https://xhr.spec.whatwg.org/#concept-event-fire-progress>
pub(crate) fn fire_progress_event(
    cx: &mut JSContext,
    target: &EventTarget,
    type_: &str,
    transmitted: f64,
    length: f64,
) {
    let init = ProgressEventInit {
        length_computable: length != 0.0,
        loaded: transmitted,
        total: length,
        ..ProgressEventInit::default()
    };
    let event = reflect_dom_object(cx, Box::new(ProgressEvent::new_inherited(&init)), &target.global());
    event.event.construct(type_.into(), &init.parent);
    event.event.fire(cx, target);
}

impl ProgressEventMethods for ProgressEvent {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &ProgressEventInit,
    ) -> Fallible<DomRoot<ProgressEvent>> {
        let event = Box::new(ProgressEvent::new_inherited(init));
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://xhr.spec.whatwg.org/#dom-progressevent-lengthcomputable>
    fn LengthComputable(&self) -> bool {
        self.length_computable
    }

    /// <https://xhr.spec.whatwg.org/#dom-progressevent-loaded>
    fn Loaded(&self) -> f64 {
        self.loaded
    }

    /// <https://xhr.spec.whatwg.org/#dom-progressevent-total>
    fn Total(&self) -> f64 {
        self.total
    }
}
