//! Partial responses (<https://wicg.github.io/background-fetch/#validate-partial-response-algorithm>).

use fetch::ResponseHead;

use crate::host::{StoredResponse, Validator};
use fetch::http::content_range::{ContentRange, extract_content_range_values};

/// A partial response that matches neither what was asked for nor what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    #[error("it has no usable Content-Range")]
    ContentRange,
    #[error("it starts at byte {found} instead of byte {expected}")]
    Start { found: u64, expected: u64 },
    #[error("its validator differs from the first response's")]
    Validator,
    #[error("its complete length differs from the first response's")]
    Length,
    #[error("it comes from another URL than the first response")]
    Url,
    #[error("its content is encoded")]
    Encoded,
}

/// [Validate a partial
/// response](https://wicg.github.io/background-fetch/#validate-partial-response-algorithm): `response` (its
/// internal head, of status 206) against the byte it should start with, and against the response that the
/// bytes before it came with, if there is one.
pub(crate) fn validate_partial_response(
    expected_range_start: u64,
    response: &ResponseHead,
    previous_response: Option<&StoredResponse>,
) -> Result<ContentRange, Invalid> {
    // 2. The content-range values.
    let range = extract_content_range_values(&response.headers).ok_or(Invalid::ContentRange)?;
    // 3. It has to start where we asked.
    if range.first != expected_range_start {
        return Err(Invalid::Start { found: range.first, expected: expected_range_start });
    }
    // NB: SD-12: offsets count encoded bytes, we hold decoded ones.
    if response.content_decoded {
        return Err(Invalid::Encoded);
    }
    // 4. Compare with the previous response.
    let Some(previous) = previous_response else { return Ok(range) };
    // 4.1. The validators. NB: SD-11: the strong one that was sent in If-Range is what counts; a 206 need not
    // repeat Last-Modified (RFC 9110, 15.3.7), so that one may be absent.
    let unchanged = match &previous.validator {
        Some(Validator::ETag(tag)) => response.headers.get("ETag").as_ref() == Some(tag),
        Some(Validator::LastModified(date)) => {
            response.headers.get("Last-Modified").is_none_or(|now| now == *date)
        }
        None => false,
    };
    if !unchanged {
        return Err(Invalid::Validator);
    }
    // 4.2. The complete lengths, also where the first one was a Content-Length.
    if let (Some(before), Some(now)) = (previous.complete_length, range.complete_length)
        && before != now
    {
        return Err(Invalid::Length);
    }
    // NB: SD-11: the same final URL.
    if response.url() != previous.final_url.as_ref() {
        return Err(Invalid::Url);
    }
    // 5. Valid.
    Ok(range)
}

#[cfg(test)]
mod tests {
    use fetch::{HeaderList, Url};

    use super::*;

    fn partial(headers: &[(&str, &str)]) -> ResponseHead {
        ResponseHead {
            status: 206,
            headers: HeaderList::from_iter(headers.iter().copied()),
            url_list: vec![Url::parse("https://a.example/ep").unwrap()],
            ..ResponseHead::default()
        }
    }

    fn previous(validator: Validator) -> StoredResponse {
        StoredResponse {
            head: ResponseHead::default(),
            final_url: Url::parse("https://a.example/ep").ok(),
            validator: Some(validator),
            complete_length: Some(10),
            content_decoded: false,
            null_body: false,
        }
    }

    fn etag(tag: &str) -> Validator {
        Validator::ETag(tag.as_bytes().to_vec())
    }

    #[test]
    fn the_rest_of_the_same_representation_is_valid() {
        let response = partial(&[("ETag", "\"1\""), ("Content-Range", "bytes 4-9/10")]);
        let range = validate_partial_response(4, &response, Some(&previous(etag("\"1\"")))).unwrap();
        assert_eq!((range.first, range.last), (4, 9));
    }

    #[test]
    fn a_first_partial_response_is_held_against_its_start_alone() {
        let response = partial(&[("Content-Range", "bytes 0-3/10")]);
        assert!(validate_partial_response(0, &response, None).is_ok());
        assert_eq!(
            validate_partial_response(4, &response, None),
            Err(Invalid::Start { found: 0, expected: 4 })
        );
        assert_eq!(validate_partial_response(0, &partial(&[]), None), Err(Invalid::ContentRange));
    }

    #[test]
    fn a_changed_or_missing_entity_tag_is_invalid() {
        for headers in [
            &[("ETag", "\"2\""), ("Content-Range", "bytes 4-9/10")][..],
            &[("ETag", "W/\"1\""), ("Content-Range", "bytes 4-9/10")],
            &[("Content-Range", "bytes 4-9/10")],
        ] {
            let result = validate_partial_response(4, &partial(headers), Some(&previous(etag("\"1\""))));
            assert_eq!(result, Err(Invalid::Validator));
        }
    }

    #[test]
    fn last_modified_may_be_left_out_but_not_changed() {
        let previous = previous(Validator::LastModified(b"Sun, 06 Nov 1994 08:49:37 GMT".to_vec()));
        let without = partial(&[("Content-Range", "bytes 4-9/10")]);
        assert!(validate_partial_response(4, &without, Some(&previous)).is_ok());
        let changed =
            partial(&[("Content-Range", "bytes 4-9/10"), ("Last-Modified", "Mon, 07 Nov 1994 08:49:37 GMT")]);
        assert_eq!(validate_partial_response(4, &changed, Some(&previous)), Err(Invalid::Validator));
    }

    #[test]
    fn a_changed_length_is_invalid_and_an_unknown_one_is_not() {
        let changed = partial(&[("ETag", "\"1\""), ("Content-Range", "bytes 4-10/11")]);
        let unknown = partial(&[("ETag", "\"1\""), ("Content-Range", "bytes 4-9/*")]);
        let previous = previous(etag("\"1\""));
        assert_eq!(validate_partial_response(4, &changed, Some(&previous)), Err(Invalid::Length));
        assert!(validate_partial_response(4, &unknown, Some(&previous)).is_ok());
    }

    #[test]
    fn another_final_url_is_invalid() {
        let mut response = partial(&[("ETag", "\"1\""), ("Content-Range", "bytes 4-9/10")]);
        response.url_list = vec![Url::parse("https://b.example/ep").unwrap()];
        assert_eq!(
            validate_partial_response(4, &response, Some(&previous(etag("\"1\"")))),
            Err(Invalid::Url)
        );
    }

    #[test]
    fn an_encoded_part_is_invalid() {
        let mut response = partial(&[("ETag", "\"1\""), ("Content-Range", "bytes 4-9/10")]);
        response.content_decoded = true;
        let result = validate_partial_response(4, &response, Some(&previous(etag("\"1\""))));
        assert_eq!(result, Err(Invalid::Encoded));
    }
}
