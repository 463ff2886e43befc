//! TLS and HTTP/2.

use std::sync::Arc;

use fetch::NetworkErrorKind;
use futures::future::join_all;
use http::Version;

use crate::server::*;

#[tokio::test]
async fn http2_is_chosen_where_the_server_has_it() {
    for (alpn, http2, version) in [
        (&["h2", "http/1.1"][..], true, Version::HTTP_2),
        (&["h2", "http/1.1"][..], false, Version::HTTP_11),
        (&["http/1.1"][..], true, Version::HTTP_11),
        (&[][..], true, Version::HTTP_11),
    ] {
        let server = serve_tls(alpn, &["a.test"], |_| answer(200, &[], "secure")).await;
        let network = network_with(&[&server], |config| {
            config.http2 = http2;
            config.host_rules.0.push(format!("a.test={}", server.address).parse().unwrap());
        });
        let asked = request("https://a.test/x?y".parse().unwrap());
        let (response, body) = fetch_all(&network, asked).await.unwrap();
        assert_eq!(text(&body), "secure");
        let message = if version == Version::HTTP_2 { "" } else { "OK" };
        assert_eq!(response.head.status_message, message);
        let seen = &server.seen()[0];
        assert_eq!((seen.version, seen.path.as_str()), (version, "/x?y"));
        assert_eq!(seen.header("accept-encoding"), Some("gzip, deflate, br, zstd"));
    }
}

#[tokio::test]
async fn many_requests_share_one_http2_connection() {
    let server = serve_tls(&["h2"], &[], |seen| answer(200, &[], seen.path)).await;
    let network = network(&[&server]);
    let fetches = (0..100).map(|number| fetch_all(&network, request(server.url(&format!("/{number}")))));
    for (number, result) in join_all(fetches).await.into_iter().enumerate() {
        assert_eq!(text(&result.unwrap().1), format!("/{number}"));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_unknown_certificate_is_refused() {
    let server = serve_tls(&["h2"], &[], |_| answer(200, &[], "")).await;
    let other = serve_tls(&["h2"], &[], |_| answer(200, &[], "")).await;
    let error = fetch(&network(&[&other]), request(server.url("/"))).await.unwrap_err();
    assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Tls, false));
    assert!(error.message.contains("127.0.0.1") && error.message.contains("extra root"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = serve_tls(&["h2"], &["a.test"], |_| answer(200, &[], "")).await;
    let network = network_with(&[&server], |config| {
        config.host_rules.0.push(format!("*={}", server.address).parse().unwrap());
    });
    let error = fetch(&network, request("https://b.test/".parse().unwrap())).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Tls, "{error}");
    fetch(&network, request("https://a.test/".parse().unwrap())).await.unwrap();
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_error() {
    let server = serve(|_| answer(200, &[], "")).await;
    let (_, root) = tls_config(&[], &[]);
    let network = network_with(&[], |config| config.extra_roots.push(root));
    let asked = request(format!("https://{}/", server.address).parse().unwrap());
    let error = fetch(&network, asked).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Tls, "{error}");
    assert_eq!(error.address, Some(server.address));
}

#[tokio::test]
async fn what_an_http2_server_refused_is_sent_again() {
    let (config, root) = tls_config(&["h2"], &[]);
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let address = raw(move |tcp, number| {
        let acceptor = acceptor.clone();
        async move {
            let mut connection = h2::server::handshake(acceptor.accept(tcp).await.unwrap()).await.unwrap();
            let mut streams = 0;
            while let Some(Ok((_, mut respond))) = connection.accept().await {
                streams += 1;
                // The first connection takes one request, and refuses the second.
                if number == 0 && streams == 2 {
                    respond.send_reset(h2::Reason::REFUSED_STREAM);
                    connection.graceful_shutdown();
                } else {
                    respond.send_response(http::Response::new(()), true).unwrap();
                }
            }
        }
    })
    .await;
    let network = network_with(&[], |config| config.extra_roots.push(root));
    let url: fetch::Url = format!("https://{address}/").parse().unwrap();
    fetch(&network, request(url.clone())).await.unwrap();
    let mut post = request(url);
    post.method = "POST".to_owned();
    post.body = Some("data".into());
    fetch(&network, post).await.unwrap();
}
