//! Many requests and large bodies. The times are for people (`--nocapture`); what is held is that all arrives and
//! that memory stays flat.

use std::time::Instant;

use futures::StreamExt;
use futures::future::join_all;
use tokio::io::AsyncWriteExt;

use crate::server::*;

/// This process's peak of resident memory, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_small_bodies_arrive() {
    let server = serve(|_| answer(200, &[], vec![7; 10_000])).await;
    let network = network(&[]);
    let start = Instant::now();
    let fetches = (0..1000).map(|_| fetch_all(&network, request(server.url("/"))));
    for result in join_all(fetches).await {
        assert_eq!(result.unwrap().1.len(), 10_000);
    }
    println!("1,000 × 10 KB: {:?} over {} connections", start.elapsed(), server.connections());
    assert!(server.connections() <= 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_body_does_not_show_in_memory() {
    const TOTAL: usize = 1 << 30;
    let address = raw(|mut tcp, _| async move {
        read_head(&mut tcp).await;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {TOTAL}\r\n\r\n");
        tcp.write_all(head.as_bytes()).await.unwrap();
        let chunk = vec![7; 1 << 20];
        for _ in 0..TOTAL / chunk.len() {
            tcp.write_all(&chunk).await.unwrap();
        }
    })
    .await;
    let before = peak_memory();
    let start = Instant::now();
    let asked = request(format!("http://{address}/").parse().unwrap());
    let mut body = fetch(&network(&[]), asked).await.unwrap().body.unwrap();
    let mut length = 0;
    while let Some(piece) = body.next().await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, TOTAL);
    let grown = peak_memory() - before;
    println!("1 GiB: {:?}, peak memory grew by {grown} KiB", start.elapsed());
    // Other tests may run beside this one in the same process; a body in memory would be 1,048,576.
    assert!(grown < 300_000, "{grown} KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_body_fits_through_tls_and_http2_windows() {
    const TOTAL: usize = 64 << 20;
    for alpn in ["http/1.1", "h2"] {
        let server = serve_tls(&[alpn], &[], |_| answer(200, &[], vec![7; TOTAL])).await;
        let start = Instant::now();
        let (_, body) = fetch_all(&network(&[&server]), request(server.url("/"))).await.unwrap();
        println!("64 MiB by {alpn} over TLS: {:?}", start.elapsed());
        assert!(body.len() == TOTAL && body.iter().all(|byte| *byte == 7));
    }
}
