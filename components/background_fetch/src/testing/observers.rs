//! A display that remembers, a permission that can be set, an instance that follows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::host::{Display, DisplayedFetch, PermissionQuery, PermissionState, Permissions};
use crate::{Instance, Observer, UniqueId};

/// Remembers what is shown.
#[derive(Default)]
pub struct RecordingDisplay(Mutex<BTreeMap<UniqueId, DisplayedFetch>>);

impl RecordingDisplay {
    fn shown_fetches(&self) -> MutexGuard<'_, BTreeMap<UniqueId, DisplayedFetch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is shown of a fetch.
    pub fn shown(&self, fetch: UniqueId) -> Option<DisplayedFetch> {
        self.shown_fetches().get(&fetch).cloned()
    }

    /// How many fetches are shown.
    pub fn count(&self) -> usize {
        self.shown_fetches().len()
    }
}

impl Display for RecordingDisplay {
    fn show(&self, fetch: DisplayedFetch) {
        self.shown_fetches().insert(fetch.unique_id, fetch);
    }

    fn remove(&self, fetch: UniqueId) {
        self.shown_fetches().remove(&fetch);
    }
}

/// One permission for all.
pub struct FakePermissions(Mutex<PermissionState>);

impl FakePermissions {
    /// Starts with `state`.
    pub fn new(state: PermissionState) -> Self {
        FakePermissions(Mutex::new(state))
    }

    /// Changes it.
    pub fn set(&self, state: PermissionState) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl Permissions for FakePermissions {
    fn state(&self, _query: PermissionQuery) -> BoxFuture<'static, PermissionState> {
        let state = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        futures::future::ready(state).boxed()
    }
}

/// Every update that an instance was told.
#[derive(Default)]
pub struct LastInstance(Mutex<Vec<Instance>>);

impl LastInstance {
    /// A new one, that was told nothing yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Instance> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last one.
    pub fn last(&self) -> Option<Instance> {
        self.all().pop()
    }
}

impl Observer for LastInstance {
    fn updated(&self, instance: &Instance) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(instance.clone());
    }
}
