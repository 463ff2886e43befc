//! The ErrorEvent interface: <https://html.spec.whatwg.org/multipage/webappapis.html#the-errorevent-interface>.

use crate::bindings::dictionaries::ErrorEventInit;
use crate::bindings::interfaces::ErrorEventMethods;
use crate::dom::events::event::Event;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/webappapis.html#errorevent>
#[dom_struct]
pub struct ErrorEvent {
    event: Event,
    message: DOMString,
    filename: USVString,
    line: u32,
    column: u32,
    error: HeapValue,
}

impl ErrorEvent {
    fn new_inherited(init: &ErrorEventInit) -> ErrorEvent {
        ErrorEvent {
            event: Event::new_inherited(),
            message: init.message.clone(),
            filename: init.filename.clone(),
            line: init.lineno,
            column: init.colno,
            error: init.error.as_ref().map(|error| HeapValue::new(error.handle())).unwrap_or_default(),
        }
    }

    /// An event that is ready to be fired.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        init: &ErrorEventInit,
    ) -> DomRoot<ErrorEvent> {
        let event = reflect_dom_object(cx, Box::new(ErrorEvent::new_inherited(init)), global);
        event.event.construct("error".into(), &init.parent);
        event
    }

    /// The message.
    pub(crate) fn message(&self) -> DOMString {
        self.message.clone()
    }

    /// The script's URL.
    pub(crate) fn filename(&self) -> USVString {
        self.filename.clone()
    }

    /// From 1.
    pub(crate) fn line(&self) -> u32 {
        self.line
    }

    /// From 1.
    pub(crate) fn column(&self) -> u32 {
        self.column
    }

    /// What was thrown.
    pub(crate) fn error(&self) -> RootedValue {
        self.error.root()
    }
}

impl ErrorEventMethods for ErrorEvent {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &ErrorEventInit,
    ) -> Fallible<DomRoot<ErrorEvent>> {
        let event = Box::new(ErrorEvent::new_inherited(init));
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-message>
    fn Message(&self) -> DOMString {
        self.message()
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-filename>
    fn Filename(&self) -> USVString {
        self.filename()
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-lineno>
    fn Lineno(&self) -> u32 {
        self.line
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-colno>
    fn Colno(&self) -> u32 {
        self.column
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-error>
    fn Error(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.error.get(rval);
    }
}
