//! The Body mixin: <https://fetch.spec.whatwg.org/#body-mixin>.

use encoding_rs::UTF_8;
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::mime_type::MimeType;
use fetch::{HeaderList, multipart_form_data};
use url::form_urlencoded;

use super::bodies::BodySlot;
use crate::dom::fileapi::blob::Blob;
use crate::dom::streams::array_buffers::{new_array_buffer, new_uint8_array, source_value};
use crate::dom::streams::promises::rejected_with_value;
use crate::dom::streams::readable_stream::{ReadableStream, State};
use crate::dom::streams::reading::ReadAllSteps;
use crate::dom::xhr::form_data::FormData;
use crate::webidl::*;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

/// convertBytesToJSValue: what is made of the bytes.
#[derive(Clone, Debug)]
pub(crate) enum Consume {
    /// `arrayBuffer()`
    ArrayBuffer,
    /// `blob()`, with the type that it gets.
    Blob(String),
    /// `bytes()`
    Bytes,
    /// `formData()`, with the MIME type of the body.
    FormData(Option<MimeType>),
    /// `json()`
    Json,
    /// `text()`
    Text,
}

/// <https://fetch.spec.whatwg.org/#concept-body-mime-type>, serialized; empty where there is none.
pub(crate) fn mime_type_of(headers: &HeaderList) -> String {
    extract_mime_type(headers).map(|mime_type| mime_type.to_string()).unwrap_or_default()
}

impl BodySlot {
    /// Whether the object is [unusable](https://fetch.spec.whatwg.org/#body-unusable).
    pub(crate) fn is_unusable(&self) -> bool {
        self.get().is_some_and(|body| body.is_unusable())
    }

    /// An object whose body can be used no more.
    pub(crate) fn check_usable(&self) -> Fallible<()> {
        if self.is_unusable() {
            Err(Error::Type("the body is locked, or was already read".into()))
        } else {
            Ok(())
        }
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-body>
    pub(crate) fn stream(&self) -> Option<DomRoot<ReadableStream>> {
        self.get().map(|body| body.stream())
    }

    /// <https://fetch.spec.whatwg.org/#dom-body-bodyused>
    pub(crate) fn used(&self) -> bool {
        self.get().is_some_and(|body| body.stream().is_disturbed())
    }

    /// <https://fetch.spec.whatwg.org/#concept-body-consume-body>
    pub(crate) fn consume(
        &self,
        cx: &mut JSContext,
        global: &GlobalScope,
        what: Consume,
    ) -> Fallible<Promise> {
        // NB: a body that failed says so each time, as web-platform-tests have it.
        if let Some(stream) = self.stream().filter(|stream| stream.state() == State::Errored) {
            return Ok(rejected_with_value(cx, global, stream.stored_error().handle()));
        }
        // 1. It can be read once.
        self.check_usable()?;
        // 2–4. The promise.
        let promise = Promise::new(cx, global);
        let steps = ConsumeSteps { promise: promise.to_heap(), what };
        match self.get() {
            // 5. Nothing is nothing.
            None => steps.success(cx, Vec::new()),
            // 6. Fully read. (The promise is settled at once, where the spec queues a task to do so.)
            Some(body) => body.stream().acquire_default_reader(cx)?.read_all_bytes(cx, steps),
        }
        // 7.
        Ok(promise)
    }
}

/// successSteps and errorSteps.
#[derive(JSTraceable)]
struct ConsumeSteps {
    promise: HeapPromise,
    #[no_trace]
    what: Consume,
}

impl ReadAllSteps for ConsumeSteps {
    fn success(&self, cx: &mut JSContext, bytes: Vec<u8>) {
        let promise = self.promise.root();
        let mut realm = enter_realm(cx, promise.promise_object());
        let cx: &mut JSContext = &mut realm;
        match convert(cx, &self.what, bytes) {
            Ok(value) => promise.resolve_value(cx, value.handle()),
            Err(error) => promise.reject(cx, error),
        }
    }

    fn failure(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        self.promise.root().reject_value(cx, error);
    }
}

/// Runs convertBytesToJSValue, in the current realm.
fn convert(cx: &mut JSContext, what: &Consume, bytes: Vec<u8>) -> Fallible<RootedValue> {
    match what {
        Consume::ArrayBuffer => Ok(source_value(&new_array_buffer(cx, &bytes)?)),
        Consume::Bytes => Ok(source_value(&new_uint8_array(cx, &bytes)?)),
        Consume::Blob(media_type) => {
            let global = GlobalScope::from_current_realm(cx);
            let blob = Blob::new(cx, &global, bytes.into(), media_type.as_str().into());
            Ok(value_of(cx, &blob))
        }
        Consume::FormData(mime_type) => {
            let form_data = parse_form_data(cx, mime_type.as_ref(), bytes)?;
            Ok(value_of(cx, &form_data))
        }
        Consume::Text => {
            let text = match UTF_8.decode_with_bom_removal(&bytes).0 {
                // Nothing had to be removed or replaced: no copy is needed.
                std::borrow::Cow::Borrowed(text) if text.len() == bytes.len() => String::from_utf8(bytes),
                text => Ok(text.into_owned()),
            };
            let text = text.map_err(|_| Error::Type("the body is not UTF-8".into()))?;
            Ok(value_of(cx, &USVString::from(text)))
        }
        Consume::Json => super::json::parse_json_from_bytes(cx, &bytes),
    }
}

/// The steps of <https://fetch.spec.whatwg.org/#dom-body-formdata>.
fn parse_form_data(
    cx: &mut JSContext,
    mime_type: Option<&MimeType>,
    bytes: Vec<u8>,
) -> Fallible<DomRoot<FormData>> {
    let global = GlobalScope::from_current_realm(cx);
    // 1–2. By the type:
    match mime_type.map(MimeType::essence).as_deref() {
        Some("multipart/form-data") => {
            let boundary = mime_type.and_then(|mime_type| mime_type.parameter("boundary"));
            let Some(boundary) = boundary else {
                return Err(Error::Type("the type of the body has no boundary".into()));
            };
            let parts = multipart_form_data::parse(&bytes.into(), boundary)
                .map_err(|error| Error::Type(error.to_string()))?;
            Ok(FormData::from_parts(cx, &global, parts))
        }
        Some("application/x-www-form-urlencoded") => {
            let form_data = FormData::new(cx, &global);
            for (name, value) in form_urlencoded::parse(&bytes) {
                form_data.append_text(name.into_owned().into(), value.into_owned().into());
            }
            Ok(form_data)
        }
        // 3.
        _ => Err(Error::Type("the body is not of a form's type".into())),
    }
}

/// A rooted value from a Rust value.
pub(super) fn value_of(cx: &mut JSContext, value: &impl ToJSValConvertible) -> RootedValue {
    rooted!(&in(cx) let mut js_value = UndefinedValue());
    value.to_jsval(cx, js_value.handle_mut());
    js_value.handle().into()
}
