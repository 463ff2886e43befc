//! A store in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use futures::future::BoxFuture;
use service_worker::host::{Loaded, RegistrationStore, Save};
use service_worker::{
    RegistrationId, ScriptResource, StoreError, StoreErrorKind, StoredRegistration, WorkerId,
};

#[derive(Default)]
pub struct FakeStore {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    registrations: BTreeMap<RegistrationId, StoredRegistration>,
    scripts: HashMap<WorkerId, Vec<ScriptResource>>,
    next_id: u64,
    full: bool,
}

impl FakeStore {
    pub fn set_full(&self, full: bool) {
        self.state.lock().unwrap().full = full;
    }

    pub fn registrations(&self) -> Vec<StoredRegistration> {
        self.state.lock().unwrap().registrations.values().cloned().collect()
    }

    /// Loses all scripts.
    pub fn forget_scripts(&self) {
        self.state.lock().unwrap().scripts.clear();
    }

    /// The paths of a worker's scripts.
    pub fn scripts_of(&self, worker: u64) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let scripts = state.scripts.get(&WorkerId(worker)).into_iter().flatten();
        scripts.map(|script| script.url.path().to_owned()).collect()
    }
}

fn answer<T: Send + 'static>(full: bool, value: T) -> BoxFuture<'static, Result<T, StoreError>> {
    let full_error = StoreError { kind: StoreErrorKind::Full, message: "the disk is full".into() };
    Box::pin(async move { if full { Err(full_error) } else { Ok(value) } })
}

impl RegistrationStore for FakeStore {
    fn load(&self) -> BoxFuture<'static, Result<Loaded, StoreError>> {
        let state = self.state.lock().unwrap();
        let registrations = state.registrations.values().cloned().collect();
        answer(state.full, Loaded { registrations, next_id: state.next_id.max(1) })
    }

    fn scripts(&self, worker: WorkerId) -> BoxFuture<'static, Result<Vec<ScriptResource>, StoreError>> {
        answer(false, self.state.lock().unwrap().scripts.get(&worker).cloned().unwrap_or_default())
    }

    fn save(&self, save: Save) -> BoxFuture<'static, Result<(), StoreError>> {
        let mut state = self.state.lock().unwrap();
        if !state.full {
            let ids = [Some(save.registration.id.0)].into_iter().chain(
                [&save.registration.waiting, &save.registration.active].map(|w| Some(w.as_ref()?.id.0)),
            );
            let greatest = ids.flatten().max().unwrap();
            state.next_id = state.next_id.max(greatest + 1);
            if let Some((worker, scripts)) = save.scripts {
                state.scripts.insert(worker, scripts.iter().map(|script| (**script).clone()).collect());
            }
            state.registrations.insert(save.registration.id, save.registration);
        }
        answer(state.full, ())
    }

    fn remove(&self, registration: RegistrationId) -> BoxFuture<'static, Result<(), StoreError>> {
        let mut state = self.state.lock().unwrap();
        if !state.full {
            state.registrations.remove(&registration);
        }
        answer(state.full, ())
    }
}
