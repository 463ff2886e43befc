//! <https://w3c.github.io/uievents/#interface-focusevent>

use super::ui_event::UIEvent;
use crate::bindings::dictionaries::{EventInit, FocusEventInit, UIEventInit};
use crate::bindings::interfaces::FocusEventMethods;
use crate::dom::events::Event;
use crate::dom::html::window::Window;
use crate::webidl::*;

/// <https://w3c.github.io/uievents/#focusevent>
#[dom_struct]
pub struct FocusEvent {
    ui_event: UIEvent,
    related_target: MutNullableDom<EventTarget>,
}

impl FocusEvent {
    fn new_inherited(init: &FocusEventInit) -> FocusEvent {
        FocusEvent {
            ui_event: UIEvent::new_inherited(&init.parent),
            related_target: MutNullableDom::new(init.related_target.as_deref()),
        }
    }

    /// An event that is yet to be initialised.
    pub(crate) fn new_uninitialized(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<FocusEvent> {
        reflect_dom_object(cx, Box::new(FocusEvent::new_inherited(&FocusEventInit::default())), global)
    }

    /// One that is ready to be [fired](https://html.spec.whatwg.org/multipage/interaction.html#fire-a-focus-event).
    pub(crate) fn of_type(
        cx: &mut JSContext,
        window: &Window,
        type_: &str,
        related_target: Option<&EventTarget>,
    ) -> DomRoot<Event> {
        // 1–4. It is composed, and does not bubble.
        let base = EventInit { composed: true, ..EventInit::default() };
        let ui = UIEventInit { parent: base, view: Some(DomRoot::from_ref(window)), detail: 0 };
        let init = FocusEventInit { parent: ui, related_target: related_target.map(DomRoot::from_ref) };
        let event = reflect_dom_object(cx, Box::new(FocusEvent::new_inherited(&init)), window.upcast());
        event.upcast::<Event>().construct(type_.into(), &init.parent.parent);
        DomRoot::upcast(event)
    }
}

impl FocusEventMethods for FocusEvent {
    /// <https://w3c.github.io/uievents/#dom-focusevent-focusevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &FocusEventInit,
    ) -> Fallible<DomRoot<FocusEvent>> {
        let event =
            reflect_dom_object_with_proto(cx, Box::new(FocusEvent::new_inherited(init)), global, proto);
        event.upcast::<Event>().construct(type_, &init.parent.parent);
        Ok(event)
    }

    /// <https://w3c.github.io/uievents/#dom-focusevent-relatedtarget>
    fn GetRelatedTarget(&self, _cx: &mut JSContext) -> Option<DomRoot<EventTarget>> {
        self.related_target.get()
    }
}
