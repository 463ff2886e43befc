//! The JavaScript object that a DOM struct belongs to.

#![allow(unsafe_code)]

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use mozjs::glue::CallUnbarrieredObjectTracer;
use mozjs::jsapi::{JSObject, JSTracer};
use mozjs::rust::HandleObject;

use super::{JSTraceable, root::DomRoot};
use crate::dom::GlobalScope;

/// A DOM struct's link to its reflector, which owns it. The first field of every struct without a parent.
#[derive(Default)]
pub struct Reflector {
    /// Null until the reflector is made. Reflectors have finalisers, so that they are never in the nursery.
    object: Cell<*mut JSObject>,
    /// What [`WeakDom`](super::WeakDom)s share: cleared when the struct is dropped.
    alive: OnceCell<Rc<Cell<bool>>>,
}

impl Reflector {
    /// A reflector that is yet to be made.
    pub fn new() -> Reflector {
        Reflector::default()
    }

    /// The JavaScript object; null before [`reflect_dom_object`](super::reflect_dom_object).
    pub fn get_jsobject(&self) -> HandleObject<'_> {
        // SAFETY: `self` can only be reached from what is rooted, and whatever traces it traces this location.
        unsafe { HandleObject::from_marked_location(self.object.as_ptr()) }
    }

    /// The object that script knows it by: of a window, its proxy.
    pub fn script_object(&self) -> *mut JSObject {
        // SAFETY: the reflector was made and is alive.
        unsafe { mozjs::rust::ToWindowProxyIfWindow(self.object.get()) }
    }

    /// Has the getters written as `CachedFoo` asked for new values: the old ones have changed.
    pub fn forget_cached_values(&self) {
        super::class::forget_cached_values(self.object.get());
    }

    /// # Safety
    /// `object` must be the new reflector, not in the nursery, whose slot 0 holds the struct that this is in.
    pub(super) unsafe fn set_jsobject(&self, object: *mut JSObject) {
        debug_assert!(self.object.get().is_null() && !object.is_null());
        self.object.set(object);
    }

    pub(super) fn alive(&self) -> Rc<Cell<bool>> {
        self.alive.get_or_init(|| Rc::new(Cell::new(true))).clone()
    }
}

impl Drop for Reflector {
    fn drop(&mut self) {
        if let Some(alive) = self.alive.get() {
            alive.set(false);
        }
    }
}

// SAFETY: the one edge is traced.
unsafe impl JSTraceable for Reflector {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        if !self.object.get().is_null() {
            // SAFETY: the location holds a live object.
            unsafe { CallUnbarrieredObjectTracer(tracer, self.object.as_ptr(), c"reflector".as_ptr()) }
        }
    }
}

/// A struct with a reflector.
///
/// # Safety
/// The struct must be `#[repr(C)]` and begin with its [`Reflector`]. Implemented by `#[dom_struct]`.
pub unsafe trait DomObject: JSTraceable + 'static {
    /// The struct's link to its reflector.
    fn reflector(&self) -> &Reflector;

    /// The object's relevant global object: <https://html.spec.whatwg.org/#concept-relevant-global>.
    fn global(&self) -> DomRoot<GlobalScope>
    where
        Self: Sized,
    {
        super::global::global_of(self.reflector())
    }
}

// SAFETY: it is one.
unsafe impl DomObject for Reflector {
    fn reflector(&self) -> &Reflector {
        self
    }
}
