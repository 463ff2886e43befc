//! Reading a stream from Rust: <https://streams.spec.whatwg.org/#other-specs-rs-reading>.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::array_buffers::uint8_array_of;
use super::promises::exception_value;
use super::read_requests::ReadRequest;
use super::readable_stream_default_reader::ReadableStreamDefaultReader;
use crate::webidl::*;

/// What "read all bytes" ends with.
pub(crate) trait ReadAllSteps: JSTraceable {
    /// successSteps.
    fn success(&self, cx: &mut JSContext, bytes: Vec<u8>);
    /// failureSteps.
    fn failure(&self, cx: &mut JSContext, error: HandleValue<'_>);
}

/// What a read-loop carries with it.
#[derive(JSTraceable)]
struct ReadLoop {
    reader: Dom<ReadableStreamDefaultReader>,
    #[no_trace]
    bytes: RefCell<Vec<u8>>,
    steps: Box<dyn ReadAllSteps>,
    /// Whether a read is being started: a chunk that comes now goes on in the loop, not in a deeper one.
    starting: Cell<bool>,
    /// Whether a chunk came meanwhile.
    go_on: Cell<bool>,
}

impl ReadableStreamDefaultReader {
    /// <https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-all-bytes>
    pub(crate) fn read_all_bytes(&self, cx: &mut JSContext, steps: impl ReadAllSteps + 'static) {
        let read_loop = ReadLoop {
            reader: Dom::from_ref(self),
            bytes: RefCell::default(),
            steps: Box::new(steps),
            starting: Cell::new(false),
            go_on: Cell::new(false),
        };
        run(cx, &RootedBox::new(Rc::new(read_loop)));
    }
}

/// <https://streams.spec.whatwg.org/#read-loop>
fn run(cx: &mut JSContext, read_loop: &RootedBox<Rc<ReadLoop>>) {
    let reader = read_loop.reader.as_rooted();
    loop {
        read_loop.starting.set(true);
        reader.read(cx, LoopRequest { read_loop: (**read_loop).clone() });
        read_loop.starting.set(false);
        if !read_loop.go_on.replace(false) {
            break;
        }
    }
}

/// The read request of the loop.
#[derive(JSTraceable)]
struct LoopRequest {
    read_loop: Rc<ReadLoop>,
}

impl ReadRequest for LoopRequest {
    fn chunk_steps(&self, cx: &mut JSContext, chunk: HandleValue<'_>) {
        let read_loop = RootedBox::new(self.read_loop.clone());
        // 1. Bytes alone.
        let Some(bytes) = uint8_array_of(cx, chunk) else {
            let global = read_loop.reader.global();
            let error = Error::Type("a chunk of the stream is not a Uint8Array".into());
            let error = exception_value(cx, &global, error);
            read_loop.steps.failure(cx, error.handle());
            return;
        };
        // 2.
        bytes.append_to(&mut read_loop.bytes.borrow_mut());
        // 3. The next one.
        if read_loop.starting.get() {
            read_loop.go_on.set(true);
        } else {
            run(cx, &read_loop);
        }
    }

    fn close_steps(&self, cx: &mut JSContext) {
        let read_loop = RootedBox::new(self.read_loop.clone());
        let bytes = read_loop.bytes.take();
        read_loop.steps.success(cx, bytes);
    }

    fn error_steps(&self, cx: &mut JSContext, error: HandleValue<'_>) {
        let read_loop = RootedBox::new(self.read_loop.clone());
        read_loop.steps.failure(cx, error);
    }
}
