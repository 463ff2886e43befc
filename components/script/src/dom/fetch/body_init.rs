//! BodyInit unions: <https://fetch.spec.whatwg.org/#bodyinit-unions>.

use std::sync::Arc;

use fetch::Bytes;

use super::bodies::{Body, BodySource, RootedBody};
use crate::bindings::unions::ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit;
use crate::dom::streams::readable_stream::ReadableStream;
use crate::webidl::*;

/// <https://fetch.spec.whatwg.org/#body-with-type>
pub(crate) struct BodyWithType {
    /// The body.
    pub(crate) body: RootedBody,
    /// The type: a value of `Content-Type`.
    pub(crate) content_type: Option<String>,
}

/// <https://fetch.spec.whatwg.org/#byte-sequence-as-a-body>
pub(crate) fn bytes_as_a_body(
    cx: &mut JSContext,
    global: &GlobalScope,
    bytes: impl Into<Bytes>,
) -> RootedBody {
    let bytes = bytes.into();
    let stream = ReadableStream::from_bytes(cx, global, bytes.clone());
    Body::new(&stream, BodySource::Bytes(bytes))
}

/// <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>
pub(crate) fn extract(
    cx: &mut JSContext,
    global: &GlobalScope,
    object: &BodyInit,
    keepalive: bool,
) -> Fallible<BodyWithType> {
    // 1–14. By what it is.
    let (body, content_type) = match object {
        BodyInit::Blob(blob) => {
            let stream = blob.get_stream(cx);
            let source = BodySource::Blob(Dom::from_ref(&**blob));
            let content_type = blob.media_type();
            let content_type = (!content_type.is_empty()).then(|| content_type.to_owned());
            (Body::new(&stream, source), content_type)
        }
        BodyInit::BufferSource(source) => (bytes_as_a_body(cx, global, source.to_vec()), None),
        BodyInit::FormData(form_data) => {
            let form = Arc::new(form_data.encode());
            let stream = ReadableStream::from_pieces(cx, global, form.pieces.clone());
            let content_type = form.content_type();
            (Body::new(&stream, BodySource::Form(form)), Some(content_type))
        }
        BodyInit::URLSearchParams(params) => (
            bytes_as_a_body(cx, global, params.serialize()),
            Some("application/x-www-form-urlencoded;charset=UTF-8".to_owned()),
        ),
        BodyInit::USVString(text) => {
            (bytes_as_a_body(cx, global, text.to_string()), Some("text/plain;charset=UTF-8".to_owned()))
        }
        BodyInit::ReadableStream(stream) => {
            if keepalive {
                return Err(Error::Type("a request with keepalive can't have a stream as its body".into()));
            }
            if stream.is_disturbed() || stream.is_locked() {
                return Err(Error::Type("the stream is locked, or was read from".into()));
            }
            (Body::new(stream, BodySource::None), None)
        }
    };
    // 15.
    Ok(BodyWithType { body, content_type })
}
