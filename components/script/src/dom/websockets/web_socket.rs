//! The WebSocket interface: <https://websockets.spec.whatwg.org/#the-websocket-interface>.

use std::collections::HashSet;

use fetch::http::is_token;
use fetch::{OutgoingMessage, Url};

use super::connection::Connection;
use crate::bindings::enums::BinaryType;
use crate::bindings::interfaces::WebSocketMethods;
use crate::bindings::unions::{BufferSourceOrBlobOrUSVString, DOMStringOrDOMStringSequence};
use crate::webidl::*;

/// A reason is no longer than this.
const REASON_LIMIT: usize = 123;

/// <https://websockets.spec.whatwg.org/#websocket-ready-state>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadyState {
    /// CONNECTING
    Connecting = 0,
    /// OPEN
    Open = 1,
    /// CLOSING
    Closing = 2,
    /// CLOSED
    Closed = 3,
}

/// <https://websockets.spec.whatwg.org/#websocket>
#[dom_struct]
pub struct WebSocket {
    event_target: EventTarget,
    #[no_trace]
    pub(super) url: Url,
    #[no_trace]
    pub(super) binary_type: Cell<BinaryType>,
    #[no_trace]
    pub(super) ready_state: Cell<ReadyState>,
    /// The bytes that were queued and not yet sent.
    pub(super) buffered_amount: Cell<u64>,
    pub(super) extensions: DomRefCell<DOMString>,
    pub(super) protocol: DomRefCell<DOMString>,
    #[no_trace]
    pub(super) connection: Connection,
}

/// Steps 8 and 9 of the constructor: subprotocols are tokens, each of them once.
fn check_protocols(protocols: DOMStringOrDOMStringSequence) -> Fallible<Vec<String>> {
    let protocols = match protocols {
        DOMStringOrDOMStringSequence::DOMString(protocol) => vec![protocol],
        DOMStringOrDOMStringSequence::DOMStringSequence(protocols) => protocols.to_vec(),
    };
    let mut seen = HashSet::new();
    for protocol in &protocols {
        if !is_token(protocol.as_bytes()) {
            return Err(Error::Syntax(format!("'{protocol}' can't be a subprotocol")));
        }
        if !seen.insert(protocol) {
            return Err(Error::Syntax(format!("the subprotocol '{protocol}' is there more than once")));
        }
    }
    Ok(protocols.into_iter().map(String::from).collect())
}

/// Steps 2 to 7 of the constructor.
fn parse_url(global: &GlobalScope, url: &str) -> Fallible<Url> {
    let invalid = |what: String| Error::Syntax(format!("'{url}' {what}"));
    // 2 and 3.
    let mut record =
        global.api_base_url().join(url).map_err(|error| invalid(format!("is not a valid URL: {error}")))?;
    // 4 and 5.
    let scheme = match record.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        // 6.
        other => return Err(invalid(format!("is none of a WebSocket: its scheme is {other}"))),
    };
    record.set_scheme(scheme).map_err(|()| invalid("is none of a WebSocket".into()))?;
    // 7.
    match record.fragment() {
        Some(_) => Err(invalid("has a fragment".into())),
        None => Ok(record),
    }
}

impl WebSocketMethods for WebSocket {
    /// <https://websockets.spec.whatwg.org/#dom-websocket-websocket>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        url: USVString,
        protocols: DOMStringOrDOMStringSequence,
    ) -> Fallible<DomRoot<WebSocket>> {
        // 1 to 9.
        let url = parse_url(global, &url)?;
        let protocols = check_protocols(protocols)?;
        // 10.
        let socket = WebSocket {
            event_target: EventTarget::new_inherited(),
            url,
            binary_type: Cell::new(BinaryType::Blob),
            ready_state: Cell::new(ReadyState::Connecting),
            buffered_amount: Cell::new(0),
            extensions: DomRefCell::default(),
            protocol: DomRefCell::default(),
            connection: Connection::default(),
        };
        let socket = reflect_dom_object_with_proto(cx, Box::new(socket), global, proto);
        // 11 and 12.
        socket.establish(protocols);
        Ok(socket)
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-url>
    fn Url(&self) -> USVString {
        self.url.as_str().into()
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-readystate>
    fn ReadyState(&self) -> u16 {
        self.ready_state.get() as u16
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount>
    fn BufferedAmount(&self) -> u64 {
        self.buffered_amount.get()
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-extensions>
    fn Extensions(&self) -> DOMString {
        self.extensions.borrow().clone()
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-protocol>
    fn Protocol(&self) -> DOMString {
        self.protocol.borrow().clone()
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-close>
    fn Close(&self, _cx: &mut JSContext, code: Option<u16>, reason: Option<USVString>) -> Fallible<()> {
        // 1.
        if let Some(code) = code
            && code != 1000
            && !(3000..=4999).contains(&code)
        {
            return Err(Error::InvalidAccess(format!(
                "the code {code} is not 1000, nor one of 3000 to 4999"
            )));
        }
        // 2.
        let reason = reason.map(String::from).unwrap_or_default();
        if reason.len() > REASON_LIMIT {
            return Err(Error::Syntax(format!("the reason is longer than {REASON_LIMIT} bytes")));
        }
        // 3.
        match self.ready_state.get() {
            ReadyState::Closing | ReadyState::Closed => {}
            ReadyState::Connecting => {
                self.ready_state.set(ReadyState::Closing);
                self.fail();
            }
            ReadyState::Open => {
                self.ready_state.set(ReadyState::Closing);
                // NB: a reason without a code can't be sent; 1000 is what it would mean.
                let code = code.or_else(|| (!reason.is_empty()).then_some(1000));
                self.connection.send(OutgoingMessage::Close(code.map(|code| (code, reason))));
            }
        }
        Ok(())
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-binarytype>
    fn BinaryType(&self) -> BinaryType {
        self.binary_type.get()
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-binarytype>
    fn SetBinaryType(&self, _cx: &mut JSContext, binary_type: BinaryType) -> Fallible<()> {
        self.binary_type.set(binary_type);
        Ok(())
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-send>
    fn Send(&self, _cx: &mut JSContext, data: BufferSourceOrBlobOrUSVString) -> Fallible<()> {
        // 1.
        if self.ready_state.get() == ReadyState::Connecting {
            return Err(Error::InvalidState("the connection is not yet established".into()));
        }
        // 2.
        let message = match data {
            BufferSourceOrBlobOrUSVString::USVString(text) => OutgoingMessage::Text(text.into()),
            BufferSourceOrBlobOrUSVString::Blob(blob) => OutgoingMessage::Binary(blob.bytes()),
            BufferSourceOrBlobOrUSVString::BufferSource(source) => {
                OutgoingMessage::Binary(source.to_vec().into())
            }
        };
        self.buffered_amount.set(self.buffered_amount.get().saturating_add(message.length()));
        if self.ready_state.get() == ReadyState::Open {
            self.connection.send(message);
        }
        Ok(())
    }
}
