//! <https://w3c.github.io/ServiceWorker/#service-worker-concept>

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{RegistrationId, WorkerId};

/// A service worker's [state](https://w3c.github.io/ServiceWorker/#dfn-state).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkerState {
    /// Its script was loaded; it belongs to no registration yet.
    Parsed,
    /// It handles its install event.
    Installing,
    /// It waits until it may take over.
    Installed,
    /// It handles its activate event.
    Activating,
    /// It may control clients and handle functional events.
    Activated,
    /// It was replaced, failed, or its registration is gone.
    Redundant,
}

impl WorkerState {
    /// The value of the IDL enum `ServiceWorkerState`.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkerState::Parsed => "parsed",
            WorkerState::Installing => "installing",
            WorkerState::Installed => "installed",
            WorkerState::Activating => "activating",
            WorkerState::Activated => "activated",
            WorkerState::Redundant => "redundant",
        }
    }
}

/// A service worker's [type](https://w3c.github.io/ServiceWorker/#dfn-type).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkerType {
    /// A classic script.
    #[default]
    Classic,
    /// A module script.
    Module,
}

/// What others may know of a service worker at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerInfo {
    /// Which worker.
    pub id: WorkerId,
    /// Its containing service worker registration.
    pub registration: RegistrationId,
    /// Its script url.
    pub script_url: Url,
    /// Its type.
    pub worker_type: WorkerType,
    /// Its state at this moment.
    pub state: WorkerState,
}
