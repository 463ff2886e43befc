//! Objects that other agents send to: by what name they do, and what keeps such an object alive meanwhile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::webidl::*;

/// Tells the objects of one realm apart, within their interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(u64);

/// The objects of an interface in one realm, by their names. It does not keep them alive.
pub(crate) struct NamedObjects<T> {
    objects: DomRefCell<BTreeMap<ObjectId, WeakDom<T>>>,
    next: Cell<u64>,
    /// With so many, those that were collected are looked for.
    many: Cell<usize>,
}

impl<T> Default for NamedObjects<T> {
    fn default() -> Self {
        NamedObjects { objects: DomRefCell::default(), next: Cell::new(0), many: Cell::new(0) }
    }
}

impl<T: DomObject> NamedObjects<T> {
    /// A name that no object has had.
    pub(crate) fn new_id(&self) -> ObjectId {
        ObjectId(self.next.replace(self.next.get() + 1))
    }

    /// Names an object.
    pub(crate) fn add(&self, id: ObjectId, object: &T) {
        let mut objects = self.objects.borrow_mut();
        // From time to time those that were collected are forgotten.
        if objects.len() >= self.many.get() {
            objects.retain(|_, object| object.root().is_some());
            self.many.set(16.max(2 * objects.len()));
        }
        objects.insert(id, WeakDom::new(object));
    }

    /// All of them that were not collected, the oldest first.
    pub(crate) fn all(&self) -> Vec<DomRoot<T>> {
        self.objects.borrow().values().filter_map(WeakDom::root).collect()
    }

    /// The object, if it was not collected.
    pub(crate) fn get(&self, id: ObjectId) -> Option<DomRoot<T>> {
        self.objects.borrow().get(&id)?.root()
    }
}

/// Keeps an object alive, or does not: for the object itself to hold, and for others.
pub(crate) struct KeptAlive<T>(Arc<Mutex<Option<Trusted<T>>>>);

impl<T> Default for KeptAlive<T> {
    fn default() -> Self {
        KeptAlive(Arc::new(Mutex::new(None)))
    }
}

impl<T> Clone for KeptAlive<T> {
    fn clone(&self) -> Self {
        KeptAlive(self.0.clone())
    }
}

impl<T: DomObject> KeptAlive<T> {
    fn lock(&self) -> MutexGuard<'_, Option<Trusted<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps `object` alive until it is [cleared](KeptAlive::clear).
    pub(crate) fn set(&self, object: &T) {
        self.lock().get_or_insert_with(|| Trusted::new(object));
    }

    /// Does not any more. On any thread.
    pub(crate) fn clear(&self) {
        let object = self.lock().take();
        drop(object);
    }

    /// The object, if it is being kept alive.
    pub(crate) fn get(&self) -> Option<Trusted<T>> {
        self.lock().clone()
    }
}
