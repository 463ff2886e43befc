//! What a response means for its record: "process response" of
//! [complete a record](https://wicg.github.io/background-fetch/#complete-a-record-algorithm).

use fetch::http::statuses::is_ok_status;
use fetch::{Request, ResponseHead};

use super::partial_response::{Invalid, validate_partial_response};
use super::resume::has_own_range;
use crate::host::StoredResponse;
use fetch::http::content_range::unsatisfied_length;

/// What to do with a response whose head has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Read the body as a new one. What was stored before, if anything, is redundant.
    Replace {
        /// Whether the body may be a part only, so that its end is not the whole's end.
        partial: bool,
    },
    /// Read the body as the next part of what is stored.
    Append,
    /// Everything is stored already.
    Complete,
    /// The status is not ok.
    BadStatus,
    /// The server can't now; what is stored stays good.
    TryLater,
    /// What came does not fit what is stored: forget that, and start again.
    Restart(Mismatch),
    /// A partial response that was not asked for and can't be asked for again.
    FetchError,
}

/// Why a response does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mismatch {
    #[error("the partial response is invalid: {0}")]
    Invalid(Invalid),
    #[error("the server does not have the range from byte {0} on")]
    Unsatisfied(u64),
    #[error("more bytes came than the whole should have")]
    TooLong,
    #[error("the server does not allow to go on where it was cut")]
    NotAllowed,
}

/// Steps 2 to 4 of "process response" for a response that is not a network error. `head` is its internal
/// head, `range_start` where we asked it to start, and `stored` the response that goes with the bytes before
/// that.
pub(crate) fn process_response(
    request: &Request,
    range_start: u64,
    head: &ResponseHead,
    stored: Option<&StoredResponse>,
) -> Verdict {
    let resuming = range_start > 0;
    match head.status {
        // NB: SD-14: the page asked for a range; whatever part it gets is what it asked for.
        206 if has_own_range(request) => Verdict::Replace { partial: false },
        // NB: SD-15: can't be asked for again.
        206 if request.method != "GET" => Verdict::FetchError,
        // 2. A partial response has to be valid. NB: SD-10: an invalid one is a reason to start again.
        206 => match validate_partial_response(range_start, head, stored.filter(|_| resuming)) {
            Err(invalid) => Verdict::Restart(Mismatch::Invalid(invalid)),
            Ok(_) if resuming => Verdict::Append,
            Ok(_) => Verdict::Replace { partial: true },
        },
        // NB: SD-9: "there is nothing after what you have" is success; any other 416 is a reason to start
        // again.
        416 if resuming && unsatisfied_length(&head.headers) == Some(range_start) => Verdict::Complete,
        416 if resuming => Verdict::Restart(Mismatch::Unsatisfied(range_start)),
        // NB: SD-9: the server is in trouble; that says nothing about the bytes that we have.
        429 | 500..=599 if resuming => Verdict::TryLater,
        // 3, 4. Anything else replaces what there was. NB: SD-8: which is "redundant" only if there was
        // something.
        status if is_ok_status(status) => Verdict::Replace { partial: false },
        // NB: SD-69: nothing of such a body is kept.
        _ => Verdict::BadStatus,
    }
}

/// What the normal end of a body means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// The whole is stored.
    Success,
    /// The next part has to be asked for.
    More,
    /// More is stored than there should be.
    TooLong,
}

/// "The bytes transmission for the stream is done normally": `received` bytes are there now,
/// `complete_length` is what the last part's `Content-Range` said.
pub(crate) fn end_of_body(partial: bool, complete_length: Option<u64>, received: u64) -> BodyEnd {
    match complete_length {
        // 2, 3. Not a part: the end is the end. (A bad status never gets here.)
        _ if !partial => BodyEnd::Success,
        // 1. The server need not have sent the whole remainder.
        Some(length) if received == length => BodyEnd::Success,
        Some(length) if received > length => BodyEnd::TooLong,
        _ => BodyEnd::More,
    }
}

#[cfg(test)]
mod tests {
    use fetch::{HeaderList, Origin, Url};

    use super::*;
    use crate::host::Validator;

    fn request(method: &str) -> Request {
        let mut request = Request::new(Url::parse("https://a.example/ep").unwrap(), Origin::new_opaque());
        request.method = method.to_owned();
        request
    }

    fn head(status: u16, headers: &[(&str, &str)]) -> ResponseHead {
        let headers = HeaderList::from_iter(headers.iter().copied());
        ResponseHead { status, headers, ..ResponseHead::default() }
    }

    fn stored() -> StoredResponse {
        StoredResponse {
            head: ResponseHead::default(),
            final_url: None,
            validator: Some(Validator::ETag(b"\"1\"".to_vec())),
            complete_length: Some(10),
            content_decoded: false,
            null_body: false,
        }
    }

    fn resume(head: &ResponseHead) -> Verdict {
        process_response(&request("GET"), 4, head, Some(&stored()))
    }

    fn start(head: &ResponseHead) -> Verdict {
        process_response(&request("GET"), 0, head, None)
    }

    #[test]
    fn a_first_response_is_taken_or_its_status_is_bad() {
        for status in [200, 203, 204] {
            assert_eq!(start(&head(status, &[])), Verdict::Replace { partial: false });
        }
        for status in [0, 302, 404, 416, 429, 503] {
            assert_eq!(start(&head(status, &[])), Verdict::BadStatus, "{status}");
        }
    }

    #[test]
    fn a_whole_response_to_a_range_replaces_what_was_stored() {
        assert_eq!(resume(&head(200, &[("ETag", "\"2\"")])), Verdict::Replace { partial: false });
        assert_eq!(resume(&head(404, &[])), Verdict::BadStatus);
    }

    #[test]
    fn the_rest_is_appended() {
        let rest = head(206, &[("ETag", "\"1\""), ("Content-Range", "bytes 4-9/10")]);
        assert_eq!(resume(&rest), Verdict::Append);
    }

    #[test]
    fn a_part_that_does_not_fit_is_a_reason_to_start_again() {
        let elsewhere = head(206, &[("ETag", "\"1\""), ("Content-Range", "bytes 5-9/10")]);
        let found = Invalid::Start { found: 5, expected: 4 };
        assert_eq!(resume(&elsewhere), Verdict::Restart(Mismatch::Invalid(found)));
    }

    #[test]
    fn a_416_that_names_our_length_is_success() {
        assert_eq!(resume(&head(416, &[("Content-Range", "bytes */4")])), Verdict::Complete);
        for headers in [&[][..], &[("Content-Range", "bytes */5")]] {
            assert_eq!(resume(&head(416, headers)), Verdict::Restart(Mismatch::Unsatisfied(4)));
        }
    }

    #[test]
    fn a_server_in_trouble_does_not_cost_what_is_stored() {
        for status in [429, 500, 502, 503, 504] {
            assert_eq!(resume(&head(status, &[])), Verdict::TryLater);
        }
    }

    #[test]
    fn a_part_that_nobody_asked_for_is_only_taken_from_the_start_and_of_a_get() {
        let from_start = head(206, &[("Content-Range", "bytes 0-3/10")]);
        assert_eq!(start(&from_start), Verdict::Replace { partial: true });
        let later = head(206, &[("Content-Range", "bytes 1-3/10")]);
        assert!(matches!(start(&later), Verdict::Restart(_)));
        assert_eq!(process_response(&request("POST"), 0, &from_start, None), Verdict::FetchError);
    }

    #[test]
    fn a_part_that_the_page_asked_for_is_the_whole_of_it() {
        for method in ["GET", "POST"] {
            let mut request = request(method);
            request.headers.append("Range", "bytes=1-3");
            let part = head(206, &[("Content-Range", "bytes 1-3/10")]);
            assert_eq!(process_response(&request, 0, &part, None), Verdict::Replace { partial: false });
        }
    }

    #[test]
    fn a_part_ends_when_the_whole_is_there() {
        assert_eq!(end_of_body(false, None, 4), BodyEnd::Success);
        assert_eq!(end_of_body(true, Some(10), 10), BodyEnd::Success);
        assert_eq!(end_of_body(true, Some(10), 9), BodyEnd::More);
        assert_eq!(end_of_body(true, Some(10), 11), BodyEnd::TooLong);
        assert_eq!(end_of_body(true, None, 10), BodyEnd::More);
    }
}
