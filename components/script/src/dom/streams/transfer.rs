//! Streams that move to another realm or agent: <https://streams.spec.whatwg.org/#rs-transfer>.
//!
//! What is left behind reads the stream and posts its chunks through a port, one for each time that it is asked; what
//! arrives asks when someone reads. Nothing but these two sees the port. When the agent of one of them ends, the other is
//! not told, and waits.

use std::rc::Rc;

use super::promises::{exception_value, rejected_with_value};
use super::read_requests::ReadRequest;
use super::readable_stream::{Controller, ReadableStream};
use super::readable_stream_default_reader::ReadableStreamDefaultReader;
use super::underlying_source::{Source, root_source};
use crate::dom::html::message_port::{MessagePort, PortEnd, PortSteps};
use crate::dom::html::structured_clone::{
    CrossRealmMessage, SerializedData, structured_deserialize_with_transfer,
    structured_serialize_with_transfer,
};
use crate::webidl::*;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

/// <https://streams.spec.whatwg.org/#abstract-opdef-packandpostmessage>
fn pack_and_post_message(
    cx: &mut JSContext,
    port: &MessagePort,
    message: CrossRealmMessage,
    value: HandleValue<'_>,
) -> Fallible<()> {
    let mut data = structured_serialize_with_transfer(cx, value, &[])?;
    data.cross_realm = Some(message);
    port.send(data);
    Ok(())
}

/// <https://streams.spec.whatwg.org/#abstract-opdef-crossrealmtransformsenderror>
fn cross_realm_transform_send_error(cx: &mut JSContext, port: &MessagePort, error: HandleValue<'_>) {
    if let Err(error) = pack_and_post_message(cx, port, CrossRealmMessage::Error, error) {
        // What can't be sent is of no account.
        exception_value(cx, &port.global(), error);
    }
}

/// <https://streams.spec.whatwg.org/#abstract-opdef-packandpostmessagehandlingerror>; the exception, if there is one.
fn pack_and_post_message_handling_error(
    cx: &mut JSContext,
    port: &MessagePort,
    message: CrossRealmMessage,
    value: HandleValue<'_>,
) -> Result<(), RootedValue> {
    // 1.
    pack_and_post_message(cx, port, message, value).map_err(|error| {
        // 2. The other side is told instead.
        let error = exception_value(cx, &port.global(), error);
        cross_realm_transform_send_error(cx, port, error.handle());
        error
    })
}

/// What a port is given is not what we sent.
fn message_error(cx: &mut JSContext, port: &MessagePort) -> RootedValue {
    let error = Error::DataClone("a chunk of a stream could not be received".into());
    exception_value(cx, &port.global(), error)
}

impl Transferable for ReadableStream {
    fn can_transfer(&self) -> bool {
        !self.is_detached()
    }

    /// <https://streams.spec.whatwg.org/#ref-for-transfer-steps>
    fn transfer(&self, cx: &mut JSContext) -> Fallible<Box<dyn TransferDataHolder>> {
        // 1. Nobody else reads it.
        if self.is_locked() {
            return Err(Error::DataClone("a locked stream can't be transferred".into()));
        }
        // 2–5. Two ports.
        let (here, there) = PortEnd::entangled();
        let port = MessagePort::new(cx, &self.global(), here);
        // 6–9. NB: the writable stream and the pipe to it are one object here.
        let reader = self.acquire_default_reader(cx)?;
        let pipe = RootedBox::new(Rc::new(Pipe {
            reader: Dom::from_ref(&reader),
            port: Dom::from_ref(&port),
            asked: Cell::new(false),
            chunk: HeapValue::default(),
            holds_chunk: Cell::new(false),
        }));
        port.start_with_steps(PipeSteps { pipe: (*pipe).clone() });
        // For as long as anybody may ask.
        port.keep_alive();
        self.detach();
        // NB: at once, as web-platform-tests have it, though the standard's pipe may wait.
        read_next(cx, &pipe);
        // 10. The other port goes.
        Ok(Box::new(TransferredStream { end: there }))
    }
}

/// <https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformwritable>, and
/// [the pipe](https://streams.spec.whatwg.org/#readable-stream-pipe-to) that feeds it. One chunk is read ahead.
#[derive(JSTraceable)]
struct Pipe {
    reader: Dom<ReadableStreamDefaultReader>,
    port: Dom<MessagePort>,
    /// backpressurePromise is resolved: a chunk may go.
    asked: Cell<bool>,
    /// The chunk that waits for it.
    chunk: HeapValue,
    holds_chunk: Cell<bool>,
}

type RootedPipe = RootedBox<Rc<Pipe>>;

fn read_next(cx: &mut JSContext, pipe: &RootedPipe) {
    let reader = pipe.reader.as_rooted();
    reader.read(cx, PipeRequest { pipe: (**pipe).clone() });
}

/// writeAlgorithm, and the next chunk after it.
fn send_chunk(cx: &mut JSContext, pipe: &RootedPipe, chunk: HandleValue<'_>) {
    let port = pipe.port.as_rooted();
    pipe.asked.set(false);
    match pack_and_post_message_handling_error(cx, &port, CrossRealmMessage::Chunk, chunk) {
        Ok(()) => read_next(cx, pipe),
        Err(error) => {
            port.disentangle();
            cancel(cx, pipe, error.handle());
        }
    }
}

/// [Shutdown with an action](https://streams.spec.whatwg.org/#rs-pipeTo-shutdown-with-action): the destination has an
/// error.
fn cancel(cx: &mut JSContext, pipe: &RootedPipe, reason: HandleValue<'_>) {
    let reader = pipe.reader.as_rooted();
    match reader.generic().cancel(cx, reason) {
        Ok(canceled) => canceled.react(
            cx,
            (**pipe).clone(),
            |cx, pipe, _| finalize(cx, &RootedBox::new(pipe.clone())),
            |cx, pipe, _| finalize(cx, &RootedBox::new(pipe.clone())),
        ),
        // The pipe is over already.
        Err(error) => drop(exception_value(cx, &reader.global(), error)),
    }
}

/// <https://streams.spec.whatwg.org/#rs-pipeTo-finalize>
fn finalize(cx: &mut JSContext, pipe: &RootedPipe) {
    pipe.port.as_rooted().disentangle();
    pipe.reader.as_rooted().release(cx);
}

#[derive(JSTraceable)]
struct PipeRequest {
    pipe: Rc<Pipe>,
}

impl ReadRequest for PipeRequest {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        let pipe = RootedBox::new(self.pipe.clone());
        if pipe.asked.get() {
            send_chunk(cx, &pipe, chunk);
        } else {
            pipe.chunk.set(chunk);
            pipe.holds_chunk.set(true);
        }
    }

    /// closeAlgorithm.
    fn close_steps(&self, cx: &mut JSContext) {
        let pipe = RootedBox::new(self.pipe.clone());
        let port = pipe.port.as_rooted();
        // Undefined can be sent; and a port that is closed already has nobody to tell.
        let nothing = HandleValue::undefined();
        let _told = pack_and_post_message_handling_error(cx, &port, CrossRealmMessage::Close, nothing);
        finalize(cx, &pipe);
    }

    /// abortAlgorithm.
    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        let pipe = RootedBox::new(self.pipe.clone());
        let port = pipe.port.as_rooted();
        let _told = pack_and_post_message_handling_error(cx, &port, CrossRealmMessage::Error, error);
        finalize(cx, &pipe);
    }
}

/// What the port of the pipe brings.
#[derive(JSTraceable)]
struct PipeSteps {
    pipe: Rc<Pipe>,
}

impl PortSteps for PipeSteps {
    fn message(&self, cx: &mut JSContext, message: &SerializedData) {
        let pipe = RootedBox::new(self.pipe.clone());
        let port = pipe.port.as_rooted();
        rooted!(&in(cx) let mut value = UndefinedValue());
        let received = structured_deserialize_with_transfer(cx, &port.global(), message, value.handle_mut());
        if let Err(error) = received {
            // The exception, if there is one, is not told.
            exception_value(cx, &port.global(), error);
            let error = message_error(cx, &port);
            cross_realm_transform_send_error(cx, &port, error.handle());
            port.disentangle();
            cancel(cx, &pipe, error.handle());
            return;
        }
        match message.cross_realm {
            Some(CrossRealmMessage::Pull) if pipe.holds_chunk.replace(false) => {
                let chunk = pipe.chunk.root();
                pipe.chunk.set(HandleValue::undefined());
                send_chunk(cx, &pipe, chunk.handle());
            }
            Some(CrossRealmMessage::Pull) => pipe.asked.set(true),
            Some(CrossRealmMessage::Error) => {
                port.disentangle();
                cancel(cx, &pipe, value.handle());
            }
            Some(CrossRealmMessage::Chunk | CrossRealmMessage::Close) | None => {}
        }
    }
}

/// A stream between two agents.
struct TransferredStream {
    end: PortEnd,
}

impl TransferDataHolder for TransferredStream {
    /// <https://streams.spec.whatwg.org/#ref-for-transfer-receiving-steps>
    fn receive(self: Box<Self>, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        // 1–2. The port.
        let port = MessagePort::new(cx, global, self.end);
        // 3. A stream that reads from it.
        let ends =
            RootedBox::new(Rc::new(Arrival { port: Dom::from_ref(&port), pulled: DomRefCell::default() }));
        let source = root_source(CrossRealmSource { arrival: (*ends).clone() });
        let stream = ReadableStream::create(cx, global, &source, 0.0);
        port.keep_alive();
        port.start_with_steps(ArrivalSteps { arrival: (*ends).clone(), stream: Dom::from_ref(&stream) });
        Ok(stream.reflector().get_jsobject().into())
    }
}

/// What the algorithms of
/// [SetUpCrossRealmTransformReadable](https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformreadable)
/// share.
#[derive(JSTraceable)]
struct Arrival {
    port: Dom<MessagePort>,
    /// backpressurePromise, while a chunk is asked for.
    pulled: DomRefCell<Option<HeapPromise>>,
}

#[derive(JSTraceable)]
struct CrossRealmSource {
    arrival: Rc<Arrival>,
}

impl Source for CrossRealmSource {
    fn pull(&self, cx: &mut JSContext, controller: &Controller) -> Promise {
        let arrival = RootedBox::new(self.arrival.clone());
        let port = arrival.port.as_rooted();
        let promise = Promise::new(cx, &controller.global());
        *arrival.pulled.borrow_mut() = Some(promise.to_heap());
        let nothing = HandleValue::undefined();
        match pack_and_post_message(cx, &port, CrossRealmMessage::Pull, nothing) {
            Ok(()) => promise,
            Err(error) => {
                let error = exception_value(cx, &port.global(), error);
                rejected_with_value(cx, &port.global(), error.handle())
            }
        }
    }

    fn cancel(&self, cx: &mut JSContext, global: &GlobalScope, reason: HandleValue<'_>) -> Promise {
        let arrival = RootedBox::new(self.arrival.clone());
        let port = arrival.port.as_rooted();
        // 1. The other side is told.
        let told = pack_and_post_message_handling_error(cx, &port, CrossRealmMessage::Error, reason);
        // 2.
        port.disentangle();
        // 3–4.
        match told {
            Ok(()) => Promise::resolved(cx, global, &()),
            Err(error) => rejected_with_value(cx, global, error.handle()),
        }
    }
}

/// What the port of the stream brings.
#[derive(JSTraceable)]
struct ArrivalSteps {
    arrival: Rc<Arrival>,
    stream: Dom<ReadableStream>,
}

impl PortSteps for ArrivalSteps {
    fn message(&self, cx: &mut JSContext, message: &SerializedData) {
        let arrival = RootedBox::new(self.arrival.clone());
        let (port, stream) = (arrival.port.as_rooted(), self.stream.as_rooted());
        rooted!(&in(cx) let mut value = UndefinedValue());
        let received = structured_deserialize_with_transfer(cx, &port.global(), message, value.handle_mut());
        if let Err(error) = received {
            // The exception, if there is one, is not told.
            exception_value(cx, &port.global(), error);
            let error = message_error(cx, &port);
            cross_realm_transform_send_error(cx, &port, error.handle());
            port.disentangle();
            stream.fail(cx, error.handle());
            return;
        }
        match message.cross_realm {
            Some(CrossRealmMessage::Chunk) => {
                let pulled = arrival.pulled.borrow_mut().take().map(|pulled| pulled.root());
                // A stream whose chunks all count one has room for another.
                if let Some(Err(error)) =
                    stream.default_controller().map(|controller| controller.enqueue(cx, value.handle()))
                {
                    exception_value(cx, &port.global(), error);
                }
                if let Some(pulled) = pulled {
                    pulled.resolve(cx, &());
                }
            }
            Some(CrossRealmMessage::Close) => {
                port.disentangle();
                stream.end(cx);
            }
            Some(CrossRealmMessage::Error) => {
                port.disentangle();
                stream.fail(cx, value.handle());
            }
            Some(CrossRealmMessage::Pull) | None => {}
        }
    }
}
