//! How fetches and records end.

use std::fmt;

use serde::{Deserialize, Serialize};

/// [BackgroundFetchFailureReason](https://wicg.github.io/background-fetch/#enumdef-backgroundfetchfailurereason)
/// without its empty string, which is the absence of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureReason {
    /// `abort()` was called or a person cancelled the fetch.
    Aborted,
    /// A response came with a status that is not ok.
    BadStatus,
    /// The network, a policy or an invalid partial response ended a request.
    FetchError,
    /// The origin's storage quota or the disk is full.
    QuotaExceeded,
    /// More bytes arrived than `downloadTotal` announced.
    DownloadTotalExceeded,
}

impl FailureReason {
    /// The reason as the IDL enumeration spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            FailureReason::Aborted => "aborted",
            FailureReason::BadStatus => "bad-status",
            FailureReason::FetchError => "fetch-error",
            FailureReason::QuotaExceeded => "quota-exceeded",
            FailureReason::DownloadTotalExceeded => "download-total-exceeded",
        }
    }

    /// Whether a record that ends so ends the whole fetch at once (NB: SD-3 adds "quota-exceeded").
    pub(crate) fn is_immediate(self) -> bool {
        matches!(self, FailureReason::QuotaExceeded | FailureReason::DownloadTotalExceeded)
    }
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A settled record's [result](https://wicg.github.io/background-fetch/#background-fetch-response-result).
///
/// The empty string is a record that has none yet; "redundant" is a response that its record no longer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordResult {
    /// The whole body is stored.
    Success,
    /// The record ended without it.
    Failed(FailureReason),
}

impl RecordResult {
    /// Whether the response may be
    /// [exposed](https://wicg.github.io/background-fetch/#background-fetch-response-exposed).
    pub fn is_exposed(self) -> bool {
        matches!(self, RecordResult::Success | RecordResult::Failed(FailureReason::BadStatus))
    }

    /// The reason, if the record failed.
    pub fn failure(self) -> Option<FailureReason> {
        match self {
            RecordResult::Success => None,
            RecordResult::Failed(reason) => Some(reason),
        }
    }
}

/// How a background fetch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettledResult {
    /// Every record is a success.
    Success,
    /// It failed, for this reason.
    Failure(FailureReason),
}

/// A background fetch's [result](https://wicg.github.io/background-fetch/#background-fetch-result) and
/// failure reason in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FetchResult {
    /// The empty string: still going on.
    Active,
    /// "success".
    Success,
    /// "failure", with its reason.
    Failure(FailureReason),
}

impl FetchResult {
    /// The result as
    /// [BackgroundFetchResult](https://wicg.github.io/background-fetch/#enumdef-backgroundfetchresult) spells
    /// it.
    pub fn as_str(self) -> &'static str {
        match self {
            FetchResult::Active => "",
            FetchResult::Success => "success",
            FetchResult::Failure(_) => "failure",
        }
    }

    /// The failure reason as the IDL enumeration spells it; empty where there is none.
    pub fn failure_reason_str(self) -> &'static str {
        self.failure_reason().map_or("", FailureReason::as_str)
    }

    /// The failure reason, if there is one.
    pub fn failure_reason(self) -> Option<FailureReason> {
        match self {
            FetchResult::Failure(reason) => Some(reason),
            FetchResult::Active | FetchResult::Success => None,
        }
    }
}

impl From<SettledResult> for FetchResult {
    fn from(settled: SettledResult) -> Self {
        match settled {
            SettledResult::Success => FetchResult::Success,
            SettledResult::Failure(reason) => FetchResult::Failure(reason),
        }
    }
}
