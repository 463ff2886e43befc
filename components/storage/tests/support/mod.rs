//! What the tests of the profile have in common.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;
use std::sync::Arc;

use background_fetch::concepts::{RecordId, RegistrationKey, UniqueId};
use background_fetch::host::{
    Change, NewFetch, NewFetchRecord, Phase, Store, StoredBody, StoredFetch, StoredResponse,
};
use bytes::Bytes;
use fetch::{Origin, Request, ResponseHead, StorageKey, Url};
use storage::{Options, Profile, SyncPolicy};
use tempfile::TempDir;

/// A profile in a folder of its own, which can be closed and opened again.
pub struct Folder {
    pub folder: TempDir,
    pub options: Options,
}

impl Folder {
    pub fn new() -> Self {
        let options = Options { sync: SyncPolicy::Nothing, ..Options::default() };
        Folder { folder: TempDir::new().unwrap(), options }
    }

    pub fn with_quota(quota: u64) -> Self {
        let mut folder = Folder::new();
        folder.options.quota = Some(quota);
        folder
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn open(&self) -> Profile {
        Profile::open(self.path(), &self.options).unwrap()
    }

    /// The sizes of the body files.
    pub fn body_files(&self) -> Vec<u64> {
        let files = std::fs::read_dir(self.path().join("bodies")).unwrap();
        let mut sizes = files.map(|file| file.unwrap().metadata().unwrap().len()).collect::<Vec<_>>();
        sizes.sort();
        sizes
    }

    /// The only body file.
    pub fn body_file(&self) -> std::path::PathBuf {
        let mut files = std::fs::read_dir(self.path().join("bodies")).unwrap();
        let file = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none(), "there is more than one body file");
        file
    }
}

pub fn url(url: &str) -> Url {
    Url::parse(url).unwrap()
}

pub fn storage_key(origin: &str) -> StorageKey {
    StorageKey(Origin::of(&url(origin)))
}

pub fn registration(scope: &str) -> RegistrationKey {
    RegistrationKey { storage_key: storage_key(scope), scope: url(scope) }
}

pub fn request(address: &str) -> Arc<Request> {
    Arc::new(Request::new(url(address), Origin::of(&url(address))))
}

/// A fetch of some URLs without request bodies.
pub fn new_fetch(id: &str, urls: &[&str]) -> NewFetch {
    NewFetch {
        registration: registration("https://a.example/"),
        id: id.into(),
        title: String::new(),
        icons: Vec::new(),
        download_total: 0,
        paused: false,
        phase: Phase::Active,
        records: urls.iter().map(|url| NewFetchRecord { request: request(url), has_body: false }).collect(),
    }
}

/// A fetch of `count` URLs.
pub fn new_fetch_of(id: &str, count: usize) -> NewFetch {
    let urls = (0..count).map(|n| format!("https://a.example/{n}")).collect::<Vec<_>>();
    new_fetch(id, &urls.iter().map(String::as_str).collect::<Vec<_>>())
}

pub fn record(fetch: UniqueId, index: u32) -> RecordId {
    RecordId { fetch, index }
}

pub fn response() -> Box<StoredResponse> {
    Box::new(StoredResponse {
        head: ResponseHead { status: 200, ..ResponseHead::default() },
        final_url: Some(url("https://a.example/final")),
        validator: None,
        complete_length: None,
        content_decoded: false,
        null_body: false,
    })
}

pub fn append(record: RecordId, offset: u64, bytes: impl Into<Bytes>) -> Change {
    Change::Append { record, offset, bytes: bytes.into() }
}

/// The only fetch that is stored.
pub async fn only(store: &Arc<dyn Store>) -> StoredFetch {
    let mut fetches = store.load().await.unwrap();
    assert_eq!(fetches.len(), 1);
    fetches.remove(0)
}

/// Reads a body to its end.
pub async fn read(body: &dyn StoredBody) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let read = body.read_at(bytes.len() as u64, 100_000).await.unwrap();
        if read.is_empty() {
            return bytes;
        }
        bytes.extend_from_slice(&read);
    }
}

/// Bytes that tell where they are.
pub fn pattern(offset: u64, length: usize) -> Vec<u8> {
    (offset..).take(length).map(|at| (at % 251) as u8 ^ (at >> 16) as u8).collect()
}
