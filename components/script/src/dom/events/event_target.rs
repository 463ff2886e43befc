//! The EventTarget interface: <https://dom.spec.whatwg.org/#interface-eventtarget>.

use std::cell::Cell;
use std::rc::Rc;

use super::event::Event;
use super::event_handlers::EventHandlers;
use super::listeners::{Listener, ListenerCallback, Listeners};
use crate::bindings::callbacks::EventListener;
use crate::bindings::interfaces::EventTargetMethods;
use crate::bindings::unions::{AddEventListenerOptionsOrBoolean, EventListenerOptionsOrBoolean};
use crate::dom::abort::abort_signal::{AbortAlgorithm, AbortSignal};
use crate::dom::html::broadcast_channel::BroadcastChannel;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::node::Node;
use crate::dom::permissions::PermissionStatus;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#eventtarget>
#[dom_struct]
pub struct EventTarget {
    reflector: Reflector,
    pub(super) listeners: DomRefCell<Listeners>,
    pub(super) handlers: DomRefCell<EventHandlers>,
}

impl EventTarget {
    /// Only fields.
    pub(crate) fn new_inherited() -> EventTarget {
        EventTarget {
            reflector: Reflector::new(),
            listeners: DomRefCell::default(),
            handlers: DomRefCell::default(),
        }
    }

    /// [Fires](https://dom.spec.whatwg.org/#concept-event-fire) a plain event that neither bubbles nor can be
    /// canceled.
    pub(crate) fn fire_event(&self, cx: &mut JSContext, type_: &str) -> bool {
        Event::new(cx, &self.global(), type_.into(), false, false).fire(cx, self)
    }

    /// [Fires](https://dom.spec.whatwg.org/#concept-event-fire) a plain event that bubbles.
    pub(crate) fn fire_bubbling_event(&self, cx: &mut JSContext, type_: &str) -> bool {
        Event::new(cx, &self.global(), type_.into(), true, false).fire(cx, self)
    }

    /// The types of the listeners, event handlers included.
    pub(crate) fn event_types(&self) -> Vec<DOMString> {
        self.listeners.borrow().types()
    }

    /// Whether there is a listener of this type.
    pub(crate) fn has_listeners_for(&self, type_: &str) -> bool {
        self.listeners.borrow().have(type_)
    }

    /// For those that live as long as they have listeners.
    pub(super) fn listeners_changed(&self) {
        if let Some(channel) = self.downcast::<BroadcastChannel>() {
            channel.listeners_changed();
        } else if let Some(status) = self.downcast::<PermissionStatus>() {
            status.listeners_changed();
        }
    }

    /// <https://dom.spec.whatwg.org/#get-the-parent>
    pub(super) fn get_the_parent(&self, event: &Event) -> Option<DomRoot<EventTarget>> {
        let node = self.downcast::<Node>()?;
        // A document's is its window, except for the event that each of them has for itself.
        match node.downcast::<Document>() {
            Some(document) if !event.has_type("load") => document.window().map(DomRoot::upcast),
            Some(_) => None,
            None => node.parent().map(DomRoot::upcast),
        }
    }

    /// <https://dom.spec.whatwg.org/#add-an-event-listener>
    fn add_event_listener(&self, listener: Listener, signal: Option<&AbortSignal>) {
        // 2–3. One that is to be removed already, or never to be called.
        if signal.is_some_and(AbortSignal::aborted)
            || matches!(listener.callback, ListenerCallback::Listener(None))
        {
            return;
        }
        // 5.
        let listener = Rc::new(listener);
        self.listeners.borrow_mut().push(listener.clone());
        self.listeners_changed();
        // 6. It goes with the signal.
        if let Some(signal) = signal {
            signal.add(RemoveListener { target: Dom::from_ref(self), listener });
        }
    }
}

/// The abort algorithm of a listener with a signal.
#[derive(JSTraceable)]
struct RemoveListener {
    target: Dom<EventTarget>,
    listener: Rc<Listener>,
}

impl AbortAlgorithm for RemoveListener {
    fn run(&self, _cx: &mut JSContext, _signal: &AbortSignal) {
        self.target.listeners.borrow_mut().remove(&self.listener);
        self.target.listeners_changed();
    }

    fn is_over(&self) -> bool {
        self.listener.removed.get()
    }
}

impl EventTargetMethods for EventTarget {
    /// <https://dom.spec.whatwg.org/#dom-eventtarget-eventtarget>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<EventTarget>> {
        Ok(reflect_dom_object_with_proto(cx, Box::new(EventTarget::new_inherited()), global, proto))
    }

    /// <https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener>
    fn AddEventListener(
        &self,
        _cx: &mut JSContext,
        type_: DOMString,
        callback: Option<&EventListener>,
        options: AddEventListenerOptionsOrBoolean,
    ) -> Fallible<()> {
        // 1. Flatten the options: https://dom.spec.whatwg.org/#event-flatten-more.
        let (capture, passive, once, signal) = match &options {
            AddEventListenerOptionsOrBoolean::Boolean(capture) => (*capture, None, false, None),
            AddEventListenerOptionsOrBoolean::AddEventListenerOptions(options) => {
                (options.parent.capture, options.passive, options.once, options.signal.as_deref())
            }
        };
        // 2. Add, unless it is there already.
        if self.listeners.borrow().find(&type_, callback, capture).is_none() {
            let listener = Listener {
                type_,
                callback: ListenerCallback::Listener(callback.cloned()),
                capture,
                passive,
                once,
                removed: Cell::new(false),
            };
            self.add_event_listener(listener, signal);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-eventtarget-removeeventlistener>
    fn RemoveEventListener(
        &self,
        _cx: &mut JSContext,
        type_: DOMString,
        callback: Option<&EventListener>,
        options: EventListenerOptionsOrBoolean,
    ) -> Fallible<()> {
        // 1. Flatten the options: https://dom.spec.whatwg.org/#concept-flatten-options.
        let capture = match &options {
            EventListenerOptionsOrBoolean::Boolean(capture) => *capture,
            EventListenerOptionsOrBoolean::EventListenerOptions(options) => options.capture,
        };
        // 2.
        let listener = self.listeners.borrow().find(&type_, callback, capture);
        if let Some(listener) = listener {
            self.listeners.borrow_mut().remove(&listener);
            self.listeners_changed();
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-eventtarget-dispatchevent>
    fn DispatchEvent(&self, cx: &mut JSContext, event: &Event) -> Fallible<bool> {
        // 1. Neither in the middle of a dispatch nor without a type.
        if event.is_being_dispatched() || !event.is_initialized() {
            return Err(Error::InvalidState("the event is being dispatched, or not initialised".into()));
        }
        // 2–3.
        event.set_trusted(false);
        Ok(self.dispatch(cx, event))
    }
}
