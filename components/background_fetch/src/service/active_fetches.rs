//! A registration's [active background
//! fetches](https://wicg.github.io/background-fetch/#service-worker-registration-active-background-fetches).
//!
//! The service's own task is the "edit queue": it takes one step after the other.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::concepts::UniqueId;

/// A map from the page's ids, in order of registration (NB: SD-57).
#[derive(Default)]
pub(crate) struct ActiveFetches {
    by_id: HashMap<Arc<str>, (u64, Slot)>,
    order: BTreeMap<u64, Arc<str>>,
    next: u64,
}

/// What an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A fetch that is being created (NB: SD-47: nobody else gets its id meanwhile).
    Reserved,
    /// A fetch.
    Active(UniqueId),
}

impl ActiveFetches {
    /// Reserves an id, unless it is in use.
    pub fn reserve(&mut self, id: &Arc<str>) -> bool {
        if self.by_id.contains_key(id) {
            return false;
        }
        self.put(id, Slot::Reserved);
        true
    }

    /// Sets the map's entry; its place in the order is that of this moment.
    pub fn set(&mut self, id: &Arc<str>, fetch: UniqueId) {
        self.remove(id);
        self.put(id, Slot::Active(fetch));
    }

    /// Removes an entry.
    pub fn remove(&mut self, id: &str) {
        if let Some((place, _)) = self.by_id.remove(id) {
            self.order.remove(&place);
        }
    }

    /// The fetch with this id.
    pub fn get(&self, id: &str) -> Option<UniqueId> {
        match self.by_id.get(id)?.1 {
            Slot::Active(fetch) => Some(fetch),
            Slot::Reserved => None,
        }
    }

    /// [Contains background
    /// fetch](https://wicg.github.io/background-fetch/#contains-background-fetch-algorithm)
    pub fn contains(&self, id: &str, fetch: UniqueId) -> bool {
        // 1–4. There is an entry for its id, and that is this fetch, not a later one with the same id.
        self.get(id) == Some(fetch)
    }

    /// The ids of the fetches that are there.
    pub fn ids(&self) -> Vec<String> {
        self.order.values().filter(|id| self.get(id).is_some()).map(|id| id.to_string()).collect()
    }

    /// How many ids are in use.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    fn put(&mut self, id: &Arc<str>, slot: Slot) {
        self.next += 1;
        self.by_id.insert(id.clone(), (self.next, slot));
        self.order.insert(self.next, id.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_belongs_to_one_fetch_at_a_time() {
        let mut active = ActiveFetches::default();
        let id: Arc<str> = "ep-5".into();
        assert!(active.reserve(&id) && !active.reserve(&id));
        assert_eq!(active.get("ep-5"), None);
        active.set(&id, UniqueId(1));
        assert!(!active.reserve(&id));
        assert!(active.contains("ep-5", UniqueId(1)));
        active.remove("ep-5");
        assert!(active.reserve(&id));
        active.set(&id, UniqueId(2));
        assert!(!active.contains("ep-5", UniqueId(1)) && active.contains("ep-5", UniqueId(2)));
    }

    #[test]
    fn ids_come_in_order_of_registration_without_reserved_ones() {
        let mut active = ActiveFetches::default();
        for (id, fetch) in [("b", 1), ("a", 2)] {
            active.set(&id.into(), UniqueId(fetch));
        }
        active.reserve(&"c".into());
        active.remove("b");
        active.set(&"b".into(), UniqueId(3));
        assert_eq!(active.ids(), ["a", "b"]);
        assert_eq!(active.len(), 3);
    }
}
