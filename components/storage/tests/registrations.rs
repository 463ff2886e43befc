//! What the service worker manager asks of its store.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fetch::{HeaderList, PolicyContainer};
use service_worker::host::Save;
use service_worker::{
    NavigationPreloadState, RegistrationId, ScriptResource, StoredRegistration, StoredWorker, UpdateViaCache,
    WorkerId, WorkerType,
};
use support::*;

fn worker(id: u64) -> StoredWorker {
    StoredWorker {
        id: WorkerId(id),
        script_url: url("https://a.example/sw.js"),
        worker_type: WorkerType::Classic,
        policy_container: PolicyContainer::default(),
        event_types: BTreeSet::from(["install".into(), "backgroundfetchsuccess".into()]),
        classic_scripts_imported: true,
        all_fetch_listeners_are_empty: false,
    }
}

fn stored(id: u64, scope: &str) -> StoredRegistration {
    StoredRegistration {
        id: RegistrationId(id),
        storage_key: storage_key(scope),
        scope: url(scope),
        update_via_cache: UpdateViaCache::All,
        last_update_check_time: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_234_567)),
        navigation_preload: NavigationPreloadState { enabled: true, header_value: b"x".to_vec() },
        waiting: None,
        active: None,
    }
}

fn script(path: &str, body: &'static str) -> Arc<ScriptResource> {
    let mut headers = HeaderList::new();
    headers.append("Content-Type", "text/javascript");
    Arc::new(ScriptResource {
        url: url("https://a.example/").join(path).unwrap(),
        response_url: url("https://a.example/redirected"),
        status: 200,
        headers,
        body: body.into(),
        muted_errors: true,
    })
}

#[tokio::test]
async fn a_registration_is_read_back_after_a_restart() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.registrations();
    assert_eq!(store.load().await.unwrap().next_id, 1);
    let first = StoredRegistration { waiting: Some(worker(2)), ..stored(1, "https://a.example/") };
    let second = StoredRegistration { active: Some(worker(7)), ..stored(3, "https://a.example/b/") };
    let scripts = vec![script("sw.js", "importScripts('x.js')"), script("x.js", "")];
    store.save(Save { registration: second.clone(), scripts: None }).await.unwrap();
    store
        .save(Save { registration: first.clone(), scripts: Some((WorkerId(2), scripts.clone())) })
        .await
        .unwrap();
    drop(profile);

    let profile = folder.open();
    let store = profile.registrations();
    let loaded = store.load().await.unwrap();
    assert_eq!(loaded.registrations, [first, second]);
    assert_eq!(loaded.next_id, 8);
    let read = store.scripts(WorkerId(2)).await.unwrap();
    assert_eq!(read, scripts.iter().map(|script| (**script).clone()).collect::<Vec<_>>());
    assert!(store.scripts(WorkerId(7)).await.unwrap().is_empty());
}

#[tokio::test]
async fn workers_that_a_registration_no_longer_has_are_forgotten() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.registrations();
    let with = |waiting: Option<u64>, active: Option<u64>| StoredRegistration {
        waiting: waiting.map(worker),
        active: active.map(worker),
        ..stored(1, "https://a.example/")
    };
    let scripts = |id| Some((WorkerId(id), vec![script("sw.js", "1")]));
    store.save(Save { registration: with(Some(2), None), scripts: scripts(2) }).await.unwrap();
    store.save(Save { registration: with(None, Some(2)), scripts: None }).await.unwrap();
    store.save(Save { registration: with(Some(3), Some(2)), scripts: scripts(3) }).await.unwrap();
    assert_eq!(store.scripts(WorkerId(2)).await.unwrap().len(), 1);
    store.save(Save { registration: with(None, Some(3)), scripts: None }).await.unwrap();
    assert_eq!(store.scripts(WorkerId(2)).await.unwrap().len(), 0);
    assert_eq!(store.scripts(WorkerId(3)).await.unwrap().len(), 1);

    store.remove(RegistrationId(1)).await.unwrap();
    store.remove(RegistrationId(1)).await.unwrap();
    let loaded = store.load().await.unwrap();
    assert!(loaded.registrations.is_empty());
    assert_eq!(loaded.next_id, 4, "a number is never used again");
    assert_eq!(store.scripts(WorkerId(3)).await.unwrap().len(), 0);
}
