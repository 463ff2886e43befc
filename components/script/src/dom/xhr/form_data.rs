//! The FormData interface: <https://xhr.spec.whatwg.org/#interface-formdata>.

use fetch::multipart_form_data::{self, EncodedForm, Part, PartValue};

use crate::bindings::interfaces::FormDataMethods;
use crate::bindings::unions::FileOrUSVString as FormDataEntryValue;
use crate::dom::fileapi::blob::Blob;
use crate::dom::fileapi::file::File;
use crate::webidl::*;

/// An [entry's value](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-entry-value).
#[derive(Clone, JSTraceable)]
pub(crate) enum EntryValue {
    /// A file.
    File(Dom<File>),
    /// A string.
    Text(USVString),
}

/// An [entry](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-entry).
#[derive(Clone, JSTraceable)]
struct Entry {
    name: USVString,
    value: EntryValue,
}

/// <https://xhr.spec.whatwg.org/#formdata>
#[dom_struct]
pub struct FormData {
    reflector: Reflector,
    /// The [entry list](https://xhr.spec.whatwg.org/#concept-formdata-entry-list).
    entries: DomRefCell<Vec<Entry>>,
}

impl EntryValue {
    fn to_idl(&self) -> FormDataEntryValue {
        match self {
            EntryValue::File(file) => FormDataEntryValue::File(file.as_rooted()),
            EntryValue::Text(text) => FormDataEntryValue::USVString(text.clone()),
        }
    }
}

/// The file of an entry that is made from a blob:
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#create-an-entry>.
fn file_of_blob(
    cx: &mut JSContext,
    global: &GlobalScope,
    blob: &Blob,
    filename: Option<USVString>,
) -> DomRoot<File> {
    let file = blob.downcast::<File>();
    let name = match (filename, file) {
        // 3.1. It is a file, by its own name.
        (None, Some(file)) => return DomRoot::from_ref(file),
        (None, None) => "blob".into(),
        // 3.2. By another name.
        (Some(filename), _) => filename.into(),
    };
    let last_modified = file.map(File::last_modified);
    File::new(cx, global, blob.bytes(), blob.media_type().into(), name, last_modified)
}

impl FormData {
    fn new_inherited() -> FormData {
        FormData { reflector: Reflector::new(), entries: DomRefCell::default() }
    }

    /// Without entries.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<FormData> {
        reflect_dom_object(cx, Box::new(FormData::new_inherited()), global)
    }

    /// What was parsed, as entries.
    pub(crate) fn from_parts(
        cx: &mut JSContext,
        global: &GlobalScope,
        parts: Vec<Part>,
    ) -> DomRoot<FormData> {
        let form_data = FormData::new(cx, global);
        for Part { name, value } in parts {
            match value {
                PartValue::Text(text) => form_data.append_text(name.into(), text.into()),
                PartValue::File { bytes, name: filename, media_type } => {
                    let file = File::new(cx, global, bytes, media_type.into(), filename.into(), None);
                    form_data.push(name.into(), &file);
                }
            }
        }
        form_data
    }

    /// Appends a string.
    pub(crate) fn append_text(&self, name: USVString, value: USVString) {
        self.entries.borrow_mut().push(Entry { name, value: EntryValue::Text(value) });
    }

    fn push(&self, name: USVString, file: &File) {
        self.entries.borrow_mut().push(Entry { name, value: EntryValue::File(Dom::from_ref(file)) });
    }

    /// The [multipart/form-data encoding](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data)
    /// of the entries, in UTF-8.
    pub(crate) fn encode(&self) -> EncodedForm {
        let entries = self.entries.borrow();
        let parts = entries.iter().map(|entry| Part {
            name: entry.name.to_string(),
            value: match &entry.value {
                EntryValue::Text(text) => PartValue::Text(text.to_string()),
                EntryValue::File(file) => PartValue::File {
                    bytes: file.as_rooted().upcast::<Blob>().bytes(),
                    name: file.as_rooted().name().as_str().to_owned(),
                    media_type: file.as_rooted().upcast::<Blob>().media_type().to_owned(),
                },
            },
        });
        multipart_form_data::encode(parts)
    }

    /// `set()`.
    fn replace(&self, name: &USVString, entry: Entry) {
        let mut entries = self.entries.borrow_mut();
        match entries.iter().position(|entry| entry.name == *name) {
            // 3. The first is replaced, the others go.
            Some(first) => {
                entries[first] = entry;
                let mut index = 0;
                entries.retain(|entry| {
                    index += 1;
                    index - 1 <= first || entry.name != *name
                });
            }
            // 4.
            None => entries.push(entry),
        }
    }
}

impl FormDataMethods for FormData {
    /// <https://xhr.spec.whatwg.org/#dom-formdata>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<FormData>> {
        Ok(reflect_dom_object_with_proto(cx, Box::new(FormData::new_inherited()), global, proto))
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-append>
    fn Append(&self, _cx: &mut JSContext, name: USVString, value: USVString) -> Fallible<()> {
        self.append_text(name, value);
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-append-blob>
    fn Append_(
        &self,
        cx: &mut JSContext,
        name: USVString,
        blob_value: &Blob,
        filename: Option<USVString>,
    ) -> Fallible<()> {
        // 2. The entry.
        let file = file_of_blob(cx, &self.global(), blob_value, filename);
        // 3.
        self.push(name, &file);
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-delete>
    fn Delete(&self, _cx: &mut JSContext, name: USVString) -> Fallible<()> {
        self.entries.borrow_mut().retain(|entry| entry.name != name);
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-get>
    fn Get(&self, _cx: &mut JSContext, name: USVString) -> Fallible<Option<FormDataEntryValue>> {
        let entries = self.entries.borrow();
        // 1–2.
        Ok(entries.iter().find(|entry| entry.name == name).map(|entry| entry.value.to_idl()))
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-getall>
    fn GetAll(&self, _cx: &mut JSContext, name: USVString) -> Fallible<Vec<FormDataEntryValue>> {
        let entries = self.entries.borrow();
        // 1–2.
        Ok(entries.iter().filter(|entry| entry.name == name).map(|entry| entry.value.to_idl()).collect())
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-has>
    fn Has(&self, _cx: &mut JSContext, name: USVString) -> Fallible<bool> {
        Ok(self.entries.borrow().iter().any(|entry| entry.name == name))
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-set>
    fn Set(&self, _cx: &mut JSContext, name: USVString, value: USVString) -> Fallible<()> {
        // 2–4.
        self.replace(&name, Entry { name: name.clone(), value: EntryValue::Text(value) });
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-set-blob>
    fn Set_(
        &self,
        cx: &mut JSContext,
        name: USVString,
        blob_value: &Blob,
        filename: Option<USVString>,
    ) -> Fallible<()> {
        // 2. The entry.
        let file = file_of_blob(cx, &self.global(), blob_value, filename);
        // 3–4.
        self.replace(&name, Entry { name: name.clone(), value: EntryValue::File(Dom::from_ref(&*file)) });
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#interface-formdata>: the value pairs to iterate over.
    fn PairToIterateOver(&self, _cx: &mut JSContext, index: u32) -> Option<(USVString, FormDataEntryValue)> {
        let entries = self.entries.borrow();
        let entry = entries.get(usize::try_from(index).ok()?)?;
        Some((entry.name.clone(), entry.value.to_idl()))
    }
}
