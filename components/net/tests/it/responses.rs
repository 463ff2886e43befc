//! Responses as they are handed out, and what goes through stores.

use std::sync::Arc;

use fetch::cookies::MemoryCookieJar;
use fetch::{
    CookieJar, CredentialsMode, NetworkErrorKind, Request, RequestMode, ResponseType, ServiceWorkersMode,
    http::header_list::Header,
};
use net::{HttpNetwork, NetConfig};
use tokio::runtime::Handle;

use crate::server::*;

#[tokio::test]
async fn a_basic_response_hides_cookies() {
    let server = serve(|_| answer(200, &[("Set-Cookie", "a=b"), ("X-A", "1")], "")).await;
    let mut asked = request(server.url("/"));
    asked.service_workers_mode = ServiceWorkersMode::None;
    let response = fetch(&network(&[]), asked).await.unwrap();
    assert_eq!(response.head.response_type, ResponseType::Basic);
    assert!(!response.head.headers.contains("Set-Cookie") && response.head.headers.contains("X-A"));
    assert!(response.internal_head().headers.contains("Set-Cookie"));
}

#[tokio::test]
async fn null_body_statuses_and_head_have_no_body() {
    let server = serve(|seen| match seen.path.as_str() {
        "/204" => answer(204, &[], ""),
        "/304" => answer(304, &[("ETag", "\"x\"")], ""),
        _ => answer(200, &[], "not for HEAD"),
    })
    .await;
    let network = network(&[]);
    for path in ["/204", "/304"] {
        assert!(fetch(&network, request(server.url(path))).await.unwrap().body.is_none(), "{path}");
    }
    let mut head = request(server.url("/"));
    head.method = "HEAD".to_owned();
    let response = fetch(&network, head).await.unwrap();
    assert!(response.body.is_none());
    assert_eq!(response.head.headers.get_string("Content-Length").as_deref(), Some("12"));
    // An empty body is one all the same.
    let empty = serve(|_| answer(200, &[], "")).await;
    assert!(fetch(&network, request(empty.url("/"))).await.unwrap().body.is_some());
    // All three went over one connection.
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn the_status_message_is_the_servers_own() {
    let address = raw(|mut tcp, _| async move {
        use tokio::io::AsyncWriteExt;
        read_head(&mut tcp).await;
        tcp.write_all(
            b"HTTP/1.1 299 As You Like It\r\nContent-Length: 0\r\nX-\xe9: bad\r\nX-Latin: \xe9\r\n\r\n",
        )
        .await
        .unwrap();
    })
    .await;
    let response =
        fetch(&network(&[]), request(format!("http://{address}/").parse().unwrap())).await.unwrap();
    assert_eq!((response.head.status, response.head.status_message.as_str()), (299, "As You Like It"));
    assert_eq!(response.head.headers.get("x-latin").as_deref(), Some(&b"\xe9"[..]));
    let names: Vec<_> = response.head.headers.into_iter().map(|Header { name, .. }| name).collect();
    assert_eq!(names, ["content-length", "x-latin"]);
}

#[tokio::test]
async fn integrity_metadata_is_checked_over_the_whole_body() {
    let server = serve(|_| answer(200, &[], "hello")).await;
    let network = network(&[]);
    let ask = |integrity: &str| Request { integrity: integrity.to_owned(), ..request(server.url("/")) };
    let good = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    assert_eq!(text(&fetch_all(&network, ask(good)).await.unwrap().1), "hello");
    let error = fetch(&network, ask("sha256-LPJN")).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Integrity);
}

#[tokio::test]
async fn cookies_go_with_credentials_alone() {
    let server = serve(|_| answer(200, &[("Set-Cookie", "a=b")], "")).await;
    let jar = Arc::new(MemoryCookieJar::default());
    let network = HttpNetwork::with_cookies(NetConfig::default(), Handle::current(), Some(jar.clone()));
    let ask = async |credentials| {
        let asked = Request { credentials, ..request(server.url("/")) };
        fetch(&network, asked).await.unwrap();
    };
    ask(CredentialsMode::Omit).await;
    assert!(jar.all().is_empty());
    ask(CredentialsMode::SameOrigin).await;
    assert_eq!(jar.all()[0].value, b"b");
    ask(CredentialsMode::Include).await;
    ask(CredentialsMode::Omit).await;
    let sent: Vec<_> = server.seen().iter().map(|seen| seen.header("cookie").map(str::to_owned)).collect();
    assert_eq!(sent, [None, None, Some("a=b".to_owned()), None]);
}

#[tokio::test]
async fn a_redirect_and_where_it_leads_have_cookies_of_their_own() {
    let target = serve(|_| answer(200, &[("Set-Cookie", "end=1")], "")).await;
    let to = target.url("/end").to_string();
    let server = serve(move |seen| match seen.path.as_str() {
        "/start" => answer(302, &[("Location", "/middle"), ("Set-Cookie", "start=1")], ""),
        _ => answer(302, &[("Location", &to), ("Set-Cookie", "middle=1; Path=/end")], ""),
    })
    .await;
    let jar = Arc::new(MemoryCookieJar::default());
    let network = HttpNetwork::with_cookies(NetConfig::default(), Handle::current(), Some(jar.clone()));
    let mut asked = request(server.url("/start"));
    asked.mode = RequestMode::NoCors;
    asked.credentials = CredentialsMode::Include;
    fetch(&network, asked).await.unwrap();
    let sent = |server: &Server| -> Vec<_> {
        server.seen().iter().map(|seen| seen.header("cookie").map(str::to_owned)).collect()
    };
    assert_eq!(sent(&server), [None, Some("start=1".to_owned())]);
    // Cookies know no ports.
    assert_eq!(sent(&target), [Some("middle=1; start=1".to_owned())]);
    assert_eq!(jar.all().len(), 3);
}

#[tokio::test]
async fn a_network_can_be_used_from_a_thread_without_a_runtime() {
    let server = serve(|_| answer(200, &[], "hello")).await;
    let network = network(&[]);
    let asked = request(server.url("/"));
    let body = tokio::task::spawn_blocking(move || {
        futures::executor::block_on(fetch_all(&network, asked)).unwrap().1
    });
    assert_eq!(text(&body.await.unwrap()), "hello");
}
