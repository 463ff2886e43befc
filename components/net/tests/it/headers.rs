//! What a request carries.

use fetch::{CacheMode, Destination, FetchParams, Network, Referrer, RequestMode};
use tokio::io::AsyncWriteExt;

use crate::server::*;

#[tokio::test]
async fn a_plain_get_carries_what_the_specs_say() {
    let server = serve(|_| answer(200, &[("X-Answer", "1")], "hello")).await;
    let network = network(&[]);
    let (response, body) = fetch_all(&network, request(server.url("/a/b?c=d#e"))).await.unwrap();
    assert_eq!(text(&body), "hello");
    assert_eq!((response.head.status, response.head.status_message.as_str()), (200, "OK"));
    assert_eq!(response.head.headers.get_string("x-answer").as_deref(), Some("1"));
    assert_eq!(response.head.url(), Some(&server.url("/a/b?c=d#e")));

    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/a/b?c=d"));
    assert_eq!(seen.header("host"), Some(server.address.to_string().as_str()));
    assert_eq!(seen.header("accept"), Some("*/*"));
    assert_eq!(seen.header("accept-language"), Some("en-US,en;q=0.5"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip, deflate, br, zstd"));
    assert!(seen.header("user-agent").unwrap().contains("Ferry/"));
    assert_eq!(seen.header("referer"), Some(server.url("/page.html").as_str()));
    assert_eq!(seen.header("sec-fetch-site"), Some("same-origin"));
    assert_eq!(seen.header("sec-fetch-mode"), Some("cors"));
    assert_eq!(seen.header("sec-fetch-dest"), Some("empty"));
    assert_eq!(seen.header("origin"), None);
    assert_eq!(seen.header("cookie"), None);
    assert_eq!(seen.header("content-length"), None);
}

#[tokio::test]
async fn header_names_are_title_case_on_the_wire() {
    let (sender, head) = futures::channel::oneshot::channel();
    let sender = std::sync::Mutex::new(Some(sender));
    let address = raw(move |mut tcp, _| {
        let sender = sender.lock().unwrap().take();
        async move {
            let head = read_head(&mut tcp).await;
            let _ = sender.unwrap().send(head);
        }
    })
    .await;
    let mut asked = request(format!("http://{address}/").parse().unwrap());
    asked.headers.append("x-custom-name", "1");
    let _ = fetch(&network(&[]), asked).await;
    let head = head.await.unwrap();
    assert!(head.starts_with("GET / HTTP/1.1\r\n") && head.contains("\r\nX-Custom-Name: 1\r\n"), "{head}");
}

#[tokio::test]
async fn values_may_hold_control_bytes() {
    let address = raw(|mut tcp, _| async move {
        // The second request comes on the connection of the first.
        for _ in 0..2 {
            let head = read_head(&mut tcp).await;
            let (_, value) = head.split_once("\r\nX-Value: ").unwrap();
            let value = value.split("\r\n").next().unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Seen: {value}\r\n\r\n\u{1}\u{7f}");
            tcp.write_all(head.as_bytes()).await.unwrap();
        }
    })
    .await;
    let network = network(&[]);
    for value in ["\u{1}a\u{b}b\u{7f}", "\u{1f}\u{c}"] {
        let mut asked = request(format!("http://{address}/").parse().unwrap());
        asked.headers.append("X-Value", value);
        let (response, body) = fetch_all(&network, asked).await.unwrap();
        assert_eq!(response.head.headers.get_string("X-Seen").as_deref(), Some(value));
        assert_eq!(body, b"\x01\x7f");
    }
}

#[tokio::test]
async fn a_response_may_have_hundreds_of_headers() {
    let address = raw(|mut tcp, _| async move {
        read_head(&mut tcp).await;
        let headers = (0..500).map(|number| format!("X-{number}: {number}\r\n")).collect::<String>();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{headers}\r\n");
        tcp.write_all(head.as_bytes()).await.unwrap();
    })
    .await;
    let response =
        fetch(&network(&[]), request(format!("http://{address}/").parse().unwrap())).await.unwrap();
    assert_eq!(response.head.headers.get_string("x-499").as_deref(), Some("499"));
}

#[tokio::test]
async fn over_http2_a_value_with_control_bytes_is_refused() {
    let server = serve_tls(&["h2"], &[], |_| answer(200, &[], "")).await;
    let mut asked = request(server.url("/"));
    asked.headers.append("X-Value", "\u{1}");
    let error = fetch(&network(&[&server]), asked).await.unwrap_err();
    assert!(error.message.contains("X-Value"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn what_the_request_brings_is_kept() {
    let server = serve(|_| answer(200, &[], "")).await;
    let mut asked = request(server.url("/"));
    asked.destination = Destination::Document;
    asked.mode = RequestMode::Navigate;
    asked.user_activation = true;
    asked.client = None;
    asked.referrer = Referrer::NoReferrer;
    asked.cache = CacheMode::Reload;
    asked.headers = [("Accept-Language", "de"), ("User-Agent", "mine")].into_iter().collect();
    fetch(&network(&[]), asked).await.unwrap();
    let seen = &server.seen()[0];
    assert!(seen.header("accept").unwrap().starts_with("text/html,"));
    assert_eq!((seen.header("accept-language"), seen.header("user-agent")), (Some("de"), Some("mine")));
    assert_eq!((seen.header("sec-fetch-site"), seen.header("sec-fetch-user")), (Some("none"), Some("?1")));
    assert_eq!((seen.header("cache-control"), seen.header("pragma")), (Some("no-cache"), Some("no-cache")));
    assert_eq!(seen.header("referer"), None);
}

#[tokio::test]
async fn a_range_asks_for_no_coding() {
    let server = serve(|_| answer(206, &[("Content-Range", "bytes 5-9/10")], "56789")).await;
    let mut asked = request(server.url("/"));
    asked.add_range_header(5, None);
    let (response, body) = fetch_all(&network(&[]), asked).await.unwrap();
    assert_eq!((response.head.status, text(&body)), (206, "56789"));
    assert!(response.head.range_requested);
    let seen = &server.seen()[0];
    assert_eq!((seen.header("range"), seen.header("accept-encoding")), (Some("bytes=5-"), Some("identity")));
}

#[tokio::test]
async fn without_decoding_no_coding_is_asked_for() {
    let server = serve(|_| answer(200, &[("Content-Encoding", "gzip")], "not gzip at all")).await;
    let params = FetchParams { decode: false, ..FetchParams::new(request(server.url("/"))) };
    let mut response = network(&[]).fetch(params).await.unwrap();
    assert_eq!(text(&read(&mut response).await.unwrap()), "not gzip at all");
    assert!(!response.head.content_decoded);
    assert_eq!(server.seen()[0].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn only_if_cached_is_an_error_without_a_cache() {
    let server = serve(|_| answer(200, &[], "")).await;
    let mut asked = request(server.url("/"));
    asked.mode = RequestMode::SameOrigin;
    asked.cache = CacheMode::OnlyIfCached;
    assert!(fetch(&network(&[]), asked).await.unwrap_err().message.contains("cache"));
    assert!(server.seen().is_empty());
}
