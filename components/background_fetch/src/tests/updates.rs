//! What instances and the display are told.

use std::time::Duration;

use super::support::{URL, cut};
use crate::host::DisplayState;
use crate::testing::{Harness, LastInstance, head};
use crate::{FetchResult, Observer};

#[test]
fn updates_are_collected_and_the_last_one_is_never_lost() {
    let mut t = Harness::default();
    let (fetch, instance) = t.followed(Harness::new_fetch("x", vec![Harness::get(URL)]));
    let body = t.request().respond(head(200, &[]));
    for _ in 0..1000 {
        body.send("x");
        t.run();
    }
    let told = instance.all().len();
    assert!(told <= 2, "{told} updates in no time");
    t.advance(Duration::from_millis(50));
    assert_eq!(instance.last().unwrap().downloaded, 1000);
    body.send("y");
    drop(body);
    t.run();
    let last = instance.last().unwrap();
    assert_eq!((last.downloaded, last.result), (1001, FetchResult::Success));
    assert!(last.records_available);
    let count = instance.all().len();
    t.handle_event();
    let last = instance.last().unwrap();
    assert_eq!((last.records_available, instance.all().len()), (false, count + 1));
    assert_eq!(t.display.shown(fetch), None);
}

#[test]
fn updates_never_go_backwards_but_where_bytes_are_redundant() {
    let mut t = Harness::default();
    let (_, instance) = t.followed(Harness::new_fetch("x", vec![Harness::get(URL)]));
    let body = t.request().respond(head(200, &[]));
    body.send("01234");
    t.advance(Duration::from_millis(100));
    body.fail(cut());
    t.advance(Duration::from_secs(1));
    t.advance(Duration::from_millis(100));
    assert_eq!(instance.last().unwrap().downloaded, 0);
}

#[test]
fn get_answers_before_the_first_update() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    let observer = LastInstance::new();
    let weak = {
        let observer: std::sync::Arc<dyn Observer> = observer.clone();
        std::sync::Arc::downgrade(&observer)
    };
    let registration = Harness::registration("https://site.example");
    let answer = t.call(|handle, reply| handle.get(registration, "x".to_owned(), weak, reply));
    assert_eq!(answer.unwrap().unwrap().unwrap().downloaded, 0);
    assert_eq!(observer.all(), []);
    t.serve("body");
    assert_eq!(observer.last().unwrap().downloaded, 4);
}

#[test]
fn get_finds_active_fetches_of_its_own_registration_alone() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    let get = |t: &mut Harness, origin, id: &str| {
        let observer: std::sync::Arc<dyn Observer> = LastInstance::new();
        let observer = std::sync::Arc::downgrade(&observer);
        t.call(|handle, reply| handle.get(Harness::registration(origin), id.to_owned(), observer, reply))
            .unwrap()
    };
    assert!(get(&mut t, "https://site.example", "x").unwrap().is_some());
    assert_eq!(get(&mut t, "https://site.example", "y"), Ok(None));
    assert_eq!(get(&mut t, "https://other.example", "x"), Ok(None));
    assert_eq!(get(&mut t, "https://site.example", ""), Err(crate::Error::EmptyId));
    t.serve("body");
    assert_eq!(get(&mut t, "https://site.example", "x"), Ok(None));
}

#[test]
fn an_instance_that_is_gone_is_not_told() {
    let mut t = Harness::default();
    let (_, instance) = t.followed(Harness::new_fetch("x", vec![Harness::get(URL)]));
    let weak = std::sync::Arc::downgrade(&instance);
    drop(instance);
    t.serve("body");
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_worker_follows_the_fetch_that_an_event_told_of() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.serve("body");
    let observer = LastInstance::new();
    let weak = {
        let observer: std::sync::Arc<dyn Observer> = observer.clone();
        std::sync::Arc::downgrade(&observer)
    };
    let answer = t.call(|handle, reply| handle.observe(fetch, weak.clone(), reply)).unwrap().unwrap();
    assert_eq!(answer.unwrap().result, FetchResult::Success);
    t.handle_event();
    assert!(!observer.last().unwrap().records_available);
    assert_eq!(t.call(|handle, reply| handle.observe(fetch, weak, reply)), Some(Ok(None)));
}

#[test]
fn the_display_says_what_is_going_on() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL, "https://a.example/2"]);
    let state = |t: &mut Harness| {
        t.advance(Duration::from_millis(60));
        t.display.shown(fetch).unwrap().state
    };
    let active = |waiting| DisplayState::Active { can_pause: true, waiting };
    assert_eq!(state(&mut t), active(false));
    let (first, second) = (t.request(), t.request());
    first.fail(cut());
    second.fail(cut());
    assert_eq!(state(&mut t), active(true));
    t.call(|handle, reply| handle.pause(fetch, reply));
    assert_eq!(state(&mut t), DisplayState::Paused);
    t.call(|handle, reply| handle.resume(fetch, reply));
    t.advance(Duration::from_secs(1));
    assert_eq!(state(&mut t), active(false));
    t.serve("1");
    let shown = t.display.shown(fetch).unwrap();
    assert_eq!((shown.records, shown.origin.ascii_serialization()), (2, "https://site.example".to_owned()));
    t.advance(Duration::from_millis(60));
    assert_eq!(t.display.shown(fetch).unwrap().settled_records, 1);
    let (upload, _) = t.followed(Harness::new_fetch("up", vec![Harness::upload("POST", URL, b"x")]));
    assert!(matches!(t.display.shown(upload).unwrap().state, DisplayState::Active { can_pause: false, .. }));
}
