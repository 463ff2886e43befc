//! DOM objects and promises that other threads hold on to, without being able to touch them.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ThreadId;

use mozjs::jsapi::JSTracer;
use mozjs::rust::RootedTraceableSet;

use super::promise::{HeapPromise, Promise};
use super::root::{Dom, DomRoot, WeakDom};
use super::{DomObject, JSTraceable, Reflector};

/// This thread's objects that are held from elsewhere.
#[derive(Default)]
struct Table {
    entries: RefCell<HashMap<u64, Entry>>,
}

struct Entry {
    /// As long as there is another one of these, the object is kept alive.
    holders: Arc<()>,
    object: Object,
}

#[derive(Clone)]
enum Object {
    Dom(Dom<Reflector>),
    Weak(WeakDom<Reflector>),
    Promise(HeapPromise),
}

// SAFETY: traces what is still held. What is not is never used again.
unsafe impl JSTraceable for Table {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        let Ok(entries) = self.entries.try_borrow() else { return };
        for entry in entries.values().filter(|entry| Arc::strong_count(&entry.holders) > 1) {
            // SAFETY: called by the collector.
            unsafe {
                match &entry.object {
                    Object::Dom(object) => object.trace(tracer),
                    Object::Weak(object) => object.trace(tracer),
                    Object::Promise(promise) => promise.trace(tracer),
                }
            }
        }
    }
}

thread_local! {
    static TABLE: Box<Table> = {
        let table = Box::new(Table::default());
        // SAFETY: a box does not move; no collection happens on this thread once its locals are being dropped.
        unsafe { RootedTraceableSet::add(&raw const *table) };
        table
    };
}

/// A place in the table of the thread that made it.
#[derive(Clone)]
struct Held {
    id: u64,
    holders: Arc<()>,
    thread: ThreadId,
}

impl Held {
    fn new(object: Object) -> Held {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let held = Held {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            holders: Arc::new(()),
            thread: std::thread::current().id(),
        };
        TABLE.with(|table| {
            let mut entries = table.entries.borrow_mut();
            entries.retain(|_, entry| Arc::strong_count(&entry.holders) > 1);
            entries.insert(held.id, Entry { holders: held.holders.clone(), object });
        });
        held
    }

    /// # Panics
    /// On another thread.
    #[track_caller]
    fn with<R>(&self, use_object: impl FnOnce(&Object) -> R) -> R {
        assert_eq!(self.thread, std::thread::current().id(), "rooted on another thread than the object's");
        TABLE.with(|table| match table.entries.borrow().get(&self.id) {
            Some(entry) => use_object(&entry.object),
            None => unreachable!("the entry is there for as long as it is held"),
        })
    }
}

/// Drops what this thread's tables hold. For the end of an agent, before its runtime is dropped; nothing can be
/// rooted on this thread afterwards.
pub fn forget_trusted_objects() {
    TABLE.with(|table| table.entries.borrow_mut().clear());
}

/// A DOM object for other threads to hold and to give back: it is kept alive, and can be used again, on its own
/// thread alone, through [`root`](Trusted::root).
pub struct Trusted<T> {
    held: Held,
    object: PhantomData<fn() -> T>,
}

impl<T: DomObject> Trusted<T> {
    /// Keeps `object` alive.
    pub fn new(object: &T) -> Trusted<T> {
        // A root of the reflector is a root of the object.
        Trusted { held: Held::new(Object::Dom(Dom::from_ref(object.reflector()))), object: PhantomData }
    }

    /// The object, on its thread.
    ///
    /// # Panics
    /// On another thread.
    #[track_caller]
    pub fn root(&self) -> DomRoot<T> {
        self.held.with(|object| match object {
            // SAFETY: the reflector is the beginning of the `T` that this was made from.
            Object::Dom(reflector) => unsafe {
                DomRoot::from_ref(&*std::ptr::from_ref::<Reflector>(reflector).cast::<T>())
            },
            Object::Weak(_) | Object::Promise(_) => unreachable!("made from a DOM object"),
        })
    }
}

impl<T> Clone for Trusted<T> {
    fn clone(&self) -> Trusted<T> {
        Trusted { held: self.held.clone(), object: PhantomData }
    }
}

// SAFETY: there is no edge: the table is the root.
unsafe impl<T> JSTraceable for Trusted<T> {
    unsafe fn trace(&self, _tracer: *mut JSTracer) {}
}

/// A DOM object for other threads to name, without keeping it alive.
pub struct TrustedWeak<T> {
    held: Held,
    object: PhantomData<fn() -> T>,
}

impl<T: DomObject> TrustedWeak<T> {
    /// A name of `object`.
    pub fn new(object: &T) -> TrustedWeak<T> {
        TrustedWeak { held: Held::new(Object::Weak(WeakDom::new(object.reflector()))), object: PhantomData }
    }

    /// The object, on its thread, if it was not collected.
    ///
    /// # Panics
    /// On another thread.
    #[track_caller]
    pub fn root(&self) -> Option<DomRoot<T>> {
        self.held.with(|object| match object {
            Object::Weak(reflector) => reflector.root().map(|reflector| {
                // SAFETY: the reflector is the beginning of the `T` that this was made from.
                DomRoot::from_ref(unsafe { &*std::ptr::from_ref::<Reflector>(&reflector).cast::<T>() })
            }),
            Object::Dom(_) | Object::Promise(_) => unreachable!("made weak"),
        })
    }
}

impl<T> Clone for TrustedWeak<T> {
    fn clone(&self) -> TrustedWeak<T> {
        TrustedWeak { held: self.held.clone(), object: PhantomData }
    }
}

/// A promise for other threads to hold and to give back.
#[derive(Clone)]
pub struct TrustedPromise {
    held: Held,
}

impl TrustedPromise {
    /// Keeps `promise` alive.
    pub fn new(promise: &Promise) -> TrustedPromise {
        TrustedPromise { held: Held::new(Object::Promise(promise.to_heap())) }
    }

    /// The promise, on its thread.
    ///
    /// # Panics
    /// On another thread.
    #[track_caller]
    pub fn root(&self) -> Promise {
        self.held.with(|object| match object {
            Object::Promise(promise) => promise.root(),
            Object::Dom(_) | Object::Weak(_) => unreachable!("made from a promise"),
        })
    }
}

// SAFETY: there is no edge: the table is the root.
unsafe impl JSTraceable for TrustedPromise {
    unsafe fn trace(&self, _tracer: *mut JSTracer) {}
}
