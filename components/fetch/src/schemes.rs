//! Schemes (<https://fetch.spec.whatwg.org/#url>).

use url::Url;

/// Whether a URL's scheme is a [local scheme](https://fetch.spec.whatwg.org/#local-scheme).
pub fn is_local(url: &Url) -> bool {
    matches!(url.scheme(), "about" | "blob" | "data")
}

/// Whether a URL's scheme is an [HTTP(S) scheme](https://fetch.spec.whatwg.org/#http-scheme).
pub fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Whether a URL's scheme is a [fetch scheme](https://fetch.spec.whatwg.org/#fetch-scheme).
pub fn is_fetch_scheme(url: &Url) -> bool {
    is_local(url) || is_http(url) || url.scheme() == "file"
}

/// Whether a URL includes credentials (<https://url.spec.whatwg.org/#include-credentials>).
pub fn includes_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some_and(|password| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn schemes_are_sorted() {
        assert!(is_local(&url("data:,x")) && is_local(&url("about:blank")) && !is_local(&url("file:///x")));
        assert!(is_http(&url("HTTP://a/")) && is_http(&url("https://a/")) && !is_http(&url("ws://a/")));
        assert!(is_fetch_scheme(&url("file:///x")) && !is_fetch_scheme(&url("ftp://a/")));
    }

    #[test]
    fn credentials_are_a_user_or_a_password() {
        assert!(includes_credentials(&url("http://u@a/")) && includes_credentials(&url("http://:p@a/")));
        assert!(!includes_credentials(&url("http://@a/")) && !includes_credentials(&url("http://:@a/")));
    }
}
