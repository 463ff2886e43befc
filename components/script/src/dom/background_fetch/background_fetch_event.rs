//! <https://wicg.github.io/background-fetch/#background-fetch-event>

use background_fetch::concepts::UniqueId;

use super::BackgroundFetchRegistration;
use crate::bindings::dictionaries::BackgroundFetchEventInit;
use crate::bindings::interfaces::BackgroundFetchEventMethods;
use crate::dom::events::event::Event;
use crate::dom::service_workers::ExtendableEvent;
use crate::webidl::*;

/// <https://wicg.github.io/background-fetch/#background-fetch-event>
#[dom_struct]
pub struct BackgroundFetchEvent {
    extendable_event: ExtendableEvent,
    registration: Dom<BackgroundFetchRegistration>,
}

impl BackgroundFetchEvent {
    pub(super) fn new_inherited(registration: &BackgroundFetchRegistration) -> BackgroundFetchEvent {
        BackgroundFetchEvent {
            extendable_event: ExtendableEvent::new_inherited(),
            registration: Dom::from_ref(registration),
        }
    }

    /// An event that is yet to be initialised as an [`Event`].
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        registration: &BackgroundFetchRegistration,
    ) -> DomRoot<BackgroundFetchEvent> {
        reflect_dom_object(cx, Box::new(BackgroundFetchEvent::new_inherited(registration)), global)
    }

    /// The event's [background fetch](https://wicg.github.io/background-fetch/#backgroundfetchevent-background-fetch).
    pub(super) fn background_fetch(&self) -> UniqueId {
        self.registration.background_fetch()
    }
}

impl BackgroundFetchEventMethods for BackgroundFetchEvent {
    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchevent-backgroundfetchevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &BackgroundFetchEventInit,
    ) -> Fallible<DomRoot<BackgroundFetchEvent>> {
        let event = Box::new(BackgroundFetchEvent::new_inherited(&init.registration));
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.upcast::<Event>().construct(type_, &init.parent.parent);
        Ok(event)
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchevent-registration>
    fn Registration(&self, _cx: &mut JSContext) -> DomRoot<BackgroundFetchRegistration> {
        self.registration.as_rooted()
    }
}
