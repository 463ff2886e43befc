//! <https://w3c.github.io/uievents/#interface-uievent>

use crate::bindings::dictionaries::UIEventInit;
use crate::bindings::interfaces::UIEventMethods;
use crate::dom::events::Event;
use crate::dom::html::window::Window;
use crate::webidl::*;

/// <https://w3c.github.io/uievents/#uievent>
#[dom_struct]
pub struct UIEvent {
    event: Event,
    view: MutNullableDom<Window>,
    detail: Cell<i32>,
}

impl UIEvent {
    /// Only fields.
    pub(crate) fn new_inherited(init: &UIEventInit) -> UIEvent {
        UIEvent {
            event: Event::new_inherited(),
            view: MutNullableDom::new(init.view.as_deref()),
            detail: Cell::new(init.detail),
        }
    }

    /// An event that is yet to be initialised.
    pub(crate) fn new_uninitialized(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<UIEvent> {
        reflect_dom_object(cx, Box::new(UIEvent::new_inherited(&UIEventInit::default())), global)
    }

    /// What `initUIEvent()` and those of derived interfaces set. Not in the middle of a dispatch.
    pub(super) fn init(
        &self,
        type_: DOMString,
        bubbles: bool,
        cancelable: bool,
        view: Option<&Window>,
        detail: i32,
    ) {
        self.event.init_event(type_, bubbles, cancelable);
        self.view.set(view);
        self.detail.set(detail);
    }
}

impl UIEventMethods for UIEvent {
    /// <https://w3c.github.io/uievents/#dom-uievent-uievent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &UIEventInit,
    ) -> Fallible<DomRoot<UIEvent>> {
        let event = reflect_dom_object_with_proto(cx, Box::new(UIEvent::new_inherited(init)), global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://w3c.github.io/uievents/#dom-uievent-view>
    fn GetView(&self, _cx: &mut JSContext) -> Option<DomRoot<Window>> {
        self.view.get()
    }

    /// <https://w3c.github.io/uievents/#dom-uievent-detail>
    fn Detail(&self) -> i32 {
        self.detail.get()
    }

    /// <https://w3c.github.io/uievents/#dom-uievent-which>
    fn Which(&self) -> u32 {
        0
    }

    /// <https://w3c.github.io/uievents/#dom-uievent-inituievent>
    fn InitUIEvent(
        &self,
        _cx: &mut JSContext,
        type_: DOMString,
        bubbles: bool,
        cancelable: bool,
        view: Option<&Window>,
        detail: i32,
    ) -> Fallible<()> {
        if !self.event.is_being_dispatched() {
            self.init(type_, bubbles, cancelable, view, detail);
        }
        Ok(())
    }
}
