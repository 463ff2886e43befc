//! The FileReaderSync interface: <https://w3c.github.io/FileAPI/#FileReaderSync>.

use super::blob::Blob;
use super::package_data::{TextType, package_text};
use crate::bindings::interfaces::FileReaderSyncMethods;
use crate::dom::streams::array_buffers::new_array_buffer;
use crate::webidl::*;

/// <https://w3c.github.io/FileAPI/#dfn-FileReaderSync>
#[dom_struct]
pub struct FileReaderSync {
    reflector: Reflector,
}

/// What all of its methods do: the bytes of blobs are in memory, there is nothing to wait for.
fn read(blob: &Blob, text_type: &TextType) -> DOMString {
    package_text(&blob.bytes(), text_type, blob.media_type())
}

impl FileReaderSyncMethods for FileReaderSync {
    /// <https://w3c.github.io/FileAPI/#filereadersyncConstrctr>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<FileReaderSync>> {
        let reader = FileReaderSync { reflector: Reflector::new() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(reader), global, proto))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsArrayBufferSync>
    fn ReadAsArrayBuffer(
        &self,
        cx: &mut JSContext,
        blob: &Blob,
        mut rval: MutableHandleObject<'_>,
    ) -> Fallible<()> {
        rval.set(new_array_buffer(cx, &blob.bytes())?.object().get());
        Ok(())
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsBinaryStringSync>
    fn ReadAsBinaryString(&self, _cx: &mut JSContext, blob: &Blob) -> Fallible<DOMString> {
        Ok(read(blob, &TextType::BinaryString))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsTextSync>
    fn ReadAsText(
        &self,
        _cx: &mut JSContext,
        blob: &Blob,
        encoding: Option<DOMString>,
    ) -> Fallible<DOMString> {
        Ok(read(blob, &TextType::Text(encoding)))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsDataURLSync>
    fn ReadAsDataURL(&self, _cx: &mut JSContext, blob: &Blob) -> Fallible<DOMString> {
        Ok(read(blob, &TextType::DataUrl))
    }
}
