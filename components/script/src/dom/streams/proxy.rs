//! Proxies of streams: <https://streams.spec.whatwg.org/#readablestream-create-a-proxy>.

use super::array_buffers::uint8_array_of;
use super::promises::exception_value;
use super::read_requests::ReadRequest;
use super::readable_stream::{Controller, ReadableStream};
use super::readable_stream_default_reader::ReadableStreamDefaultReader;
use super::underlying_source::{Source, root_source};
use crate::webidl::*;

impl ReadableStream {
    /// A new stream that pulls its chunks from this one, which is locked and disturbed from now on.
    ///
    /// The spec pipes through an identity transform; this reads when it is read from, which looks the same.
    pub(crate) fn create_a_proxy(&self, cx: &mut JSContext) -> Fallible<DomRoot<ReadableStream>> {
        let reader = self.acquire_default_reader(cx)?;
        self.set_disturbed();
        let source = root_source(ProxySource { reader: Dom::from_ref(&reader) });
        let proxy = match self.controller() {
            Some(Controller::Byte(_)) => ReadableStream::create_byte_stream(cx, &self.global(), &source, 0.0),
            _ => ReadableStream::create(cx, &self.global(), &source, 0.0),
        };
        // The end and errors don't wait for a read.
        if let Some(closed) = reader.generic().closed_promise() {
            closed.react(
                cx,
                Dom::from_ref(&*proxy),
                |cx, proxy, _| proxy.as_rooted().end(cx),
                |cx, proxy, reason| proxy.as_rooted().fail(cx, reason),
            );
        }
        Ok(proxy)
    }
}

/// The algorithms of a proxy.
#[derive(JSTraceable)]
struct ProxySource {
    reader: Dom<ReadableStreamDefaultReader>,
}

impl Source for ProxySource {
    fn pull(&self, cx: &mut JSContext, controller: &Controller) -> Promise {
        let global = controller.global();
        let promise = Promise::new(cx, &global);
        if let Some(stream) = controller.stream() {
            let request = ProxyRead { proxy: Dom::from_ref(&*stream), pulled: promise.to_heap() };
            self.reader.as_rooted().read(cx, request);
        }
        promise
    }

    fn cancel(&self, cx: &mut JSContext, global: &GlobalScope, reason: HandleValue<'_>) -> Promise {
        let reader = self.reader.as_rooted();
        reader.generic().cancel(cx, reason).unwrap_or_else(|error| Promise::rejected(cx, global, error))
    }
}

/// The read request of a pull.
#[derive(JSTraceable)]
struct ProxyRead {
    proxy: Dom<ReadableStream>,
    pulled: HeapPromise,
}

impl ReadRequest for ProxyRead {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        let (proxy, pulled) = (self.proxy.as_rooted(), self.pulled.root());
        let enqueued = match proxy.controller() {
            Some(Controller::Byte(controller)) => match uint8_array_of(cx, chunk) {
                Some(chunk) => controller.enqueue(cx, &chunk),
                None => Err(Error::Type("a chunk of the stream is not a Uint8Array".into())),
            },
            Some(Controller::Default(controller)) => controller.enqueue(cx, chunk),
            None => Ok(()),
        };
        match enqueued {
            Ok(()) => pulled.resolve(cx, &()),
            Err(error) => {
                let error = exception_value(cx, &proxy.global(), error);
                pulled.reject_value(cx, error.handle());
            }
        }
    }

    fn close_steps(&self, cx: &mut JSContext) {
        let (proxy, pulled) = (self.proxy.as_rooted(), self.pulled.root());
        proxy.end(cx);
        pulled.resolve(cx, &());
    }

    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        let (proxy, pulled) = (self.proxy.as_rooted(), self.pulled.root());
        proxy.fail(cx, error);
        pulled.resolve(cx, &());
    }
}
