//! What is kept on disk.

use std::sync::Arc;

use bytes::Bytes;
use fetch::{Request, ResponseHead, StorageKey, Url};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::concepts::{ImageResource, RecordId, RecordResult, RegistrationKey, SettledResult, UniqueId};

/// Keeps fetches, their records and bodies across restarts.
///
/// # What an implementation has to hold
///
/// * **Order.** Calls take effect in the order in which they are *made* (not in which their futures are
///   polled), each seeing what those before it did. A call happens even if its future is dropped.
/// * **All or nothing.** The changes of one [`write`](Store::write) are one transaction. Several writes may
///   be committed together ("group commit") and should be: the component makes a write per finished record,
///   many at a time, without waiting for one before it asks for the next. One that fails leaves nothing
///   behind and does not disturb its neighbours.
/// * **Durability.** When a future resolves with `Ok`, the change survives the death of the process. Body
///   bytes reach the disk before the state that counts them.
/// * **Back-pressure.** The component bounds the bytes that it has handed over without an answer
///   ([`Config::write_buffer`](crate::Config::write_buffer), and per record), so a store may queue without a
///   bound of its own, and answers an append only when it no longer holds the bytes in memory beyond what it
///   caches.
/// * **Quota**, by storage key, counts request bodies, response bodies and reservations:
///   [`create`](Store::create) *reserves* `download_total`; appended bytes use the reservation up first, and
///   are charged to what is left of the quota after that; [`Change::Reset`] gives a record's bytes back (to
///   the reservation first); [`Change::Settle`] releases what is still reserved; [`Change::Remove`] releases
///   all.
pub trait Store: Send + Sync {
    /// Reads everything back, in rising order of [`UniqueId`]. Called once, before anything else.
    ///
    /// A body that is shorter than its committed length is reported as a record without a response and with
    /// no bytes, and is reset.
    fn load(&self) -> BoxFuture<'static, Result<Vec<StoredFetch>, StoreError>>;

    /// Stores a new fetch, reserves its `download_total`, and gives it an id that was never used before.
    ///
    /// Fails with [`StoreError::DuplicateId`] where the registration has a fetch with that id in one of the
    /// phases [`Phase::Preparing`] and [`Phase::Active`], and with [`StoreError::QuotaExceeded`] where the
    /// reservation is more than the storage key may still use.
    fn create(&self, fetch: NewFetch) -> BoxFuture<'static, Result<UniqueId, StoreError>>;

    /// Applies `changes` as one transaction. An unknown fetch is an error, except in [`Change::Remove`].
    fn write(&self, changes: Vec<Change>) -> BoxFuture<'static, Result<(), StoreError>>;

    /// Opens the current response body of a record, which may still be empty, for reading beside its writer.
    ///
    /// What was appended can be read once its write has been answered. What has been opened stays readable
    /// after the body was [reset](Change::Reset) or [removed](Change::Remove), until it is dropped (NB:
    /// SD-43).
    ///
    /// `matchAll()` opens the bodies of all matching records, perhaps 100,000, before any of them is read: an
    /// opened body should hold no file descriptor while nobody reads it.
    fn open_body(&self, record: RecordId) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>>;

    /// Opens a record's request body. The same rules hold.
    fn open_request_body(
        &self,
        record: RecordId,
    ) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>>;
}

/// A body that can be read at any place.
pub trait StoredBody: Send + Sync {
    /// Reads up to `max` bytes from `offset`: at least one where there are any, none where the body is (so
    /// far) no longer than `offset`.
    fn read_at(&self, offset: u64, max: usize) -> BoxFuture<'static, Result<Bytes, StoreError>>;
}

/// A fetch to be stored.
#[derive(Clone, Debug)]
pub struct NewFetch {
    /// The registration that it belongs to.
    pub registration: RegistrationKey,
    /// The id that the page gave it.
    pub id: String,
    /// The title.
    pub title: String,
    /// The icons.
    pub icons: Vec<ImageResource>,
    /// The announced size of all response bodies, to be reserved; 0 if none was.
    pub download_total: u64,
    /// Whether it starts paused.
    pub paused: bool,
    /// [`Phase::Preparing`] where request bodies are still to come, else [`Phase::Active`].
    pub phase: Phase,
    /// The records, in request order.
    pub records: Vec<NewFetchRecord>,
}

/// A record to be stored.
#[derive(Clone, Debug)]
pub struct NewFetchRecord {
    /// The request, without its body. NB: SD-21: it holds the origin, the policy container, the referrer and
    /// the referrer policy of the client that made it.
    pub request: Arc<Request>,
    /// Whether the request has a body, which comes in [`Change::RequestBody`].
    pub has_body: bool,
}

/// How far a fetch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Its request bodies are being read; `fetch()` has not resolved. After a restart it is removed.
    Preparing,
    /// In its registration's active background fetches.
    Active,
    /// Settled. The fetch is kept until its event has been handled (NB: SD-4).
    Settled {
        /// How it ended; this says which event is fired.
        result: SettledResult,
        /// How often delivery of the event has been begun.
        attempts: u32,
    },
}

/// A fetch that was read back.
#[derive(Clone, Debug)]
pub struct StoredFetch {
    /// Its name.
    pub unique_id: UniqueId,
    /// The registration that it belongs to.
    pub registration: RegistrationKey,
    /// The id that the page gave it.
    pub id: String,
    /// The title, as last changed.
    pub title: String,
    /// The icons, as last changed.
    pub icons: Vec<ImageResource>,
    /// The announced size of all response bodies; 0 if none was.
    pub download_total: u64,
    /// The bytes of all request bodies, as [`Change::Activate`] told it; 0 before.
    pub upload_total: u64,
    /// Whether it is paused.
    pub paused: bool,
    /// How far it has come.
    pub phase: Phase,
    /// The records, in request order.
    pub records: Vec<StoredRecord>,
}

/// A record that was read back.
#[derive(Clone, Debug)]
pub struct StoredRecord {
    /// The request, without its body.
    pub request: Arc<Request>,
    /// The bytes of the request's body, if it has one.
    pub request_body: Option<u64>,
    /// Whether [`Change::Started`] was written.
    pub started: bool,
    /// The response's head.
    pub response: Option<StoredResponse>,
    /// The committed length of the response's body.
    pub stored: u64,
    /// The result, once the record is settled.
    pub result: Option<RecordResult>,
    /// The bytes of the request's body that had been sent when the record was settled.
    pub uploaded: u64,
}

/// A response's head as it is kept: what a page may see, and what resuming needs of what it may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResponse {
    /// The filtered head.
    pub head: ResponseHead,
    /// The final URL, which a resumed response has to share (NB: SD-11).
    pub final_url: Option<Url>,
    /// What proves that a later part belongs to the same representation.
    pub validator: Option<Validator>,
    /// The whole representation's length, where a `Content-Range` or `Content-Length` told it.
    pub complete_length: Option<u64>,
    /// Whether stored bytes went through a content decoding (NB: SD-12).
    pub content_decoded: bool,
    /// Whether the response has a null body (NB: SD-18, SD-36), rather than one that may be empty.
    pub null_body: bool,
}

/// A [strong validator](https://www.rfc-editor.org/rfc/rfc9110#name-weak-versus-strong), as the server wrote
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
    /// A strong entity tag, quotes included.
    ETag(Vec<u8>),
    /// A `Last-Modified` date that is strong: at least a minute older than the response's `Date`.
    LastModified(Vec<u8>),
}

/// A change of what is stored. Where it says nothing else, a change is for a fetch that is there.
#[derive(Clone, Debug)]
pub enum Change {
    /// Appends to a request's body.
    RequestBody {
        /// Whose.
        record: RecordId,
        /// The body's length before; anything else is an error.
        offset: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// [`Phase::Preparing`] becomes [`Phase::Active`].
    Activate {
        /// Which.
        fetch: UniqueId,
        /// The bytes of all request bodies.
        upload_total: u64,
    },
    /// A request that must not be sent twice is about to be sent.
    Started {
        /// Which.
        record: RecordId,
    },
    /// A response's head has come; its body is empty so far.
    Response {
        /// Whose.
        record: RecordId,
        /// The head.
        response: Box<StoredResponse>,
    },
    /// Appends to a response's body. May fail with [`StoreError::QuotaExceeded`] or [`StoreError::DiskFull`].
    ///
    /// The component counts on the check of `offset`: when an append has failed, those that were asked for
    /// after it fail too, and so does a success that rests on them (it goes along with an append, perhaps one
    /// of no bytes).
    Append {
        /// Whose.
        record: RecordId,
        /// The body's length before; anything else is an error.
        offset: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// Forgets a record's response and its body, which have become redundant.
    Reset {
        /// Which.
        record: RecordId,
    },
    /// A record is settled.
    Complete {
        /// Which.
        record: RecordId,
        /// How.
        result: RecordResult,
        /// The bytes of its request's body that were sent.
        uploaded: u64,
    },
    /// A fetch was paused, or goes on.
    SetPaused {
        /// Which.
        fetch: UniqueId,
        /// Whether it is paused now.
        paused: bool,
    },
    /// `updateUI()`: what is `None` stays.
    SetUi {
        /// Which.
        fetch: UniqueId,
        /// The new title.
        title: Option<String>,
        /// The new icons.
        icons: Option<Vec<ImageResource>>,
    },
    /// The fetch becomes [`Phase::Settled`], with no attempt at delivery begun. Releases what is left of the
    /// reservation; the id is free again.
    Settle {
        /// Which.
        fetch: UniqueId,
        /// How it ended.
        result: SettledResult,
    },
    /// Another attempt at delivering the event of a settled fetch is about to begin.
    DeliveryAttempt {
        /// Which.
        fetch: UniqueId,
        /// How many there have been, with this one.
        attempts: u32,
    },
    /// Forgets a fetch with all its records and bodies. No error if there is none.
    Remove {
        /// Which.
        fetch: UniqueId,
    },
    /// Forgets all fetches of a storage key, in every phase (NB: SD-5).
    Clear {
        /// Whose.
        storage_key: StorageKey,
        /// Only those of the registration with this scope.
        scope: Option<Url>,
    },
}

/// Why the store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The storage key may not use that much.
    #[error("the storage quota of {quota} bytes does not allow {requested} more")]
    QuotaExceeded {
        /// All that the storage key may use, in bytes.
        quota: u64,
        /// What was asked for, in bytes.
        requested: u64,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The registration has an active fetch with this id.
    #[error("there is an active background fetch with the id {0:?}")]
    DuplicateId(String),
    /// There is no such fetch or record.
    #[error("{0} is not in the store")]
    NotFound(UniqueId),
    /// The store has been closed. The service ends when it meets this.
    #[error("the store is closed")]
    Closed,
    /// Anything else: what failed, and where.
    #[error("{0}")]
    Failed(String),
}

impl StoreError {
    /// Whether there is no room: "quota-exceeded".
    pub fn is_out_of_space(&self) -> bool {
        matches!(self, StoreError::QuotaExceeded { .. } | StoreError::DiskFull)
    }
}
