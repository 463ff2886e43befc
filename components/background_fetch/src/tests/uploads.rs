//! Bodies on their way out.

use std::time::Duration;

use super::support::URL;
use crate::testing::{Harness, head};

#[test]
fn bytes_count_as_they_are_sent_and_never_beyond_the_total() {
    let mut t = Harness::default();
    let requests = vec![Harness::upload("POST", URL, b"0123456789"), Harness::get("https://a.example/2")];
    let (fetch, instance) = t.followed(Harness::new_fetch("x", requests));
    assert_eq!((t.instance(fetch).upload_total, t.instance(fetch).uploaded), (10, 0));
    let exchange = t.request();
    exchange.sent(4);
    t.advance(Duration::from_millis(100));
    assert_eq!(instance.last().unwrap().uploaded, 4);
    exchange.sent(6);
    // A redirect sends the body again.
    exchange.sent(10);
    t.advance(Duration::from_millis(100));
    assert_eq!(instance.last().unwrap().uploaded, 10);
    exchange.respond_with(head(200, &[]), "thanks");
    t.run();
    assert_eq!(t.instance(fetch).uploaded, 10);
    t.restart();
    assert_eq!((t.instance(fetch).upload_total, t.instance(fetch).uploaded), (10, 10));
}

#[test]
fn what_was_sent_is_known_when_the_response_is() {
    let mut t = Harness::default();
    let (_, instance) =
        t.followed(Harness::new_fetch("x", vec![Harness::upload("POST", URL, b"0123456789")]));
    let exchange = t.request();
    exchange.sent(10);
    exchange.respond_with(head(200, &[]), "thanks");
    t.run();
    assert!(instance.all().iter().all(|told| told.downloaded == 0 || told.uploaded == 10));
    assert_eq!(t.handle_event().1.uploaded, 10);
}

#[test]
fn a_get_has_nothing_to_count() {
    let mut t = Harness::default();
    t.started("x", &[URL]);
    assert!(t.request().params.on_body_sent.is_none());
}
