//! Why a fetch failed: the part of [perform a background
//! fetch](https://wicg.github.io/background-fetch/#perform-a-background-fetch-algorithm) that makes one
//! result of many.

use crate::concepts::{FailureReason, RecordResult, SettledResult};

/// The result of a fetch whose records have these results, in request order; `None` while it has to go on.
///
/// NB: SD-1: the first failed record in request order names the reason. SD-3: "quota-exceeded" ends
/// everything at once, as "download-total-exceeded" does; then the records that are settled by now decide
/// (SD-2), not those that are aborted because of it.
pub(crate) fn settled_result(
    results: impl IntoIterator<Item = Option<RecordResult>>,
) -> Option<SettledResult> {
    let mut first_failure: Option<FailureReason> = None;
    let (mut all_settled, mut immediate) = (true, false);
    for result in results {
        match result {
            None => all_settled = false,
            Some(RecordResult::Success) => {}
            Some(RecordResult::Failed(reason)) => {
                first_failure.get_or_insert(reason);
                immediate |= reason.is_immediate();
            }
        }
    }
    (all_settled || immediate).then(|| first_failure.map_or(SettledResult::Success, SettledResult::Failure))
}

#[cfg(test)]
mod tests {
    use super::FailureReason::*;
    use super::*;

    const OK: Option<RecordResult> = Some(RecordResult::Success);

    fn failed(reason: FailureReason) -> Option<RecordResult> {
        Some(RecordResult::Failed(reason))
    }

    #[test]
    fn it_goes_on_until_every_record_is_settled() {
        assert_eq!(settled_result([OK, None]), None);
        assert_eq!(settled_result([failed(BadStatus), None]), None);
        assert_eq!(settled_result([OK, OK]), Some(SettledResult::Success));
    }

    #[test]
    fn the_first_failure_in_request_order_names_the_reason() {
        let result = settled_result([OK, failed(FetchError), failed(BadStatus)]);
        assert_eq!(result, Some(SettledResult::Failure(FetchError)));
    }

    #[test]
    fn too_many_bytes_end_it_at_once() {
        for reason in [QuotaExceeded, DownloadTotalExceeded] {
            let result = settled_result([None, failed(reason), None]);
            assert_eq!(result, Some(SettledResult::Failure(reason)));
            let result = settled_result([failed(BadStatus), failed(reason), None]);
            assert_eq!(result, Some(SettledResult::Failure(BadStatus)));
        }
    }
}
