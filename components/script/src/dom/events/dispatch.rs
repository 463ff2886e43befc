//! Dispatching events: <https://dom.spec.whatwg.org/#dispatching-events>.

use std::rc::Rc;

use super::event::{Event, EventPhase, PathEntry};
use super::event_target::EventTarget;
use super::listeners::{Listener, ListenerCallback};
use crate::dom::html::window::Window;
use crate::webidl::*;

impl EventTarget {
    /// <https://dom.spec.whatwg.org/#concept-event-dispatch>. True unless the event was canceled.
    ///
    /// FIXME(spec): the parts about shadow trees, related and touch targets, and activation behaviour.
    pub(super) fn dispatch(&self, cx: &mut JSContext, event: &Event) -> bool {
        self.dispatch_with_target(cx, event, self)
    }

    /// The same with [legacy target override flag](https://dom.spec.whatwg.org/#concept-event-dispatch): what a window
    /// is told of its document.
    pub(super) fn dispatch_with_target(
        &self,
        cx: &mut JSContext,
        event: &Event,
        target: &EventTarget,
    ) -> bool {
        // 1.
        event.dispatch.set(true);
        // 2. What the event says its target is.
        event.set_target(Some(target));
        // 5. The path: the target, its parent, and so on.
        let mut path = vec![(DomRoot::from_ref(self), true)];
        let mut parent = self.get_the_parent(event);
        while let Some(target) = parent {
            parent = target.get_the_parent(event);
            path.push((target, false));
        }
        let entry = |(target, is_target): &(DomRoot<EventTarget>, bool)| PathEntry {
            invocation_target: Dom::from_ref(target),
            is_target: *is_target,
        };
        event.path.set(path.iter().map(entry).collect());

        // 5.13. Down to the target.
        for (target, is_target) in path.iter().rev() {
            event.set_phase(if *is_target { EventPhase::AtTarget } else { EventPhase::Capturing });
            invoke(cx, event, target, true);
        }
        // 5.14. And up again, if it bubbles.
        for (target, is_target) in &path {
            if *is_target {
                event.set_phase(EventPhase::AtTarget);
            } else if event.bubbles() {
                event.set_phase(EventPhase::Bubbling);
            } else {
                continue;
            }
            invoke(cx, event, target, false);
        }

        // 6–10. Nothing of it is left.
        event.set_phase(EventPhase::None);
        event.set_current_target(None);
        event.path.set(Vec::new());
        event.dispatch.set(false);
        event.stop_propagation.set(false);
        event.stop_immediate_propagation.set(false);
        // 13.
        !event.is_canceled()
    }
}

/// <https://dom.spec.whatwg.org/#concept-event-listener-invoke>
fn invoke(cx: &mut JSContext, event: &Event, target: &EventTarget, capturing: bool) {
    // 1. (The event's target is set already: without shadow trees it is the same for the whole path.)
    // 4.
    if event.stop_propagation.get() {
        return;
    }
    // 5–7.
    event.set_current_target(Some(target));
    let type_ = event.type_();
    let listeners = target.listeners.borrow().of_type(&type_, capturing);
    // 8.
    if !listeners.is_empty() {
        inner_invoke(cx, event, target, &RootedBox::new(listeners));
    }
    // 9. FIXME(spec): the legacy names of animation and transition events, which are never fired here.
}

/// <https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke>
fn inner_invoke(cx: &mut JSContext, event: &Event, target: &EventTarget, listeners: &[Rc<Listener>]) {
    // 2. Those of this way that haven't been removed meanwhile.
    for listener in listeners {
        if listener.removed.get() {
            continue;
        }
        // 2.5. Once: never again.
        if listener.once {
            target.listeners.borrow_mut().remove(listener);
        }
        // 2.6–2.8. The global's current event. (A handler is of its target's realm.)
        let global = match &listener.callback {
            ListenerCallback::Listener(Some(callback)) => callback.callback().global(),
            ListenerCallback::Listener(None) | ListenerCallback::Handler => target.global(),
        };
        let window = global.downcast::<Window>();
        let current_event = window.and_then(|window| window.current_event().get());
        if let Some(window) = window {
            window.current_event().set(Some(event));
        }
        // 2.9.
        let passive = listener.passive.unwrap_or_else(|| target.default_passive_value(&listener.type_));
        event.in_passive_listener.set(passive);
        // 2.11. The callback, on the current target; an exception is reported.
        match &listener.callback {
            ListenerCallback::Listener(Some(callback)) => {
                rooted!(&in(cx) let this = object_value(target.reflector().script_object()));
                callback.call_and_report(cx, this.handle(), event);
            }
            ListenerCallback::Listener(None) => {}
            ListenerCallback::Handler => target.process_event_handler(cx, event),
        }
        // 2.12.
        event.in_passive_listener.set(false);
        // 2.13.
        if let Some(window) = window {
            window.current_event().set(current_event.as_deref());
        }
        // 2.14.
        if event.stop_immediate_propagation.get() {
            break;
        }
    }
}
