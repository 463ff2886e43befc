//! <https://wicg.github.io/background-fetch/#background-fetch-record-interface>

use background_fetch::{MatchedRecord, MatchedResponse};

use super::reply::{reply, service};
use crate::bindings::interfaces::BackgroundFetchRecordMethods;
use crate::dom::fetch::request::Request;
use crate::dom::fetch::response::Response;
use crate::dom::streams::body_source::Reading;
use crate::webidl::*;

/// <https://wicg.github.io/background-fetch/#background-fetch-record-interface>
#[dom_struct]
pub struct BackgroundFetchRecord {
    reflector: Reflector,
    request: Dom<Request>,
    /// The [response promise](https://wicg.github.io/background-fetch/#backgroundfetchrecord-response-promise), once
    /// script has asked for it.
    response_promise: DomRefCell<Option<HeapPromise>>,
    /// The response, until script has asked for it.
    #[no_trace]
    response: DomRefCell<Option<MatchedResponse>>,
}

impl BackgroundFetchRecord {
    /// [Create record objects](https://wicg.github.io/background-fetch/#create-settled-fetches-algorithm), for one
    /// record.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        record: MatchedRecord,
    ) -> DomRoot<BackgroundFetchRecord> {
        // 2.4–2.5. The request with its body. NB: SD-38: its headers are immutable.
        let request = Request::from_fetch_request(cx, global, record.request);
        // 2.2. The object. NB: 2.3, 2.6–2.9 wait until somebody wants the response.
        let object = BackgroundFetchRecord {
            reflector: Reflector::new(),
            request: Dom::from_ref(&request),
            response_promise: DomRefCell::default(),
            response: DomRefCell::new(Some(record.response)),
        };
        reflect_dom_object(cx, Box::new(object), global)
    }

    /// Create record objects, 2.9: settles the promise when there is a response, or will be none.
    fn ask_for_response(&self, promise: &Promise) -> Fallible<()> {
        let global = self.global();
        let service = service(&global)?;
        let Some(response) = self.response.borrow_mut().take() else { return Ok(()) };
        // 2.9.2.6. The Response object; NB: SD-37: the stored body is read once the page wants it.
        let reply = reply(&global, promise, |cx, global, promise, response: fetch::Response| {
            let response = Response::from_fetch_response(cx, global, response, Reading::OnceLocked);
            promise.resolve(cx, &response);
        });
        service.response_ready(response, reply);
        Ok(())
    }
}

impl BackgroundFetchRecordMethods for BackgroundFetchRecord {
    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchrecord-request>
    fn Request(&self, _cx: &mut JSContext) -> DomRoot<Request> {
        self.request.as_rooted()
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchrecord-responseready>
    fn ResponseReady(&self, cx: &mut JSContext) -> Promise {
        let existing = self.response_promise.borrow().as_ref().map(HeapPromise::root);
        if let Some(promise) = existing {
            return promise;
        }
        let promise = Promise::new(cx, &self.global());
        // NB: SD-38.
        promise.mark_as_handled(cx);
        self.response_promise.set(Some(promise.to_heap()));
        if let Err(error) = self.ask_for_response(&promise) {
            promise.reject(cx, error);
        }
        promise
    }
}
