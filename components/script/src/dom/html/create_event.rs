//! <https://dom.spec.whatwg.org/#dom-document-createevent>

use crate::dom::events::Event;
use crate::dom::events::custom_event::CustomEvent;
use crate::dom::uievents::focus_event::FocusEvent;
use crate::dom::uievents::mouse_event::MouseEvent;
use crate::dom::uievents::ui_event::UIEvent;
use crate::webidl::*;

/// An event of an interface by one of the names of old; it is yet to be initialised.
pub(crate) fn create_event(
    cx: &mut JSContext,
    global: &GlobalScope,
    interface: &str,
) -> Fallible<DomRoot<Event>> {
    // 1 to 3. The table of names, as far as there are interfaces.
    match interface.to_ascii_lowercase().as_str() {
        "customevent" => Ok(DomRoot::upcast(CustomEvent::new(cx, global))),
        "focusevent" => Ok(DomRoot::upcast(FocusEvent::new_uninitialized(cx, global))),
        "mouseevent" | "mouseevents" => Ok(DomRoot::upcast(MouseEvent::new_uninitialized(cx, global))),
        "uievent" | "uievents" => Ok(DomRoot::upcast(UIEvent::new_uninitialized(cx, global))),
        "event" | "events" | "htmlevents" | "svgevents" => {
            Ok(reflect_dom_object(cx, Box::new(Event::new_inherited()), global))
        }
        _ => Err(Error::NotSupported(format!("there is no event interface `{interface}`"))),
    }
}
