//! What happens on a connection: <https://websockets.spec.whatwg.org/#feedback-from-the-protocol>.

use std::cell::RefCell;
use std::pin::pin;

use fetch::{NetworkError, Origin, OutgoingMessage, WebSocketClose, WebSocketConnection, WebSocketEvent};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{self, AbortHandle, Abortable};
use futures::stream::BoxStream;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

use super::close_event::CloseEvent;
use super::web_socket::{ReadyState, WebSocket};
use crate::bindings::enums::BinaryType;
use crate::dom::console::console_message;
use crate::dom::csp::fetch_params;
use crate::dom::events::event::Event;
use crate::dom::fileapi::blob::Blob;
use crate::dom::html::message_event::MessageEvent;
use crate::dom::streams::array_buffers::{new_array_buffer, source_value};
use crate::embedder::ConsoleLevel;
use crate::runtime::agent::Agent;
use crate::runtime::backlog::Backlog;
use crate::runtime::pending::PendingOperation;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The socket's end of a connection. Dropped with the socket, which closes it.
#[derive(Default)]
pub(super) struct Connection {
    /// While it is being established.
    establishing: RefCell<Option<AbortHandle>>,
    /// Once it is.
    outgoing: RefCell<Option<UnboundedSender<ToSend>>>,
}

/// A message on its way out.
struct ToSend {
    message: OutgoingMessage,
    /// While the connection is being closed the page is not done.
    closing: Option<PendingOperation>,
}

impl Connection {
    /// Sends a message, or starts the closing handshake.
    pub(super) fn send(&self, message: OutgoingMessage) {
        let is_close = matches!(message, OutgoingMessage::Close(_));
        let closing = is_close.then(|| Agent::of_this_thread().pending_operation());
        if let Some(outgoing) = &*self.outgoing.borrow() {
            // A connection that is closed takes nothing more; the page will hear of that.
            let _ = outgoing.unbounded_send(ToSend { message, closing });
        }
    }
}

/// A connection's way to its socket, which it keeps alive.
#[derive(Clone)]
struct Client {
    socket: Trusted<WebSocket>,
    tasks: TaskSender,
}

impl Client {
    /// False if the page is ending.
    fn post(&self, steps: impl FnOnce(&mut JSContext, &WebSocket) + Send + 'static) -> bool {
        let socket = self.socket.clone();
        let task = move |cx: &mut JSContext, _: &GlobalScope| steps(cx, &socket.root());
        self.tasks.post(TaskSource::Networking, Box::new(task))
    }
}

impl WebSocket {
    /// [Establishes](https://websockets.spec.whatwg.org/#concept-websocket-establish) the connection.
    pub(super) fn establish(&self, protocols: Vec<String>) {
        let global = self.global();
        let params = fetch_params(&global, global.new_request(self.url.clone()));
        let client = Client { socket: Trusted::new(self), tasks: global.task_sender() };
        let connecting = global.hosts().network.connect_web_socket(params, protocols);
        let (handle, registration) = AbortHandle::new_pair();
        self.connection.establishing.replace(Some(handle));
        global.spawn(async move {
            // Whoever aborts it tells the page.
            match Abortable::new(connecting, registration).await {
                Ok(Ok(connection)) => run(client, connection).await,
                Ok(Err(error)) => {
                    client.post(move |cx, socket| socket.could_not_connect(cx, &error));
                }
                Err(_) => {}
            }
        });
    }

    /// [Fails](https://datatracker.ietf.org/doc/html/rfc6455#section-7.1.7) a connection that is not yet established.
    pub(super) fn fail(&self) {
        let Some(establishing) = self.connection.establishing.take() else { return };
        establishing.abort();
        let client = Client { socket: Trusted::new(self), tasks: self.global().task_sender() };
        client.post(|cx, socket| socket.closed(cx, WebSocketClose::failure()));
    }

    fn could_not_connect(&self, cx: &mut JSContext, error: &NetworkError) {
        // It was given up meanwhile.
        if self.connection.establishing.take().is_none() {
            return;
        }
        let text = format!("the WebSocket {} failed: {error}", self.url);
        console_message(&self.global(), ConsoleLevel::Error, text);
        self.closed(cx, WebSocketClose::failure());
    }

    /// The connection is established.
    fn opened(
        &self,
        cx: &mut JSContext,
        outgoing: UnboundedSender<ToSend>,
        protocol: String,
        extensions: String,
    ) {
        // It was given up meanwhile: dropping its end closes it.
        if self.connection.establishing.take().is_none() {
            return;
        }
        self.connection.outgoing.replace(Some(outgoing));
        // 1 to 4.
        self.ready_state.set(ReadyState::Open);
        *self.extensions.borrow_mut() = extensions.into();
        *self.protocol.borrow_mut() = protocol.into();
        self.upcast::<EventTarget>().fire_event(cx, "open");
    }

    fn process(&self, cx: &mut JSContext, event: WebSocketEvent) {
        match event {
            WebSocketEvent::Sent(bytes) => {
                self.buffered_amount.set(self.buffered_amount.get().saturating_sub(bytes));
            }
            WebSocketEvent::Closing => {
                if self.ready_state.get() != ReadyState::Closed {
                    self.ready_state.set(ReadyState::Closing);
                }
            }
            // One that was given up has told so already.
            WebSocketEvent::Closed(close) => {
                if self.connection.outgoing.take().is_some() {
                    self.closed(cx, close);
                }
            }
            WebSocketEvent::Text(text) => {
                rooted!(&in(cx) let mut data = UndefinedValue());
                DOMString::from(text).to_jsval(cx, data.handle_mut());
                self.message(cx, data.handle());
            }
            WebSocketEvent::Binary(bytes) => {
                rooted!(&in(cx) let mut data = UndefinedValue());
                match self.binary_type.get() {
                    BinaryType::Blob => {
                        let blob = Blob::new(cx, &self.global(), bytes, DOMString::new());
                        blob.to_jsval(cx, data.handle_mut());
                    }
                    BinaryType::Arraybuffer => match new_array_buffer(cx, &bytes) {
                        Ok(buffer) => source_value(&buffer).get(data.handle_mut()),
                        Err(error) => {
                            // There is no memory for it: the page hears nothing of this message.
                            error.take_value(cx, data.handle_mut());
                            let text = "a WebSocket's message was too large for an ArrayBuffer".to_owned();
                            console_message(&self.global(), ConsoleLevel::Error, text);
                            return;
                        }
                    },
                }
                self.message(cx, data.handle());
            }
        }
    }

    /// A message was received.
    fn message(&self, cx: &mut JSContext, data: HandleValue<'_>) {
        // 1.
        if self.ready_state.get() != ReadyState::Open {
            return;
        }
        // 3.
        let origin = Origin::of(&self.url).ascii_serialization();
        let event =
            MessageEvent::with_data(cx, &self.global(), "message", data, &origin, DOMString::default());
        event.upcast::<Event>().fire(cx, self.upcast());
    }

    /// The connection is closed.
    fn closed(&self, cx: &mut JSContext, close: WebSocketClose) {
        // 1.
        self.ready_state.set(ReadyState::Closed);
        // 2.
        if close.failed {
            self.upcast::<EventTarget>().fire_event(cx, "error");
        }
        // 3.
        let event = CloseEvent::new(cx, &self.global(), close);
        event.upcast::<Event>().fire(cx, self.upcast());
    }
}

/// Passes on what happens on a connection. Dropped with the document, it makes the connection
/// [disappear](https://websockets.spec.whatwg.org/#websocket-make-disappear).
async fn run(client: Client, connection: WebSocketConnection) {
    let WebSocketConnection { protocol, extensions, outgoing, incoming } = connection;
    let (from_page, to_send) = unbounded();
    client.post(move |cx, socket| socket.opened(cx, from_page, protocol, extensions));
    // A page that waits for messages alone has nothing to do.
    let client = Client { socket: client.socket.clone(), tasks: client.tasks.background() };
    future::select(pin!(receive(client, incoming)), pin!(send(to_send, outgoing))).await;
}

/// Passes on what the page sends; never resolves.
async fn send(mut to_send: UnboundedReceiver<ToSend>, outgoing: UnboundedSender<OutgoingMessage>) {
    let mut until_closed = None;
    while let Some(ToSend { message, closing }) = to_send.next().await {
        until_closed = closing.or(until_closed);
        // A connection that is closed takes nothing more; the page will hear of that.
        let _ = outgoing.unbounded_send(message);
    }
    // The socket was collected, or given up.
    drop(outgoing);
    future::pending::<()>().await;
    drop(until_closed);
}

/// Passes on what comes, until the connection is closed.
async fn receive(client: Client, mut incoming: BoxStream<'static, WebSocketEvent>) {
    let backlog = Backlog::new();
    while let Some(event) = incoming.next().await {
        let length = match &event {
            WebSocketEvent::Text(text) => text.len(),
            WebSocketEvent::Binary(bytes) => bytes.len(),
            WebSocketEvent::Sent(_) | WebSocketEvent::Closing | WebSocketEvent::Closed(_) => 0,
        };
        let room = backlog.take(length).await;
        let is_open = client.post(move |cx, socket| {
            socket.process(cx, event);
            drop(room);
        });
        if !is_open {
            return;
        }
    }
}
