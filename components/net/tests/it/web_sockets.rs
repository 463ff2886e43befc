//! WebSockets (<https://websockets.spec.whatwg.org/>).

use fetch::{
    FetchParams, Network, NetworkErrorKind, OutgoingMessage, Url, WebSocketClose, WebSocketConnection,
    WebSocketEvent,
};
use futures::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use crate::server::*;

/// A server that sends back what it gets, once it has said what it was asked for. It takes the last subprotocol.
async fn echo_server() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/chat?a", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = String::new();
                #[expect(clippy::result_large_err, reason = "the crate's own callback has this type")]
                let answer = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
                    let header = |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok());
                    let (protocol, origin) = (header("Sec-WebSocket-Protocol"), header("Origin"));
                    asked =
                        format!("{} {} {}", request.uri(), origin.unwrap_or("-"), protocol.unwrap_or("-"));
                    if let Some(last) = protocol.and_then(|protocols| protocols.rsplit(", ").next()) {
                        response.headers_mut().insert("Sec-WebSocket-Protocol", last.parse().unwrap());
                    }
                    Ok(response)
                };
                let Ok(mut socket) = accept_hdr_async(tcp, answer).await else { return };
                socket.send(Message::text(asked)).await.unwrap();
                while let Some(Ok(message)) = socket.next().await {
                    if message.to_text().is_ok_and(|text| text == "drop") {
                        return;
                    }
                    if message.is_text() || message.is_binary() {
                        socket.send(message).await.unwrap();
                    }
                }
            });
        }
    });
    url.parse().unwrap()
}

async fn connect(url: Url, protocols: &[&str]) -> Result<WebSocketConnection, NetworkErrorKind> {
    let protocols = protocols.iter().map(|protocol| (*protocol).to_owned()).collect();
    let params = FetchParams::new(request(url));
    network(&[]).connect_web_socket(params, protocols).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn messages_go_both_ways_until_the_closing_handshake() {
    let mut socket = connect(echo_server().await, &["a", "b"]).await.unwrap();
    assert_eq!((&*socket.protocol, &*socket.extensions), ("b", ""));
    let asked = socket.incoming.next().await;
    assert!(
        matches!(&asked, Some(WebSocketEvent::Text(text)) if text.starts_with("/chat?a ") && text.ends_with(" a, b")),
        "{asked:?}"
    );
    for message in [OutgoingMessage::Text("é".into()), OutgoingMessage::Binary(vec![1; 100_000].into())] {
        socket.outgoing.unbounded_send(message).unwrap();
    }
    let mut events: Vec<_> = (&mut socket.incoming).take(4).collect().await;
    let close = OutgoingMessage::Close(Some((3001, "bye".to_owned())));
    socket.outgoing.unbounded_send(close).unwrap();
    events.extend(socket.incoming.collect::<Vec<_>>().await);
    let (sent, came): (Vec<_>, Vec<_>) =
        events.into_iter().partition(|event| matches!(event, WebSocketEvent::Sent(_)));
    assert_eq!(sent, [WebSocketEvent::Sent(2), WebSocketEvent::Sent(100_000)]);
    let close = WebSocketClose { code: 3001, reason: "bye".into(), was_clean: true, failed: false };
    assert_eq!(
        came,
        [
            WebSocketEvent::Text("é".into()),
            WebSocketEvent::Binary(vec![1; 100_000].into()),
            WebSocketEvent::Closing,
            WebSocketEvent::Closed(close)
        ]
    );
}

#[tokio::test]
async fn a_connection_that_is_cut_has_failed() {
    let socket = connect(echo_server().await, &[]).await.unwrap();
    socket.outgoing.unbounded_send(OutgoingMessage::Text("drop".into())).unwrap();
    let last = socket.incoming.collect::<Vec<_>>().await.pop();
    assert_eq!(last, Some(WebSocketEvent::Closed(WebSocketClose::failure())));
}

#[tokio::test]
async fn a_server_that_knows_no_web_sockets_is_an_error() {
    let server = serve(|_| answer(200, &[], "hello")).await;
    let mut url = server.url("/");
    url.set_scheme("ws").unwrap();
    assert_eq!(connect(url, &[]).await.err(), Some(NetworkErrorKind::Protocol));
    let [seen] = &*server.seen() else { panic!("one request") };
    assert_eq!(seen.header("sec-websocket-version"), Some("13"));
}
