//! Events: at least once, clicks, `updateUI()`.

use std::time::Duration;

use super::support::URL;
use crate::host::{DeliveryError, DisplayState, EventKind};
use crate::testing::Harness;
use crate::{Config, Error, ImageResource, SettledResult, UiUpdate, UniqueId};

fn gone() -> DeliveryError {
    DeliveryError::WorkerGone("it crashed".to_owned())
}

fn settled() -> (Harness, UniqueId) {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.serve("body");
    (t, fetch)
}

#[test]
fn an_event_whose_worker_crashed_is_delivered_again() {
    let (mut t, fetch) = settled();
    let delivery = t.events.next().unwrap();
    assert_eq!(delivery.event.attempt, 1);
    delivery.answer(Err(gone()));
    t.run();
    assert_eq!(t.events.waiting(), 0, "not at once");
    t.advance(Duration::from_secs(10));
    let event = t.event_in_delivery();
    assert_eq!((event.kind, event.attempt), (EventKind::Success, 2));
    assert_eq!(t.responses(fetch), [Ok((200, b"body".to_vec()))]);
    t.handle_event();
    t.assert_empty();
}

#[test]
fn an_event_whose_process_died_is_delivered_again() {
    let (mut t, fetch) = settled();
    assert_eq!(t.events.waiting(), 1);
    t.restart();
    let event = t.event_in_delivery();
    assert_eq!((event.kind, event.attempt, event.instance.unique_id), (EventKind::Success, 2, fetch));
    assert_eq!(t.responses(fetch), [Ok((200, b"body".to_vec()))]);
    t.handle_event();
    t.restart();
    t.assert_empty();
    assert_eq!(t.events.waiting(), 0, "an event that was handled does not come again");
}

#[test]
fn an_event_that_nobody_can_take_in_this_run_stays_for_the_next() {
    let (mut t, fetch) = settled();
    t.events.next().unwrap().answer(Err(DeliveryError::Unavailable("no workers in this run".to_owned())));
    t.advance(Duration::from_secs(86_400));
    assert_eq!(t.events.waiting(), 0);
    assert_eq!(t.responses(fetch), [Ok((200, b"body".to_vec()))]);
    t.restart();
    let event = t.event_in_delivery();
    assert_eq!((event.kind, event.instance.unique_id), (EventKind::Success, fetch));
    t.handle_event();
    t.assert_empty();
}

#[test]
fn an_event_that_never_gets_there_is_given_up_and_its_data_removed() {
    for restarts in [false, true] {
        let (mut t, _) = settled();
        for attempt in 1..=Config::default().delivery.max_attempts {
            let delivery = t.events.next().unwrap();
            assert_eq!(delivery.event.attempt, attempt);
            if restarts {
                t.restart();
            } else {
                delivery.answer(Err(DeliveryError::NotStarted("a syntax error".to_owned())));
                t.advance(Duration::from_secs(900));
            }
        }
        t.assert_empty();
    }
}

#[test]
fn a_handler_that_takes_too_long_has_had_its_event() {
    let (mut t, _) = settled();
    t.events.next().unwrap().answer(Err(DeliveryError::TimedOut));
    t.run();
    t.assert_empty();
}

#[test]
fn an_event_for_a_registration_that_is_gone_is_dropped() {
    let (mut t, _) = settled();
    t.events.next().unwrap().answer(Err(DeliveryError::Unregistered));
    t.run();
    t.assert_empty();
}

#[test]
fn records_stay_as_long_as_the_event_lasts() {
    let (mut t, fetch) = settled();
    t.advance(Duration::from_secs(3600));
    assert_eq!(t.records(fetch).unwrap().len(), 1);
    t.handle_event();
    let error = t.records(fetch).unwrap_err();
    assert_eq!((&error, error.exception()), (&Error::RecordsUnavailable, crate::Exception::InvalidState));
}

#[test]
fn a_click_is_an_event_too_while_the_fetch_goes_on_and_after() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    for result in ["", "success"] {
        let answer = std::sync::Arc::new(std::sync::Mutex::new(None));
        let slot = answer.clone();
        let reply = crate::Reply::new(move |handled| *slot.lock().unwrap() = Some(handled));
        t.handle.click(fetch, reply);
        t.run();
        let event = t.event_in_delivery();
        let events: Vec<_> = std::iter::from_fn(|| t.events.next()).collect();
        for delivery in events {
            if delivery.event.kind == EventKind::Click {
                assert_eq!(delivery.event.instance.result.as_str(), result);
                assert_eq!(answer.lock().unwrap().take(), None);
                delivery.handled();
                t.run();
                assert_eq!(answer.lock().unwrap().take(), Some(Ok(true)));
            } else {
                assert_eq!(event.kind, EventKind::Success);
            }
        }
        if result.is_empty() {
            t.serve("body");
        }
    }
}

#[test]
fn a_click_on_what_is_gone_is_not_handled() {
    let (mut t, fetch) = settled();
    t.handle_event();
    assert_eq!(t.call(|handle, reply| handle.click(fetch, reply)), Some(Ok(false)));
}

#[test]
fn the_newest_fetch_with_an_id_is_found_for_as_long_as_its_event_lasts() {
    let (mut t, old) = settled();
    let registration = Harness::registration("https://site.example");
    let newest = |t: &mut Harness, id: &str| {
        t.call(|handle, reply| handle.newest(registration.clone(), id.to_owned(), reply)).unwrap().unwrap()
    };
    assert_eq!(newest(&mut t, "x"), Some(old));
    let new = t.started("x", &[URL]);
    assert_eq!(newest(&mut t, "x"), Some(new));
    assert_eq!(newest(&mut t, "y"), None);
    t.call(|handle, reply| handle.abort(new, reply));
    t.handle_event();
    assert_eq!(newest(&mut t, "x"), Some(new));
    t.handle_event();
    assert_eq!(newest(&mut t, "x"), None);
}

#[test]
fn update_ui_changes_what_was_given_and_survives_a_restart() {
    let (mut t, fetch) = settled();
    let update = |t: &mut Harness, update| {
        t.call(|handle, reply| handle.update_ui(fetch, update, reply)).unwrap().unwrap();
        t.advance(Duration::from_millis(100));
        let shown = t.display.shown(fetch).unwrap();
        (shown.title.to_string(), shown.icons.len())
    };
    let icon = ImageResource {
        src: "https://site.example/icon".parse().unwrap(),
        sizes: String::new(),
        mime_type: String::new(),
        label: String::new(),
    };
    let title = |title: &str| Some(title.to_owned());
    assert_eq!(
        update(&mut t, UiUpdate { title: title("done"), icons: Some(vec![icon]) }),
        ("done".to_owned(), 1)
    );
    assert_eq!(update(&mut t, UiUpdate::default()), ("done".to_owned(), 1));
    t.restart();
    assert_eq!(update(&mut t, UiUpdate::default()), ("done".to_owned(), 1));
    assert_eq!(update(&mut t, UiUpdate { title: title(""), icons: None }), (String::new(), 1));
    assert_eq!(t.display.shown(fetch).unwrap().state, DisplayState::Settled(SettledResult::Success));
}

#[test]
fn update_ui_of_what_is_gone_is_refused() {
    let (mut t, fetch) = settled();
    t.handle_event();
    let answer = t.call(|handle, reply| handle.update_ui(fetch, UiUpdate::default(), reply));
    assert_eq!(answer, Some(Err(Error::RecordsUnavailable)));
}
