//! The ReadableStream class: <https://streams.spec.whatwg.org/#rs-class>.

use std::cell::Cell;

use super::async_iterator::StreamIterator;
use super::queuing_strategies::extract_high_water_mark;
use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream_byob_reader::ReadableStreamBYOBReader;
use super::readable_stream_default_controller::ReadableStreamDefaultController;
use super::readable_stream_default_reader::ReadableStreamDefaultReader;
use super::underlying_source::ScriptSource;
use crate::bindings::dictionaries::{
    QueuingStrategy, ReadableStreamGetReaderOptions, ReadableStreamIteratorOptions, UnderlyingSource,
};
use crate::bindings::enums::ReadableStreamType;
use crate::bindings::interfaces::ReadableStreamMethods;
use crate::bindings::unions::ReadableStreamDefaultReaderOrReadableStreamBYOBReader;
use crate::webidl::*;
use mozjs::jsval::{NullValue, ObjectValue};

/// [[state]].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// "readable"
    Readable,
    /// "closed"
    Closed,
    /// "errored"
    Errored,
}

/// [[reader]], where the stream is locked.
#[derive(Clone, JSTraceable)]
enum ReaderSlot {
    None,
    Default(Dom<ReadableStreamDefaultReader>),
    Byob(Dom<ReadableStreamBYOBReader>),
}

/// A stream's reader, rooted.
pub(crate) enum Reader {
    /// The stream is not locked.
    None,
    /// Chunks as they come.
    Default(DomRoot<ReadableStreamDefaultReader>),
    /// Bytes into buffers of the reader's own.
    Byob(DomRoot<ReadableStreamBYOBReader>),
}

/// [[controller]].
#[derive(Clone, JSTraceable)]
enum ControllerSlot {
    None,
    Default(Dom<ReadableStreamDefaultController>),
    Byte(Dom<ReadableByteStreamController>),
}

/// A stream's controller, rooted.
pub(crate) enum Controller {
    /// Of any chunks.
    Default(DomRoot<ReadableStreamDefaultController>),
    /// Of bytes.
    Byte(DomRoot<ReadableByteStreamController>),
}

/// <https://streams.spec.whatwg.org/#readablestream>
#[dom_struct]
pub struct ReadableStream {
    reflector: Reflector,
    /// [[controller]]
    controller: DomRefCell<ControllerSlot>,
    /// [[disturbed]]
    disturbed: Cell<bool>,
    /// [[reader]]
    reader: DomRefCell<ReaderSlot>,
    /// [[state]]
    #[no_trace]
    state: Cell<State>,
    /// [[Detached]]
    detached: Cell<bool>,
    /// [[storedError]]
    stored_error: HeapValue,
}

impl ReadableStream {
    /// <https://streams.spec.whatwg.org/#initialize-readable-stream>
    pub(crate) fn new_inherited() -> ReadableStream {
        ReadableStream {
            reflector: Reflector::new(),
            controller: DomRefCell::new(ControllerSlot::None),
            detached: Cell::new(false),
            disturbed: Cell::new(false),
            reader: DomRefCell::new(ReaderSlot::None),
            state: Cell::new(State::Readable),
            stored_error: HeapValue::default(),
        }
    }

    /// A stream that is yet to be set up.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<ReadableStream> {
        reflect_dom_object(cx, Box::new(ReadableStream::new_inherited()), global)
    }

    /// [[state]].
    pub(crate) fn state(&self) -> State {
        self.state.get()
    }

    pub(super) fn set_state(&self, state: State) {
        self.state.set(state);
    }

    /// [[Detached]]: it was transferred.
    pub(super) fn is_detached(&self) -> bool {
        self.detached.get()
    }

    pub(super) fn detach(&self) {
        self.detached.set(true);
    }

    /// <https://streams.spec.whatwg.org/#is-readable-stream-disturbed>
    pub(crate) fn is_disturbed(&self) -> bool {
        self.disturbed.get()
    }

    pub(crate) fn set_disturbed(&self) {
        self.disturbed.set(true);
    }

    /// [[storedError]].
    pub(crate) fn stored_error(&self) -> RootedValue {
        self.stored_error.root()
    }

    pub(super) fn set_stored_error(&self, error: HandleValue<'_>) {
        self.stored_error.set(error);
    }

    /// [[reader]].
    pub(super) fn reader(&self) -> Reader {
        match &*self.reader.borrow() {
            ReaderSlot::None => Reader::None,
            ReaderSlot::Default(reader) => Reader::Default(reader.as_rooted()),
            ReaderSlot::Byob(reader) => Reader::Byob(reader.as_rooted()),
        }
    }

    pub(super) fn set_reader(&self, reader: &Reader) {
        *self.reader.borrow_mut() = match reader {
            Reader::None => ReaderSlot::None,
            Reader::Default(reader) => ReaderSlot::Default(Dom::from_ref(reader)),
            Reader::Byob(reader) => ReaderSlot::Byob(Dom::from_ref(reader)),
        };
        if let Some(controller) = self.byte_controller() {
            controller.reader_changed(self);
        }
    }

    /// [[controller]]; None before the stream was set up.
    pub(super) fn controller(&self) -> Option<Controller> {
        match &*self.controller.borrow() {
            ControllerSlot::None => None,
            ControllerSlot::Default(controller) => Some(Controller::Default(controller.as_rooted())),
            ControllerSlot::Byte(controller) => Some(Controller::Byte(controller.as_rooted())),
        }
    }

    pub(super) fn set_controller(&self, controller: &Controller) {
        *self.controller.borrow_mut() = match controller {
            Controller::Default(controller) => ControllerSlot::Default(Dom::from_ref(controller)),
            Controller::Byte(controller) => ControllerSlot::Byte(Dom::from_ref(controller)),
        };
    }

    /// [[controller]], where it is a byte stream's.
    pub(super) fn byte_controller(&self) -> Option<DomRoot<ReadableByteStreamController>> {
        match &*self.controller.borrow() {
            ControllerSlot::Byte(controller) => Some(controller.as_rooted()),
            _ => None,
        }
    }

    /// [[controller]], where it is a default one.
    pub(super) fn default_controller(&self) -> Option<DomRoot<ReadableStreamDefaultController>> {
        match &*self.controller.borrow() {
            ControllerSlot::Default(controller) => Some(controller.as_rooted()),
            _ => None,
        }
    }
}

impl ReadableStreamMethods for ReadableStream {
    /// <https://streams.spec.whatwg.org/#rs-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        underlying_source: Option<HandleObject<'_>>,
        strategy: &QueuingStrategy,
    ) -> Fallible<DomRoot<ReadableStream>> {
        // 1. A missing source is null.
        // 2. What it says about itself; the object itself is what its methods are called on.
        let source = match underlying_source {
            Some(object) => RootedValue::from_value(ObjectValue(object.get())),
            None => RootedValue::from_value(NullValue()),
        };
        let dictionary = UnderlyingSource::from_js(cx, source.handle())?;
        // 3. Initialize it.
        let stream = ReadableStream::new_inherited();
        let stream = reflect_dom_object_with_proto(cx, Box::new(stream), global, proto);
        if dictionary.type_ == Some(ReadableStreamType::Bytes) {
            // 4.1. Bytes have no size of the author's making.
            if strategy.size.is_some() {
                return Err(Error::Range("a byte stream can't have a size() of its own".into()));
            }
            // 4.2.
            let high_water_mark = extract_high_water_mark(strategy, 0.0)?;
            // 4.3.
            ScriptSource::set_up_byte_controller(cx, &stream, source.handle(), &dictionary, high_water_mark)?;
        } else {
            // 5.2. The size algorithm: strategy.size, or always 1.
            // 5.3.
            let high_water_mark = extract_high_water_mark(strategy, 1.0)?;
            // 5.4.
            ScriptSource::set_up_default_controller(
                cx,
                &stream,
                source.handle(),
                &dictionary,
                high_water_mark,
                strategy.size.as_deref(),
            )?;
        }
        Ok(stream)
    }

    /// <https://streams.spec.whatwg.org/#rs-locked>
    fn Locked(&self) -> bool {
        self.is_locked()
    }

    /// <https://streams.spec.whatwg.org/#rs-cancel>
    fn Cancel(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Fallible<Promise> {
        // 1. Only its reader may cancel a locked stream.
        if self.is_locked() {
            return Err(Error::Type("the stream is locked to a reader".into()));
        }
        // 2.
        Ok(self.cancel(cx, reason))
    }

    /// <https://streams.spec.whatwg.org/#rs-get-reader>
    fn GetReader(
        &self,
        cx: &mut JSContext,
        options: &ReadableStreamGetReaderOptions,
    ) -> Fallible<ReadableStreamDefaultReaderOrReadableStreamBYOBReader> {
        match options.mode {
            // 1. A default reader.
            None => self
                .acquire_default_reader(cx)
                .map(ReadableStreamDefaultReaderOrReadableStreamBYOBReader::ReadableStreamDefaultReader),
            // 2–3. A BYOB reader.
            Some(_) => self
                .acquire_byob_reader(cx)
                .map(ReadableStreamDefaultReaderOrReadableStreamBYOBReader::ReadableStreamBYOBReader),
        }
    }

    /// <https://streams.spec.whatwg.org/#rs-tee>
    fn Tee(&self, cx: &mut JSContext) -> Fallible<Vec<DomRoot<ReadableStream>>> {
        self.tee(cx, false).map(Vec::from)
    }

    /// <https://streams.spec.whatwg.org/#rs-asynciterator>
    fn AsyncIterator(
        &self,
        cx: &mut JSContext,
        options: &ReadableStreamIteratorOptions,
    ) -> Fallible<Box<dyn AsyncIteratorSteps>> {
        Ok(Box::new(StreamIterator::new(cx, self, options.prevent_cancel)?))
    }
}

impl Controller {
    /// [[stream]].
    pub(super) fn stream(&self) -> Option<DomRoot<ReadableStream>> {
        match self {
            Controller::Default(controller) => controller.stream(),
            Controller::Byte(controller) => controller.stream(),
        }
    }

    /// The controller's relevant global object.
    pub(super) fn global(&self) -> DomRoot<GlobalScope> {
        match self {
            Controller::Default(controller) => controller.global(),
            Controller::Byte(controller) => controller.global(),
        }
    }
}
