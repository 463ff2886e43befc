//! <https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-pagetransitionevent-interface>

use crate::bindings::dictionaries::PageTransitionEventInit;
use crate::bindings::interfaces::PageTransitionEventMethods;
use crate::dom::events::Event;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#pagetransitionevent>
#[dom_struct]
pub struct PageTransitionEvent {
    event: Event,
    persisted: bool,
}

impl PageTransitionEvent {
    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#fire-a-page-transition-event> at the document's window.
    /// No document is ever kept to be shown again.
    pub(super) fn fire(cx: &mut JSContext, document: &Document, type_: &str) {
        let Some(window) = document.window() else { return };
        let event = Box::new(PageTransitionEvent { event: Event::new_inherited(), persisted: false });
        let event = reflect_dom_object(cx, event, window.upcast());
        event.event.init_event(type_.into(), true, true);
        event.event.fire_at_window_for(cx, window.upcast(), document.upcast());
    }
}

impl PageTransitionEventMethods for PageTransitionEvent {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &PageTransitionEventInit,
    ) -> Fallible<DomRoot<PageTransitionEvent>> {
        let event =
            Box::new(PageTransitionEvent { event: Event::new_inherited(), persisted: init.persisted });
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-pagetransitionevent-persisted>
    fn Persisted(&self) -> bool {
        self.persisted
    }
}
