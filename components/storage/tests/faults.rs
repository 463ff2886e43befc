//! The disk is full, or does not keep a file.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use background_fetch::concepts::{FailureReason, RecordResult};
use background_fetch::host::{Change, StoreError};
use storage::{Options, Profile, SyncPolicy};
use support::*;

const FOLDER: &str = "FERRY_TEST_FAULT_FOLDER";

/// The command by which a shell runs this program's test `name` alone.
fn shell(before: &str, name: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{before}; exec \"$0\" --exact {name} --ignored --nocapture")])
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, folder);
    command
}

fn assert_done(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("it is done"), "{text}{errors}");
}

/// Fills the disk with bodies of `size` bytes, and looks at what is left then.
async fn fill(size: usize) {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let options = Options { sync: SyncPolicy::Consistent, quota: Some(u64::MAX), ..Options::default() };
    let profile = Profile::open(Path::new(&folder), &options).unwrap();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1000)).await.unwrap();
    let mut stored = Vec::new();
    let full = loop {
        let index = stored.len() as u32;
        let mut length = 0;
        let result = loop {
            if length >= size as u64 {
                break Ok(());
            }
            let bytes = pattern(length, size.min(100_000));
            let added = bytes.len() as u64;
            match store.write(vec![append(record(id, index), length, bytes)]).await {
                Ok(()) => length += added,
                Err(error) => break Err(error),
            }
        };
        stored.push(length);
        if let Err(error) = result {
            break error;
        }
    };
    assert_eq!(full, StoreError::DiskFull);
    // Everything that was answered is there, and nothing else.
    let fetch = only(&store).await;
    for (index, length) in (0..).zip(&stored) {
        assert_eq!(fetch.records[index as usize].stored, *length);
        let body = store.open_body(record(id, index)).await.unwrap();
        assert!(read(&*body).await == pattern(0, usize::try_from(*length).unwrap()));
    }
    // What needs no space can still be done: the component says how the record ended, and frees what it can.
    let last = stored.len() as u32 - 1;
    let complete = Change::Complete { record: record(id, last), result: RecordResult::Success, uploaded: 0 };
    store.write(vec![complete]).await.unwrap();
    store.write(vec![Change::Remove { fetch: id }]).await.unwrap();
    // Then there is space again.
    let id = store.create(new_fetch_of("y", 1)).await.unwrap();
    store.write(vec![append(record(id, 0), 0, pattern(0, 100_000))]).await.unwrap();
    drop(profile);
    let profile = Profile::open(Path::new(&folder), &options).unwrap();
    assert_eq!((profile.set_aside(), profile.recovery().lost), (None, 0));
    assert_eq!(only(&profile.background_fetches()).await.records[0].stored, 100_000);
    println!("it is done");
}

#[tokio::test]
#[ignore = "is run by another test, on a disk that gets full"]
async fn child_that_fills_files() {
    fill(10_000_000).await;
}

#[tokio::test]
#[ignore = "is run by another test, on a disk that gets full"]
async fn child_that_fills_the_database() {
    fill(60_000).await;
}

#[tokio::test]
async fn a_body_that_can_not_be_synced_costs_its_own_record_alone() {
    let mut folder = Folder::new();
    folder.options = Options { sync: SyncPolicy::Consistent, inline_limit: 4, ..folder.options };
    let profile = folder.open();
    let store = profile.background_fetches();
    // More than are kept open: the first has to be opened again.
    let count = 80;
    let id = store.create(new_fetch_of("x", count)).await.unwrap();
    for index in 0..count as u32 {
        store.write(vec![append(record(id, index), 0, pattern(0, 100))]).await.unwrap();
    }
    let files = std::fs::read_dir(folder.path().join("bodies")).unwrap();
    std::fs::remove_file(files.map(|file| file.unwrap().path()).min().unwrap()).unwrap();
    let complete = |index| {
        vec![Change::Complete { record: record(id, index), result: RecordResult::Success, uploaded: 0 }]
    };
    let (first, second) = (store.write(complete(0)), store.write(complete(1)));
    assert!(first.await.is_err());
    assert_eq!(second.await, Ok(()));
    assert_eq!(store.write(complete(2)).await, Ok(()));
    // Nothing is built on it any more, but its record can start again.
    assert!(store.write(vec![append(record(id, 0), 100, "more")]).await.is_err());
    assert!(store.write(complete(0)).await.is_err());
    let failed = RecordResult::Failed(FailureReason::FetchError);
    store.write(vec![Change::Complete { record: record(id, 0), result: failed, uploaded: 0 }]).await.unwrap();
    let reset = Change::Reset { record: record(id, 0) };
    store.write(vec![reset, append(record(id, 0), 0, pattern(0, 200))]).await.unwrap();
    store.write(complete(0)).await.unwrap();
    drop(profile);
    let profile = folder.open();
    assert_eq!(profile.recovery().lost, 0);
    let records = only(&profile.background_fetches()).await.records;
    let complete = records.iter().filter(|record| record.result.is_some()).map(|record| record.stored);
    assert_eq!(complete.collect::<Vec<_>>(), [200, 100, 100]);
}

/// A file may have six megabytes, which the database's log never needs: the first body that is longer can't be written.
#[test]
fn a_file_that_may_not_grow_is_a_full_disk() {
    let folder = Folder::new();
    let limit = "trap '' XFSZ; ulimit -f 12288";
    assert_done(&shell(limit, "child_that_fills_files", folder.path()).output().unwrap());
}

#[test]
fn a_full_disk_is_reported_and_the_state_stays_sound() {
    for child in ["child_that_fills_files", "child_that_fills_the_database"] {
        let folder = Folder::new();
        // A disk of eight megabytes, seen by that process alone.
        let mount = format!("mount -t tmpfs -o size=8m none '{}' || exit 77", folder.path().display());
        let inner = shell(&mount, child, folder.path());
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount"])
            .arg(inner.get_program())
            .args(inner.get_args())
            .env(FOLDER, folder.path())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(77) || errors.starts_with("unshare:") {
            eprintln!(
                "SKIPPED: not run, since this machine does not allow a small disk to be made: {errors}"
            );
            return;
        }
        assert_done(&output);
    }
}
