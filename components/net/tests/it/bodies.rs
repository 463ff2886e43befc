//! Bodies that stream: back-pressure, read-ahead, cancellation.

use std::sync::{Arc, Mutex};

use futures::StreamExt;
use futures::channel::{mpsc, oneshot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::*;

/// Writes until the other side stops reading, says how much that was, then writes what is asked for.
async fn write_until_stuck(tcp: &mut tokio::net::TcpStream) -> usize {
    let chunk = vec![b'x'; 64 * 1024];
    let mut written = 0;
    loop {
        match tcp.try_write(&chunk) {
            Ok(length) => written += length,
            // Nothing fits: give the reader the time that it takes to run out of work, and no more.
            Err(_) => {
                let mut stuck = true;
                for _ in 0..1000 {
                    tokio::task::yield_now().await;
                    if let Ok(length) = tcp.try_write(&chunk) {
                        written += length;
                        stuck = false;
                        break;
                    }
                }
                if stuck {
                    return written;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_slow_reader_slows_the_server_down() {
    const TOTAL: usize = 200 * 1024 * 1024;
    let (report, mut reports) = mpsc::unbounded();
    let address = raw(move |mut tcp, _| {
        let report = report.clone();
        async move {
            read_head(&mut tcp).await;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {TOTAL}\r\n\r\n");
            tcp.write_all(head.as_bytes()).await.unwrap();
            let written = write_until_stuck(&mut tcp).await;
            report.unbounded_send(written).unwrap();
            let rest = vec![b'x'; TOTAL - written];
            tcp.write_all(&rest).await.unwrap();
        }
    })
    .await;
    let mut response =
        fetch(&network(&[]), request(format!("http://{address}/").parse().unwrap())).await.unwrap();
    // Nobody reads, so the server gets no further than the buffers on the way.
    let written = reports.next().await.unwrap();
    assert!(written < 20 * 1024 * 1024, "{written} bytes went into buffers");
    // Reading lets the rest come, and all of it.
    let mut body = response.body.take().unwrap();
    let mut length = 0;
    while let Some(piece) = body.next().await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, TOTAL);
}

#[tokio::test]
async fn dropping_the_body_closes_the_connection() {
    let (closed, was_closed) = oneshot::channel();
    let closed = Mutex::new(Some(closed));
    let address = raw(move |mut tcp, _| {
        let closed = closed.lock().unwrap().take();
        async move {
            read_head(&mut tcp).await;
            tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome").await.unwrap();
            // The end of the client's side, or an error: either way it is gone.
            let _ = tcp.read(&mut [0; 1]).await;
            let _ = closed.unwrap().send(());
        }
    })
    .await;
    let mut response =
        fetch(&network(&[]), request(format!("http://{address}/").parse().unwrap())).await.unwrap();
    assert_eq!(response.body.as_mut().unwrap().next().await.unwrap().unwrap(), "some");
    drop(response);
    was_closed.await.unwrap();
}

#[tokio::test]
async fn dropping_the_future_ends_the_fetch() {
    let (arrived, has_arrived) = oneshot::channel();
    let (closed, was_closed) = oneshot::channel();
    let signals = Mutex::new(Some((arrived, closed)));
    let address = raw(move |mut tcp, _| {
        let (arrived, closed) = signals.lock().unwrap().take().unwrap();
        async move {
            read_head(&mut tcp).await;
            let _ = arrived.send(());
            let _ = tcp.read(&mut [0; 1]).await;
            let _ = closed.send(());
        }
    })
    .await;
    let network = network(&[]);
    let fetching = fetch(&network, request(format!("http://{address}/").parse().unwrap()));
    // The server has the request and says nothing; then the future is dropped.
    tokio::select! {
        _ = fetching => panic!("there was no answer"),
        arrived = has_arrived => arrived.unwrap(),
    }
    was_closed.await.unwrap();
}

#[tokio::test]
async fn dropping_an_http2_body_resets_its_stream_alone() {
    let (gone, mut is_gone) = mpsc::unbounded::<()>();
    let gone = Arc::new(Mutex::new(gone));
    let (config, root) = tls_config(&["h2"], &[]);
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let address = raw(move |tcp, _| {
        let (acceptor, gone) = (acceptor.clone(), gone.clone());
        async move {
            let mut connection = h2::server::handshake(acceptor.accept(tcp).await.unwrap()).await.unwrap();
            while let Some(accepted) = connection.accept().await {
                let (request, mut respond) = accepted.unwrap();
                let gone = gone.clone();
                tokio::spawn(async move {
                    let endless = request.uri().path() == "/endless";
                    let mut stream = respond.send_response(http::Response::new(()), !endless).unwrap();
                    if endless {
                        stream.send_data("some".into(), false).unwrap();
                        futures::future::poll_fn(|cx| stream.poll_reset(cx)).await.unwrap();
                        gone.lock().unwrap().unbounded_send(()).unwrap();
                    }
                });
            }
        }
    })
    .await;
    let network = network_with(&[], |config| config.extra_roots.push(root));
    let url = |path: &str| format!("https://{address}{path}").parse().unwrap();
    let mut response = fetch(&network, request(url("/endless"))).await.unwrap();
    assert_eq!(response.body.as_mut().unwrap().next().await.unwrap().unwrap(), "some");
    drop(response);
    is_gone.next().await.unwrap();
    // The connection lives on: there is one server task per connection, and it still answers.
    fetch(&network, request(url("/again"))).await.unwrap();
}

#[tokio::test]
async fn small_bodies_that_nobody_reads_do_not_hold_connections() {
    let server = serve(|_| answer(200, &[], vec![0; 10_000])).await;
    let network = network(&[]);
    let mut unread = Vec::new();
    for _ in 0..20 {
        unread.push(fetch(&network, request(server.url("/"))).await.unwrap());
    }
    for mut response in unread {
        assert_eq!(read(&mut response).await.unwrap().len(), 10_000);
    }
}
