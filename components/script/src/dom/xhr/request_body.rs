//! The body of a request: the fourth step of <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send>.

use fetch::http::isomorphic_decode;
use fetch::mime_type::MimeType;

use super::xml_http_request::XMLHttpRequest;
use crate::bindings::unions::ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit;
use crate::dom::fetch::body_init::extract;
use crate::webidl::*;

pub(super) use crate::bindings::unions::DocumentOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as XMLHttpRequestBodyInit;

impl XMLHttpRequest {
    /// Sets the request's body, and its type.
    pub(super) fn set_request_body(&self, cx: &mut JSContext, body: XMLHttpRequestBodyInit) -> Fallible<()> {
        let body = match body {
            // 4.2. FIXME(spec): there is no serializer of documents yet.
            XMLHttpRequestBodyInit::Document(_) => {
                return Err(Error::NotSupported("documents can't be sent yet".into()));
            }
            // 4.3. Extract.
            XMLHttpRequestBodyInit::Blob(blob) => BodyInit::Blob(blob),
            XMLHttpRequestBodyInit::BufferSource(source) => BodyInit::BufferSource(source),
            XMLHttpRequestBodyInit::FormData(form_data) => BodyInit::FormData(form_data),
            XMLHttpRequestBodyInit::URLSearchParams(params) => BodyInit::URLSearchParams(params),
            XMLHttpRequestBodyInit::USVString(text) => BodyInit::USVString(text),
        };
        let body_with_type = extract(cx, &self.global(), &body, false)?;
        self.request_body.replace(body_with_type.body.source_body());
        let mut headers = self.author_request_headers.borrow_mut();
        match headers.get("Content-Type") {
            // 4.5. Text is always sent as UTF-8, and says so.
            Some(original) => {
                let is_text = matches!(body, BodyInit::URLSearchParams(_) | BodyInit::USVString(_));
                let record = MimeType::parse(&isomorphic_decode(&original)).filter(|_| is_text);
                if let Some(mut record) = record
                    && record.parameter("charset").is_some_and(|it| !it.eq_ignore_ascii_case("UTF-8"))
                {
                    record.set_parameter("charset", "UTF-8");
                    headers.set("Content-Type", record.to_string());
                }
            }
            // 4.6.
            None => {
                if let Some(content_type) = body_with_type.content_type {
                    headers.set("Content-Type", content_type);
                }
            }
        }
        Ok(())
    }
}
