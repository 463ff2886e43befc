//! The events that the component has delivered:
//! [perform a background fetch](https://wicg.github.io/background-fetch/#perform-a-background-fetch-algorithm), 8.11, and
//! [fire a background fetch click event](https://wicg.github.io/background-fetch/#fire-a-background-fetch-click-event-algorithm).

use background_fetch::host::{EventKind, FunctionalEvent};
use service_worker::Payload;

use super::{BackgroundFetchEvent, BackgroundFetchUpdateUIEvent};
use crate::bindings::interfaces::ServiceWorkerRegistrationMethods;
use crate::dom::service_workers::{ExtendableEvent, ServiceWorkerGlobalScope};
use crate::webidl::*;

/// Makes the event that `init` describes, if it is one of this specification's.
pub(crate) fn functional_event(
    cx: &mut JSContext,
    worker: &ServiceWorkerGlobalScope,
    init: &Payload,
) -> Option<DomRoot<ExtendableEvent>> {
    let event = init.downcast::<FunctionalEvent>()?;
    // Its registration: the instance in the worker's realm.
    let manager = worker.registration_object(cx).BackgroundFetch(cx);
    let registration = manager.get_instance_for_event(cx, &event.instance);
    // NB: SD-65: one window interaction per click.
    if event.kind == EventKind::Click {
        worker.allow_window_interaction();
    }
    let global = worker.upcast::<GlobalScope>();
    Some(if event.kind.can_update_ui() {
        DomRoot::upcast(BackgroundFetchUpdateUIEvent::new(cx, global, &registration))
    } else {
        DomRoot::upcast(BackgroundFetchEvent::new(cx, global, &registration))
    })
}
