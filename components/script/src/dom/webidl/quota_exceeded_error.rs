//! The QuotaExceededError interface: <https://webidl.spec.whatwg.org/#quotaexceedederror>.

use super::dom_exception::DOMException;
use crate::bindings::dictionaries::QuotaExceededErrorOptions;
use crate::bindings::interfaces::QuotaExceededErrorMethods;
use crate::webidl::*;

const NAME: &str = "QuotaExceededError";

/// <https://webidl.spec.whatwg.org/#quotaexceedederror>
#[dom_struct]
pub struct QuotaExceededError {
    dom_exception: DOMException,
    quota: Option<f64>,
    requested: Option<f64>,
}

impl QuotaExceededError {
    fn new_inherited(message: DOMString, quota: Option<f64>, requested: Option<f64>) -> QuotaExceededError {
        QuotaExceededError {
            dom_exception: DOMException::new_inherited(message, NAME.into()),
            quota,
            requested,
        }
    }

    /// <https://webidl.spec.whatwg.org/#dfn-create-quotaexceedederror>
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        message: DOMString,
        quota: Option<f64>,
        requested: Option<f64>,
    ) -> DomRoot<QuotaExceededError> {
        let error = Box::new(QuotaExceededError::new_inherited(message, quota, requested));
        let error = reflect_dom_object(cx, error, global);
        define_stack(cx, error.reflector().get_jsobject());
        error
    }
}

impl QuotaExceededErrorMethods for QuotaExceededError {
    /// <https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quotaexceedederror>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        message: DOMString,
        options: &QuotaExceededErrorOptions,
    ) -> Fallible<DomRoot<QuotaExceededError>> {
        let (quota, requested) = (options.quota, options.requested);
        // 3–5. Nothing is below zero, and what was requested is no less than the quota.
        if quota.is_some_and(|quota| quota < 0.0) || requested.is_some_and(|requested| requested < 0.0) {
            return Err(Error::Range("neither quota nor requested can be negative".into()));
        }
        if quota.zip(requested).is_some_and(|(quota, requested)| requested < quota) {
            return Err(Error::Range("requested can't be less than quota".into()));
        }
        let error = Box::new(QuotaExceededError::new_inherited(message, quota, requested));
        let error = reflect_dom_object_with_proto(cx, error, global, proto);
        define_stack(cx, error.reflector().get_jsobject());
        Ok(error)
    }

    /// <https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quota>
    fn GetQuota(&self) -> Option<f64> {
        self.quota
    }

    /// <https://webidl.spec.whatwg.org/#dom-quotaexceedederror-requested>
    fn GetRequested(&self) -> Option<f64> {
        self.requested
    }
}

/// The state of a QuotaExceededError.
struct SerializedQuotaExceededError {
    message: DOMString,
    quota: Option<f64>,
    requested: Option<f64>,
}

impl Serializable for QuotaExceededError {
    /// <https://webidl.spec.whatwg.org/#quotaexceedederror>: the DOMException's state, quota and requested.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        let message = self.dom_exception.message().clone();
        Ok(Box::new(SerializedQuotaExceededError { message, quota: self.quota, requested: self.requested }))
    }
}

impl SerializedObject for SerializedQuotaExceededError {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        let error = QuotaExceededError::new(cx, global, self.message.clone(), self.quota, self.requested);
        Ok(error.reflector().get_jsobject().into())
    }
}
