//! The engine: SpiderMonkey, event loops, bindings and DOM.

pub mod dom;
pub mod embedder;
mod runtime;
pub mod services;
pub mod webidl;

pub use runtime::pending::PendingOperation;
pub use runtime::task_sender::{GlobalTask, TaskSender};
pub use runtime::task_source::TaskSource;

/// What `webidl-codegen` makes of `webidls/`.
#[allow(missing_docs, unsafe_code)]
pub mod bindings {
    use crate::dom::DOMException;
    use crate::webidl::class::{DomClass, class_ops};
    use crate::webidl::interface::{Exposure, InterfaceSpec};
    use crate::webidl::{DomInterface, DomType};
    use mozjs::jsapi::JSClassOps;

    static DOM_EXCEPTION_OPS: JSClassOps = class_ops::<DOMException>();
    static DOM_EXCEPTION_CLASS: DomClass = DomClass::new(c"DOMException", &DOM_EXCEPTION_OPS, &[0]);
    static DOM_EXCEPTION: InterfaceSpec =
        InterfaceSpec { error: true, ..InterfaceSpec::new(c"DOMException", 0, Exposure::ALL) };

    // SAFETY: as the tables say.
    unsafe impl DomType for DOMException {
        fn is_class(class: &'static DomClass) -> bool {
            class.derives_from(0, 0)
        }
    }
    // SAFETY: as the tables say.
    unsafe impl DomInterface for DOMException {
        const CLASS: &'static DomClass = &DOM_EXCEPTION_CLASS;
        const SPEC: &'static InterfaceSpec = &DOM_EXCEPTION;
        const DEPTH: usize = 0;
    }

    pub(crate) static INTERFACES: &[&InterfaceSpec] = &[&DOM_EXCEPTION];
    pub(crate) static NAMESPACES: &[&crate::webidl::NamespaceSpec] = &[];
}
