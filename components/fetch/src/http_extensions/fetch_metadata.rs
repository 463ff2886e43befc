//! The `Sec-Fetch-*` request headers (<https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration>).

use crate::secure_contexts::is_url_potentially_trustworthy;
use crate::site::same_site;
use crate::{Destination, Origin, Request};

/// <https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request>
pub fn append_fetch_metadata_headers(request: &mut Request) {
    // 1. Only to potentially trustworthy URLs.
    if !is_url_potentially_trustworthy(request.current_url()) {
        return;
    }
    // 2. Sec-Fetch-Dest.
    let destination = match request.destination {
        Destination::None => "empty",
        other => other.as_str(),
    };
    request.headers.set("Sec-Fetch-Dest", destination);
    // 3. Sec-Fetch-Mode.
    request.headers.set("Sec-Fetch-Mode", request.mode.as_str());
    // 4. Sec-Fetch-Site.
    request.headers.set("Sec-Fetch-Site", site(request));
    // 5. Sec-Fetch-User.
    if request.is_navigation_request() && request.user_activation {
        request.headers.set("Sec-Fetch-User", "?1");
    }
}

/// <https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site>
fn site(request: &Request) -> &'static str {
    // 4. What a person asked for comes from no site.
    if request.is_navigation_request() && request.client.is_none() {
        return "none";
    }
    // 3., 5. Else the worst of all hops.
    let mut value = "same-origin";
    for url in request.url_list.iter() {
        let origin = Origin::of(url);
        if origin.same_origin(&request.origin) {
            continue;
        }
        if !same_site(&request.origin, &origin) {
            return "cross-site";
        }
        value = "same-site";
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Url;

    fn headers(urls: &[&str], change: impl FnOnce(&mut Request)) -> Request {
        let mut urls = urls.iter().map(|url| Url::parse(url).unwrap());
        let mut request = Request::new(urls.next().unwrap(), "https://a.example".parse().unwrap());
        urls.for_each(|url| request.push_url(url));
        change(&mut request);
        append_fetch_metadata_headers(&mut request);
        request
    }

    fn site_of(urls: &[&str]) -> Option<String> {
        headers(urls, |_| {}).headers.get_string("Sec-Fetch-Site")
    }

    #[test]
    fn the_site_is_the_worst_of_all_hops() {
        assert_eq!(site_of(&["https://a.example/"]).as_deref(), Some("same-origin"));
        assert_eq!(site_of(&["https://x.a.example/"]).as_deref(), Some("same-site"));
        assert_eq!(site_of(&["https://b.example/", "https://a.example/"]).as_deref(), Some("cross-site"));
        assert_eq!(site_of(&["http://b.example/"]), None);
    }

    #[test]
    fn destination_and_mode_are_named() {
        let request = headers(&["https://a.example/"], |_| {});
        assert_eq!(request.headers.get_string("Sec-Fetch-Dest").as_deref(), Some("empty"));
        assert_eq!(request.headers.get_string("Sec-Fetch-Mode").as_deref(), Some("no-cors"));
        assert!(!request.headers.contains("Sec-Fetch-User"));
    }

    #[test]
    fn a_person_navigates_from_nowhere() {
        let request = headers(&["https://b.example/"], |request| {
            request.destination = Destination::Document;
            request.user_activation = true;
        });
        assert_eq!(request.headers.get_string("Sec-Fetch-Site").as_deref(), Some("none"));
        assert_eq!(request.headers.get_string("Sec-Fetch-User").as_deref(), Some("?1"));
    }
}
