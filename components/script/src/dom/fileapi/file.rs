//! The File interface: <https://w3c.github.io/FileAPI/#file-section>.

use std::time::SystemTime;

use fetch::Bytes;

use super::blob::{Blob, normalize_type, process_blob_parts};
use crate::bindings::dictionaries::FilePropertyBag;
use crate::bindings::interfaces::FileMethods;
use crate::bindings::unions::BufferSourceOrBlobOrUSVString as BlobPart;
use crate::webidl::*;

/// <https://w3c.github.io/FileAPI/#dfn-file>
#[dom_struct]
pub struct File {
    blob: Blob,
    name: DOMString,
    /// In milliseconds since the Unix Epoch.
    last_modified: i64,
}

/// `Date.now()`.
fn now() -> i64 {
    let milliseconds =
        |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => milliseconds(since),
        Err(before) => -milliseconds(before.duration()),
    }
}

impl File {
    fn new_inherited(bytes: Bytes, media_type: DOMString, name: DOMString, last_modified: i64) -> File {
        File { blob: Blob::new_inherited(bytes, media_type), name, last_modified }
    }

    /// A file of these bytes, modified last at that time, or now. The type is taken as it is.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        bytes: Bytes,
        media_type: DOMString,
        name: DOMString,
        last_modified: Option<i64>,
    ) -> DomRoot<File> {
        let last_modified = last_modified.unwrap_or_else(now);
        reflect_dom_object(cx, Box::new(File::new_inherited(bytes, media_type, name, last_modified)), global)
    }

    /// The name.
    pub(crate) fn name(&self) -> &DOMString {
        &self.name
    }

    /// When it was last modified, in milliseconds since the Unix Epoch.
    pub(crate) fn last_modified(&self) -> i64 {
        self.last_modified
    }

    /// Its state.
    pub(super) fn serialized(&self) -> SerializedFile {
        SerializedFile {
            bytes: self.blob.bytes(),
            media_type: self.blob.media_type().into(),
            name: self.name.clone(),
            last_modified: self.last_modified,
        }
    }
}

impl FileMethods for File {
    /// <https://w3c.github.io/FileAPI/#file-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        file_bits: Vec<BlobPart>,
        file_name: USVString,
        options: &FilePropertyBag,
    ) -> Fallible<DomRoot<File>> {
        // 1. The bytes.
        let bytes = process_blob_parts(file_bits, options.parent.endings);
        // 3.1–3.2. The type.
        let media_type = normalize_type(&options.parent.type_);
        // 3.3. The time.
        let last_modified = options.last_modified.unwrap_or_else(now);
        // 2, 4.
        let file = File::new_inherited(bytes, media_type, file_name.into(), last_modified);
        Ok(reflect_dom_object_with_proto(cx, Box::new(file), global, proto))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }

    /// <https://w3c.github.io/FileAPI/#dfn-lastModified>
    fn LastModified(&self) -> i64 {
        self.last_modified
    }
}

/// The state of a File.
pub(super) struct SerializedFile {
    bytes: Bytes,
    media_type: DOMString,
    name: DOMString,
    last_modified: i64,
}

impl SerializedFile {
    /// A file with that state.
    pub(super) fn to_file(&self, cx: &mut JSContext, global: &GlobalScope) -> DomRoot<File> {
        let (bytes, media_type) = (self.bytes.clone(), self.media_type.clone());
        File::new(cx, global, bytes, media_type, self.name.clone(), Some(self.last_modified))
    }
}

impl Serializable for File {
    /// <https://w3c.github.io/FileAPI/#file-section>: the snapshot state, the bytes, name and time.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(self.serialized()))
    }
}

impl SerializedObject for SerializedFile {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        Ok(self.to_file(cx, global).reflector().get_jsobject().into())
    }
}
