//! The ReadableStreamBYOBRequest class: <https://streams.spec.whatwg.org/#rs-byob-request-class>.

use super::array_buffers::{is_detached, view_of, viewed_array_buffer};
use super::readable_byte_stream_controller::ReadableByteStreamController;
use crate::bindings::interfaces::ReadableStreamBYOBRequestMethods;
use crate::webidl::*;

/// <https://streams.spec.whatwg.org/#readablestreambyobrequest>
#[dom_struct]
pub struct ReadableStreamBYOBRequest {
    reflector: Reflector,
    /// [[controller]]; none once the request was answered
    controller: MutNullableDom<ReadableByteStreamController>,
    /// [[view]]
    view: HeapObject,
}

impl ReadableStreamBYOBRequest {
    /// A request to fill `view`.
    pub(super) fn new(
        cx: &mut JSContext,
        controller: &ReadableByteStreamController,
        view: HandleObject<'_>,
    ) -> DomRoot<ReadableStreamBYOBRequest> {
        let request = ReadableStreamBYOBRequest {
            reflector: Reflector::new(),
            controller: MutNullableDom::new(Some(controller)),
            view: HeapObject::new(view),
        };
        reflect_dom_object(cx, Box::new(request), &controller.global())
    }

    /// [[view]]; null once the request was answered.
    pub(super) fn view(&self) -> RootedObject {
        self.view.root()
    }

    /// It was answered, or there is no more use for it.
    pub(super) fn invalidate(&self) {
        self.controller.set(None);
        self.view.set(HandleObject::null());
    }

    fn controller(&self) -> Fallible<DomRoot<ReadableByteStreamController>> {
        self.controller.get().ok_or_else(|| Error::Type("the request was already answered".into()))
    }
}

impl ReadableStreamBYOBRequestMethods for ReadableStreamBYOBRequest {
    /// <https://streams.spec.whatwg.org/#rs-byob-request-view>
    fn GetView(&self, _cx: &mut JSContext, rval: MutableHandleObject<'_>) {
        self.view.get(rval);
    }

    /// <https://streams.spec.whatwg.org/#rs-byob-request-respond>
    fn Respond(&self, cx: &mut JSContext, bytes_written: u64) -> Fallible<()> {
        // 1. Once.
        let controller = self.controller()?;
        // 2.
        let view = view_of(self.view().handle())?;
        if is_detached(viewed_array_buffer(cx, &view)?.handle()) {
            return Err(Error::Type("the buffer of the view is detached".into()));
        }
        // 3–5.
        controller.respond(cx, bytes_written)
    }

    /// <https://streams.spec.whatwg.org/#rs-byob-request-respond-with-new-view>
    fn RespondWithNewView(&self, cx: &mut JSContext, view: &BufferSource) -> Fallible<()> {
        // 1. Once.
        let controller = self.controller()?;
        // 2.
        if is_detached(viewed_array_buffer(cx, view)?.handle()) {
            return Err(Error::Type("the buffer of the view is detached".into()));
        }
        // 3.
        controller.respond_with_new_view(cx, view)
    }
}
