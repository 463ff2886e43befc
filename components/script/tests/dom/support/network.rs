//! A network that has what it was given.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fetch::{
    BoxFuture, Destination, FetchParams, HeaderList, Network, NetworkError, NetworkErrorKind,
    OutgoingMessage, Referrer, Request, RequestMode, Response, ResponseHead, ResponseType, WebSocketClose,
    WebSocketConnection, WebSocketEvent, body_of_bytes,
};
use futures::StreamExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct FakeResponse {
    /// The status; 0 stands for 200.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: FakeBody,
    /// What redirects have left of the request's referrer, if there were any.
    pub referrer: Option<Referrer>,
}

/// What the body of an answer is.
#[derive(Clone, Debug)]
pub enum FakeBody {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What the test sends, piece by piece: see [`FakeNetwork::serve_pieces`]. It is there once.
    Pieces(Arc<Mutex<Option<UnboundedReceiver<Piece>>>>),
    /// This, a thousand times: how many bytes were asked for.
    Repeated(Vec<u8>, Arc<AtomicUsize>),
    /// The body of the request, as it comes.
    Echo,
    /// Of these bytes, the part that is asked for, or what the server makes of that.
    Ranges {
        /// All of it.
        bytes: Vec<u8>,
        /// It sends no more than so many bytes at once,
        most: usize,
        /// and so many more before them.
        early: usize,
    },
    /// There is no answer, ever.
    Silence,
    /// It is no answer, but a network error.
    Failure,
}

impl Default for FakeBody {
    fn default() -> Self {
        FakeBody::Bytes(Vec::new())
    }
}

/// A piece of a body, or why there are no more.
pub type Piece = Result<&'static str, NetworkError>;

/// Waits until no one wants more pieces.
pub fn wait_until_closed(pieces: &UnboundedSender<Piece>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let closed = runtime.block_on(async { tokio::time::timeout(super::PATIENCE, pieces.closed()).await });
    closed.expect("no one wants more pieces");
}

impl FakeResponse {
    /// A good answer of this type.
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        FakeResponse { status: 200, headers, body: FakeBody::Bytes(body.into()), referrer: None }
    }

    /// An answer with this body, whatever it is.
    pub fn of(body: FakeBody) -> Self {
        FakeResponse { status: 200, headers: Vec::new(), body, referrer: None }
    }
}

/// Answers by URL without its fragment, and has what is behind blob URLs. What it does not have is a network error.
#[derive(Debug, Default)]
pub struct FakeNetwork {
    answers: Mutex<HashMap<String, FakeResponse>>,
    requests: Mutex<Vec<Request>>,
}

impl FakeNetwork {
    /// From now on there is this at `url`.
    pub fn serve(&self, url: &str, response: FakeResponse) {
        self.answers.lock().expect("no panic").insert(url.to_owned(), response);
    }

    /// From now on there is at `url`, once, what is sent through what this returns. That is closed when no one wants
    /// more of it.
    pub fn serve_pieces(&self, url: &str) -> UnboundedSender<Piece> {
        self.serve_pieces_of(url, FakeResponse::default())
    }

    /// The same with this status and these headers.
    pub fn serve_pieces_of(&self, url: &str, response: FakeResponse) -> UnboundedSender<Piece> {
        let (sender, receiver) = unbounded_channel();
        let body = FakeBody::Pieces(Arc::new(Mutex::new(Some(receiver))));
        self.serve(url, FakeResponse { body, ..response });
        sender
    }

    /// The same if there is nothing yet.
    pub fn serve_unless_there(&self, url: &str, response: FakeResponse) {
        let url = url.split('#').next().unwrap_or_default();
        self.answers.lock().expect("no panic").entry(url.to_owned()).or_insert(response);
    }

    /// What was asked for until now, but for the page's document.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }

    /// The URLs that were asked for until now.
    pub fn urls(&self) -> Vec<String> {
        self.requests().iter().map(|request| request.url().to_string()).collect()
    }
}

impl Network for FakeNetwork {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let url = params.request.url().clone();
        if params.request.destination != Destination::Document {
            self.requests.lock().expect("no panic").push(params.request.clone());
        }
        if let Some(blob) = params.request.blob_url_entry.clone() {
            return Box::pin(async move {
                let mut headers = HeaderList::new();
                headers.append("Content-Type", blob.media_type.as_str());
                let head = ResponseHead {
                    response_type: ResponseType::Basic,
                    url_list: vec![url],
                    status: 200,
                    headers,
                    ..ResponseHead::default()
                };
                Ok(Response::new(head, Some(body_of_bytes(blob.bytes))))
            });
        }
        let answer = self.answers.lock().expect("no panic").get(&url[..url::Position::AfterQuery]).cloned();
        if let (Some(sent), Some(length)) =
            (&params.on_body_sent, params.request.body.as_ref().and_then(|body| body.length()))
        {
            sent(length);
        }
        Box::pin(async move {
            let nothing = || {
                let message = format!("the test's network has nothing at {url}");
                NetworkError::new(NetworkErrorKind::Connect, message)
            };
            let answer = answer.ok_or_else(nothing)?;
            let mut headers = HeaderList::new();
            for (name, value) in &answer.headers {
                headers.append(name.as_str(), value.as_str());
            }
            let head = ResponseHead {
                response_type: ResponseType::Basic,
                url_list: vec![url.clone()],
                status: if answer.status == 0 { 200 } else { answer.status },
                headers,
                ..ResponseHead::default()
            };
            let mut head = head;
            let body = match answer.body {
                FakeBody::Bytes(bytes) => body_of_bytes(bytes),
                FakeBody::Ranges { bytes, most, early } => {
                    let range = params.request.headers.get_string("Range").unwrap_or_default();
                    let first = range.strip_prefix("bytes=").and_then(|range| range.strip_suffix('-'));
                    let first: usize =
                        first.and_then(|first| first.parse().ok()).expect("a range is asked for");
                    if first >= bytes.len() {
                        head.status = 416;
                        return Ok(Response::new(head, None));
                    }
                    let start = first.saturating_sub(early);
                    let end = bytes.len().min(first + most);
                    head.status = 206;
                    let value = format!("bytes {start}-{}/{}", end - 1, bytes.len());
                    head.headers.append("Content-Range", value.as_str());
                    let chunks: Vec<_> =
                        bytes[start..end].chunks(16384).map(|chunk| Ok(chunk.to_vec().into())).collect();
                    futures::stream::iter(chunks).boxed()
                }
                FakeBody::Echo => match params.request.body {
                    Some(body) => body.open()?,
                    None => body_of_bytes(""),
                },
                FakeBody::Pieces(pieces) => {
                    let pieces = pieces.lock().expect("no panic").take().expect("pieces are served once");
                    futures::stream::unfold(pieces, |mut pieces| async move {
                        let piece = pieces.recv().await?;
                        Some((piece.map(Into::into), pieces))
                    })
                    .boxed()
                }
                FakeBody::Repeated(piece, taken) => futures::stream::repeat_with(move || {
                    taken.fetch_add(piece.len(), Ordering::Relaxed);
                    Ok(piece.clone().into())
                })
                .take(1000)
                .boxed(),
                FakeBody::Silence => std::future::pending().await,
                FakeBody::Failure => return Err(nothing()),
            };
            let mut response = Response::new(head, Some(body));
            response.request_referrer = answer.referrer;
            // Another origin that was not asked: the page may not look into it.
            if params.request.mode == RequestMode::NoCors && !params.request.origin.is_origin_of(&url) {
                let opaque = ResponseHead { response_type: ResponseType::Opaque, ..ResponseHead::default() };
                response.internal = Some(Box::new(std::mem::replace(&mut response.head, opaque)));
            }
            Ok(response)
        })
    }

    /// Where there is anything at the URL, whatever is sent comes back, and pieces come as messages. The first
    /// subprotocol is taken.
    fn connect_web_socket(
        &self,
        params: FetchParams,
        protocols: Vec<String>,
    ) -> BoxFuture<'static, Result<WebSocketConnection, NetworkError>> {
        let url = params.request.url().to_string();
        self.requests.lock().expect("no panic").push(params.request);
        let answer = self.answers.lock().expect("no panic").get(&url).cloned();
        let Some(answer) = answer else {
            let error = NetworkError::new(NetworkErrorKind::Connect, "nothing is there");
            return Box::pin(std::future::ready(Err(error)));
        };
        let pieces = match answer.body {
            FakeBody::Pieces(pieces) => pieces.lock().expect("no panic").take(),
            _ => None,
        };
        let messages = futures::stream::unfold(pieces, |pieces| async move {
            let mut pieces = pieces?;
            let piece = pieces.recv().await?.expect("a message");
            Some((WebSocketEvent::Text(piece.into()), Some(pieces)))
        });
        let (outgoing, to_send) = futures::channel::mpsc::unbounded();
        let echo = to_send
            .map(|message: OutgoingMessage| {
                let sent = WebSocketEvent::Sent(message.length());
                futures::stream::iter(match message {
                    OutgoingMessage::Text(text) => [sent, WebSocketEvent::Text(text)],
                    OutgoingMessage::Binary(bytes) => [sent, WebSocketEvent::Binary(bytes)],
                    OutgoingMessage::Close(frame) => {
                        let (code, reason) = frame.unwrap_or((1005, String::new()));
                        let close = WebSocketClose { code, reason, was_clean: true, failed: false };
                        [WebSocketEvent::Closing, WebSocketEvent::Closed(close)]
                    }
                })
            })
            .flatten();
        let incoming = futures::stream::select(echo, messages).boxed();
        let protocol = protocols.into_iter().next().unwrap_or_default();
        let connection = WebSocketConnection { protocol, extensions: String::new(), outgoing, incoming };
        Box::pin(std::future::ready(Ok(connection)))
    }
}
