//! Potentially trustworthy origins and URLs (<https://w3c.github.io/webappsec-secure-contexts/#algorithms>).

use url::{Host, Url};

use crate::Origin;

/// <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>
pub fn is_origin_potentially_trustworthy(origin: &Origin) -> bool {
    let Origin::Tuple { scheme, host, .. } = origin else {
        // 1. Opaque ones are not.
        return false;
    };
    // 3. Authenticated schemes; 6. files.
    if matches!(scheme.as_str(), "https" | "wss" | "file") {
        return true;
    }
    match host {
        // 4. Loopback addresses.
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        // 5. Loopback names.
        Host::Domain(domain) => is_localhost(domain),
    }
}

/// <https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy>
pub fn is_url_potentially_trustworthy(url: &Url) -> bool {
    match url.scheme() {
        // 1. about:blank and about:srcdoc.
        "about" => matches!(url.path(), "blank" | "srcdoc"),
        // 2. data:.
        "data" => true,
        // The `url` crate's origin of a file: URL is opaque; ours of files would be trustworthy.
        "file" => true,
        // 3. By origin; a blob: URL's is that of its maker.
        _ => is_origin_potentially_trustworthy(&Origin::of(url)),
    }
}

/// Whether a domain is `localhost` or below it; such names resolve to the loopback interface alone
/// (<https://w3c.github.io/webappsec-secure-contexts/#localhost>).
pub fn is_localhost(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain == "localhost" || domain.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trustworthy(url: &str) -> bool {
        is_url_potentially_trustworthy(&Url::parse(url).unwrap())
    }

    #[test]
    fn https_and_loopback_are_trustworthy() {
        for url in ["https://a.example/", "wss://a.example/", "http://127.1.2.3:8000/", "http://[::1]/"] {
            assert!(trustworthy(url), "{url}");
        }
        for url in ["http://localhost/", "http://x.localhost./", "about:blank", "data:,x", "file:///x"] {
            assert!(trustworthy(url), "{url}");
        }
        assert!(trustworthy("blob:https://a.example/1"));
    }

    #[test]
    fn plain_http_to_elsewhere_is_not() {
        for url in ["http://a.example/", "http://notlocalhost/", "http://10.0.0.1/", "about:config"] {
            assert!(!trustworthy(url), "{url}");
        }
        assert!(!trustworthy("blob:null/1") && !trustworthy("http://localhost.example/"));
    }
}
