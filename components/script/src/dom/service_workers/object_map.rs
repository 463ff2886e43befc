//! Maps from what is not in this agent to the objects that stand for it here.

#![expect(unsafe_code, reason = "traces the objects")]

use std::collections::BTreeMap;

use mozjs::jsapi::JSTracer;

use crate::webidl::*;

/// A map from ids to the objects of one realm.
pub(crate) struct ObjectMap<K, T> {
    objects: BTreeMap<K, Dom<T>>,
}

impl<K, T> Default for ObjectMap<K, T> {
    fn default() -> Self {
        ObjectMap { objects: BTreeMap::new() }
    }
}

impl<K: Ord, T: DomObject> ObjectMap<K, T> {
    /// The object for `key`, if there is one.
    pub(crate) fn get(&self, key: &K) -> Option<DomRoot<T>> {
        self.objects.get(key).map(Dom::as_rooted)
    }

    /// Sets the object for `key`.
    pub(crate) fn set(&mut self, key: K, object: &T) {
        self.objects.insert(key, Dom::from_ref(object));
    }

    /// Forgets the object for `key`.
    pub(crate) fn remove(&mut self, key: &K) {
        self.objects.remove(key);
    }
}

// SAFETY: every object is traced; keys hold nothing of JavaScript's (they are ids from other threads).
unsafe impl<K: Send, T: DomObject> JSTraceable for ObjectMap<K, T> {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        for object in self.objects.values() {
            // SAFETY: called by the collector.
            unsafe { object.trace(tracer) };
        }
    }
}
