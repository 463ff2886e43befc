//! A store of service worker registrations in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fetch::BoxFuture;
use futures::FutureExt;
use service_worker::host::{Loaded, RegistrationStore, Save};
use service_worker::{
    RegistrationId, ScriptResource, StoreError, StoreErrorKind, StoredRegistration, WorkerId,
};

/// The store.
#[derive(Default)]
pub struct Registrations(Mutex<State>);

#[derive(Default)]
struct State {
    registrations: BTreeMap<RegistrationId, StoredRegistration>,
    scripts: BTreeMap<WorkerId, Vec<Arc<ScriptResource>>>,
    next_id: u64,
}

impl Registrations {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RegistrationStore for Registrations {
    fn load(&self) -> BoxFuture<'static, Result<Loaded, StoreError>> {
        let state = self.state();
        let registrations = state.registrations.values().cloned().collect();
        let loaded = Loaded { registrations, next_id: state.next_id };
        std::future::ready(Ok(loaded)).boxed()
    }

    fn scripts(&self, worker: WorkerId) -> BoxFuture<'static, Result<Vec<ScriptResource>, StoreError>> {
        let scripts = self.state().scripts.get(&worker).cloned();
        let scripts = scripts.map(|scripts| scripts.iter().map(|script| (**script).clone()).collect());
        let missing =
            || StoreError { kind: StoreErrorKind::Corrupt, message: format!("no scripts of {worker}") };
        std::future::ready(scripts.ok_or_else(missing)).boxed()
    }

    fn save(&self, save: Save) -> BoxFuture<'static, Result<(), StoreError>> {
        let mut state = self.state();
        let ids = [save.registration.id.0].into_iter();
        let workers = [&save.registration.waiting, &save.registration.active].into_iter().flatten();
        let highest = ids.chain(workers.map(|worker| worker.id.0)).max().unwrap_or_default();
        state.next_id = state.next_id.max(highest + 1);
        if let Some((worker, scripts)) = save.scripts {
            state.scripts.insert(worker, scripts);
        }
        state.registrations.insert(save.registration.id, save.registration);
        std::future::ready(Ok(())).boxed()
    }

    fn remove(&self, registration: RegistrationId) -> BoxFuture<'static, Result<(), StoreError>> {
        self.state().registrations.remove(&registration);
        std::future::ready(Ok(())).boxed()
    }
}
