//! `fetch()`: <https://fetch.spec.whatwg.org/#fetch-method>.

use fetch::{NetworkError, ServiceWorkersMode};
use futures::future::{self, AbortHandle, Abortable, Either};

use super::abortable_body::BodyController;
use super::request::Request;
use super::response::Response;
use crate::bindings::dictionaries::RequestInit;
use crate::bindings::interfaces::RequestMethods;
use crate::bindings::unions::RequestOrUSVString as RequestInfo;
use crate::dom::abort::abort_signal::{AbortAlgorithm, AbortAlgorithmId, AbortSignal};
use crate::dom::performance_timeline::start_fetch;
use crate::dom::streams::body_source::Reading;
use crate::dom::streams::native_source::network_error;
use crate::dom::streams::readable_stream::{ReadableStream, State};
use crate::embedder::AgentKind;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://fetch.spec.whatwg.org/#dom-global-fetch>
pub(crate) fn fetch(
    cx: &mut JSContext,
    global: &GlobalScope,
    input: RequestInfo,
    init: &RequestInit,
) -> Fallible<Promise> {
    // 2. The request. (A failure becomes a rejected promise.)
    let request_object = Request::Constructor(cx, global, None, input, init)?;
    // 1.
    let promise = Promise::new(cx, global);
    let signal = request_object.abort_signal();
    // 4. It was aborted before it began.
    if signal.aborted() {
        let reason = signal.reason();
        promise.reject_value(cx, reason.handle());
        cancel_request_body(cx, &request_object, reason.handle());
        return Ok(promise);
    }
    // 3. From here on its body is ours.
    let mut request = request_object.to_fetch_request(cx)?;
    // 5–6. A service worker does not ask itself.
    if global.agent_info().kind == AgentKind::ServiceWorker {
        request.service_workers_mode = ServiceWorkersMode::None;
    }
    // 7–11. What happens on abort.
    let (controller, registration) = AbortHandle::new_pair();
    let abort = signal.add(AbortFetch {
        promise: promise.to_heap(),
        request: Dom::from_ref(&*request_object),
        controller,
    });
    // 12. Fetch.
    let (trusted_promise, trusted_request) = (TrustedPromise::new(&promise), Trusted::new(&*request_object));
    let tasks = global.task_sender();
    let hosts = global.hosts();
    let keepalive = request.keepalive;
    let response = start_fetch(global, request, "fetch");
    // Where it was aborted, the abort steps have settled the promise.
    let response = Abortable::new(response, registration);
    let settle = move |response| {
        let Ok(response) = response else { return };
        let process_response = move |cx: &mut JSContext, global: &GlobalScope| {
            let (promise, request) = (trusted_promise.root(), trusted_request.root());
            process_response(cx, global, &promise, &request, abort, response);
        };
        tasks.post(TaskSource::Networking, Box::new(process_response));
    };
    if keepalive {
        // It outlives its client, who hears no more of it then.
        let end = global.end();
        hosts.spawner.spawn(Box::pin(async move {
            match future::select(end, response).await {
                Either::Left(((), response)) => {
                    drop(settle);
                    let _ = response.await;
                }
                Either::Right((response, _)) => settle(response),
            }
        }));
    } else {
        global.spawn(async move { settle(response.await) });
    }
    // 13.
    Ok(promise)
}

/// processResponse.
fn process_response(
    cx: &mut JSContext,
    global: &GlobalScope,
    promise: &Promise,
    request: &Request,
    abort: AbortAlgorithmId,
    response: Result<fetch::Response, NetworkError>,
) {
    let signal = request.abort_signal();
    // 12.1. Locally aborted: the promise is settled.
    if signal.aborted() {
        return;
    }
    signal.remove(abort);
    match response {
        // 12.2–12.3.
        Err(error) => promise.reject(cx, network_error(global, &error)),
        // 12.4–12.5.
        Ok(response) => {
            let mut response = response;
            let body = response.body.take().map(BodyController::of);
            let (body, controller) = body.unzip();
            response.body = body;
            let response = Response::from_fetch_response(cx, global, response, Reading::AtOnce);
            if let (Some(body), Some(controller)) = (response.any_stream(), controller) {
                signal.add(AbortBodies {
                    request: Dom::from_ref(request),
                    response_body: WeakDom::new(&*body),
                    controller,
                });
            }
            promise.resolve(cx, &response);
        }
    }
}

/// The second step of <https://fetch.spec.whatwg.org/#abort-fetch>.
fn cancel_request_body(cx: &mut JSContext, request: &Request, error: HandleValue<'_>) {
    if let Some(stream) = request.body().stream()
        && stream.state() == State::Readable
    {
        stream.cancel(cx, error);
    }
}

/// The abort steps of `fetch()`, for as long as there is no response.
#[derive(JSTraceable)]
struct AbortFetch {
    promise: HeapPromise,
    request: Dom<Request>,
    #[no_trace]
    controller: AbortHandle,
}

impl AbortAlgorithm for AbortFetch {
    fn run(&self, cx: &mut JSContext, signal: &AbortSignal) {
        let (promise, request, reason) = (self.promise.root(), self.request.as_rooted(), signal.reason());
        // 11.3.
        self.controller.abort();
        // 11.4.
        promise.reject_value(cx, reason.handle());
        cancel_request_body(cx, &request, reason.handle());
    }
}

/// The abort steps of `fetch()` from the response on.
#[derive(JSTraceable)]
struct AbortBodies {
    request: Dom<Request>,
    /// Weak: an abort is no reason to keep a body that no one reads.
    response_body: WeakDom<ReadableStream>,
    /// Of its bytes, which a service worker may have handed on.
    #[no_trace]
    controller: BodyController,
}

impl AbortAlgorithm for AbortBodies {
    fn run(&self, cx: &mut JSContext, signal: &AbortSignal) {
        let (request, body, reason) = (self.request.as_rooted(), self.response_body.root(), signal.reason());
        cancel_request_body(cx, &request, reason.handle());
        // A stream that fails lets go of the transfer.
        if let Some(body) = body {
            body.fail(cx, reason.handle());
        }
        self.controller.abort();
    }

    fn is_over(&self) -> bool {
        let has_ended = || self.response_body.root().is_none_or(|body| body.state() != State::Readable);
        self.controller.is_over() && has_ended()
    }
}
