//! What a call can be answered with instead of a value.

use fetch::NetworkError;

use crate::concepts::FailureReason;
use crate::host::StoreError;

/// Why a call was refused or failed. [`Error::exception`] says what a page gets to see of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The permission "background-fetch" is denied (NB: SD-48).
    #[error("background fetch is not allowed for this origin")]
    PermissionDenied,
    /// The registration has no active worker.
    #[error("the service worker registration has no active worker")]
    NoActiveWorker,
    /// The id is the empty string (NB: SD-51).
    #[error("the id must not be empty")]
    EmptyId,
    /// The id is in use.
    #[error("there is an active background fetch with this id")]
    DuplicateId,
    /// There are no requests.
    #[error("at least one request is needed")]
    NoRequests,
    /// A request that this API does not take.
    #[error("request {index} can't be fetched in the background: {reason}")]
    BadRequest {
        /// Its place in the list.
        index: usize,
        /// What is wrong with it.
        reason: BadRequest,
    },
    /// One of the documented limits (NB: SD-51).
    #[error("{what} is limited to {limit}")]
    LimitExceeded {
        /// What is too long or too many.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// A request's body could not be read.
    #[error("a request's body could not be read: {0}")]
    RequestBody(NetworkError),
    /// The origin may not store that much (NB: SD-50).
    #[error("the storage quota of {quota} bytes does not allow {requested} more")]
    QuotaExceeded {
        /// All that the origin may use, in bytes.
        quota: u64,
        /// What was asked for, in bytes.
        requested: u64,
    },
    /// The fetch was aborted, or its data cleared.
    #[error("the background fetch was aborted")]
    Aborted,
    /// The record failed, so that its response can't be exposed.
    #[error("the request failed: {0}")]
    RecordFailed(FailureReason),
    /// The response was replaced by a newer one: the server did not go on where it was cut.
    #[error("the response was replaced by a newer one")]
    Redundant,
    /// The fetch, or its records, are gone.
    #[error("the background fetch's records are no longer available")]
    RecordsUnavailable,
    /// The store failed.
    #[error("the background fetch could not be stored: {0}")]
    Store(StoreError),
    /// The service has ended, or is ending.
    #[error("the background fetch service has ended")]
    ServiceEnded,
}

/// What is wrong with a request (NB: SD-49).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// The mode "no-cors".
    #[error("its mode is \"no-cors\"")]
    NoCors,
    /// Credentials in the URL.
    #[error("its URL includes credentials")]
    UrlCredentials,
    /// A scheme other than http and https.
    #[error("its URL is neither http nor https")]
    Scheme,
    /// A [bad port](https://fetch.spec.whatwg.org/#bad-port).
    #[error("its port is blocked")]
    BadPort,
}

/// What a page gets to see of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// A `TypeError`.
    Type,
    /// A `NotAllowedError` DOMException.
    NotAllowed,
    /// An `InvalidStateError` DOMException.
    InvalidState,
    /// An `AbortError` DOMException.
    Abort,
    /// An `UnknownError` DOMException: our own machine failed.
    Unknown,
    /// A `QuotaExceededError`.
    QuotaExceeded {
        /// Its quota.
        quota: Option<u64>,
        /// Its requested.
        requested: Option<u64>,
    },
}

impl Error {
    /// The exception with which a page's promise is rejected.
    pub fn exception(&self) -> Exception {
        match self {
            Error::PermissionDenied => Exception::NotAllowed,
            Error::NoActiveWorker
            | Error::EmptyId
            | Error::DuplicateId
            | Error::NoRequests
            | Error::BadRequest { .. }
            | Error::LimitExceeded { .. }
            | Error::RequestBody(_)
            | Error::RecordFailed(_)
            | Error::Redundant => Exception::Type,
            Error::QuotaExceeded { quota, requested } => {
                Exception::QuotaExceeded { quota: Some(*quota), requested: Some(*requested) }
            }
            Error::Aborted | Error::ServiceEnded => Exception::Abort,
            Error::RecordsUnavailable => Exception::InvalidState,
            // No room is no room; how much there would have been is not known.
            Error::Store(StoreError::DiskFull) => Exception::QuotaExceeded { quota: None, requested: None },
            Error::Store(_) => Exception::Unknown,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::QuotaExceeded { quota, requested } => Error::QuotaExceeded { quota, requested },
            StoreError::DuplicateId(_) => Error::DuplicateId,
            StoreError::NotFound(_) => Error::RecordsUnavailable,
            StoreError::DiskFull | StoreError::Closed | StoreError::Failed(_) => Error::Store(error),
        }
    }
}
