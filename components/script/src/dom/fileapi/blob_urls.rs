//! Creating and revoking blob URLs: <https://w3c.github.io/FileAPI/#creating-revoking>.

use std::sync::Arc;

use fetch::Origin;
use fetch::blob_urls::{BlobUrlEntry, BlobUrlStore};
use url::Url;

use super::blob::Blob;
use crate::dom::html::global_scope::EnvironmentSettings;

/// The engine's blob URL store, as an environment uses it. With the environment its own URLs go:
/// <https://w3c.github.io/FileAPI/#lifeTime>.
pub(crate) struct BlobUrls {
    store: Arc<BlobUrlStore>,
    environment_id: String,
    origin: Origin,
}

impl BlobUrls {
    /// For the environment of these settings.
    pub(crate) fn new(store: Arc<BlobUrlStore>, settings: &EnvironmentSettings) -> BlobUrls {
        BlobUrls { store, environment_id: settings.id.clone(), origin: settings.origin.clone() }
    }

    /// <https://w3c.github.io/FileAPI/#blob-url-resolve>; None for what is no blob URL.
    pub(crate) fn resolve(&self, url: &Url) -> Option<BlobUrlEntry> {
        self.store.resolve(url)
    }

    /// <https://w3c.github.io/FileAPI/#dfn-createObjectURL>
    pub(crate) fn create(&self, object: &Blob) -> String {
        self.store.add(BlobUrlEntry {
            bytes: object.bytes(),
            media_type: object.media_type().to_owned(),
            environment_id: self.environment_id.clone(),
            origin: self.origin.clone(),
        })
    }

    /// <https://w3c.github.io/FileAPI/#dfn-revokeObjectURL>
    pub(crate) fn revoke(&self, url: &str) {
        self.store.revoke(url, &self.origin);
    }

    /// The environment is gone.
    pub(crate) fn revoke_all(&self) {
        self.store.remove_all_of(&self.environment_id);
    }
}

impl Drop for BlobUrls {
    fn drop(&mut self) {
        self.revoke_all();
    }
}
