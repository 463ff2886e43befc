//! Storage keys (<https://storage.spec.whatwg.org/#storage-keys>).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Origin;

/// A storage key: today an origin, as the spec has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StorageKey(pub Origin);

impl StorageKey {
    /// "Obtain a storage key" for an environment's origin: none where it is opaque
    /// (<https://storage.spec.whatwg.org/#obtain-a-storage-key>).
    pub fn obtain(origin: &Origin) -> Option<Self> {
        (!origin.is_opaque()).then(|| StorageKey(origin.clone()))
    }

    /// The origin in the key.
    pub fn origin(&self) -> &Origin {
        &self.0
    }
}

impl fmt::Display for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opaque_origin_has_no_storage_key() {
        assert_eq!(StorageKey::obtain(&Origin::new_opaque()), None);
        let origin: Origin = "https://a.example".parse().unwrap();
        assert_eq!(StorageKey::obtain(&origin).unwrap().to_string(), "https://a.example");
    }
}
