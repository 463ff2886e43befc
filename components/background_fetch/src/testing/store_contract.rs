//! What every [`Store`] has to hold, as tests that any implementation can run.
//!
//! ```ignore
//! #[tokio::test]
//! async fn the_store_keeps_the_contract() {
//!     background_fetch::testing::store_contract::check(|| async { open_a_fresh_store() }).await;
//! }
//! ```
//!
//! What has to survive a restart is checked through [`check_reopen`], which reopens the same store.

use std::sync::Arc;

use bytes::Bytes;
use fetch::{Origin, Request, ResponseHead, StorageKey, Url};

use crate::host::{
    Change, NewFetch, NewFetchRecord, Phase, Store, StoreError, StoredFetch, StoredResponse, Validator,
};
use crate::{ImageResource, RecordId, RecordResult, RegistrationKey, SettledResult, UniqueId};

/// Runs all checks that need no restart. `open` gives a new, empty store whose quota is at least 1 MiB and at
/// most 1 GiB per storage key.
///
/// # Panics
///
/// Where the store breaks the contract.
pub async fn check<F: Future<Output = Arc<dyn Store>>>(open: impl Fn() -> F) {
    a_new_fetch_reads_back(&*open().await).await;
    ids_are_never_used_twice(&*open().await).await;
    an_id_is_free_again_once_settled(&*open().await).await;
    a_registration_s_ids_are_its_own(&*open().await).await;
    bytes_are_appended_and_read_beside_the_writer(&*open().await).await;
    a_write_is_all_or_nothing(&*open().await).await;
    calls_happen_in_order_and_even_if_dropped(&*open().await).await;
    what_was_opened_outlives_reset_and_removal(&*open().await).await;
    reservations_are_kept_and_released(&*open().await).await;
    request_bodies_are_stored(&*open().await).await;
    removing_is_exact(&*open().await).await;
    clearing_takes_a_registration_or_a_whole_storage_key(&*open().await).await;
}

/// Checks that everything survives a restart. `reopen` closes the store it is given, if any, and opens it
/// again (the first time: empty).
///
/// # Panics
///
/// Where the store breaks the contract.
pub async fn check_reopen<F: Future<Output = Arc<dyn Store>>>(reopen: impl Fn(Option<Arc<dyn Store>>) -> F) {
    let store = reopen(None).await;
    let fetch = create(&*store, new_fetch("a", 12)).await;
    let record = |index| RecordId { fetch, index };
    let small = Bytes::from_static(b"small");
    let large = Bytes::from(vec![7u8; 300_000]);
    write(&*store, vec![response(record(10)), append(record(10), 0, &small)]).await;
    write(&*store, vec![response(record(2)), append(record(2), 0, &large)]).await;
    write(&*store, vec![append(record(2), 300_000, &small), complete(record(2))]).await;
    write(&*store, vec![Change::Started { record: record(3) }]).await;
    write(&*store, vec![Change::SetPaused { fetch, paused: true }]).await;
    let title = Some("new".to_owned());
    write(&*store, vec![Change::SetUi { fetch, title, icons: None }]).await;
    let settled = create(&*store, new_fetch("b", 1)).await;
    let result = SettledResult::Failure(crate::FailureReason::BadStatus);
    write(&*store, vec![Change::Settle { fetch: settled, result }]).await;
    write(&*store, vec![Change::DeliveryAttempt { fetch: settled, attempts: 1 }]).await;
    let removed = create(&*store, new_fetch("c", 1)).await;
    write(&*store, vec![Change::Remove { fetch: removed }]).await;

    let store = reopen(Some(store)).await;
    let loaded = store.load().await.expect("it loads");
    assert_eq!(loaded.iter().map(|fetch| fetch.unique_id).collect::<Vec<_>>(), [fetch, settled]);
    let first = &loaded[0];
    assert_eq!((&*first.id, &*first.title, first.paused), ("a", "new", true));
    assert_eq!((first.phase, first.icons.len(), first.records.len()), (Phase::Active, 1, 12));
    assert!(first.records[3].started && !first.records[2].started);
    assert_eq!((first.records[10].stored, first.records[10].result), (5, None));
    assert_eq!(first.records[10].response, Some(stored_response()));
    assert_eq!((first.records[2].stored, first.records[2].result), (300_005, Some(RecordResult::Success)));
    assert_eq!(loaded[1].phase, Phase::Settled { result, attempts: 1 });
    let body = read_all(&*store, record(2)).await;
    assert!(body[..300_000] == large[..] && body[300_000..] == small[..], "the large body has survived");
    write(&*store, vec![append(record(10), 5, &large)]).await;
    assert_eq!(read_all(&*store, record(10)).await.len(), 300_005);
    assert!(create(&*store, new_fetch("d", 1)).await > removed, "ids go on rising after a restart");
}

async fn a_new_fetch_reads_back(store: &dyn Store) {
    let id = create(store, new_fetch("a", 3)).await;
    let fetch = only(store).await;
    assert_eq!(fetch.unique_id, id);
    assert_eq!(fetch.registration, registration("https://a.example"));
    assert_eq!((&*fetch.id, &*fetch.title, fetch.download_total), ("a", "title a", 1000));
    assert_eq!((fetch.icons.len(), fetch.phase, fetch.paused), (1, Phase::Active, false));
    let urls: Vec<_> = fetch.records.iter().map(|record| record.request.url().path().to_owned()).collect();
    assert_eq!(urls, ["/0", "/1", "/2"]);
    let request = &fetch.records[1].request;
    assert_eq!(request.origin, Origin::of(&Url::parse("https://a.example").expect("a URL")));
    assert_eq!(request.headers.get_string("X-Test").as_deref(), Some("yes"));
}

async fn ids_are_never_used_twice(store: &dyn Store) {
    let first = create(store, new_fetch("a", 1)).await;
    write(store, vec![Change::Remove { fetch: first }]).await;
    assert!(create(store, new_fetch("a", 1)).await > first);
}

async fn an_id_is_free_again_once_settled(store: &dyn Store) {
    let first = create(store, new_fetch("a", 1)).await;
    let duplicate = store.create(new_fetch("a", 1)).await;
    assert_eq!(duplicate, Err(StoreError::DuplicateId("a".to_owned())));
    write(store, vec![Change::Settle { fetch: first, result: SettledResult::Success }]).await;
    create(store, new_fetch("a", 1)).await;
    assert_eq!(load(store).await.len(), 2);
}

async fn a_registration_s_ids_are_its_own(store: &dyn Store) {
    create(store, new_fetch("a", 1)).await;
    for scope in ["https://a.example/scope", "https://b.example"] {
        create(store, NewFetch { registration: registration(scope), ..new_fetch("a", 1) }).await;
    }
    // Two at once: one wins.
    let (one, two) = (store.create(new_fetch("x", 1)), store.create(new_fetch("x", 1)));
    let (one, two) = (one.await, two.await);
    assert!(one.is_ok() != two.is_ok(), "exactly one of two equal ids wins");
}

async fn bytes_are_appended_and_read_beside_the_writer(store: &dyn Store) {
    let fetch = create(store, new_fetch("a", 1)).await;
    let record = RecordId { fetch, index: 0 };
    let body = store.open_body(record).await.expect("a body that is still empty opens");
    assert!(body.read_at(0, 100).await.expect("it reads").is_empty());
    write(store, vec![response(record)]).await;
    // From small to large, across whatever a store may do differently for small bodies.
    let mut expected = Vec::new();
    for piece in [10usize, 1000, 40_000, 90_000, 500_000] {
        let bytes = Bytes::from((0..piece).map(|n| (n % 251) as u8).collect::<Vec<_>>());
        write(store, vec![append(record, expected.len() as u64, &bytes)]).await;
        expected.extend_from_slice(&bytes);
        assert!(read_from(&*body, 0).await == expected, "{} bytes read back", expected.len());
        assert_eq!(read_from(&*body, expected.len() as u64 - 1).await.len(), 1);
    }
    assert_eq!(body.read_at(5, 3).await.expect("it reads"), expected[5..8]);
    assert_eq!(only(store).await.records[0].stored, expected.len() as u64);
    // At the wrong place: refused, and nothing changes.
    let wrong = store.write(vec![append(record, 3, &Bytes::from_static(b"x"))]).await;
    assert!(wrong.is_err(), "bytes at the wrong place are refused");
    assert_eq!(only(store).await.records[0].stored, expected.len() as u64);
}

async fn a_write_is_all_or_nothing(store: &dyn Store) {
    let fetch = create(store, new_fetch("a", 2)).await;
    let record = |index| RecordId { fetch, index };
    let bytes = Bytes::from_static(b"bytes");
    let good = store.write(vec![response(record(0)), append(record(0), 0, &bytes)]);
    let bad =
        store.write(vec![response(record(1)), append(record(1), 0, &bytes), append(record(1), 99, &bytes)]);
    let after = store.write(vec![append(record(0), 5, &bytes)]);
    assert_eq!(good.await, Ok(()));
    assert!(bad.await.is_err());
    assert_eq!(after.await, Ok(()), "a write that fails does not disturb its neighbours");
    let loaded = only(store).await;
    assert_eq!((loaded.records[0].stored, loaded.records[1].stored), (10, 0));
    assert_eq!(loaded.records[1].response, None);
    let unknown = UniqueId(fetch.0 + 1000);
    assert!(store.write(vec![Change::SetPaused { fetch: unknown, paused: true }]).await.is_err());
    write(store, vec![Change::Remove { fetch: unknown }]).await;
    write(store, Vec::new()).await;
}

async fn calls_happen_in_order_and_even_if_dropped(store: &dyn Store) {
    let fetch = create(store, new_fetch("a", 1)).await;
    let record = RecordId { fetch, index: 0 };
    drop(store.write(vec![response(record)]));
    let mut writes = Vec::new();
    for n in 0..50u64 {
        writes.push(store.write(vec![append(record, n, &Bytes::from(vec![n as u8]))]));
    }
    // Awaited from the end: the order of calls is what counts.
    for write in writes.into_iter().rev() {
        assert_eq!(write.await, Ok(()));
    }
    assert_eq!(read_all(store, record).await, (0..50).collect::<Vec<u8>>());
}

async fn what_was_opened_outlives_reset_and_removal(store: &dyn Store) {
    let fetch = create(store, new_fetch("a", 2)).await;
    let record = |index| RecordId { fetch, index };
    let large = Bytes::from(vec![3u8; 200_000]);
    let small = Bytes::from_static(b"small");
    for (index, bytes) in [(0, &small), (1, &large)] {
        write(store, vec![response(record(index)), append(record(index), 0, bytes)]).await;
    }
    let old =
        [store.open_body(record(0)).await, store.open_body(record(1)).await].map(|body| body.expect("open"));
    for index in [0, 1] {
        let new = Bytes::from_static(b"new");
        let reset = Change::Reset { record: record(index) };
        write(store, vec![reset, response(record(index)), append(record(index), 0, &new)]).await;
        assert_eq!(read_all(store, record(index)).await, b"new");
    }
    let new = store.open_body(record(0)).await.expect("open");
    write(store, vec![Change::Remove { fetch }]).await;
    assert_eq!(read_from(&*old[0], 0).await, small);
    assert!(read_from(&*old[1], 0).await == large, "a large body is still there for its reader");
    assert_eq!(read_from(&*new, 0).await, b"new");
    assert!(load(store).await.is_empty());
}

async fn reservations_are_kept_and_released(store: &dyn Store) {
    let too_much = 1 << 50;
    let result = store.create(NewFetch { download_total: too_much, ..new_fetch("a", 1) }).await;
    let Err(StoreError::QuotaExceeded { quota, requested }) = result else {
        panic!("more than there can be was reserved: {result:?}");
    };
    assert_eq!(requested, too_much);
    // All there is, but for a little.
    let most = NewFetch { download_total: quota - 100, ..new_fetch("a", 1) };
    let fetch = create(store, most.clone()).await;
    let other = NewFetch { download_total: 101, ..new_fetch("b", 1) };
    assert!(store.create(other.clone()).await.is_err(), "what is reserved is taken");
    // Another site has its own.
    let elsewhere = NewFetch { registration: registration("https://b.example"), ..other.clone() };
    create(store, elsewhere).await;
    // Bytes use the reservation up, so that they need no room of their own.
    let record = RecordId { fetch, index: 0 };
    let bytes = Bytes::from(vec![0; 1000]);
    write(store, vec![response(record), append(record, 0, &bytes)]).await;
    assert!(store.create(other.clone()).await.is_err());
    write(store, vec![Change::Settle { fetch, result: SettledResult::Success }]).await;
    let second = create(store, NewFetch { download_total: quota - 1000, ..new_fetch("c", 1) }).await;
    let full = NewFetch { download_total: 0, ..new_fetch("d", 1) };
    let third = create(store, full).await;
    let over = RecordId { fetch: third, index: 0 };
    let result = store.write(vec![response(over), append(over, 0, &Bytes::from_static(b"x"))]).await;
    assert_eq!(result, Err(StoreError::QuotaExceeded { quota, requested: 1 }));
    for fetch in [fetch, second, third] {
        write(store, vec![Change::Remove { fetch }]).await;
    }
    create(store, NewFetch { download_total: quota, ..new_fetch("e", 1) }).await;
}

async fn request_bodies_are_stored(store: &dyn Store) {
    let mut new = NewFetch { phase: Phase::Preparing, ..new_fetch("a", 2) };
    new.records[1].has_body = true;
    let fetch = create(store, new).await;
    let record = RecordId { fetch, index: 1 };
    assert_eq!(only(store).await.records[0].request_body, None);
    for (offset, bytes) in [(0, Bytes::from_static(b"up")), (2, Bytes::from(vec![b'x'; 100_000]))] {
        write(store, vec![Change::RequestBody { record, offset, bytes }]).await;
    }
    write(store, vec![Change::Activate { fetch, upload_total: 100_002 }]).await;
    let loaded = only(store).await;
    assert_eq!((loaded.phase, loaded.upload_total), (Phase::Active, 100_002));
    assert_eq!(loaded.records[1].request_body, Some(100_002));
    let body = store.open_request_body(record).await.expect("it opens");
    let bytes = read_from(&*body, 0).await;
    assert_eq!((bytes.len(), &bytes[..3]), (100_002, &b"upx"[..]));
    let done = Change::Complete { record, result: RecordResult::Success, uploaded: 77 };
    write(store, vec![done]).await;
    assert_eq!(only(store).await.records[1].uploaded, 77);
}

async fn removing_is_exact(store: &dyn Store) {
    let short = create(store, new_fetch("ep", 1)).await;
    let long = create(store, new_fetch("ep-5", 1)).await;
    let record = RecordId { fetch: long, index: 0 };
    let bytes = Bytes::from_static(b"kept");
    write(store, vec![response(record), append(record, 0, &bytes)]).await;
    write(store, vec![Change::Remove { fetch: short }]).await;
    assert_eq!(only(store).await.unique_id, long);
    assert_eq!(read_all(store, record).await, bytes);
}

async fn clearing_takes_a_registration_or_a_whole_storage_key(store: &dyn Store) {
    let app = "https://a.example/app/";
    for scope in ["https://a.example", app, "https://b.example"] {
        let fetch = create(store, NewFetch { registration: registration(scope), ..new_fetch("a", 1) }).await;
        let record = RecordId { fetch, index: 0 };
        write(store, vec![response(record), append(record, 0, &Bytes::from_static(b"bytes"))]).await;
    }
    let RegistrationKey { storage_key, scope } = registration(app);
    // Also what was asked for a moment before, and whatever phase it is in.
    let preparing =
        NewFetch { registration: registration(app), phase: Phase::Preparing, ..new_fetch("b", 1) };
    let created = store.create(preparing);
    let cleared = store.write(vec![Change::Clear { storage_key: storage_key.clone(), scope: Some(scope) }]);
    assert!(created.await.is_ok());
    assert_eq!(cleared.await, Ok(()));
    let left = async || load(store).await.into_iter().map(|fetch| fetch.registration).collect::<Vec<_>>();
    assert_eq!(left().await, [registration("https://a.example"), registration("https://b.example")]);
    write(store, vec![Change::Clear { storage_key, scope: None }]).await;
    let only_left = only(store).await;
    assert_eq!((only_left.registration, only_left.records[0].stored), (registration("https://b.example"), 5));
    let nobody = registration("https://c.example").storage_key;
    write(store, vec![Change::Clear { storage_key: nobody, scope: None }]).await;
}

fn registration(scope: &str) -> RegistrationKey {
    let scope = Url::parse(scope).expect("a URL");
    RegistrationKey { storage_key: StorageKey(Origin::of(&scope)), scope }
}

fn new_fetch(id: &str, records: u32) -> NewFetch {
    let registration = registration("https://a.example");
    let request = |index| {
        let url = Url::parse(&format!("https://media.example/{index}")).expect("a URL");
        let mut request = Request::new(url, registration.storage_key.origin().clone());
        request.headers.append("X-Test", "yes");
        NewFetchRecord { request: Arc::new(request), has_body: false }
    };
    let src = Url::parse("https://a.example/icon").expect("a URL");
    let icon = ImageResource { src, sizes: "64x64".into(), mime_type: "image/png".into(), label: "x".into() };
    NewFetch {
        id: id.to_owned(),
        title: format!("title {id}"),
        icons: vec![icon],
        download_total: 1000,
        paused: false,
        phase: Phase::Active,
        records: (0..records).map(request).collect(),
        registration,
    }
}

fn stored_response() -> StoredResponse {
    let head = ResponseHead { status: 200, ..ResponseHead::default() };
    StoredResponse {
        head,
        final_url: Url::parse("https://media.example/x").ok(),
        validator: Some(Validator::ETag(b"\"1\"".to_vec())),
        complete_length: Some(1000),
        content_decoded: false,
        null_body: false,
    }
}

fn response(record: RecordId) -> Change {
    Change::Response { record, response: Box::new(stored_response()) }
}

fn append(record: RecordId, offset: u64, bytes: &Bytes) -> Change {
    Change::Append { record, offset, bytes: bytes.clone() }
}

fn complete(record: RecordId) -> Change {
    Change::Complete { record, result: RecordResult::Success, uploaded: 0 }
}

async fn create(store: &dyn Store, fetch: NewFetch) -> UniqueId {
    store.create(fetch).await.expect("a fetch is created")
}

async fn write(store: &dyn Store, changes: Vec<Change>) {
    store.write(changes).await.expect("a change is written");
}

async fn load(store: &dyn Store) -> Vec<StoredFetch> {
    store.load().await.expect("it loads")
}

async fn only(store: &dyn Store) -> StoredFetch {
    let mut all = load(store).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn read_all(store: &dyn Store, record: RecordId) -> Vec<u8> {
    read_from(&*store.open_body(record).await.expect("it opens"), 0).await
}

async fn read_from(body: &dyn crate::host::StoredBody, mut offset: u64) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let bytes = body.read_at(offset, 64 << 10).await.expect("it reads");
        if bytes.is_empty() {
            return all;
        }
        offset += bytes.len() as u64;
        all.extend_from_slice(&bytes);
    }
}
