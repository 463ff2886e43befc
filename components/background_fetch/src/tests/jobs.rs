//! Jobs from beginning to end.

use fetch::{NetworkError, NetworkErrorKind};

use super::support::{URL, cut, refused};
use crate::host::EventKind;
use crate::testing::{Harness, head};
use crate::{Config, Error, FailureReason, FetchResult, NewBackgroundFetch, RetryPolicy};

#[test]
fn a_single_request_succeeds() {
    let mut t = Harness::default();
    let fetch = t.started("ep-5", &[URL]);
    assert_eq!(t.ids(), ["ep-5"]);
    t.serve("episode");
    let event = t.event_in_delivery();
    assert_eq!((event.kind, event.instance.result), (EventKind::Success, FetchResult::Success));
    assert_eq!((event.instance.downloaded, &*event.instance.id), (7, "ep-5"));
    assert!(t.ids().is_empty(), "it is no longer active");
    assert_eq!(t.responses(fetch), [Ok((200, b"episode".to_vec()))]);
    t.handle_event();
    t.assert_empty();
}

#[test]
fn several_requests_succeed_together() {
    let mut t = Harness::default();
    let urls = ["https://a.example/1", "https://b.example/2", "https://a.example/1"];
    let fetch = t.started("x", &urls);
    let (first, second, third) = (t.request(), t.request(), t.request());
    third.respond_with(head(200, &[]), "3");
    second.respond_with(head(200, &[]), "2");
    t.run();
    assert_eq!(t.events.waiting(), 0);
    first.respond_with(head(201, &[]), "1");
    t.run();
    let expected = [(201, b"1".to_vec()), (200, b"2".to_vec()), (200, b"3".to_vec())];
    assert_eq!(t.responses(fetch), expected.map(Ok));
    assert_eq!(t.handle_event().0, EventKind::Success);
    t.assert_empty();
}

#[test]
fn a_bad_status_fails_the_fetch_and_keeps_no_body() {
    let mut t = Harness::default();
    let fetch = t.started("x", &["https://a.example/1", "https://a.example/2"]);
    let (first, second) = (t.request(), t.request());
    let body = first.respond(head(404, &[]));
    body.send("not found");
    second.respond_with(head(200, &[]), "2");
    t.run();
    assert!(body.is_cancelled());
    assert_eq!(t.responses(fetch), [Ok((404, vec![])), Ok((200, b"2".to_vec()))]);
    let (kind, instance) = t.handle_event();
    assert_eq!(kind, EventKind::Fail);
    assert_eq!(instance.result, FetchResult::Failure(FailureReason::BadStatus));
    t.assert_empty();
}

#[test]
fn the_first_failure_in_request_order_names_the_reason() {
    let mut t = Harness::default();
    let fetch = t.started("x", &["https://a.example/1", "https://a.example/2"]);
    let (first, second) = (t.request(), t.request());
    second.respond_with(head(500, &[]), "");
    t.run();
    assert_eq!(t.result(fetch), FetchResult::Active, "the other one still may go on");
    first.fail(refused());
    t.run();
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::FetchError));
}

#[test]
fn an_error_that_is_not_temporary_is_not_tried_again() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.request().fail(refused());
    t.run();
    let errors = t.responses(fetch);
    assert_eq!(errors, [Err(crate::Error::RecordFailed(FailureReason::FetchError))]);
    let problem = t.display.shown(fetch).unwrap().problem.unwrap();
    assert_eq!(&*problem, "https://media.example/ep-5.mp3: the server did not agree");
    assert_eq!(t.handle_event().0, EventKind::Fail);
    t.assert_empty();
}

#[test]
fn a_request_that_the_network_aborted_is_aborted() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    t.request().fail(NetworkError::aborted());
    t.run();
    let (kind, instance) = t.handle_event();
    assert_eq!(kind, EventKind::Abort);
    assert_eq!(instance.result, FetchResult::Failure(FailureReason::Aborted));
}

#[test]
fn a_resource_that_stays_unavailable_fails_in_the_end() {
    let retry = RetryPolicy { max_attempts: 3, ..Config::default().retry };
    let mut t = Harness::new(Config { retry, ..Config::default() });
    let fetch = t.started("x", &[URL]);
    for _ in 0..=3 {
        t.request().fail(NetworkError::temporary(NetworkErrorKind::Dns, "no such host, for now"));
        t.advance(std::time::Duration::from_secs(600));
    }
    assert_eq!(t.network.waiting(), []);
    assert_eq!(t.result(fetch), FetchResult::Failure(FailureReason::FetchError));
}

/// A host that refuses.
fn refusal() -> NetworkError {
    NetworkError::temporary(NetworkErrorKind::Refused, "nothing listens there")
}

#[test]
fn a_host_that_refuses_from_the_start_is_given_up_in_a_moment() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    for _ in 0..3 {
        t.request().fail(refusal());
        t.advance(std::time::Duration::from_millis(500));
    }
    assert_eq!(t.network.waiting(), []);
    assert_eq!(t.result(fetch), FetchResult::Failure(FailureReason::FetchError));
}

#[test]
fn a_host_that_has_answered_may_refuse_for_a_while() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL, "https://media.example/2", "https://media.example:8443/3"]);
    t.serve("whole");
    t.request().fail(refusal());
    t.request().fail(refusal());
    t.run();
    for n in 0..6 {
        t.advance(std::time::Duration::from_secs(120));
        // What has answered is known after a restart too.
        if n == 2 {
            t.restart();
        }
        let waiting = t.network.waiting();
        assert!(waiting.iter().any(|url| url.path() == "/2"), "{n}: {waiting:?}");
        // Another port is another server.
        while let Some(exchange) = t.network.next() {
            exchange.fail(refusal());
        }
    }
    t.advance(std::time::Duration::from_secs(120));
    t.serve("second");
    let failed = Err(Error::RecordFailed(FailureReason::FetchError));
    let (one, two) = (Ok((200, b"whole".to_vec())), Ok((200, b"second".to_vec())));
    assert_eq!(t.responses(fetch), [one, two, failed]);
}

#[test]
fn a_refusal_while_offline_says_nothing() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.handle.set_online(false);
    t.run();
    t.request().fail(refusal());
    t.advance(std::time::Duration::from_secs(86_400));
    t.handle.set_online(true);
    t.run();
    t.serve("whole");
    assert_eq!(t.result(fetch), FetchResult::Success);
}

#[test]
fn only_get_is_tried_again() {
    let mut t = Harness::default();
    let fetch = Harness::new_fetch("x", vec![Harness::upload("POST", URL, b"body")]);
    let (fetch, _) = t.followed(fetch);
    t.request().fail(cut());
    t.advance(std::time::Duration::from_secs(600));
    assert_eq!(t.network.waiting(), []);
    assert_eq!(t.result(fetch), FetchResult::Failure(FailureReason::FetchError));
}

#[test]
fn exactly_the_announced_total_is_fine_and_a_byte_more_is_not() {
    for (total, result) in [
        (10, FetchResult::Success),
        (11, FetchResult::Success),
        (9, FetchResult::Failure(FailureReason::DownloadTotalExceeded)),
    ] {
        let mut t = Harness::default();
        let urls = ["https://a.example/1", "https://a.example/2"].map(Harness::get);
        let fetch = Harness::new_fetch("x", Vec::from(urls));
        t.followed(NewBackgroundFetch { download_total: total, ..fetch });
        t.serve("12345");
        t.serve("67890");
        assert_eq!(t.handle_event().1.result, result, "of {total}");
        t.assert_empty();
    }
}

#[test]
fn too_many_bytes_end_everything_at_once() {
    let mut t = Harness::default();
    let urls = ["https://a.example/1", "https://a.example/2"].map(Harness::get);
    let (fetch, _) =
        t.followed(NewBackgroundFetch { download_total: 5, ..Harness::new_fetch("x", Vec::from(urls)) });
    let (first, second) = (t.request(), t.request());
    let body = second.respond(head(200, &[]));
    body.send("123456");
    t.run();
    assert!(body.is_cancelled() && first.is_cancelled());
    let responses = t.responses(fetch);
    assert_eq!(responses[0], Err(crate::Error::Aborted));
    assert_eq!(responses[1], Err(crate::Error::RecordFailed(FailureReason::DownloadTotalExceeded)));
    let (kind, instance) = t.handle_event();
    assert_eq!(kind, EventKind::Fail);
    assert_eq!(instance.result, FetchResult::Failure(FailureReason::DownloadTotalExceeded));
    t.assert_empty();
}

#[test]
fn a_full_quota_ends_everything_at_once_and_leaves_what_is_stored() {
    for full in ["quota", "disk"] {
        let mut t = Harness::default();
        t.store.set_quota(Some(8));
        let fetch = t.started("x", &["https://a.example/1", "https://a.example/2", "https://a.example/3"]);
        t.serve("12345");
        let (second, third) = (t.request(), t.request());
        if full == "disk" {
            t.store.fail_next(crate::host::StoreError::DiskFull);
        }
        second.respond_with(head(200, &[]), "67890");
        t.run();
        assert!(third.is_cancelled());
        let failure = Err(crate::Error::RecordFailed(FailureReason::QuotaExceeded));
        assert_eq!(t.responses(fetch), [Ok((200, b"12345".to_vec())), failure, Err(crate::Error::Aborted)]);
        assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::QuotaExceeded));
        t.assert_empty();
    }
}

#[test]
fn a_store_that_fails_is_reported() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.store.fail_next(crate::host::StoreError::Failed("input/output error".to_owned()));
    t.serve("body");
    let problem = t.display.shown(fetch).unwrap().problem.unwrap();
    assert!(problem.ends_with("input/output error"), "{problem}");
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::FetchError));
    t.assert_empty();
}

#[test]
fn a_null_body_completes_at_once() {
    let mut t = Harness::default();
    let mut head_request = Harness::get(URL);
    head_request.request.method = "HEAD".to_owned();
    let requests = vec![Harness::get("https://a.example/204"), head_request];
    let (fetch, _) = t.followed(Harness::new_fetch("x", requests));
    for status in [204, 200] {
        t.request().respond_without_body(head(status, &[("Content-Length", "1000")]));
    }
    t.run();
    for record in t.records(fetch).unwrap() {
        let answer = t.call(|handle, reply| handle.response_ready(record.response, reply));
        let response = answer.unwrap().unwrap();
        assert!(response.body.is_none());
        assert!(!response.head.headers.contains("Content-Length"));
    }
    assert_eq!(t.handle_event().0, EventKind::Success);
}

#[test]
fn an_empty_body_is_not_a_null_body() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.serve("");
    let record = t.records(fetch).unwrap().remove(0);
    let answer = t.call(|handle, reply| handle.response_ready(record.response, reply));
    assert!(answer.unwrap().unwrap().body.is_some());
}

#[test]
fn requests_outlive_their_page_and_pass_no_service_worker() {
    let mut t = Harness::default();
    let mut new = Harness::get(URL);
    new.request.keepalive = false;
    new.request.policy_container.csp_list.0.push(fetch::CspPolicy {
        serialized: "connect-src 'none'".to_owned(),
        disposition: fetch::CspDisposition::Enforce,
        source: fetch::CspSource::Meta,
        self_origin: new.request.origin.clone(),
    });
    t.followed(Harness::new_fetch("x", vec![new]));
    t.restart();
    let params = t.request().params;
    assert!(!params.limit_keepalive);
    let request = params.request;
    assert!(request.keepalive);
    assert_eq!(request.service_workers_mode, fetch::ServiceWorkersMode::None);
    // What its page imposed on it has survived the page, and the process.
    assert_eq!(request.policy_container.csp_list.0.len(), 1);
    assert_eq!(request.origin, fetch::Origin::of(&"https://site.example".parse().unwrap()));
    assert!(request.client.is_some());
}

#[test]
fn integrity_is_verified_over_the_whole() {
    // echo -n "12345" | openssl dgst -sha256 -binary | base64
    let good = "sha256-WZRHGrsBESr8wYFZ9sx0tPURuZgG2lmzyvWpwXPKz8U=";
    let bad = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (integrity, result) in
        [(good, FetchResult::Success), (bad, FetchResult::Failure(FailureReason::FetchError))]
    {
        let mut t = Harness::default();
        let mut new = Harness::get(URL);
        new.request.integrity = integrity.to_owned();
        let (fetch, _) = t.followed(Harness::new_fetch("x", vec![new]));
        let exchange = t.request();
        assert_eq!(exchange.params.request.integrity, "", "a part can't be verified by the network");
        let body = exchange.respond(head(200, &[("ETag", "\"1\"")]));
        body.send("123");
        t.run();
        body.fail(cut());
        t.advance(std::time::Duration::from_secs(1));
        let rest = [("ETag", "\"1\""), ("Content-Range", "bytes 3-4/5")];
        t.request().respond_with(head(206, &rest), "45");
        t.run();
        assert_eq!(t.result(fetch), result);
        t.handle_event();
        t.assert_empty();
    }
}

#[test]
fn bytes_that_could_not_be_stored_fail_a_record_that_waits_for_its_turn() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL, "https://a.example/2"]);
    let body = t.request().respond(head(200, &[("ETag", "\"1\"")]));
    t.store.hold();
    body.send("01234");
    t.run();
    t.handle.pause(fetch, crate::Reply::ignore());
    t.run();
    t.store.fail_next(crate::host::StoreError::Failed("input/output error".to_owned()));
    t.store.release();
    t.run();
    t.handle.resume(fetch, crate::Reply::ignore());
    t.run();
    assert_eq!(t.network.waiting(), ["https://a.example/2".parse().unwrap()]);
    t.serve("2");
    let failed = Err(crate::Error::RecordFailed(FailureReason::FetchError));
    assert_eq!(t.responses(fetch), [failed, Ok((200, b"2".to_vec()))]);
    t.handle_event();
    t.assert_empty();
}

#[test]
fn a_store_that_forgets_a_fetch_ends_it() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL, "https://a.example/2"]);
    t.store.forget(fetch);
    t.serve("body");
    t.serve("body");
    // All that is left is to say so.
    assert_eq!(t.handle_event().1.result, FetchResult::Failure(FailureReason::FetchError));
    t.assert_empty();
}
