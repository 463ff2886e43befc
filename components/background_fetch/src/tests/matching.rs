//! `match()`, `matchAll()`, and the records they give.

use futures::StreamExt;

use super::support::{URL, cut};
use crate::testing::{Harness, head, now};
use crate::{Error, MatchedResponse, Query, QueryOptions, Reply};

/// Waits for a response without running into its answer at once.
fn wait_for(
    t: &mut Harness,
    response: MatchedResponse,
) -> impl FnMut(&mut Harness) -> Option<Result<fetch::Response, Error>> + use<> {
    let slot = std::sync::Arc::new(std::sync::Mutex::new(None));
    let answer = slot.clone();
    t.handle.response_ready(response, Reply::new(move |result| *answer.lock().unwrap() = Some(result)));
    move |t| {
        t.run();
        slot.lock().unwrap().take()
    }
}

fn query(url: &str) -> Query {
    Query { request: Harness::get(url).request, options: QueryOptions::default() }
}

#[test]
fn records_are_found_while_they_download() {
    let mut t = Harness::default();
    let fetch = t.started("x", &["https://a.example/1", "https://a.example/2"]);
    let (first, _second) = (t.request(), t.request());
    let found = t.call(|handle, reply| handle.match_first(fetch, query("https://a.example/1"), reply));
    let record = found.unwrap().unwrap().unwrap();
    assert_eq!(record.request.url().path(), "/1");
    let mut ready = wait_for(&mut t, record.response);
    assert!(ready(&mut t).is_none(), "no response yet");
    let headers = [("Content-Length", "10"), ("Content-Type", "audio/mpeg")];
    let body = first.respond(head(200, &headers));
    let response = ready(&mut t).unwrap().unwrap();
    assert_eq!(response.head.headers.get_string("Content-Type").as_deref(), Some("audio/mpeg"));
    assert!(!response.head.headers.contains("Content-Length"));
    let mut stream = response.body.unwrap();
    assert!(now(stream.next()).is_none(), "no bytes yet");
    body.send("01234");
    t.run();
    assert_eq!(now(stream.next()).unwrap().unwrap().unwrap(), "01234");
    assert!(now(stream.next()).is_none());
    body.send("56789");
    drop(body);
    t.run();
    assert_eq!(now(stream.next()).unwrap().unwrap().unwrap(), "56789");
    assert!(now(stream.next()).unwrap().is_none(), "the end");
}

#[test]
fn no_match_is_none_and_no_query_is_everything() {
    let mut t = Harness::default();
    let urls = ["https://a.example/2", "https://a.example/1", "https://a.example/2"];
    let fetch = t.started("x", &urls);
    let none = t.call(|handle, reply| handle.match_first(fetch, query(URL), reply));
    assert!(none.unwrap().unwrap().is_none());
    let all: Vec<_> = t.records(fetch).unwrap();
    assert_eq!(all.iter().map(|record| record.request.url().as_str()).collect::<Vec<_>>(), urls);
    let query = query("https://a.example/2");
    let found = t.call(|handle, reply| handle.match_all(fetch, Some(query), reply)).unwrap().unwrap();
    assert_eq!(found.iter().map(|record| record.record.index).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn the_same_url_twice_is_told_apart_by_its_bodies() {
    let mut t = Harness::default();
    let requests = vec![Harness::upload("POST", URL, b"upload1"), Harness::upload("POST", URL, b"upload2")];
    let (fetch, _) = t.followed(Harness::new_fetch("x", requests));
    let mut bodies = Vec::new();
    for record in t.records(fetch).unwrap() {
        let body = record.request.body.unwrap().open().unwrap();
        let pieces: Vec<_> = now(body.collect()).unwrap();
        bodies.push(pieces.into_iter().map(Result::unwrap).collect::<Vec<_>>().concat());
    }
    assert_eq!(bodies, [b"upload1".to_vec(), b"upload2".to_vec()]);
    // And each is sent with its own.
    for expected in ["upload1", "upload2"] {
        let exchange = t.request();
        let body = exchange.params.request.body.as_ref().unwrap();
        assert_eq!(body.length(), Some(7));
        // Twice, as a redirect would.
        for _ in 0..2 {
            let pieces: Vec<_> = now(body.open().unwrap().collect()).unwrap();
            assert_eq!(
                pieces.into_iter().map(Result::unwrap).collect::<Vec<_>>().concat(),
                expected.as_bytes()
            );
        }
    }
}

#[test]
fn a_response_that_never_comes_rejects_by_how_its_record_ended() {
    let mut t = Harness::default();
    let fetch = t.started("x", &["https://a.example/1", "https://a.example/2"]);
    let mut records = t.records(fetch).unwrap();
    let mut second = wait_for(&mut t, records.remove(1).response);
    let mut first = wait_for(&mut t, records.remove(0).response);
    t.request().fail(super::support::refused());
    let failed = first(&mut t).unwrap().unwrap_err();
    assert_eq!(failed.exception(), crate::Exception::Type);
    assert!(second(&mut t).is_none());
    t.call(|handle, reply| handle.abort(fetch, reply));
    assert_eq!(second(&mut t).unwrap().unwrap_err(), Error::Aborted);
}

#[test]
fn a_stream_of_an_aborted_record_ends_aborted() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, &[]));
    body.send("01234");
    t.run();
    let record = t.records(fetch).unwrap().remove(0);
    let response = t.call(|handle, reply| handle.response_ready(record.response, reply)).unwrap().unwrap();
    let mut stream = response.body.unwrap();
    assert!(now(stream.next()).unwrap().unwrap().is_ok());
    t.call(|handle, reply| handle.abort(fetch, reply));
    assert!(now(stream.next()).unwrap().unwrap().unwrap_err().is_aborted());
    assert!(now(stream.next()).unwrap().is_none());
}

#[test]
fn a_stream_whose_bytes_became_redundant_ends_in_an_error() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    let body = t.request().respond(head(200, &[("ETag", "\"1\"")]));
    body.send("old");
    t.run();
    let old = t.records(fetch).unwrap().remove(0);
    let response = t.call(|handle, reply| handle.response_ready(old.response, reply)).unwrap().unwrap();
    let mut stream = response.body.unwrap();
    body.fail(cut());
    t.advance(std::time::Duration::from_secs(1));
    t.serve("new one");
    let error = now(stream.next()).unwrap().unwrap().unwrap_err();
    assert!(!error.is_aborted());
    assert_eq!(t.responses(fetch), [Ok((200, b"new one".to_vec()))]);
}

#[test]
fn what_was_handed_out_stays_readable_when_the_records_are_gone() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.serve("episode");
    let not_asked_for = t.records(fetch).unwrap().remove(0);
    let record = t.records(fetch).unwrap().remove(0);
    let response = t.call(|handle, reply| handle.response_ready(record.response, reply)).unwrap().unwrap();
    t.handle_event();
    t.assert_empty();
    let pieces: Vec<_> = now(response.body.unwrap().collect()).unwrap();
    assert_eq!(pieces.into_iter().map(Result::unwrap).collect::<Vec<_>>().concat(), b"episode");
    // Also where only the record object was there yet.
    assert_eq!(t.read(not_asked_for.response), Ok((200, b"episode".to_vec())));
}

#[test]
fn a_page_may_read_slowly() {
    let mut t = Harness::default();
    let fetch = t.started("x", &[URL]);
    t.request().respond_with(head(200, &[]), vec![7u8; 1_000_000]);
    t.run();
    let record = t.records(fetch).unwrap().remove(0);
    let response = t.call(|handle, reply| handle.response_ready(record.response, reply)).unwrap().unwrap();
    let mut stream = response.body.unwrap();
    let first = now(stream.next()).unwrap().unwrap().unwrap();
    assert!(first.len() <= 128 << 10, "a slice, not everything");
    t.handle_event();
    let rest: Vec<_> = now(stream.collect()).unwrap();
    let rest: usize = rest.into_iter().map(|piece: Result<bytes::Bytes, _>| piece.unwrap().len()).sum();
    assert_eq!(first.len() + rest, 1_000_000);
}
