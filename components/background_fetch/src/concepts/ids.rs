//! Names for things that cross threads and restarts.

use std::fmt;

use fetch::StorageKey;
use serde::{Deserialize, Serialize};
use url::Url;

/// Names one background fetch for as long as its profile lives.
///
/// The page's own id (`"ep-5"`) can be used again once a fetch is over; this one cannot, so a handle that a
/// page kept can never touch a newer fetch that happens to have the same id. The [store](crate::host::Store)
/// gives it out, in rising order, and never twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UniqueId(pub u64);

impl fmt::Display for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "background fetch {}", self.0)
    }
}

/// Names a [background fetch record](https://wicg.github.io/background-fetch/#background-fetch-record): the
/// fetch and the place of its request in the list given to `fetch()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordId {
    /// The fetch that this record belongs to.
    pub fetch: UniqueId,
    /// The place of the record's request, from 0.
    pub index: u32,
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} of {}", self.index, self.fetch)
    }
}

/// Names a [service worker
/// registration](https://w3c.github.io/ServiceWorker/#dfn-service-worker-registration).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RegistrationKey {
    /// The registration's storage key.
    pub storage_key: StorageKey,
    /// The registration's scope URL.
    pub scope: Url,
}

impl fmt::Display for RegistrationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.fmt(f)
    }
}
