//! Forbidden headers (<https://fetch.spec.whatwg.org/#forbidden-request-header>).

use super::header_values::get_decode_and_split;
use super::methods::is_forbidden_method;

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
pub fn is_forbidden_request_header(name: &str, value: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        // 1. By name.
        "accept-charset"
        | "accept-encoding"
        | "access-control-request-headers"
        | "access-control-request-method"
        | "connection"
        | "content-length"
        | "cookie"
        | "cookie2"
        | "date"
        | "dnt"
        | "expect"
        | "host"
        | "keep-alive"
        | "origin"
        | "referer"
        | "set-cookie"
        | "te"
        | "trailer"
        | "transfer-encoding"
        | "upgrade"
        | "via" => true,
        // 3. By the methods in it.
        "x-http-method" | "x-http-method-override" | "x-method-override" => {
            get_decode_and_split(value).iter().any(|method| is_forbidden_method(method))
        }
        // 2. By prefix; 4. all others are fine.
        _ => name.starts_with("proxy-") || name.starts_with("sec-"),
    }
}

/// <https://fetch.spec.whatwg.org/#forbidden-response-header-name>
pub fn is_forbidden_response_header_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("set-cookie") || name.eq_ignore_ascii_case("set-cookie2")
}

/// <https://fetch.spec.whatwg.org/#request-body-header-name>
pub const REQUEST_BODY_HEADER_NAMES: [&str; 4] =
    ["Content-Encoding", "Content-Language", "Content-Location", "Content-Type"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_prefixes_and_smuggled_methods_are_forbidden() {
        assert!(is_forbidden_request_header("Cookie", b"") && is_forbidden_request_header("HOST", b"x"));
        assert!(
            is_forbidden_request_header("Sec-Anything", b"") && is_forbidden_request_header("proxy-x", b"")
        );
        assert!(is_forbidden_request_header("X-HTTP-Method", b"GET, trace"));
        assert!(!is_forbidden_request_header("X-HTTP-Method", b"GET, PATCH"));
        assert!(
            !is_forbidden_request_header("Range", b"bytes=0-") && !is_forbidden_request_header("secx", b"")
        );
    }

    #[test]
    fn cookies_are_forbidden_in_responses() {
        assert!(
            is_forbidden_response_header_name("Set-Cookie") && !is_forbidden_response_header_name("Cookie")
        );
    }
}
