//! <https://w3c.github.io/ServiceWorker/#fetchevent-interface>

use fetch::{NetworkError, NetworkErrorKind};

use super::{ExtendableEvent, ServiceWorkerGlobalScope};
use crate::bindings::dictionaries::FetchEventInit;
use crate::bindings::interfaces::{EventMethods, FetchEventMethods};
use crate::dom::events::event::Event;
use crate::dom::fetch::request::Request;
use crate::dom::fetch::response::Response;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#fetchevent-interface>
///
/// NB: the flags about waiting and errors are not kept: the answer is given at the moment that they would change.
#[dom_struct]
pub struct FetchEvent {
    extendable_event: ExtendableEvent,
    request: Dom<Request>,
    preload_response: HeapPromise,
    client_id: DOMString,
    resulting_client_id: DOMString,
    replaces_client_id: DOMString,
    handled: HeapPromise,
    /// The [respond-with entered flag](https://w3c.github.io/ServiceWorker/#fetchevent-respond-with-entered-flag).
    respond_with_entered: Cell<bool>,
    /// The fetch, of an event of the engine's.
    #[no_trace]
    fetch: DomRefCell<Option<service_worker::FetchEvent>>,
}

impl FetchEvent {
    fn new_inherited(
        request: &Request,
        preload_response: &Promise,
        handled: &Promise,
        [client_id, resulting_client_id, replaces_client_id]: [DOMString; 3],
    ) -> FetchEvent {
        FetchEvent {
            extendable_event: ExtendableEvent::new_inherited(),
            request: Dom::from_ref(request),
            preload_response: preload_response.to_heap(),
            client_id,
            resulting_client_id,
            replaces_client_id,
            handled: handled.to_heap(),
            respond_with_entered: Cell::new(false),
            fetch: DomRefCell::default(),
        }
    }

    /// The event of a fetch, that is yet to be initialised as an [`Event`]
    /// ([Create Fetch Event and Dispatch](https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch), 17.1–17.13).
    pub(super) fn new(
        cx: &mut JSContext,
        worker: &ServiceWorkerGlobalScope,
        fetch: &service_worker::FetchEvent,
    ) -> DomRoot<FetchEvent> {
        let global = worker.upcast::<GlobalScope>();
        // 16.3. The promise that says what became of it.
        let handled = Promise::new(cx, global);
        // 17.2–17.3. The request, with a signal of its own.
        let request = Request::from_fetch_request(cx, global, fetch.request.clone());
        // 17.6–17.7. FIXME(spec): navigation preload.
        let preload_response = Promise::resolved(cx, global, &());
        // 17.8–17.10. Who asks, and for whom.
        let ids = [&fetch.client, &fetch.resulting_client, &fetch.replaced_client]
            .map(|id| id.as_ref().map(|id| DOMString::from(&*id.0)).unwrap_or_default());
        let event = FetchEvent::new_inherited(&request, &preload_response, &handled, ids);
        event.fetch.set(Some(fetch.clone()));
        // 17.22. On abort.
        let (aborted, signal) = (fetch.aborted(), Trusted::new(&*request.abort_signal()));
        let tasks = global.task_sender().background();
        global.spawn(async move {
            if aborted.await {
                let abort = move |cx: &mut JSContext, _: &GlobalScope| {
                    signal.root().signal_abort(cx, HandleValue::undefined());
                };
                tasks.post(TaskSource::HandleFetch, Box::new(abort));
            }
        });
        reflect_dom_object(cx, Box::new(event), global)
    }

    /// Create Fetch Event and Dispatch, 17.14 and what follows, once the event was dispatched.
    pub(super) fn was_dispatched(&self, cx: &mut JSContext) {
        // 17.16–17.17. There is an answer, or there will be.
        if self.respond_with_entered.get() {
            return;
        }
        let Some(fetch) = self.fetch.borrow_mut().take() else { return };
        // 20.1. Nobody answers, and the network must not be asked.
        if self.upcast::<Event>().is_canceled() {
            let message = "the service worker's listener called preventDefault() and gave no response";
            fetch.respond(Err(NetworkError::new(NetworkErrorKind::ServiceWorker, message)));
            self.reject_handled(cx);
            return;
        }
        // 20.2, 20.4. The network is asked. (17.18. A body that can be read once alone was read by the worker, or is
        // still there for the network.)
        fetch.respond(Ok(None));
        self.handled.root().resolve(cx, &());
    }

    /// respondWith(), 9, 10.1, or whatever else keeps a response from being one; with 21.
    fn fail(&self, cx: &mut JSContext, message: &str) {
        let Some(fetch) = self.fetch.borrow_mut().take() else { return };
        fetch.respond(Err(NetworkError::new(NetworkErrorKind::ServiceWorker, message)));
        self.reject_handled(cx);
    }

    fn reject_handled(&self, cx: &mut JSContext) {
        let handled = self.handled.root();
        // Who does not ask for it is not to hear of it.
        handled.mark_as_handled(cx);
        handled.reject(cx, Error::Network("the service worker did not answer the fetch".into()));
    }

    /// respondWith(), 10; with Create Fetch Event and Dispatch, 22.
    fn respond(&self, cx: &mut JSContext, value: HandleValue<'_>) {
        // 10.1. Only a Response is one.
        let Ok(response) = DomRoot::<Response>::from_js(cx, value) else {
            return self
                .fail(cx, "what respondWith() was given resolved with something else than a Response");
        };
        // 10.2. Whose body was not read yet. (The exception is nobody's to catch.)
        let Ok(response) = response.give(cx) else {
            return self.fail(cx, "the body of the service worker's response is locked, or was already read");
        };
        let Some(fetch) = self.fetch.borrow_mut().take() else { return };
        fetch.respond(Ok(Some(response)));
        self.handled.root().resolve(cx, &());
    }
}

impl FetchEventMethods for FetchEvent {
    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-fetchevent>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &FetchEventInit,
    ) -> Fallible<DomRoot<FetchEvent>> {
        let preload_response = match &init.preload_response {
            Some(promise) => promise.clone(),
            None => Promise::resolved(cx, global, &()),
        };
        let handled = match &init.handled {
            Some(promise) => promise.clone(),
            None => Promise::new(cx, global),
        };
        let ids =
            [&init.client_id, &init.resulting_client_id, &init.replaces_client_id].map(DOMString::clone);
        let event = FetchEvent::new_inherited(&init.request, &preload_response, &handled, ids);
        let event = reflect_dom_object_with_proto(cx, Box::new(event), global, proto);
        event.upcast::<Event>().construct(type_, &init.parent.parent);
        Ok(event)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-request>
    fn Request(&self, _cx: &mut JSContext) -> DomRoot<Request> {
        self.request.as_rooted()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-preloadresponse>
    fn PreloadResponse(&self, _cx: &mut JSContext) -> Promise {
        self.preload_response.root()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-clientid>
    fn ClientId(&self) -> DOMString {
        self.client_id.clone()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-resultingclientid>
    fn ResultingClientId(&self) -> DOMString {
        self.resulting_client_id.clone()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-replacesclientid>
    fn ReplacesClientId(&self) -> DOMString {
        self.replaces_client_id.clone()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-handled>
    fn Handled(&self, _cx: &mut JSContext) -> Promise {
        self.handled.root()
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith>
    fn RespondWith(&self, cx: &mut JSContext, r: &Promise) -> Fallible<()> {
        let event = self.upcast::<Event>();
        // 2. While the event is dispatched alone.
        if !event.is_being_dispatched() {
            return Err(Error::InvalidState("the event is not being dispatched".into()));
        }
        // 3. Once.
        if self.respond_with_entered.get() {
            return Err(Error::InvalidState("the event was already responded to".into()));
        }
        // 4. The event lives as long as the promise.
        self.extendable_event.add_lifetime_promise(cx, r)?;
        // 5. Nobody else gets it.
        event.StopImmediatePropagation(cx)?;
        // 6–7. From now on there will be an answer.
        self.respond_with_entered.set(true);
        r.react(
            cx,
            Dom::from_ref(self),
            // 10. It is there.
            |cx, event, value| event.as_rooted().respond(cx, value),
            // 9. There is none.
            |cx, event, _reason| {
                event.as_rooted().fail(cx, "the promise that respondWith() was given was rejected")
            },
        );
        Ok(())
    }
}
