//! <https://webidl.spec.whatwg.org/#idl-DOMException>

use crate::dom::html::structured_clone::{Serializable, SerializedObject};
use crate::webidl::*;

/// <https://webidl.spec.whatwg.org/#dfn-DOMException>
#[dom_struct]
pub struct DOMException {
    reflector: Reflector,
    name: DOMString,
    message: DOMString,
}

impl DOMException {
    /// <https://webidl.spec.whatwg.org/#dfn-create-exception>
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        message: DOMString,
        name: DOMString,
    ) -> DomRoot<DOMException> {
        reflect_dom_object(cx, Box::new(DOMException { reflector: Reflector::new(), name, message }), global)
    }

    /// The exception that an error stands for.
    pub(crate) fn from_error(
        cx: &mut JSContext,
        global: &GlobalScope,
        error: Error,
    ) -> DomRoot<DOMException> {
        let name = error.dom_exception_name().unwrap_or("Error");
        DOMException::new(cx, global, error.message().into(), name.into())
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
