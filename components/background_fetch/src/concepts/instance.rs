//! What a `BackgroundFetchRegistration` object shows.

use std::sync::Arc;

use super::{FetchResult, UniqueId};

/// The values of a
/// [BackgroundFetchRegistration](https://wicg.github.io/background-fetch/#backgroundfetchregistration) at one
/// moment, to be copied into the object so that its attributes answer at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Which background fetch this is.
    pub unique_id: UniqueId,
    /// The id that the page gave it.
    pub id: Arc<str>,
    /// The bytes of all request bodies.
    pub upload_total: u64,
    /// The bytes of request bodies sent so far.
    pub uploaded: u64,
    /// The announced size of all response bodies; 0 if none was.
    pub download_total: u64,
    /// The bytes of response bodies stored so far.
    pub downloaded: u64,
    /// The result and failure reason.
    pub result: FetchResult,
    /// Whether `match()` and `matchAll()` still find records.
    pub records_available: bool,
}
