//! <https://w3c.github.io/uievents/#interface-mouseevent>

use super::ui_event::UIEvent;
use crate::bindings::dictionaries::{EventInit, EventModifierInit, MouseEventInit, UIEventInit};
use crate::bindings::interfaces::MouseEventMethods;
use crate::dom::events::Event;
use crate::dom::html::window::Window;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://w3c.github.io/uievents/#mouseevent>
#[dom_struct]
pub struct MouseEvent {
    ui_event: UIEvent,
    #[no_trace]
    screen: Cell<(f64, f64)>,
    #[no_trace]
    client: Cell<(f64, f64)>,
    #[no_trace]
    modifiers: Cell<Modifiers>,
    button: Cell<i16>,
    buttons: Cell<u16>,
    related_target: MutNullableDom<EventTarget>,
}

/// The keys that were held: <https://w3c.github.io/uievents/#event-modifier-initializers>.
#[derive(Clone, Copy, Debug, Default)]
struct Modifiers {
    ctrl: bool,
    shift: bool,
    alt: bool,
    meta: bool,
    /// Those that `getModifierState()` alone tells, by name.
    others: [(&'static str, bool); 10],
}

impl From<&EventModifierInit> for Modifiers {
    fn from(init: &EventModifierInit) -> Self {
        Modifiers {
            ctrl: init.ctrl_key,
            shift: init.shift_key,
            alt: init.alt_key,
            meta: init.meta_key,
            others: [
                ("AltGraph", init.modifier_alt_graph),
                ("CapsLock", init.modifier_caps_lock),
                ("Fn", init.modifier_fn),
                ("FnLock", init.modifier_fn_lock),
                ("Hyper", init.modifier_hyper),
                ("NumLock", init.modifier_num_lock),
                ("ScrollLock", init.modifier_scroll_lock),
                ("Super", init.modifier_super),
                ("Symbol", init.modifier_symbol),
                ("SymbolLock", init.modifier_symbol_lock),
            ],
        }
    }
}

impl MouseEvent {
    fn new_inherited(init: &MouseEventInit) -> MouseEvent {
        MouseEvent {
            ui_event: UIEvent::new_inherited(&init.parent.parent),
            screen: Cell::new((init.screen_x, init.screen_y)),
            client: Cell::new((init.client_x, init.client_y)),
            modifiers: Cell::new(Modifiers::from(&init.parent)),
            button: Cell::new(init.button),
            buttons: Cell::new(init.buttons),
            related_target: MutNullableDom::new(init.related_target.as_deref()),
        }
    }

    /// An event that is yet to be initialised.
    pub(crate) fn new_uninitialized(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<MouseEvent> {
        reflect_dom_object(cx, Box::new(MouseEvent::new_inherited(&MouseEventInit::default())), global)
    }

    /// The event of a [synthetic pointer event](https://html.spec.whatwg.org/multipage/webappapis.html#fire-a-synthetic-pointer-event)
    /// named `click`, in the realm of its target's document.
    ///
    /// NB: there are no pointer events; it is one of the mouse.
    pub(crate) fn synthetic_click(cx: &mut JSContext, document: &Document) -> DomRoot<Event> {
        let base = EventInit { bubbles: true, cancelable: true, composed: true };
        let ui = UIEventInit { parent: base, view: document.window(), detail: 0 };
        let modifiers = EventModifierInit { parent: ui, ..EventModifierInit::default() };
        let init = MouseEventInit { parent: modifiers, ..MouseEventInit::default() };
        let event = reflect_dom_object(cx, Box::new(MouseEvent::new_inherited(&init)), &document.global());
        event.upcast::<Event>().construct("click".into(), &init.parent.parent.parent);
        DomRoot::upcast(event)
    }

    /// An event that is ready to be fired: of the primary button, once, while these buttons are down.
    pub(crate) fn of_primary_button(
        cx: &mut JSContext,
        window: &Window,
        type_: &str,
        buttons: u16,
    ) -> DomRoot<Event> {
        let base = EventInit { bubbles: true, cancelable: true, composed: true };
        let ui = UIEventInit { parent: base, view: Some(DomRoot::from_ref(window)), detail: 1 };
        let modifiers = EventModifierInit { parent: ui, ..EventModifierInit::default() };
        let init = MouseEventInit { parent: modifiers, buttons, ..MouseEventInit::default() };
        let event = reflect_dom_object(cx, Box::new(MouseEvent::new_inherited(&init)), window.upcast());
        event.upcast::<Event>().construct(type_.into(), &init.parent.parent.parent);
        DomRoot::upcast(event)
    }
}

impl MouseEventMethods for MouseEvent {
    /// <https://w3c.github.io/uievents/#dom-mouseevent-mouseevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &MouseEventInit,
    ) -> Fallible<DomRoot<MouseEvent>> {
        let event =
            reflect_dom_object_with_proto(cx, Box::new(MouseEvent::new_inherited(init)), global, proto);
        event.upcast::<Event>().construct(type_, &init.parent.parent.parent);
        Ok(event)
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-mouseevent-screenx>
    fn ScreenX(&self) -> f64 {
        self.screen.get().0
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-mouseevent-screeny>
    fn ScreenY(&self) -> f64 {
        self.screen.get().1
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-mouseevent-clientx>
    fn ClientX(&self) -> f64 {
        self.client.get().0
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-mouseevent-clienty>
    fn ClientY(&self) -> f64 {
        self.client.get().1
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-ctrlkey>
    fn CtrlKey(&self) -> bool {
        self.modifiers.get().ctrl
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-shiftkey>
    fn ShiftKey(&self) -> bool {
        self.modifiers.get().shift
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-altkey>
    fn AltKey(&self) -> bool {
        self.modifiers.get().alt
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-metakey>
    fn MetaKey(&self) -> bool {
        self.modifiers.get().meta
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-button>
    fn Button(&self) -> i16 {
        self.button.get()
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-buttons>
    fn Buttons(&self) -> u16 {
        self.buttons.get()
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-relatedtarget>
    fn GetRelatedTarget(&self, _cx: &mut JSContext) -> Option<DomRoot<EventTarget>> {
        self.related_target.get()
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-getmodifierstate>
    fn GetModifierState(&self, _cx: &mut JSContext, key: DOMString) -> Fallible<bool> {
        let modifiers = self.modifiers.get();
        Ok(match &*key {
            "Control" => modifiers.ctrl,
            "Shift" => modifiers.shift,
            "Alt" => modifiers.alt,
            "Meta" => modifiers.meta,
            name => modifiers.others.contains(&(name, true)),
        })
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-initmouseevent>
    fn InitMouseEvent(
        &self,
        _cx: &mut JSContext,
        type_: DOMString,
        bubbles: bool,
        cancelable: bool,
        view: Option<&Window>,
        detail: i32,
        screen_x: i32,
        screen_y: i32,
        client_x: i32,
        client_y: i32,
        ctrl: bool,
        alt: bool,
        shift: bool,
        meta: bool,
        button: i16,
        related_target: Option<&EventTarget>,
    ) -> Fallible<()> {
        if self.upcast::<Event>().is_being_dispatched() {
            return Ok(());
        }
        self.ui_event.init(type_, bubbles, cancelable, view, detail);
        self.screen.set((screen_x.into(), screen_y.into()));
        self.client.set((client_x.into(), client_y.into()));
        self.modifiers.set(Modifiers { ctrl, shift, alt, meta, ..Modifiers::default() });
        self.button.set(button);
        self.related_target.set(related_target);
        Ok(())
    }
}
