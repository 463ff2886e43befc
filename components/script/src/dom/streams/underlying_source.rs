//! Underlying sources: <https://streams.spec.whatwg.org/#underlying-source-api>.

use std::rc::Rc;

use fetch::BodyStream;

use super::readable_byte_stream_controller::ReadableByteStreamController;
use super::readable_stream::{Controller, ReadableStream};
use super::readable_stream_default_controller::ReadableStreamDefaultController;
use crate::bindings::callbacks::{
    QueuingStrategySize, UnderlyingSourceCancelCallback, UnderlyingSourcePullCallback,
};
use crate::bindings::dictionaries::UnderlyingSource;
use crate::bindings::unions::ReadableStreamDefaultControllerOrReadableByteStreamController;
use crate::webidl::*;

/// A controller's [[pullAlgorithm]] and [[cancelAlgorithm]].
///
/// They find their stream through what they are given, so that a source in Rust needs to hold no stream. What
/// they hold that is traced is traced by the controller, until the stream ends and it lets go of them.
pub(crate) trait Source: JSTraceable {
    /// [[pullAlgorithm]]. Not called again before the promise is fulfilled.
    fn pull(&self, cx: &mut JSContext, controller: &Controller) -> Promise;
    /// [[cancelAlgorithm]]. No algorithm is called after it.
    fn cancel(&self, cx: &mut JSContext, global: &GlobalScope, reason: HandleValue<'_>) -> Promise;
    /// All that it would ever pull, if that comes from outside of the agent. No algorithm is
    /// called after it.
    fn take_body(&self) -> Option<BodyStream> {
        None
    }
    /// The stream was locked to a reader, or is not locked any more.
    fn reader_changed(&self, _stream: &ReadableStream) {}
}

/// A source in a field.
pub(crate) type SourceRef = Rc<Box<dyn Source>>;
/// A source on the stack.
pub(crate) type RootedSource = RootedBox<SourceRef>;

/// Roots a source.
pub(crate) fn root_source(source: impl Source + 'static) -> RootedSource {
    RootedBox::new(Rc::new(Box::new(source) as Box<dyn Source>))
}

/// An underlying source that a script passed to `new ReadableStream()`.
#[derive(JSTraceable)]
pub(crate) struct ScriptSource {
    /// The callback this value.
    object: HeapValue,
    pull: Option<UnderlyingSourcePullCallback>,
    cancel: Option<UnderlyingSourceCancelCallback>,
}

impl ScriptSource {
    /// The algorithms that the dictionary has.
    fn root(object: HandleValue<'_>, dictionary: &UnderlyingSource) -> RootedSource {
        root_source(ScriptSource {
            object: HeapValue::new(object),
            pull: dictionary.pull.as_deref().cloned(),
            cancel: dictionary.cancel.as_deref().cloned(),
        })
    }

    /// The start algorithm, with the controller set up so far.
    fn start(
        cx: &mut JSContext,
        object: HandleValue<'_>,
        dictionary: &UnderlyingSource,
        controller: ReadableStreamDefaultControllerOrReadableByteStreamController,
    ) -> Fallible<RootedValue> {
        match &dictionary.start {
            Some(start) => start.call(cx, object, controller),
            None => Ok(RootedValue::default()),
        }
    }

    /// <https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller-from-underlying-source>
    pub(super) fn set_up_default_controller(
        cx: &mut JSContext,
        stream: &ReadableStream,
        object: HandleValue<'_>,
        dictionary: &UnderlyingSource,
        high_water_mark: f64,
        size: Option<&QueuingStrategySize>,
    ) -> Fallible<()> {
        // 1. A new controller.
        let controller = ReadableStreamDefaultController::new(cx, &stream.global());
        // 2–7. The algorithms.
        let source = ScriptSource::root(object, dictionary);
        // 8. Set it up.
        controller.set_up(stream, &source, high_water_mark, size);
        let this =
            ReadableStreamDefaultControllerOrReadableByteStreamController::ReadableStreamDefaultController(
                controller.clone(),
            );
        let result = ScriptSource::start(cx, object, dictionary, this)?;
        controller.start(cx, result.handle());
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller-from-underlying-source>
    pub(super) fn set_up_byte_controller(
        cx: &mut JSContext,
        stream: &ReadableStream,
        object: HandleValue<'_>,
        dictionary: &UnderlyingSource,
        high_water_mark: f64,
    ) -> Fallible<()> {
        // 1. A new controller.
        let controller = ReadableByteStreamController::new(cx, &stream.global());
        // 2–7. The algorithms.
        let source = ScriptSource::root(object, dictionary);
        // 8–9. The size of buffers that are allocated for default readers.
        let auto_allocate_chunk_size = dictionary.auto_allocate_chunk_size;
        if auto_allocate_chunk_size == Some(0) {
            return Err(Error::Type("autoAllocateChunkSize can't be 0".into()));
        }
        // 10. Set it up.
        controller.set_up(stream, &source, high_water_mark, auto_allocate_chunk_size);
        let this =
            ReadableStreamDefaultControllerOrReadableByteStreamController::ReadableByteStreamController(
                controller.clone(),
            );
        let result = ScriptSource::start(cx, object, dictionary, this)?;
        controller.start(cx, result.handle());
        Ok(())
    }
}

impl Source for ScriptSource {
    fn pull(&self, cx: &mut JSContext, controller: &Controller) -> Promise {
        let Some(pull) = self.pull.clone().map(Rooted::from_unrooted) else {
            return Promise::resolved(cx, &controller.global(), &());
        };
        let controller = match controller {
            Controller::Default(controller) => {
                ReadableStreamDefaultControllerOrReadableByteStreamController::ReadableStreamDefaultController(
                    controller.clone(),
                )
            }
            Controller::Byte(controller) => {
                ReadableStreamDefaultControllerOrReadableByteStreamController::ReadableByteStreamController(
                    controller.clone(),
                )
            }
        };
        let object = self.object.root();
        pull.call(cx, object.handle(), controller)
    }

    fn cancel(&self, cx: &mut JSContext, global: &GlobalScope, reason: HandleValue<'_>) -> Promise {
        let Some(cancel) = self.cancel.clone().map(Rooted::from_unrooted) else {
            return Promise::resolved(cx, global, &());
        };
        let object = self.object.root();
        cancel.call(cx, object.handle(), reason)
    }
}
