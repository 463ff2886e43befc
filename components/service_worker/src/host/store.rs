//! Where registrations outlive the program.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::{RegistrationId, ScriptResource, StoreError, StoredRegistration, WorkerId};

/// Keeps registrations with their waiting and active workers. Each method is one transaction; when its future resolves
/// with `Ok`, what it did survives the end of the program.
pub trait RegistrationStore: Send + Sync {
    /// All registrations, in the order in which they were made.
    fn load(&self) -> BoxFuture<'static, Result<Loaded, StoreError>>;

    /// The scripts of a worker, the one that was set first at the front.
    fn scripts(&self, worker: WorkerId) -> BoxFuture<'static, Result<Vec<ScriptResource>, StoreError>>;

    /// Adds or replaces a registration. Workers that it no longer has are deleted with their scripts.
    fn save(&self, save: Save) -> BoxFuture<'static, Result<(), StoreError>>;

    /// Deletes a registration with its workers and their scripts. It is no error if there is none.
    fn remove(&self, registration: RegistrationId) -> BoxFuture<'static, Result<(), StoreError>>;
}

/// What was kept.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The registrations.
    pub registrations: Vec<StoredRegistration>,
    /// Greater than the number of every [`RegistrationId`] and [`WorkerId`] that was ever saved, also of those that
    /// were deleted since.
    pub next_id: u64,
}

/// What [`RegistrationStore::save`] keeps.
#[derive(Clone, Debug)]
pub struct Save {
    /// The registration as it is now.
    pub registration: StoredRegistration,
    /// The scripts of a worker that was not saved before, or whose scripts changed.
    pub scripts: Option<(WorkerId, Vec<Arc<ScriptResource>>)>,
}
