//! Going on where a transfer was cut (NB: SD-11, SD-12, SD-14: the specification resumes more boldly than is
//! safe).

use std::time::Duration;

use fetch::cors::preflight::may_need_preflight;
use fetch::{HeaderList, Request, Response, ResponseHead};

use crate::host::{StoredResponse, Validator};
use fetch::http::content_range::extract_content_range_values;

/// How much older than `Date` a `Last-Modified` has to be to be
/// [strong](https://www.rfc-editor.org/rfc/rfc9110#name-comparison): enough that clocks don't matter.
const STRONG_AGE: Duration = Duration::from_secs(60);

/// How the next attempt at a record starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// The whole representation is stored; only the result is missing.
    Complete,
    /// From the first byte. What is stored is of no use.
    Fresh,
    /// From this byte, if the validator still holds.
    Resume(u64, Validator),
}

/// Whether the page asked for a range itself. NB: SD-14: then its 206 is what it asked for, and nothing is
/// resumed.
pub(crate) fn has_own_range(request: &Request) -> bool {
    request.headers.contains("Range")
}

/// How to go on with a record that has `received` bytes of `response`.
pub(crate) fn plan(request: &Request, response: Option<&StoredResponse>, received: u64) -> Start {
    let Some(response) = response else { return Start::Fresh };
    let own_range = has_own_range(request);
    if !response.content_decoded && !own_range && response.complete_length == Some(received) {
        return Start::Complete;
    }
    match &response.validator {
        Some(validator)
            if received > 0 && request.method == "GET" && !own_range && !response.content_decoded =>
        {
            Start::Resume(received, validator.clone())
        }
        _ => Start::Fresh,
    }
}

/// Adds what makes `request` ask for the bytes from `start` on.
pub(crate) fn add_range(request: &mut Request, start: u64, validator: &Validator) {
    // The two headers are ours, not the page's: a request that needed no CORS preflight before needs none
    // now.
    request.unsafe_request = may_need_preflight(request);
    request.add_range_header(start, None);
    // NB: SD-11: without If-Range another representation's bytes could follow ours.
    let (Validator::ETag(value) | Validator::LastModified(value)) = validator;
    request.headers.set("If-Range", value.clone());
}

/// What is kept of a response.
pub(crate) fn stored_response(response: &Response) -> StoredResponse {
    let internal = response.internal_head();
    StoredResponse {
        head: response.head.clone(),
        final_url: internal.url().cloned(),
        validator: strong_validator(&internal.headers),
        complete_length: complete_length(internal),
        content_decoded: internal.content_decoded,
        null_body: response.body.is_none(),
    }
}

/// The whole representation's length.
fn complete_length(head: &ResponseHead) -> Option<u64> {
    if head.status == 206 {
        return extract_content_range_values(&head.headers)?.complete_length;
    }
    if head.content_decoded {
        return None;
    }
    let value = head.headers.get("Content-Length")?;
    let digits = value.iter().all(u8::is_ascii_digit).then_some(value)?;
    String::from_utf8(digits).ok()?.parse().ok()
}

/// The strong entity tag, else the modification date if it is strong.
fn strong_validator(headers: &HeaderList) -> Option<Validator> {
    if let Some(tag) = headers.get("ETag") {
        // A weak or malformed tag says that the bytes may differ; a date would not make up for that.
        let strong = tag.len() >= 2
            && tag.starts_with(b"\"")
            && tag.ends_with(b"\"")
            && tag[1..tag.len() - 1].iter().all(|&byte| byte == 0x21 || byte >= 0x23 && byte != 0x7f);
        return strong.then_some(Validator::ETag(tag));
    }
    let modified = headers.get("Last-Modified")?;
    let date = |value: &[u8]| httpdate::parse_http_date(std::str::from_utf8(value).ok()?).ok();
    let age = date(&headers.get("Date")?)?.duration_since(date(&modified)?).ok()?;
    (age >= STRONG_AGE).then_some(Validator::LastModified(modified))
}

#[cfg(test)]
mod tests {
    use fetch::{Origin, Url};

    use super::*;

    fn request() -> Request {
        Request::new(Url::parse("https://a.example/ep").unwrap(), Origin::new_opaque())
    }

    fn stored(headers: &[(&str, &str)]) -> StoredResponse {
        let head = ResponseHead {
            status: 200,
            headers: HeaderList::from_iter(headers.iter().copied()),
            ..ResponseHead::default()
        };
        stored_response(&Response::new(head, None))
    }

    #[test]
    fn a_strong_entity_tag_is_resumed_with() {
        let response = stored(&[("ETag", "\"1\""), ("Content-Length", "10")]);
        assert_eq!(response.complete_length, Some(10));
        let start = plan(&request(), Some(&response), 4);
        assert_eq!(start, Start::Resume(4, Validator::ETag(b"\"1\"".to_vec())));
        let mut request = request();
        if let Start::Resume(from, validator) = &start {
            add_range(&mut request, *from, validator);
        }
        assert_eq!(request.headers.get_string("Range").as_deref(), Some("bytes=4-"));
        assert_eq!(request.headers.get_string("If-Range").as_deref(), Some("\"1\""));
    }

    #[test]
    fn a_resumed_request_needs_a_preflight_only_if_the_page_s_own_did() {
        let validator = Validator::ETag(b"\"1\"".to_vec());
        for (header, needs) in [("Accept-Language", false), ("X-Custom", true)] {
            let mut request = request();
            request.unsafe_request = true;
            request.headers.append(header, "de");
            assert_eq!(may_need_preflight(&request), needs);
            add_range(&mut request, 4, &validator);
            assert_eq!(may_need_preflight(&request), needs);
        }
    }

    #[test]
    fn a_weak_or_malformed_entity_tag_is_not() {
        for tag in ["W/\"1\"", "1", "\"", "\"a\"b\"", ""] {
            let response = stored(&[
                ("ETag", tag),
                ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
                ("Date", "Mon, 07 Nov 1994 08:49:37 GMT"),
            ]);
            assert_eq!(plan(&request(), Some(&response), 4), Start::Fresh, "{tag}");
        }
    }

    #[test]
    fn a_modification_date_counts_if_it_is_old_enough() {
        let with_date = |date: &str| {
            let response = stored(&[("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", date)]);
            matches!(plan(&request(), Some(&response), 4), Start::Resume(4, Validator::LastModified(_)))
        };
        assert!(with_date("Sun, 06 Nov 1994 08:50:37 GMT"));
        assert!(!with_date("Sun, 06 Nov 1994 08:50:36 GMT"));
        assert!(!with_date("Sat, 05 Nov 1994 08:49:37 GMT"));
        assert!(!with_date("yesterday"));
        let without = stored(&[("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")]);
        assert_eq!(plan(&request(), Some(&without), 4), Start::Fresh);
    }

    #[test]
    fn decoded_bytes_are_never_resumed() {
        let mut response = stored(&[("ETag", "\"1\"")]);
        response.content_decoded = true;
        assert_eq!(plan(&request(), Some(&response), 4), Start::Fresh);
        response.complete_length = Some(4);
        assert_eq!(plan(&request(), Some(&response), 4), Start::Fresh);
    }

    #[test]
    fn a_range_of_the_page_s_own_is_left_alone() {
        let mut request = request();
        request.headers.append("range", "bytes=0-9");
        let response = stored(&[("ETag", "\"1\""), ("Content-Length", "10")]);
        assert_eq!(plan(&request, Some(&response), 4), Start::Fresh);
        assert_eq!(plan(&request, Some(&response), 10), Start::Fresh);
    }

    #[test]
    fn only_get_is_resumed() {
        let mut request = request();
        request.method = "HEAD".to_owned();
        assert_eq!(plan(&request, Some(&stored(&[("ETag", "\"1\"")])), 4), Start::Fresh);
    }

    #[test]
    fn a_body_of_which_only_the_end_was_not_seen_is_complete() {
        let response = stored(&[("Content-Length", "10")]);
        assert_eq!(plan(&request(), Some(&response), 10), Start::Complete);
        assert_eq!(plan(&request(), Some(&response), 9), Start::Fresh);
        assert_eq!(plan(&request(), None, 0), Start::Fresh);
    }

    #[test]
    fn a_content_length_that_is_no_number_is_not_believed() {
        for value in ["", "+1", "10, 10", "99999999999999999999"] {
            assert_eq!(stored(&[("Content-Length", value)]).complete_length, None, "{value}");
        }
    }
}
