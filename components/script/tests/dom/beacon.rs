//! `sendBeacon()`: <https://w3c.github.io/beacon/>.

use fetch::{CredentialsMode, RequestMode};

use crate::support::{FakeBody, FakeResponse, Page};

#[test]
fn a_beacon_is_a_post_that_nobody_waits_for() {
    let page = Page::open();
    page.network.serve("https://other.test/log", FakeResponse::new("text/plain", ""));
    let script = "[navigator.sendBeacon('https://other.test/log'), navigator.sendBeacon('https://other.test/log', 'abc'),
        navigator.sendBeacon('https://other.test/log', new Blob(['{}'], { type: 'application/json' }))]";
    assert_eq!(page.eval(script), "[true,true,true]");
    page.run("");
    let requests = page.network.requests();
    let [empty, text, json] = &requests[..] else { panic!("three requests: {requests:?}") };
    for request in [empty, text, json] {
        let is = (&*request.method, request.keepalive, request.credentials);
        assert_eq!(is, ("POST", true, CredentialsMode::Include));
    }
    assert!(empty.body.is_none() && !empty.headers.contains("content-type"));
    assert_eq!(
        (empty.mode, text.mode, json.mode),
        (RequestMode::NoCors, RequestMode::NoCors, RequestMode::Cors)
    );
    assert_eq!(text.headers.get_string("content-type").as_deref(), Some("text/plain;charset=UTF-8"));
    assert_eq!(text.body.as_ref().and_then(|body| body.length()), Some(3));
}

#[test]
fn what_is_no_beacon_throws_and_too_much_is_refused() {
    let page = Page::open();
    for bad in ["'http://'", "'data:,x'", "'/', new ReadableStream()"] {
        assert!(page.error(&format!("navigator.sendBeacon({bad})")).starts_with("TypeError"), "{bad}");
    }
    page.network.serve("https://page.test/log", FakeResponse::of(FakeBody::Silence));
    let script = "[65537, 65535, 2, 1, 1].map(size => navigator.sendBeacon('/log', 'x'.repeat(size)))";
    assert_eq!(page.eval(script), "[false,true,false,true,false]");
}
