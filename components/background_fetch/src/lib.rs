//! Background Fetch for any engine (<https://wicg.github.io/background-fetch/>).

mod algorithms;
mod bodies;
pub mod concepts;
mod config;
mod error;
mod handle;
pub mod host;
mod service;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use concepts::{
    FailureReason, FetchResult, ImageResource, Instance, RecordId, RecordResult, RegistrationKey,
    SettledResult, UiUpdate, UniqueId,
};
pub use config::{Config, RetryPolicy};
pub use error::{BadRequest, Error, Exception};
pub use handle::{
    Handle, ListedFetch, ListedRecord, MatchedRecord, MatchedResponse, NewBackgroundFetch, NewRequest,
    Observer, Query, QueryOptions, Reply,
};
pub use service::BackgroundFetchService;
