//! Opening profiles: those of other programs, damaged ones, and ones that were not closed.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::fs;
use std::os::unix::fs::FileExt;

use background_fetch::concepts::{FailureReason, RecordResult, SettledResult};
use background_fetch::host::{Change, NewFetchRecord};
use fetch::cookies::SameSiteMode;
use rusqlite::Connection;
use storage::{OpenError, Profile, Recovery, SyncPolicy};
use support::*;

/// Opens a profile that can't be opened.
fn refused(folder: &Folder) -> OpenError {
    match Profile::open(folder.path(), &folder.options) {
        Ok(_) => panic!("the profile was opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_profile_that_is_in_use_is_refused() {
    let folder = Folder::new();
    let profile = folder.open();
    let error = refused(&folder);
    assert!(matches!(error, OpenError::InUse { process: Some(id), .. } if id == std::process::id()));
    let message = format!(
        "the profile {} is in use by process {}; end that program first, or choose another folder",
        folder.path().display(),
        std::process::id()
    );
    assert_eq!(error.to_string(), message);
    profile.close();
    folder.open();
}

#[tokio::test]
async fn a_newer_profile_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    drop(folder.open());
    let database = folder.path().join("state.sqlite");
    Connection::open(&database).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&database).unwrap();
    let error = refused(&folder);
    assert!(matches!(error, OpenError::Newer { found: 99, supported: 3, .. }));
    assert!(error.to_string().contains("has format 99, which is newer than this program's 3"), "{error}");
    assert_eq!(fs::read(&database).unwrap(), before);
}

#[tokio::test]
async fn the_format_is_in_the_profile() {
    let folder = Folder::new();
    drop(folder.open());
    let connection = Connection::open(folder.path().join("state.sqlite")).unwrap();
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    assert_eq!(version, Ok(3));
}

#[tokio::test]
async fn an_older_profile_is_brought_to_the_newest_format() {
    let folder = Folder::new();
    let profile = folder.open();
    profile.background_fetches().create(new_fetch_of("x", 1)).await.unwrap();
    drop(profile);
    let database = Connection::open(folder.path().join("state.sqlite")).unwrap();
    database.execute_batch("DROP TABLE cookies; PRAGMA user_version = 2").unwrap();
    drop(database);

    let profile = folder.open();
    assert!(profile.set_aside().is_none());
    assert_eq!(only(&profile.background_fetches()).await.id, "x");
    let at = url("https://a.example/");
    profile.cookies().set_document_cookie(&at, b"a=1; Max-Age=100", SameSiteMode::StrictOrLess);
    drop(profile);
    assert_eq!(folder.open().cookies().document_cookies(&at, SameSiteMode::StrictOrLess), b"a=1");
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_with_its_bodies() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    store.write(vec![append(record(id, 0), 0, pattern(0, 100_000))]).await.unwrap();
    drop(profile);
    let database = folder.path().join("state.sqlite");
    let mut bytes = fs::read(&database).unwrap();
    bytes[..100].fill(0x55);
    fs::write(&database, &bytes).unwrap();

    let profile = folder.open();
    let aside = profile.set_aside().unwrap().clone();
    assert!(aside.path.starts_with(folder.path()));
    assert_eq!(fs::read(aside.path.join("state.sqlite")).unwrap(), bytes);
    assert_eq!(fs::read_dir(aside.path.join("bodies")).unwrap().count(), 1);
    assert!(aside.reason.contains("not a database"), "{}", aside.reason);
    // The new one works, and is no longer the one that was set aside.
    let store = profile.background_fetches();
    assert!(store.load().await.unwrap().is_empty());
    store.create(new_fetch("y", &[])).await.unwrap();
    drop(profile);
    let profile = folder.open();
    assert_eq!(profile.set_aside(), None);
    assert_eq!(only(&profile.background_fetches()).await.id, "y");
    assert!(aside.path.exists());
}

#[tokio::test]
async fn damage_in_the_middle_of_the_database_is_found() {
    let folder = Folder::new();
    let profile = folder.open();
    profile.background_fetches().create(new_fetch_of("x", 2000)).await.unwrap();
    drop(profile);
    let database = fs::OpenOptions::new().write(true).open(folder.path().join("state.sqlite")).unwrap();
    let length = database.metadata().unwrap().len();
    for offset in (length / 2..length).step_by(4096) {
        database.write_all_at(&[0xaa; 4096], offset / 4096 * 4096).unwrap();
    }
    let profile = folder.open();
    let found_at_once = profile.set_aside().is_some();
    let read = profile.background_fetches().load().await;
    assert!(found_at_once || read.is_err());
    drop(profile);
    let profile = folder.open();
    assert!(found_at_once || profile.set_aside().is_some());
    assert!(profile.background_fetches().load().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_suspect_profile_that_is_sound_stays() {
    let folder = Folder::new();
    let profile = folder.open();
    profile.background_fetches().create(new_fetch("x", &[])).await.unwrap();
    drop(profile);
    fs::write(folder.path().join("suspect"), "").unwrap();
    let profile = folder.open();
    assert_eq!(profile.set_aside(), None);
    assert_eq!(only(&profile.background_fetches()).await.id, "x");
    assert!(!folder.path().join("suspect").exists());
}

#[tokio::test]
async fn what_can_not_be_read_is_an_error_and_the_next_opening_sets_it_aside() {
    let folder = Folder::new();
    let profile = folder.open();
    profile.background_fetches().create(new_fetch_of("x", 2)).await.unwrap();
    drop(profile);
    let connection = Connection::open(folder.path().join("state.sqlite")).unwrap();
    connection.execute("UPDATE background_fetch_records SET request = '{' WHERE position = 1", ()).unwrap();
    drop(connection);
    let profile = folder.open();
    let error = profile.background_fetches().load().await.unwrap_err();
    assert!(error.to_string().contains("record 1 of background fetch 1 can't be read"), "{error}");
    drop(profile);
    let profile = folder.open();
    let aside = profile.set_aside().unwrap();
    assert!(aside.reason.contains("record 1 of background fetch 1 can't be read"), "{}", aside.reason);
    assert!(aside.path.join("state.sqlite").exists());
    assert!(profile.background_fetches().load().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_database_of_another_program_is_set_aside() {
    let folder = Folder::new();
    let connection = Connection::open(folder.path().join("state.sqlite")).unwrap();
    connection.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)").unwrap();
    drop(connection);
    let profile = folder.open();
    let aside = profile.set_aside().unwrap();
    let theirs = Connection::open(aside.path.join("state.sqlite")).unwrap();
    let x = theirs.query_row("SELECT x FROM theirs", (), |row| row.get::<_, i64>(0));
    assert_eq!(x, Ok(1));
}

#[tokio::test]
async fn a_profile_that_is_no_folder_is_refused() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    let Err(error) = Profile::open(&file, &folder.options) else { panic!("a file was opened") };
    assert!(error.to_string().starts_with(&format!("can't make the folder {}: ", file.display())), "{error}");
    assert_eq!(fs::read(&file).unwrap(), b"text");
}

#[tokio::test]
async fn a_body_file_that_is_too_long_is_cut() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    store.write(vec![append(record(id, 0), 0, pattern(0, 100_000))]).await.unwrap();
    drop(profile);
    let file = fs::OpenOptions::new().append(true).open(folder.body_file()).unwrap();
    std::io::Write::write_all(&mut &file, b"not committed").unwrap();

    let profile = folder.open();
    assert_eq!(*profile.recovery(), Recovery { cut: 1, ..Recovery::default() });
    let store = profile.background_fetches();
    store.write(vec![append(record(id, 0), 100_000, pattern(100_000, 10))]).await.unwrap();
    let body = store.open_body(record(id, 0)).await.unwrap();
    assert_eq!(read(&*body).await, pattern(0, 100_010));
}

#[tokio::test]
async fn a_record_whose_body_lost_bytes_starts_again() {
    for missing in [false, true] {
        let folder = Folder::new();
        let profile = folder.open();
        let store = profile.background_fetches();
        let id = store.create(new_fetch_of("x", 2)).await.unwrap();
        let changes = vec![
            Change::Response { record: record(id, 0), response: response() },
            append(record(id, 0), 0, pattern(0, 100_000)),
            Change::Complete { record: record(id, 0), result: RecordResult::Success, uploaded: 0 },
            Change::Response { record: record(id, 1), response: response() },
            append(record(id, 1), 0, "whole"),
        ];
        store.write(changes).await.unwrap();
        drop(profile);
        let file = folder.body_file();
        match missing {
            true => fs::remove_file(&file).unwrap(),
            false => fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(99_999).unwrap(),
        }
        let profile = folder.open();
        assert_eq!(profile.recovery().lost, 1);
        let store = profile.background_fetches();
        let read_back = only(&store).await;
        let [lost, whole] = &read_back.records[..] else { unreachable!() };
        assert_eq!((&lost.response, lost.stored, lost.result), (&None, 0, None));
        assert_eq!((whole.response.is_some(), whole.stored), (true, 5));
        assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 5);
        assert!(folder.body_files().is_empty());
        store.write(vec![append(record(id, 0), 0, "again")]).await.unwrap();
        let body = store.open_body(record(id, 0)).await.unwrap();
        assert_eq!(read(&*body).await, b"again");
    }
}

#[tokio::test]
async fn a_settled_record_whose_body_lost_bytes_has_failed() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    let changes = vec![
        Change::Response { record: record(id, 0), response: response() },
        append(record(id, 0), 0, pattern(0, 100_000)),
        Change::Complete { record: record(id, 0), result: RecordResult::Success, uploaded: 0 },
        Change::Settle { fetch: id, result: SettledResult::Success },
    ];
    store.write(changes).await.unwrap();
    drop(profile);
    fs::remove_file(folder.body_file()).unwrap();
    let profile = folder.open();
    let read = only(&profile.background_fetches()).await;
    assert_eq!(read.records[0].result, Some(RecordResult::Failed(FailureReason::FetchError)));
    assert_eq!(read.records[0].response, None);
}

#[tokio::test]
async fn a_request_whose_own_body_lost_bytes_has_failed() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let mut fetch = new_fetch("x", &[]);
    fetch.records = vec![NewFetchRecord { request: request("https://a.example/"), has_body: true }];
    let id = store.create(fetch).await.unwrap();
    let bytes = pattern(0, 100_000).into();
    store.write(vec![Change::RequestBody { record: record(id, 0), offset: 0, bytes }]).await.unwrap();
    drop(profile);
    fs::write(folder.body_file(), "short").unwrap();
    let profile = folder.open();
    let read = only(&profile.background_fetches()).await;
    assert_eq!(read.records[0].result, Some(RecordResult::Failed(FailureReason::FetchError)));
}

#[tokio::test]
async fn files_that_belong_to_nothing_are_deleted_and_others_are_not() {
    let folder = Folder::new();
    drop(folder.open());
    let bodies = folder.path().join("bodies");
    fs::write(bodies.join("00000000000000ff.body"), "orphan").unwrap();
    fs::write(bodies.join("notes.txt"), "not ours").unwrap();
    fs::write(bodies.join("ff.body"), "not ours either").unwrap();
    let profile = folder.open();
    assert_eq!(*profile.recovery(), Recovery { orphans: 1, ..Recovery::default() });
    let mut left = fs::read_dir(bodies).unwrap().map(|file| file.unwrap().file_name()).collect::<Vec<_>>();
    left.sort();
    assert_eq!(left, ["ff.body", "notes.txt"]);
}

#[tokio::test]
async fn a_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.path().join("deep/profile");
    drop(Profile::open(&path, &folder.options).unwrap());
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
}

/// What a loss of power leaves: the machine was started anew, and of the bodies `synced` bytes are certain.
fn lose_power(folder: &Folder, synced: u64) {
    let connection = Connection::open(folder.path().join("state.sqlite")).unwrap();
    connection.execute("UPDATE last_use SET boot = 'another'", ()).unwrap();
    connection.execute("UPDATE bodies SET synced = ?1", [synced]).unwrap();
}

#[tokio::test]
async fn after_a_loss_of_power_a_body_goes_on_from_what_was_synced() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    let response = Change::Response { record: record(id, 0), response: response() };
    store.write(vec![response, append(record(id, 0), 0, pattern(0, 200_000))]).await.unwrap();
    drop(profile);
    lose_power(&folder, 150_000);
    // The bytes after that are those of another file.
    let file = fs::OpenOptions::new().write(true).open(folder.body_file()).unwrap();
    file.write_all_at(&[0; 50_000], 150_000).unwrap();

    let profile = folder.open();
    assert_eq!(*profile.recovery(), Recovery { shortened: 1, ..Recovery::default() });
    let store = profile.background_fetches();
    let read_back = &only(&store).await.records[0];
    assert_eq!((read_back.stored, read_back.response.is_some()), (150_000, true));
    assert_eq!(folder.body_files(), [150_000]);
    assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 150_000);
    let body = store.open_body(record(id, 0)).await.unwrap();
    assert_eq!(read(&*body).await, pattern(0, 150_000));
    drop(profile);
    // It is the same start of the machine now.
    assert_eq!(*folder.open().recovery(), Recovery::default());
}

#[tokio::test]
async fn a_complete_body_that_was_not_synced_starts_again() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    let complete = Change::Complete { record: record(id, 0), result: RecordResult::Success, uploaded: 0 };
    store.write(vec![append(record(id, 0), 0, pattern(0, 200_000)), complete]).await.unwrap();
    drop(profile);
    lose_power(&folder, 150_000);
    let profile = folder.open();
    assert_eq!(profile.recovery().lost, 1);
    let read_back = &only(&profile.background_fetches()).await.records[0];
    assert_eq!((read_back.stored, read_back.result), (0, None));
}

#[tokio::test]
async fn bytes_of_an_earlier_process_are_synced_when_their_record_is_complete() {
    let mut folder = Folder::new();
    folder.options.sync = SyncPolicy::Consistent;
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    store.write(vec![append(record(id, 0), 0, pattern(0, 200_000))]).await.unwrap();
    drop(profile);
    // As a process leaves it that is killed.
    let database = folder.path().join("state.sqlite");
    Connection::open(&database).unwrap().execute("UPDATE bodies SET synced = 0", ()).unwrap();

    let profile = folder.open();
    let complete = Change::Complete { record: record(id, 0), result: RecordResult::Success, uploaded: 0 };
    profile.background_fetches().write(vec![complete]).await.unwrap();
    drop(profile);
    let connection = Connection::open(&database).unwrap();
    let synced = connection.query_row("SELECT synced FROM bodies", (), |row| row.get::<_, u64>(0));
    assert_eq!(synced, Ok(200_000));
}

#[tokio::test]
async fn another_user_s_folder_is_not_touched() {
    let theirs = tempfile::Builder::new().prefix("ferry-private-").tempdir().unwrap();
    // What a lock is written to is for its owner to choose.
    let precious = theirs.path().join("precious");
    fs::write(&precious, "precious").unwrap();
    std::os::unix::fs::symlink(&precious, theirs.path().join("lock")).unwrap();
    if std::os::unix::fs::chown(theirs.path(), Some(12_345), None).is_err() {
        eprintln!("not run, since it takes another user");
        return;
    }
    let profile = Profile::temporary(&storage::Options::default()).unwrap();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    store.write(vec![append(record(id, 0), 0, pattern(0, 200_000))]).await.unwrap();
    assert_eq!(fs::read(&precious).unwrap(), b"precious");
}

#[tokio::test]
async fn a_folder_of_a_program_that_was_killed_is_removed() {
    let abandoned = std::env::temp_dir().join(format!("ferry-private-abandoned-{}", std::process::id()));
    fs::create_dir(&abandoned).unwrap();
    fs::write(abandoned.join("0000000000000001.body"), "private").unwrap();
    let profile = Profile::temporary(&storage::Options::default()).unwrap();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    assert!(abandoned.exists());
    store.write(vec![append(record(id, 0), 0, pattern(0, 200_000))]).await.unwrap();
    assert!(!abandoned.exists());
}
