//! Why something was refused.

use thiserror::Error;

/// What a promise is rejected with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// A `TypeError`.
    #[error("{0}")]
    Type(String),
    /// A `SecurityError`.
    #[error("{0}")]
    Security(String),
    /// An `InvalidStateError`.
    #[error("{0}")]
    InvalidState(String),
    /// The profile could not keep it: an `AbortError`, or a `QuotaExceededError` where the disk is full.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The manager has ended; the host is about to exit.
    #[error("the service worker manager has ended")]
    ShutDown,
}

/// What a store reports.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct StoreError {
    /// What went wrong.
    pub kind: StoreErrorKind,
    /// What went wrong, where, for a person.
    pub message: String,
}

/// What can go wrong in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// There is no space left.
    Full,
    /// What is stored can't be read.
    Corrupt,
    /// The device or the database reports an error.
    Io,
    /// The store was closed.
    Closed,
}
