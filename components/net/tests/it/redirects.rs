//! Redirects.

use fetch::{
    FetchParams, Network, NetworkErrorKind, RedirectMode, Referrer, RequestMode, ResponseTainting,
    ResponseType, Url,
};

use crate::server::*;

/// `/STATUS/LOCATION` redirects; all else echoes method, body and some headers.
fn redirector(seen: Seen) -> Answer {
    let mut parts = seen.path.splitn(3, '/').skip(1);
    let status = parts.next().and_then(|status| status.parse().ok());
    match (status, parts.next()) {
        (Some(status), Some(location)) => answer(
            status,
            &[("Location", &location.replace("~", "/")), ("Access-Control-Allow-Origin", "*")],
            "moved",
        ),
        (Some(status), None) => answer(status, &[("Access-Control-Allow-Origin", "*")], "nowhere"),
        _ => {
            let body = format!(
                "{} {} type={:?} auth={:?}",
                seen.method,
                text(&seen.body),
                seen.header("content-type"),
                seen.header("authorization"),
            );
            answer(200, &[("Access-Control-Allow-Origin", "*")], body)
        }
    }
}

#[tokio::test]
async fn redirects_are_followed_with_fragment_and_url_list() {
    let server = serve(redirector).await;
    let asked = request(server.url("/302/~301~~end#fragment"));
    let (response, body) = fetch_all(&network(&[]), asked).await.unwrap();
    assert!(text(&body).starts_with("GET"));
    assert!(response.head.redirected());
    assert_eq!(response.head.url().unwrap(), &server.url("/end#fragment"));
    assert_eq!(response.head.url_list.len(), 3);
    assert_eq!(server.paths(), ["GET /302/~301~~end", "GET /301//end", "GET /end"]);
}

#[tokio::test]
async fn twenty_redirects_are_followed_and_no_more() {
    let server = serve(|seen| {
        let left: u32 = seen.path.trim_start_matches('/').parse().unwrap();
        match left.checked_sub(1) {
            Some(next) => answer(302, &[("Location", &format!("/{next}"))], ""),
            None => answer(200, &[], "end"),
        }
    })
    .await;
    let network = network(&[]);
    let (_, body) = fetch_all(&network, request(server.url("/20"))).await.unwrap();
    assert_eq!(text(&body), "end");
    let error = fetch(&network, request(server.url("/21"))).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Redirect);
    assert!(error.message.contains("20"), "{error}");
    assert!(!error.temporary);
}

#[tokio::test]
async fn methods_and_bodies_change_as_the_status_says() {
    let server = serve(redirector).await;
    let network = network(&[]);
    let ask = async |method: &str, status: u16| {
        let mut asked = request(server.url(&format!("/{status}/~end")));
        asked.method = method.to_owned();
        asked.headers.append("Content-Type", "text/plain");
        if method != "HEAD" && method != "GET" {
            asked.body = Some("body".into());
        }
        let (_, body) = fetch_all(&network, asked).await.unwrap();
        text(&body).to_owned()
    };
    for status in [301, 302] {
        assert_eq!(ask("POST", status).await, "GET  type=None auth=None");
        assert!(ask("PUT", status).await.starts_with("PUT body type=Some"));
    }
    assert_eq!(ask("PUT", 303).await, "GET  type=None auth=None");
    assert!(ask("GET", 303).await.starts_with("GET  type=Some"));
    for status in [307, 308] {
        assert!(ask("POST", status).await.starts_with("POST body type=Some(\"text/plain\")"));
    }
}

#[tokio::test]
async fn another_origin_does_not_get_the_authorization() {
    let other = serve(|seen| {
        let asked = seen.header("authorization").is_some();
        let headers =
            [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "authorization")];
        answer(200, &headers, format!("{asked}"))
    })
    .await;
    let to = other.url("/").to_string();
    let server = serve(move |_| answer(302, &[("Location", &to)], "")).await;
    let mut asked = request(server.url("/"));
    asked.headers.append("Authorization", "Basic x");
    let (_, body) = fetch_all(&network(&[]), asked).await.unwrap();
    assert_eq!(text(&body), "false");
    assert_eq!(other.paths(), ["GET /"]);
}

#[tokio::test]
async fn a_tainted_redirect_hides_the_origin() {
    let last = serve(|_| answer(200, &[("Access-Control-Allow-Origin", "null")], "end")).await;
    let to = last.url("/").to_string();
    let first =
        serve(move |_| answer(302, &[("Location", &to), ("Access-Control-Allow-Origin", "*")], "")).await;
    // The page, the first and the last server are three origins.
    let asked = request_from("http://127.0.0.1:1/", first.url("/"));
    let (response, _) = fetch_all(&network(&[]), asked).await.unwrap();
    assert_eq!(response.head.response_type, ResponseType::Cors);
    assert_eq!(first.seen()[0].header("origin"), Some("http://127.0.0.1:1"));
    assert_eq!(last.seen()[0].header("origin"), Some("null"));
}

#[tokio::test]
async fn the_redirect_mode_decides() {
    let server = serve(redirector).await;
    let network = network(&[]);
    let ask = |redirect, mode| {
        let mut asked = request(server.url("/302/~end"));
        (asked.redirect, asked.mode) = (redirect, mode);
        asked
    };
    let error = fetch(&network, ask(RedirectMode::Error, RequestMode::Cors)).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Redirect);
    let manual = fetch(&network, ask(RedirectMode::Manual, RequestMode::Cors)).await.unwrap();
    assert_eq!((manual.head.response_type, manual.head.status), (ResponseType::OpaqueRedirect, 0));
    assert_eq!(manual.head.url(), Some(&server.url("/302/~end")));
    assert_eq!(manual.internal_head().status, 302);
    assert!(manual.head.headers.is_empty());
    assert!(!server.paths().contains(&"GET /end".to_owned()));
    let passed_on = fetch(&network, ask(RedirectMode::Manual, RequestMode::Navigate)).await.unwrap();
    assert_eq!(passed_on.head.response_type, ResponseType::OpaqueRedirect);
    let asked = ask(RedirectMode::Manual, RequestMode::Navigate);
    let params = FetchParams { is_navigation: true, ..FetchParams::new(asked) };
    let navigation = network.fetch(params).await.unwrap();
    // A navigation is shown each redirect, and follows it all the same.
    assert_eq!(navigation.request_referrer, Some(Referrer::Url(server.url("/page.html"))));
    assert_eq!(navigation.request_url, Some(server.url("/end")));
    assert_eq!((navigation.head.status, navigation.head.url()), (200, Some(&server.url("/end"))));
}

#[tokio::test]
async fn a_redirect_s_policy_is_for_the_referrer_of_the_next_request() {
    let server = serve(|seen| match &*seen.path {
        "/" => answer(302, &[("Location", "/end"), ("Referrer-Policy", "origin")], ""),
        _ => answer(200, &[], ""),
    })
    .await;
    let response = fetch(&network(&[]), request(server.url("/"))).await.unwrap();
    assert_eq!(response.request_referrer, Some(Referrer::Url(server.url("/"))));
    let referrers =
        server.seen().iter().map(|seen| seen.header("referer").unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(referrers, [server.url("/page.html").as_str(), server.url("/").as_str()]);
}

#[tokio::test]
async fn a_redirect_without_a_location_is_a_response() {
    let server = serve(redirector).await;
    let (response, body) = fetch_all(&network(&[]), request(server.url("/302"))).await.unwrap();
    assert_eq!((response.head.status, text(&body)), (302, "nowhere"));
}

#[tokio::test]
async fn redirects_lead_to_http_alone_and_not_to_credentials() {
    for location in ["data:,x", "http://[", "file:///etc/passwd", "about:blank"] {
        let server = serve(move |_| answer(302, &[("Location", location)], "")).await;
        let error = fetch(&network(&[]), request(server.url("/"))).await.unwrap_err();
        assert_eq!(error.kind, NetworkErrorKind::Redirect, "{location}");
    }
    let server = serve(redirector).await;
    let with_user = Url::parse(&format!("http://user@{}/end", server.address)).unwrap();
    let other = serve(move |_| {
        answer(302, &[("Location", with_user.as_str()), ("Access-Control-Allow-Origin", "*")], "")
    })
    .await;
    let error = fetch(&network(&[]), request(other.url("/"))).await.unwrap_err();
    assert!(error.message.contains("credentials"), "{error}");
    // Nor does another origin lead back home with them.
    let mut asked = request(server.url("/"));
    asked.set_url(other.url("/"));
    let error = fetch(&network(&[]), asked).await.unwrap_err();
    assert!(error.message.contains("credentials"), "{error}");
}

#[tokio::test]
async fn coming_back_home_stays_tainted() {
    let server = serve(|seen| match seen.path.as_str() {
        "/end" => answer(200, &[], "secret"),
        _ => answer(200, &[], ""),
    })
    .await;
    let home = server.url("/end").to_string();
    let other =
        serve(move |_| answer(302, &[("Location", &home), ("Access-Control-Allow-Origin", "*")], "")).await;
    let mut asked = request(server.url("/"));
    asked.set_url(other.url("/"));
    asked.response_tainting = ResponseTainting::Basic;
    // The last response has no CORS headers, and needs them though it is of the page's own origin.
    let error = fetch(&network(&[]), asked).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Cors);
}

#[tokio::test]
async fn a_redirect_may_change_the_referrer_policy() {
    let server = serve(|seen| match seen.path.as_str() {
        "/" => answer(302, &[("Location", "/end"), ("Referrer-Policy", "no-referrer")], ""),
        _ => answer(200, &[], ""),
    })
    .await;
    fetch(&network(&[]), request(server.url("/"))).await.unwrap();
    let seen = server.seen();
    assert!(seen[0].header("referer").is_some());
    assert_eq!(seen[1].header("referer"), None);
}
