//! <https://wicg.github.io/background-fetch/#background-fetch-update-ui-event>

use std::cell::Cell;

use background_fetch::concepts::UiUpdate;

use super::reply::{reply, service};
use super::ui_options::process_icons;
use super::{BackgroundFetchEvent, BackgroundFetchRegistration};
use crate::bindings::dictionaries::{BackgroundFetchEventInit, BackgroundFetchUIOptions};
use crate::bindings::interfaces::BackgroundFetchUpdateUIEventMethods;
use crate::dom::events::event::Event;
use crate::dom::service_workers::ExtendableEvent;
use crate::webidl::*;

/// <https://wicg.github.io/background-fetch/#background-fetch-update-ui-event>
#[dom_struct]
pub struct BackgroundFetchUpdateUIEvent {
    background_fetch_event: BackgroundFetchEvent,
    /// The [UI updated flag](https://wicg.github.io/background-fetch/#backgroundfetchupdateuievent-ui-updated-flag).
    ui_updated: Cell<bool>,
}

impl BackgroundFetchUpdateUIEvent {
    fn new_inherited(registration: &BackgroundFetchRegistration) -> BackgroundFetchUpdateUIEvent {
        BackgroundFetchUpdateUIEvent {
            background_fetch_event: BackgroundFetchEvent::new_inherited(registration),
            ui_updated: Cell::new(false),
        }
    }

    /// An event that is yet to be initialised as an [`Event`].
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        registration: &BackgroundFetchRegistration,
    ) -> DomRoot<BackgroundFetchUpdateUIEvent> {
        reflect_dom_object(cx, Box::new(BackgroundFetchUpdateUIEvent::new_inherited(registration)), global)
    }
}

impl BackgroundFetchUpdateUIEventMethods for BackgroundFetchUpdateUIEvent {
    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchupdateuievent-backgroundfetchupdateuievent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &BackgroundFetchEventInit,
    ) -> Fallible<DomRoot<BackgroundFetchUpdateUIEvent>> {
        let event = Box::new(BackgroundFetchUpdateUIEvent::new_inherited(&init.registration));
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.upcast::<Event>().construct(type_, &init.parent.parent);
        Ok(event)
    }

    /// <https://wicg.github.io/background-fetch/#background-fetch-update-ui-event-update-ui>
    fn UpdateUI(&self, cx: &mut JSContext, options: &BackgroundFetchUIOptions) -> Fallible<Promise> {
        // 1. NB: SD-60: at once, each with a rejected promise.
        let refused = if !self.upcast::<Event>().is_trusted() {
            Some("the event was not dispatched by the engine")
        } else if self.ui_updated.get() {
            Some("updateUI() can be called once")
        } else if !self.upcast::<ExtendableEvent>().is_active() {
            Some("the event is over")
        } else {
            None
        };
        if let Some(reason) = refused {
            return Err(Error::InvalidState(reason.into()));
        }
        // 2. Once.
        self.ui_updated.set(true);
        // 5–6. What is present. NB: SD-63: an empty title clears it.
        let global = self.global();
        let service = service(&global)?;
        let update = UiUpdate {
            title: options.title.clone().map(String::from),
            icons: options.icons.as_deref().map(|icons| process_icons(&global, icons)).transpose()?,
        };
        let promise = Promise::new(cx, &global);
        // 7. Resolve.
        let reply = reply(&global, &promise, |cx, _global, promise, ()| {
            promise.resolve_value(cx, HandleValue::undefined());
        });
        // 4. The event's background fetch.
        service.update_ui(self.background_fetch_event.background_fetch(), update, reply);
        Ok(promise)
    }
}
