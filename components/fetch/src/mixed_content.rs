//! Mixed content and upgrades (<https://w3c.github.io/webappsec-mixed-content/#algorithms>,
//! <https://w3c.github.io/webappsec-upgrade-insecure-requests/#algorithms>).

use url::{Host, Url};

use crate::secure_contexts::{is_origin_potentially_trustworthy, is_url_potentially_trustworthy};
use crate::{BlockReason, Destination, Initiator, NetworkError, Request, RequestClient, ResponseHead};

/// Does settings prohibit mixed security contexts?
/// (<https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object>)
pub fn prohibits_mixed_security_contexts(client: &RequestClient) -> bool {
    // 1. Its own origin; 2. those of the documents around it. NB: one that is kept from its origin by a sandbox of its own
    // is not kept from what that means.
    let is_secure_without_origin = client.origin.is_opaque() && client.is_secure_context;
    is_origin_potentially_trustworthy(&client.origin)
        || client.has_trustworthy_ancestor
        || is_secure_without_origin
}

fn restricts(request: &Request) -> bool {
    match &request.client {
        Some(client) => prohibits_mixed_security_contexts(client),
        // NB: the spec does not say what holds without a client; a worker's own fetches and those of a page that
        // is gone keep the rules of the origin they are made for (SD-21).
        None => is_origin_potentially_trustworthy(&request.origin),
    }
}

/// Upgrade a mixed content request to a potentially trustworthy URL, if appropriate
/// (<https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm>).
pub fn upgrade_mixed_content_request(request: &mut Request) {
    let url = request.current_url();
    // 1. Only images, audio and video, by name, from a secure page.
    let upgradeable = match request.destination {
        Destination::Image => request.initiator != Initiator::ImageSet,
        Destination::Audio | Destination::Video => true,
        _ => false,
    };
    if is_url_potentially_trustworthy(url)
        || !matches!(url.host(), Some(Host::Domain(_)))
        || !restricts(request)
        || !upgradeable
    {
        return;
    }
    // 2. To https.
    upgrade_scheme(request.current_url_mut());
}

/// Should fetching request be blocked as mixed content?
/// (<https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>)
pub fn should_be_blocked_as_mixed_content(request: &Request) -> Result<(), NetworkError> {
    check(request, request.current_url())
}

/// Should response to request be blocked as mixed content?
/// (<https://w3c.github.io/webappsec-mixed-content/#should-block-response>)
pub fn should_response_be_blocked_as_mixed_content(
    request: &Request,
    response: &ResponseHead,
) -> Result<(), NetworkError> {
    response.url().map_or(Ok(()), |url| check(request, url))
}

fn check(request: &Request, url: &Url) -> Result<(), NetworkError> {
    // 1. An insecure page, a secure URL, or a top-level navigation. NB: like the other engines, a blob URL too, whose
    // origin may be opaque: it is of this very program, and of the origin that asks.
    if !restricts(request)
        || is_url_potentially_trustworthy(url)
        || url.scheme() == "blob"
        || request.destination == Destination::Document
    {
        return Ok(());
    }
    // 2. Blocked.
    Err(NetworkError::blocked(
        BlockReason::MixedContent,
        format!("mixed content: {} is secure, so it may not fetch over {}", request.origin, url.scheme()),
    )
    .at(url))
}

/// Upgrade request to a potentially trustworthy URL, if appropriate
/// (<https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request>).
pub fn upgrade_request(request: &mut Request) {
    // 1. Navigations say that we would like to be upgraded.
    if request.is_navigation_request() {
        if !is_url_potentially_trustworthy(request.current_url()) {
            request.headers.set("Upgrade-Insecure-Requests", "1");
        }
        // 2. Top-level navigations are not upgraded.
        // FIXME(spec): the upgrade insecure navigations set.
        if request.destination == Destination::Document {
            return;
        }
    }
    // 3.–5. Where the client's policy asks for it. NB: like the other engines, not to potentially trustworthy
    // URLs (loopback has no certificate to offer).
    if request.policy_container.csp_list.upgrades_insecure_requests()
        && !is_url_potentially_trustworthy(request.current_url())
    {
        upgrade_scheme(request.current_url_mut());
    }
}

/// `http` becomes `https`; the default port goes along.
fn upgrade_scheme(url: &mut Url) {
    if url.scheme() == "http" {
        // From http to https this can not fail: both are special schemes.
        let _ = url.set_scheme("https");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CspDisposition, CspList, Origin, PolicyContainer};

    fn request(client: &str, url: &str) -> Request {
        let client_url = Url::parse(client).unwrap();
        let origin = Origin::of(&client_url);
        let client = RequestClient {
            id: "1".to_owned(),
            creation_url: client_url,
            is_secure_context: is_origin_potentially_trustworthy(&origin),
            origin,
            has_trustworthy_ancestor: false,
            has_cross_site_ancestor: false,
        };
        Request::for_client(Url::parse(url).unwrap(), client, PolicyContainer::default())
    }

    #[test]
    fn a_secure_page_may_not_fetch_insecurely() {
        assert!(
            should_be_blocked_as_mixed_content(&request("https://a.example/", "http://b.example/")).is_err()
        );
        assert!(
            should_be_blocked_as_mixed_content(&request("http://localhost/", "http://b.example/")).is_err()
        );
        assert!(
            should_be_blocked_as_mixed_content(&request("https://a.example/", "https://b.example/")).is_ok()
        );
        assert!(
            should_be_blocked_as_mixed_content(&request("https://a.example/", "http://127.0.0.1/")).is_ok()
        );
        assert!(
            should_be_blocked_as_mixed_content(&request("http://a.example/", "http://b.example/")).is_ok()
        );
    }

    #[test]
    fn an_insecure_frame_in_a_secure_page_may_not_either() {
        let mut framed = request("http://a.example/", "http://b.example/");
        framed.client.as_mut().unwrap().has_trustworthy_ancestor = true;
        assert!(should_be_blocked_as_mixed_content(&framed).is_err());
    }

    #[test]
    fn a_sandboxed_frame_in_a_secure_page_may_fetch_its_blobs() {
        let mut framed = request("https://a.example/", "blob:null/1");
        let client = framed.client.as_mut().unwrap();
        (client.origin, client.has_trustworthy_ancestor) = (Origin::new_opaque(), true);
        assert!(should_be_blocked_as_mixed_content(&framed).is_ok());
        let framed = Request { url_list: Url::parse("http://b.example/").unwrap().into(), ..framed };
        assert!(should_be_blocked_as_mixed_content(&framed).is_err());
    }

    #[test]
    fn a_secure_page_that_sandboxes_itself_may_not_fetch_insecurely() {
        let mut sandboxed = request("https://a.example/", "http://b.example/");
        sandboxed.client.as_mut().unwrap().origin = Origin::new_opaque();
        assert!(should_be_blocked_as_mixed_content(&sandboxed).is_err());
        sandboxed.client.as_mut().unwrap().is_secure_context = false;
        assert!(should_be_blocked_as_mixed_content(&sandboxed).is_ok());
    }

    #[test]
    fn a_request_without_a_client_keeps_the_rules_of_its_origin() {
        let mut orphan = request("https://a.example/", "http://b.example/");
        orphan.client = None;
        assert!(should_be_blocked_as_mixed_content(&orphan).is_err());
    }

    #[test]
    fn a_top_level_navigation_is_free() {
        let mut navigation = request("https://a.example/", "http://b.example/");
        navigation.destination = Destination::Document;
        assert!(should_be_blocked_as_mixed_content(&navigation).is_ok());
    }

    #[test]
    fn images_of_secure_pages_are_upgraded() {
        let upgraded = |url: &str, destination, initiator| {
            let mut request = request("https://a.example/", url);
            (request.destination, request.initiator) = (destination, initiator);
            upgrade_mixed_content_request(&mut request);
            request.current_url().scheme() == "https"
        };
        assert!(upgraded("http://b.example/", Destination::Image, Initiator::None));
        assert!(upgraded("http://b.example/", Destination::Video, Initiator::None));
        assert!(!upgraded("http://b.example/", Destination::Image, Initiator::ImageSet));
        assert!(!upgraded("http://b.example/", Destination::Script, Initiator::None));
        assert!(!upgraded("http://10.0.0.1/", Destination::Image, Initiator::None));
        assert!(!upgraded("http://localhost/", Destination::Image, Initiator::None));
    }

    #[test]
    fn the_csp_directive_upgrades_all_but_top_level_navigations() {
        let mut request = request("https://a.example/", "http://b.example:80/x");
        request.policy_container.csp_list = CspList::parse_meta(
            "upgrade-insecure-requests",
            CspDisposition::Enforce,
            &"https://a.example".parse().unwrap(),
        );
        let mut navigation = Request { destination: Destination::Document, ..request.clone() };
        upgrade_request(&mut request);
        assert_eq!(request.current_url().as_str(), "https://b.example/x");
        assert!(!request.headers.contains("Upgrade-Insecure-Requests"));
        upgrade_request(&mut navigation);
        assert_eq!(navigation.current_url().scheme(), "http");
        assert!(navigation.headers.contains("Upgrade-Insecure-Requests"));
    }
}
