//! The Blob interface: <https://w3c.github.io/FileAPI/#blob-section>.

use encoding_rs::UTF_8;
use fetch::Bytes;

use crate::bindings::dictionaries::BlobPropertyBag;
use crate::bindings::enums::EndingType;
use crate::bindings::interfaces::BlobMethods;
use crate::bindings::unions::BufferSourceOrBlobOrUSVString as BlobPart;
use crate::dom::streams::array_buffers::{new_array_buffer, new_uint8_array};
use crate::dom::streams::readable_stream::ReadableStream;
use crate::webidl::*;

/// <https://w3c.github.io/FileAPI/#dfn-Blob>
#[dom_struct]
pub struct Blob {
    reflector: Reflector,
    /// Shared with the blobs that are parts of this one, and with streams.
    #[no_trace]
    bytes: Bytes,
    media_type: DOMString,
}

/// <https://w3c.github.io/FileAPI/#process-blob-parts>
pub(super) fn process_blob_parts(parts: Vec<BlobPart>, endings: EndingType) -> Bytes {
    // A copy of a blob alone needs no copy of its bytes.
    if let [BlobPart::Blob(blob)] = &*parts {
        return blob.bytes.clone();
    }
    // 1–3. One after the other.
    let mut bytes = Vec::new();
    for part in parts {
        match part {
            BlobPart::USVString(text) if endings == EndingType::Native => {
                bytes.extend_from_slice(convert_line_endings_to_native(&text).as_bytes());
            }
            BlobPart::USVString(text) => bytes.extend_from_slice(text.as_bytes()),
            BlobPart::BufferSource(source) => source.append_to(&mut bytes),
            BlobPart::Blob(blob) => bytes.extend_from_slice(&blob.bytes),
        }
    }
    bytes.into()
}

/// <https://w3c.github.io/FileAPI/#convert-line-endings-to-native>, on a system whose line ending is U+000A.
fn convert_line_endings_to_native(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What the constructor and `slice()` make of a type: the empty string where it has other characters than U+0020 to
/// U+007E, else in lower case.
pub(super) fn normalize_type(media_type: &str) -> DOMString {
    if media_type.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        media_type.to_ascii_lowercase().into()
    } else {
        DOMString::new()
    }
}

/// <https://w3c.github.io/FileAPI/#slice-blob>: which bytes.
fn slice_range(size: usize, start: Option<i64>, end: Option<i64>) -> std::ops::Range<usize> {
    let position = |from_start: i64| match usize::try_from(from_start) {
        Ok(position) => position.min(size),
        // Negative: counted from the end.
        Err(_) => size.saturating_sub(usize::try_from(from_start.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    // 1–4.
    let start = start.map_or(0, position);
    let end = end.map_or(size, position);
    start..end.max(start)
}

impl Blob {
    /// Only fields.
    pub(super) fn new_inherited(bytes: Bytes, media_type: DOMString) -> Blob {
        Blob { reflector: Reflector::new(), bytes, media_type }
    }

    /// A blob of these bytes. The type is taken as it is.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        bytes: Bytes,
        media_type: DOMString,
    ) -> DomRoot<Blob> {
        reflect_dom_object(cx, Box::new(Blob::new_inherited(bytes, media_type)), global)
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The type.
    pub(crate) fn media_type(&self) -> &str {
        &self.media_type
    }

    /// <https://w3c.github.io/FileAPI/#blob-get-stream>
    pub(crate) fn get_stream(&self, cx: &mut JSContext) -> DomRoot<ReadableStream> {
        // 1–4. The bytes are in memory: reading them can't fail.
        ReadableStream::from_bytes(cx, &self.global(), self.bytes())
    }
}

impl BlobMethods for Blob {
    /// <https://w3c.github.io/FileAPI/#dom-blob-blob>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        blob_parts: Option<Vec<BlobPart>>,
        options: &BlobPropertyBag,
    ) -> Fallible<DomRoot<Blob>> {
        // 1–2. The bytes.
        let bytes = process_blob_parts(blob_parts.unwrap_or_default(), options.endings);
        // 3. The type.
        let blob = Blob::new_inherited(bytes, normalize_type(&options.type_));
        // 4.
        Ok(reflect_dom_object_with_proto(cx, Box::new(blob), global, proto))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-size>
    fn Size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// <https://w3c.github.io/FileAPI/#dfn-type>
    fn Type(&self) -> DOMString {
        self.media_type.clone()
    }

    /// <https://w3c.github.io/FileAPI/#dfn-slice>
    fn Slice(
        &self,
        cx: &mut JSContext,
        start: Option<i64>,
        end: Option<i64>,
        content_type: Option<DOMString>,
    ) -> Fallible<DomRoot<Blob>> {
        // 1–6. It shares the bytes.
        let bytes = self.bytes.slice(slice_range(self.bytes.len(), start, end));
        let media_type = content_type.map(|media_type| normalize_type(&media_type)).unwrap_or_default();
        Ok(Blob::new(cx, &self.global(), bytes, media_type))
    }

    /// <https://w3c.github.io/FileAPI/#dom-blob-stream>
    fn Stream(&self, cx: &mut JSContext) -> Fallible<DomRoot<ReadableStream>> {
        Ok(self.get_stream(cx))
    }

    /// <https://w3c.github.io/FileAPI/#dom-blob-text>
    fn Text(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 1–4. UTF-8 decode. (All bytes are there: no stream is needed to read them.)
        let (text, _) = UTF_8.decode_with_bom_removal(&self.bytes);
        Ok(Promise::resolved(cx, &self.global(), &USVString::from(text.into_owned())))
    }

    /// <https://w3c.github.io/FileAPI/#dom-blob-arraybuffer>
    fn ArrayBuffer(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 1–4.
        let buffer = new_array_buffer(cx, &self.bytes)?;
        Ok(Promise::resolved(cx, &self.global(), &buffer))
    }

    /// <https://w3c.github.io/FileAPI/#dom-blob-bytes>
    fn Bytes(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 1–4.
        let array = new_uint8_array(cx, &self.bytes)?;
        Ok(Promise::resolved(cx, &self.global(), &array))
    }
}

/// The state of a Blob.
struct SerializedBlob {
    bytes: Bytes,
    media_type: DOMString,
}

impl Serializable for Blob {
    /// <https://w3c.github.io/FileAPI/#blob-section>: the snapshot state and the bytes.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(SerializedBlob { bytes: self.bytes(), media_type: self.media_type.clone() }))
    }
}

impl SerializedObject for SerializedBlob {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        let blob = Blob::new(cx, global, self.bytes.clone(), self.media_type.clone());
        Ok(blob.reflector().get_jsobject().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_counted_from_either_end_and_stay_inside() {
        assert_eq!(slice_range(10, None, None), 0..10);
        assert_eq!(slice_range(10, Some(2), Some(5)), 2..5);
        assert_eq!(slice_range(10, Some(-3), None), 7..10);
        assert_eq!(slice_range(10, Some(-30), Some(-1)), 0..9);
        assert_eq!(slice_range(10, Some(5), Some(2)), 5..5);
        assert_eq!(slice_range(10, Some(i64::MAX), Some(i64::MIN)), 10..10);
    }

    #[test]
    fn types_are_ascii_in_lower_case() {
        assert_eq!(normalize_type("Text/Plain"), "text/plain");
        assert_eq!(normalize_type("text/\u{e9}"), "");
        assert_eq!(normalize_type("a\tb"), "");
    }

    #[test]
    fn native_line_endings_are_line_feeds() {
        assert_eq!(convert_line_endings_to_native("a\r\nb\rc\nd\r\r\n"), "a\nb\nc\nd\n\n");
    }
}
