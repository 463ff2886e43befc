//! Response bodies: <https://xhr.spec.whatwg.org/#response-body>.

use encoding_rs::{Encoding, UTF_8};
use fetch::ResponseHead;
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::mime_type::MimeType;
use mozjs::jsval::{NullValue, UndefinedValue};
use mozjs::rooted;

use super::xml_http_request::{State, XMLHttpRequest};
use crate::bindings::enums::XMLHttpRequestResponseType;
use crate::dom::fetch::json::parse_json_from_bytes;
use crate::dom::fileapi::blob::Blob;
use crate::dom::html::parsing::encoding::prescan;
use crate::dom::html::parsing::parser::parse_without_scripting;
use crate::dom::streams::array_buffers::{new_array_buffer, source_value};
use crate::webidl::*;

impl XMLHttpRequest {
    /// <https://xhr.spec.whatwg.org/#response-mime-type>; None stands for `text/xml`.
    fn response_mime_type(&self) -> Option<MimeType> {
        self.response.borrow().head().and_then(|head| extract_mime_type(&head.headers))
    }

    /// <https://xhr.spec.whatwg.org/#final-mime-type>; None stands for `text/xml`.
    fn final_mime_type(&self) -> Option<MimeType> {
        self.override_mime_type.borrow().clone().or_else(|| self.response_mime_type())
    }

    /// <https://xhr.spec.whatwg.org/#final-charset>
    fn final_encoding(&self) -> Option<&'static Encoding> {
        // 2 to 6. That of the override, if it has one.
        let of = |mime_type: Option<&MimeType>| {
            mime_type.and_then(|mime_type| mime_type.parameter("charset")).map(str::to_owned)
        };
        let overridden = of(self.override_mime_type.borrow().as_ref());
        let label = overridden.or_else(|| of(self.response_mime_type().as_ref()))?;
        // 7 to 8.
        Encoding::for_label(label.as_bytes())
    }

    /// Whether the response is text.
    pub(super) fn is_text_response(&self) -> bool {
        use XMLHttpRequestResponseType as Type;
        matches!(self.response_type.get(), Type::Empty | Type::Text)
    }

    /// The text, as far as it has come.
    pub(super) fn response_text(&self) -> USVString {
        match self.state.get() {
            State::Loading | State::Done => self.text_response(),
            State::Unsent | State::Opened | State::HeadersReceived => USVString::default(),
        }
    }

    /// <https://xhr.spec.whatwg.org/#text-response>
    fn text_response(&self) -> USVString {
        // 1.
        if !self.response.borrow().has_body() {
            return USVString::default();
        }
        // 2 and 4. FIXME(spec): 3. XML's own rules.
        let charset = self.final_encoding().unwrap_or(UTF_8);
        // 5.
        let bytes = self.received_bytes.borrow();
        let (text, ..) = charset.decode(&bytes);
        text.into_owned().into()
    }

    /// <https://xhr.spec.whatwg.org/#document-response>
    pub(super) fn set_document_response(&self, cx: &mut JSContext) {
        // 1.
        if !self.response.borrow().has_body() {
            return;
        }
        // 2 to 4. HTML alone, and where it was asked for. FIXME(spec): XML.
        let is_html = self.final_mime_type().is_some_and(|mime_type| mime_type.is_html());
        if !is_html || self.response_type.get() != XMLHttpRequestResponseType::Document {
            return;
        }
        // 5. Parse it.
        let bytes = self.received_bytes.borrow().clone();
        let charset = self.final_encoding().or_else(|| prescan(&bytes)).unwrap_or(UTF_8);
        let url = self.response.borrow().head().and_then(ResponseHead::url).cloned();
        let Some(url) = url else { return };
        // 8 to 12.
        let document = parse_without_scripting(cx, &self.global(), url, charset, &bytes);
        rooted!(&in(cx) let mut value = UndefinedValue());
        document.to_jsval(cx, value.handle_mut());
        self.response_object.set(value.handle());
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-response>
    pub(super) fn response_value(&self, cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        // 1. Text.
        if self.is_text_response() {
            self.response_text().to_jsval(cx, rval);
            return;
        }
        // 2 and 3.
        rval.set(NullValue());
        if self.state.get() != State::Done || self.response_object_failed.get() {
            return;
        }
        // 4. Once.
        if self.response_object.is_undefined() {
            self.make_response_object(cx);
        }
        // 9.
        if !self.response_object.is_undefined() {
            self.response_object.get(rval);
        }
    }

    /// Steps 5 to 8.
    fn make_response_object(&self, cx: &mut JSContext) {
        let bytes = || self.received_bytes.borrow().clone();
        match self.response_type.get() {
            // 5.
            XMLHttpRequestResponseType::Arraybuffer => match new_array_buffer(cx, &bytes()) {
                Ok(buffer) => self.response_object.set(source_value(&buffer).handle()),
                Err(error) => {
                    forget(cx, error);
                    self.response_object_failed.set(true);
                }
            },
            // 6.
            XMLHttpRequestResponseType::Blob => {
                let mime_type = self.final_mime_type().map(|mime_type| mime_type.to_string());
                let mime_type = mime_type.unwrap_or_else(|| "text/xml".into());
                let blob = Blob::new(cx, &self.global(), bytes().into(), mime_type.into());
                rooted!(&in(cx) let mut value = UndefinedValue());
                blob.to_jsval(cx, value.handle_mut());
                self.response_object.set(value.handle());
            }
            // 7.
            XMLHttpRequestResponseType::Document => self.set_document_response(cx),
            // 8.
            XMLHttpRequestResponseType::Json if self.response.borrow().has_body() => {
                match parse_json_from_bytes(cx, &bytes()) {
                    Ok(value) => self.response_object.set(value.handle()),
                    Err(error) => forget(cx, error),
                }
            }
            XMLHttpRequestResponseType::Json
            | XMLHttpRequestResponseType::Empty
            | XMLHttpRequestResponseType::Text => {}
        }
    }
}

/// An exception that nobody is told of.
fn forget(cx: &mut JSContext, error: Error) {
    rooted!(&in(cx) let mut value = UndefinedValue());
    error.take_value(cx, value.handle_mut());
}
