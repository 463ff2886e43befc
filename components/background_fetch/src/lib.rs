//! Background Fetch for any engine (<https://wicg.github.io/background-fetch/>).

mod bodies;
pub mod concepts;
mod config;
mod error;
mod handle;
pub mod host;

pub use config::{Config, RetryPolicy};
pub use error::{BadRequest, Error, Exception};
pub use handle::{
    Handle, ListedFetch, ListedRecord, MatchedRecord, MatchedResponse, NewBackgroundFetch, NewRequest,
    Observer, Query, QueryOptions, Reply,
};
