//! The CORS protocol, with real preflights.

use fetch::{CredentialsMode, NetworkErrorKind, Request, RequestMode, ResponseType};

use crate::server::*;

const PAGE: &str = "http://127.0.0.1:1/page";

fn put(server: &Server) -> Request {
    let mut asked = request_from(PAGE, server.url("/x"));
    asked.method = "PUT".to_owned();
    asked.headers.append("X-Custom", "1");
    asked.body = Some("data".into());
    asked
}

fn permissive(seen: Seen) -> Answer {
    let headers = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "x-custom"),
        ("Access-Control-Max-Age", "60"),
        ("Access-Control-Expose-Headers", "x-shown"),
        ("X-Shown", "1"),
        ("X-Hidden", "2"),
    ];
    answer(200, &headers, seen.body)
}

#[tokio::test]
async fn a_preflight_goes_first_and_is_remembered() {
    let server = serve(permissive).await;
    let network = network(&[]);
    let (response, body) = fetch_all(&network, put(&server)).await.unwrap();
    assert_eq!((response.head.response_type, text(&body)), (ResponseType::Cors, "data"));
    fetch(&network, put(&server)).await.unwrap();
    assert_eq!(server.paths(), ["OPTIONS /x", "PUT /x", "PUT /x"]);
    let preflight = &server.seen()[0];
    assert_eq!(preflight.header("origin"), Some("http://127.0.0.1:1"));
    assert_eq!(preflight.header("access-control-request-method"), Some("PUT"));
    assert_eq!(preflight.header("access-control-request-headers"), Some("x-custom"));
    assert_eq!(preflight.header("x-custom"), None);
    assert_eq!(preflight.header("sec-fetch-mode"), Some("cors"));
    assert!(preflight.body.is_empty());
}

#[tokio::test]
async fn a_refused_preflight_keeps_the_request_from_being_sent() {
    let server = serve(|_| answer(200, &[("Access-Control-Allow-Origin", "*")], "")).await;
    let error = fetch(&network(&[]), put(&server)).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Cors);
    assert!(error.to_string().contains("PUT") && error.to_string().contains("/x"), "{error}");
    assert_eq!(server.paths(), ["OPTIONS /x"]);
}

#[tokio::test]
async fn a_failure_after_the_preflight_forgets_what_it_granted() {
    let server = serve(|seen| match seen.method.as_str() {
        "OPTIONS" => permissive(seen),
        _ => answer(200, &[], ""),
    })
    .await;
    let network = network(&[]);
    for _ in 0..2 {
        assert_eq!(fetch(&network, put(&server)).await.unwrap_err().kind, NetworkErrorKind::Cors);
    }
    assert_eq!(server.paths(), ["OPTIONS /x", "PUT /x", "OPTIONS /x", "PUT /x"]);
}

#[tokio::test]
async fn a_redirect_of_the_preflight_is_a_failure() {
    let server =
        serve(|_| answer(302, &[("Location", "/elsewhere"), ("Access-Control-Allow-Origin", "*")], "")).await;
    assert_eq!(fetch(&network(&[]), put(&server)).await.unwrap_err().kind, NetworkErrorKind::Cors);
    assert_eq!(server.paths(), ["OPTIONS /x"]);
}

#[tokio::test]
async fn only_exposed_headers_are_seen() {
    let server = serve(permissive).await;
    let response = fetch(&network(&[]), request_from(PAGE, server.url("/"))).await.unwrap();
    assert_eq!(server.paths(), ["GET /"]);
    assert!(response.head.headers.contains("X-Shown") && !response.head.headers.contains("X-Hidden"));
    assert!(response.internal_head().headers.contains("X-Hidden"));
}

#[tokio::test]
async fn without_the_servers_word_there_is_no_response() {
    let server = serve(|_| answer(200, &[], "secret")).await;
    let error = fetch(&network(&[]), request_from(PAGE, server.url("/"))).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Cors);
    assert!(error.message.contains("Access-Control-Allow-Origin"), "{error}");
}

#[tokio::test]
async fn credentials_need_a_server_that_names_us() {
    let server = serve(permissive).await;
    let mut asked = request_from(PAGE, server.url("/"));
    asked.credentials = CredentialsMode::Include;
    assert_eq!(fetch(&network(&[]), asked).await.unwrap_err().kind, NetworkErrorKind::Cors);
}

#[tokio::test]
async fn no_cors_gives_an_opaque_response() {
    let server = serve(|_| answer(203, &[("X-A", "1")], "body")).await;
    let mut asked = request_from(PAGE, server.url("/"));
    asked.mode = RequestMode::NoCors;
    let (response, body) = fetch_all(&network(&[]), asked).await.unwrap();
    assert_eq!((response.head.response_type, response.head.status), (ResponseType::Opaque, 0));
    assert_eq!(response.head.url(), None);
    assert!(response.head.headers.is_empty());
    // The engine itself sees everything.
    assert_eq!((response.internal_head().status, text(&body)), (203, "body"));
    assert_eq!(server.seen()[0].header("origin"), None);
    assert_eq!(server.seen()[0].header("sec-fetch-mode"), Some("no-cors"));
}
