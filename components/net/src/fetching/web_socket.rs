//! WebSocket connections: <https://websockets.spec.whatwg.org/#websocket-protocol>.

use std::sync::Arc;
use std::time::Duration;

use fetch::{
    CacheMode, CredentialsMode, FetchParams, HeaderList, NetworkError, NetworkErrorKind, OutgoingMessage,
    RedirectMode, Referrer, Request, RequestMode, ServiceWorkersMode, WebSocketClose, WebSocketConnection,
    WebSocketEvent,
};
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Fetch;
use crate::service::Shared;

/// How long the other end may take to answer the closing handshake.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);
/// A message may be so long.
const MESSAGE_LIMIT: usize = 1 << 30;

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
    Ok(open(upgraded, protocol).await)
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

type Socket = WebSocketStream<TokioIo<Upgraded>>;

async fn open(upgraded: Upgraded, protocol: String) -> WebSocketConnection {
    let config =
        WebSocketConfig::default().max_message_size(Some(MESSAGE_LIMIT)).max_frame_size(Some(MESSAGE_LIMIT));
    let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, Some(config)).await;
    let (outgoing, to_send) = unbounded();
    let (events, incoming) = unbounded();
    tokio::spawn(run(socket, to_send, events));
    WebSocketConnection { protocol, extensions: String::new(), outgoing, incoming: incoming.boxed() }
}

/// The connection's life.
async fn run(
    socket: Socket,
    to_send: UnboundedReceiver<OutgoingMessage>,
    events: UnboundedSender<WebSocketEvent>,
) {
    let (sink, stream) = socket.split();
    let sending = send(sink, to_send, events.clone());
    let receiving = receive(stream, events.clone());
    tokio::pin!(sending, receiving);
    let close = tokio::select! {
        close = &mut receiving => close,
        // The closing handshake was started from here (or failed to be).
        () = &mut sending => {
            tokio::time::timeout(CLOSE_LIMIT, receiving).await.unwrap_or_else(|_| WebSocketClose::failure())
        }
    };
    // Nobody listens where the page is gone.
    let _ = events.unbounded_send(WebSocketEvent::Closed(close));
}

/// Sends until the closing handshake has begun.
async fn send(
    mut sink: impl futures::Sink<Message, Error = Error> + Unpin,
    mut to_send: UnboundedReceiver<OutgoingMessage>,
    events: UnboundedSender<WebSocketEvent>,
) {
    loop {
        // <https://websockets.spec.whatwg.org/#websocket-make-disappear>: the page is gone.
        let gone = || OutgoingMessage::Close(Some((1001, String::new())));
        let message = to_send.next().await.unwrap_or_else(gone);
        let length = message.length();
        let (message, is_last) = match message {
            OutgoingMessage::Text(text) => (Message::text(text), false),
            OutgoingMessage::Binary(bytes) => (Message::binary(bytes), false),
            OutgoingMessage::Close(frame) => {
                let frame = frame
                    .map(|(code, reason)| CloseFrame { code: CloseCode::from(code), reason: reason.into() });
                (Message::Close(frame), true)
            }
        };
        // What fails here ends the receiving side, too.
        if sink.send(message).await.is_err() || is_last {
            return;
        }
        let _ = events.unbounded_send(WebSocketEvent::Sent(length));
    }
}

/// Receives until the connection is closed. (Pings are answered by the crate.)
async fn receive(
    mut stream: impl futures::Stream<Item = Result<Message, Error>> + Unpin,
    events: UnboundedSender<WebSocketEvent>,
) -> WebSocketClose {
    let mut close = None;
    loop {
        let event = match stream.next().await {
            Some(Ok(Message::Text(text))) => WebSocketEvent::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(bytes))) => WebSocketEvent::Binary(bytes),
            Some(Ok(Message::Close(frame))) => {
                // 1005 stands for a frame without a code.
                let (code, reason) = frame.map_or((1005, String::new()), |frame| {
                    (frame.code.into(), frame.reason.as_str().to_owned())
                });
                close = Some(WebSocketClose { code, reason, was_clean: true, failed: false });
                WebSocketEvent::Closing
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
            // After the closing handshake the end is just the end.
            Some(Err(_)) | None => return close.unwrap_or_else(WebSocketClose::failure),
        };
        // Nobody listens: the page is gone, and the sending side says so.
        let _ = events.unbounded_send(event);
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
