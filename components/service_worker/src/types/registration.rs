//! <https://w3c.github.io/ServiceWorker/#service-worker-registration-concept>

use std::collections::BTreeSet;
use std::time::SystemTime;

use fetch::{PolicyContainer, StorageKey};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{ClientId, RegistrationId, ScriptImport, WorkerId, WorkerInfo, WorkerType};

/// A registration's
/// [update via cache mode](https://w3c.github.io/ServiceWorker/#service-worker-registration-update-via-cache-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UpdateViaCache {
    /// The HTTP cache serves imported scripts alone.
    #[default]
    Imports,
    /// The HTTP cache serves all scripts.
    All,
    /// The HTTP cache serves none.
    None,
}

impl UpdateViaCache {
    /// Whether a script that is imported has to be validated in the HTTP cache.
    pub(crate) fn validates(self, import: &ScriptImport) -> bool {
        match import {
            ScriptImport::Classic => self == UpdateViaCache::None,
            ScriptImport::Module { .. } => self != UpdateViaCache::All,
        }
    }

    /// The value of the IDL enum `ServiceWorkerUpdateViaCache`.
    pub fn as_str(self) -> &'static str {
        match self {
            UpdateViaCache::Imports => "imports",
            UpdateViaCache::All => "all",
            UpdateViaCache::None => "none",
        }
    }
}

/// What [`NavigationPreloadManager`](https://w3c.github.io/ServiceWorker/#navigation-preload-manager) sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NavigationPreloadState {
    /// The navigation preload enabled flag.
    pub enabled: bool,
    /// The navigation preload header value.
    pub header_value: Vec<u8>,
}

impl Default for NavigationPreloadState {
    fn default() -> Self {
        NavigationPreloadState { enabled: false, header_value: b"true".to_vec() }
    }
}

/// What a `ServiceWorkerRegistration` object is made from: a registration at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationInfo {
    /// Which registration.
    pub id: RegistrationId,
    /// Whose it is.
    pub storage_key: StorageKey,
    /// Its scope url.
    pub scope: Url,
    /// Its update via cache mode.
    pub update_via_cache: UpdateViaCache,
    /// Its navigation preload settings.
    pub navigation_preload: NavigationPreloadState,
    /// Its installing worker.
    pub installing: Option<WorkerInfo>,
    /// Its waiting worker.
    pub waiting: Option<WorkerInfo>,
    /// Its active worker.
    pub active: Option<WorkerInfo>,
}

/// What `ServiceWorkerContainer.register()` hands to
/// [Start Register](https://w3c.github.io/ServiceWorker/#start-register-algorithm).
#[derive(Clone, Debug)]
pub struct RegisterOptions {
    /// The parsed script URL. (A URL that can't be parsed is a TypeError before this is called.)
    pub script_url: Url,
    /// The parsed scope URL, if one was given.
    pub scope_url: Option<Url>,
    /// The type of the worker.
    pub worker_type: WorkerType,
    /// When the HTTP cache may serve scripts.
    pub update_via_cache: UpdateViaCache,
}

/// An environment settings object that asks for something: a client, or a service worker's own global.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// A window, a dedicated or a shared worker.
    Client(ClientId),
    /// A service worker.
    Worker(WorkerId),
}

/// A registration as the profile keeps it. An installing worker is not kept (see
/// [User Agent Shutdown](https://w3c.github.io/ServiceWorker/#user-agent-shutdown)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredRegistration {
    /// Which registration.
    pub id: RegistrationId,
    /// Whose it is.
    pub storage_key: StorageKey,
    /// Its scope url.
    pub scope: Url,
    /// Its update via cache mode.
    pub update_via_cache: UpdateViaCache,
    /// When it was last checked for an update.
    pub last_update_check_time: Option<SystemTime>,
    /// Its navigation preload settings.
    pub navigation_preload: NavigationPreloadState,
    /// Its waiting worker.
    pub waiting: Option<StoredWorker>,
    /// Its active worker. One that was still activating is kept as an active one: nothing can stop it from becoming it.
    pub active: Option<StoredWorker>,
}

/// A worker as the profile keeps it; its scripts are kept beside it
/// ([`RegistrationStore::scripts`](crate::host::RegistrationStore::scripts)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredWorker {
    /// Which worker.
    pub id: WorkerId,
    /// Its script url.
    pub script_url: Url,
    /// Its type.
    pub worker_type: WorkerType,
    /// Its script resource's policy container.
    pub policy_container: PolicyContainer,
    /// Its set of event types to handle.
    pub event_types: BTreeSet<String>,
    /// Its classic scripts imported flag.
    pub classic_scripts_imported: bool,
    /// Its all fetch listeners are empty flag.
    pub all_fetch_listeners_are_empty: bool,
}
