//! WebSocket connections, as plain data: <https://websockets.spec.whatwg.org/#websocket-protocol>.

use std::fmt;

use bytes::Bytes;
use futures::channel::mpsc::UnboundedSender;
use futures::stream::BoxStream;

/// An established connection. Dropping it closes it, as a page that goes away does.
pub struct WebSocketConnection {
    /// The subprotocol in use; empty for none.
    pub protocol: String,
    /// The extensions in use; empty for none.
    pub extensions: String,
    /// What is to be sent, in order. After [`OutgoingMessage::Close`] nothing more is sent.
    pub outgoing: UnboundedSender<OutgoingMessage>,
    /// What comes in. Ends after [`WebSocketEvent::Closed`]. While it is not taken, no more is read from the network.
    pub incoming: BoxStream<'static, WebSocketEvent>,
}

/// A message for the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutgoingMessage {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
    /// Starts the closing handshake, with the code and the reason that are to be given. A reason is at most 123 bytes
    /// long, and needs a code.
    Close(Option<(u16, String)>),
}

impl OutgoingMessage {
    /// How many bytes of application data it has.
    pub fn length(&self) -> u64 {
        let length = match self {
            OutgoingMessage::Text(text) => text.len(),
            OutgoingMessage::Binary(bytes) => bytes.len(),
            OutgoingMessage::Close(_) => 0,
        };
        u64::try_from(length).unwrap_or(u64::MAX)
    }
}

/// What happens on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebSocketEvent {
    /// A message with text.
    Text(String),
    /// A message with bytes.
    Binary(Bytes),
    /// So many bytes of application data were handed to the transport.
    Sent(u64),
    /// The other end has started the closing handshake.
    Closing,
    /// The connection is closed.
    Closed(WebSocketClose),
}

/// How a connection ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebSocketClose {
    /// <https://datatracker.ietf.org/doc/html/rfc6455#section-7.1.5>
    pub code: u16,
    /// <https://datatracker.ietf.org/doc/html/rfc6455#section-7.1.6>
    pub reason: String,
    /// Whether the closing handshake was completed.
    pub was_clean: bool,
    /// Whether the connection was [failed](https://datatracker.ietf.org/doc/html/rfc6455#section-7.1.7).
    pub failed: bool,
}

impl WebSocketClose {
    /// There was no closing handshake.
    pub fn failure() -> Self {
        WebSocketClose { code: 1006, failed: true, ..WebSocketClose::default() }
    }
}

impl fmt::Debug for WebSocketConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketConnection")
            .field("protocol", &self.protocol)
            .field("extensions", &self.extensions)
            .finish_non_exhaustive()
    }
}
