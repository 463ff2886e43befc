//! What windows and workers have in common:
//! <https://html.spec.whatwg.org/multipage/webappapis.html#windoworworkerglobalscope-mixin>.
//!
//! The binding has a trait per interface; both implementations come here.

use data_url::forgiving_base64;

use crate::bindings::callbacks::VoidFunction;
use crate::dom::hr_time::performance::Performance;
use crate::runtime::exception;
use crate::runtime::microtasks::{Microtask, queue_microtask};
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-origin>
pub(crate) fn origin(global: &GlobalScope) -> USVString {
    global.origin().ascii_serialization().into()
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-reporterror>
pub(crate) fn report_error(cx: &mut JSContext, global: &GlobalScope, error: HandleValue<'_>) {
    let information = exception::extract(cx, error);
    exception::report(cx, global, error, information);
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-btoa>
pub(crate) fn btoa(data: &DOMString) -> Fallible<DOMString> {
    use base64::Engine as _;
    let invalid = || Error::InvalidCharacter("the string has characters above U+00FF".into());
    if data.ill_formed_units().is_some() {
        return Err(invalid());
    }
    let bytes: Option<Vec<u8>> = data.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    Ok(base64::engine::general_purpose::STANDARD.encode(bytes.ok_or_else(invalid)?).into())
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-atob>
pub(crate) fn atob(data: &DOMString) -> Fallible<ByteString> {
    let bytes = forgiving_base64::decode_to_vec(data.as_bytes())
        .map_err(|_| Error::InvalidCharacter("the string is not correctly encoded".into()))?;
    Ok(bytes.into())
}

/// <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-queuemicrotask>
pub(crate) fn queue_microtask_callback(cx: &mut JSContext, global: &GlobalScope, callback: &VoidFunction) {
    let task = CallbackMicrotask { global: Dom::from_ref(global), callback: callback.clone() };
    queue_microtask(cx, Box::new(task));
}

#[derive(JSTraceable)]
struct CallbackMicrotask {
    global: Dom<GlobalScope>,
    callback: VoidFunction,
}

impl Microtask for CallbackMicrotask {
    fn run(&self, cx: &mut JSContext) {
        let mut realm = enter_realm(cx, self.global.reflector().get_jsobject());
        let callback = Rooted::from_unrooted(self.callback.clone());
        callback.call_and_report(&mut realm, HandleValue::undefined());
    }
}

/// <https://w3c.github.io/hr-time/#dom-windoworworkerglobalscope-performance>
pub(crate) fn performance(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<Performance> {
    global.performance_slot().or_init(|| Performance::new(cx, global))
}
