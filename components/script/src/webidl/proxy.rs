//! Legacy platform objects: <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.

#![allow(unsafe_code)]

use mozjs::jsapi::JSObject;
use mozjs::rust::HandleObject;

use super::JSContext;
use super::class::DomClass;

/// How an interface answers for indexed and named properties.
pub struct ProxyTraits {
    _later: (),
}

impl ProxyTraits {
    pub(super) fn new_object(
        &'static self,
        _cx: &mut JSContext,
        _class: &'static DomClass,
        _prototype: HandleObject<'_>,
    ) -> *mut JSObject {
        std::ptr::null_mut()
    }
}
