//! Bodies: <https://fetch.spec.whatwg.org/#bodies>.

use std::sync::Arc;

use fetch::multipart_form_data::EncodedForm;
use fetch::{Bytes, RequestBody};

use crate::dom::fileapi::blob::Blob;
use crate::dom::streams::readable_stream::ReadableStream;
use crate::webidl::*;

/// A body's [source](https://fetch.spec.whatwg.org/#concept-body-source).
#[derive(Clone, JSTraceable)]
pub(crate) enum BodySource {
    /// Null: the stream is all that there is.
    None,
    /// A byte sequence.
    Bytes(#[no_trace] Bytes),
    /// A Blob object.
    Blob(Dom<Blob>),
    /// A FormData object, encoded.
    Form(#[no_trace] Arc<EncodedForm>),
    /// What a request from elsewhere has, if that can be read more than once.
    Native(#[no_trace] Arc<dyn fetch::BodySource>),
}

/// <https://fetch.spec.whatwg.org/#concept-body>. Its length is that of its source.
#[derive(Clone, JSTraceable)]
pub(crate) struct Body {
    stream: Dom<ReadableStream>,
    source: BodySource,
}

/// A body on the stack.
pub(crate) type RootedBody = RootedBox<Body>;

impl Body {
    /// A body.
    pub(crate) fn new(stream: &ReadableStream, source: BodySource) -> RootedBody {
        RootedBox::new(Body { stream: Dom::from_ref(stream), source })
    }

    /// The stream.
    pub(crate) fn stream(&self) -> DomRoot<ReadableStream> {
        self.stream.as_rooted()
    }

    /// Whether the source is null.
    pub(crate) fn source_is_null(&self) -> bool {
        matches!(self.source, BodySource::None)
    }

    /// What the source is to whoever sends it, where there is one.
    pub(crate) fn source_body(&self) -> Option<RequestBody> {
        match &self.source {
            BodySource::None => None,
            BodySource::Bytes(bytes) => Some(RequestBody::Bytes(bytes.clone())),
            BodySource::Blob(blob) => Some(RequestBody::Bytes(blob.bytes())),
            BodySource::Form(form) => Some(RequestBody::Source(form.clone())),
            BodySource::Native(source) => Some(RequestBody::Source(source.clone())),
        }
    }

    /// Whether the stream was touched or has a reader.
    pub(crate) fn is_unusable(&self) -> bool {
        let stream = self.stream();
        stream.is_disturbed() || stream.is_locked()
    }
}

/// The body of a request or response object.
#[derive(JSTraceable, Default)]
pub(crate) struct BodySlot {
    body: DomRefCell<Option<Body>>,
}

impl BodySlot {
    /// The body.
    pub(crate) fn get(&self) -> Option<RootedBody> {
        self.body.borrow().clone().map(RootedBox::new)
    }

    /// Sets it.
    pub(crate) fn set(&self, body: Option<&RootedBody>) {
        self.body.set(body.map(|body| (**body).clone()));
    }

    /// <https://fetch.spec.whatwg.org/#concept-body-clone>: the clone's body.
    pub(crate) fn clone_body(&self, cx: &mut JSContext) -> Fallible<Option<RootedBody>> {
        let Some(body) = self.get() else { return Ok(None) };
        // 1. Two streams of the same chunks.
        let [out1, out2] = body.stream().tee(cx, true)?;
        // 2. One stays here,
        self.set(Some(&Body::new(&out1, body.source.clone())));
        // 3. the other is the clone's.
        Ok(Some(Body::new(&out2, body.source.clone())))
    }

    /// <https://streams.spec.whatwg.org/#readablestream-create-a-proxy> of the body's stream: its bytes go through to
    /// the new body, and this one is locked and disturbed from now on.
    pub(crate) fn take_proxy(&self, cx: &mut JSContext) -> Fallible<Option<RootedBody>> {
        let Some(body) = self.get() else { return Ok(None) };
        let proxy = body.stream().create_a_proxy(cx)?;
        Ok(Some(Body::new(&proxy, body.source.clone())))
    }
}
