//! Content codings over the network.

use async_compression::tokio::bufread::{BrotliEncoder, GzipEncoder};
use fetch::NetworkErrorKind;
use tokio::io::AsyncReadExt;

use crate::server::*;

const TEXT: &str = "a text that is worth a coding, a coding, a coding";

#[tokio::test]
async fn coded_bodies_are_decoded_and_say_so() {
    let mut gzip = Vec::new();
    GzipEncoder::new(TEXT.as_bytes()).read_to_end(&mut gzip).await.unwrap();
    let mut brotli = Vec::new();
    BrotliEncoder::new(TEXT.as_bytes()).read_to_end(&mut brotli).await.unwrap();
    let server = serve(move |seen| match seen.path.as_str() {
        "/gzip" => answer(200, &[("Content-Encoding", "gzip")], gzip.clone()),
        "/br" => answer(200, &[("Content-Encoding", "br")], brotli.clone()),
        "/bad" => answer(200, &[("Content-Encoding", "gzip")], "no gzip"),
        _ => answer(200, &[], TEXT),
    })
    .await;
    let network = network(&[]);
    for (path, decoded) in [("/gzip", true), ("/br", true), ("/plain", false)] {
        let (response, body) = fetch_all(&network, request(server.url(path))).await.unwrap();
        assert_eq!(text(&body), TEXT);
        assert_eq!(response.internal_head().content_decoded, decoded);
    }
    let error = fetch_all(&network, request(server.url("/bad"))).await.unwrap_err();
    assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Decode, false));
    assert!(error.to_string().contains("/bad"), "{error}");
}
