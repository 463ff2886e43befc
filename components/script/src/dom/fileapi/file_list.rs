//! The FileList interface: <https://w3c.github.io/FileAPI/#filelist-section>.

use super::file::{File, SerializedFile};
use crate::bindings::interfaces::FileListMethods;
use crate::webidl::*;

/// <https://w3c.github.io/FileAPI/#dfn-filelist>
#[dom_struct]
pub struct FileList {
    reflector: Reflector,
    files: Vec<Dom<File>>,
}

impl FileList {
    /// A list of these files.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        files: &[DomRoot<File>],
    ) -> DomRoot<FileList> {
        let files = files.iter().map(|file| Dom::from_ref(&**file)).collect();
        reflect_dom_object(cx, Box::new(FileList { reflector: Reflector::new(), files }), global)
    }
}

impl FileListMethods for FileList {
    /// <https://w3c.github.io/FileAPI/#dfn-item>
    fn Item(&self, _cx: &mut JSContext, index: u32) -> Fallible<Option<DomRoot<File>>> {
        let index = usize::try_from(index).ok();
        Ok(index.and_then(|index| self.files.get(index)).map(Dom::as_rooted))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-length>
    fn Length(&self) -> u32 {
        u32::try_from(self.files.len()).unwrap_or(u32::MAX)
    }
}

/// The state of a FileList.
struct SerializedFileList {
    files: Vec<SerializedFile>,
}

impl Serializable for FileList {
    /// <https://w3c.github.io/FileAPI/#filelist-section>: the states of the files.
    //
    // FIXME(spec): a file that is also elsewhere in the message is another one there.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        let files = self.files.iter().map(|file| file.as_rooted().serialized()).collect();
        Ok(Box::new(SerializedFileList { files }))
    }
}

impl SerializedObject for SerializedFileList {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        let files: Vec<_> = self.files.iter().map(|file| file.to_file(cx, global)).collect();
        Ok(FileList::new(cx, global, &files).reflector().get_jsobject().into())
    }
}
