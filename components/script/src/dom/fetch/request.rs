//! The Request class: <https://fetch.spec.whatwg.org/#request-class>.

use std::sync::Arc;

use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{Referrer, RequestBody};

use super::bodies::{BodySlot, RootedBody};
use super::body_mixin::{Consume, mime_type_of};
use super::enums::to_idl;
use super::headers::{Guard, Headers};
use super::request_init;
use super::upload::Upload;
use crate::bindings::dictionaries::RequestInit;
use crate::bindings::enums::{
    ReferrerPolicy, RequestCache, RequestCredentials, RequestDestination, RequestDuplex, RequestMode,
    RequestRedirect,
};
use crate::bindings::interfaces::RequestMethods;
use crate::bindings::unions::RequestOrUSVString as RequestInfo;
use crate::dom::abort::abort_signal::AbortSignal;
use crate::dom::streams::readable_stream::ReadableStream;
use crate::webidl::*;

/// <https://fetch.spec.whatwg.org/#request>
#[dom_struct]
pub struct Request {
    reflector: Reflector,
    /// The request, but for its header list and its body.
    #[no_trace]
    request: fetch::Request,
    /// The headers; their list is the request's.
    headers: Dom<Headers>,
    /// The signal.
    signal: Dom<AbortSignal>,
    /// The request's body.
    body: BodySlot,
}

impl Request {
    fn new_inherited(request: fetch::Request, headers: &Headers, signal: &AbortSignal) -> Request {
        Request {
            reflector: Reflector::new(),
            request,
            headers: Dom::from_ref(headers),
            signal: Dom::from_ref(signal),
            body: BodySlot::default(),
        }
    }

    /// <https://fetch.spec.whatwg.org/#request-create>. The body of `request` is left out: [`BodySlot::set`] sets it.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        mut request: fetch::Request,
        guard: Guard,
        signal: &AbortSignal,
    ) -> DomRoot<Request> {
        // 1–5.
        let header_list = std::mem::take(&mut request.headers);
        request.body = None;
        let headers = Headers::new(cx, global, header_list, guard);
        reflect_dom_object(cx, Box::new(Request::new_inherited(request, &headers, signal)), global)
    }

    /// A request object of a request that no script has made (for events): its headers are immutable, its body, if
    /// it has one, is bytes.
    pub(crate) fn from_fetch_request(
        cx: &mut JSContext,
        global: &GlobalScope,
        mut request: fetch::Request,
    ) -> DomRoot<Request> {
        let body = match request.body.take() {
            None => None,
            Some(RequestBody::Bytes(bytes)) => Some(super::body_init::bytes_as_a_body(cx, global, bytes)),
            Some(RequestBody::Source(source)) => Some(super::upload::body_of_source(cx, global, &source)),
        };
        let signal = AbortSignal::new(cx, global);
        let object = Request::new(cx, global, request, Guard::Immutable, &signal);
        object.body.set(body.as_ref());
        object
    }

    /// The request without its header list and body.
    pub(crate) fn request(&self) -> &fetch::Request {
        &self.request
    }

    /// The headers.
    pub(crate) fn headers(&self) -> DomRoot<Headers> {
        self.headers.as_rooted()
    }

    /// The signal.
    pub(crate) fn abort_signal(&self) -> DomRoot<AbortSignal> {
        self.signal.as_rooted()
    }

    /// The body.
    pub(crate) fn body(&self) -> &BodySlot {
        &self.body
    }

    /// The whole request as plain data. Its body is locked and disturbed from then on, as by a fetch: bytes, where
    /// they are known, else read from the stream when whoever sends it asks for them. Fails where the body was
    /// already used.
    pub(crate) fn to_fetch_request(&self, cx: &mut JSContext) -> Fallible<fetch::Request> {
        let mut request = self.request.clone();
        request.headers = self.headers.header_list();
        if let Some(body) = self.body.get() {
            request.body = Some(self.send_body(cx, &body)?);
        }
        Ok(request)
    }

    fn send_body(&self, cx: &mut JSContext, body: &RootedBody) -> Fallible<RequestBody> {
        self.body.check_usable()?;
        let stream = body.stream();
        let reader = stream.acquire_default_reader(cx)?;
        if let Some(body) = body.source_body() {
            stream.set_disturbed();
            return Ok(body);
        }
        Ok(RequestBody::Source(Arc::new(Upload::new(&reader, &self.global()))))
    }

    fn consume(&self, cx: &mut JSContext, what: Consume) -> Fallible<Promise> {
        self.body.consume(cx, &self.global(), what)
    }
}

impl RequestMethods for Request {
    /// <https://fetch.spec.whatwg.org/#dom-request>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        input: RequestInfo,
        init: &RequestInit,
    ) -> Fallible<DomRoot<Request>> {
        // 1–41. Its parts are in `request_init`.
        let mut request = request_init::request_from_init(global, &input, init)?;
        let signal = request_init::signal_from_init(cx, global, &input, init);
        let headers = request_init::headers_from_init(cx, global, &request, init)?;
        let body = request_init::body_from_init(cx, global, &mut request, &headers, &input, init)?;
        // 28, 42.
        let object = Box::new(Request::new_inherited(request, &headers, &signal));
        let object = reflect_dom_object_with_proto(cx, object, global, proto);
        object.body.set(body.as_ref());
        Ok(object)
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-method>
    fn Method(&self) -> ByteString {
        self.request.method.as_str().into()
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-url>
    fn Url(&self) -> USVString {
        self.request.url().as_str().into()
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-headers>
    fn Headers(&self, _cx: &mut JSContext) -> DomRoot<Headers> {
        self.headers()
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-destination>
    fn Destination(&self) -> RequestDestination {
        to_idl(self.request.destination.as_str(), RequestDestination::Empty)
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-referrer>
    fn Referrer(&self) -> USVString {
        match &self.request.referrer {
            // 1.
            Referrer::NoReferrer => USVString::default(),
            // 2.
            Referrer::Client => "about:client".into(),
            // 3.
            Referrer::Url(url) => url.as_str().into(),
        }
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-referrerpolicy>
    fn ReferrerPolicy(&self) -> ReferrerPolicy {
        to_idl(self.request.referrer_policy.as_str(), ReferrerPolicy::Empty)
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-mode>
    fn Mode(&self) -> RequestMode {
        to_idl(self.request.mode.as_str(), RequestMode::NoCors)
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-credentials>
    fn Credentials(&self) -> RequestCredentials {
        to_idl(self.request.credentials.as_str(), RequestCredentials::SameOrigin)
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-cache>
    fn Cache(&self) -> RequestCache {
        to_idl(self.request.cache.as_str(), RequestCache::Default)
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-redirect>
    fn Redirect(&self) -> RequestRedirect {
        to_idl(self.request.redirect.as_str(), RequestRedirect::Follow)
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-integrity>
    fn Integrity(&self) -> DOMString {
        self.request.integrity.as_str().into()
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-keepalive>
    fn Keepalive(&self) -> bool {
        self.request.keepalive
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-isreloadnavigation>
    fn IsReloadNavigation(&self) -> bool {
        self.request.reload_navigation
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-ishistorynavigation>
    fn IsHistoryNavigation(&self) -> bool {
        self.request.history_navigation
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-signal>
    fn Signal(&self, _cx: &mut JSContext) -> DomRoot<AbortSignal> {
        let signal = self.abort_signal();
        signal.expose();
        signal
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-duplex>
    fn Duplex(&self) -> RequestDuplex {
        RequestDuplex::Half
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-clone>
    fn Clone(&self, cx: &mut JSContext) -> Fallible<DomRoot<Request>> {
        // 1. Not what was already read.
        self.body.check_usable()?;
        // 2. The request, and its body.
        let global = self.global();
        let mut request = self.request.clone();
        request.headers = self.headers.header_list();
        let body = self.body.clone_body(cx)?;
        // 3–4. A signal that follows this one's.
        let signal = AbortSignal::create_dependent(cx, &global, &[self.abort_signal()]);
        // 5–6.
        let clone = Request::new(cx, &global, request, self.headers.guard(), &signal);
        clone.body.set(body.as_ref());
        Ok(clone)
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-body>
    fn GetBody(&self, _cx: &mut JSContext) -> Option<DomRoot<ReadableStream>> {
        self.body.stream()
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-bodyused>
    fn BodyUsed(&self) -> bool {
        self.body.used()
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-arraybuffer>
    fn ArrayBuffer(&self, cx: &mut JSContext) -> Fallible<Promise> {
        self.consume(cx, Consume::ArrayBuffer)
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-blob>
    fn Blob(&self, cx: &mut JSContext) -> Fallible<Promise> {
        self.consume(cx, Consume::Blob(self.headers.with_list(mime_type_of)))
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-bytes>
    fn Bytes(&self, cx: &mut JSContext) -> Fallible<Promise> {
        self.consume(cx, Consume::Bytes)
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-formdata>
    fn FormData(&self, cx: &mut JSContext) -> Fallible<Promise> {
        self.consume(cx, Consume::FormData(self.headers.with_list(extract_mime_type)))
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-json>
    fn Json(&self, cx: &mut JSContext) -> Fallible<Promise> {
        self.consume(cx, Consume::Json)
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-text>
    fn Text(&self, cx: &mut JSContext) -> Fallible<Promise> {
        self.consume(cx, Consume::Text)
    }
}
