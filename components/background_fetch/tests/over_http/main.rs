//! The component over the real network and the real store, against real servers on the loopback interface.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly, and so may what they share")]

mod hosts;
mod server;

use background_fetch::host::EventKind;
use background_fetch::{FailureReason, FetchResult};

use crate::hosts::{Engine, get, upload};
use crate::server::{Answer, Server, bytes};

/// Serves `content` with ranges, and cuts the connection after each `portion` bytes.
fn cutting(content: &'static [u8], portion: usize) -> impl Fn(&server::Request) -> Answer + Send + Sync {
    move |request| {
        let start = match (request.header("range"), request.header("if-range")) {
            (Some(range), Some("\"1\"")) => {
                range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap()
            }
            _ => 0,
        };
        let rest = &content[start..];
        let answer = if start > 0 {
            let last = content.len() - 1;
            Answer::new(206).header("Content-Range", format!("bytes {start}-{last}/{}", content.len()))
        } else {
            Answer::new(200)
        };
        answer.header("ETag", "\"1\"").body(rest).cut_after(portion)
    }
}

#[tokio::test]
async fn a_download_that_is_cut_again_and_again_ends_whole() {
    let content = bytes(5_000_000);
    let server = Server::start(cutting(content, 700_000)).await;
    let mut engine = Engine::start(None).await;
    let fetch = engine.fetch("x", vec![get(&server.url("/ep-5.mp3"), &server.origin())]).await;
    let event = engine.event().await;
    assert_eq!((event.kind, event.instance.downloaded), (EventKind::Success, 5_000_000));
    assert!(engine.body(fetch, 0).await == content);
    assert_eq!(server.requests(), 8);
    engine.stop().await;
}

#[tokio::test]
async fn another_origin_need_not_expose_anything_for_its_downloads_to_be_resumed() {
    let content = bytes(500_000);
    let answer = cutting(content, 200_000);
    let server = Server::start(move |request: &server::Request| {
        if request.method == "OPTIONS" {
            return Answer::new(405);
        }
        answer(request).header("Access-Control-Allow-Origin", "*")
    })
    .await;
    let mut engine = Engine::start(None).await;
    let fetch = engine.fetch("x", vec![get(&server.url("/ep-5.mp3"), "http://localhost:1")]).await;
    assert_eq!(engine.event().await.kind, EventKind::Success);
    assert!(engine.body(fetch, 0).await == content);
    // Two cuts, each resumed, and no preflight.
    assert_eq!(server.requests(), 3);
    engine.stop().await;
}

#[tokio::test]
async fn after_a_sudden_end_it_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let content = bytes(3_000_000);
    let answer = cutting(content, 3_000_000);
    let server = Server::start(move |request: &server::Request| match request.number {
        0 => answer(request).hang_after(1_000_000),
        _ => answer(request),
    })
    .await;
    let mut engine = Engine::start(Some(folder.path())).await;
    engine.fetch("x", vec![get(&server.url("/ep-5.mp3"), &server.origin())]).await;
    engine.wait_for_bytes(1_000_000).await;
    engine.kill().await;
    let mut engine = Engine::start(Some(folder.path())).await;
    let event = engine.event().await;
    assert_eq!((event.kind, event.instance.downloaded), (EventKind::Success, 3_000_000));
    assert!(engine.body(event.instance.unique_id, 0).await == content);
    assert_eq!((server.requests(), server.last_range()), (2, Some("bytes=1000000-".to_owned())));
    engine.stop().await;
}

#[tokio::test]
async fn encoded_content_is_stored_decoded_and_never_put_together_from_two_codings() {
    // Whole "gzip" members; the first answer ends in the middle.
    let packed = server::gzip(bytes(100_000));
    let server = Server::start(move |request: &server::Request| {
        let answer = Answer::new(200).header("ETag", "\"1\"");
        assert!(request.header("range").is_none(), "what was decoded is not resumed");
        let answer = answer.header("Content-Encoding", "gzip").body(packed);
        if request.number == 0 { answer.cut_after(packed.len() / 2) } else { answer }
    })
    .await;
    let mut engine = Engine::start(None).await;
    let fetch = engine.fetch("x", vec![get(&server.url("/text"), &server.origin())]).await;
    assert_eq!(engine.event().await.kind, EventKind::Success);
    assert!(engine.body(fetch, 0).await == bytes(100_000));
    engine.stop().await;
}

#[tokio::test]
async fn uploads_are_sent_from_the_store_and_counted() {
    let body = bytes(2_000_000);
    let server = Server::start(move |request: &server::Request| {
        assert!(request.body == body, "the body as it was");
        Answer::new(200).body(b"thanks")
    })
    .await;
    let mut engine = Engine::start(None).await;
    let request = upload(&server.url("/upload"), &server.origin(), body);
    let fetch = engine.fetch("x", vec![request]).await;
    let event = engine.event().await;
    assert_eq!((event.instance.upload_total, event.instance.uploaded), (2_000_000, 2_000_000));
    assert_eq!(engine.body(fetch, 0).await, b"thanks");
    engine.stop().await;
}

#[tokio::test]
async fn a_thousand_small_files_come_in_one_fetch() {
    let content = bytes(10_240);
    let server = Server::start(move |_: &server::Request| Answer::new(200).body(content)).await;
    let mut engine = Engine::start(None).await;
    let requests = (0..1000).map(|n| get(&server.url(&format!("/{n}")), &server.origin())).collect();
    let fetch = engine.fetch("x", requests).await;
    let event = engine.event().await;
    assert_eq!((event.kind, event.instance.downloaded), (EventKind::Success, 10_240_000));
    for index in [0, 499, 999] {
        assert!(engine.body(fetch, index).await == content);
    }
    engine.stop().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_the_fetch_in_the_end() {
    let server = Server::start(|_: &server::Request| Answer::new(200)).await;
    let (url, origin) = (server.url("/"), server.origin());
    drop(server);
    let mut engine = Engine::start(None).await;
    engine.fetch("x", vec![get(&url, &origin)]).await;
    let event = engine.event().await;
    assert_eq!(event.instance.result, FetchResult::Failure(FailureReason::FetchError));
    engine.stop().await;
}

#[tokio::test]
async fn too_much_is_stopped_at_the_announced_total() {
    let content = bytes(8_000_000);
    let server = Server::start(move |_: &server::Request| Answer::new(200).body(content)).await;
    let mut engine = Engine::start(None).await;
    engine.fetch_with_total("x", vec![get(&server.url("/"), &server.origin())], 1_000_000).await;
    let event = engine.event().await;
    assert_eq!(event.instance.result, FetchResult::Failure(FailureReason::DownloadTotalExceeded));
    assert!(event.instance.downloaded <= 1_000_000);
    engine.stop().await;
}
