//! Sites (<https://html.spec.whatwg.org/multipage/browsers.html#sites>).

use url::Host;

use crate::Origin;

/// <https://html.spec.whatwg.org/multipage/browsers.html#same-site>
pub fn same_site(a: &Origin, b: &Origin) -> bool {
    schemelessly_same_site(a, b) && a.scheme() == b.scheme()
}

/// <https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site>
pub fn schemelessly_same_site(a: &Origin, b: &Origin) -> bool {
    match (a.host(), b.host()) {
        (Some(a), Some(b)) => {
            a == b || registrable_domain(a).is_some_and(|d| registrable_domain(b) == Some(d))
        }
        // Opaque origins are same site with themselves alone.
        (None, None) => a == b,
        _ => false,
    }
}

/// The registrable domain of a host: its public suffix and one label more
/// (<https://url.spec.whatwg.org/#host-registrable-domain>). `None` for an address and for a public suffix.
pub fn registrable_domain(host: &Host<String>) -> Option<&str> {
    match host {
        Host::Domain(domain) => psl::domain_str(domain),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    #[test]
    fn subdomains_of_a_registrable_domain_are_one_site() {
        assert!(same_site(
            &origin("https://www1.web-platform.test"),
            &origin("https://web-platform.test:8443")
        ));
        assert!(!same_site(&origin("https://a.co.uk"), &origin("https://b.co.uk")));
        assert!(!same_site(&origin("http://a.example"), &origin("https://a.example")));
        assert!(schemelessly_same_site(&origin("http://a.example"), &origin("https://b.a.example")));
    }

    #[test]
    fn addresses_and_opaque_origins_are_sites_of_their_own() {
        assert!(same_site(&origin("http://127.0.0.1:1"), &origin("http://127.0.0.1:2")));
        assert!(!same_site(&origin("http://127.0.0.1"), &origin("http://10.0.0.1")));
        let opaque = Origin::new_opaque();
        assert!(same_site(&opaque, &opaque.clone()) && !same_site(&opaque, &Origin::new_opaque()));
    }
}
