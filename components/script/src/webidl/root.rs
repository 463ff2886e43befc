//! References to DOM objects, in fields and on the stack.

#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::rc::Rc;
use std::{fmt, ptr};

use mozjs::jsapi::JSTracer;
use mozjs::rust::RootedTraceableSet;

use super::cast::{Castable, DerivedFrom, DomType};
use super::{DomObject, JSTraceable, Reflector};

/// This thread's roots: what the values of [`Rooted`] on its stack keep alive.
struct RootList {
    /// Almost always used as a stack.
    roots: UnsafeCell<Vec<*const dyn JSTraceable>>,
}

// SAFETY: traces every root.
unsafe impl JSTraceable for RootList {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: tracing happens on this thread, never inside of `push` or `remove`; each root is alive until it is
        // removed.
        unsafe {
            for root in &*self.roots.get() {
                (**root).trace(tracer);
            }
        }
    }
}

thread_local! {
    static ROOTS: Box<RootList> = {
        let list = Box::new(RootList { roots: UnsafeCell::new(Vec::with_capacity(64)) });
        // SAFETY: a box does not move; no collection happens on this thread once its locals are being dropped.
        unsafe { RootedTraceableSet::add(&raw const *list) };
        list
    };
}

fn push(root: *const dyn JSTraceable) {
    // SAFETY: no reference into the vector outlives these two functions.
    ROOTS.with(|list| unsafe { (*list.roots.get()).push(root) });
}

fn remove(root: *const dyn JSTraceable) {
    // SAFETY: as above. An address is enough: where several roots share it, they trace the same thing.
    let _ = ROOTS.try_with(|list| unsafe {
        let roots = &mut *list.roots.get();
        if let Some(index) = roots.iter().rposition(|other| ptr::addr_eq(*other, root)) {
            roots.remove(index);
        }
    });
}

/// A traced thing that can be rooted wherever its handle goes.
///
/// # Safety
/// What `stable_trace` returns must stay where it is and keep tracing the same thing until `self` is dropped.
pub unsafe trait StableTrace {
    /// What a [`Rooted`] of it dereferences to.
    type Target: ?Sized;
    /// What to trace.
    fn stable_trace(&self) -> *const dyn JSTraceable;
    /// What a [`Rooted`] of it dereferences to.
    fn target(&self) -> &Self::Target;
}

/// Keeps a traced thing alive for as long as this value is. For the stack, and for what lives on it (vectors,
/// dictionaries, unions): in a field it would leak.
pub struct Rooted<T: StableTrace> {
    value: T,
    /// Roots belong to their thread.
    not_send: PhantomData<*mut ()>,
}

impl<T: StableTrace> Rooted<T> {
    /// Roots `value`.
    pub fn from_unrooted(value: T) -> Rooted<T> {
        push(value.stable_trace());
        Rooted { value, not_send: PhantomData }
    }

    /// The traced form, to look at or to clone into a field.
    pub fn as_unrooted(&self) -> &T {
        &self.value
    }
}

impl<T: StableTrace> Drop for Rooted<T> {
    fn drop(&mut self) {
        remove(self.value.stable_trace());
    }
}

impl<T: StableTrace> Deref for Rooted<T> {
    type Target = T::Target;
    fn deref(&self) -> &T::Target {
        self.value.target()
    }
}

impl<T: StableTrace + Clone> Clone for Rooted<T> {
    fn clone(&self) -> Rooted<T> {
        Rooted::from_unrooted(self.value.clone())
    }
}

/// A traced reference to a DOM object: for fields alone (see the rules in [the module](super)).
#[repr(transparent)]
pub struct Dom<T> {
    object: NonNull<T>,
}

/// A rooted reference to a DOM object.
pub type DomRoot<T> = Rooted<Dom<T>>;

impl<T: DomObject> Dom<T> {
    /// A reference to put into a field.
    pub fn from_ref(object: &T) -> Dom<T> {
        Dom { object: NonNull::from(object) }
    }

    /// A reference for the stack.
    pub fn as_rooted(&self) -> DomRoot<T> {
        Rooted::from_unrooted(self.clone())
    }
}

impl<T> Clone for Dom<T> {
    fn clone(&self) -> Dom<T> {
        Dom { object: self.object }
    }
}

impl<T> Deref for Dom<T> {
    type Target = T;
    #[track_caller]
    fn deref(&self) -> &T {
        #[cfg(debug_assertions)]
        super::stress::assert_alive(self.object.as_ptr().cast());
        // SAFETY: it sits in a field that is traced, of an object that is rooted or reachable.
        unsafe { self.object.as_ref() }
    }
}

// SAFETY: tracing the reflector traces, through its class, the whole object.
unsafe impl<T: DomObject> JSTraceable for Dom<T> {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: as for `deref`.
        unsafe { self.object.as_ref().reflector().trace(tracer) }
    }
}

// SAFETY: the object does not move, and neither does the reflector field in it.
unsafe impl<T: DomObject> StableTrace for Dom<T> {
    type Target = T;
    fn stable_trace(&self) -> *const dyn JSTraceable {
        // SAFETY: the object is alive where this is called.
        let reflector: *const Reflector = unsafe { self.object.as_ref() }.reflector();
        reflector
    }
    fn target(&self) -> &T {
        self
    }
}

impl<T> PartialEq for Dom<T> {
    /// Identity.
    fn eq(&self, other: &Dom<T>) -> bool {
        self.object == other.object
    }
}
impl<T> Eq for Dom<T> {}

impl<T> Hash for Dom<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.object.hash(state);
    }
}

impl<T: DomObject> PartialEq<&T> for Dom<T> {
    fn eq(&self, other: &&T) -> bool {
        ptr::eq(self.object.as_ptr(), *other)
    }
}

impl<T: DomObject> DomRoot<T> {
    /// Roots an object.
    pub fn from_ref(object: &T) -> DomRoot<T> {
        Rooted::from_unrooted(Dom::from_ref(object))
    }

    /// The same object as one of its ancestors.
    pub fn upcast<U: DomObject>(root: DomRoot<T>) -> DomRoot<U>
    where
        T: DerivedFrom<U> + Castable,
    {
        DomRoot::from_ref((*root).upcast())
    }

    /// The same object as a descendant, if it is one.
    pub fn downcast<U>(root: DomRoot<T>) -> Option<DomRoot<U>>
    where
        U: DerivedFrom<T> + DomType,
        T: Castable,
    {
        (*root).downcast::<U>().map(DomRoot::from_ref)
    }
}

impl<T: DomObject> PartialEq for DomRoot<T> {
    /// Identity.
    fn eq(&self, other: &DomRoot<T>) -> bool {
        self.value == other.value
    }
}
impl<T: DomObject> Eq for DomRoot<T> {}

impl<T: DomObject> Hash for DomRoot<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: DomObject> fmt::Debug for DomRoot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DomRoot<{}>", std::any::type_name::<T>())
    }
}

/// A field that refers to a DOM object, and can be changed.
pub struct MutDom<T> {
    value: UnsafeCell<Dom<T>>,
}

impl<T: DomObject> MutDom<T> {
    /// A field that refers to `object`.
    pub fn new(object: &T) -> MutDom<T> {
        MutDom { value: UnsafeCell::new(Dom::from_ref(object)) }
    }

    /// Refers to `object` from now on.
    pub fn set(&self, object: &T) {
        // SAFETY: no reference to the inside is ever handed out.
        unsafe { *self.value.get() = Dom::from_ref(object) }
    }

    /// What it refers to.
    pub fn get(&self) -> DomRoot<T> {
        // SAFETY: as above.
        unsafe { (*self.value.get()).as_rooted() }
    }
}

// SAFETY: the one edge is traced.
unsafe impl<T: DomObject> JSTraceable for MutDom<T> {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: the reference ends before anything else can happen.
        unsafe { (*self.value.get()).trace(tracer) }
    }
}

/// A field that refers to a DOM object or to none, and can be changed.
pub struct MutNullableDom<T> {
    value: UnsafeCell<Option<Dom<T>>>,
}

impl<T> Default for MutNullableDom<T> {
    fn default() -> MutNullableDom<T> {
        MutNullableDom { value: UnsafeCell::new(None) }
    }
}

impl<T: DomObject> MutNullableDom<T> {
    /// A field that refers to `object`.
    pub fn new(object: Option<&T>) -> MutNullableDom<T> {
        MutNullableDom { value: UnsafeCell::new(object.map(Dom::from_ref)) }
    }

    /// Refers to `object` from now on.
    pub fn set(&self, object: Option<&T>) {
        // SAFETY: no reference to the inside is ever handed out.
        unsafe { *self.value.get() = object.map(Dom::from_ref) }
    }

    /// What it refers to.
    pub fn get(&self) -> Option<DomRoot<T>> {
        // SAFETY: as above.
        unsafe { (*self.value.get()).as_ref().map(Dom::as_rooted) }
    }

    /// What it referred to until now; from now on, none.
    pub fn take(&self) -> Option<DomRoot<T>> {
        let object = self.get();
        self.set(None);
        object
    }

    /// What it refers to, which is made if it isn't there yet ([SameObject]).
    pub fn or_init(&self, make: impl FnOnce() -> DomRoot<T>) -> DomRoot<T> {
        self.get().unwrap_or_else(|| {
            let object = make();
            self.set(Some(&object));
            object
        })
    }

    /// Whether it refers to none.
    pub fn is_none(&self) -> bool {
        // SAFETY: as above.
        unsafe { (*self.value.get()).is_none() }
    }
}

impl<T: DomObject> PartialEq<Option<&T>> for MutNullableDom<T> {
    fn eq(&self, other: &Option<&T>) -> bool {
        // SAFETY: as above.
        match (unsafe { &*self.value.get() }, other) {
            (Some(this), Some(other)) => this == other,
            (None, None) => true,
            _ => false,
        }
    }
}

// SAFETY: the one edge is traced.
unsafe impl<T: DomObject> JSTraceable for MutNullableDom<T> {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: the reference ends before anything else can happen.
        unsafe { (*self.value.get()).trace(tracer) }
    }
}

/// A reference that does not keep its object alive. May be held anywhere on the object's thread.
pub struct WeakDom<T> {
    object: NonNull<T>,
    alive: Rc<Cell<bool>>,
}

impl<T: DomObject> WeakDom<T> {
    /// A weak reference to `object`.
    pub fn new(object: &T) -> WeakDom<T> {
        WeakDom { object: NonNull::from(object), alive: object.reflector().alive() }
    }

    /// The object, if it was not collected.
    pub fn root(&self) -> Option<DomRoot<T>> {
        // SAFETY: `alive` is cleared when the object is dropped. (Collections are not incremental, so that nothing
        // runs between an object's being found dead and its being dropped.)
        self.alive.get().then(|| DomRoot::from_ref(unsafe { self.object.as_ref() }))
    }
}

impl<T> Clone for WeakDom<T> {
    fn clone(&self) -> WeakDom<T> {
        WeakDom { object: self.object, alive: self.alive.clone() }
    }
}

// SAFETY: there is no edge.
unsafe impl<T> JSTraceable for WeakDom<T> {
    unsafe fn trace(&self, _tracer: *mut JSTracer) {}
}
