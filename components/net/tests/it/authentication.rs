//! Credentials that servers ask for.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fetch::cookies::MemoryCookieJar;
use fetch::{CredentialsMode, Request, Url};
use net::{HttpNetwork, NetConfig};
use tokio::runtime::Handle;

use crate::server::*;

/// Wants `user:word` for everything below `/in/`, and says what it got.
async fn guarded() -> Server {
    let expected = format!("Basic {}", BASE64_STANDARD.encode("user:word"));
    serve(move |seen| {
        let authorization = seen.header("authorization").map(str::to_owned);
        if seen.path.starts_with("/in/") && authorization.as_ref() != Some(&expected) {
            return answer(401, &[("WWW-Authenticate", "Basic realm=\"in\"")], "who?");
        }
        answer(200, &[], format!("{} {}", text(&seen.body), authorization.is_some()))
    })
    .await
}

fn with_credentials(url: Url, password: &str) -> Request {
    let mut asked = request(url);
    asked.url_list = {
        let mut url = asked.url().clone();
        url.set_username("user").unwrap();
        url.set_password(Some(password)).unwrap();
        url.into()
    };
    asked.use_url_credentials = true;
    asked
}

#[tokio::test]
async fn a_url_s_credentials_are_sent_when_they_are_asked_for_and_remembered() {
    let server = guarded().await;
    let network = network(&[]);
    let ask = async |asked: Request| {
        let (response, body) = fetch_all(&network, asked).await.unwrap();
        (response.head.status, text(&body).to_owned())
    };
    assert_eq!(ask(request(server.url("/in/x"))).await, (401, "who?".into()));
    assert_eq!(ask(with_credentials(server.url("/in/x"), "wrong")).await, (401, "who?".into()));
    assert_eq!(ask(request(server.url("/in/x"))).await, (401, "who?".into()));
    let mut post = with_credentials(server.url("/in/x"), "word");
    (post.method, post.body) = ("POST".into(), Some("body".into()));
    assert_eq!(ask(post).await, (200, "body true".into()));
    let before = server.seen().len();
    // From now on they are sent at once, to what is there or below.
    assert_eq!(ask(request(server.url("/in/other/y"))).await, (200, " true".into()));
    assert_eq!(ask(request(server.url("/out"))).await, (200, " false".into()));
    assert_eq!(server.seen().len(), before + 2);
    let omitted = Request { credentials: CredentialsMode::Omit, ..request(server.url("/in/x")) };
    assert_eq!(ask(omitted).await, (401, "who?".into()));
    // A page's own header stays, and so does a URL's password.
    let mut own = request(server.url("/in/x"));
    own.headers.append("Authorization", "Basic x");
    assert_eq!(ask(own).await.0, 401);
    assert_eq!(ask(with_credentials(server.url("/in/x"), "wrong")).await.0, 401);
}

#[tokio::test]
async fn the_cookies_that_came_with_the_question_go_with_the_answer() {
    let server = serve(|seen| match seen.header("authorization") {
        None => answer(401, &[("WWW-Authenticate", "Basic realm=\"in\""), ("Set-Cookie", "a=1")], "who?"),
        Some(_) => answer(200, &[], seen.header("cookie").unwrap_or("none").to_owned()),
    })
    .await;
    let jar = Arc::new(MemoryCookieJar::default());
    let network = HttpNetwork::with_cookies(NetConfig::default(), Handle::current(), Some(jar));
    let (_, body) = fetch_all(&network, with_credentials(server.url("/"), "word")).await.unwrap();
    assert_eq!(text(&body), "a=1");
}

#[tokio::test]
async fn credentials_of_a_url_are_not_sent_where_they_do_not_count() {
    let server = guarded().await;
    let network = network(&[]);
    let asked = Request { use_url_credentials: false, ..with_credentials(server.url("/in/x"), "word") };
    assert_eq!(fetch(&network, asked).await.unwrap().head.status, 401);
    let asked =
        Request { credentials: CredentialsMode::Omit, ..with_credentials(server.url("/in/x"), "word") };
    assert_eq!(fetch(&network, asked).await.unwrap().head.status, 401);
    assert!(server.seen().iter().all(|seen| seen.header("authorization").is_none()));
}
