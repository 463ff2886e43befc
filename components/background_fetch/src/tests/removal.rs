//! Registrations that go away, and site data that is cleared.

use futures::StreamExt;

use super::support::URL;
use crate::testing::{Harness, LastInstance, head, now};
use crate::{Error, FetchResult, NewBackgroundFetch, NewRequest};

fn remove(t: &mut Harness, origin: &str) {
    let registration = Harness::registration(origin);
    let answer = t.call(|handle, reply| handle.registration_removed(registration, reply));
    assert_eq!(answer, Some(Ok(())));
}

#[test]
fn unregistering_ends_everything_and_fires_nothing() {
    let mut t = Harness::default();
    let (fetch, instance) = t.followed(Harness::new_fetch("x", vec![Harness::get(URL), Harness::get(URL)]));
    let record = t.records(fetch).unwrap().remove(1);
    let slot = std::sync::Arc::new(std::sync::Mutex::new(None));
    let answer = slot.clone();
    t.handle.response_ready(
        record.response,
        crate::Reply::new(move |result: Result<fetch::Response, _>| {
            *answer.lock().unwrap() = Some(result.map(|_| ()));
        }),
    );
    let (first, second) = (t.request(), t.request());
    let body = first.respond(head(200, &[]));
    body.send("half");
    t.run();
    remove(&mut t, "https://site.example");
    assert!(body.is_cancelled() && second.is_cancelled());
    assert_eq!(slot.lock().unwrap().take(), Some(Err(Error::Aborted)));
    assert_eq!(t.events.waiting(), 0);
    let last = instance.last().unwrap();
    assert_eq!((last.result, last.records_available), (FetchResult::Active, false));
    assert_eq!(t.records(fetch).unwrap_err(), Error::RecordsUnavailable);
    t.assert_empty();
    t.restart();
    t.assert_empty();
}

#[test]
fn a_fetch_that_is_being_created_goes_with_its_registration() {
    let mut t = Harness::default();
    let never = NewRequest { body: Some(futures::stream::pending().boxed()), ..Harness::get(URL) };
    let slot = std::sync::Arc::new(std::sync::Mutex::new(None));
    let answer = slot.clone();
    let reply = crate::Reply::new(move |result: Result<crate::Instance, _>| {
        *answer.lock().unwrap() = Some(result.map(|_| ()));
    });
    let observer: std::sync::Arc<dyn crate::Observer> = LastInstance::new();
    t.handle.fetch(Harness::new_fetch("x", vec![never]), std::sync::Arc::downgrade(&observer), reply);
    t.run();
    remove(&mut t, "https://site.example");
    assert_eq!(slot.lock().unwrap().take(), Some(Err(Error::Aborted)));
    t.assert_empty();
    t.started("x", &[URL]);
}

#[test]
fn a_fetch_that_is_being_stored_is_gone_when_the_removal_is_answered() {
    let mut t = Harness::default();
    t.store.hold();
    assert_eq!(t.fetch("x", &[URL]), None);
    let slot = std::sync::Arc::new(std::sync::Mutex::new(None));
    let answer = slot.clone();
    let reply = crate::Reply::new(move |result| *answer.lock().unwrap() = Some(result));
    t.handle.registration_removed(Harness::registration("https://site.example"), reply);
    t.run();
    // Both at once: the service learns of the fetch only after that.
    while t.store.commit() {}
    t.run();
    assert_eq!(slot.lock().unwrap().take(), Some(Ok(())));
    t.assert_empty();
    t.restart();
    t.store.release();
    t.run();
    t.assert_empty();
    t.started("x", &[URL]);
}

#[test]
fn what_could_not_be_read_back_is_cleared_all_the_same() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    t.store.fail_load(crate::host::StoreError::Failed("unreadable".to_owned()));
    t.restart();
    assert!(t.list().is_empty());
    let storage_key = Harness::registration("https://site.example").storage_key;
    let answer = t.call(|handle, reply| handle.clear_storage_key(storage_key, reply));
    assert_eq!(answer, Some(Ok(())));
    t.assert_empty();
}

#[test]
fn an_event_in_delivery_goes_on_but_changes_nothing_any_more() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    t.serve("body");
    let delivery = t.events.next().unwrap();
    remove(&mut t, "https://site.example");
    t.assert_empty();
    delivery.handled();
    t.assert_empty();
}

#[test]
fn clearing_site_data_clears_all_registrations_of_the_site_and_no_other() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    let mut app = Harness::new_fetch("x", vec![Harness::get(URL)]);
    app.registration.scope = "https://site.example/app/".parse().unwrap();
    t.followed(app);
    let other = NewBackgroundFetch {
        registration: Harness::registration("https://other.example"),
        ..Harness::new_fetch("x", vec![Harness::get(URL)])
    };
    let (other, _) = t.followed(other);
    let storage_key = Harness::registration("https://site.example").storage_key;
    let answer = t.call(|handle, reply| handle.clear_storage_key(storage_key, reply));
    assert_eq!(answer, Some(Ok(())));
    assert_eq!(t.list().iter().map(|fetch| fetch.instance.unique_id).collect::<Vec<_>>(), [other]);
    t.serve("body");
    t.handle_event();
    t.assert_empty();
}

#[test]
fn what_was_handed_out_whole_stays_readable() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL, "https://a.example/2"]);
    t.serve("whole");
    let record = t.records(fetch).unwrap().remove(0);
    let response = t.call(|handle, reply| handle.response_ready(record.response, reply)).unwrap().unwrap();
    remove(&mut t, "https://site.example");
    let pieces: Vec<_> = now(response.body.unwrap().collect()).unwrap();
    assert_eq!(pieces.into_iter().map(Result::unwrap).collect::<Vec<_>>().concat(), b"whole");
}

#[test]
fn it_is_answered_when_the_data_is_gone() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    t.store.hold();
    let registration = Harness::registration("https://site.example");
    let answer = t.call(|handle, reply| handle.registration_removed(registration, reply));
    assert_eq!(answer, None);
    t.store.release();
    t.assert_empty();
}

#[test]
fn a_service_that_ends_answers_everyone_and_commits_what_has_come() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, &[]));
    body.send("half");
    t.run();
    assert_eq!(t.call(|handle, reply| handle.shut_down(reply)), Some(Ok(())));
    assert!(body.is_cancelled());
    assert_eq!(t.call(|handle, reply| handle.abort(fetch, reply)), Some(Err(Error::ServiceEnded)));
    assert_eq!(t.store.committed()[0].records[0].stored, 4);
    t.restart();
    assert_eq!(t.ids(), ["x"]);
    t.serve("whole");
    t.handle_event();
    t.assert_empty();
}
