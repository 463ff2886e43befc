//! What can go wrong, in opening a profile and in using it.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use thiserror::Error;

/// Why a profile was not opened. Nothing in it was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error(
        "the profile {} is in use{}; end that program first, or choose another folder",
        path.display(),
        process.map(|id| format!(" by process {id}")).unwrap_or_default()
    )]
    InUse {
        /// The profile's folder.
        path: PathBuf,
        /// The other process, if it said who it is.
        process: Option<u32>,
    },
    /// It was written by a newer version of this program.
    #[error(
        "the profile {} has format {found}, which is newer than this program's {supported}; use the newer program, \
         or choose another folder",
        path.display()
    )]
    Newer {
        /// The profile's folder.
        path: PathBuf,
        /// The format it has.
        found: u32,
        /// The newest format that this program knows.
        supported: u32,
    },
    /// The file system refused something.
    #[error("{what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// The database refused something, for another reason than being damaged (then it is set aside).
    #[error("the database {} can't be opened: {source}", path.display())]
    Database {
        /// The database's file.
        path: PathBuf,
        /// What it answered.
        source: rusqlite::Error,
    },
}

impl OpenError {
    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| OpenError::Io { what, path, source }
    }
}

/// Why an operation did not happen. It left nothing behind.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The storage key may not use that much.
    #[error("the storage quota of {quota} bytes does not allow {requested} more")]
    QuotaExceeded {
        /// All that the storage key may use, in bytes.
        quota: u64,
        /// What was asked for, in bytes.
        requested: u64,
    },
    /// There is no space on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// There is one already.
    #[error("there is an active background fetch with the id {0:?}")]
    DuplicateId(String),
    /// There is no such background fetch.
    #[error("background fetch {0} is not in the profile")]
    UnknownFetch(u64),
    /// What is stored can't be read; the next opening of the profile checks all of it.
    #[error("the profile is damaged: {0}")]
    Corrupt(String),
    /// The profile was closed.
    #[error("the profile is closed")]
    Closed,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// An error from the file system.
    pub(crate) fn io(what: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Error::DiskFull
            }
            _ => Error::Failed(format!("{what}: {error}")),
        }
    }

    /// Stored JSON that can't be read.
    pub(crate) fn unreadable(what: &str, error: impl std::fmt::Display) -> Self {
        Error::Corrupt(format!("{what} can't be read: {error}"))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::DiskFull,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Error::Corrupt(error.to_string()),
            _ => Error::Failed(format!("the profile's database: {error}")),
        }
    }
}

impl From<Error> for background_fetch::host::StoreError {
    fn from(error: Error) -> Self {
        use background_fetch::host::StoreError;
        match error {
            Error::QuotaExceeded { quota, requested } => StoreError::QuotaExceeded { quota, requested },
            Error::DiskFull => StoreError::DiskFull,
            Error::DuplicateId(id) => StoreError::DuplicateId(id),
            Error::UnknownFetch(id) => StoreError::NotFound(background_fetch::concepts::UniqueId(id)),
            Error::Closed => StoreError::Closed,
            Error::Corrupt(_) | Error::Failed(_) => StoreError::Failed(error.to_string()),
        }
    }
}

impl From<Error> for service_worker::StoreError {
    fn from(error: Error) -> Self {
        use service_worker::StoreErrorKind;
        let kind = match &error {
            Error::QuotaExceeded { .. } | Error::DiskFull => StoreErrorKind::Full,
            Error::Corrupt(_) => StoreErrorKind::Corrupt,
            Error::Closed => StoreErrorKind::Closed,
            Error::DuplicateId(_) | Error::UnknownFetch(_) | Error::Failed(_) => StoreErrorKind::Io,
        };
        service_worker::StoreError { kind, message: error.to_string() }
    }
}

/// What came of trying to open a database.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It can't be opened.
    Fatal(OpenError),
    /// It is damaged, for this reason.
    Damaged(String),
    /// The database answered this.
    Database(rusqlite::Error),
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Failure::Fatal(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Failure::Damaged(error.to_string()),
            _ => Failure::Database(error),
        }
    }
}
