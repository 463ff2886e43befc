//! Field values with control bytes.
//!
//! A [header's value](https://fetch.spec.whatwg.org/#header-value) may hold every byte but NUL, CR and LF, and servers
//! see and send them so; the crates below us refuse most control bytes. So on HTTP/1.1 a head's fields are translated
//! between hyper and the socket: such a byte is one of [`ESCAPE`] and a printable character there, and [`ESCAPE`] itself
//! is doubled. Bodies pass untouched. HTTP/2 has no such layer: a request with such a value is refused there.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Not part of any text that HTTP defines.
const ESCAPE: u8 = 0xff;
/// Between a control byte and the character that stands for it after [`ESCAPE`]: `^A` for 1, `^?` for 127.
const CARET: u8 = 0x40;
/// So much of a request's body may travel with its head in one piece.
const TOGETHER: usize = 16 << 10;

/// Whether the byte is legal in a field value, but not for the crates below us.
const fn is_control(byte: u8) -> bool {
    matches!(byte, 0x01..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f)
}

/// A field value as hyper takes it.
pub(crate) fn escape(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.iter().any(|byte| is_control(*byte) || *byte == ESCAPE) {
        return value.into();
    }
    let mut escaped = Vec::with_capacity(value.len() + 8);
    for byte in value {
        push_escaped(*byte, |byte| escaped.push(byte));
    }
    escaped.into()
}

/// A field value that hyper gave, as it was on the wire.
pub(crate) fn unescape(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&ESCAPE) {
        return value.into();
    }
    let mut escaped = false;
    value.iter().filter_map(|byte| unescape_next(*byte, &mut escaped)).collect::<Vec<_>>().into()
}

fn push_escaped(byte: u8, mut push: impl FnMut(u8)) {
    if is_control(byte) {
        push(ESCAPE);
        push(byte ^ CARET);
    } else {
        if byte == ESCAPE {
            push(ESCAPE);
        }
        push(byte);
    }
}

fn unescape_next(byte: u8, escaped: &mut bool) -> Option<u8> {
    if std::mem::take(escaped) {
        return Some(if byte == ESCAPE { byte } else { byte ^ CARET });
    }
    *escaped = byte == ESCAPE;
    (!*escaped).then_some(byte)
}

/// Where in a message the next byte is.
#[derive(Debug)]
struct Head {
    over: bool,
    /// Lines that are not empty, so far.
    lines: usize,
    line_is_empty: bool,
    /// What the first line begins with: version, space, the status' first and the other digits.
    start: [u8; 12],
    start_len: usize,
}

impl Head {
    const fn new() -> Self {
        Head { over: false, lines: 0, line_is_empty: true, start: [0; 12], start_len: 0 }
    }

    /// Whether the byte that comes next is one of a field's.
    const fn is_in_fields(&self) -> bool {
        self.lines > 0
    }

    fn advance(&mut self, byte: u8) {
        match byte {
            // Empty lines before the first one mean nothing.
            b'\n' if self.line_is_empty && self.lines == 0 => {}
            // An interim response's head is followed by another head.
            b'\n' if self.line_is_empty && self.is_interim() => *self = Head::new(),
            b'\n' if self.line_is_empty => self.over = true,
            b'\n' => {
                self.lines += 1;
                self.line_is_empty = true;
            }
            b'\r' => {}
            _ => {
                self.line_is_empty = false;
                if self.lines == 0 && self.start_len < self.start.len() {
                    self.start[self.start_len] = byte;
                    self.start_len += 1;
                }
            }
        }
    }

    /// <https://httpwg.org/specs/rfc9110.html#status.1xx>, but for the one after which there is no HTTP.
    fn is_interim(&self) -> bool {
        self.start.starts_with(b"HTTP/1.") && self.start[9] == b'1' && self.start[9..] != *b"101"
    }
}

/// Tells a connection's [`FieldValues`] that another message begins.
#[derive(Clone, Debug)]
pub(crate) struct NextMessage(Arc<AtomicUsize>);

impl NextMessage {
    /// To be called before a request is given to hyper, when hyper has room for it.
    pub(crate) fn begins(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

/// The heads that go one way: each is followed by a body, which is no concern of ours.
#[derive(Debug)]
struct Heads {
    /// Requests that were given to hyper.
    requests: NextMessage,
    /// How many of them had their head begun here.
    begun: usize,
    head: Head,
}

impl Heads {
    fn new(requests: NextMessage) -> Self {
        Heads { requests, begun: 0, head: Head { over: true, ..Head::new() } }
    }

    /// Whether what comes next is of a head.
    fn is_in_head(&mut self) -> bool {
        if self.head.over && self.begun != self.requests.0.load(Ordering::Acquire) {
            self.begun = self.begun.wrapping_add(1);
            self.head = Head::new();
        }
        !self.head.over
    }
}

/// An HTTP/1.1 connection whose heads are translated.
#[derive(Debug)]
pub(crate) struct FieldValues<T> {
    io: T,
    request: Heads,
    /// The last byte of the request was an [`ESCAPE`].
    request_is_escaped: bool,
    /// What was taken from hyper, and not by the socket.
    unwritten: Vec<u8>,
    response: Heads,
    /// There was no room for it in hyper's buffer.
    unread: Option<u8>,
}

impl<T> FieldValues<T> {
    pub(crate) fn new(io: T) -> (Self, NextMessage) {
        let next = NextMessage(Arc::default());
        let this = FieldValues {
            io,
            request: Heads::new(next.clone()),
            request_is_escaped: false,
            unwritten: Vec::new(),
            response: Heads::new(next.clone()),
            unread: None,
        };
        (this, next)
    }

    /// Takes a piece of a request for the socket.
    fn take(&mut self, piece: &[u8]) {
        for (index, byte) in piece.iter().enumerate() {
            if !self.request.is_in_head() {
                self.unwritten.extend_from_slice(&piece[index..]);
                return;
            }
            if let Some(byte) = unescape_next(*byte, &mut self.request_is_escaped) {
                self.request.head.advance(byte);
                self.unwritten.push(byte);
            }
        }
    }
}

impl<T: AsyncWrite + Unpin> FieldValues<T> {
    /// Writes what was taken.
    fn poll_unwritten(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unwritten.is_empty() {
            let written = ready!(Pin::new(&mut self.io).poll_write(cx, &self.unwritten))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unwritten.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for FieldValues<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if let Some(byte) = this.unread.take() {
            buf.put_slice(&[byte]);
            return Poll::Ready(Ok(()));
        }
        if !this.response.is_in_head() {
            return Pin::new(&mut this.io).poll_read(cx, buf);
        }
        // Every byte may become two.
        let mut space = [0; 4096];
        let most = (buf.remaining() / 2).clamp(1, space.len());
        let mut read = ReadBuf::new(&mut space[..most]);
        ready!(Pin::new(&mut this.io).poll_read(cx, &mut read))?;
        for (index, byte) in read.filled().iter().enumerate() {
            if this.response.head.over {
                buf.put_slice(&read.filled()[index..]);
                break;
            }
            let in_fields = this.response.head.is_in_fields();
            this.response.head.advance(*byte);
            let unread = &mut this.unread;
            let push = |byte| if buf.remaining() > 0 { buf.put_slice(&[byte]) } else { *unread = Some(byte) };
            if in_fields { push_escaped(*byte, push) } else { std::iter::once(*byte).for_each(push) }
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for FieldValues<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_unwritten(cx))?;
        if !this.request.is_in_head() {
            return Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        }
        // The head, and with it what fits of the body, so that a small request is one piece on the wire.
        let mut taken = 0;
        for buf in bufs {
            let room = TOGETHER.saturating_sub(taken);
            let piece = &buf[..buf.len().min(room)];
            this.take(piece);
            taken += piece.len();
        }
        match this.poll_unwritten(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            // The rest goes with the next write or flush.
            _ => Poll::Ready(Ok(taken)),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_unwritten(cx))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_unwritten(cx))?;
        Pin::new(&mut this.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// What comes out of `bytes` when pieces of `piece` bytes arrive and are read into buffers of `room` bytes.
    async fn received(bytes: &[u8], piece: usize, room: usize) -> Vec<u8> {
        let (mut server, client) = tokio::io::duplex(piece);
        let (mut io, next) = FieldValues::new(client);
        next.begins();
        let (mut all, mut buffer) = (Vec::new(), vec![0; room]);
        let ((), ()) = tokio::join!(
            async {
                server.write_all(bytes).await.unwrap();
                drop(server);
            },
            async {
                loop {
                    match io.read(&mut buffer).await.unwrap() {
                        0 => break,
                        read => all.extend_from_slice(&buffer[..read]),
                    }
                }
            }
        );
        all
    }

    #[tokio::test]
    async fn a_response_is_translated_in_its_fields_alone() {
        let wire = b"\r\nHTTP/1.1 103 Early\x01\r\nA: \x02\r\n\r\nHTTP/1.1 200 \xff\x01\nB: \x7f\xff\x0b\tb\n\nA: \x02\xff\r\n\r\n\x03";
        let hyper = b"\r\nHTTP/1.1 103 Early\x01\r\nA: \xffB\r\n\r\nHTTP/1.1 200 \xff\x01\nB: \xff?\xff\xff\xffK\tb\n\nA: \x02\xff\r\n\r\n\x03";
        for (piece, room) in [(1, 1), (1, 9), (2, 1), (3, 2), (5, 3), (200, 1), (200, 7), (200, 4000)] {
            let got = received(wire, piece, room).await;
            assert_eq!(got.escape_ascii().to_string(), hyper.escape_ascii().to_string(), "{piece} {room}");
        }
    }

    #[tokio::test]
    async fn a_response_after_which_there_is_no_http_is_not_followed_by_a_head() {
        let wire = b"HTTP/1.1 101 Switching\r\nA: b\r\n\r\n\x81\x02\r\n\x01\xff";
        assert_eq!(received(wire, 7, 100).await, wire);
    }

    #[tokio::test]
    async fn a_request_is_translated_until_its_body() {
        for (piece, room) in [(1, 1), (2, 1), (3, 2), (5, 3), (1000, 1), (1000, 1000)] {
            let (mut server, client) = tokio::io::duplex(room);
            let (mut io, next) = FieldValues::new(client);
            let hyper = b"POST / HTTP/1.1\r\nA: \xffA\xff\xff\xff?\r\n\r\n\xffA\r\n\r\n\xff";
            let wire = b"POST / HTTP/1.1\r\nA: \x01\xff\x7f\r\n\r\n\xffA\r\n\r\n\xff".repeat(2);
            let mut got = vec![0; wire.len()];
            tokio::join!(
                async {
                    for _ in 0..2 {
                        next.begins();
                        for part in hyper.chunks(piece) {
                            io.write_all(part).await.unwrap();
                        }
                        io.flush().await.unwrap();
                    }
                },
                async { server.read_exact(&mut got).await.unwrap() }
            );
            assert_eq!(got.escape_ascii().to_string(), wire.escape_ascii().to_string(), "{piece} {room}");
        }
    }

    #[tokio::test]
    async fn a_head_that_is_still_being_written_is_not_cut_short_by_the_next() {
        let (mut server, client) = tokio::io::duplex(1000);
        let (mut io, next) = FieldValues::new(client);
        next.begins();
        io.write_all(b"GET / HTTP/1.1\r\nA: \xffA\r\n").await.unwrap();
        next.begins();
        io.write_all(b"B: \xffB\r\n\r\nGET / HTTP/1.1\r\n").await.unwrap();
        io.write_all(b"C: \xffC\r\n\r\n").await.unwrap();
        drop(io);
        let mut got = Vec::new();
        server.read_to_end(&mut got).await.unwrap();
        let wire = b"GET / HTTP/1.1\r\nA: \x01\r\nB: \x02\r\n\r\nGET / HTTP/1.1\r\nC: \x03\r\n\r\n";
        assert_eq!(got.escape_ascii().to_string(), wire.escape_ascii().to_string());
    }

    #[test]
    fn every_byte_comes_back() {
        let all = (1..=255).filter(|byte| !matches!(byte, b'\r' | b'\n')).collect::<Vec<u8>>();
        let escaped = escape(&all);
        assert!(http::HeaderValue::from_bytes(&escaped).is_ok());
        assert_eq!(unescape(&escaped), all);
        assert!(matches!(escape(b"plain \xfe"), Cow::Borrowed(_)));
        assert!(http::HeaderValue::from_bytes(&escape(b"a\nb")).is_err());
    }
}
