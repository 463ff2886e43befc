//! What the background fetch component asks of its store.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use background_fetch::concepts::{FailureReason, ImageResource, RecordResult, SettledResult};
use background_fetch::host::{Change, NewFetchRecord, Phase, StoreError, Validator};
use futures::future::join_all;
use storage::{Options, Profile};
use support::*;

#[tokio::test]
async fn a_fetch_and_what_is_known_of_it_is_read_back_after_a_restart() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let mut fetch = new_fetch("ep-5", &["https://a.example/5.mp3", "https://b.example/5.jpg"]);
    fetch.title = "Episode 5".into();
    fetch.download_total = 1000;
    fetch.paused = true;
    let icon = |sizes: &str| ImageResource {
        src: url("https://a.example/icon"),
        sizes: sizes.into(),
        mime_type: "image/png".into(),
        label: "an icon".into(),
    };
    fetch.icons = vec![icon("16x16"), icon("32x32")];
    let id = store.create(fetch.clone()).await.unwrap();
    let mut head = response();
    head.validator = Some(Validator::ETag(b"\"x\"".to_vec()));
    head.complete_length = Some(6);
    let changes = vec![
        Change::Started { record: record(id, 0) },
        Change::Response { record: record(id, 0), response: head.clone() },
        append(record(id, 0), 0, "abc"),
    ];
    store.write(changes).await.unwrap();
    drop(profile);

    let profile = folder.open();
    let read = only(&profile.background_fetches()).await;
    assert_eq!((read.unique_id, read.registration), (id, fetch.registration));
    assert_eq!((read.id, read.title, read.icons), (fetch.id, fetch.title, fetch.icons));
    assert_eq!((read.download_total, read.paused, read.phase), (1000, true, Phase::Active));
    assert_eq!(read.records.len(), 2);
    let [first, second] = &read.records[..] else { unreachable!() };
    assert_eq!(first.request.url().as_str(), "https://a.example/5.mp3");
    assert_eq!(first.response.as_ref(), Some(&*head));
    assert_eq!((first.started, first.stored, first.result), (true, 3, None));
    assert_eq!(second.request.url().as_str(), "https://b.example/5.jpg");
    assert_eq!((second.started, second.stored, &second.response), (false, 0, &None));
}

#[tokio::test]
async fn an_id_is_taken_until_its_fetch_is_settled() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let first = store.create(new_fetch("x", &["https://a.example/"])).await.unwrap();
    let again = store.create(new_fetch("x", &["https://a.example/"])).await;
    assert_eq!(again, Err(StoreError::DuplicateId("x".into())));

    let mut other_worker = new_fetch("x", &["https://a.example/"]);
    other_worker.registration = registration("https://a.example/other/");
    store.create(other_worker).await.unwrap();
    let mut other_origin = new_fetch("x", &["https://a.example/"]);
    other_origin.registration = registration("https://b.example/");
    store.create(other_origin).await.unwrap();

    let settle = Change::Settle { fetch: first, result: SettledResult::Success };
    store.write(vec![settle]).await.unwrap();
    let second = store.create(new_fetch("x", &["https://a.example/"])).await.unwrap();
    assert_ne!(first, second);
}

#[tokio::test]
async fn of_fetches_made_in_parallel_with_the_same_id_exactly_one_wins() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let results = join_all((0..20).map(|_| store.create(new_fetch("x", &["https://a.example/"])))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(store.load().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_unique_id_is_never_used_again() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let first = store.create(new_fetch("x", &[])).await.unwrap();
    store.write(vec![Change::Remove { fetch: first }]).await.unwrap();
    drop(profile);
    let profile = folder.open();
    let second = profile.background_fetches().create(new_fetch("x", &[])).await.unwrap();
    assert!(second > first);
}

#[tokio::test]
async fn records_keep_their_order_past_ten() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 25)).await.unwrap();
    let complete =
        |index| Change::Complete { record: record(id, index), result: RecordResult::Success, uploaded: 0 };
    store.write(vec![complete(11), complete(2)]).await.unwrap();
    drop(profile);
    let profile = folder.open();
    let records = only(&profile.background_fetches()).await.records;
    let urls = records.iter().map(|record| record.request.url().path().to_owned()).collect::<Vec<_>>();
    assert_eq!(urls, (0..25).map(|n| format!("/{n}")).collect::<Vec<_>>());
    let complete = records.iter().enumerate().filter(|(_, record)| record.result.is_some());
    assert_eq!(complete.map(|(index, _)| index).collect::<Vec<_>>(), [2, 11]);
}

#[tokio::test]
async fn an_id_that_another_begins_with_is_removed_alone() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let short = store.create(new_fetch("ep", &["https://a.example/"])).await.unwrap();
    let long = store.create(new_fetch("ep-5", &["https://a.example/"])).await.unwrap();
    store.write(vec![append(record(long, 0), 0, "abc")]).await.unwrap();
    store.write(vec![Change::Remove { fetch: short }]).await.unwrap();
    let left = only(&store).await;
    assert_eq!((left.unique_id, left.records[0].stored), (long, 3));
}

#[tokio::test]
async fn results_and_reasons_survive_a_restart() {
    let results = [
        RecordResult::Success,
        RecordResult::Failed(FailureReason::Aborted),
        RecordResult::Failed(FailureReason::BadStatus),
        RecordResult::Failed(FailureReason::FetchError),
        RecordResult::Failed(FailureReason::QuotaExceeded),
        RecordResult::Failed(FailureReason::DownloadTotalExceeded),
    ];
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", results.len())).await.unwrap();
    let complete = results.iter().zip(0..).map(|(result, index)| Change::Complete {
        record: record(id, index),
        result: *result,
        uploaded: 7,
    });
    store.write(complete.collect()).await.unwrap();
    let failure = SettledResult::Failure(FailureReason::BadStatus);
    store.write(vec![Change::Settle { fetch: id, result: failure }]).await.unwrap();
    store.write(vec![Change::DeliveryAttempt { fetch: id, attempts: 2 }]).await.unwrap();
    drop(profile);
    let profile = folder.open();
    let read = only(&profile.background_fetches()).await;
    assert_eq!(read.phase, Phase::Settled { result: failure, attempts: 2 });
    let read = read.records.iter().map(|record| (record.result, record.uploaded)).collect::<Vec<_>>();
    assert_eq!(read, results.map(|result| (Some(result), 7)));
}

#[tokio::test]
async fn the_same_url_twice_keeps_two_upload_bodies() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let mut fetch = new_fetch("x", &[]);
    let upload = NewFetchRecord { request: request("https://a.example/up"), has_body: true };
    fetch.records = vec![
        upload.clone(),
        upload,
        NewFetchRecord { has_body: false, request: request("https://a.example/") },
    ];
    fetch.phase = Phase::Preparing;
    let id = store.create(fetch).await.unwrap();
    let body = |index, offset, bytes: &'static str| Change::RequestBody {
        record: record(id, index),
        offset,
        bytes: bytes.into(),
    };
    store.write(vec![body(0, 0, "first"), body(1, 0, "second"), body(1, 6, " body")]).await.unwrap();
    assert_eq!(only(&store).await.phase, Phase::Preparing);
    store.write(vec![Change::Activate { fetch: id, upload_total: 16 }]).await.unwrap();
    drop(profile);

    let profile = folder.open();
    let store = profile.background_fetches();
    let read_back = only(&store).await;
    assert_eq!((read_back.phase, read_back.upload_total), (Phase::Active, 16));
    let lengths = read_back.records.iter().map(|record| record.request_body).collect::<Vec<_>>();
    assert_eq!(lengths, [Some(5), Some(11), None]);
    let body = store.open_request_body(record(id, 1)).await.unwrap();
    assert_eq!(read(&*body).await, b"second body");
    let body = store.open_request_body(record(id, 0)).await.unwrap();
    assert_eq!(read(&*body).await, b"first");
}

#[tokio::test]
async fn title_icons_and_pause_can_be_changed() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let mut fetch = new_fetch("x", &[]);
    fetch.title = "before".into();
    let id = store.create(fetch).await.unwrap();
    let ui = |title: Option<&str>, icons| Change::SetUi { fetch: id, title: title.map(Into::into), icons };
    let icon = ImageResource {
        src: url("https://a.example/icon"),
        sizes: String::new(),
        mime_type: String::new(),
        label: String::new(),
    };
    store
        .write(vec![ui(None, Some(vec![icon.clone()])), Change::SetPaused { fetch: id, paused: true }])
        .await
        .unwrap();
    let read = only(&store).await;
    assert_eq!((read.title.as_str(), read.icons, read.paused), ("before", vec![icon.clone()], true));
    store.write(vec![ui(Some(""), None), Change::SetPaused { fetch: id, paused: false }]).await.unwrap();
    let read = only(&store).await;
    assert_eq!((read.title.as_str(), read.icons, read.paused), ("", vec![icon], false));
}

#[tokio::test]
async fn more_than_the_quota_can_not_be_reserved() {
    let folder = Folder::with_quota(1000);
    let profile = folder.open();
    let store = profile.background_fetches();
    let with_total = |id, download_total| {
        let mut fetch = new_fetch(id, &["https://a.example/"]);
        fetch.download_total = download_total;
        fetch
    };
    let id = store.create(with_total("a", 600)).await.unwrap();
    let more = store.create(with_total("b", 500)).await;
    assert_eq!(more, Err(StoreError::QuotaExceeded { quota: 1000, requested: 500 }));
    let absurd = store.create(with_total("b", u64::MAX)).await;
    assert_eq!(absurd, Err(StoreError::QuotaExceeded { quota: 1000, requested: u64::MAX }));
    store.create(with_total("c", 400)).await.unwrap();
    // Another origin has a quota of its own.
    let mut other = with_total("b", 1000);
    other.registration = registration("https://b.example/");
    store.create(other).await.unwrap();
    // What is settled no longer reserves.
    store.write(vec![append(record(id, 0), 0, vec![0; 100])]).await.unwrap();
    assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 1000);
    store.write(vec![Change::Settle { fetch: id, result: SettledResult::Success }]).await.unwrap();
    assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 500);
    store.create(with_total("b", 500)).await.unwrap();
}

#[tokio::test]
async fn stored_bytes_use_up_the_reservation_and_then_the_quota() {
    let folder = Folder::with_quota(1000);
    let profile = folder.open();
    let store = profile.background_fetches();
    let used = async || profile.usage(storage_key("https://a.example")).await.unwrap().used;
    let mut fetch = new_fetch("x", &["https://a.example/0", "https://a.example/1"]);
    fetch.download_total = 300;
    let id = store.create(fetch).await.unwrap();
    assert_eq!(used().await, 300);
    store.write(vec![append(record(id, 0), 0, vec![0; 300])]).await.unwrap();
    assert_eq!(used().await, 300);
    store.write(vec![append(record(id, 1), 0, vec![0; 700])]).await.unwrap();
    assert_eq!(used().await, 1000);
    let full = store.write(vec![append(record(id, 1), 700, "x")]).await;
    assert_eq!(full, Err(StoreError::QuotaExceeded { quota: 1000, requested: 1 }));
    assert_eq!(only(&store).await.records[1].stored, 700);

    store.write(vec![Change::Reset { record: record(id, 1) }]).await.unwrap();
    assert_eq!(used().await, 300);
    store.write(vec![Change::Reset { record: record(id, 0) }]).await.unwrap();
    assert_eq!(used().await, 300);
    drop(store);
    drop(profile);
    let profile = folder.open();
    assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 300);
    profile.background_fetches().write(vec![Change::Remove { fetch: id }]).await.unwrap();
    assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 0);
}

#[tokio::test]
async fn request_bodies_are_charged_too() {
    let folder = Folder::with_quota(10);
    let profile = folder.open();
    let store = profile.background_fetches();
    let mut fetch = new_fetch("x", &[]);
    fetch.records = vec![NewFetchRecord { request: request("https://a.example/"), has_body: true }];
    fetch.phase = Phase::Preparing;
    let id = store.create(fetch).await.unwrap();
    let body = |offset, bytes: &'static str| Change::RequestBody {
        record: record(id, 0),
        offset,
        bytes: bytes.into(),
    };
    store.write(vec![body(0, "12345678")]).await.unwrap();
    let full = store.write(vec![body(8, "9ab")]).await;
    assert_eq!(full, Err(StoreError::QuotaExceeded { quota: 10, requested: 3 }));
}

#[tokio::test]
async fn a_failed_write_leaves_nothing_behind_and_does_not_disturb_its_neighbours() {
    let folder = Folder::with_quota(100);
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 3)).await.unwrap();
    // All in one group, or not: it makes no difference.
    let before = store.write(vec![append(record(id, 0), 0, "before")]);
    let failing = store.write(vec![
        append(record(id, 1), 0, "abc"),
        Change::Response { record: record(id, 1), response: response() },
        append(record(id, 1), 3, vec![0; 100]),
    ]);
    let after = store.write(vec![append(record(id, 2), 0, "after")]);
    assert_eq!(before.await, Ok(()));
    assert!(matches!(failing.await, Err(StoreError::QuotaExceeded { .. })));
    assert_eq!(after.await, Ok(()));
    let records = only(&store).await.records;
    assert_eq!(records.iter().map(|record| record.stored).collect::<Vec<_>>(), [6, 0, 5]);
    assert_eq!(records[1].response, None);
    assert_eq!(profile.usage(storage_key("https://a.example")).await.unwrap().used, 11);
}

#[tokio::test]
async fn errors_are_reported() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    let gap = store.write(vec![append(record(id, 0), 5, "x")]).await;
    assert!(matches!(gap, Err(StoreError::Failed(_))), "{gap:?}");
    store.write(vec![Change::Remove { fetch: id }]).await.unwrap();
    store.write(vec![Change::Remove { fetch: id }]).await.unwrap();
    let of_nothing = [
        append(record(id, 0), 0, "x"),
        Change::Response { record: record(id, 0), response: response() },
        Change::Complete { record: record(id, 0), result: RecordResult::Success, uploaded: 0 },
        Change::Started { record: record(id, 0) },
        Change::Reset { record: record(id, 0) },
        Change::Activate { fetch: id, upload_total: 0 },
        Change::SetPaused { fetch: id, paused: true },
        Change::SetUi { fetch: id, title: None, icons: None },
        Change::Settle { fetch: id, result: SettledResult::Success },
        Change::DeliveryAttempt { fetch: id, attempts: 1 },
    ];
    for change in of_nothing {
        assert_eq!(store.write(vec![change.clone()]).await, Err(StoreError::NotFound(id)), "{change:?}");
    }
    assert!(store.open_body(record(id, 0)).await.is_err());
    profile.close();
    assert_eq!(store.write(Vec::new()).await, Err(StoreError::Closed));
    assert_eq!(store.load().await.unwrap_err(), StoreError::Closed);
}

#[tokio::test]
async fn a_write_happens_although_nobody_waits_for_it() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 1)).await.unwrap();
    drop(store.write(vec![append(record(id, 0), 0, "abc")]));
    drop(store.write(vec![append(record(id, 0), 3, "def")]));
    drop(profile);
    let profile = folder.open();
    assert_eq!(only(&profile.background_fetches()).await.records[0].stored, 6);
}

#[tokio::test]
async fn what_is_removed_is_gone_from_the_disk() {
    let folder = Folder::new();
    let profile = folder.open();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 2)).await.unwrap();
    let large = pattern(0, 200_000);
    store.write(vec![append(record(id, 0), 0, large), append(record(id, 1), 0, "small")]).await.unwrap();
    assert_eq!(folder.body_files(), [200_000]);
    store.write(vec![Change::Settle { fetch: id, result: SettledResult::Success }]).await.unwrap();
    store.write(vec![Change::Remove { fetch: id }]).await.unwrap();
    assert_eq!(store.load().await.unwrap().len(), 0);
    assert!(folder.body_files().is_empty());
    drop(profile);
    assert_eq!(*folder.open().recovery(), storage::Recovery::default());
}

#[tokio::test]
async fn ten_thousand_requests_are_stored_and_read_back() {
    let profile = Profile::temporary(&Options::default()).unwrap();
    let store = profile.background_fetches();
    let id = store.create(new_fetch_of("x", 10_000)).await.unwrap();
    store.write(vec![append(record(id, 9_999), 0, "last")]).await.unwrap();
    let read = only(&store).await;
    assert_eq!(read.records.len(), 10_000);
    assert_eq!(read.records[9_999].stored, 4);
}
