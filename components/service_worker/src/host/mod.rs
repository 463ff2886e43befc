//! What the manager needs from its host. A host implements these traits; nothing else is asked of it.
//!
//! Every method returns at once. Futures may be polled on any thread, and are dropped when nobody needs their answer.

mod clock;
mod observer;
mod store;
mod worker;

use std::sync::Arc;

pub use clock::Clock;
pub use observer::{Observer, RegistrationObserver};
pub use store::{Loaded, RegistrationStore, Save};
pub use worker::{DispatchOutcome, Evaluation, StartError, StartWorker, StartedWorker, WorkerHost};

/// The host's parts.
#[derive(Clone)]
pub struct Hosts {
    /// Loads scripts.
    pub network: Arc<dyn fetch::Network>,
    /// Runs workers.
    pub workers: Arc<dyn WorkerHost>,
    /// Keeps registrations.
    pub store: Arc<dyn RegistrationStore>,
    /// Is told of registrations that are gone.
    pub registrations: Arc<dyn RegistrationObserver>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}
