//! The CORS check (<https://fetch.spec.whatwg.org/#cors-check>).

use crate::{CredentialsMode, HeaderList, NetworkError, NetworkErrorKind, Request, ResponseHead};

/// <https://fetch.spec.whatwg.org/#concept-cors-check>
pub fn cors_check(request: &Request, response_headers: &HeaderList) -> Result<(), NetworkError> {
    let failure = |message: String| Err(cors_error(message).at(request.current_url()));
    let include = request.credentials == CredentialsMode::Include;
    // 1.–2. Whom the server allows.
    let Some(origin) = response_headers.get_string("Access-Control-Allow-Origin") else {
        return failure("CORS: the response has no Access-Control-Allow-Origin header".to_owned());
    };
    // 3. All, if no credentials go along.
    if !include && origin == "*" {
        return Ok(());
    }
    // 4. Us.
    let own = request.serialize_origin();
    if own != origin {
        return failure(format!("CORS: Access-Control-Allow-Origin is `{origin}`, not `{own}`"));
    }
    // 5. Without credentials that is enough.
    if !include {
        return Ok(());
    }
    // 6.–8. With them the server has to say so.
    match response_headers.get("Access-Control-Allow-Credentials").as_deref() {
        Some(b"true") => Ok(()),
        _ => failure("CORS: Access-Control-Allow-Credentials is not `true`".to_owned()),
    }
}

/// The names that `Access-Control-Expose-Headers` exposes
/// (<https://fetch.spec.whatwg.org/#main-fetch>, the step on "cors" tainting).
pub fn cors_exposed_header_names(request: &Request, response: &ResponseHead) -> Vec<String> {
    // 1. What the header says; an unreadable one exposes nothing.
    let names =
        response.headers.extract_tokens("Access-Control-Expose-Headers").ok().flatten().unwrap_or_default();
    // 2. A wildcard is all, if no credentials went along.
    if request.credentials != CredentialsMode::Include && names.iter().any(|name| name == "*") {
        return crate::http::header_list::sorted_lowercase_set(
            response.headers.iter().map(|header| header.name.as_str()),
        );
    }
    // 3. Else the names.
    names
}

pub(crate) fn cors_error(message: impl Into<String>) -> NetworkError {
    NetworkError::new(NetworkErrorKind::Cors, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Url;

    fn request(credentials: CredentialsMode) -> Request {
        let url = Url::parse("https://b.example/").unwrap();
        Request { credentials, ..Request::new(url, "https://a.example".parse().unwrap()) }
    }

    fn check(credentials: CredentialsMode, headers: &[(&str, &str)]) -> bool {
        cors_check(&request(credentials), &headers.iter().copied().collect()).is_ok()
    }

    #[test]
    fn the_server_names_us_or_all() {
        let allow = |origin| check(CredentialsMode::SameOrigin, &[("Access-Control-Allow-Origin", origin)]);
        assert!(allow("*") && allow("https://a.example"));
        assert!(!allow("https://b.example") && !allow("null") && !allow("https://a.example/"));
        assert!(!allow("https://a.example, https://a.example") && !allow(""));
        assert!(!check(CredentialsMode::Omit, &[]));
    }

    #[test]
    fn credentials_need_more() {
        let allow = |origin, credentials| {
            check(
                CredentialsMode::Include,
                &[("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", credentials)],
            )
        };
        assert!(allow("https://a.example", "true"));
        assert!(
            !allow("*", "true") && !allow("https://a.example", "True") && !allow("https://a.example", "")
        );
    }

    #[test]
    fn a_wildcard_exposes_all_but_with_credentials_only_a_header_of_that_name() {
        let response = ResponseHead {
            headers: [("X-B", "1"), ("ETag", "2"), ("Access-Control-Expose-Headers", "*")]
                .into_iter()
                .collect(),
            ..ResponseHead::default()
        };
        let exposed = |credentials| cors_exposed_header_names(&request(credentials), &response);
        assert_eq!(exposed(CredentialsMode::Omit), ["access-control-expose-headers", "etag", "x-b"]);
        assert_eq!(exposed(CredentialsMode::Include), ["*"]);
    }
}
