//! WebSocket connections: <https://websockets.spec.whatwg.org/#websocket-protocol>.

mod connection;
mod frames;

use std::sync::Arc;

use fetch::{
    CacheMode, CredentialsMode, FetchParams, HeaderList, NetworkError, NetworkErrorKind, RedirectMode,
    Referrer, Request, RequestMode, ServiceWorkersMode, WebSocketConnection,
};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::Fetch;
use crate::service::Shared;

/// <https://websockets.spec.whatwg.org/#concept-websocket-establish>, for a request whose URL is that of the socket.
pub(crate) async fn establish(
    shared: Arc<Shared>,
    params: FetchParams,
    protocols: Vec<String>,
) -> Result<WebSocketConnection, NetworkError> {
    let mut params = params;
    let request = &mut params.request;
    // 1 and 2. The URL that HTTP knows.
    let mut request_url = request.url().clone();
    let scheme = if request_url.scheme() == "wss" { "https" } else { "http" };
    request_url.set_scheme(scheme).map_err(|()| failure(request, "the URL is none of a WebSocket"))?;
    request.set_url(request_url);
    // 3. The request.
    request.service_workers_mode = ServiceWorkersMode::None;
    request.referrer = Referrer::NoReferrer;
    request.mode = RequestMode::Websocket;
    request.credentials = CredentialsMode::Include;
    request.cache = CacheMode::NoStore;
    request.redirect = RedirectMode::Error;
    // 4 to 9. The handshake. FIXME(spec): 10. `permessage-deflate` is not offered.
    let key = generate_key();
    request.headers.append("Upgrade", "websocket");
    request.headers.append("Connection", "Upgrade");
    request.headers.append("Sec-WebSocket-Key", key.as_str());
    request.headers.append("Sec-WebSocket-Version", "13");
    for protocol in &protocols {
        request.headers.combine("Sec-WebSocket-Protocol", protocol.as_str());
    }
    // 11. Fetch.
    let request = request.clone();
    let mut fetch = Fetch::new(shared, params);
    let response = fetch.main_fetch().await?;
    let Some(upgraded) = fetch.take_upgraded() else {
        let status = response.internal_head().status;
        return Err(failure(&request, &format!("the server answered {status} to a WebSocket's handshake")));
    };
    let protocol = check_handshake(&request, &response.internal_head().headers, &key, &protocols)?;
    Ok(connection::open(TokioIo::new(upgraded), protocol).await)
}

fn failure(request: &Request, message: &str) -> NetworkError {
    NetworkError::new(NetworkErrorKind::Protocol, message).at(request.current_url())
}

/// Steps 11.2 to 11.5, with those of the protocol: <https://datatracker.ietf.org/doc/html/rfc6455#section-4.1>. The
/// subprotocol.
fn check_handshake(
    request: &Request,
    headers: &HeaderList,
    key: &str,
    protocols: &[String],
) -> Result<String, NetworkError> {
    let has = |name: &str, token: &str| {
        let values = headers.get_decode_split(name).unwrap_or_default();
        values.iter().any(|value| value.eq_ignore_ascii_case(token))
    };
    if !has("Upgrade", "websocket") || !has("Connection", "upgrade") {
        return Err(failure(request, "the server did not upgrade the connection to a WebSocket"));
    }
    if headers.get_string("Sec-WebSocket-Accept").as_deref() != Some(&*derive_accept_key(key.as_bytes())) {
        return Err(failure(request, "the server's answer to the WebSocket's key is wrong"));
    }
    if headers.contains("Sec-WebSocket-Extensions") {
        return Err(failure(request, "the server uses a WebSocket extension that was not offered"));
    }
    match headers.get_string("Sec-WebSocket-Protocol") {
        Some(protocol) if protocols.contains(&protocol) => Ok(protocol),
        Some(_) => Err(failure(request, "the server chose a subprotocol that was not offered")),
        None if protocols.is_empty() => Ok(String::new()),
        None => Err(failure(request, "the server chose none of the subprotocols")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fetch::{Origin, Url};

    fn check(headers: &[(&str, &str)], protocols: &[&str]) -> Result<String, String> {
        let request = Request::new(Url::parse("http://a.test/").unwrap(), Origin::new_opaque());
        let headers = headers.iter().copied().collect();
        let protocols: Vec<_> = protocols.iter().map(|protocol| (*protocol).to_owned()).collect();
        check_handshake(&request, &headers, "dGhlIHNhbXBsZSBub25jZQ==", &protocols)
            .map_err(|error| error.message)
    }

    #[test]
    fn a_handshake_is_answered_as_the_protocol_has_it() {
        let good = [
            ("Upgrade", "WebSocket"),
            ("Connection", "keep-alive, Upgrade"),
            ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ];
        assert_eq!(check(&good, &[]).as_deref(), Ok(""));
        let with = |name, value| [&good[..], &[(name, value)]].concat();
        assert_eq!(check(&with("Sec-WebSocket-Protocol", "b"), &["a", "b"]).as_deref(), Ok("b"));
        assert!(check(&with("Sec-WebSocket-Protocol", "c"), &["a", "b"]).is_err());
        assert!(check(&with("Sec-WebSocket-Protocol", "c"), &[]).is_err());
        assert!(check(&with("Sec-WebSocket-Extensions", "x"), &[]).is_err());
        assert!(check(&good, &["a"]).is_err());
        assert!(check(&good[1..], &[]).is_err() && check(&good[..2], &[]).is_err());
        let wrong = [good[0], good[1], ("Sec-WebSocket-Accept", "x")];
        assert!(check(&wrong, &[]).is_err());
    }
}
