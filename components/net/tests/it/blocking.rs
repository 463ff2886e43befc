//! What never reaches a server.

use std::sync::{Arc, Mutex};

use fetch::{
    BlockReason, CspDisposition, CspList, Destination, FetchParams, Network, NetworkErrorKind, Origin,
    RequestMode, ResponseType, Url,
};

use crate::server::*;

fn own(server: &Server) -> Origin {
    Origin::of(&server.url("/"))
}

#[tokio::test]
async fn a_bad_port_is_blocked() {
    let asked = request("http://127.0.0.1:6667/".parse().unwrap());
    let error = fetch(&network(&[]), asked).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::BadPort));
    assert!(error.to_string().contains("6667"), "{error}");
}

#[tokio::test]
async fn mixed_content_is_blocked_before_a_connection_is_made() {
    let server = serve(|_| answer(200, &[], "")).await;
    let network = network_with(&[], |config| {
        config.host_rules.0.push(format!("*.example={}", server.address).parse().unwrap());
    });
    let url = Url::parse("http://insecure.example/").unwrap();
    let error = fetch(&network, request_from("https://secure.example/", url.clone())).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::MixedContent));
    assert_eq!(server.connections(), 0);
    // From an insecure page it is allowed.
    fetch(&network, request_from("http://insecure.example/", url)).await.unwrap();
}

#[tokio::test]
async fn a_policy_blocks_and_reports() {
    let server = serve(|_| answer(200, &[], "")).await;
    let reports = Arc::new(Mutex::new(Vec::new()));
    let sink = reports.clone();
    let mut asked = request(server.url("/x"));
    let enforced = CspList::parse_meta("connect-src 'none'", CspDisposition::Enforce, &own(&server));
    let watched = CspList::parse_meta("connect-src https:", CspDisposition::Report, &own(&server));
    asked.policy_container.csp_list.append(enforced);
    asked.policy_container.csp_list.append(watched);
    let params = FetchParams {
        on_csp_violation: Some(Arc::new(move |violations| sink.lock().unwrap().extend(violations))),
        ..FetchParams::new(asked)
    };
    let error = network(&[]).fetch(params).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::Csp));
    assert!(error.message.contains("connect-src"), "{error}");
    assert_eq!(server.connections(), 0);
    let dispositions: Vec<_> = reports.lock().unwrap().iter().map(|report| report.disposition).collect();
    assert_eq!(dispositions, [CspDisposition::Report, CspDisposition::Enforce]);
}

#[tokio::test]
async fn a_redirect_is_checked_by_the_policy_too() {
    let target = serve(|_| answer(200, &[("Access-Control-Allow-Origin", "*")], "")).await;
    let to = target.url("/");
    let server = serve(move |_| answer(302, &[("Location", to.as_str())], "")).await;
    let mut asked = request(server.url("/"));
    asked.policy_container.csp_list =
        CspList::parse_meta("connect-src 'self'", CspDisposition::Enforce, &own(&server));
    let error = fetch(&network(&[]), asked).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::Csp));
    assert_eq!((server.seen().len(), target.connections()), (1, 0));
}

#[tokio::test]
async fn same_origin_mode_stays_at_home() {
    let server = serve(|_| answer(200, &[], "")).await;
    let mut asked = request_from("http://127.0.0.1:1/", server.url("/"));
    asked.mode = RequestMode::SameOrigin;
    let error = fetch(&network(&[]), asked).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::Mode));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn scripts_need_to_be_scripts() {
    let server = serve(|seen| match seen.path.as_str() {
        "/image" => answer(200, &[("Content-Type", "image/png")], ""),
        "/text" => answer(200, &[("Content-Type", "text/plain"), ("X-Content-Type-Options", "nosniff")], ""),
        _ => answer(200, &[("Content-Type", "text/javascript"), ("X-Content-Type-Options", "nosniff")], ""),
    })
    .await;
    let network = network(&[]);
    let script = |path: &str| {
        let mut asked = request(server.url(path));
        asked.destination = Destination::Script;
        asked
    };
    let kind = fetch(&network, script("/image")).await.unwrap_err().kind;
    assert_eq!(kind, NetworkErrorKind::Blocked(BlockReason::MimeType));
    let kind = fetch(&network, script("/text")).await.unwrap_err().kind;
    assert_eq!(kind, NetworkErrorKind::Blocked(BlockReason::Nosniff));
    fetch(&network, script("/script")).await.unwrap();
}

#[tokio::test]
async fn a_resource_may_refuse_other_origins() {
    let server = serve(|_| answer(200, &[("Cross-Origin-Resource-Policy", "same-origin")], "")).await;
    let mut asked = request_from("http://localhost:1/", server.url("/"));
    asked.mode = RequestMode::NoCors;
    let error = fetch(&network(&[]), asked).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::Corp));
}

#[tokio::test]
async fn another_origins_documents_are_not_had_without_cors() {
    let server = serve(|seen| {
        let data = [("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff")];
        match seen.path.as_str() {
            "/redirect" => answer(302, &[data[0], data[1], ("Location", "/image")], ""),
            "/image" => answer(200, &[("Content-Type", "image/png"), data[1]], ""),
            _ => answer(200, &data, "{}"),
        }
    })
    .await;
    let ask = async |path, mode| {
        let mut asked = request_from("http://localhost:1/", server.url(path));
        asked.mode = mode;
        fetch(&network(&[]), asked).await
    };
    let error = ask("/data", RequestMode::NoCors).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::Orb));
    ask("/image", RequestMode::NoCors).await.unwrap();
    ask("/redirect", RequestMode::NoCors).await.unwrap();
    fetch(&network(&[]), request(server.url("/data"))).await.unwrap();
}

#[tokio::test]
async fn an_image_of_a_secure_page_is_upgraded() {
    let server = serve_tls(&["http/1.1"], &["insecure.example"], |_| answer(200, &[], "image")).await;
    let network = network_with(&[&server], |config| {
        config.host_rules.0.push(format!("*.example={}", server.address).parse().unwrap());
    });
    let mut asked = request_from("https://secure.example/", "http://insecure.example/i.png".parse().unwrap());
    asked.mode = RequestMode::NoCors;
    asked.destination = Destination::Image;
    let (response, body) = fetch_all(&network, asked).await.unwrap();
    assert_eq!((response.head.response_type, text(&body)), (ResponseType::Opaque, "image"));
}
