//! The pool: reuse, limits, and what is said when there is no connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fetch::{CredentialsMode, NetworkErrorKind, Request};
use futures::FutureExt;
use futures::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::server::*;

#[tokio::test]
async fn one_request_after_the_other_uses_one_connection() {
    let server = serve(|_| answer(200, &[], "x")).await;
    let network = network(&[]);
    for _ in 0..10 {
        fetch_all(&network, request(server.url("/"))).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn no_more_than_the_limit_are_asked_at_once() {
    let gate = Arc::new(Semaphore::new(0));
    let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let server = {
        let (gate, most) = (gate.clone(), most.clone());
        serve_async(move |_| {
            let (gate, inside, most) = (gate.clone(), inside.clone(), most.clone());
            async move {
                let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                // All that may come are here: let everybody through from now on.
                if now == 3 {
                    gate.add_permits(1000);
                }
                let _permit = gate.acquire().await.unwrap();
                inside.fetch_sub(1, Ordering::SeqCst);
                answer(200, &[], "x")
            }
            .boxed()
        })
        .await
    };
    let network = network_with(&[], |config| config.connections_per_host = 3);
    let fetches = (0..50).map(|_| fetch_all(&network, request(server.url("/"))));
    assert!(join_all(fetches).await.iter().all(Result::is_ok));
    assert_eq!((most.load(Ordering::SeqCst), server.connections()), (3, 3));
}

#[tokio::test]
async fn credentials_do_not_share_connections_with_those_who_have_none() {
    let server = serve(|_| answer(200, &[], "x")).await;
    let network = network(&[]);
    for credentials in [CredentialsMode::Include, CredentialsMode::Omit, CredentialsMode::Include] {
        fetch_all(&network, Request { credentials, ..request(server.url("/")) }).await.unwrap();
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn connection_close_is_obeyed() {
    let server = serve(|_| answer(200, &[("Connection", "close")], "x")).await;
    let network = network(&[]);
    for _ in 0..3 {
        fetch_all(&network, request(server.url("/"))).await.unwrap();
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_refused_connection_says_where_and_may_be_tried_again() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let network = network(&[]);
    for scheme in ["http", "https"] {
        let (_, root) = tls_config(&[], &[]);
        let network = if scheme == "http" {
            network.clone()
        } else {
            network_with(&[], |config| config.extra_roots.push(root))
        };
        let fetches =
            (0..3).map(|_| fetch(&network, request(format!("{scheme}://{address}/x").parse().unwrap())));
        for result in join_all(fetches).await {
            let error = result.unwrap_err();
            assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Refused, true));
            assert!(error.to_string().contains(&address.to_string()), "{error}");
        }
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve_says_so() {
    let network = network_with(&[], |config| config.host_rules.0.push("*=none".parse().unwrap()));
    let error = fetch(&network, request("http://nowhere.test/x".parse().unwrap())).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Dns);
    assert!(error.to_string().contains("nowhere.test"), "{error}");
}

#[tokio::test]
async fn host_rules_lead_names_to_servers_and_keep_the_name() {
    let server = serve(|seen| answer(200, &[], seen.header("host").unwrap().to_owned())).await;
    let network = network_with(&[], |config| {
        config.host_rules.0.push(format!("*.test={}", server.address).parse().unwrap());
    });
    let (_, body) = fetch_all(&network, request("http://www.a.test/".parse().unwrap())).await.unwrap();
    assert_eq!(text(&body), "www.a.test");
    let (_, body) = fetch_all(&network, request("http://b.test:8000/".parse().unwrap())).await.unwrap();
    assert_eq!(text(&body), "b.test:8000");
}

#[tokio::test]
async fn a_misdirected_request_gets_a_connection_of_its_own() {
    let times = Arc::new(AtomicUsize::new(0));
    let server = serve(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => answer(421, &[], ""),
        _ => answer(200, &[], "here"),
    })
    .await;
    let (response, body) = fetch_all(&network(&[]), request(server.url("/"))).await.unwrap();
    assert_eq!((response.head.status, text(&body)), (200, "here"));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn those_who_wait_for_the_first_connection_share_its_failure() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    // Hangs up in the TLS handshake.
    let address = raw(move |tcp, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        drop(tcp);
        futures::future::ready(())
    })
    .await;
    let (_, root) = tls_config(&[], &[]);
    let network = network_with(&[], |config| config.extra_roots.push(root));
    let fetches = (0..10).map(|_| fetch(&network, request(format!("https://{address}/").parse().unwrap())));
    for result in join_all(fetches).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Tls, true), "{error}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    // Whoever comes later tries again.
    fetch(&network, request(format!("https://{address}/").parse().unwrap())).await.unwrap_err();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_connection_that_was_idle_for_too_long_is_not_used() {
    let server = serve(|_| answer(200, &[], "x")).await;
    let network = network_with(&[], |config| config.idle_connection = std::time::Duration::ZERO);
    for _ in 0..3 {
        fetch_all(&network, request(server.url("/"))).await.unwrap();
    }
    assert_eq!(server.connections(), 3);
}
