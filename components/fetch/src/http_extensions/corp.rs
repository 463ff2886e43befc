//! `Cross-Origin-Resource-Policy`
//! (<https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header>).

use crate::site::schemelessly_same_site;
use crate::{BlockReason, NetworkError, Origin, ResponseHead};

/// The cross-origin resource policy check, for embedder policy "unsafe-none"
/// (<https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check>).
pub fn cross_origin_resource_policy_check(
    origin: &Origin,
    response: &ResponseHead,
) -> Result<(), NetworkError> {
    // FIXME(spec): embedder policies "credentialless" and "require-corp", and their reports.
    // Internal check, 2.–3. What the response says.
    let policy = response.headers.get("Cross-Origin-Resource-Policy");
    let Some(url) = response.url() else { return Ok(()) };
    let response_origin = Origin::of(url);
    // Internal check, 5. By policy:
    let allowed = match policy.as_deref() {
        Some(b"same-origin") => origin.same_origin(&response_origin),
        Some(b"same-site") => {
            schemelessly_same_site(origin, &response_origin)
                && (origin.scheme() == Some("https") || url.scheme() != "https")
        }
        // 4. Anything else is none.
        _ => true,
    };
    if allowed {
        return Ok(());
    }
    Err(NetworkError::blocked(
        BlockReason::Corp,
        format!("Cross-Origin-Resource-Policy keeps it from {}", origin.ascii_serialization()),
    )
    .at(url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Url;

    fn check(origin: &str, url: &str, policy: &str) -> bool {
        let response = ResponseHead {
            url_list: vec![Url::parse(url).unwrap()],
            headers: [("Cross-Origin-Resource-Policy", policy)].into_iter().collect(),
            ..ResponseHead::default()
        };
        cross_origin_resource_policy_check(&origin.parse().unwrap(), &response).is_ok()
    }

    #[test]
    fn the_policy_keeps_others_out() {
        assert!(check("https://a.example", "https://a.example/x", "same-origin"));
        assert!(!check("https://a.example", "https://b.a.example/x", "same-origin"));
        assert!(check("https://a.example", "https://b.a.example/x", "same-site"));
        assert!(!check("https://a.example", "https://c.example/x", "same-site"));
        assert!(!check("http://a.example", "https://b.a.example/x", "same-site"));
        assert!(check("http://a.example", "http://b.a.example/x", "same-site"));
    }

    #[test]
    fn other_values_are_no_policy() {
        assert!(check("https://a.example", "https://c.example/x", "cross-origin"));
        assert!(check("https://a.example", "https://c.example/x", "Same-Origin"));
        assert!(check("https://a.example", "https://c.example/x", "same-site, same-origin"));
    }
}
