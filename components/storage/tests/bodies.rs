//! Reading and writing bodies.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::time::Duration;

use background_fetch::host::Change;
use proptest::prelude::*;
use storage::{Options, Profile};
use support::*;

const LARGE: usize = 300_000;

#[tokio::test]
async fn a_reader_sees_what_is_written_meanwhile_and_no_more() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    // It is opened before there is anything to read, and moves from the database into a file on the way.
    let body = store.open_body(record(id, 0)).await.unwrap();
    let mut length = 0;
    for size in [0, 10, 1000, 60_000, 10_000, LARGE, 1, 100_000] {
        store.write(vec![append(record(id, 0), length, pattern(length, size))]).await.unwrap();
        length += size as u64;
        assert_eq!(read(&*body).await, pattern(0, length as usize));
        assert!(body.read_at(length, 100).await.unwrap().is_empty());
        assert!(body.read_at(length + 5, 100).await.unwrap().is_empty());
    }
    assert_eq!(folder.body_files(), [length]);
    assert_eq!(body.read_at(250_000, 3).await.unwrap(), pattern(250_000, 3));
}

#[tokio::test]
async fn a_reader_keeps_its_data_after_the_record_is_gone() {
    for size in [100, LARGE] {
        let folder = Folder::new();
        let profile = folder.open();
        let store = profile.background_fetches();
        let id = store.create(new_fetch_of("x", 2)).await.unwrap();
        let changes = (0..2).map(|index| append(record(id, index), 0, pattern(0, size))).collect();
        store.write(changes).await.unwrap();
        let reset = store.open_body(record(id, 0)).await.unwrap();
        let removed = store.open_body(record(id, 1)).await.unwrap();
        store
            .write(vec![Change::Reset { record: record(id, 0) }, append(record(id, 0), 0, "new")])
            .await
            .unwrap();
        let new = store.open_body(record(id, 0)).await.unwrap();
        assert_eq!(read(&*new).await, b"new");
        assert_eq!(read(&*reset).await, pattern(0, size));
        store.write(vec![Change::Remove { fetch: id }]).await.unwrap();
        assert_eq!(read(&*removed).await, pattern(0, size));
        assert_eq!(read(&*reset).await, pattern(0, size));
        assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 0);

        // The last reader takes the data with it.
        drop((reset, removed, new));
        assert!(store.load().await.unwrap().is_empty());
        assert!(folder.body_files().is_empty());
    }
}

#[tokio::test]
async fn data_that_was_kept_for_a_reader_is_gone_after_a_restart() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    store.write(vec![append(record(id, 0), 0, pattern(0, LARGE))]).await.unwrap();
    let body = store.open_body(record(id, 0)).await.unwrap();
    store.write(vec![Change::Remove { fetch: id }]).await.unwrap();
    assert_eq!(folder.body_files(), [LARGE as u64]);
    drop(profile);
    drop(body);
    let profile = folder.open();
    assert_eq!(profile.recovery().orphans, 1);
    assert!(folder.body_files().is_empty());
}

#[tokio::test]
async fn an_open_body_holds_no_file() {
    let open_files = || std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 200)).await.unwrap();
    let changes = (0..200).map(|index| append(record(id, index), 0, pattern(0, 70_000)));
    store.write(changes.collect()).await.unwrap();
    let before = open_files();
    let mut bodies = Vec::new();
    for index in 0..200 {
        let body = store.open_body(record(id, index)).await.unwrap();
        assert_eq!(body.read_at(69_999, 10).await.unwrap(), pattern(69_999, 1));
        bodies.push(body);
    }
    // Another test of this program may open some meanwhile.
    assert!(open_files() < before + 100, "{} files are open, {before} were", open_files());
}

#[tokio::test]
async fn a_private_profile_leaves_nothing() {
    let profile = Profile::temporary(&Options::default()).unwrap();
    assert_eq!(profile.path(), None);
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 2)).await.unwrap();
    store.write(vec![append(record(id, 0), 0, "small")]).await.unwrap();
    assert_eq!(private_folders(), 0, "nothing is on the disk yet");
    store.write(vec![append(record(id, 1), 0, pattern(0, LARGE))]).await.unwrap();
    assert_eq!(private_folders(), 1);
    let body = store.open_body(record(id, 1)).await.unwrap();
    assert_eq!(read(&*body).await, pattern(0, LARGE));
    drop(profile);
    assert_eq!(private_folders(), 0);
    assert!(tokio::time::timeout(Duration::from_secs(60), body.read_at(0, 1)).await.unwrap().is_err());
}

/// How many folders of private profiles this process has.
fn private_folders() -> usize {
    let process = std::process::id().to_string();
    let folders = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    let private = folders.filter(|folder| folder.file_name().to_string_lossy().starts_with("ferry-private-"));
    private
        .filter(|folder| {
            std::fs::read_to_string(folder.path().join("lock")).is_ok_and(|id| id.trim() == process)
        })
        .count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is appended, reset and restarted in whatever order: a body is what was appended since it was reset.
    #[test]
    fn a_body_is_what_was_appended(steps in prop::collection::vec((0..3_u32, 0..10_u8, 0..90_000_usize), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = Folder::new();
            let mut profile = folder.open();
            let id = profile.background_fetches().create(new_fetch_of("x", 3)).await.unwrap();
            let mut expected = [const { Vec::new() }; 3];
            for (index, kind, size) in steps {
                let of = &mut expected[index as usize];
                let store = profile.background_fetches();
                let change = match kind {
                    0 => { drop(profile); profile = folder.open(); continue }
                    1 => { of.clear(); Change::Reset { record: record(id, index) } }
                    _ => {
                        let bytes = pattern(of.len() as u64, size);
                        of.extend_from_slice(&bytes);
                        append(record(id, index), (of.len() - size) as u64, bytes)
                    }
                };
                store.write(vec![change]).await.unwrap();
            }
            let store = profile.background_fetches();
            for (index, expected) in (0..).zip(&expected) {
                let body = store.open_body(record(id, index)).await.unwrap();
                assert_eq!(&read(&*body).await, expected);
            }
            let total = expected.iter().map(Vec::len).sum::<usize>() as u64;
            assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, total);
        });
    }
}
