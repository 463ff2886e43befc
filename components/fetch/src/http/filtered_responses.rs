//! Filtered responses and the location URL (<https://fetch.spec.whatwg.org/#concept-filtered-response>).

use url::Url;

use super::forbidden::is_forbidden_response_header_name;
use super::isomorphic_decode;
use super::request_enums::ResponseTainting;
use super::responses::{Response, ResponseHead, ResponseType};
use super::safelist::is_cors_safelisted_response_header_name;
use super::statuses::is_redirect_status;

impl ResponseHead {
    /// <https://fetch.spec.whatwg.org/#concept-filtered-response-basic>
    pub fn basic_filtered(&self) -> ResponseHead {
        let mut head = self.clone();
        head.response_type = ResponseType::Basic;
        head.headers.retain(|header| !is_forbidden_response_header_name(&header.name));
        head
    }

    /// <https://fetch.spec.whatwg.org/#concept-filtered-response-cors>
    pub fn cors_filtered(&self) -> ResponseHead {
        let mut head = self.clone();
        head.response_type = ResponseType::Cors;
        let exposed = &self.cors_exposed_header_names;
        head.headers.retain(|header| is_cors_safelisted_response_header_name(&header.name, exposed));
        head
    }

    /// <https://fetch.spec.whatwg.org/#concept-filtered-response-opaque>
    pub fn opaque_filtered(&self) -> ResponseHead {
        ResponseHead { response_type: ResponseType::Opaque, url_list: Vec::new(), ..self.emptied() }
    }

    /// <https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect>
    pub fn opaque_redirect_filtered(&self) -> ResponseHead {
        ResponseHead { response_type: ResponseType::OpaqueRedirect, ..self.emptied() }
    }

    /// What opaque and opaque-redirect responses have in common.
    fn emptied(&self) -> ResponseHead {
        ResponseHead { url_list: self.url_list.clone(), ..ResponseHead::default() }
    }

    /// The location URL: `None` where there is no redirect, an error where it leads nowhere
    /// (<https://fetch.spec.whatwg.org/#concept-response-location-url>).
    pub fn location_url(&self, request_fragment: Option<&str>) -> Option<Result<Url, InvalidLocation>> {
        // 1. Only redirects have one.
        if !is_redirect_status(self.status) {
            return None;
        }
        // 2. One Location header, else there is no redirect or a wrong one.
        let mut values = self.headers.values("Location");
        let value = values.next()?;
        if values.next().is_some() {
            return Some(Err(InvalidLocation("there are several Location headers".to_owned())));
        }
        // 3. Parse it. NB: the spec leaves the encoding open; like the other engines we take UTF-8 where it is
        // that, else Latin-1.
        let text = String::from_utf8(value.to_vec()).unwrap_or_else(|_| isomorphic_decode(value));
        let parsed = Url::options().base_url(self.url()).parse(&text);
        Some(match parsed {
            // 4. The fragment goes along.
            Ok(mut url) => {
                if url.fragment().is_none() {
                    url.set_fragment(request_fragment);
                }
                Ok(url)
            }
            Err(error) => Err(InvalidLocation(format!("`Location: {text}` is not a URL: {error}"))),
        })
    }
}

/// A `Location` header that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the redirect can not be followed: {0}")]
pub struct InvalidLocation(String);

impl Response {
    /// The filtered response that a request's response tainting asks for.
    pub fn filtered(self, tainting: ResponseTainting) -> Response {
        let head = match tainting {
            ResponseTainting::Basic => self.head.basic_filtered(),
            ResponseTainting::Cors => self.head.cors_filtered(),
            ResponseTainting::Opaque => self.head.opaque_filtered(),
        };
        Response { head, internal: Some(Box::new(self.head)), ..self }
    }

    /// What is behind a filtered response; an unfiltered one as it is.
    pub fn into_internal(self) -> Response {
        match self.internal {
            Some(head) => Response { head: *head, internal: None, ..self },
            None => self,
        }
    }

    /// The opaque-redirect filtered response.
    pub fn opaque_redirect_filtered(self) -> Response {
        let head = self.head.opaque_redirect_filtered();
        Response { head, internal: Some(Box::new(self.head)), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::bodies::body_of_bytes;

    fn head() -> ResponseHead {
        ResponseHead {
            url_list: vec![Url::parse("https://a.example/x/y?z").unwrap()],
            status: 200,
            status_message: "OK".to_owned(),
            headers: [("ETag", "\"1\""), ("Set-Cookie", "a=b"), ("Content-Type", "x/y"), ("X-Foo", "1")]
                .into_iter()
                .collect(),
            cors_exposed_header_names: vec!["x-foo".to_owned()],
            ..ResponseHead::default()
        }
    }

    fn names(head: &ResponseHead) -> Vec<&str> {
        head.headers.iter().map(|header| header.name.as_str()).collect()
    }

    #[test]
    fn basic_hides_cookies_and_cors_all_that_is_not_exposed() {
        assert_eq!(names(&head().basic_filtered()), ["ETag", "Content-Type", "X-Foo"]);
        assert_eq!(names(&head().cors_filtered()), ["Content-Type", "X-Foo"]);
        assert_eq!(head().cors_filtered().status, 200);
    }

    #[test]
    fn opaque_hides_everything_but_keeps_the_internal_response() {
        let response = Response::new(head(), Some(body_of_bytes("x"))).filtered(ResponseTainting::Opaque);
        assert_eq!((response.head.status, response.head.url()), (0, None));
        assert!(response.head.headers.is_empty() && response.head.status_message.is_empty());
        assert_eq!(response.internal_head(), &head());
        assert!(!response.has_visible_body());
    }

    #[test]
    fn an_opaque_redirect_keeps_its_url() {
        let filtered = head().opaque_redirect_filtered();
        assert_eq!(filtered.url_list, head().url_list);
        assert_eq!((filtered.status, filtered.response_type), (0, ResponseType::OpaqueRedirect));
    }

    fn location(status: u16, locations: &[&str]) -> Option<Result<String, InvalidLocation>> {
        let mut head = ResponseHead { status, ..head() };
        for location in locations {
            head.headers.append("Location", *location);
        }
        head.location_url(Some("frag")).map(|result| result.map(String::from))
    }

    #[test]
    fn a_location_is_relative_to_the_response_and_inherits_the_fragment() {
        assert_eq!(location(302, &["w"]), Some(Ok("https://a.example/x/w#frag".into())));
        assert_eq!(location(307, &["//b.example/#own"]), Some(Ok("https://b.example/#own".into())));
        assert_eq!(location(302, &["/é"]), Some(Ok("https://a.example/%C3%A9#frag".into())));
        assert_eq!(location(200, &["w"]), None);
        assert_eq!(location(302, &[]), None);
        assert!(matches!(location(302, &["http://["]), Some(Err(_))));
        assert!(matches!(location(302, &["a", "b"]), Some(Err(_))));
    }
}
