//! What the events of a request are fired at: <https://xhr.spec.whatwg.org/#interface-xmlhttprequest>.

use crate::webidl::*;

/// <https://xhr.spec.whatwg.org/#xmlhttprequesteventtarget>
#[dom_struct]
pub struct XMLHttpRequestEventTarget {
    event_target: EventTarget,
}

impl XMLHttpRequestEventTarget {
    /// Only fields.
    pub(super) fn new_inherited() -> XMLHttpRequestEventTarget {
        XMLHttpRequestEventTarget { event_target: EventTarget::new_inherited() }
    }
}

/// <https://xhr.spec.whatwg.org/#xmlhttprequestupload>
#[dom_struct]
pub struct XMLHttpRequestUpload {
    event_target: XMLHttpRequestEventTarget,
}

impl XMLHttpRequestUpload {
    /// The upload object of a request.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<XMLHttpRequestUpload> {
        let upload = XMLHttpRequestUpload { event_target: XMLHttpRequestEventTarget::new_inherited() };
        reflect_dom_object(cx, Box::new(upload), global)
    }
}
