//! Names for things that cross threads: nobody but the manager holds the things themselves.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A service worker registration. Unique in a profile and never used again, also not after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RegistrationId(pub u64);

/// A service worker: one version of a registration's script. Unique in a profile and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkerId(pub u64);

/// One start of a service worker's agent, from [`WorkerHost::start`](crate::host::WorkerHost::start) to its end.
/// Unique while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// An [environment's id](https://html.spec.whatwg.org/multipage/webappapis.html#concept-environment-id): what
/// `Client.id` shows. The host makes it; it has to be unique and hard to guess.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(pub Arc<str>);

impl fmt::Display for RegistrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "registration {}", self.0)
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "worker {}", self.0)
    }
}

impl From<&str> for ClientId {
    fn from(id: &str) -> Self {
        ClientId(id.into())
    }
}
