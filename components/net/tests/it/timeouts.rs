//! Servers that keep us waiting. They wait for the client to go away, so each test lasts as long as its limit.

use std::time::Duration;

use fetch::{NetworkErrorKind, TimeoutStage};
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::*;

const SHORT: Option<Duration> = Some(Duration::from_millis(50));

#[tokio::test]
async fn a_server_that_does_not_answer_times_out() {
    let address = raw(|mut tcp, _| async move {
        read_head(&mut tcp).await;
        let _ = tcp.read(&mut [0; 1]).await;
    })
    .await;
    let network = network_with(&[], |config| config.timeouts.head = SHORT);
    let error = fetch(&network, request(format!("http://{address}/x").parse().unwrap())).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Timeout(TimeoutStage::Head));
    assert!(error.temporary && error.to_string().contains("50ms"), "{error}");
}

#[tokio::test]
async fn a_body_that_stops_times_out_but_a_reader_may_take_its_time() {
    let (release, released) = futures::channel::oneshot::channel::<()>();
    let released = std::sync::Mutex::new(Some(released));
    let address = raw(move |mut tcp, _| {
        let released = released.lock().unwrap().take();
        async move {
            read_head(&mut tcp).await;
            tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").await.unwrap();
            let _ = released.unwrap().await;
        }
    })
    .await;
    let network = network_with(&[], |config| config.timeouts.body = SHORT);
    let mut response =
        fetch(&network, request(format!("http://{address}/x").parse().unwrap())).await.unwrap();
    let body = response.body.as_mut().unwrap();
    assert_eq!(body.next().await.unwrap().unwrap(), "abc");
    let error = body.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Timeout(TimeoutStage::Body));
    assert!(error.temporary && error.to_string().contains("3 of 9"), "{error}");
    drop(release);
}

#[tokio::test]
async fn a_tls_handshake_that_never_ends_times_out() {
    let address = raw(|mut tcp, _| async move {
        while tcp.read(&mut [0; 1024]).await.is_ok_and(|length| length > 0) {}
    })
    .await;
    let (_, root) = tls_config(&[], &[]);
    let network = network_with(&[], |config| {
        config.extra_roots.push(root);
        config.timeouts.connect = SHORT;
    });
    let error = fetch(&network, request(format!("https://{address}/x").parse().unwrap())).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Timeout(TimeoutStage::Connect));
    assert!(error.temporary && error.to_string().contains("/x"), "{error}");
}
