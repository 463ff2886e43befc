//! Methods (<https://fetch.spec.whatwg.org/#methods>).

use super::is_token;

/// Whether `method` is a method: RFC 9110's token.
pub fn is_method(method: &str) -> bool {
    is_token(method.as_bytes())
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-method>
pub fn is_cors_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>
pub fn is_forbidden_method(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

/// <https://fetch.spec.whatwg.org/#concept-method-normalize>
pub fn normalize_method(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    match upper.as_str() {
        "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => upper,
        _ => method.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_methods_are_upper_cased() {
        for method in ["delete", "Get", "hEAD", "options", "post", "put"] {
            assert_eq!(normalize_method(method), method.to_ascii_uppercase());
        }
        assert_eq!(normalize_method("patch"), "patch");
        assert_eq!(normalize_method("eGg"), "eGg");
    }

    #[test]
    fn forbidden_methods_are_found_in_any_case() {
        assert!(
            is_forbidden_method("TRACE") && is_forbidden_method("track") && is_forbidden_method("Connect")
        );
        assert!(!is_forbidden_method("GET") && !is_forbidden_method("TRACES"));
    }

    #[test]
    fn safelisted_methods_are_case_sensitive() {
        assert!(is_cors_safelisted_method("GET") && is_cors_safelisted_method("POST"));
        assert!(!is_cors_safelisted_method("get") && !is_cors_safelisted_method("PUT"));
    }

    #[test]
    fn a_method_is_a_token() {
        assert!(is_method("CHICKEN") && is_method("M-SEARCH"));
        assert!(!is_method("") && !is_method("GET /") && !is_method("GÉT") && !is_method("A\r\nB"));
    }
}
