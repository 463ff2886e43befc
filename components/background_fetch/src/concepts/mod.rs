//! The specification's infrastructure: background fetches, records and responses as plain data
//! (<https://wicg.github.io/background-fetch/#infrastructure>).
//!
//! States are enums, so that combinations the specification never reaches cannot be written down: a failure
//! reason exists only inside [`FetchResult::Failure`], a record has a result only once it is settled.

mod background_fetch;
mod ids;
mod instance;
mod record;
mod result;
mod ui;

pub(crate) use background_fetch::{BackgroundFetch, Counts, Stage};
pub use ids::{RecordId, RegistrationKey, UniqueId};
pub use instance::Instance;
pub(crate) use record::{Attempt, BackgroundFetchRecord, RecordState, Running, UploadMeter};
pub use result::{FailureReason, FetchResult, RecordResult, SettledResult};
pub use ui::{ImageResource, UiUpdate};
