//! The XMLHttpRequest interface: <https://xhr.spec.whatwg.org/#interface-xmlhttprequest>.

use std::cell::RefCell;
use std::time::Instant;

use fetch::http::forbidden::is_forbidden_request_header;
use fetch::http::header_list::{is_header_name, is_header_value, normalize_header_value};
use fetch::http::isomorphic_encode;
use fetch::http::methods::{is_forbidden_method, is_method, normalize_method};
use fetch::mime_type::MimeType;
use fetch::{HeaderList, RequestBody, ResponseHead, Url};
use url::Position;

use super::event_targets::{XMLHttpRequestEventTarget, XMLHttpRequestUpload};
use super::fetching::FetchController;
use super::request_body::XMLHttpRequestBodyInit;
use crate::bindings::enums::XMLHttpRequestResponseType;
use crate::bindings::interfaces::XMLHttpRequestMethods;
use crate::dom::html::window::Window;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://xhr.spec.whatwg.org/#concept-xmlhttprequest-state>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// *unsent*
    Unsent = 0,
    /// *opened*
    Opened = 1,
    /// *headers received*
    HeadersReceived = 2,
    /// *loading*
    Loading = 3,
    /// *done*
    Done = 4,
}

/// What a request has for a response.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A network error.
    NetworkError {
        /// The aborted flag.
        aborted: bool,
    },
    /// A response.
    Response {
        /// Its head.
        head: ResponseHead,
        /// Whether its body is not null.
        has_body: bool,
    },
}

impl Outcome {
    /// A network error that nobody asked for.
    pub(super) const ERROR: Outcome = Outcome::NetworkError { aborted: false };

    /// The response, where it is none of an error.
    pub(super) fn head(&self) -> Option<&ResponseHead> {
        match self {
            Outcome::NetworkError { .. } => None,
            Outcome::Response { head, .. } => Some(head),
        }
    }

    /// Whether there is a body.
    pub(super) fn has_body(&self) -> bool {
        matches!(self, Outcome::Response { has_body: true, .. })
    }
}

/// <https://xhr.spec.whatwg.org/#xmlhttprequest>
#[dom_struct]
pub struct XMLHttpRequest {
    event_target: XMLHttpRequestEventTarget,
    pub(super) upload: Dom<XMLHttpRequestUpload>,
    #[no_trace]
    pub(super) state: Cell<State>,
    pub(super) send_invoked: Cell<bool>,
    pub(super) timeout: Cell<u32>,
    pub(super) cross_origin_credentials: Cell<bool>,
    #[no_trace]
    pub(super) request_method: RefCell<String>,
    /// Of an opened request.
    #[no_trace]
    pub(super) request_url: RefCell<Option<Url>>,
    #[no_trace]
    pub(super) author_request_headers: RefCell<HeaderList>,
    #[no_trace]
    pub(super) request_body: RefCell<Option<RequestBody>>,
    pub(super) synchronous: Cell<bool>,
    pub(super) upload_complete: Cell<bool>,
    pub(super) upload_listener: Cell<bool>,
    pub(super) timed_out: Cell<bool>,
    #[no_trace]
    pub(super) response: RefCell<Outcome>,
    #[no_trace]
    pub(super) received_bytes: RefCell<Vec<u8>>,
    #[no_trace]
    pub(super) response_type: Cell<XMLHttpRequestResponseType>,
    /// Undefined where it is null.
    pub(super) response_object: HeapValue,
    /// Whether the response object is failure.
    pub(super) response_object_failed: Cell<bool>,
    #[no_trace]
    pub(super) override_mime_type: RefCell<Option<MimeType>>,
    #[no_trace]
    pub(super) controller: FetchController,
    /// When body chunks were last told of.
    #[no_trace]
    pub(super) last_progress: Cell<Option<Instant>>,
}

/// Whether script of a window is running.
fn current_global_is_window(cx: &JSContext) -> bool {
    GlobalScope::from_current_realm(cx).is::<Window>()
}

impl XMLHttpRequest {
    fn new_inherited(upload: &XMLHttpRequestUpload) -> XMLHttpRequest {
        XMLHttpRequest {
            event_target: XMLHttpRequestEventTarget::new_inherited(),
            upload: Dom::from_ref(upload),
            state: Cell::new(State::Unsent),
            send_invoked: Cell::new(false),
            timeout: Cell::new(0),
            cross_origin_credentials: Cell::new(false),
            request_method: RefCell::default(),
            request_url: RefCell::default(),
            author_request_headers: RefCell::default(),
            request_body: RefCell::default(),
            synchronous: Cell::new(false),
            upload_complete: Cell::new(false),
            upload_listener: Cell::new(false),
            timed_out: Cell::new(false),
            response: RefCell::new(Outcome::ERROR),
            received_bytes: RefCell::default(),
            response_type: Cell::new(XMLHttpRequestResponseType::Empty),
            response_object: HeapValue::default(),
            response_object_failed: Cell::new(false),
            override_mime_type: RefCell::default(),
            controller: FetchController::default(),
            last_progress: Cell::new(None),
        }
    }

    pub(super) fn fire_readystatechange(&self, cx: &mut JSContext) {
        self.upcast::<EventTarget>().fire_event(cx, "readystatechange");
    }

    /// From now on there is no response.
    pub(super) fn clear_response(&self) {
        self.response.replace(Outcome::ERROR);
        self.received_bytes.take();
        self.response_object.set(HandleValue::undefined());
        self.response_object_failed.set(false);
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-open>
    fn open(
        &self,
        cx: &mut JSContext,
        method: &ByteString,
        url: &USVString,
        is_async: bool,
        username: Option<USVString>,
        password: Option<USVString>,
    ) -> Fallible<()> {
        // 1. Not of a page that is gone.
        let global = self.global();
        if global.downcast::<Window>().is_some_and(|window| !window.document().is_fully_active()) {
            return Err(Error::InvalidState("the document is not active".into()));
        }
        // 2 and 3. The method.
        let method = std::str::from_utf8(method).ok().filter(|method| is_method(method));
        let method = method.ok_or_else(|| Error::Syntax("the method is not a token".into()))?;
        if is_forbidden_method(method) {
            return Err(Error::Security(format!("the method {method} can't be used")));
        }
        // 4.
        let method = normalize_method(method);
        // 5 and 6. The URL.
        let mut parsed_url = global
            .encoding_parse_url(url)
            .map_err(|error| Error::Syntax(format!("'{url}' is not a valid URL: {error}")))?;
        // 8. Credentials. (They can be set where there is a host.)
        if parsed_url.has_host() {
            if let Some(username) = username {
                let _ = parsed_url.set_username(&username);
            }
            if let Some(password) = password {
                let _ = parsed_url.set_password(Some(&password));
            }
        }
        // 9. What a page can't do while it waits.
        if !is_async
            && current_global_is_window(cx)
            && (self.timeout.get() != 0 || self.response_type.get() != XMLHttpRequestResponseType::Empty)
        {
            let message = "a synchronous request of a page has neither timeout nor responseType";
            return Err(Error::InvalidAccess(message.into()));
        }
        // 10. Whatever it was doing.
        self.terminate();
        // 11.
        self.send_invoked.set(false);
        self.request_method.replace(method);
        self.request_url.replace(Some(parsed_url));
        self.author_request_headers.take();
        self.request_body.take();
        self.synchronous.set(!is_async);
        self.upload_listener.set(false);
        self.clear_response();
        // 12.
        if self.state.get() != State::Opened {
            self.state.set(State::Opened);
            self.fire_readystatechange(cx);
        }
        Ok(())
    }

    /// The request can still be changed.
    fn check_opened(&self) -> Fallible<()> {
        match self.state.get() == State::Opened && !self.send_invoked.get() {
            true => Ok(()),
            false => Err(Error::InvalidState("the request is not open, or was sent".into())),
        }
    }
}

impl XMLHttpRequestMethods for XMLHttpRequest {
    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<XMLHttpRequest>> {
        // 1.
        let upload = XMLHttpRequestUpload::new(cx, global);
        let request = Box::new(XMLHttpRequest::new_inherited(&upload));
        Ok(reflect_dom_object_with_proto(cx, request, global, proto))
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-readystate>
    fn ReadyState(&self) -> u16 {
        self.state.get() as u16
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-open>
    fn Open(&self, cx: &mut JSContext, method: ByteString, url: USVString) -> Fallible<()> {
        // 7. Asynchronous, without credentials.
        self.open(cx, &method, &url, true, None, None)
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-open>
    fn Open_(
        &self,
        cx: &mut JSContext,
        method: ByteString,
        url: USVString,
        is_async: bool,
        username: Option<USVString>,
        password: Option<USVString>,
    ) -> Fallible<()> {
        self.open(cx, &method, &url, is_async, username, password)
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-setrequestheader>
    fn SetRequestHeader(&self, _cx: &mut JSContext, name: ByteString, value: ByteString) -> Fallible<()> {
        // 1 and 2.
        self.check_opened()?;
        // 3.
        let value = normalize_header_value(&value);
        // 4. A header.
        let name = std::str::from_utf8(&name).ok().filter(|name| is_header_name(name.as_bytes()));
        let Some(name) = name.filter(|_| is_header_value(value)) else {
            return Err(Error::Syntax("the name or the value is none of a header".into()));
        };
        // 5 and 6.
        if !is_forbidden_request_header(name, value) {
            self.author_request_headers.borrow_mut().combine(name, value);
        }
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-timeout>
    fn Timeout(&self) -> u32 {
        self.timeout.get()
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-timeout>
    fn SetTimeout(&self, cx: &mut JSContext, timeout: u32) -> Fallible<()> {
        // 1.
        if current_global_is_window(cx) && self.synchronous.get() {
            return Err(Error::InvalidAccess("a synchronous request of a page has no timeout".into()));
        }
        // 2. It counts from the beginning of the fetch that is going on.
        self.timeout.set(timeout);
        self.restart_timer();
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-withcredentials>
    fn WithCredentials(&self) -> bool {
        self.cross_origin_credentials.get()
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-withcredentials>
    fn SetWithCredentials(&self, _cx: &mut JSContext, with_credentials: bool) -> Fallible<()> {
        // 1 and 2.
        if !matches!(self.state.get(), State::Unsent | State::Opened) || self.send_invoked.get() {
            return Err(Error::InvalidState("the request was sent".into()));
        }
        // 3.
        self.cross_origin_credentials.set(with_credentials);
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-upload>
    fn Upload(&self, _cx: &mut JSContext) -> DomRoot<XMLHttpRequestUpload> {
        self.upload.as_rooted()
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send>
    fn Send(&self, cx: &mut JSContext, body: Option<XMLHttpRequestBodyInit>) -> Fallible<()> {
        // 1 and 2.
        self.check_opened()?;
        // 3 and 4. The body.
        if let Some(body) = body
            && !matches!(self.request_method.borrow().as_str(), "GET" | "HEAD")
        {
            self.set_request_body(cx, body)?;
        }
        // 5 to 12.
        self.fetch(cx)
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-abort>
    fn Abort(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1.
        self.terminate();
        // 2. Who waits for it hears of it.
        let is_fetching = match self.state.get() {
            State::Opened => self.send_invoked.get(),
            State::HeadersReceived | State::Loading => true,
            State::Unsent | State::Done => false,
        };
        if is_fetching {
            self.request_error_steps(cx, "abort", Error::Abort("the request was aborted".into()))?;
        }
        // 3. Without an event.
        if self.state.get() == State::Done {
            self.state.set(State::Unsent);
            self.response.replace(Outcome::ERROR);
        }
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-responseurl>
    fn ResponseURL(&self) -> USVString {
        let response = self.response.borrow();
        let url = response.head().and_then(ResponseHead::url);
        url.map(|url| USVString::from(&url[..Position::AfterQuery])).unwrap_or_default()
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-status>
    fn Status(&self) -> u16 {
        self.response.borrow().head().map_or(0, |head| head.status)
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-statustext>
    fn StatusText(&self) -> ByteString {
        let response = self.response.borrow();
        let message = response.head().and_then(|head| isomorphic_encode(&head.status_message));
        message.unwrap_or_default().into()
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-getresponseheader>
    fn GetResponseHeader(&self, _cx: &mut JSContext, name: ByteString) -> Fallible<Option<ByteString>> {
        let response = self.response.borrow();
        let headers = response.head().map(|head| &head.headers);
        let name = std::str::from_utf8(&name).unwrap_or_default();
        Ok(headers.and_then(|headers| headers.get(name)).map(ByteString::from))
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-getallresponseheaders>
    fn GetAllResponseHeaders(&self, _cx: &mut JSContext) -> Fallible<ByteString> {
        // 2.
        let response = self.response.borrow();
        let headers = response.head().map(|head| head.headers.sort_and_combine()).unwrap_or_default();
        // 3. By their names in upper case.
        let mut headers: Vec<_> = headers.iter().collect();
        headers.sort_by_key(|header| header.name.to_ascii_uppercase());
        // 4.
        let mut output = Vec::new();
        for header in headers {
            output.extend_from_slice(header.name.as_bytes());
            output.extend_from_slice(b": ");
            output.extend_from_slice(&header.value);
            output.extend_from_slice(b"\r\n");
        }
        // 5.
        Ok(output.into())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-overridemimetype>
    fn OverrideMimeType(&self, _cx: &mut JSContext, mime: DOMString) -> Fallible<()> {
        // 1.
        if matches!(self.state.get(), State::Loading | State::Done) {
            return Err(Error::InvalidState("the response is there, or coming".into()));
        }
        // 2 and 3.
        let octets = || MimeType::parse("application/octet-stream");
        self.override_mime_type.replace(MimeType::parse(&mime).or_else(octets));
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-responsetype>
    fn ResponseType(&self) -> XMLHttpRequestResponseType {
        self.response_type.get()
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-responsetype>
    fn SetResponseType(&self, cx: &mut JSContext, response_type: XMLHttpRequestResponseType) -> Fallible<()> {
        let is_window = current_global_is_window(cx);
        // 1. There are no documents in workers.
        if !is_window && response_type == XMLHttpRequestResponseType::Document {
            return Ok(());
        }
        // 2.
        if matches!(self.state.get(), State::Loading | State::Done) {
            return Err(Error::InvalidState("the response is there, or coming".into()));
        }
        // 3.
        if is_window && self.synchronous.get() {
            return Err(Error::InvalidAccess("a synchronous request of a page has no responseType".into()));
        }
        // 4.
        self.response_type.set(response_type);
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-response>
    fn Response(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.response_value(cx, rval);
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-responsetext>
    fn TryResponseText(&self) -> Fallible<USVString> {
        // 1.
        if !self.is_text_response() {
            return Err(Error::InvalidState("responseType is neither '' nor 'text'".into()));
        }
        // 2 and 3.
        Ok(self.response_text())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-responsexml>
    fn TryGetResponseXML(&self, cx: &mut JSContext) -> Fallible<Option<DomRoot<Document>>> {
        use XMLHttpRequestResponseType as Type;
        // 1.
        if !matches!(self.response_type.get(), Type::Empty | Type::Document) {
            return Err(Error::InvalidState("responseType is neither '' nor 'document'".into()));
        }
        // 2.
        if self.state.get() != State::Done {
            return Ok(None);
        }
        // 4 to 6.
        if self.response_object.is_undefined() {
            self.set_document_response(cx);
        }
        Ok(DomRoot::<Document>::from_js(cx, self.response_object.root().handle()).ok())
    }
}
