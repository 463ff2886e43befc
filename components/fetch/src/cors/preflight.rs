//! CORS preflights, as far as they are data (<https://fetch.spec.whatwg.org/#cors-preflight-fetch>).

use super::check::{cors_check, cors_error};
use crate::http::methods::is_cors_safelisted_method;
use crate::http::safelist::{cors_unsafe_request_header_names, is_cors_non_wildcard_request_header_name};
use crate::{CredentialsMode, NetworkError, Request, RequestMode, ResponseHead, ResponseTainting};

/// What a server granted in answer to a preflight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreflightGrant {
    /// The methods.
    pub methods: Vec<String>,
    /// The header names.
    pub header_names: Vec<String>,
    /// For how many seconds.
    pub max_age: u64,
}

/// The longest time for which a grant is kept, in seconds: the spec's imposed limit.
pub const MAX_AGE_LIMIT: u64 = 7200;

/// Whether main fetch takes the way with a preflight
/// (<https://fetch.spec.whatwg.org/#main-fetch>, the step that dispatches).
pub fn may_need_preflight(request: &Request) -> bool {
    request.use_cors_preflight
        || (request.unsafe_request
            && (!is_cors_safelisted_method(&request.method)
                || !cors_unsafe_request_header_names(&request.headers).is_empty()))
}

/// The request to be sent first: steps 1 to 5 of
/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>.
pub fn preflight_request(request: &Request) -> Request {
    // 1. An OPTIONS request to where the real one is going.
    let mut preflight = Request::new(request.url().clone(), request.origin.clone());
    preflight.url_list = request.url_list.clone();
    preflight.method = "OPTIONS".to_owned();
    preflight.initiator = request.initiator;
    preflight.destination = request.destination;
    preflight.referrer = request.referrer.clone();
    preflight.referrer_policy = request.referrer_policy;
    preflight.mode = RequestMode::Cors;
    preflight.response_tainting = ResponseTainting::Cors;
    // 2. Accept.
    preflight.headers.append("Accept", "*/*");
    // 3. The method.
    preflight.headers.append("Access-Control-Request-Method", request.method.as_str());
    // 4.–5. The headers, joined by a bare comma.
    let names = cors_unsafe_request_header_names(&request.headers);
    if !names.is_empty() {
        preflight.headers.append("Access-Control-Request-Headers", names.join(","));
    }
    preflight
}

/// What the answer grants: step 7 of <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>, without the cache.
pub fn check_preflight_response(
    request: &Request,
    response: &ResponseHead,
) -> Result<PreflightGrant, NetworkError> {
    let failure = |message: String| cors_error(message).at(request.current_url());
    // 7. The check is made for the request itself, because of its credentials mode.
    cors_check(request, &response.headers).map_err(|error| NetworkError {
        message: format!("{} (in the answer to the preflight)", error.message),
        ..error
    })?;
    if !response.ok() {
        return Err(failure(format!("CORS: the preflight was answered with status {}", response.status)));
    }
    // 7.1–7.3. Methods and headers.
    let tokens = |name: &str| {
        let tokens = response.headers.extract_tokens(name);
        tokens.map_err(|_| failure(format!("CORS: {name} in the answer to the preflight is malformed")))
    };
    let methods = tokens("Access-Control-Allow-Methods")?;
    let header_names = tokens("Access-Control-Allow-Headers")?.unwrap_or_default();
    // 7.4. A preflight for its own sake allows the method.
    let methods = match methods {
        None if request.use_cors_preflight => vec![request.method.clone()],
        other => other.unwrap_or_default(),
    };
    let wildcard = |list: &[String]| {
        request.credentials != CredentialsMode::Include && list.iter().any(|item| item == "*")
    };
    // 7.5. The method.
    if !methods.contains(&request.method)
        && !is_cors_safelisted_method(&request.method)
        && !wildcard(&methods)
    {
        return Err(failure(format!("CORS: the method {} is not allowed", request.method)));
    }
    // 7.6–7.7. The headers; Authorization is in no wildcard.
    let named = |name: &str| header_names.iter().any(|item| item.eq_ignore_ascii_case(name));
    for name in cors_unsafe_request_header_names(&request.headers) {
        let by_wildcard = wildcard(&header_names) && !is_cors_non_wildcard_request_header_name(&name);
        if !named(&name) && !by_wildcard {
            return Err(failure(format!("CORS: the request header {name} is not allowed")));
        }
    }
    // 7.8–7.10. For how long.
    let max_age = response.headers.extract_seconds("Access-Control-Max-Age").ok().flatten().unwrap_or(5);
    Ok(PreflightGrant { methods, header_names, max_age: max_age.min(MAX_AGE_LIMIT) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Url;

    fn request(method: &str, headers: &[(&str, &str)]) -> Request {
        let url = Url::parse("https://b.example/").unwrap();
        let mut request = Request::new(url, "https://a.example".parse().unwrap());
        request.method = method.to_owned();
        request.headers = headers.iter().copied().collect();
        request.unsafe_request = true;
        request
    }

    fn answer(request: &Request, headers: &[(&str, &str)]) -> Result<PreflightGrant, String> {
        let mut response = ResponseHead { status: 204, ..ResponseHead::default() };
        response.headers = headers.iter().copied().collect();
        response.headers.append("Access-Control-Allow-Origin", "https://a.example");
        response.headers.append("Access-Control-Allow-Credentials", "true");
        check_preflight_response(request, &response).map_err(|error| error.message)
    }

    #[test]
    fn simple_requests_need_none() {
        assert!(!may_need_preflight(&request("GET", &[("Accept", "x")])));
        assert!(!may_need_preflight(&request("POST", &[("Content-Type", "text/plain")])));
        assert!(
            may_need_preflight(&request("PUT", &[])) && may_need_preflight(&request("GET", &[("X-A", "1")]))
        );
        assert!(may_need_preflight(&Request { use_cors_preflight: true, ..request("GET", &[]) }));
        assert!(!may_need_preflight(&Request { unsafe_request: false, ..request("PUT", &[]) }));
    }

    #[test]
    fn the_preflight_asks_for_method_and_headers() {
        let preflight = preflight_request(&request("PUT", &[("X-B", "1"), ("x-a", "2"), ("Accept", "x")]));
        assert_eq!(preflight.method, "OPTIONS");
        let get = |name| preflight.headers.get_string(name);
        assert_eq!(get("Access-Control-Request-Method").as_deref(), Some("PUT"));
        assert_eq!(get("Access-Control-Request-Headers").as_deref(), Some("x-a,x-b"));
        assert_eq!(get("Accept").as_deref(), Some("*/*"));
        assert!(!preflight_request(&request("PUT", &[])).headers.contains("Access-Control-Request-Headers"));
    }

    #[test]
    fn methods_have_to_be_granted() {
        let put = request("PUT", &[]);
        assert!(answer(&put, &[("Access-Control-Allow-Methods", "PUT")]).is_ok());
        assert!(answer(&put, &[("Access-Control-Allow-Methods", "*")]).is_ok());
        assert!(answer(&put, &[("Access-Control-Allow-Methods", "put")]).is_err());
        assert!(answer(&put, &[]).is_err());
        assert!(answer(&put, &[("Access-Control-Allow-Methods", "PUT POST")]).is_err());
        assert!(answer(&request("POST", &[]), &[]).is_ok());
        let with_credentials = Request { credentials: CredentialsMode::Include, ..put };
        assert!(answer(&with_credentials, &[("Access-Control-Allow-Methods", "*")]).is_err());
    }

    #[test]
    fn headers_have_to_be_granted_and_authorization_by_name() {
        let custom = request("GET", &[("X-A", "1")]);
        assert!(answer(&custom, &[("Access-Control-Allow-Headers", "x-a")]).is_ok());
        assert!(answer(&custom, &[("Access-Control-Allow-Headers", "*")]).is_ok());
        assert!(answer(&custom, &[("Access-Control-Allow-Headers", "x-b")]).is_err());
        let authorization = request("GET", &[("Authorization", "x")]);
        assert!(answer(&authorization, &[("Access-Control-Allow-Headers", "*")]).is_err());
        assert!(answer(&authorization, &[("Access-Control-Allow-Headers", "*, authorization")]).is_ok());
    }

    #[test]
    fn a_bad_status_or_origin_is_a_failure_that_says_so() {
        let response = ResponseHead { status: 404, ..ResponseHead::default() };
        let error = check_preflight_response(&request("PUT", &[]), &response).unwrap_err();
        assert!(error.message.contains("preflight"), "{error}");
        let mut response = response;
        response.headers.append("Access-Control-Allow-Origin", "*");
        let error = check_preflight_response(&request("PUT", &[]), &response).unwrap_err();
        assert!(error.message.contains("404"), "{error}");
    }

    #[test]
    fn the_age_is_five_seconds_unless_said_and_never_too_long() {
        let age = |value: &str| {
            answer(&request("POST", &[]), &[("Access-Control-Max-Age", value)]).unwrap().max_age
        };
        assert_eq!((age("60"), age("-1"), age("x"), age("9999999999")), (60, 5, 5, MAX_AGE_LIMIT));
        assert_eq!(answer(&request("POST", &[]), &[]).unwrap().max_age, 5);
    }
}
