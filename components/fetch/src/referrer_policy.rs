//! Referrer Policy (<https://w3c.github.io/webappsec-referrer-policy/#algorithms>).

use url::Url;

use crate::secure_contexts::is_url_potentially_trustworthy;
use crate::{HeaderList, Origin, Referrer, ReferrerPolicy, Request};

impl ReferrerPolicy {
    /// The default referrer policy
    /// (<https://w3c.github.io/webappsec-referrer-policy/#default-referrer-policy>).
    pub const DEFAULT: ReferrerPolicy = ReferrerPolicy::StrictOriginWhenCrossOrigin;

    /// Parse a referrer policy from a Referrer-Policy header
    /// (<https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header>).
    pub fn parse_header(headers: &HeaderList) -> ReferrerPolicy {
        // 1. The tokens.
        let tokens = headers.get_decode_split("Referrer-Policy").unwrap_or_default();
        // 2.–4. The last one that we know.
        tokens
            .iter()
            .rev()
            .filter_map(|token| token.to_ascii_lowercase().parse().ok())
            .find(|policy| *policy != ReferrerPolicy::Empty)
            .unwrap_or_default()
    }
}

/// Set request's referrer policy on redirect
/// (<https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect>).
pub fn set_referrer_policy_on_redirect(request: &mut Request, response_headers: &HeaderList) {
    // 1. What the response says.
    let policy = ReferrerPolicy::parse_header(response_headers);
    // 2. If it says something.
    if policy != ReferrerPolicy::Empty {
        request.referrer_policy = policy;
    }
}

/// Determine request's referrer; never [`Referrer::Client`]
/// (<https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer>).
pub fn determine_referrer(request: &Request) -> Referrer {
    // 3. The source.
    let source = match &request.referrer {
        Referrer::NoReferrer => return Referrer::NoReferrer,
        Referrer::Client => match &request.client {
            Some(client) if !client.origin.is_opaque() => &client.creation_url,
            _ => return Referrer::NoReferrer,
        },
        Referrer::Url(url) => url,
    };
    // 4.–5. The URL and the origin to choose from.
    let (Some(mut url), Some(origin)) = (strip_for_referrer(source, false), strip_for_referrer(source, true))
    else {
        return Referrer::NoReferrer;
    };
    // 6. Long URLs are cut to their origin.
    if url.as_str().len() > 4096 {
        url = origin.clone();
    }
    // 8. By policy:
    let current = request.current_url();
    let same_origin = Origin::of(&url).is_origin_of(current);
    let downgrade = is_url_potentially_trustworthy(&url) && !is_url_potentially_trustworthy(current);
    let referrer = match request.referrer_policy {
        ReferrerPolicy::NoReferrer => None,
        ReferrerPolicy::Origin => Some(origin),
        ReferrerPolicy::UnsafeUrl => Some(url),
        ReferrerPolicy::StrictOrigin => (!downgrade).then_some(origin),
        ReferrerPolicy::SameOrigin => same_origin.then_some(url),
        ReferrerPolicy::OriginWhenCrossOrigin => Some(if same_origin { url } else { origin }),
        ReferrerPolicy::NoReferrerWhenDowngrade => (!downgrade).then_some(url),
        ReferrerPolicy::StrictOriginWhenCrossOrigin | ReferrerPolicy::Empty if same_origin => Some(url),
        ReferrerPolicy::StrictOriginWhenCrossOrigin | ReferrerPolicy::Empty => (!downgrade).then_some(origin),
    };
    referrer.map_or(Referrer::NoReferrer, Referrer::Url)
}

/// Strip url for use as a referrer
/// (<https://w3c.github.io/webappsec-referrer-policy/#strip-url>).
pub fn strip_for_referrer(url: &Url, origin_only: bool) -> Option<Url> {
    // 2. Local schemes have nothing to say. NB: neither have files and other schemes without a host.
    if !crate::schemes::is_http(url) {
        return None;
    }
    let mut url = url.clone();
    // 3.–5. Credentials and fragment go; http(s) URLs always have a place for the former.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    // 6. Path and query too.
    if origin_only {
        url.set_path("");
        url.set_query(None);
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ReferrerPolicy as P;

    const PAGE: &str = "https://u:p@a.example/dir/page?q#frag";

    fn referrer(policy: ReferrerPolicy, source: &str, target: &str) -> Option<String> {
        let mut request = Request::new(Url::parse(target).unwrap(), Origin::new_opaque());
        request.referrer = Referrer::Url(Url::parse(source).unwrap());
        request.referrer_policy = policy;
        match determine_referrer(&request) {
            Referrer::Url(url) => Some(url.into()),
            _ => None,
        }
    }

    #[test]
    fn each_policy_sends_what_it_says() {
        let full = Some("https://a.example/dir/page?q".to_owned());
        let origin = Some("https://a.example/".to_owned());
        let (same, cross, down) = ("https://a.example/x", "https://b.example/x", "http://b.example/x");
        for (policy, expected) in [
            (P::NoReferrer, [None, None, None]),
            (P::NoReferrerWhenDowngrade, [full.clone(), full.clone(), None]),
            (P::SameOrigin, [full.clone(), None, None]),
            (P::Origin, [origin.clone(), origin.clone(), origin.clone()]),
            (P::StrictOrigin, [origin.clone(), origin.clone(), None]),
            (P::OriginWhenCrossOrigin, [full.clone(), origin.clone(), origin.clone()]),
            (P::StrictOriginWhenCrossOrigin, [full.clone(), origin.clone(), None]),
            (P::Empty, [full.clone(), origin.clone(), None]),
            (P::UnsafeUrl, [full.clone(), full.clone(), full.clone()]),
        ] {
            let got = [same, cross, down].map(|target| referrer(policy, PAGE, target));
            assert_eq!(got, expected, "{policy}");
        }
    }

    #[test]
    fn local_pages_send_none_and_long_urls_are_cut() {
        assert_eq!(referrer(P::UnsafeUrl, "data:text/html,x", "https://a.example/"), None);
        let long = format!("https://a.example/{}", "x".repeat(4096));
        let cut = referrer(P::UnsafeUrl, &long, "https://b.example/");
        assert_eq!(cut.as_deref(), Some("https://a.example/"));
    }

    #[test]
    fn without_a_client_there_is_no_client_referrer() {
        let request = Request::new(Url::parse("https://a.example/").unwrap(), Origin::new_opaque());
        assert_eq!(determine_referrer(&request), Referrer::NoReferrer);
    }

    #[test]
    fn the_last_known_token_of_the_header_wins() {
        let parse = |values: &[&str]| {
            ReferrerPolicy::parse_header(&values.iter().map(|value| ("Referrer-Policy", *value)).collect())
        };
        assert_eq!(parse(&["no-referrer,unsafe-url"]), P::UnsafeUrl);
        assert_eq!(parse(&["origin, future-policy"]), P::Origin);
        assert_eq!(parse(&["origin", "same-origin"]), P::SameOrigin);
        assert_eq!(parse(&[]), P::Empty);
    }

    #[test]
    fn a_redirect_changes_the_policy_if_it_names_one() {
        let mut request = Request::new(Url::parse("https://a.example/").unwrap(), Origin::new_opaque());
        request.referrer_policy = P::Origin;
        set_referrer_policy_on_redirect(&mut request, &HeaderList::new());
        assert_eq!(request.referrer_policy, P::Origin);
        let headers = [("Referrer-Policy", "no-referrer")].into_iter().collect();
        set_referrer_policy_on_redirect(&mut request, &headers);
        assert_eq!(request.referrer_policy, P::NoReferrer);
    }
}
