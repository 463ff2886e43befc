//! Paused, offline, and back.

use std::time::Duration;

use super::support::{URL, cut};
use crate::host::EventKind;
use crate::testing::{Harness, head};
use crate::{FetchResult, UniqueId};

const ETAG: (&str, &str) = ("ETag", "\"1\"");

fn pause(t: &mut Harness, fetch: UniqueId) -> bool {
    t.call(|handle, reply| handle.pause(fetch, reply)).unwrap().unwrap()
}

fn resume(t: &mut Harness, fetch: UniqueId) -> bool {
    t.call(|handle, reply| handle.resume(fetch, reply)).unwrap().unwrap()
}

#[test]
fn a_pause_cuts_off_and_a_resume_goes_on() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL, "https://a.example/2"]);
    let first = t.request().respond(head(200, &[ETAG]));
    first.send("01234");
    let second = t.request();
    t.run();
    assert!(pause(&mut t, fetch));
    assert!(first.is_cancelled() && second.is_cancelled());
    t.advance(Duration::from_secs(3600));
    assert_eq!(t.network.waiting(), []);
    assert!(!resume(&mut t, fetch));
    let first = t.request();
    assert_eq!(first.header("Range").as_deref(), Some("bytes=5-"));
    first.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    t.serve("second");
    assert_eq!(t.responses(fetch), [Ok((200, b"0123456789".to_vec())), Ok((200, b"second".to_vec()))]);
}

#[test]
fn a_pause_survives_a_restart() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    pause(&mut t, fetch);
    t.restart();
    assert_eq!(t.network.waiting(), []);
    resume(&mut t, fetch);
    t.serve("body");
    assert_eq!(t.handle_event().0, EventKind::Success);
}

#[test]
fn something_else_than_get_goes_on_to_its_end() {
    let mut t = Harness::default();
    let requests =
        vec![Harness::upload("POST", URL, b"body"), Harness::upload("PUT", "https://a.example/2", b"x")];
    let (fetch, _) = t.followed(Harness::new_fetch("x", requests));
    let (post, put) = (t.request(), t.request());
    assert!(pause(&mut t, fetch));
    assert!(!post.is_cancelled() && !put.is_cancelled());
    post.respond_with(head(200, &[]), "answer");
    put.respond_with(head(200, &[]), "answer");
    t.run();
    assert_eq!(t.result(fetch), FetchResult::Success);
    assert_eq!(t.network.waiting(), [], "nothing was sent twice");
}

#[test]
fn a_retry_that_falls_into_a_pause_waits_for_its_end() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.request().fail(cut());
    t.run();
    pause(&mut t, fetch);
    t.advance(Duration::from_secs(600));
    assert_eq!(t.network.waiting(), []);
    resume(&mut t, fetch);
    assert_eq!(t.network.waiting().len(), 1);
}

#[test]
fn what_is_settled_or_gone_can_not_be_paused() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.serve("body");
    assert!(!pause(&mut t, fetch));
    t.handle_event();
    assert!(!pause(&mut t, fetch));
}

#[test]
fn offline_costs_no_attempts_and_online_goes_on_at_once() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, &[ETAG]));
    body.send("01234");
    t.run();
    t.handle.set_online(false);
    t.run();
    body.fail(cut());
    t.advance(Duration::from_secs(86_400));
    assert_eq!(t.network.waiting(), []);
    // Nothing new starts either.
    let other = t.started("y", &[URL]);
    assert_eq!(t.network.waiting(), []);
    t.handle.set_online(true);
    t.run();
    let exchange = t.request();
    assert_eq!(exchange.header("Range").as_deref(), Some("bytes=5-"));
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    t.serve("other");
    assert_eq!((t.result(fetch), t.result(other)), (FetchResult::Success, FetchResult::Success));
}

#[test]
fn coming_back_online_ends_all_waits() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    for _ in 0..5 {
        t.request().fail(cut());
        t.advance(Duration::from_secs(60));
    }
    t.request().fail(cut());
    t.run();
    t.handle.set_online(false);
    t.handle.set_online(true);
    t.run();
    assert_eq!(t.network.waiting().len(), 1);
    // The alarm that was set before does not start it twice.
    t.advance(Duration::from_secs(600));
    assert_eq!(t.network.waiting().len(), 1);
}
