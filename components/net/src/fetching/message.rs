//! Between Fetch's requests and responses and those of the crate `http`.

use fetch::{HeaderList, NetworkError, NetworkErrorKind, Request, ResponseHead};
use http::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri};
use hyper::ext::ReasonPhrase;
use url::{Position, Url};

use crate::connection::{escape, unescape};

/// A request's head for the wire; the body is given to it later.
pub(super) fn to_wire(request: &Request, http2: bool) -> Result<http::Request<()>, NetworkError> {
    let url = request.current_url();
    let failure = |message: String| NetworkError::new(NetworkErrorKind::InvalidRequest, message).at(url);
    let mut wire = http::Request::new(());
    *wire.method_mut() = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| failure(format!("`{}` is not a method", request.method)))?;
    *wire.uri_mut() =
        uri(url, http2).map_err(|error| failure(format!("the URL can not be sent: {error}")))?;
    *wire.headers_mut() = headers(&request.headers, http2).map_err(|name| {
        failure(format!("the header {name} can not be sent: its name or value is not one of HTTP"))
    })?;
    if !http2 {
        let host = HeaderValue::from_str(authority(url))
            .map_err(|_| failure("the URL's host can not be sent".to_owned()))?;
        wire.headers_mut().insert(HOST, host);
    }
    Ok(wire)
}

/// HTTP/1.1 sends path and query to the server itself, HTTP/2 all but the fragment, in pieces.
fn uri(url: &Url, http2: bool) -> Result<Uri, http::Error> {
    let path_and_query = &url[Position::BeforePath..Position::AfterQuery];
    if !http2 {
        return Ok(path_and_query.parse::<Uri>()?);
    }
    Uri::builder().scheme(url.scheme()).authority(authority(url)).path_and_query(path_and_query).build()
}

/// Host and port, without user and password.
fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

/// Headers of one name become one header, as browsers send them.
fn headers(list: &HeaderList, http2: bool) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::with_capacity(list.len() + 1);
    for header in list {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| header.name.clone())?;
        if map.contains_key(&name) {
            continue;
        }
        let value = list.get(&header.name).unwrap_or_default();
        let value = if http2 { value.into() } else { escape(&value) };
        map.insert(name, HeaderValue::from_bytes(&value).map_err(|_| header.name.clone())?);
    }
    Ok(map)
}

/// A response's head from the wire.
pub(super) fn from_wire(parts: http::response::Parts, http2: bool) -> ResponseHead {
    let status_message = match parts.extensions.get::<ReasonPhrase>() {
        _ if http2 => String::new(),
        Some(reason) => fetch::http::isomorphic_decode(reason.as_bytes()),
        // hyper keeps the phrase only where it is not the usual one.
        None => parts.status.canonical_reason().unwrap_or_default().to_owned(),
    };
    let value = |value: &HeaderValue| {
        if http2 { value.as_bytes().to_vec() } else { unescape(value.as_bytes()).into_owned() }
    };
    let headers = parts.headers.iter().map(|(name, bytes)| (name.as_str(), value(bytes))).collect();
    ResponseHead { status: parts.status.as_u16(), status_message, headers, ..ResponseHead::default() }
}

/// The bytes in a head's `Set-Cookie` headers.
pub(super) fn set_cookie_values(headers: &HeaderList) -> Vec<&[u8]> {
    headers.values("Set-Cookie").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fetch::Origin;

    fn request(url: &str) -> Request {
        Request::new(Url::parse(url).unwrap(), Origin::new_opaque())
    }

    #[test]
    fn http1_sends_the_path_and_http2_all() {
        let request = request("https://u:p@a.test:8443/x%20y?q={1}|2#f");
        let http1 = to_wire(&request, false).unwrap();
        assert_eq!(http1.uri(), "/x%20y?q={1}|2");
        assert_eq!(http1.headers()["host"], "a.test:8443");
        let http2 = to_wire(&request, true).unwrap();
        assert_eq!(http2.uri(), "https://a.test:8443/x%20y?q={1}|2");
        assert!(!http2.headers().contains_key("host"));
    }

    #[test]
    fn headers_of_one_name_are_joined() {
        let mut request = request("http://a.test/");
        request.headers = [("X-A", "1"), ("x-a", "2"), ("X-B", "é")].into_iter().collect();
        let wire = to_wire(&request, false).unwrap();
        assert_eq!(wire.headers()["x-a"], "1, 2");
        assert_eq!(wire.headers()["x-b"].as_bytes(), "é".as_bytes());
        assert_eq!(wire.headers().len(), 3);
    }

    #[test]
    fn what_can_not_be_sent_is_named() {
        let mut request = request("http://a.test/");
        request.headers.append("X-Bad", "a\nb");
        assert!(to_wire(&request, false).unwrap_err().message.contains("X-Bad"));
        request.headers.clear();
        request.method = "G T".to_owned();
        assert!(to_wire(&request, false).unwrap_err().message.contains("G T"));
    }
}
