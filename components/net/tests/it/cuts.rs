//! Connections that end too early, and those that only look like it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fetch::{NetworkError, NetworkErrorKind};
use tokio::io::AsyncWriteExt;

use crate::server::*;

/// What becomes of an answer that is written and then cut off.
async fn cut_answer(bytes: &'static [u8]) -> Result<Vec<u8>, NetworkError> {
    let address = raw(move |mut tcp, _| async move {
        read_head(&mut tcp).await;
        tcp.write_all(bytes).await.unwrap();
    })
    .await;
    let asked = request(format!("http://{address}/file").parse().unwrap());
    fetch_all(&network(&[]), asked).await.map(|(_, body)| body)
}

fn assert_cut(result: Result<Vec<u8>, NetworkError>, detail: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Cut, true), "{error}");
    assert!(error.to_string().contains(detail) && error.to_string().contains("/file"), "{error}");
    assert!(error.address.is_some());
}

#[tokio::test]
async fn a_body_shorter_than_its_length_was_cut() {
    let result = cut_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await;
    assert_cut(result, "after 3 of 10 bytes");
}

#[tokio::test]
async fn chunks_without_an_end_were_cut() {
    let result = cut_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
    assert_cut(result, "after 3 bytes");
}

#[tokio::test]
async fn half_a_head_and_none_at_all_were_cut() {
    assert_cut(cut_answer(b"HTTP/1.1 200 OK\r\nContent-").await, "before the response's head");
    assert_cut(cut_answer(b"").await, "before the response's head");
}

#[tokio::test]
async fn without_a_length_the_end_is_the_end() {
    assert_eq!(cut_answer(b"HTTP/1.1 200 OK\r\n\r\nabc").await.unwrap(), b"abc");
}

#[tokio::test]
async fn what_is_not_http_is_not_temporary() {
    let error = cut_answer(b"220 mail.example ESMTP\r\n").await.unwrap_err();
    assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Protocol, false), "{error}");
    let lengths = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd";
    assert_eq!(cut_answer(lengths).await.unwrap_err().kind, NetworkErrorKind::Protocol);
    let chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n";
    assert_eq!(cut_answer(chunk).await.unwrap_err().kind, NetworkErrorKind::Protocol);
}

/// The same over TLS, ended without close_notify.
async fn cut_tls_answer(bytes: &'static [u8]) -> Result<Vec<u8>, NetworkError> {
    let (config, root) = tls_config(&["http/1.1"], &[]);
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let address = raw(move |tcp, _| {
        let acceptor = acceptor.clone();
        async move {
            let mut tls = acceptor.accept(tcp).await.unwrap();
            read_head(&mut tls).await;
            tls.write_all(bytes).await.unwrap();
            tls.flush().await.unwrap();
            // The TCP connection ends; TLS was never told.
            tls.into_inner().0.shutdown().await.unwrap();
        }
    })
    .await;
    let network = network_with(&[], |config| config.extra_roots.push(root));
    let asked = request(format!("https://{address}/file").parse().unwrap());
    fetch_all(&network, asked).await.map(|(_, body)| body)
}

#[tokio::test]
async fn tls_without_close_notify_ends_a_body_without_a_length_and_no_other() {
    assert_eq!(cut_tls_answer(b"HTTP/1.0 200 OK\r\n\r\nabc").await.unwrap(), b"abc");
    assert_cut(cut_tls_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await, "3 of 10");
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    assert_cut(cut_tls_answer(chunked).await, "after 3 bytes");
    assert_cut(cut_tls_answer(b"HTTP/1.1 200 OK\r\n").await, "before the response's head");
}

#[tokio::test]
async fn an_http2_stream_that_is_reset_was_cut() {
    let (config, root) = tls_config(&["h2"], &[]);
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let address = raw(move |tcp, _| {
        let acceptor = acceptor.clone();
        async move {
            let mut connection = h2::server::handshake(acceptor.accept(tcp).await.unwrap()).await.unwrap();
            while let Some(accepted) = connection.accept().await {
                let (request, mut respond) = accepted.unwrap();
                match request.uri().path() {
                    "/reset" => respond.send_reset(h2::Reason::INTERNAL_ERROR),
                    path => {
                        let head = http::Response::builder().header("content-length", "10").body(()).unwrap();
                        let mut stream = respond.send_response(head, false).unwrap();
                        stream.send_data("abc".into(), path == "/short").unwrap();
                        if path == "/file" {
                            stream.send_reset(h2::Reason::CANCEL);
                        }
                    }
                }
            }
        }
    })
    .await;
    let network = network_with(&[], |config| config.extra_roots.push(root));
    for path in ["/reset", "/file", "/short"] {
        let asked = request(format!("https://{address}{path}").parse().unwrap());
        let error = fetch_all(&network, asked).await.unwrap_err();
        assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Cut, true), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_replaced() {
    let asked_times = Arc::new(AtomicUsize::new(0));
    let counter = asked_times.clone();
    // Answers one request per connection, promises more, and hangs up.
    let address = raw(move |mut tcp, _| {
        let counter = counter.clone();
        async move {
            read_head(&mut tcp).await;
            counter.fetch_add(1, Ordering::SeqCst);
            tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok")
                .await
                .unwrap();
        }
    })
    .await;
    let network = network(&[]);
    for _ in 0..5 {
        let asked = request(format!("http://{address}/").parse().unwrap());
        assert_eq!(fetch_all(&network, asked).await.unwrap().1, b"ok");
    }
    assert_eq!(asked_times.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_post_is_not_sent_twice_when_its_answer_is_lost() {
    let posts = Arc::new(AtomicUsize::new(0));
    let counter = posts.clone();
    let address = raw(move |mut tcp, _| {
        let counter = counter.clone();
        async move {
            loop {
                let head = read_head(&mut tcp).await;
                if head.starts_with("POST") {
                    counter.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                if tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    let network = network(&[]);
    let url: fetch::Url = format!("http://{address}/file").parse().unwrap();
    fetch_all(&network, request(url.clone())).await.unwrap();
    let mut post = request(url);
    post.method = "POST".to_owned();
    assert_cut(fetch_all(&network, post).await.map(|(_, body)| body), "before the response's head");
    assert_eq!(posts.load(Ordering::SeqCst), 1);
}
