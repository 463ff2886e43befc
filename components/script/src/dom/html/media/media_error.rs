//! <https://html.spec.whatwg.org/multipage/media.html#mediaerror>

use crate::bindings::interfaces::MediaErrorMethods;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/media.html#mediaerror>
#[dom_struct]
pub struct MediaError {
    reflector: Reflector,
    code: u16,
    message: DOMString,
}

impl MediaError {
    /// The rest of the resource could not be fetched.
    pub(super) const NETWORK: u16 = 2;
    /// The resource is damaged.
    pub(super) const DECODE: u16 = 3;
    /// The resource can't be played.
    pub(super) const SRC_NOT_SUPPORTED: u16 = 4;

    /// <https://html.spec.whatwg.org/multipage/media.html#creating-a-mediaerror>
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        code: u16,
        message: &str,
    ) -> DomRoot<MediaError> {
        let error = MediaError { reflector: Reflector::new(), code, message: message.into() };
        reflect_dom_object(cx, Box::new(error), global)
    }

    pub(super) fn code(&self) -> u16 {
        self.code
    }
}

impl MediaErrorMethods for MediaError {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-mediaerror-code>
    fn Code(&self) -> u16 {
        self.code
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-mediaerror-message>
    fn Message(&self) -> DOMString {
        self.message.clone()
    }
}
