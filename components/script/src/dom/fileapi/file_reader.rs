//! The FileReader interface: <https://w3c.github.io/FileAPI/#APIASynch>.

use super::blob::Blob;
use super::package_data::{TextType, package_text};
use crate::bindings::interfaces::FileReaderMethods;
use crate::bindings::unions::DOMStringOrArrayBuffer;
use crate::dom::DOMException;
use crate::dom::streams::array_buffers::new_array_buffer;
use crate::dom::streams::promises::exception_value;
use crate::dom::xhr::progress_event::fire_progress_event;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://w3c.github.io/FileAPI/#filereader-state>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Empty = 0,
    Loading = 1,
    Done = 2,
}

/// <https://w3c.github.io/FileAPI/#filereader-result>
#[derive(Default, JSTraceable)]
enum ReadResult {
    #[default]
    Null,
    Text(DOMString),
    ArrayBuffer(HeapObject),
}

/// What to make of the bytes.
#[derive(Clone)]
enum PackageType {
    ArrayBuffer,
    Text(TextType),
}

/// <https://w3c.github.io/FileAPI/#dfn-filereader>
#[dom_struct]
pub struct FileReader {
    event_target: EventTarget,
    #[no_trace]
    state: Cell<State>,
    result: DomRefCell<ReadResult>,
    error: MutNullableDom<DOMException>,
    /// Counts the reads and aborts: the tasks of an earlier read do nothing any more.
    read: Cell<u64>,
    /// What is being read.
    blob: MutNullableDom<Blob>,
}

impl FileReader {
    /// The [read operation](https://w3c.github.io/FileAPI/#readOperation).
    fn read(&self, blob: &Blob, package_type: PackageType) -> Fallible<()> {
        // 1. One at a time.
        if self.state.get() == State::Loading {
            return Err(Error::InvalidState("the reader is already reading".into()));
        }
        // 2–4.
        self.state.set(State::Loading);
        self.result.set(ReadResult::Null);
        self.error.set(None);
        // 5–10. The bytes are in memory: they all come as one chunk, if there are any.
        self.blob.set(Some(blob));
        let read = self.read.get() + 1;
        self.read.set(read);
        self.queue(read, |this, cx| this.fire(cx, "loadstart"));
        if !blob.bytes().is_empty() {
            self.queue(read, |this, cx| this.fire(cx, "progress"));
        }
        self.queue(read, move |this, cx| this.finish(cx, &package_type));
        Ok(())
    }

    /// Queues a task of a read.
    fn queue(&self, read: u64, steps: impl FnOnce(&FileReader, &mut JSContext) + Send + 'static) {
        let this = Trusted::new(self);
        let steps = move |cx: &mut JSContext, _: &GlobalScope| {
            let this = this.root();
            if this.read.get() == read {
                steps(&this, cx);
            }
        };
        self.global().task_sender().post(TaskSource::FileReading, Box::new(steps));
    }

    /// Step 10.5: everything was read.
    fn finish(&self, cx: &mut JSContext, package_type: &PackageType) {
        let Some(blob) = self.blob.get() else { return };
        // 10.5.1.
        self.state.set(State::Done);
        // 10.5.2. Package it.
        let packaged = {
            let mut realm = enter_realm(cx, self.reflector().get_jsobject());
            let cx: &mut JSContext = &mut realm;
            match package_type {
                PackageType::Text(text_type) => {
                    Ok(ReadResult::Text(package_text(&blob.bytes(), text_type, blob.media_type())))
                }
                PackageType::ArrayBuffer => new_array_buffer(cx, &blob.bytes())
                    .map(|buffer| ReadResult::ArrayBuffer(HeapObject::new(buffer.object()))),
            }
        };
        match packaged {
            // 10.5.4.
            Ok(result) => {
                self.result.set(result);
                self.fire(cx, "load");
            }
            // 10.5.3. NB: there is no memory for the buffer; the attribute takes a DOMException alone.
            Err(error) => {
                // The exception that is pending goes.
                exception_value(cx, &self.global(), error);
                let error = Error::NotReadable("there is no memory for the bytes".into());
                let error = DOMException::from_error(cx, &self.global(), error);
                self.error.set(Some(&error));
                self.fire(cx, "error");
            }
        }
        // 10.5.5. Unless a listener has begun another read.
        self.fire_loadend(cx);
    }

    fn fire_loadend(&self, cx: &mut JSContext) {
        if self.state.get() != State::Loading {
            self.fire(cx, "loadend");
            if self.state.get() != State::Loading {
                self.blob.set(None);
            }
        }
    }

    /// [Fires a progress event](https://w3c.github.io/FileAPI/#fire-a-progress-event).
    fn fire(&self, cx: &mut JSContext, type_: &str) {
        let total = self.blob.get().map_or(0, |blob| blob.bytes().len());
        let loaded = if type_ == "loadstart" { 0 } else { total };
        fire_progress_event(cx, self.upcast(), type_, loaded as f64, total as f64);
    }
}

impl FileReaderMethods for FileReader {
    /// <https://w3c.github.io/FileAPI/#filereaderConstrctr>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<FileReader>> {
        let reader = FileReader {
            event_target: EventTarget::new_inherited(),
            state: Cell::new(State::Empty),
            result: DomRefCell::default(),
            error: MutNullableDom::default(),
            read: Cell::new(0),
            blob: MutNullableDom::default(),
        };
        Ok(reflect_dom_object_with_proto(cx, Box::new(reader), global, proto))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsArrayBuffer>
    fn ReadAsArrayBuffer(&self, _cx: &mut JSContext, blob: &Blob) -> Fallible<()> {
        self.read(blob, PackageType::ArrayBuffer)
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsBinaryString>
    fn ReadAsBinaryString(&self, _cx: &mut JSContext, blob: &Blob) -> Fallible<()> {
        self.read(blob, PackageType::Text(TextType::BinaryString))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsText>
    fn ReadAsText(&self, _cx: &mut JSContext, blob: &Blob, encoding: Option<DOMString>) -> Fallible<()> {
        self.read(blob, PackageType::Text(TextType::Text(encoding)))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-readAsDataURL>
    fn ReadAsDataURL(&self, _cx: &mut JSContext, blob: &Blob) -> Fallible<()> {
        self.read(blob, PackageType::Text(TextType::DataUrl))
    }

    /// <https://w3c.github.io/FileAPI/#dfn-abort>
    fn Abort(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1. Nothing to abort.
        self.result.set(ReadResult::Null);
        if self.state.get() != State::Loading {
            return Ok(());
        }
        // 2.
        self.state.set(State::Done);
        // 3–4. The tasks of the read do nothing any more.
        self.read.set(self.read.get() + 1);
        // 5–6.
        self.fire(cx, "abort");
        self.fire_loadend(cx);
        Ok(())
    }

    /// <https://w3c.github.io/FileAPI/#dom-filereader-readystate>
    fn ReadyState(&self) -> u16 {
        self.state.get() as u16
    }

    /// <https://w3c.github.io/FileAPI/#dom-filereader-result>
    fn GetResult(&self, _cx: &mut JSContext) -> Option<DOMStringOrArrayBuffer> {
        match &*self.result.borrow() {
            ReadResult::Null => None,
            ReadResult::Text(text) => Some(DOMStringOrArrayBuffer::DOMString(text.clone())),
            ReadResult::ArrayBuffer(buffer) => {
                BufferSource::from_object(buffer.handle()).map(DOMStringOrArrayBuffer::ArrayBuffer)
            }
        }
    }

    /// <https://w3c.github.io/FileAPI/#dom-filereader-error>
    fn GetError(&self, _cx: &mut JSContext) -> Option<DomRoot<DOMException>> {
        self.error.get()
    }
}
