//! Blob URLs (<https://w3c.github.io/FileAPI/#blob-url>).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use url::{Position, Url};
use uuid::Uuid;

use crate::{Origin, StorageKey};

/// A [blob URL entry](https://w3c.github.io/FileAPI/#blob-url-entry).
#[derive(Clone, Debug)]
pub struct BlobUrlEntry {
    /// The object's bytes.
    pub bytes: Bytes,
    /// The object's type; may be empty.
    pub media_type: String,
    /// The environment: its id.
    pub environment_id: String,
    /// The environment: its origin.
    pub origin: Origin,
}

impl BlobUrlEntry {
    /// <https://w3c.github.io/FileAPI/#check-for-same-partition-blob-url-usage>, for an environment of `origin`.
    pub fn may_be_used_from(&self, origin: &Origin) -> bool {
        // "For non-storage purposes" also opaque origins have keys.
        StorageKey(self.origin.clone()) == StorageKey(origin.clone())
    }
}

/// A [blob URL store](https://w3c.github.io/FileAPI/#BlobURLStore), for all agents of a user agent.
#[derive(Debug, Default)]
pub struct BlobUrlStore(Mutex<HashMap<String, BlobUrlEntry>>);

impl BlobUrlStore {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, BlobUrlEntry>> {
        // Each change is one call: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// [Adds an entry](https://w3c.github.io/FileAPI/#add-an-entry). Returns its URL.
    pub fn add(&self, entry: BlobUrlEntry) -> String {
        // 2. A new URL.
        let url = format!("blob:{}/{}", entry.origin.ascii_serialization(), Uuid::new_v4());
        // 3–5.
        self.entries().insert(url.clone(), entry);
        url
    }

    /// [Resolves a blob URL](https://w3c.github.io/FileAPI/#blob-url-resolve). What a URL's parsing finds stays with
    /// it, also when the URL is revoked.
    pub fn resolve(&self, url: &Url) -> Option<BlobUrlEntry> {
        // 1–4. Without the fragment.
        if url.scheme() != "blob" {
            return None;
        }
        self.entries().get(&url[..Position::AfterQuery]).cloned()
    }

    /// `revokeObjectURL()` by an environment of `origin`: <https://w3c.github.io/FileAPI/#dfn-revokeObjectURL>.
    pub fn revoke(&self, url: &str, origin: &Origin) {
        // 1–4. Its entry.
        let Ok(url) = Url::parse(url) else { return };
        let Some(entry) = self.resolve(&url) else { return };
        // 5–7. (With a fragment it is not the URL of an entry.)
        if entry.may_be_used_from(origin) {
            self.entries().remove(url.as_str());
        }
    }

    /// An environment is gone, and with it [its blob URLs](https://w3c.github.io/FileAPI/#lifeTime).
    pub fn remove_all_of(&self, environment_id: &str) {
        self.entries().retain(|_, entry| entry.environment_id != environment_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(origin: &Origin, environment_id: &str) -> BlobUrlEntry {
        BlobUrlEntry {
            bytes: Bytes::from_static(b"abc"),
            media_type: String::new(),
            environment_id: environment_id.to_owned(),
            origin: origin.clone(),
        }
    }

    #[test]
    fn a_url_is_resolved_until_it_is_revoked_by_its_own_partition() {
        let (store, origin) = (BlobUrlStore::default(), "https://a.test".parse().unwrap());
        let text = store.add(entry(&origin, "1"));
        assert!(text.starts_with("blob:https://a.test/"), "{text}");
        let url = Url::parse(&text).unwrap();
        let resolves = |url: &str| store.resolve(&Url::parse(url).unwrap()).is_some();
        assert!(resolves(&text) && resolves(&format!("{text}#x")) && !resolves(&format!("{text}?x")));
        store.revoke(&format!("{text}#x"), &origin);
        store.revoke(&text, &"https://b.test".parse().unwrap());
        store.revoke("not a URL", &origin);
        assert_eq!(store.resolve(&url).unwrap().bytes, "abc");
        store.revoke(&text, &origin);
        assert!(!resolves(&text));
    }

    #[test]
    fn an_opaque_origin_has_blob_urls_for_itself() {
        let (store, origin) = (BlobUrlStore::default(), Origin::new_opaque());
        let text = store.add(entry(&origin, "1"));
        assert!(text.starts_with("blob:null/"), "{text}");
        let entry = store.resolve(&Url::parse(&text).unwrap()).unwrap();
        assert!(entry.may_be_used_from(&origin) && !entry.may_be_used_from(&Origin::new_opaque()));
    }

    #[test]
    fn the_urls_of_an_environment_go_with_it() {
        let (store, origin) = (BlobUrlStore::default(), "https://a.test".parse().unwrap());
        let urls = ["1", "2"].map(|id| Url::parse(&store.add(entry(&origin, id))).unwrap());
        store.remove_all_of("1");
        assert_eq!(urls.map(|url| store.resolve(&url).is_some()), [false, true]);
    }
}
