//! Event listeners: <https://dom.spec.whatwg.org/#concept-event-listener>.

use std::cell::Cell;
use std::rc::Rc;

use super::event_target::EventTarget;
use crate::bindings::callbacks::EventListener as Callback;
use crate::dom::html::window::Window;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#concept-event-listener>
#[derive(JSTraceable)]
pub(super) struct Listener {
    pub(super) type_: DOMString,
    pub(super) callback: ListenerCallback,
    pub(super) capture: bool,
    pub(super) passive: Option<bool>,
    pub(super) once: bool,
    pub(super) removed: Cell<bool>,
}

/// What a listener calls.
#[derive(JSTraceable)]
pub(super) enum ListenerCallback {
    /// None: it does nothing, but is in the list.
    Listener(Option<Callback>),
    /// [The event handler processing algorithm](https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm).
    Handler,
}

impl ListenerCallback {
    fn is_same(&self, other: Option<&Callback>) -> bool {
        match (self, other) {
            (ListenerCallback::Listener(Some(this)), Some(other)) => this.callback() == other.callback(),
            (ListenerCallback::Listener(None), None) => true,
            _ => false,
        }
    }
}

/// A target's listeners, in order.
#[derive(Default, JSTraceable)]
pub(super) struct Listeners {
    list: Vec<Rc<Listener>>,
}

impl Listeners {
    /// Those of a type that listen on an event's way down to the target (or up again), as they are now.
    pub(super) fn of_type(&self, type_: &DOMString, capture: bool) -> Vec<Rc<Listener>> {
        let wanted = |listener: &&Rc<Listener>| listener.capture == capture && listener.type_ == *type_;
        self.list.iter().filter(wanted).cloned().collect()
    }

    /// Whether there are any of a type.
    pub(super) fn have(&self, type_: &str) -> bool {
        self.list.iter().any(|listener| listener.type_ == *type_)
    }

    /// The types that are listened to, each once.
    pub(super) fn types(&self) -> Vec<DOMString> {
        let mut types: Vec<DOMString> = Vec::new();
        for listener in &self.list {
            if !types.contains(&listener.type_) {
                types.push(listener.type_.clone());
            }
        }
        types
    }

    pub(super) fn push(&mut self, listener: Rc<Listener>) {
        self.list.push(listener);
    }

    /// The listener of that type, callback and capture.
    pub(super) fn find(
        &self,
        type_: &DOMString,
        callback: Option<&Callback>,
        capture: bool,
    ) -> Option<Rc<Listener>> {
        let same = |listener: &&Rc<Listener>| {
            listener.type_ == *type_ && listener.capture == capture && listener.callback.is_same(callback)
        };
        self.list.iter().find(same).cloned()
    }

    /// <https://dom.spec.whatwg.org/#remove-an-event-listener>
    pub(super) fn remove(&mut self, listener: &Rc<Listener>) {
        listener.removed.set(true);
        self.list.retain(|other| !Rc::ptr_eq(other, listener));
    }
}

impl EventTarget {
    /// <https://dom.spec.whatwg.org/#default-passive-value>
    pub(super) fn default_passive_value(&self, type_: &DOMString) -> bool {
        // 1. What scrolls,
        if !matches!(&**type_, "touchstart" | "touchmove" | "wheel" | "mousewheel") {
            return false;
        }
        // of all of the page.
        if self.is::<Window>() {
            return true;
        }
        let Some(node) = self.downcast::<Node>() else { return false };
        let document = node.node_document();
        let is = |element: Option<DomRoot<Element>>| {
            element.is_some_and(|element| element.upcast::<Node>() == node)
        };
        // 2.
        document.upcast::<Node>() == node || is(document.document_element()) || is(document.body_element())
    }
}
