//! The fake store keeps the contract that real ones are held to.

use std::sync::Arc;

use crate::host::Store;
use crate::testing::{MemoryStore, now, store_contract};

fn open() -> Arc<dyn Store> {
    let store = MemoryStore::default();
    store.set_quota(Some(1 << 20));
    Arc::new(store)
}

#[test]
fn the_fake_store_keeps_the_contract() {
    now(store_contract::check(|| async { open() })).expect("nothing waits");
    now(store_contract::check_reopen(|store| async { store.unwrap_or_else(open) })).expect("nothing waits");
}
