//! The Response class: <https://fetch.spec.whatwg.org/#response-class>.

use fetch::http::statuses::{is_null_body_status, is_ok_status, is_redirect_status};
use fetch::http::{isomorphic_decode, isomorphic_encode};
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{HeaderList, ResponseHead};
use service_worker::FetchResponse;
use url::Position;

use super::bodies::{Body, BodySource};
use super::bodies::{BodySlot, RootedBody};
use super::body_init::{BodyWithType, bytes_as_a_body, extract};
use super::body_mixin::{Consume, mime_type_of};
use super::enums::to_idl;
use super::headers::{Guard, Headers};
use super::json::serialize_to_json_bytes;
use super::read_chunks::{BodyOf, read_chunks};
use crate::bindings::dictionaries::ResponseInit;
use crate::bindings::enums::ResponseType;
use crate::bindings::interfaces::ResponseMethods;
use crate::bindings::unions::ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit;
use crate::dom::service_workers::ServiceWorkerGlobalScope;
use crate::dom::streams::body_source::Reading;
use crate::dom::streams::readable_stream::ReadableStream;
use crate::webidl::*;

/// <https://fetch.spec.whatwg.org/#response>
#[dom_struct]
pub struct Response {
    reflector: Reflector,
    /// The response, but for its header list and its body.
    #[no_trace]
    head: ResponseHead,
    /// The internal response of a filtered one.
    #[no_trace]
    internal: Option<Box<ResponseHead>>,
    /// The headers; their list is the response's.
    headers: Dom<Headers>,
    /// The response's body.
    body: BodySlot,
    /// The internal response's body, where the filtered one has none: for those that the response is given to.
    internal_body: BodySlot,
}

/// <https://httpwg.org/specs/rfc9112.html#status.line>: the token production reason-phrase.
fn is_reason_phrase(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..))
}

impl Response {
    fn new_inherited(head: ResponseHead, internal: Option<Box<ResponseHead>>, headers: &Headers) -> Response {
        Response {
            reflector: Reflector::new(),
            head,
            internal,
            headers: Dom::from_ref(headers),
            body: BodySlot::default(),
            internal_body: BodySlot::default(),
        }
    }

    /// <https://fetch.spec.whatwg.org/#response-create>, without a body.
    fn create(
        cx: &mut JSContext,
        global: &GlobalScope,
        mut head: ResponseHead,
        internal: Option<Box<ResponseHead>>,
        guard: Guard,
    ) -> DomRoot<Response> {
        // 1–4.
        let headers = Headers::new(cx, global, std::mem::take(&mut head.headers), guard);
        reflect_dom_object(cx, Box::new(Response::new_inherited(head, internal, &headers)), global)
    }

    /// A response object of a response from outside: its headers are immutable, its body, if there is one, is read
    /// ahead of script from when `reading` says.
    pub(crate) fn from_fetch_response(
        cx: &mut JSContext,
        global: &GlobalScope,
        response: fetch::Response,
        reading: Reading,
    ) -> DomRoot<Response> {
        let is_visible = response.shows_body();
        let object = Response::create(cx, global, response.head, response.internal, Guard::Immutable);
        // A body that script does not see is of use to a service worker alone, which can pass it on.
        let is_kept = is_visible || global.is::<ServiceWorkerGlobalScope>();
        if let Some(body) = response.body.filter(|_| is_kept) {
            let stream = ReadableStream::from_body_stream(cx, global, body, reading);
            let slot = if is_visible { &object.body } else { &object.internal_body };
            slot.set(Some(&Body::new(&stream, BodySource::None)));
        }
        object
    }

    /// The response with its body, for whoever asked a service worker for it
    /// (<https://w3c.github.io/ServiceWorker/#fetch-event-respondwith>, 10.2.3–10.2.5). The body is locked and disturbed
    /// from then on. Fails where it can't be read any more.
    pub(crate) fn give(&self, cx: &mut JSContext) -> Fallible<FetchResponse> {
        let mut head = self.head.clone();
        head.headers = self.headers.header_list();
        let slot = if self.body.get().is_some() { &self.body } else { &self.internal_body };
        let mut body_needs_worker = false;
        let body = match slot.get() {
            None => None,
            Some(body) => {
                slot.check_usable()?;
                let stream = body.stream();
                // What comes from elsewhere goes on without this agent.
                let bytes = body
                    .source_body()
                    .and_then(|body| body.open().ok())
                    .or_else(|| stream.take_body_stream());
                let reader = stream.acquire_default_reader(cx)?;
                stream.set_disturbed();
                body_needs_worker = bytes.is_none();
                let tasks = self.global().task_sender().background();
                Some(bytes.unwrap_or_else(|| read_chunks(Trusted::new(&*reader), tasks, BodyOf::Response)))
            }
        };
        let response =
            fetch::Response { internal: self.internal.clone(), ..fetch::Response::new(head, body) };
        Ok(FetchResponse { response, body_needs_worker })
    }

    /// The stream of the body, also of one that script does not see.
    pub(crate) fn any_stream(&self) -> Option<DomRoot<ReadableStream>> {
        self.body.stream().or_else(|| self.internal_body.stream())
    }

    /// The headers.
    pub(crate) fn headers(&self) -> DomRoot<Headers> {
        self.headers.as_rooted()
    }

    /// <https://fetch.spec.whatwg.org/#initialize-a-response>: the head and the headers. The body is for the caller to
    /// set.
    fn initialize(
        cx: &mut JSContext,
        global: &GlobalScope,
        init: &ResponseInit,
        body: Option<&BodyWithType>,
    ) -> Fallible<(ResponseHead, DomRoot<Headers>)> {
        // 1. The status.
        if !(200..=599).contains(&init.status) {
            return Err(Error::Range(format!("the status {} is not in the range 200 to 599", init.status)));
        }
        // 2. The status message.
        if !is_reason_phrase(&init.status_text) {
            let text = init.status_text.escape_ascii();
            return Err(Error::Type(format!("'{text}' is not a status message")));
        }
        // 3–4.
        let head = ResponseHead {
            status: init.status,
            status_message: isomorphic_decode(&init.status_text),
            ..ResponseHead::default()
        };
        // 5. The headers.
        let headers = Headers::new(cx, global, HeaderList::new(), Guard::Response);
        if let Some(init) = &init.headers {
            headers.fill(init)?;
        }
        // 6. The body.
        if let Some(body) = body {
            if is_null_body_status(init.status) {
                return Err(Error::Type(format!("a response with the status {} has no body", init.status)));
            }
            if let Some(content_type) = &body.content_type
                && !headers.with_list(|list| list.contains("Content-Type"))
            {
                headers.change_list(|list| list.append("Content-Type", content_type.as_bytes()));
            }
        }
        Ok((head, headers))
    }

    fn consume(&self, cx: &mut JSContext, what: Consume) -> Fallible<Promise> {
        self.body.consume(cx, &self.global(), what)
    }
}

impl ResponseMethods for Response {
    /// <https://fetch.spec.whatwg.org/#dom-response>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        body: Option<BodyInit>,
        init: &ResponseInit,
    ) -> Fallible<DomRoot<Response>> {
        // 3–4. The body.
        let body_with_type = match &body {
            Some(body) => Some(extract(cx, global, body, false)?),
            None => None,
        };
        // 1–2, 5.
        let (head, headers) = Response::initialize(cx, global, init, body_with_type.as_ref())?;
        let object = Box::new(Response::new_inherited(head, None, &headers));
        let object = reflect_dom_object_with_proto(cx, object, global, proto);
        object.body.set(body_with_type.as_ref().map(|body| &body.body));
        Ok(object)
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-error>
    fn Error(cx: &mut JSContext, global: &GlobalScope) -> Fallible<DomRoot<Response>> {
        let head = ResponseHead { response_type: fetch::ResponseType::Error, ..ResponseHead::default() };
        Ok(Response::create(cx, global, head, None, Guard::Immutable))
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-redirect>
    fn Redirect(
        cx: &mut JSContext,
        global: &GlobalScope,
        url: USVString,
        status: u16,
    ) -> Fallible<DomRoot<Response>> {
        // 1–2. Where to.
        let parsed_url = global
            .parse_url(&url)
            .map_err(|error| Error::Type(format!("'{url}' is not a valid URL: {error}")))?;
        // 3.
        if !is_redirect_status(status) {
            return Err(Error::Range(format!("{status} is not the status of a redirect")));
        }
        // 4–7. (A serialized URL is ASCII.)
        let mut head = ResponseHead { status, ..ResponseHead::default() };
        head.headers.append("Location", parsed_url.as_str());
        // 8.
        Ok(Response::create(cx, global, head, None, Guard::Immutable))
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-json>
    fn Json_(
        cx: &mut JSContext,
        global: &GlobalScope,
        data: HandleValue<'_>,
        init: &ResponseInit,
    ) -> Fallible<DomRoot<Response>> {
        // 1–2. The body.
        let bytes = serialize_to_json_bytes(cx, data)?;
        let body = BodyWithType {
            body: bytes_as_a_body(cx, global, bytes),
            content_type: Some("application/json".to_owned()),
        };
        // 3–4.
        let (head, headers) = Response::initialize(cx, global, init, Some(&body))?;
        let object = reflect_dom_object(cx, Box::new(Response::new_inherited(head, None, &headers)), global);
        object.body.set(Some(&body.body));
        // 5.
        Ok(object)
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-type>
    fn Type(&self) -> ResponseType {
        to_idl(self.head.response_type.as_str(), ResponseType::Default)
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-url>
    fn Url(&self) -> USVString {
        self.head.url().map(|url| USVString::from(&url[..Position::AfterQuery])).unwrap_or_default()
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-redirected>
    fn Redirected(&self) -> bool {
        self.head.redirected()
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-status>
    fn Status(&self) -> u16 {
        self.head.status
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-ok>
    fn Ok(&self) -> bool {
        is_ok_status(self.head.status)
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-statustext>
    fn StatusText(&self) -> ByteString {
        isomorphic_encode(&self.head.status_message).unwrap_or_default().into()
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-headers>
    fn Headers(&self, _cx: &mut JSContext) -> DomRoot<Headers> {
        self.headers()
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-clone>
    fn Clone(&self, cx: &mut JSContext) -> Fallible<DomRoot<Response>> {
        // 1. Not what was already read (or given away, if script does not see it).
        self.body.check_usable()?;
        self.internal_body.check_usable()?;
        // 2. The response, and its body.
        let mut head = self.head.clone();
        head.headers = self.headers.header_list();
        let body: Option<RootedBody> = self.body.clone_body(cx)?;
        // 3.
        let global = self.global();
        let clone = Response::create(cx, &global, head, self.internal.clone(), self.headers.guard());
        clone.body.set(body.as_ref());
        clone.internal_body.set(self.internal_body.clone_body(cx)?.as_ref());
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
