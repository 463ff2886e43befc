//! `fetch()`: what it refuses, what it reserves, who wins.

use fetch::NetworkErrorKind;
use futures::StreamExt;

use super::support::URL;
use crate::error::{BadRequest, Exception};
use crate::host::{DisplayState, PermissionState, StoreError};
use crate::testing::{Harness, LastInstance};
use crate::{Config, Error, NewBackgroundFetch, NewRequest, Observer, Reply};

fn refused(t: &mut Harness, fetch: NewBackgroundFetch) -> Error {
    let error = t.fetch_observed(fetch, &LastInstance::new()).expect("an answer").expect_err("a refusal");
    assert_eq!(t.network.waiting(), [], "nothing is sent");
    error
}

#[test]
fn an_id_and_a_request_are_needed() {
    let mut t = Harness::default();
    assert_eq!(refused(&mut t, Harness::new_fetch("", vec![Harness::get(URL)])), Error::EmptyId);
    assert_eq!(refused(&mut t, Harness::new_fetch("x", vec![])), Error::NoRequests);
    assert_eq!(Error::NoRequests.exception(), Exception::Type);
    t.assert_empty();
}

#[test]
fn limits_are_as_documented() {
    let mut t = Harness::new(Config { max_requests_per_fetch: 2, max_id_length: 3, ..Config::default() });
    let three = std::iter::repeat_with(|| Harness::get(URL)).take(3).collect();
    assert!(matches!(refused(&mut t, Harness::new_fetch("x", three)), Error::LimitExceeded { limit: 2, .. }));
    assert!(matches!(
        refused(&mut t, Harness::new_fetch("long", vec![Harness::get(URL)])),
        Error::LimitExceeded { limit: 3, .. }
    ));
    let title = "t".repeat((1 << 20) + 1);
    let fetch = Harness::new_fetch("x", vec![Harness::get(URL)]);
    assert!(matches!(
        refused(&mut t, NewBackgroundFetch { title, ..fetch }),
        Error::LimitExceeded { limit: 0x100000, .. }
    ));
}

#[test]
fn requests_that_can_never_be_sent_are_refused() {
    let mut t = Harness::default();
    let mut no_cors = Harness::get(URL);
    no_cors.request.mode = fetch::RequestMode::NoCors;
    let cases = [
        (no_cors, BadRequest::NoCors),
        (Harness::get("https://user:pass@media.example/"), BadRequest::UrlCredentials),
        (Harness::get("data:text/plain,foo"), BadRequest::Scheme),
        (Harness::get("wss://127.0.0.1/"), BadRequest::Scheme),
        (Harness::get("file:///etc/passwd"), BadRequest::Scheme),
        (Harness::get("https://media.example:587/"), BadRequest::BadPort),
    ];
    for (bad, reason) in cases {
        let fetch = Harness::new_fetch("x", vec![Harness::get(URL), bad]);
        let error = refused(&mut t, fetch);
        assert_eq!(error, Error::BadRequest { index: 1, reason });
        assert_eq!(error.exception(), Exception::Type);
    }
    // Mixed content is for the network to block: it fails its record, not the call.
    let good = ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "http://media.example/"];
    for (n, good) in good.iter().enumerate() {
        t.started(&n.to_string(), &[good]);
    }
}

#[test]
fn a_denied_permission_refuses() {
    let mut t = Harness::default();
    t.permissions.set(PermissionState::Denied);
    let error = refused(&mut t, Harness::new_fetch("x", vec![Harness::get(URL)]));
    assert_eq!((&error, error.exception()), (&Error::PermissionDenied, Exception::NotAllowed));
    t.permissions.set(PermissionState::Granted);
    t.started("x", &[URL]);
}

#[test]
fn a_permission_to_be_asked_for_starts_paused_if_the_host_wants_that() {
    for pause_on_prompt in [true, false] {
        let mut t = Harness::new(Config { pause_on_prompt, ..Config::default() });
        t.permissions.set(PermissionState::Prompt);
        let fetch = t.started("x", &[URL]);
        assert_eq!(t.display.shown(fetch).unwrap().state == DisplayState::Paused, pause_on_prompt);
        assert_eq!(t.network.waiting().len(), usize::from(!pause_on_prompt));
        t.restart();
        assert_eq!(t.network.waiting().len(), usize::from(!pause_on_prompt));
        t.call(|handle, reply| handle.resume(fetch, reply)).unwrap().unwrap();
        assert_eq!(t.network.waiting().len(), 1);
    }
}

#[test]
fn a_registration_without_an_active_worker_refuses() {
    let mut t = Harness::default();
    t.events.remove_worker(Harness::registration("https://site.example"));
    let error = refused(&mut t, Harness::new_fetch("x", vec![Harness::get(URL)]));
    assert_eq!((&error, error.exception()), (&Error::NoActiveWorker, Exception::Type));
}

#[test]
fn an_id_is_unique_among_active_fetches_of_a_registration() {
    let mut t = Harness::default();
    let first = t.started("my-id", &[URL]);
    let error = refused_while_active(&mut t);
    assert_eq!((&error, error.exception()), (&Error::DuplicateId, Exception::Type));
    // Another registration has its own ids.
    let mut other = Harness::new_fetch("my-id", vec![Harness::get(URL)]);
    other.registration.scope = "https://site.example/app/".parse().unwrap();
    t.followed(other);
    t.serve("body");
    let second = t.started("my-id", &[URL]);
    assert_ne!(first, second);
}

fn refused_while_active(t: &mut Harness) -> Error {
    let fetch = Harness::new_fetch("my-id", vec![Harness::get(URL)]);
    t.fetch_observed(fetch, &LastInstance::new()).expect("an answer").expect_err("a refusal")
}

#[test]
fn of_two_created_at_once_exactly_one_wins() {
    let mut t = Harness::default();
    let results = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let observer: std::sync::Arc<dyn Observer> = LastInstance::new();
    for _ in 0..2 {
        let fetch = Harness::new_fetch("my-id", vec![Harness::get(URL)]);
        let results = results.clone();
        let reply = Reply::new(move |result: Result<crate::Instance, _>| {
            results.lock().unwrap().push(result.map(|instance| instance.unique_id.0));
        });
        t.handle.fetch(fetch, std::sync::Arc::downgrade(&observer), reply);
    }
    t.run();
    let mut results = results.lock().unwrap().clone();
    results.sort_by_key(Result::is_err);
    assert_eq!(results, [Ok(1), Err(Error::DuplicateId)]);
    assert_eq!(t.ids(), ["my-id"]);
}

#[test]
fn a_refused_fetch_leaves_its_id_free() {
    let mut t = Harness::default();
    t.store.fail_next(StoreError::Failed("input/output error".to_owned()));
    let fetch = Harness::new_fetch("x", vec![Harness::get(URL)]);
    let error = refused(&mut t, fetch);
    assert_eq!(error.exception(), Exception::Unknown);
    t.started("x", &[URL]);
}

#[test]
fn a_total_beyond_the_quota_is_refused_and_one_within_it_is_reserved() {
    let mut t = Harness::default();
    t.store.set_quota(Some(100));
    let with_total = |id, download_total| NewBackgroundFetch {
        download_total,
        ..Harness::new_fetch(id, vec![Harness::get(URL)])
    };
    let error = refused(&mut t, with_total("a", 101));
    assert_eq!(error, Error::QuotaExceeded { quota: 100, requested: 101 });
    let exception = Exception::QuotaExceeded { quota: Some(100), requested: Some(101) };
    assert_eq!(error.exception(), exception);
    let (fetch, _) = t.followed(with_total("b", 60));
    assert_eq!(t.store.used(), 60);
    let over = t.fetch_observed(with_total("c", 41), &LastInstance::new()).unwrap();
    assert_eq!(over, Err(Error::QuotaExceeded { quota: 100, requested: 41 }));
    t.serve("0123456789");
    // Settled: what is stored counts, what was reserved and not needed does not.
    assert_eq!((t.store.used(), t.instance(fetch).downloaded), (10, 10));
    t.followed(with_total("c", 90));
    t.handle_event();
    assert_eq!(t.store.used(), 90);
}

#[test]
fn an_origin_has_so_many_fetches_over_all_its_workers() {
    let mut t = Harness::new(Config { max_fetches_per_origin: 2, ..Config::default() });
    t.started("a", &[URL]);
    let mut other = Harness::new_fetch("a", vec![Harness::get(URL)]);
    other.registration.scope = "https://site.example/app/".parse().unwrap();
    t.followed(other);
    let third = t.fetch("b", &[URL]).unwrap();
    assert!(matches!(third, Err(Error::LimitExceeded { limit: 2, .. })));
    let elsewhere = NewBackgroundFetch {
        registration: Harness::registration("https://other.example"),
        ..Harness::new_fetch("b", vec![Harness::get(URL)])
    };
    t.followed(elsewhere);
    t.serve("done");
    t.started("b", &[URL]);
}

#[test]
fn bodies_are_read_before_the_answer_and_do_not_hold_up_others() {
    let mut t = Harness::default();
    let (sender, receiver) = futures::channel::mpsc::unbounded();
    let mut slow = Harness::upload("POST", URL, b"");
    slow.body = Some(receiver.boxed());
    let quick = Harness::upload("POST", "https://a.example/quick", b"quick");
    let waiting = t.fetch_observed(Harness::new_fetch("slow", vec![slow, quick]), &LastInstance::new());
    assert_eq!(waiting, None);
    // The id is taken, but there is no such fetch yet.
    assert_eq!(t.fetch("slow", &[URL]).unwrap(), Err(Error::DuplicateId));
    assert!(t.ids().is_empty());
    t.started("other", &["https://a.example/other"]);
    sender.unbounded_send(Ok("up".into())).unwrap();
    t.run();
    sender.unbounded_send(Ok("load".into())).unwrap();
    drop(sender);
    t.run();
    // In order of registration, which is when `fetch()` is answered.
    assert_eq!(t.ids(), ["other", "slow"]);
    let listed = t.list();
    let slow = listed.iter().find(|fetch| &*fetch.instance.id == "slow").unwrap();
    assert_eq!(slow.instance.upload_total, 11);
}

#[test]
fn a_body_that_can_not_be_read_refuses_and_leaves_nothing() {
    let mut t = Harness::default();
    let mut bad = Harness::upload("POST", URL, b"");
    let error = fetch::NetworkError::new(NetworkErrorKind::RequestBody, "the stream has errored");
    bad.body = Some(futures::stream::iter([Ok("x".into()), Err(error)]).boxed());
    let refusal = refused(&mut t, Harness::new_fetch("x", vec![bad]));
    assert_eq!(refusal.exception(), Exception::Type);
    t.assert_empty();
    t.store.set_quota(Some(3));
    let large = Harness::upload("POST", URL, b"large");
    let refusal = refused(&mut t, Harness::new_fetch("x", vec![large]));
    assert_eq!(refusal, Error::QuotaExceeded { quota: 3, requested: 5 });
    t.assert_empty();
}

#[test]
fn a_fetch_whose_bodies_were_being_read_is_gone_after_a_restart() {
    let mut t = Harness::default();
    let never = NewRequest { body: Some(futures::stream::pending().boxed()), ..Harness::get(URL) };
    t.fetch_observed(Harness::new_fetch("x", vec![never]), &LastInstance::new());
    assert_eq!(t.store.committed().len(), 1);
    t.restart();
    t.assert_empty();
    t.started("x", &[URL]);
}

#[test]
fn a_storage_error_is_answered_not_swallowed() {
    let mut t = Harness::default();
    t.store.hold();
    let pending = t.fetch("x", &[URL]);
    assert_eq!(pending, None, "nothing is answered before it is stored");
    assert_eq!(t.network.waiting(), [], "and nothing sent");
}
