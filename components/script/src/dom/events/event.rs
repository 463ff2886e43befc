//! The Event interface: <https://dom.spec.whatwg.org/#interface-event>.

use std::time::Instant;

use crate::bindings::dictionaries::EventInit;
use crate::bindings::interfaces::EventMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#dom-event-eventphase>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EventPhase {
    /// Not being dispatched.
    #[default]
    None = 0,
    /// On its way down to the target.
    Capturing = 1,
    /// At the target.
    AtTarget = 2,
    /// On its way up from the target.
    Bubbling = 3,
}

/// An entry of an event's path: <https://dom.spec.whatwg.org/#event-path>.
///
/// FIXME(spec): without shadow trees, what a target or a related target is adjusted to is itself.
#[derive(JSTraceable)]
pub(super) struct PathEntry {
    /// The invocation target.
    pub(super) invocation_target: Dom<EventTarget>,
    /// Whether it has a shadow-adjusted target: it is the event's target.
    pub(super) is_target: bool,
}

/// <https://dom.spec.whatwg.org/#concept-event>
#[dom_struct]
pub struct Event {
    reflector: Reflector,
    type_: DomRefCell<DOMString>,
    target: MutNullableDom<EventTarget>,
    current_target: MutNullableDom<EventTarget>,
    #[no_trace]
    phase: Cell<EventPhase>,
    pub(super) path: DomRefCell<Vec<PathEntry>>,
    bubbles: Cell<bool>,
    cancelable: Cell<bool>,
    composed: Cell<bool>,
    is_trusted: Cell<bool>,
    #[no_trace]
    time_stamp: Cell<Instant>,
    // The flags: https://dom.spec.whatwg.org/#stop-propagation-flag and so on.
    pub(super) stop_propagation: Cell<bool>,
    pub(super) stop_immediate_propagation: Cell<bool>,
    canceled: Cell<bool>,
    pub(super) in_passive_listener: Cell<bool>,
    initialized: Cell<bool>,
    pub(super) dispatch: Cell<bool>,
}

impl Event {
    /// Only fields: an event that is yet to be initialised.
    pub(crate) fn new_inherited() -> Event {
        Event {
            reflector: Reflector::new(),
            type_: DomRefCell::default(),
            target: MutNullableDom::default(),
            current_target: MutNullableDom::default(),
            phase: Cell::default(),
            path: DomRefCell::default(),
            bubbles: Cell::default(),
            cancelable: Cell::default(),
            composed: Cell::default(),
            is_trusted: Cell::default(),
            time_stamp: Cell::new(Instant::now()),
            stop_propagation: Cell::default(),
            stop_immediate_propagation: Cell::default(),
            canceled: Cell::default(),
            in_passive_listener: Cell::default(),
            initialized: Cell::default(),
            dispatch: Cell::default(),
        }
    }

    /// An event of this interface itself, ready to be fired.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        type_: DOMString,
        bubbles: bool,
        cancelable: bool,
    ) -> DomRoot<Event> {
        let event = reflect_dom_object(cx, Box::new(Event::new_inherited()), global);
        event.init_event(type_, bubbles, cancelable);
        event
    }

    /// <https://dom.spec.whatwg.org/#concept-event-initialize>
    pub(crate) fn init_event(&self, type_: DOMString, bubbles: bool, cancelable: bool) {
        // 1–3. Initialised, with nothing left of an earlier dispatch.
        self.initialized.set(true);
        self.stop_propagation.set(false);
        self.stop_immediate_propagation.set(false);
        self.canceled.set(false);
        // 4–5. Nobody's, from nobody we trust.
        self.is_trusted.set(false);
        self.target.set(None);
        // 6–8.
        self.type_.set(type_);
        self.reflector.forget_cached_values();
        self.bubbles.set(bubbles);
        self.cancelable.set(cancelable);
    }

    /// What constructors do with their type and the members that all events have:
    /// <https://dom.spec.whatwg.org/#inner-event-creation-steps>.
    pub(crate) fn construct(&self, type_: DOMString, init: &EventInit) {
        self.init_event(type_, init.bubbles, init.cancelable);
        self.composed.set(init.composed);
    }

    /// <https://dom.spec.whatwg.org/#concept-event-fire>, once the event is initialised: dispatches it as one that
    /// the user agent made. True unless it was canceled.
    pub(crate) fn fire(&self, cx: &mut JSContext, target: &EventTarget) -> bool {
        self.is_trusted.set(true);
        target.dispatch(cx, self)
    }

    /// The same for an event that script has asked for: it is not trusted.
    pub(crate) fn fire_untrusted(&self, cx: &mut JSContext, target: &EventTarget) -> bool {
        self.is_trusted.set(false);
        target.dispatch(cx, self)
    }

    /// The same at a window, for something that happened to its document, which becomes the target.
    pub(crate) fn fire_at_window_for(
        &self,
        cx: &mut JSContext,
        window: &EventTarget,
        document: &EventTarget,
    ) -> bool {
        self.is_trusted.set(true);
        window.dispatch_with_target(cx, self, document)
    }

    /// The type.
    pub(crate) fn type_(&self) -> DOMString {
        self.type_.borrow().clone()
    }

    /// Whether the type is this.
    pub(crate) fn has_type(&self, type_: &str) -> bool {
        *self.type_.borrow() == *type_
    }

    pub(super) fn set_target(&self, target: Option<&EventTarget>) {
        self.target.set(target);
    }

    pub(super) fn set_current_target(&self, target: Option<&EventTarget>) {
        self.current_target.set(target);
    }

    pub(super) fn set_phase(&self, phase: EventPhase) {
        self.phase.set(phase);
    }

    /// Whether it was initialised.
    pub(crate) fn is_initialized(&self) -> bool {
        self.initialized.get()
    }

    /// Whether it is being dispatched.
    pub(crate) fn is_being_dispatched(&self) -> bool {
        self.dispatch.get()
    }

    /// Whether it bubbles.
    pub(crate) fn bubbles(&self) -> bool {
        self.bubbles.get()
    }

    /// Whether the user agent made it.
    pub(crate) fn is_trusted(&self) -> bool {
        self.is_trusted.get()
    }

    pub(super) fn set_trusted(&self, trusted: bool) {
        self.is_trusted.set(trusted);
    }

    /// Whether it was canceled.
    pub(crate) fn is_canceled(&self) -> bool {
        self.canceled.get()
    }

    /// <https://dom.spec.whatwg.org/#set-the-canceled-flag>
    pub(crate) fn cancel(&self) {
        if self.cancelable.get() && !self.in_passive_listener.get() {
            self.canceled.set(true);
        }
    }
}

impl EventMethods for Event {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &EventInit,
    ) -> Fallible<DomRoot<Event>> {
        let event = reflect_dom_object_with_proto(cx, Box::new(Event::new_inherited()), global, proto);
        event.construct(type_, init);
        Ok(event)
    }

    /// <https://dom.spec.whatwg.org/#dom-event-type>
    fn CachedType(&self) -> DOMString {
        self.type_()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-target>
    fn GetTarget(&self, _cx: &mut JSContext) -> Option<DomRoot<EventTarget>> {
        self.target.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-srcelement>
    fn GetSrcElement(&self, _cx: &mut JSContext) -> Option<DomRoot<EventTarget>> {
        self.target.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-currenttarget>
    fn GetCurrentTarget(&self, _cx: &mut JSContext) -> Option<DomRoot<EventTarget>> {
        self.current_target.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-composedpath>
    ///
    /// FIXME(spec): nothing is hidden in closed shadow trees, since there are none.
    fn ComposedPath(&self, _cx: &mut JSContext) -> Fallible<Vec<DomRoot<EventTarget>>> {
        Ok(self.path.borrow().iter().map(|entry| entry.invocation_target.as_rooted()).collect())
    }

    /// <https://dom.spec.whatwg.org/#dom-event-eventphase>
    fn EventPhase(&self) -> u16 {
        self.phase.get() as u16
    }

    /// <https://dom.spec.whatwg.org/#dom-event-stoppropagation>
    fn StopPropagation(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.stop_propagation.set(true);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-event-cancelbubble>
    fn CancelBubble(&self) -> bool {
        self.stop_propagation.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-cancelbubble>
    fn SetCancelBubble(&self, _cx: &mut JSContext, value: bool) -> Fallible<()> {
        if value {
            self.stop_propagation.set(true);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-event-stopimmediatepropagation>
    fn StopImmediatePropagation(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.stop_propagation.set(true);
        self.stop_immediate_propagation.set(true);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-event-bubbles>
    fn Bubbles(&self) -> bool {
        self.bubbles.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-cancelable>
    fn Cancelable(&self) -> bool {
        self.cancelable.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-returnvalue>
    fn ReturnValue(&self) -> bool {
        !self.canceled.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-returnvalue>
    fn SetReturnValue(&self, _cx: &mut JSContext, value: bool) -> Fallible<()> {
        if !value {
            self.cancel();
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-event-preventdefault>
    fn PreventDefault(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.cancel();
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-event-defaultprevented>
    fn DefaultPrevented(&self) -> bool {
        self.canceled.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-composed>
    fn Composed(&self) -> bool {
        self.composed.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-istrusted>
    fn IsTrusted(&self) -> bool {
        self.is_trusted.get()
    }

    /// <https://dom.spec.whatwg.org/#dom-event-timestamp>
    fn TimeStamp(&self) -> f64 {
        self.global().time_origin().relative(self.time_stamp.get())
    }

    /// <https://dom.spec.whatwg.org/#dom-event-initevent>
    fn InitEvent(
        &self,
        _cx: &mut JSContext,
        type_: DOMString,
        bubbles: bool,
        cancelable: bool,
    ) -> Fallible<()> {
        // 1. Not in the middle of a dispatch.
        if !self.dispatch.get() {
            // 2.
            self.init_event(type_, bubbles, cancelable);
        }
        Ok(())
    }
}
