//! Interior mutability for the fields of DOM structs.

#![allow(unsafe_code)]

use std::cell::{Ref, RefCell, RefMut};

use mozjs::jsapi::JSTracer;

use super::{JSTraceable, RootedBox};

/// A `RefCell` that can be traced while it is borrowed.
///
/// A borrow must have ended before script can run (a call that takes `cx`), since script may come back to the
/// same object.
#[derive(Debug, Default)]
pub struct DomRefCell<T> {
    value: RefCell<T>,
}

impl<T> DomRefCell<T> {
    /// A cell with this value.
    pub fn new(value: T) -> DomRefCell<T> {
        DomRefCell { value: RefCell::new(value) }
    }

    /// As [`RefCell::borrow`].
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        self.value.borrow()
    }

    /// As [`RefCell::borrow_mut`].
    #[track_caller]
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.value.borrow_mut()
    }

    /// Sets the value. Not for a value that holds what must be rooted and still needs rooting: see
    /// [`take_rooted`](DomRefCell::take_rooted).
    #[track_caller]
    pub fn set(&self, value: T) {
        *self.value.borrow_mut() = value;
    }
}

impl<T: JSTraceable + Default + 'static> DomRefCell<T> {
    /// Takes the value out and roots what is in it.
    #[track_caller]
    pub fn take_rooted(&self) -> RootedBox<T> {
        RootedBox::new(std::mem::take(&mut *self.value.borrow_mut()))
    }
}

impl<T: JSTraceable + Clone + 'static> DomRefCell<T> {
    /// A copy of the value, with what is in it rooted.
    #[track_caller]
    pub fn clone_rooted(&self) -> RootedBox<T> {
        RootedBox::new(self.value.borrow().clone())
    }
}

// SAFETY: everything in it is traced, borrowed or not.
unsafe impl<T: JSTraceable> JSTraceable for DomRefCell<T> {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: a collection happens on this thread inside of a call into SpiderMonkey, so that whoever holds a
        // mutable borrow is not in the middle of a change to the value.
        unsafe { (*self.value.as_ptr()).trace(tracer) }
    }
}
