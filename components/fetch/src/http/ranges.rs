//! Ranges (<https://fetch.spec.whatwg.org/#simple-range-header-value>).

use super::header_values::parse_digits;
use super::is_http_tab_or_space;

/// A single range: at least one of the two is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SingleRange {
    /// The first byte; `None` for a suffix range (`bytes=-500`).
    pub start: Option<u64>,
    /// The last byte, inclusive, or a suffix range's length.
    pub end: Option<u64>,
}

/// <https://fetch.spec.whatwg.org/#simple-range-header-value>
pub fn parse_single_range_header_value(value: &[u8], allow_whitespace: bool) -> Option<SingleRange> {
    let skip = |rest: &mut &[u8]| {
        while allow_whitespace && rest.first().is_some_and(|&byte| is_http_tab_or_space(byte)) {
            *rest = &rest[1..];
        }
    };
    let digits = |rest: &mut &[u8]| {
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, after) = rest.split_at(length);
        *rest = after;
        parse_digits(number)
    };
    // 1.–3. The unit.
    let mut rest = value.strip_prefix(b"bytes")?;
    // 4.–7. An equals sign.
    skip(&mut rest);
    rest = rest.strip_prefix(b"=")?;
    skip(&mut rest);
    // 8.–10. The start.
    let start = digits(&mut rest);
    skip(&mut rest);
    // 11.–13. A dash.
    rest = rest.strip_prefix(b"-")?;
    skip(&mut rest);
    // 14.–16. The end, then nothing.
    let end = digits(&mut rest);
    if !rest.is_empty() {
        return None;
    }
    // 17.–19. One of them at least, in order.
    match (start, end) {
        (None, None) => None,
        (Some(start), Some(end)) if start > end => None,
        _ => Some(SingleRange { start, end }),
    }
}

/// <https://fetch.spec.whatwg.org/#build-a-content-range>
pub fn build_content_range(start: u64, end: u64, full_length: u64) -> String {
    format!("bytes {start}-{end}/{full_length}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str, allow_whitespace: bool) -> Option<(Option<u64>, Option<u64>)> {
        parse_single_range_header_value(value.as_bytes(), allow_whitespace)
            .map(|range| (range.start, range.end))
    }

    #[test]
    fn single_ranges_are_read() {
        assert_eq!(parse("bytes=0-499", false), Some((Some(0), Some(499))));
        assert_eq!(parse("bytes=5-", false), Some((Some(5), None)));
        assert_eq!(parse("bytes=-500", false), Some((None, Some(500))));
        assert_eq!(parse("bytes \t=\t0 -\t1", true), Some((Some(0), Some(1))));
    }

    #[test]
    fn all_else_is_refused() {
        let wrong = ["", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=0-1,2-3", "byte=0-", "Bytes=0-"];
        assert!(wrong.into_iter().all(|value| parse(value, true).is_none()));
        let spaced = ["bytes =0-", "bytes= 0-", "bytes=0 -", "bytes=0- 1", "bytes=0-1 "];
        assert!(spaced.into_iter().all(|value| parse(value, false).is_none()));
        // Behind the end there is no white space even where it is allowed.
        assert_eq!(parse("bytes=0-1 ", true), None);
    }

    #[test]
    fn a_content_range_names_first_last_and_length() {
        assert_eq!(build_content_range(0, 9, 10), "bytes 0-9/10");
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics(value: Vec<u8>, allow_whitespace: bool) {
            let _ = parse_single_range_header_value(&value, allow_whitespace);
        }

        #[test]
        fn what_a_request_adds_is_read_back(start: u64, length in proptest::option::of(0u64..1 << 40)) {
            let end = length.map(|length| start.saturating_add(length));
            let end_text = end.map(|end| end.to_string()).unwrap_or_default();
            assert_eq!(parse(&format!("bytes={start}-{end_text}"), false), Some((Some(start), end)));
        }
    }
}
