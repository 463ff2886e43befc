//! EventSource: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fetch::{CacheMode, CredentialsMode, RequestMode};

use crate::support::{FakeBody, FakeNetwork, FakeResponse, Page, wait_until_closed};

const URL: &str = "https://page.test/events";

fn serve(network: &FakeNetwork, url: &str, stream: &str) {
    network.serve(url, FakeResponse::new("text/event-stream", stream));
}

#[test]
fn events_of_a_stream_are_fired() {
    let page = Page::open();
    serve(
        &page.network,
        URL,
        "retry: 60000\n\ndata: one\n\nevent: two\nid: 7\ndata: a\ndata: b\n\ndata: lost",
    );
    let script = "const source = new EventSource('/events', { withCredentials: true });
        const log = [source.readyState, source.url, source.withCredentials];
        const note = event => log.push([event.type, event.data, event.lastEventId, event.origin, event.isTrusted]);
        source.onopen = () => log.push(['open', source.readyState]);
        source.onmessage = note;
        source.addEventListener('two', note);
        return new Promise(resolve => source.onerror = () => {
            log.push(['error', source.readyState]);
            source.close();
            resolve([...log, source.readyState]);
        });";
    assert_eq!(
        page.eval_async(script),
        concat!(
            r#"[0,"https://page.test/events",true,["open",1],["message","one","","https://page.test",true],"#,
            r#"["two","a\nb","7","https://page.test",true],["error",0],2]"#
        )
    );
    let [request] = &*page.network.requests() else { panic!("one request") };
    assert_eq!((request.mode, request.credentials), (RequestMode::Cors, CredentialsMode::Include));
    assert_eq!((request.cache, request.headers.contains("last-event-id")), (CacheMode::NoStore, false));
    assert_eq!(request.headers.get_string("accept").as_deref(), Some("text/event-stream"));
}

#[test]
fn a_connection_that_ends_is_made_again_from_the_last_event() {
    let page = Page::open();
    serve(&page.network, URL, "retry: 1\nid: 7\n\n");
    let script = "const source = new EventSource('/events');
        let opened = 0;
        return new Promise(resolve => source.onopen = () => {
            if (++opened === 2) { source.close(); resolve(opened); }
        });";
    assert_eq!(page.eval_async(script), "2");
    let requests = page.network.requests();
    let ids: Vec<_> = requests.iter().map(|request| request.headers.get_string("Last-Event-ID")).collect();
    assert_eq!(ids, [None, Some("7".to_owned())]);
}

#[test]
fn what_is_no_event_stream_fails_for_good() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::new("text/plain", "data: x\n\n"));
    page.network.serve(
        "https://page.test/204",
        FakeResponse { status: 204, ..FakeResponse::new("text/event-stream", "") },
    );
    for url in ["/events", "/204"] {
        let script = format!(
            "const source = new EventSource('{url}');
            return new Promise(resolve => source.onerror = () => resolve(source.readyState));"
        );
        assert_eq!(page.eval_async(&script), "2", "{url}");
    }
    assert!(page.error("new EventSource('http://a b/')").starts_with("SyntaxError"));
}

#[test]
fn a_network_error_is_tried_again() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::of(FakeBody::Failure));
    let script = "const source = new EventSource('/events');
        return new Promise(resolve => source.onerror = () => {
            const state = source.readyState;
            source.close();
            resolve(state);
        });";
    assert_eq!(page.eval_async(script), "0");
    page.console();
}

#[test]
fn a_page_that_waits_for_events_has_nothing_to_do_and_closing_ends_the_transfer() {
    let page = Page::open();
    let response = FakeResponse::new("text/event-stream", "");
    let pieces = page.network.serve_pieces_of(URL, response);
    page.run(
        "self.source = new EventSource('/events');
        self.got = new Promise(resolve => source.onmessage = event => resolve(event.data));",
    );
    pieces.send(Ok("data: 1\n\n")).unwrap();
    let script = "const busy = setTimeout(() => {}, 20000);
        const data = await got;
        clearTimeout(busy);
        return data;";
    assert_eq!(page.eval_async(script), "1");
    assert!(page.handle().is_idle() && !pieces.is_closed());
    page.run("source.close()");
    wait_until_closed(&pieces);
}

#[test]
fn a_page_that_is_behind_holds_the_server_back() {
    let page = Page::open();
    let taken = Arc::<AtomicUsize>::default();
    let piece = b"data: x\n\n".repeat(1000);
    let length = piece.len();
    let body = FakeBody::Repeated(piece, taken.clone());
    page.network.serve(URL, FakeResponse { body, ..FakeResponse::new("text/event-stream", "") });
    page.network.serve("https://page.test/other", FakeResponse::new("text/plain", "other"));
    // While the page waits for other responses, the events may go on.
    let script = "const source = new EventSource('/events');
        source.onmessage = () => {
            for (let i = 0; i < 100; i++) {
                const other = new XMLHttpRequest();
                other.open('GET', '/other', false);
                other.send();
            }
            source.close();
            console.log('closed');
        }";
    page.start(script);
    assert_eq!(page.next_line(), "closed");
    // Each event counts for 256 bytes at least.
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken <= 6 * length, "{taken} bytes were taken");
}
