//! The `Origin` request header (<https://fetch.spec.whatwg.org/#origin-header>).

use crate::{Origin, ReferrerPolicy, Request, RequestMode, ResponseTainting};

/// <https://fetch.spec.whatwg.org/#append-a-request-origin-header>
pub fn append_request_origin_header(request: &mut Request) {
    // 2. The origin.
    let mut serialized_origin = request.serialize_origin();
    // 3. By the CORS protocol, and where a connection is opened.
    if request.response_tainting == ResponseTainting::Cors
        || matches!(request.mode, RequestMode::Websocket | RequestMode::Webtransport)
    {
        request.headers.append("Origin", serialized_origin);
        return;
    }
    // 4. Else with methods that change something.
    if matches!(&*request.method, "GET" | "HEAD") {
        return;
    }
    // 4.1. The referrer policy has a say where the page did not ask for CORS.
    if request.mode != RequestMode::Cors {
        let url = request.current_url();
        let hide = match request.referrer_policy {
            ReferrerPolicy::NoReferrer => true,
            ReferrerPolicy::NoReferrerWhenDowngrade
            | ReferrerPolicy::StrictOrigin
            | ReferrerPolicy::StrictOriginWhenCrossOrigin => {
                request.origin.scheme() == Some("https") && url.scheme() != "https"
            }
            ReferrerPolicy::SameOrigin => !request.origin.same_origin(&Origin::of(url)),
            _ => false,
        };
        if hide {
            serialized_origin = "null".to_owned();
        }
    }
    // 4.2. Append.
    request.headers.append("Origin", serialized_origin);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Url;

    fn origin_header(change: impl FnOnce(&mut Request)) -> Option<String> {
        let mut request =
            Request::new(Url::parse("https://b.example/").unwrap(), "https://a.example".parse().unwrap());
        request.referrer_policy = ReferrerPolicy::StrictOriginWhenCrossOrigin;
        change(&mut request);
        append_request_origin_header(&mut request);
        request.headers.get_string("Origin")
    }

    #[test]
    fn cors_requests_and_unsafe_methods_name_their_origin() {
        let own = Some("https://a.example".to_owned());
        assert_eq!(origin_header(|_| {}), None);
        assert_eq!(origin_header(|request| request.response_tainting = ResponseTainting::Cors), own);
        assert_eq!(origin_header(|request| request.method = "POST".into()), own);
        assert_eq!(origin_header(|request| request.mode = RequestMode::Websocket), own);
    }

    #[test]
    fn the_referrer_policy_hides_the_origin_of_non_cors_posts() {
        let post = |policy, mode, url: &str| {
            origin_header(|request| {
                request.method = "POST".into();
                (request.referrer_policy, request.mode) = (policy, mode);
                request.set_url(Url::parse(url).unwrap());
            })
        };
        let null = Some("null".to_owned());
        let own = Some("https://a.example".to_owned());
        assert_eq!(post(ReferrerPolicy::NoReferrer, RequestMode::NoCors, "https://b.example/"), null);
        assert_eq!(post(ReferrerPolicy::NoReferrer, RequestMode::Cors, "https://b.example/"), own);
        assert_eq!(post(ReferrerPolicy::SameOrigin, RequestMode::NoCors, "https://b.example/"), null);
        assert_eq!(post(ReferrerPolicy::StrictOrigin, RequestMode::NoCors, "http://b.example/"), null);
        assert_eq!(post(ReferrerPolicy::StrictOrigin, RequestMode::NoCors, "https://b.example/"), own);
    }
}
