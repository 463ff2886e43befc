//! `Content-Range`
//! (<https://wicg.github.io/background-fetch/#extract-content-range-values-algorithm>).

use super::header_list::HeaderList;

/// What a `Content-Range` header says of the bytes that follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// The first byte's place.
    pub first: u64,
    /// The last byte's place, inclusive.
    pub last: u64,
    /// The whole representation's length; `None` for `*`.
    pub complete_length: Option<u64>,
}

/// [Extract content-range
/// values](https://wicg.github.io/background-fetch/#extract-content-range-values-algorithm)
///
/// NB: SD-29: the unit is `bytes` followed by a space; several headers are combined, which makes them
/// invalid; the values have to make sense: `first <= last < complete`, without overflow.
pub fn extract_content_range_values(headers: &HeaderList) -> Option<ContentRange> {
    // 1, 2. The header's value.
    let value = headers.get("Content-Range")?;
    // 3–7. Parse it.
    let (range, complete_length) = split(&value)?;
    let dash = range.iter().position(|&byte| byte == b'-')?;
    let (first, last) = (digits(&range[..dash])?, digits(&range[dash + 1..])?);
    // 8. `*` is no length.
    let complete_length = match complete_length {
        b"*" => None,
        length => Some(digits(length)?),
    };
    // 9. The values.
    let sensible = first <= last && last < u64::MAX && complete_length.is_none_or(|length| last < length);
    sensible.then_some(ContentRange { first, last, complete_length })
}

/// The length in a `Content-Range` of a 416, `bytes */1234`
/// (<https://www.rfc-editor.org/rfc/rfc9110#name-content-range>).
pub fn unsatisfied_length(headers: &HeaderList) -> Option<u64> {
    match split(&headers.get("Content-Range")?)? {
        (b"*", length) => digits(length),
        _ => None,
    }
}

/// What stands between `bytes ` and `/`, and what stands after that.
fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let (unit, rest) = value.split_at_checked(6)?;
    if !unit.eq_ignore_ascii_case(b"bytes ") {
        return None;
    }
    let slash = rest.iter().position(|&byte| byte == b'/')?;
    Some((&rest[..slash], &rest[slash + 1..]))
}

/// `1*DIGIT`, if it fits.
fn digits(text: &[u8]) -> Option<u64> {
    let all_digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    all_digits.then_some(text).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn extract(value: &str) -> Option<ContentRange> {
        extract_content_range_values(&HeaderList::from_iter([("content-range", value)]))
    }

    #[test]
    fn a_range_with_or_without_a_length_is_read() {
        let range = ContentRange { first: 0, last: 4, complete_length: Some(5) };
        assert_eq!(extract("bytes 0-4/5"), Some(range));
        assert_eq!(extract("Bytes 0-4/5"), Some(range));
        assert_eq!(extract("bytes 0-4/*"), Some(ContentRange { complete_length: None, ..range }));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let wrong = [
            "",
            "bytes",
            "bytes=0-4/5",
            "bytes  0-4/5",
            "bytes 0-4",
            "bytes 0-4/",
            "bytes -4/5",
            "bytes 0-/5",
            "bytes 4-0/5",
            "bytes 0-5/5",
            "bytes */5",
            "bytes 0-4/5 ",
            "bytes +0-4/5",
            "items 0-4/5",
            "bytes 0-4/99999999999999999999",
            "bytes 0-18446744073709551615/*",
            "bytes 0-4/5, bytes 0-4/5",
        ];
        assert_eq!(wrong.into_iter().find(|value| extract(value).is_some()), None);
    }

    #[test]
    fn two_headers_are_refused() {
        let headers =
            HeaderList::from_iter([("Content-Range", "bytes 0-4/5"), ("Content-Range", "bytes 0-4/5")]);
        assert_eq!(extract_content_range_values(&headers), None);
        assert_eq!(extract_content_range_values(&HeaderList::new()), None);
    }

    #[test]
    fn a_416_tells_the_length() {
        let length = |value: &str| unsatisfied_length(&HeaderList::from_iter([("Content-Range", value)]));
        assert_eq!(length("bytes */1234"), Some(1234));
        assert_eq!(length("bytes */*"), None);
        assert_eq!(length("bytes 0-1/2"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_without_a_panic(value: Vec<u8>) {
            let headers = HeaderList::from_iter([("Content-Range", value)]);
            if let Some(range) = extract_content_range_values(&headers) {
                prop_assert!(range.first <= range.last);
                prop_assert!(range.complete_length.is_none_or(|length| range.last < length));
            }
            unsatisfied_length(&headers);
        }

        #[test]
        fn what_a_server_writes_is_read(first: u32, length in 1u32.., rest: u32) {
            let (first, last) = (u64::from(first), u64::from(first) + u64::from(length) - 1);
            let complete = last + 1 + u64::from(rest);
            prop_assert_eq!(
                extract(&format!("bytes {first}-{last}/{complete}")),
                Some(ContentRange { first, last, complete_length: Some(complete) })
            );
        }
    }
}
