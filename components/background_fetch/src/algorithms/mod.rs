//! The specification's algorithms as far as they look at data alone
//! (<https://wicg.github.io/background-fetch/#algorithms>). What drives them over time is in `service`.

pub(crate) mod create;
pub(crate) mod failure_reason;
pub(crate) mod find_matches;
pub(crate) mod partial_response;
pub(crate) mod process_response;
pub(crate) mod resume;
pub(crate) mod retry;
