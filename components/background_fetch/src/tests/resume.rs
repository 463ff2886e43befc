//! Going on where a transfer was cut.

use std::time::Duration;

use super::support::{URL, cut, refused};
use crate::host::EventKind;
use crate::testing::{Exchange, Harness, head};
use crate::{Config, Error, FailureReason, FetchResult, UniqueId};

const ETAG: (&str, &str) = ("ETag", "\"1\"");

/// A fetch of one resource, of which "01234" of "0123456789" have come before the connection was cut; and the
/// request that follows.
fn cut_after_five(headers: &[(&str, &str)]) -> (Harness, UniqueId, Exchange) {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, headers));
    body.send("01234");
    t.run();
    body.fail(cut());
    t.run();
    assert_eq!(t.network.waiting(), [], "not at once");
    t.advance(Duration::from_secs(1));
    assert!(t.display.shown(fetch).unwrap().problem.is_some());
    let exchange = t.request();
    (t, fetch, exchange)
}

fn range(exchange: &Exchange) -> Option<(String, String)> {
    Some((exchange.header("Range")?, exchange.header("If-Range")?))
}

/// The fetch ends a success with "0123456789".
fn assert_whole(t: &mut Harness, fetch: UniqueId) {
    t.run();
    assert_eq!(t.responses(fetch), [Ok((200, b"0123456789".to_vec()))]);
    let (kind, instance) = t.handle_event();
    assert_eq!((kind, instance.downloaded), (EventKind::Success, 10));
    t.assert_empty();
}

#[test]
fn the_rest_is_asked_for_under_the_condition_that_nothing_has_changed() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG, ("Content-Length", "10")]);
    assert_eq!(range(&exchange), Some(("bytes=5-".to_owned(), "\"1\"".to_owned())));
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_modification_date_that_is_strong_will_do() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let headers = [("Last-Modified", date), ("Date", "Sun, 06 Nov 1994 09:49:37 GMT")];
    let (mut t, fetch, exchange) = cut_after_five(&headers);
    assert_eq!(range(&exchange), Some(("bytes=5-".to_owned(), date.to_owned())));
    exchange.respond_with(head(206, &[("Content-Range", "bytes 5-9/10")]), "56789");
    assert_whole(&mut t, fetch);
}

#[test]
fn without_a_strong_validator_it_starts_again() {
    for headers in [&[][..], &[("ETag", "W/\"1\"")], &[("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")]] {
        let (mut t, fetch, exchange) = cut_after_five(headers);
        assert_eq!(range(&exchange), None);
        assert_eq!(t.instance(fetch).downloaded, 0);
        exchange.respond_with(head(200, headers), "0123456789");
        assert_whole(&mut t, fetch);
    }
}

#[test]
fn decoded_bytes_are_not_resumed() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let mut encoded = head(200, &[ETAG, ("Content-Encoding", "gzip"), ("Content-Length", "3")]);
    encoded.content_decoded = true;
    let body = t.request().respond(encoded);
    body.send("01234");
    body.fail(cut());
    t.advance(Duration::from_secs(1));
    let exchange = t.request();
    assert_eq!(range(&exchange), None);
    exchange.respond_with(head(200, &[ETAG]), "0123456789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_whole_response_to_a_range_replaces_what_was_stored() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.respond_with(head(200, &[("ETag", "\"2\"")]), "0123456789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_416_that_names_our_length_is_success() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.respond_with(head(416, &[("Content-Range", "bytes */5")]), "no");
    t.run();
    assert_eq!(t.responses(fetch), [Ok((200, b"01234".to_vec()))]);
    assert_eq!(t.handle_event().0, EventKind::Success);
}

#[test]
fn a_416_that_does_not_starts_again_once() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.respond_with(head(416, &[("Content-Range", "bytes */3")]), "no");
    t.run();
    let exchange = t.request();
    assert_eq!(range(&exchange), None);
    exchange.respond_with(head(200, &[]), "0123456789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_server_in_trouble_is_waited_for_as_long_as_it_asks() {
    for status in [429, 503] {
        let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
        exchange.respond_with(head(status, &[("Retry-After", "120")]), "later");
        t.advance(Duration::from_secs(119));
        assert_eq!(t.network.waiting(), []);
        t.advance(Duration::from_secs(1));
        let exchange = t.request();
        assert!(range(&exchange).is_some(), "what is stored was kept");
        exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
        assert_whole(&mut t, fetch);
    }
}

#[test]
fn a_server_that_asks_for_hours_gets_them() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.respond_with(head(503, &[("Retry-After", "7200")]), "later");
    t.advance(Duration::from_secs(7199));
    assert_eq!(t.network.waiting(), []);
    t.advance(Duration::from_secs(1));
    t.request().respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_server_in_trouble_for_too_long_is_a_bad_status() {
    let (mut t, fetch, mut exchange) = cut_after_five(&[ETAG]);
    loop {
        exchange.respond_with(head(503, &[]), "later");
        t.advance(Duration::from_secs(600));
        let Some(next) = t.network.next() else { break };
        exchange = next;
    }
    assert_eq!(t.responses(fetch), [Ok((503, vec![]))]);
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::BadStatus));
    t.assert_empty();
}

#[test]
fn a_resource_that_has_gone_is_a_bad_status() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.respond_with(head(410, &[]), "gone");
    t.run();
    assert_eq!(t.responses(fetch), [Ok((410, vec![]))]);
    assert_eq!(t.instance(fetch).downloaded, 0);
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::BadStatus));
}

#[test]
fn an_invalid_part_starts_again_once_and_then_fails() {
    let invalid: [&[(&str, &str)]; 5] = [
        &[ETAG],
        &[ETAG, ("Content-Range", "bytes 4-9/10")],
        &[("ETag", "\"2\""), ("Content-Range", "bytes 5-9/10")],
        &[ETAG, ("Content-Range", "bytes 5-9/11")],
        &[ETAG, ("Content-Range", "bytes=5-9/10")],
    ];
    for headers in invalid {
        let (mut t, fetch, exchange) = cut_after_five(&[ETAG, ("Content-Length", "10")]);
        exchange.respond_with(head(206, headers), "56789");
        t.run();
        let exchange = t.request();
        assert_eq!(range(&exchange), None, "{headers:?}");
        let body = exchange.respond(head(200, &[ETAG, ("Content-Length", "10")]));
        body.send("01234");
        body.fail(cut());
        t.advance(Duration::from_secs(2));
        t.request().respond_with(head(206, headers), "56789");
        t.run();
        let failed = Err(Error::RecordFailed(FailureReason::FetchError));
        assert_eq!(t.responses(fetch), [failed], "{headers:?}");
    }
}

#[test]
fn a_rest_from_another_url_starts_again() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    let mut elsewhere = head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]);
    elsewhere.url_list = vec![URL.parse().unwrap(), "https://mirror.example/ep-5.mp3".parse().unwrap()];
    exchange.respond_with(elsewhere, "56789");
    t.run();
    let exchange = t.request();
    assert_eq!(range(&exchange), None);
    exchange.respond_with(head(200, &[]), "0123456789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_part_of_the_rest_is_followed_by_the_next() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-6/10")]), "56");
    t.run();
    let exchange = t.request();
    assert_eq!(range(&exchange), Some(("bytes=7-".to_owned(), "\"1\"".to_owned())));
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 7-9/*")]), "789");
    t.run();
    // How long the whole is was not said this time: ask, and learn that there is no more.
    let exchange = t.request();
    exchange.respond_with(head(416, &[("Content-Range", "bytes */10")]), "");
    assert_whole(&mut t, fetch);
}

#[test]
fn parts_without_progress_end_some_day() {
    let (mut t, fetch, mut exchange) = cut_after_five(&[ETAG]);
    let mut attempts = 0;
    loop {
        attempts += 1;
        exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "");
        t.advance(Duration::from_secs(600));
        let Some(next) = t.network.next() else { break };
        exchange = next;
    }
    assert_eq!(attempts, Config::default().retry.max_attempts);
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::FetchError));
    assert!(t.store.committed().iter().all(|stored| stored.unique_id != fetch));
}

#[test]
fn cuts_with_progress_never_end_it() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    for n in 0..100 {
        let exchange = t.request();
        let part = format!("bytes {n}-{n}/101");
        let response = if n == 0 { head(200, &[ETAG]) } else { head(206, &[ETAG, ("Content-Range", &part)]) };
        let body = exchange.respond(response);
        body.send("x");
        body.fail(cut());
        t.advance(Duration::from_secs(1));
    }
    t.request().respond_with(head(206, &[ETAG, ("Content-Range", "bytes 100-100/101")]), "x");
    t.run();
    assert_eq!((t.result(fetch), t.instance(fetch).downloaded), (FetchResult::Success, 101));
}

#[test]
fn a_body_longer_than_its_complete_length_starts_again() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-6/7")]), "567");
    t.run();
    t.serve("0123456789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_server_that_objects_to_the_range_is_asked_for_the_whole_once() {
    let (mut t, fetch, exchange) = cut_after_five(&[ETAG]);
    exchange.fail(refused());
    t.run();
    let exchange = t.request();
    assert_eq!(range(&exchange), None);
    exchange.fail(refused());
    t.run();
    assert_eq!(t.result(fetch), FetchResult::Failure(FailureReason::FetchError));
}

#[test]
fn a_first_part_that_nobody_asked_for_is_completed_and_shown_as_a_whole() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.request().respond_with(head(206, &[ETAG, ("Content-Range", "bytes 0-4/10")]), "01234");
    t.run();
    let exchange = t.request();
    assert_eq!(range(&exchange), Some(("bytes=5-".to_owned(), "\"1\"".to_owned())));
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_range_that_the_page_asked_for_is_left_alone() {
    let mut t = Harness::default();
    let mut new = Harness::get(URL);
    new.request.headers.append("Range", "bytes=2-4");
    let (fetch, _) = t.followed(Harness::new_fetch("x", vec![new]));
    let exchange = t.request();
    assert_eq!(exchange.header("Range").as_deref(), Some("bytes=2-4"));
    let body = exchange.respond(head(206, &[ETAG, ("Content-Range", "bytes 2-4/10")]));
    body.send("23");
    body.fail(cut());
    t.advance(Duration::from_secs(1));
    let exchange = t.request();
    assert_eq!(exchange.header("Range").as_deref(), Some("bytes=2-4"));
    assert_eq!(exchange.header("If-Range"), None);
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 2-4/10")]), "234");
    t.run();
    let record = t.records(fetch).unwrap().remove(0);
    let response = t.call(|handle, reply| handle.response_ready(record.response, reply)).unwrap().unwrap();
    assert_eq!(response.head.status, 206);
    assert!(!response.head.headers.contains("Content-Range"));
    assert_eq!(t.handle_event().0, EventKind::Success);
}

#[test]
fn a_part_in_answer_to_something_else_than_get_fails() {
    let mut t = Harness::default();
    let (fetch, _) = t.followed(Harness::new_fetch("x", vec![Harness::upload("POST", URL, b"body")]));
    t.request().respond_with(head(206, &[("Content-Range", "bytes 0-4/10")]), "01234");
    t.run();
    assert_eq!(t.result(fetch), FetchResult::Failure(FailureReason::FetchError));
    assert_eq!(t.network.waiting(), []);
}

#[test]
fn what_comes_late_from_an_attempt_that_is_over_is_ignored() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, &[ETAG]));
    body.send("01234");
    t.run();
    t.call(|handle, reply| handle.pause(fetch, reply)).unwrap().unwrap();
    assert!(body.is_cancelled());
    body.send("late");
    t.call(|handle, reply| handle.resume(fetch, reply)).unwrap().unwrap();
    body.fail(cut());
    let exchange = t.request();
    assert_eq!(exchange.header("Range").as_deref(), Some("bytes=5-"));
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 5-9/10")]), "56789");
    assert_whole(&mut t, fetch);
}

#[test]
fn a_jump_of_the_wall_clock_changes_no_wait() {
    for jump in [-86_400, 86_400] {
        let (mut t, _, exchange) = cut_after_five(&[ETAG]);
        exchange.respond_with(head(503, &[("Retry-After", "60")]), "");
        t.run();
        t.clock.jump(jump);
        t.advance(Duration::from_secs(59));
        assert_eq!(t.network.waiting(), []);
        t.advance(Duration::from_secs(1));
        assert_eq!(t.network.waiting().len(), 1);
    }
}

#[test]
fn bytes_that_became_redundant_do_not_count_against_the_total() {
    let mut t = Harness::default();
    let fetch = Harness::new_fetch("x", vec![Harness::get(URL)]);
    let (fetch, _) = t.followed(crate::NewBackgroundFetch { download_total: 10, ..fetch });
    let body = t.request().respond(head(200, &[]));
    body.send("01234");
    t.run();
    body.fail(cut());
    t.advance(Duration::from_secs(1));
    t.request().respond_with(head(200, &[]), "0123456789");
    assert_whole(&mut t, fetch);
}

#[test]
fn only_failures_in_a_row_count() {
    let (mut t, fetch, mut exchange) = cut_after_five(&[ETAG]);
    for n in 5..8 {
        for _ in 2..Config::default().retry.max_attempts {
            exchange.fail(cut());
            t.advance(Duration::from_secs(600));
            exchange = t.request();
        }
        let part = format!("bytes {n}-{n}/10");
        exchange.respond_with(head(206, &[ETAG, ("Content-Range", &part)]), &b"0123456789"[n..=n]);
        t.run();
        exchange = t.request();
    }
    exchange.respond_with(head(206, &[ETAG, ("Content-Range", "bytes 8-9/10")]), "89");
    assert_whole(&mut t, fetch);
}
