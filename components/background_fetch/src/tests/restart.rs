//! The process dies at every moment at which it can.

use std::time::Duration;

use super::support::{URL, cut};
use crate::host::EventKind;
use crate::testing::{Harness, head};
use crate::{FailureReason, FetchResult};

const ETAG: (&str, &str) = ("ETag", "\"1\"");

/// Serves whatever is asked for of "0123456789", in two pieces.
fn serve(t: &mut Harness) {
    while let Some(exchange) = t.network.next() {
        let start: u64 = match exchange.header("Range") {
            Some(range) => range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap(),
            None => 0,
        };
        let content = &b"0123456789"[start as usize..];
        let range = format!("bytes {start}-9/10");
        let response = match start {
            0 => head(200, &[ETAG]),
            _ => head(206, &[ETAG, ("Content-Range", &range)]),
        };
        let (one, two) = content.split_at(content.len() / 2);
        let body = exchange.respond(response);
        body.send(one);
        t.run();
        body.send(two);
    }
    t.run();
}

#[test]
fn killed_after_any_commit_it_ends_with_whole_bytes_and_one_event() {
    for limit in 0.. {
        let mut t = Harness::default();
        let fetch = t.started("x", &[URL, "https://a.example/2"]);
        // Everything that happens in this run, but only `limit` commits of it.
        t.store.hold();
        let mut commits = 0;
        let all = loop {
            serve(&mut t);
            if let Some(delivery) = t.events.next() {
                delivery.handled();
                t.run();
            }
            if commits == limit {
                break false;
            }
            if !t.store.commit() {
                break true;
            }
            commits += 1;
            t.run();
        };
        t.restart();
        t.store.release();
        t.run();
        serve(&mut t);
        if let Some(event) = t.events.peek() {
            assert_eq!((event.kind, event.instance.unique_id), (EventKind::Success, fetch));
            let whole = Ok((200, b"0123456789".to_vec()));
            assert_eq!(t.responses(fetch), [whole.clone(), whole], "after {limit} commits");
            t.handle_event();
        }
        t.assert_empty();
        if all {
            assert!(limit > 4, "only {limit} commits");
            return;
        }
    }
}

#[test]
fn bytes_and_totals_go_on_from_what_was_committed() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, &[ETAG]));
    body.send("01234");
    t.run();
    t.store.hold();
    body.send("567");
    t.run();
    t.restart();
    t.store.release();
    t.run();
    assert_eq!(t.instance(fetch).downloaded, 5);
    assert_eq!(t.network.waiting().len(), 1);
    let exchange = t.request();
    assert_eq!(exchange.header("Range").as_deref(), Some("bytes=5-"));
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    t.run();
    assert_eq!(t.responses(fetch), [Ok((200, b"0123456789".to_vec()))]);
}

#[test]
fn a_body_of_which_only_the_end_was_not_stored_is_complete_without_a_request() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, &[("Content-Length", "10")]));
    body.send("0123456789");
    t.run();
    t.restart();
    assert_eq!(t.network.waiting(), []);
    assert_eq!(t.responses(fetch), [Ok((200, b"0123456789".to_vec()))]);
    t.handle_event();
    t.assert_empty();
}

#[test]
fn the_download_total_counts_what_came_before() {
    let mut t = Harness::default();
    let fetch = Harness::new_fetch("x", vec![Harness::get(URL)]);
    let (fetch, _) = t.followed(crate::NewBackgroundFetch { download_total: 8, ..fetch });
    let body = t.request().respond(head(200, &[ETAG]));
    body.send("01234");
    t.run();
    t.restart();
    t.request().respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    t.run();
    assert_eq!(t.result(fetch), FetchResult::Failure(FailureReason::DownloadTotalExceeded));
}

#[test]
fn something_else_than_get_is_not_sent_again() {
    let mut t = Harness::default();
    let requests = vec![Harness::upload("POST", URL, b"x"), Harness::get("https://a.example/2")];
    let (fetch, _) = t.followed(Harness::new_fetch("x", requests));
    assert_eq!(t.network.waiting().len(), 2);
    t.restart();
    assert_eq!(t.network.waiting().len(), 1, "the GET alone");
    t.serve("2");
    let responses = t.responses(fetch);
    assert_eq!(responses[0], Err(crate::Error::RecordFailed(FailureReason::FetchError)));
    assert_eq!(responses[1], Ok((200, b"2".to_vec())));
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::FetchError));
    t.assert_empty();
}

#[test]
fn something_else_than_get_that_was_never_sent_is_sent() {
    let mut t = Harness::new(crate::Config { max_requests: 1, ..crate::Config::default() });
    let requests = vec![Harness::get("https://a.example/1"), Harness::upload("POST", URL, b"x")];
    t.followed(Harness::new_fetch("x", requests));
    t.restart();
    t.serve("1");
    t.serve("2");
    assert_eq!(t.handle_event().0, EventKind::Success);
}

#[test]
fn nothing_is_sent_before_it_is_stored_that_it_may_have_been() {
    let mut t = Harness::default();
    t.followed(Harness::new_fetch("x", vec![Harness::get("https://a.example/1")]));
    t.store.hold();
    let requests = vec![Harness::upload("POST", URL, b"")];
    t.store.release();
    t.permissions.set(crate::host::PermissionState::Prompt);
    let (fetch, _) = t.followed(Harness::new_fetch("y", requests));
    t.store.hold();
    t.handle.resume(fetch, crate::Reply::ignore());
    t.run();
    assert_eq!(t.network.waiting().len(), 1, "the GET alone");
    t.store.release();
    t.run();
    assert_eq!(t.network.waiting().len(), 2);
}

#[test]
fn failures_survive() {
    let mut t = Harness::default();
    let fetch = t.started("x", &["https://a.example/1", "https://a.example/2"]);
    t.request().respond_with(head(404, &[]), "");
    t.run();
    t.restart();
    t.serve("2");
    t.restart();
    assert_eq!(t.responses(fetch), [Ok((404, vec![])), Ok((200, b"2".to_vec()))]);
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::BadStatus));
    t.assert_empty();
}

#[test]
fn an_id_taken_before_is_taken_after() {
    let mut t = Harness::default();
    t.started("b", &[URL]);
    t.started("a", &[URL]);
    t.restart();
    assert_eq!(t.ids(), ["b", "a"]);
    assert_eq!(t.fetch("a", &[URL]).unwrap(), Err(crate::Error::DuplicateId));
}

#[test]
fn a_store_that_can_not_be_read_is_no_reason_to_fall_over() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    t.store.hold();
    t.restart();
    assert!(t.call(|handle, reply| handle.list(reply)).is_none(), "calls wait for what was before");
    t.store.release();
    t.run();
    assert_eq!(t.ids(), ["x"]);
}

#[test]
fn a_store_that_is_closed_ends_the_service_and_nobody_is_told_a_result() {
    let mut t = Harness::default();
    let (fetch, instance) = t.followed(Harness::new_fetch("x", vec![Harness::get(URL)]));
    let body = t.request().respond(head(200, &[ETAG]));
    body.send("01234");
    t.run();
    t.store.fail_next(crate::host::StoreError::Closed);
    body.send("56789");
    t.run();
    assert!(body.is_cancelled());
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Err(crate::Error::ServiceEnded)));
    assert_eq!((t.events.waiting(), instance.last().unwrap().result), (0, FetchResult::Active));
    t.restart();
    let exchange = t.request();
    assert_eq!(exchange.header("Range").as_deref(), Some("bytes=5-"));
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    t.run();
    assert_eq!(t.handle_event().0, EventKind::Success);
}

#[test]
fn what_belongs_to_a_registration_that_went_unnoticed_goes_too() {
    let mut t = Harness::default();
    t.started("active", &[URL]);
    t.started("settled", &["https://a.example/2"]);
    let _held = t.request();
    t.serve("whole");
    let other = crate::NewBackgroundFetch {
        registration: Harness::registration("https://other.example"),
        ..Harness::new_fetch("other", vec![Harness::get("https://a.example/3")])
    };
    let (other, _) = t.followed(other);
    // The process dies between the end of the registration and the word of it.
    t.events.unregister(Harness::registration("https://site.example"));
    t.restart();
    assert_eq!(t.list().iter().map(|fetch| fetch.instance.unique_id).collect::<Vec<_>>(), [other]);
    // An event that was on its way meets nobody.
    t.events.next().unwrap().answer(Err(crate::host::DeliveryError::Unregistered));
    t.serve("other");
    assert_eq!(t.handle_event().1.unique_id, other);
    t.assert_empty();
}

#[test]
fn waits_begin_anew() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    for _ in 0..5 {
        t.request().fail(cut());
        t.advance(Duration::from_secs(60));
    }
    t.request().fail(cut());
    t.run();
    assert_eq!(t.network.waiting(), []);
    t.restart();
    assert_eq!(t.network.waiting().len(), 1);
}

#[test]
fn a_record_whose_last_bytes_were_lost_when_its_fetch_was_settled_has_failed() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL, "https://a.example/2"]);
    t.store.hold();
    t.serve("body");
    t.handle.abort(fetch, crate::Reply::ignore());
    t.run();
    // The bytes and the result of the first record fail; that the fetch is aborted is stored; then the
    // process dies.
    t.store.fail_next(crate::host::StoreError::DiskFull);
    t.store.commit();
    t.store.commit();
    t.restart();
    t.store.release();
    t.run();
    let failed = Err(crate::Error::RecordFailed(FailureReason::FetchError));
    assert_eq!(t.responses(fetch), [failed, Err(crate::Error::Aborted)]);
    assert_eq!(t.handle_event().0, EventKind::Abort);
    t.assert_empty();
}
