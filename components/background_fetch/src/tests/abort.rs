//! `abort()`.

use super::support::URL;
use crate::host::EventKind;
use crate::testing::{Harness, head};
use crate::{Error, FailureReason, FetchResult};

#[test]
fn it_ends_everything_and_keeps_what_is_complete() {
    let mut t = Harness::default();
    let fetch = t.started("x", &["https://a.example/1", "https://a.example/2", "https://a.example/3"]);
    t.serve("done");
    let body = t.request().respond(head(200, &[]));
    body.send("half");
    t.run();
    let third = t.request();
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Ok(true)));
    assert!(body.is_cancelled() && third.is_cancelled());
    assert_eq!(t.responses(fetch), [Ok((200, b"done".to_vec())), Err(Error::Aborted), Err(Error::Aborted)]);
    assert!(t.ids().is_empty());
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Ok(false)));
    let (kind, instance) = t.handle_event();
    assert_eq!(kind, EventKind::Abort);
    assert_eq!(instance.result, FetchResult::Failure(FailureReason::Aborted));
    t.assert_empty();
}

#[test]
fn it_wins_over_failures_that_came_before() {
    let mut t = Harness::default();
    let fetch = t.started("x", &["https://a.example/1", "https://a.example/2"]);
    t.request().respond_with(head(404, &[]), "");
    t.run();
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Ok(true)));
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::Aborted));
}

#[test]
fn it_is_too_late_once_the_result_is_decided() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.store.hold();
    t.serve("body");
    // The last byte and the result are on their way to the store.
    while t.store.waiting() > 0 {
        t.store.commit();
        t.run();
        if t.ids().is_empty() {
            break;
        }
    }
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Ok(false)));
    t.store.release();
    t.run();
    assert_eq!(t.handle_event().0, EventKind::Success);
}

#[test]
fn a_promise_of_true_survives_the_process() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.store.hold();
    let promise = t.call(|handle, reply| handle.abort(fetch, reply));
    assert_eq!(promise, None, "not before it is stored");
    t.store.release();
    t.run();
    t.restart();
    assert_eq!(t.handle_event().0, EventKind::Abort);
    t.assert_empty();
}

#[test]
fn it_works_while_the_fetch_is_paused() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.call(|handle, reply| handle.pause(fetch, reply)).unwrap().unwrap();
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Ok(true)));
    assert_eq!(t.handle_event().0, EventKind::Abort);
    t.assert_empty();
}

#[test]
fn it_works_while_a_request_waits_to_be_tried_again() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.request().fail(super::support::cut());
    t.run();
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Ok(true)));
    t.advance(std::time::Duration::from_secs(600));
    assert_eq!(t.handle_event().0, EventKind::Abort);
    t.assert_empty();
}

#[test]
fn a_stale_handle_does_not_touch_a_new_fetch_with_the_same_id() {
    let mut t = Harness::default();
    let old = t.started("x", &[URL]);
    t.serve("old");
    // The old one's event is still being handled when the id is used again.
    let new = t.started("x", &[URL]);
    assert_eq!(t.call(|handle, reply| handle.abort(old, reply)), Some(Ok(false)));
    assert_eq!(t.result(new), FetchResult::Active);
    assert_eq!(t.responses(old), [Ok((200, b"old".to_vec()))]);
    t.handle_event();
    assert_eq!(t.call(|handle, reply| handle.abort(old, reply)), Some(Ok(false)));
    assert_eq!(t.ids(), ["x"]);
    t.serve("new");
    assert_eq!(t.handle_event().1.unique_id, new);
}

#[test]
fn it_makes_room_for_others() {
    let mut t = Harness::new(crate::Config { max_requests: 1, ..crate::Config::default() });
    let first = t.started("a", &[URL]);
    t.started("b", &["https://a.example/b"]);
    assert_eq!(t.network.waiting().len(), 1);
    t.call(|handle, reply| handle.abort(first, reply)).unwrap().unwrap();
    assert_eq!(t.network.waiting(), ["https://a.example/b".parse().unwrap()]);
}
