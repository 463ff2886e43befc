//! Requests with bodies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use fetch::{
    BodySource, BodyStream, FetchParams, Network, NetworkError, NetworkErrorKind, Request, RequestBody,
};
use futures::StreamExt;
use http::Version;

use crate::server::*;

/// A body that comes in pieces.
struct Pieces {
    pieces: Vec<Bytes>,
    length: Option<u64>,
    replayable: bool,
    opened: AtomicU64,
}

impl Pieces {
    fn new(pieces: &[&'static str], length: Option<u64>, replayable: bool) -> Self {
        let pieces = pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect();
        Pieces { pieces, length, replayable, opened: AtomicU64::new(0) }
    }
}

impl BodySource for Pieces {
    fn length(&self) -> Option<u64> {
        self.length
    }

    fn is_replayable(&self) -> bool {
        self.replayable
    }

    fn open(&self) -> Result<BodyStream, NetworkError> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        Ok(futures::stream::iter(self.pieces.clone().into_iter().map(Ok)).boxed())
    }
}

fn post(server: &Server, path: &str, body: impl Into<Option<RequestBody>>) -> Request {
    let mut asked = request(server.url(path));
    asked.method = "POST".to_owned();
    asked.body = body.into();
    asked
}

#[tokio::test]
async fn bytes_are_sent_with_their_length_and_origin() {
    let server = serve(|seen| answer(200, &[], seen.body)).await;
    let (_, body) = fetch_all(&network(&[]), post(&server, "/", RequestBody::from("data"))).await.unwrap();
    assert_eq!(text(&body), "data");
    let seen = &server.seen()[0];
    assert_eq!((seen.header("content-length"), seen.header("transfer-encoding")), (Some("4"), None));
    assert_eq!(seen.header("origin"), Some(format!("http://{}", server.address).as_str()));
    fetch(&network(&[]), post(&server, "/", None)).await.unwrap();
    assert_eq!(server.seen()[1].header("content-length"), Some("0"));
}

#[tokio::test]
async fn progress_counts_what_goes_out() {
    let server = serve(|seen| answer(200, &[], seen.body.len().to_string())).await;
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    let params = FetchParams {
        on_body_sent: Some(Arc::new(move |bytes| {
            counter.fetch_add(bytes, Ordering::SeqCst);
        })),
        ..FetchParams::new(post(&server, "/", RequestBody::from(vec![1; 3_000_000])))
    };
    let mut response = network(&[]).fetch(params).await.unwrap();
    assert_eq!(text(&read(&mut response).await.unwrap()), "3000000");
    assert_eq!(sent.load(Ordering::SeqCst), 3_000_000);
}

#[tokio::test]
async fn a_body_in_pieces_is_streamed_over_both_protocols() {
    for alpn in ["http/1.1", "h2"] {
        let server = serve_tls(&[alpn], &[], |seen| answer(200, &[], seen.body)).await;
        let network = network(&[&server]);
        for length in [Some(6), None] {
            let source = Arc::new(Pieces::new(&["ab", "cd", "ef"], length, true));
            let asked = post(&server, "/", RequestBody::Source(source));
            assert_eq!(text(&fetch_all(&network, asked).await.unwrap().1), "abcdef");
            let seen = server.seen().pop().unwrap();
            assert_eq!(
                seen.header("content-length").map(str::to_owned),
                length.map(|length| length.to_string())
            );
        }
    }
}

#[tokio::test]
async fn a_redirect_sends_a_replayable_body_again() {
    let server = serve(|seen| match seen.path.as_str() {
        "/" => answer(307, &[("Location", "/end")], ""),
        _ => answer(200, &[], seen.body),
    })
    .await;
    let source = Arc::new(Pieces::new(&["ab", "cd"], Some(4), true));
    let asked = post(&server, "/", RequestBody::Source(source.clone()));
    assert_eq!(text(&fetch_all(&network(&[]), asked).await.unwrap().1), "abcd");
    assert_eq!(source.opened.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_stream_that_can_be_read_once_needs_http2_and_no_redirect() {
    let answering = |seen: Seen| match seen.path.as_str() {
        "/" => answer(307, &[("Location", "/end")], ""),
        _ => answer(200, &[], seen.body),
    };
    let once = || RequestBody::Source(Arc::new(Pieces::new(&["ab"], None, false)));
    let http2 = serve_tls(&["h2"], &[], answering).await;
    let to_http2 = network(&[&http2]);
    let (_, body) = fetch_all(&to_http2, post(&http2, "/end", once())).await.unwrap();
    assert_eq!((text(&body), http2.seen()[0].version), ("ab", Version::HTTP_2));
    let error = fetch(&to_http2, post(&http2, "/", once())).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Redirect);

    let http1 = serve(answering).await;
    let error = fetch(&network(&[]), post(&http1, "/end", once())).await.unwrap_err();
    assert!(error.message.contains("HTTP/2"), "{error}");
}

/// A source that fails after a while.
struct Broken(AtomicBool);

impl BodySource for Broken {
    fn length(&self) -> Option<u64> {
        Some(1000)
    }

    fn is_replayable(&self) -> bool {
        true
    }

    fn open(&self) -> Result<BodyStream, NetworkError> {
        self.0.store(true, Ordering::SeqCst);
        let failure = NetworkError::new(NetworkErrorKind::RequestBody, "the disk is gone");
        Ok(futures::stream::iter([Ok(Bytes::from_static(b"some")), Err(failure)]).boxed())
    }
}

#[tokio::test]
async fn a_body_that_can_not_be_read_is_the_error() {
    for alpn in ["http/1.1", "h2"] {
        let server = serve_tls(&[alpn], &[], |_| answer(200, &[], "")).await;
        let asked = post(&server, "/", RequestBody::Source(Arc::new(Broken(AtomicBool::new(false)))));
        let error = fetch(&network(&[&server]), asked).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (NetworkErrorKind::RequestBody, "the disk is gone"));
    }
}

#[tokio::test]
async fn keepalive_bodies_are_limited() {
    let server = serve(|_| answer(200, &[], "")).await;
    let network = network(&[]);
    let ask = |length: usize| {
        let mut asked = post(&server, "/", RequestBody::from(vec![0; length]));
        asked.keepalive = true;
        asked
    };
    fetch(&network, ask(65536)).await.unwrap();
    let error = fetch(&network, ask(65537)).await.unwrap_err();
    assert!(error.message.contains("64 KiB"), "{error}");
    assert_eq!(server.seen().len(), 1);
    // A background fetch is not.
    let params = FetchParams { limit_keepalive: false, ..FetchParams::new(ask(65537)) };
    network.fetch(params).await.unwrap();
}
