//! How fast it is, and how much memory it takes. The times are printed; what a test holds is what no machine's load can
//! change. `FERRY_TEST_GIGABYTES=1` makes the large body that large.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::time::Instant;

use background_fetch::concepts::RecordResult;
use background_fetch::host::{Change, StoreError};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, iter};
use storage::{Options, Profile, SyncPolicy};
use support::*;

/// The most memory that this process ever had, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

fn profiles() -> Vec<(&'static str, Folder)> {
    let policies = [SyncPolicy::Everything, SyncPolicy::Consistent, SyncPolicy::Nothing];
    let with = |sync| {
        let mut folder = Folder::new();
        folder.options.sync = sync;
        folder
    };
    ["everything", "consistent", "nothing"].into_iter().zip(policies.map(with)).collect()
}

#[tokio::test]
async fn a_thousand_small_bodies() {
    let private = ("private", Profile::temporary(&Options::default()).unwrap());
    let folders = profiles();
    let kept = folders.iter().map(|(name, folder)| (*name, folder.open()));
    for (name, profile) in kept.chain([private]) {
        let store = profile.background_fetches();
        let id = store.create(new_fetch_of("x", 1000)).await.unwrap();
        let start = Instant::now();
        let complete = |index| {
            store.write(vec![
                Change::Response { record: record(id, index), response: response() },
                append(record(id, index), 0, pattern(0, 10_000)),
                Change::Complete { record: record(id, index), result: RecordResult::Success, uploaded: 0 },
            ])
        };
        // As many at once as the component has requests under way.
        let mut writes = iter(0..1000).map(complete).buffer_unordered(32);
        while let Some(result) = writes.next().await {
            result.unwrap();
        }
        println!("1000 x 10 kB, {name}: {:?}", start.elapsed());
        drop(writes);
        let start = Instant::now();
        for index in 0..1000 {
            let body = store.open_body(record(id, index)).await.unwrap();
            assert_eq!(read(&*body).await.len(), 10_000);
        }
        println!("reading them: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_large_body_takes_no_memory() {
    let gigabytes = std::env::var("FERRY_TEST_GIGABYTES").ok().and_then(|text| text.parse::<u64>().ok());
    let total = gigabytes.map_or(256 << 20, |gigabytes| gigabytes << 30);
    let chunk = bytes::Bytes::from(pattern(0, 64 << 10));
    for (name, folder) in profiles() {
        let profile = folder.open();
        let store = profile.background_fetches();
        let id = store.create(new_fetch_of("x", 1)).await.unwrap();
        let before = peak_memory();
        let start = Instant::now();
        // As many bytes without an answer as the component allows a record.
        let mut writes = FuturesUnordered::<BoxFuture<'static, Result<(), StoreError>>>::new();
        let mut offset = 0;
        while offset < total {
            while writes.len() >= (2 << 20) / chunk.len() {
                writes.next().await.unwrap().unwrap();
            }
            writes.push(store.write(vec![append(record(id, 0), offset, chunk.clone())]));
            offset += chunk.len() as u64;
        }
        while let Some(result) = writes.next().await {
            result.unwrap();
        }
        println!("{} MB, {name}: {:?}", total >> 20, start.elapsed());
        let start = Instant::now();
        let body = store.open_body(record(id, 0)).await.unwrap();
        let mut offset = 0;
        while offset < total {
            let read = body.read_at(offset, 256 << 10).await.unwrap();
            offset += read.len() as u64;
        }
        println!("reading it: {:?}", start.elapsed());
        let grown = peak_memory().saturating_sub(before);
        assert!(grown < 32 << 20, "{grown} bytes of memory were taken");
    }
}

#[test]
fn opening_a_profile() {
    let folder = Folder::new();
    for what in ["a new one", "again"] {
        let start = Instant::now();
        let profile = folder.open();
        println!("opening {what}: {:?}", start.elapsed());
        drop(profile);
    }
    let start = Instant::now();
    drop(Profile::temporary(&Options::default()).unwrap());
    println!("a private one, and closing it: {:?}", start.elapsed());
}
