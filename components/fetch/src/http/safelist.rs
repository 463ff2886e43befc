//! CORS-safelisted headers and their kin (<https://fetch.spec.whatwg.org/#cors-safelisted-request-header>).

use super::forbidden::is_forbidden_response_header_name;
use super::header_list::{HeaderList, sorted_lowercase_set};
use super::isomorphic_decode;
use super::ranges::parse_single_range_header_value;
use crate::mime_type::MimeType;

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
pub fn is_cors_safelisted_request_header(name: &str, value: &[u8]) -> bool {
    // 1. Long values are not.
    if value.len() > 128 {
        return false;
    }
    // 2. By name:
    match name.to_ascii_lowercase().as_str() {
        "accept" => !value.iter().copied().any(is_cors_unsafe_request_header_byte),
        "accept-language" | "content-language" => {
            value.iter().all(|&byte| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(&byte))
        }
        "content-type" => {
            // 2.1. No delimiter may be in it.
            !value.iter().copied().any(is_cors_unsafe_request_header_byte)
                // 2.2–2.4. What a form can send, by the strict parser.
                && MimeType::parse(&isomorphic_decode(value)).is_some_and(|mime_type| {
                    matches!(
                        mime_type.essence().as_str(),
                        "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
                    )
                })
        }
        // A single range with a start.
        "range" => parse_single_range_header_value(value, false).is_some_and(|range| range.start.is_some()),
        _ => false,
    }
}

/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
const fn is_cors_unsafe_request_header_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t')
        || matches!(
            byte,
            b'"' | b'(' | b')' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}' | 0x7f
        )
}

/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
pub fn cors_unsafe_request_header_names(headers: &HeaderList) -> Vec<String> {
    // 1.–4. Sort by whether a header is safelisted; add up what the safelisted ones carry.
    let (safe, mut unsafe_names): (Vec<_>, Vec<_>) =
        headers.iter().partition(|header| is_cors_safelisted_request_header(&header.name, &header.value));
    let safelist_value_size: usize = safe.iter().map(|header| header.value.len()).sum();
    // 5. Together they may not be too long either.
    if safelist_value_size > 1024 {
        unsafe_names.extend(safe);
    }
    // 6. Lower case, sorted, each once.
    sorted_lowercase_set(unsafe_names.into_iter().map(|header| header.name.as_str()))
}

/// <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
pub fn is_cors_non_wildcard_request_header_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

/// <https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name>
pub fn is_privileged_no_cors_request_header_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("range")
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
pub fn is_cors_safelisted_response_header_name(name: &str, exposed: &[String]) -> bool {
    let equals = |other: &str| name.eq_ignore_ascii_case(other);
    [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ]
    .into_iter()
    .any(equals)
        || (exposed.iter().any(|item| equals(item)) && !is_forbidden_response_header_name(name))
}

/// <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name>
pub fn is_no_cors_safelisted_request_header_name(name: &str) -> bool {
    ["accept", "accept-language", "content-language", "content-type"]
        .into_iter()
        .any(|safe| name.eq_ignore_ascii_case(safe))
}

/// <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header>
pub fn is_no_cors_safelisted_request_header(name: &str, value: &[u8]) -> bool {
    is_no_cors_safelisted_request_header_name(name) && is_cors_safelisted_request_header(name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(name: &str, value: &str) -> bool {
        is_cors_safelisted_request_header(name, value.as_bytes())
    }

    #[test]
    fn only_form_content_types_are_safe() {
        assert!(safe("Content-Type", "text/plain;charset=utf-8"));
        assert!(safe("content-type", "multipart/form-data") && safe("content-type", "TEXT/PLAIN"));
        assert!(!safe("content-type", "application/json") && !safe("content-type", "text/plain, x/y("));
        assert!(!safe("content-type", "nonsense") && !safe("content-type", "text/plain;a=\"b\""));
    }

    #[test]
    fn languages_and_accept_have_their_own_bytes() {
        assert!(safe("accept", "*/*;q=0.1") && !safe("accept", "a:b") && !safe("accept", "a\x01"));
        assert!(safe("accept-language", "de-CH, *;q=0.5") && !safe("content-language", "de_CH"));
    }

    #[test]
    fn a_range_is_safe_with_a_start() {
        assert!(safe("range", "bytes=0-") && safe("Range", "bytes=1-5"));
        assert!(!safe("range", "bytes=-5") && !safe("range", "bytes=0-1,3-4") && !safe("range", "bytes= 0-"));
    }

    #[test]
    fn long_values_and_long_sums_are_unsafe() {
        assert!(safe("accept", &"a".repeat(128)) && !safe("accept", &"a".repeat(129)));
        let mut headers = HeaderList::new();
        for _ in 0..8 {
            headers.append("Accept", "a".repeat(128));
        }
        assert!(cors_unsafe_request_header_names(&headers).is_empty());
        headers.append("Accept-Language", "x");
        assert_eq!(cors_unsafe_request_header_names(&headers), ["accept", "accept-language"]);
    }

    #[test]
    fn unsafe_names_are_sorted_and_lower_case() {
        let headers = [("X-B", "1"), ("Accept", "*/*"), ("x-a", "2"), ("x-b", "3")].into_iter().collect();
        assert_eq!(cors_unsafe_request_header_names(&headers), ["x-a", "x-b"]);
    }

    #[test]
    fn exposed_headers_are_visible_but_never_cookies() {
        let exposed = ["X-Foo".to_owned(), "Set-Cookie".to_owned()];
        let visible = |name| is_cors_safelisted_response_header_name(name, &exposed);
        assert!(visible("x-foo") && visible("Content-Length") && visible("last-modified"));
        assert!(!visible("ETag") && !visible("set-cookie"));
    }

    #[test]
    fn range_is_cors_safe_but_not_no_cors_safe() {
        assert!(!is_no_cors_safelisted_request_header("range", b"bytes=0-"));
        assert!(is_no_cors_safelisted_request_header("Accept", b"*/*"));
        assert!(is_privileged_no_cors_request_header_name("Range"));
    }
}
