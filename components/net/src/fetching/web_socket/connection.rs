//! A connection from its handshake to its end: <https://websockets.spec.whatwg.org/#closing-the-connection>.
//!
//! What comes in is held back: there is one message at a time that nobody has taken yet, and while there is one the
//! socket is not read. A connection that is to be closed ends within limits, whatever the other end does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fetch::{OutgoingMessage, WebSocketClose, WebSocketConnection, WebSocketEvent};
use futures::channel::mpsc::{self, UnboundedReceiver, UnboundedSender, unbounded};
use futures::channel::oneshot;
use futures::stream::{self, SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::io::{InspectReader, InspectWriter};
use tokio_util::sync::CancellationToken;

use super::frames::{CloseFrameBody, Frames, parse_close_frame};

/// Once the connection is to be closed: how long the other end may take nothing of what is left to be sent, and then
/// not answer the closing handshake.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);
/// How long the other end may take to end the connection after the closing handshake.
const END_LIMIT: Duration = Duration::from_secs(2);
/// A message that comes in may have so many bytes.
const MESSAGE_LIMIT: usize = 64 << 20;

type Socket<T> = WebSocketStream<T>;

/// The connection over a transport whose opening handshake is done.
pub(super) async fn open<T>(transport: T, protocol: String) -> WebSocketConnection
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let config =
        WebSocketConfig::default().max_message_size(Some(MESSAGE_LIMIT)).max_frame_size(Some(MESSAGE_LIMIT));
    let written = Arc::new(AtomicU64::new(0));
    let counter = written.clone();
    let transport = InspectWriter::new(transport, move |bytes| {
        counter.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    });
    let close_frame = Arc::new(OnceLock::new());
    let mut frames = Frames::new(close_frame.clone());
    let transport = InspectReader::new(transport, move |bytes| frames.push(bytes));
    let socket = Socket::from_raw_socket(transport, Role::Client, Some(config)).await;
    let (outgoing, to_send) = unbounded();
    let (messages, received) = mpsc::channel(0);
    // Apart from what is received, so that sending does not wait for that to be taken.
    let (on_sent, sent) = unbounded();
    let (on_closed, closed) = oneshot::channel();
    let watched = Watched { written, close_frame };
    tokio::spawn(run(socket, watched, to_send, Events { messages, on_sent, on_closed }));
    let closed = stream::once(closed).filter_map(async |closed| closed.ok().map(WebSocketEvent::Closed));
    let incoming = stream::select(received, sent).chain(closed).boxed();
    WebSocketConnection { protocol, extensions: String::new(), outgoing, incoming }
}

/// Who is told. Nobody listens where the page is gone.
struct Events {
    messages: mpsc::Sender<WebSocketEvent>,
    on_sent: UnboundedSender<WebSocketEvent>,
    on_closed: oneshot::Sender<WebSocketClose>,
}

/// What is known of the transport.
struct Watched {
    /// How many bytes were written.
    written: Arc<AtomicU64>,
    close_frame: Arc<CloseFrameBody>,
}

/// How receiving ended.
enum End {
    Closed(WebSocketClose),
    /// By a code that is none: the connection has failed, and is in the closing handshake.
    ClosedBadly,
    /// <https://datatracker.ietf.org/doc/html/rfc6455#section-7.1.7>, and what the other end is told.
    Failed(Option<CloseCode>),
}

/// The connection's life.
async fn run<T>(
    socket: Socket<T>,
    Watched { written, close_frame }: Watched,
    to_send: UnboundedReceiver<OutgoingMessage>,
    events: Events,
) where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let Events { messages, on_sent, on_closed } = events;
    let (mut sink, mut stream) = socket.split();
    let closing = CancellationToken::new();
    let (queue, queued) = unbounded();
    let end = {
        let sending = send(&mut sink, queued, on_sent);
        let stalled = async {
            enqueue(to_send, queue).await;
            closing.cancel();
            wait_until_stalled(&written).await;
        };
        tokio::select! {
            end = receive(&mut stream, messages, &closing, &close_frame) => end,
            // A failure to send is one to receive, too, and that tells how it ended.
            never = async { sending.await; std::future::pending().await } => never,
            () = stalled => End::Failed(None),
        }
    };
    match end {
        End::Closed(close) => {
            finish_handshake(&mut stream).await;
            let _ = on_closed.send(close);
        }
        // What the other end does now changes nothing.
        End::ClosedBadly => {
            let _ = on_closed.send(WebSocketClose::failure());
            finish_handshake(&mut stream).await;
        }
        End::Failed(code) => {
            let _ = on_closed.send(WebSocketClose::failure());
            if let Some(code) = code {
                let _ = tokio::time::timeout(END_LIMIT, leave(sink, stream, code)).await;
            }
        }
    }
}

/// Reading on answers the handshake. Then it is the server that ends the connection.
async fn finish_handshake<T>(stream: &mut SplitStream<Socket<T>>)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let ended = async { while let Some(Ok(_)) = stream.next().await {} };
    let _ = tokio::time::timeout(END_LIMIT, ended).await;
}

/// Queues what is to be sent, until the connection is to be closed: that has to be known even while the transport takes
/// nothing.
async fn enqueue(mut to_send: UnboundedReceiver<OutgoingMessage>, queue: UnboundedSender<OutgoingMessage>) {
    // <https://websockets.spec.whatwg.org/#websocket-make-disappear>: the page is gone.
    let gone = || OutgoingMessage::Close(Some((1001, String::new())));
    loop {
        let message = to_send.next().await.unwrap_or_else(gone);
        let is_last = matches!(message, OutgoingMessage::Close(_));
        // Where nothing can be sent any more, receiving ends, too.
        let _ = queue.unbounded_send(message);
        if is_last {
            return;
        }
    }
}

/// Resolves when nothing was written for [`CLOSE_LIMIT`], which is looked at that often.
async fn wait_until_stalled(written: &AtomicU64) {
    loop {
        let before = written.load(Ordering::Relaxed);
        tokio::time::sleep(CLOSE_LIMIT).await;
        if written.load(Ordering::Relaxed) == before {
            return;
        }
    }
}

/// Sends until the closing handshake has begun.
async fn send<T>(
    sink: &mut SplitSink<Socket<T>, Message>,
    mut queued: UnboundedReceiver<OutgoingMessage>,
    on_sent: UnboundedSender<WebSocketEvent>,
) where
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = queued.next().await {
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
        if sink.send(message).await.is_err() || is_last {
            return;
        }
        let _ = on_sent.unbounded_send(WebSocketEvent::Sent(length));
    }
}

/// Receives until the connection is closed. (Pings are answered by the crate.)
async fn receive<T>(
    stream: &mut SplitStream<Socket<T>>,
    mut messages: mpsc::Sender<WebSocketEvent>,
    closing: &CancellationToken,
    close_frame: &CloseFrameBody,
) -> End
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let message = match stream.next().await {
            Some(Ok(Message::Text(text))) => WebSocketEvent::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(bytes))) => WebSocketEvent::Binary(bytes),
            // (What the crate makes of the frame has another code for those that it does not know.)
            Some(Ok(Message::Close(_))) => {
                let Some((code, reason)) = close_frame.get().and_then(|body| parse_close_frame(body)) else {
                    return End::ClosedBadly;
                };
                // There is room, but where the page wants it closed, too.
                let _ = messages.try_send(WebSocketEvent::Closing);
                return End::Closed(WebSocketClose { code, reason, was_clean: true, failed: false });
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
            Some(Err(error)) => return End::Failed(failure_code(&error)),
            None => return End::Failed(None),
        };
        // Waits until it is taken: that holds the other end back. A socket that is being closed takes no message.
        tokio::select! {
            () = closing.cancelled() => {}
            _ = messages.send(message) => {}
        }
    }
}

/// <https://datatracker.ietf.org/doc/html/rfc6455#section-7.4.1>; None where the transport has failed.
fn failure_code(error: &Error) -> Option<CloseCode> {
    match error {
        Error::Capacity(_) => Some(CloseCode::Size),
        Error::Utf8(_) => Some(CloseCode::Invalid),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(CloseCode::Protocol),
        _ => None,
    }
}

/// Tells the other end why, then reads what it has sent meanwhile: a connection with unread bytes would be reset, and
/// the other end might not hear.
async fn leave<T>(mut sink: SplitSink<Socket<T>, Message>, stream: SplitStream<Socket<T>>, code: CloseCode)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let close = Message::Close(Some(CloseFrame { code, reason: "".into() }));
    if sink.send(close).await.is_err() {
        return;
    }
    if let Ok(socket) = sink.reunite(stream) {
        let mut transport = socket.into_inner();
        let _ = transport.shutdown().await;
        let _ = tokio::io::copy(&mut transport, &mut tokio::io::sink()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};
    use tokio::time::{Instant, timeout};

    /// Longer than anything takes. (The clock is one that goes on only where nothing else does.)
    const FOR_EVER: Duration = Duration::from_secs(3600);

    /// Both ends of a connection that holds few bytes.
    async fn connect() -> (WebSocketConnection, DuplexStream) {
        let (ours, theirs) = duplex(1 << 16);
        (open(ours, String::new()).await, theirs)
    }

    async fn server(transport: DuplexStream) -> Socket<DuplexStream> {
        Socket::from_raw_socket(transport, Role::Server, None).await
    }

    fn close_frame(code: CloseCode) -> Message {
        Message::Close(Some(CloseFrame { code, reason: "why".into() }))
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_waits_until_its_messages_are_taken() {
        let (mut socket, theirs) = connect().await;
        let mut server = server(theirs).await;
        let mut sent = 0;
        let message = || Message::binary(vec![1; 100_000]);
        while timeout(FOR_EVER, server.send(message())).await.is_ok() {
            sent += 1;
            assert!(sent < 10, "the server is never held back");
        }
        // Meanwhile what goes the other way does.
        socket.outgoing.unbounded_send(OutgoingMessage::Text("on".into())).unwrap();
        assert_eq!(server.next().await.unwrap().unwrap(), Message::text("on"));
        // The one that was given up is sent all the same: it was in a buffer.
        let flushing = tokio::spawn(async move { server.flush().await });
        let mut taken = 0;
        while taken <= sent {
            match socket.incoming.next().await {
                Some(WebSocketEvent::Sent(2)) => {}
                event => {
                    assert_eq!(event, Some(WebSocketEvent::Binary(vec![1; 100_000].into())));
                    taken += 1;
                }
            }
        }
        flushing.await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_is_too_long_fails_the_connection_and_the_server_hears_why() {
        let (socket, mut theirs) = connect().await;
        // The head of a message with 64 MiB and a byte, and some of it.
        theirs.write_all(&[0x82, 127, 0, 0, 0, 0, 4, 0, 0, 1]).await.unwrap();
        theirs.write_all(&[0; 1000]).await.unwrap();
        let mut server = server(theirs).await;
        let Some(Ok(Message::Close(Some(frame)))) = server.next().await else { panic!("no close frame") };
        assert_eq!(frame.code, CloseCode::Size);
        let events: Vec<_> = socket.incoming.collect().await;
        assert_eq!(events, [WebSocketEvent::Closed(WebSocketClose::failure())]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_breaks_the_protocol_fails_the_connection_and_the_server_hears_why() {
        for (bytes, code) in [(&[0x81, 1, 0xff][..], CloseCode::Invalid), (&[0x83, 0], CloseCode::Protocol)] {
            let (socket, mut theirs) = connect().await;
            theirs.write_all(bytes).await.unwrap();
            let Some(Ok(Message::Close(Some(frame)))) = server(theirs).await.next().await else {
                panic!("no close frame")
            };
            assert_eq!(frame.code, code);
            let events: Vec<_> = socket.incoming.collect().await;
            assert_eq!(events, [WebSocketEvent::Closed(WebSocketClose::failure())]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_close_with_a_code_that_none_may_have_fails_the_connection() {
        for code in [0_u16, 999, 1005, 1006, 1015] {
            let body = code.to_be_bytes();
            for ours_first in [false, true] {
                let (socket, mut theirs) = connect().await;
                let mut expected = CloseCode::Protocol;
                if ours_first {
                    expected = CloseCode::Normal;
                    socket.outgoing.unbounded_send(OutgoingMessage::Close(Some((1000, "".into())))).unwrap();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                theirs.write_all(&[0x88, 2, body[0], body[1]]).await.unwrap();
                let Some(Ok(Message::Close(Some(frame)))) = server(theirs).await.next().await else {
                    panic!("no close frame")
                };
                assert_eq!(frame.code, expected);
                let events: Vec<_> = socket.incoming.collect().await;
                assert_eq!(events, [WebSocketEvent::Closed(WebSocketClose::failure())], "{code}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_code_that_nobody_knows_is_told_as_it_is() {
        for code in [1004_u16, 1014, 2000, 2999, 3000, 4999, 5000, u16::MAX] {
            let (socket, mut theirs) = connect().await;
            let body = code.to_be_bytes();
            // After a message, one byte at a time.
            for byte in [0x81, 1, b'x', 0x88, 5, body[0], body[1], b'w', b'h', b'y'] {
                theirs.write_all(&[byte]).await.unwrap();
                tokio::task::yield_now().await;
            }
            let close = WebSocketClose { code, reason: "why".into(), was_clean: true, failed: false };
            let events: Vec<_> = socket.incoming.collect().await;
            let expected =
                [WebSocketEvent::Text("x".into()), WebSocketEvent::Closing, WebSocketEvent::Closed(close)];
            assert_eq!(events, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_does_not_end_the_connection_is_not_waited_for() {
        for theirs_first in [false, true] {
            let (socket, theirs) = connect().await;
            let start = Instant::now();
            // A server's transport, whose protocol is not that of a server: that would end the connection.
            let mut server = Socket::from_raw_socket(theirs, Role::Server, None).await;
            if theirs_first {
                server.send(close_frame(CloseCode::Away)).await.unwrap();
            } else {
                let close = OutgoingMessage::Close(Some((1001, "why".into())));
                socket.outgoing.unbounded_send(close).unwrap();
                assert_eq!(server.next().await.unwrap().unwrap(), close_frame(CloseCode::Away));
                server.flush().await.unwrap_or(());
            }
            let last = socket.incoming.collect::<Vec<_>>().await.pop();
            let close = WebSocketClose { code: 1001, reason: "why".into(), was_clean: true, failed: false };
            assert_eq!(last, Some(WebSocketEvent::Closed(close)));
            assert_eq!(start.elapsed().as_secs(), END_LIMIT.as_secs());
            // It was ended from here.
            let rest = server.into_inner().read_to_end(&mut Vec::new()).await;
            assert!(rest.is_ok(), "{rest:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_close_that_comes_just_in_time_is_a_clean_one() {
        let (socket, mut theirs) = connect().await;
        socket.outgoing.unbounded_send(OutgoingMessage::Close(Some((1000, "why".into())))).unwrap();
        // Two looks at what was written are to come. The server does not end the connection after its answer.
        tokio::time::sleep(CLOSE_LIMIT * 2 - END_LIMIT / 2).await;
        theirs.write_all(&[0x88, 2, 3, 0xe8]).await.unwrap();
        let last = socket.incoming.collect::<Vec<_>>().await.pop();
        let close = WebSocketClose { code: 1000, was_clean: true, ..WebSocketClose::default() };
        assert_eq!(last, Some(WebSocketEvent::Closed(close)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_takes_nothing_does_not_keep_a_connection_that_is_to_be_closed() {
        for is_asked in [true, false] {
            let (socket, mut theirs) = connect().await;
            let message = OutgoingMessage::Binary(vec![1; 1 << 20].into());
            socket.outgoing.unbounded_send(message).unwrap();
            if is_asked {
                socket.outgoing.unbounded_send(OutgoingMessage::Close(None)).unwrap();
            }
            drop(socket.outgoing);
            let events: Vec<_> = timeout(FOR_EVER, socket.incoming.collect()).await.expect("it ends");
            assert_eq!(events, [WebSocketEvent::Closed(WebSocketClose::failure())]);
            let rest = timeout(FOR_EVER, theirs.read_to_end(&mut Vec::new())).await.expect("it is ended");
            assert!(rest.is_ok(), "{rest:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_slow_gets_all_before_the_close() {
        let (socket, mut theirs) = connect().await;
        let message = OutgoingMessage::Binary(vec![1; 1 << 18].into());
        socket.outgoing.unbounded_send(message).unwrap();
        socket.outgoing.unbounded_send(OutgoingMessage::Close(Some((1000, "why".into())))).unwrap();
        let (mut pipe, slow) = duplex(1 << 20);
        let reading = tokio::spawn(async move {
            let mut chunk = vec![0; 1 << 15];
            loop {
                // All that takes longer than the limit, and nothing in it does.
                tokio::time::sleep(CLOSE_LIMIT * 3 / 10).await;
                let length = theirs.read(&mut chunk).await.unwrap();
                pipe.write_all(&chunk[..length]).await.unwrap();
                if length < chunk.len() {
                    // The last of it is there: it is answered.
                    theirs.write_all(&[0x88, 2, 3, 0xe8]).await.unwrap();
                    return theirs;
                }
            }
        });
        let mut server = server(slow).await;
        assert_eq!(server.next().await.unwrap().unwrap().len(), 1 << 18);
        assert_eq!(server.next().await.unwrap().unwrap(), close_frame(CloseCode::Normal));
        drop(reading.await.unwrap());
        let last = socket.incoming.collect::<Vec<_>>().await.pop();
        let close = WebSocketClose { code: 1000, was_clean: true, ..WebSocketClose::default() };
        assert_eq!(last, Some(WebSocketEvent::Closed(close)));
    }
}
