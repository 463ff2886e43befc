//! Event handlers: <https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-attributes>.

use std::cell::Cell;
use std::rc::Rc;

use super::content_attributes::{UncompiledHandler, is_of_window_at_body, target_of_body};
use super::event::Event;
use super::event_target::EventTarget;
use super::listeners::{Listener, ListenerCallback};
use crate::bindings::callbacks::{EventHandlerNonNull, OnErrorEventHandlerNonNull};
use crate::bindings::unions::EventOrDOMString;
use crate::dom::html::elements::html_body_element::HTMLBodyElement;
use crate::dom::html::error_event::ErrorEvent;
use crate::dom::html::message_port::MessagePort;
use crate::dom::service_workers::ServiceWorkerContainer;
use crate::webidl::*;

/// The type of an event handler attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventHandlerKind {
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#eventhandler>
    Normal,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#onerroreventhandler>
    OnError,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#onbeforeunloadeventhandler>
    OnBeforeUnload,
}

/// A target's [event handler map](https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-map): those
/// that are set.
#[derive(Default, JSTraceable)]
pub(super) struct EventHandlers {
    map: Vec<EventHandler>,
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#event-handlers>
#[derive(JSTraceable)]
struct EventHandler {
    #[no_trace]
    event_type: &'static str,
    #[no_trace]
    kind: EventHandlerKind,
    /// Its value: any object.
    value: HeapObject,
    /// Instead of it, the text of a content attribute, until the value is asked for.
    uncompiled: Option<UncompiledHandler>,
    /// Its listener.
    listener: Rc<Listener>,
}

impl EventHandlers {
    fn find(&self, event_type: &str) -> Option<&EventHandler> {
        self.map.iter().find(|handler| handler.event_type == event_type)
    }

    fn find_mut(&mut self, event_type: &str) -> Option<&mut EventHandler> {
        self.map.iter_mut().find(|handler| handler.event_type == event_type)
    }
}

impl EventTarget {
    /// The getter of an event handler IDL attribute:
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-idl-attributes>.
    pub fn event_handler(&self, cx: &mut JSContext, event_type: &str) -> Option<RootedObject> {
        self.event_handler_target(event_type)?.current_event_handler(cx, event_type)
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#determining-the-target-of-an-event-handler>
    pub(super) fn event_handler_target(&self, event_type: &str) -> Option<DomRoot<EventTarget>> {
        match self.downcast::<HTMLBodyElement>() {
            Some(body) if is_of_window_at_body(event_type) => target_of_body(body),
            _ => Some(DomRoot::from_ref(self)),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#getting-the-current-value-of-the-event-handler>
    fn current_event_handler(&self, cx: &mut JSContext, event_type: &str) -> Option<RootedObject> {
        let uncompiled = match self.handlers.borrow_mut().find_mut(event_type) {
            None => return None,
            Some(handler) => match handler.uncompiled.take() {
                None => return Some(handler.value.root()),
                Some(uncompiled) => RootedBox::new(uncompiled),
            },
        };
        // 1. Now is the time to compile it.
        match uncompiled.compile(cx, self.is_error_of_window(event_type)) {
            Some(function) => {
                if let Some(handler) = self.handlers.borrow().find(event_type) {
                    handler.value.set(function.handle());
                }
                Some(function)
            }
            None => {
                self.deactivate_event_handler(event_type);
                None
            }
        }
    }

    fn is_error_of_window(&self, event_type: &str) -> bool {
        event_type == "error" && self.is::<GlobalScope>()
    }

    /// The setter of an event handler IDL attribute:
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-idl-attributes>.
    pub fn set_event_handler(
        &self,
        _cx: &mut JSContext,
        event_type: &'static str,
        kind: EventHandlerKind,
        value: HandleValue<'_>,
    ) {
        let Some(target) = self.event_handler_target(event_type) else { return };
        target.start_messages(event_type);
        // What is no object stands for null: `[LegacyTreatNonObjectAsNull]`.
        if !value.is_object() {
            target.deactivate_event_handler(event_type);
            return;
        }
        let object = RootedObject::from_object(value.to_object());
        target.activate_event_handler(event_type, kind, &object, None);
    }

    /// The same from a content attribute.
    pub(super) fn set_uncompiled_event_handler(
        &self,
        event_type: &'static str,
        kind: EventHandlerKind,
        uncompiled: UncompiledHandler,
    ) {
        let none = RootedObject::from_object(std::ptr::null_mut());
        self.activate_event_handler(event_type, kind, &none, Some(uncompiled));
    }

    fn activate_event_handler(
        &self,
        event_type: &'static str,
        kind: EventHandlerKind,
        object: &RootedObject,
        uncompiled: Option<UncompiledHandler>,
    ) {
        let mut handlers = self.handlers.borrow_mut();
        if let Some(handler) = handlers.find_mut(event_type) {
            handler.value.set(object.handle());
            handler.uncompiled = uncompiled;
            return;
        }
        // [Activate](https://html.spec.whatwg.org/multipage/webappapis.html#activate-an-event-handler): from now on
        // there is a listener, whose place in the list later values keep.
        let listener = Rc::new(Listener {
            type_: event_type.into(),
            callback: ListenerCallback::Handler,
            capture: false,
            passive: None,
            once: false,
            removed: Cell::new(false),
        });
        self.listeners.borrow_mut().push(listener.clone());
        let value = object.as_unrooted().clone();
        handlers.map.push(EventHandler { event_type, kind, value, uncompiled, listener });
        drop(handlers);
        self.listeners_changed();
    }

    /// Where setting `onmessage` says that messages may come.
    fn start_messages(&self, event_type: &str) {
        if event_type != "message" {
            return;
        }
        if let Some(container) = self.downcast::<ServiceWorkerContainer>() {
            container.enable_client_message_queue();
        } else if let Some(port) = self.downcast::<MessagePort>() {
            port.start();
        }
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#deactivate-an-event-handler>
    pub(super) fn deactivate_event_handler(&self, event_type: &str) {
        let mut handlers = self.handlers.borrow_mut();
        let Some(index) = handlers.map.iter().position(|handler| handler.event_type == event_type) else {
            return;
        };
        let handler = handlers.map.remove(index);
        self.listeners.borrow_mut().remove(&handler.listener);
        drop(handlers);
        self.listeners_changed();
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm>
    pub(super) fn process_event_handler(&self, cx: &mut JSContext, event: &Event) {
        // 1–2. The value as it is now.
        let Some(kind) = self.handlers.borrow().find(&event.type_()).map(|handler| handler.kind) else {
            return;
        };
        let Some(callback) = self.current_event_handler(cx, &event.type_()) else { return };
        rooted!(&in(cx) let callback = object_value(callback.handle().get()));
        rooted!(&in(cx) let this = object_value(self.reflector().script_object()));
        // 3. An error that is reported to a global has its parts as arguments.
        let error = event
            .downcast::<ErrorEvent>()
            .filter(|_| kind == EventHandlerKind::OnError && self.is_error_of_window(&event.type_()));
        // 4. An exception is reported, by the callback, as a listener's is.
        let result = match error {
            Some(error) => on_error(cx, callback.handle(), this.handle(), error),
            None => normal(cx, callback.handle(), this.handle(), event),
        };
        let Some(result) = result else { return };
        // 5. What it returned. FIXME(spec): that of `onbeforeunload`, when there is a BeforeUnloadEvent.
        let result = result.handle();
        let cancels = if error.is_some() {
            result.is_boolean() && result.to_boolean()
        } else {
            result.is_boolean() && !result.to_boolean()
        };
        if cancels {
            event.cancel();
        }
    }
}

/// Calls `handler(event)`.
fn normal(
    cx: &mut JSContext,
    callback: HandleValue<'_>,
    this: HandleValue<'_>,
    event: &Event,
) -> Option<RootedValue> {
    let callback = Rooted::<EventHandlerNonNull>::from_js(cx, callback).ok()?;
    callback.call_and_report(cx, this, event)
}

/// Calls `handler(message, filename, line, column, error)`.
fn on_error(
    cx: &mut JSContext,
    callback: HandleValue<'_>,
    this: HandleValue<'_>,
    event: &ErrorEvent,
) -> Option<RootedValue> {
    let callback = Rooted::<OnErrorEventHandlerNonNull>::from_js(cx, callback).ok()?;
    let error = event.error();
    let (message, source) = (EventOrDOMString::DOMString(event.message()), event.filename().into());
    callback.call_and_report(cx, this, message, source, event.line(), event.column(), error.handle())
}
