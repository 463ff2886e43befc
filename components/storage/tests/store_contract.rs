//! The store of background fetches keeps the contract that the component states.

use std::sync::{Arc, Mutex};

use background_fetch::host::Store;
use background_fetch::testing::store_contract;
use storage::{Options, Profile};

#[tokio::test]
async fn the_store_keeps_the_component_s_contract() {
    let profiles = Mutex::new(Vec::new());
    let open = || {
        let profile = Profile::temporary(&Options::default()).unwrap();
        let store: Arc<dyn Store> = profile.background_fetches();
        profiles.lock().unwrap().push(profile);
        async { store }
    };
    store_contract::check(open).await;
}

#[tokio::test]
async fn the_store_keeps_the_contract_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Mutex::new(None::<Profile>);
    let reopen = |store: Option<Arc<dyn Store>>| {
        drop(store);
        let mut profile = profile.lock().unwrap();
        if let Some(profile) = profile.take() {
            profile.close();
        }
        let opened = profile.insert(Profile::open(folder.path(), &Options::default()).unwrap());
        let store: Arc<dyn Store> = opened.background_fetches();
        async { store }
    };
    store_contract::check_reopen(reopen).await;
}
