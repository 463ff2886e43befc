//! The program is killed; what it had been told is stored is there.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use background_fetch::concepts::{RecordResult, UniqueId};
use background_fetch::host::{Change, Store};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use storage::{Options, Profile};
use support::*;

const FOLDER: &str = "FERRY_TEST_CRASH_FOLDER";
const RECORDS: u32 = 8;

/// Runs this program's test `name` alone, in a process of its own.
fn start(name: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Appends to all records at once, and says each time what it was told is stored. Never ends.
#[tokio::test]
#[ignore = "is run, and killed, by another test"]
async fn child_that_stores() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let profile = Profile::open(Path::new(&folder), &Options::default()).unwrap();
    let store = profile.background_fetches();
    let id = match &store.load().await.unwrap()[..] {
        [] => store.create(new_fetch_of("x", RECORDS as usize)).await.unwrap(),
        [fetch, ..] => fetch.unique_id,
    };
    let known = only(&store).await.records;
    let mut steps = FuturesUnordered::new();
    for (index, record) in (0..).zip(&known) {
        steps.push(step(&store, id, index, record.stored));
    }
    while let Some((index, length, complete)) = steps.next().await {
        // One write of a whole line, so that a kill can't cut it.
        let line = format!("stored {index} {length} {complete}\n");
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        steps.push(step(&store, id, index, length));
    }
}

/// One append of a size that differs: some bodies stay in the database, some move into files, some are large.
async fn step(store: &std::sync::Arc<dyn Store>, id: UniqueId, index: u32, length: u64) -> (u32, u64, bool) {
    let size = match index {
        0 => 1,
        1 | 2 => 1_000 + usize::try_from(length % 7).unwrap(),
        3..=5 => 20_000,
        _ => 200_000,
    };
    let mut changes = vec![append(record(id, index), length, pattern(length, size))];
    let length = length + size as u64;
    let complete = index == 2 && length > 10_000;
    if complete {
        changes.push(Change::Complete {
            record: record(id, index),
            result: RecordResult::Success,
            uploaded: length,
        });
    }
    store.write(changes).await.unwrap();
    (index, length, complete)
}

#[tokio::test]
async fn what_was_answered_is_there_after_the_process_was_killed() {
    let folder = Folder::new();
    let mut acknowledged = [0_u64; RECORDS as usize];
    let mut completed = false;
    // After how many answers it is killed.
    for answers in [1, 2, 3, 5, 8, 13, 40, 41, 42, 100, 200, 300] {
        let mut child = start("child_that_stores", folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        let mut note = |line: &str| {
            let Some(line) = line.strip_prefix("stored ") else { return 0 };
            let mut parts = line.split(' ');
            let mut number = || parts.next().and_then(|part| part.parse::<u64>().ok());
            let (Some(index), Some(length)) = (number(), number()) else { return 0 };
            acknowledged[index as usize] = length;
            completed |= line.ends_with("true");
            1
        };
        while seen < answers {
            seen += note(&lines.next().expect("the child has ended").unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died counts too.
        for line in lines.map_while(Result::ok) {
            note(&line);
        }

        let profile = folder.open();
        assert_eq!(profile.set_aside(), None);
        assert_eq!(profile.recovery().lost, 0);
        let store = profile.background_fetches();
        let fetch = only(&store).await;
        for (index, stored) in (0..).zip(&fetch.records) {
            let (said, length) = (acknowledged[index as usize], stored.stored);
            assert!(length >= said, "record {index}: {said} bytes were stored, {length} are there");
            let body = store.open_body(record(fetch.unique_id, index)).await.unwrap();
            assert!(read(&*body).await == pattern(0, length as usize), "record {index} has other bytes");
        }
        assert!(!completed || fetch.records[2].result == Some(RecordResult::Success));
        let total = fetch.records.iter().map(|record| record.stored).sum::<u64>();
        assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, total);
    }
    assert!(completed);
}

/// Makes and removes fetches, also ones that are being read. Never ends.
#[tokio::test]
#[ignore = "is run, and killed, by another test"]
async fn child_that_makes_and_removes() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let profile = Profile::open(Path::new(&folder), &Options::default()).unwrap();
    let store = profile.background_fetches();
    for n in 0_u64.. {
        let id = store.create(new_fetch_of(&n.to_string(), 2)).await.unwrap();
        let changes = vec![append(record(id, 0), 0, pattern(0, 100_000)), append(record(id, 1), 0, "small")];
        store.write(changes).await.unwrap();
        let reader = store.open_body(record(id, 0)).await.unwrap();
        if n % 3 == 0 {
            store.write(vec![Change::Reset { record: record(id, 0) }]).await.unwrap();
        }
        if n % 2 == 0 {
            store.write(vec![Change::Remove { fetch: id }]).await.unwrap();
        }
        std::io::stdout().write_all(format!("made {}\n", id.0).as_bytes()).unwrap();
        drop(reader);
    }
}

#[tokio::test]
async fn nothing_that_was_removed_comes_back_and_no_file_is_left_over() {
    let folder = Folder::new();
    let mut last = 0;
    for answers in [1, 2, 3, 4, 5, 20, 21, 22, 23] {
        let mut child = start("child_that_makes_and_removes", folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut made = Vec::new();
        while made.len() < answers {
            let line = lines.next().expect("the child has ended").unwrap();
            made.extend(line.strip_prefix("made ").and_then(|id| id.parse::<u64>().ok()));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let profile = folder.open();
        let store = profile.background_fetches();
        let fetches = store.load().await.unwrap();
        assert!(made.iter().all(|id| *id > last), "{made:?} are not all new, {last} was the last");
        last = *made.last().unwrap();
        // Of those that it spoke of, every second one was removed.
        let kept = made.iter().enumerate().filter(|(n, _)| n % 2 == 1).map(|(_, id)| *id).collect::<Vec<_>>();
        let there = fetches.iter().map(|fetch| fetch.unique_id.0).filter(|id| made.contains(id));
        assert_eq!(there.collect::<Vec<_>>(), kept);
        let in_files =
            fetches.iter().flat_map(|fetch| &fetch.records).filter(|record| record.stored > 64 << 10);
        assert_eq!(folder.body_files().len(), in_files.count());
        let removed = fetches.into_iter().map(|fetch| Change::Remove { fetch: fetch.unique_id }).collect();
        store.write(removed).await.unwrap();
    }
}

/// Stores a body that is complete, one that isn't, and a large one. Then it waits to be killed.
#[tokio::test]
#[ignore = "is run, and killed, by another test"]
async fn child_that_completes() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let profile = Profile::open(Path::new(&folder), &Options::default()).unwrap();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 3)).await.unwrap();
    let complete = Change::Complete { record: record(id, 0), result: RecordResult::Success, uploaded: 0 };
    store.write(vec![append(record(id, 0), 0, pattern(0, 200_000)), complete]).await.unwrap();
    store.write(vec![append(record(id, 1), 0, pattern(0, 200_000))]).await.unwrap();
    for megabyte in 0..20 {
        let offset = megabyte << 20;
        store.write(vec![append(record(id, 2), offset, pattern(offset, 1 << 20))]).await.unwrap();
    }
    std::io::stdout().write_all(b"stored\n").unwrap();
    std::future::pending().await
}

#[tokio::test]
async fn bodies_are_synced_when_they_are_complete_and_now_and_then() {
    let folder = Folder::new();
    let mut child = start("child_that_completes", folder.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.ends_with("stored"))));
    child.kill().unwrap();
    child.wait().unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("state.sqlite")).unwrap();
    let mut bodies = connection.prepare("SELECT length, synced FROM bodies ORDER BY id").unwrap();
    let bodies = bodies.query_map((), |row| Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?))).unwrap();
    let bodies = bodies.collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(bodies, [(200_000, 200_000), (200_000, 0), (20 << 20, 16 << 20)]);
}
