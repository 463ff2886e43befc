//! The DOMException interface: <https://webidl.spec.whatwg.org/#idl-DOMException>.

use super::quota_exceeded_error::QuotaExceededError;
use crate::bindings::interfaces::DOMExceptionMethods;
use crate::webidl::*;

/// <https://webidl.spec.whatwg.org/#dfn-DOMException>
#[dom_struct]
pub struct DOMException {
    reflector: Reflector,
    name: DOMString,
    message: DOMString,
}

impl DOMException {
    /// Only fields.
    pub(super) fn new_inherited(message: DOMString, name: DOMString) -> DOMException {
        DOMException { reflector: Reflector::new(), name, message }
    }

    /// <https://webidl.spec.whatwg.org/#dfn-create-exception>
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        message: DOMString,
        name: DOMString,
    ) -> DomRoot<DOMException> {
        let exception = Box::new(DOMException::new_inherited(message, name));
        let exception = reflect_dom_object(cx, exception, global);
        define_stack(cx, exception.reflector().get_jsobject());
        exception
    }

    /// The exception that an error stands for.
    pub(crate) fn from_error(
        cx: &mut JSContext,
        global: &GlobalScope,
        error: Error,
    ) -> DomRoot<DOMException> {
        if let Error::QuotaExceeded { message, quota, requested } = error {
            return DomRoot::upcast(QuotaExceededError::new(cx, global, message.into(), quota, requested));
        }
        let name = error.dom_exception_name().unwrap_or("Error");
        DOMException::new(cx, global, error.message().into(), name.into())
    }

    /// The message.
    pub(super) fn message(&self) -> &DOMString {
        &self.message
    }
}

impl DOMExceptionMethods for DOMException {
    /// <https://webidl.spec.whatwg.org/#dom-domexception-domexception>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        message: DOMString,
        name: DOMString,
    ) -> Fallible<DomRoot<DOMException>> {
        let exception = Box::new(DOMException::new_inherited(message, name));
        let exception = reflect_dom_object_with_proto(cx, exception, global, proto);
        define_stack(cx, exception.reflector().get_jsobject());
        Ok(exception)
    }

    /// <https://webidl.spec.whatwg.org/#dom-domexception-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }

    /// <https://webidl.spec.whatwg.org/#dom-domexception-message>
    fn Message(&self) -> DOMString {
        self.message.clone()
    }

    /// <https://webidl.spec.whatwg.org/#dom-domexception-code>
    fn Code(&self) -> u16 {
        legacy_code(&self.name)
    }
}

/// The state of a DOMException.
struct SerializedException {
    name: DOMString,
    message: DOMString,
}

impl Serializable for DOMException {
    /// <https://webidl.spec.whatwg.org/#idl-DOMException>: the name and the message.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(SerializedException { name: self.name.clone(), message: self.message.clone() }))
    }
}

impl SerializedObject for SerializedException {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        let exception = DOMException::new(cx, global, self.message.clone(), self.name.clone());
        Ok(exception.reflector().get_jsobject().into())
    }
}
