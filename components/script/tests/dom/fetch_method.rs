//! `fetch()`: <https://fetch.spec.whatwg.org/#fetch-method>.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fetch::{NetworkError, NetworkErrorKind, Referrer, RequestMode};

use crate::support::{FakeBody, FakeResponse, Page, wait_until_closed};

const URL: &str = "https://page.test/file";

#[test]
fn a_response_has_a_head_and_a_body() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse { status: 404, ..FakeResponse::new("text/plain", "not here") });
    let script = "const response = await fetch('/file#fragment');
        return [response.status, response.ok, response.type, response.url, response.redirected,
            response.headers.get('content-type'), await response.text(), response.bodyUsed];";
    assert_eq!(
        page.eval_async(script),
        r#"[404,false,"basic","https://page.test/file",false,"text/plain","not here",true]"#
    );
    let script = "fetch('/file').then(response => response.headers.set('a', 'b'))";
    assert!(page.error(script).starts_with("TypeError"));
}

#[test]
fn the_request_is_what_the_page_says() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::new("text/plain", ""));
    page.eval(
        "fetch('/file', { method: 'put', headers: { 'X-A': '1', Host: 'x' }, body: 'abc' }).then(() => 1)",
    );
    let [request] = &*page.network.requests() else { panic!("one request") };
    assert_eq!(
        (&*request.method, request.mode, &request.referrer),
        ("PUT", RequestMode::Cors, &Referrer::Client)
    );
    assert_eq!(request.headers.get_string("x-a").as_deref(), Some("1"));
    assert_eq!(request.headers.get_string("content-type").as_deref(), Some("text/plain;charset=UTF-8"));
    assert!(!request.headers.contains("host") && request.unsafe_request);
    assert_eq!(
        request.client.as_ref().map(|client| client.creation_url.as_str()),
        Some("https://page.test/")
    );
    assert_eq!(request.body.as_ref().and_then(|body| body.length()), Some(3));
}

#[test]
fn network_errors_and_bad_requests_reject_with_a_type_error() {
    let page = Page::open();
    assert_eq!(page.error("fetch('/nothing')"), "TypeError: network error");
    // Only people learn why.
    let [line] = &*page.console() else { panic!("one line") };
    assert!(line.starts_with("fetch failed: the test's network has nothing at"), "{line}");
    assert!(page.error("fetch('http://exa mple/')").starts_with("TypeError"));
    assert!(page.error("fetch('/', { method: 'TRACE' })").starts_with("TypeError"));
    assert_eq!(page.network.urls(), ["https://page.test/nothing"]);
}

#[test]
fn a_body_is_read_as_it_comes() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    for piece in ["one", "", "two"] {
        pieces.send(Ok(piece)).unwrap();
    }
    drop(pieces);
    let script = "const response = await fetch('/file');
        let text = '';
        const reader = response.body.getReader();
        for (;;) {
            const { value, done } = await reader.read();
            if (done) return text;
            if (!(value instanceof Uint8Array)) return 'no bytes';
            text += new TextDecoder().decode(value);
        }";
    assert_eq!(page.eval_async(script), "onetwo");
}

#[test]
fn a_body_that_is_cut_fails_after_what_was_read() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    page.start(
        "(async () => {
            const reader = (await fetch('/file')).body.getReader();
            console.log((await reader.read()).value.length);
            await reader.read().catch(error => console.log(error.name));
        })()",
    );
    assert_eq!(page.next_line(), "3");
    pieces.send(cut()).unwrap();
    assert_eq!(page.next_line(), "fetch failed: cut");
    assert_eq!(page.next_line(), "TypeError");
}

fn cut() -> Result<&'static str, NetworkError> {
    Err(NetworkError::temporary(NetworkErrorKind::Cut, "cut"))
}

/// A script that says when the body is there, and how it ends, which nobody reads or keeps.
const WATCH: &str = "(async () => {
        const reader = (await fetch('/file')).body.getReader();
        reader.closed.then(() => console.log('closed'), error => console.log(error.name));
        console.log('watching');
    })()";
/// Makes enough garbage for a collection: buffers that are never written to cost no memory, but count.
const COLLECT: &str = "for (let i = 0; i < 8000; i++) new ArrayBuffer(1 << 20)";

#[test]
fn an_error_is_heard_without_a_read() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    page.start(WATCH);
    assert_eq!(page.next_line(), "watching");
    page.run(COLLECT);
    // Also with something in the buffer.
    pieces.send(Ok("two")).unwrap();
    pieces.send(cut()).unwrap();
    assert_eq!(page.next_line(), "fetch failed: cut");
    assert_eq!(page.next_line(), "TypeError");
}

#[test]
fn the_end_of_an_empty_body_is_heard_without_a_read() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    page.start(WATCH);
    assert_eq!(page.next_line(), "watching");
    page.run(COLLECT);
    drop(pieces);
    assert_eq!(page.next_line(), "closed");
}

#[test]
fn the_end_is_heard_when_all_was_read() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    page.start(
        "(async () => {
            const reader = (await fetch('/file')).body.getReader();
            let length = 0;
            while (length < 6) length += (await reader.read()).value.length;
            console.log('read');
            await reader.closed;
            console.log('closed');
        })()",
    );
    pieces.send(Ok("two")).unwrap();
    assert_eq!(page.next_line(), "read");
    drop(pieces);
    assert_eq!(page.next_line(), "closed");
}

#[test]
fn what_is_there_comes_before_the_end() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::new("text/plain", "all of it"));
    let script = "const { body } = await fetch('/file');
        const reader = body.getReader({ mode: 'byob' });
        // Meanwhile all of it is here, and its end.
        for (let i = 0; i < 20; i++) await new Promise(resolve => setTimeout(resolve));
        const sizes = [];
        for (;;) {
            const { value, done } = await reader.read(new Uint8Array(4));
            sizes.push(value.length);
            if (done) break;
        }
        await reader.closed;
        return sizes;";
    assert_eq!(page.eval_async(script), "[4,4,1,0]");
}

#[test]
fn a_body_that_nobody_reads_keeps_no_page_busy() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    // Neither with a reader nor without.
    let script = "fetch('/file').then(response => (self.kept = response).status)";
    assert_eq!(page.eval(script), "200");
    assert_eq!(
        page.eval("(self.reader = kept.body.getReader()).constructor.name"),
        "ReadableStreamDefaultReader"
    );
    assert!(!pieces.is_closed());
}

#[test]
fn only_so_much_is_read_ahead_of_script() {
    let page = Page::open();
    let taken = Arc::<AtomicUsize>::default();
    page.network.serve(URL, FakeResponse::of(FakeBody::Repeated(vec![0; 64 * 1024], taken.clone())));
    let script = "const reader = (await fetch('/file')).body.getReader();
        let length = 0;
        for (let i = 0; i < 2; i++) length += (await reader.read()).value.length;
        // Meanwhile there is time to read all of it.
        for (let i = 0; i < 20; i++) await new Promise(resolve => setTimeout(resolve));
        await reader.cancel();
        return length;";
    let read: usize = page.eval_async(script).parse().unwrap();
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken <= read + 256 * 1024 + 64 * 1024, "{taken} bytes were taken, and {read} read");
}

#[test]
fn a_body_whose_stream_nobody_has_any_more_ends() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    let script = "const response = await fetch('/file');
        self.weak = new WeakRef(response.body);
        return response.status";
    assert_eq!(page.eval_async(script), "200");
    let collected = (0..20).any(|_| {
        page.run(COLLECT);
        page.eval("weak.deref() === undefined") == "true"
    });
    assert!(collected);
    wait_until_closed(&pieces);
}

#[test]
fn canceling_a_body_ends_the_transfer() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    let script = "const { body } = await fetch('/file');
        const reader = body.getReader();
        await reader.read();
        const next = reader.read();
        await reader.cancel();
        return (await next).done;";
    assert_eq!(page.eval_async(script), "true");
    wait_until_closed(&pieces);
}

#[test]
fn an_aborted_signal_rejects_before_anything_is_sent() {
    let page = Page::open();
    assert_eq!(page.error("fetch('/file', { signal: AbortSignal.abort('why') })"), "why");
    assert!(page.network.requests().is_empty());
}

#[test]
fn an_abort_rejects_a_fetch_that_waits() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::of(FakeBody::Silence));
    let script = "const controller = new AbortController();
        const fetched = fetch('/file', { signal: controller.signal });
        setTimeout(() => controller.abort());
        return fetched.catch(error => [error.name, error === controller.signal.reason]);";
    assert_eq!(page.eval_async(script), r#"["AbortError",true]"#);
}

#[test]
fn an_abort_ends_a_body_that_is_being_read() {
    let page = Page::open();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    let script = "const controller = new AbortController();
        const response = await fetch('/file', { signal: controller.signal });
        const reader = response.body.getReader();
        await reader.read();
        const next = reader.read();
        controller.abort('why');
        return next.catch(reason => reason);";
    assert_eq!(page.eval_async(script), "why");
    wait_until_closed(&pieces);
}

#[test]
fn an_abort_after_the_body_was_read_changes_nothing() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::new("text/plain", "all"));
    let script = "const controller = new AbortController();
        const response = await fetch('/file', { signal: controller.signal });
        const text = await response.text();
        controller.abort();
        return text;";
    assert_eq!(page.eval_async(script), "all");
}

#[test]
fn a_fetched_response_can_be_cloned() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::new("text/plain", "twice"));
    let script = "const response = await fetch('/file');
        const clone = response.clone();
        return Promise.all([clone.text(), response.text(), clone.url === response.url]);";
    assert_eq!(page.eval_async(script), r#"["twice","twice",true]"#);
}

#[test]
fn bodies_of_every_kind_are_sent() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::of(FakeBody::Echo));
    let echo = |body: &str| {
        page.eval(&format!(
            "fetch('/file', {{ method: 'POST', body: {body}, duplex: 'half' }}).then(r => r.text())"
        ))
    };
    assert_eq!(echo("'text'"), "text");
    assert_eq!(echo("new Blob(['blob'])"), "blob");
    assert_eq!(echo("new URLSearchParams({ a: 'b c' })"), "a=b+c");
    assert_eq!(echo("new TextEncoder().encode('bytes').subarray(1)"), "ytes");
    assert_eq!(
        echo(
            "new ReadableStream({
                count: 0,
                pull(controller) {
                    if (this.count++ === 3) return controller.close();
                    controller.enqueue(new TextEncoder().encode(`chunk ${this.count};`));
                },
            })"
        ),
        "chunk 1;chunk 2;chunk 3;"
    );
}

#[test]
fn a_stream_that_fails_or_has_no_bytes_fails_the_upload() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::of(FakeBody::Echo));
    for start in ["controller.error(1)", "controller.enqueue('text')"] {
        let script = format!(
            "fetch('/file', {{
                method: 'POST', duplex: 'half', body: new ReadableStream({{ start(controller) {{ {start} }} }})
            }}).then(response => response.text())"
        );
        assert!(page.error(&script).starts_with("TypeError"));
    }
}

#[test]
fn a_request_that_was_fetched_is_used() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::of(FakeBody::Echo));
    let script = "const request = new Request('/file', { method: 'POST', body: 'once' });
        const text = await (await fetch(request)).text();
        const second = await fetch(request).catch(error => error.name);
        return [text, request.bodyUsed, second];";
    assert_eq!(page.eval_async(script), r#"["once",true,"TypeError"]"#);
}

#[test]
fn a_large_body_comes_whole() {
    let page = Page::open();
    let body: Vec<u8> = (0..5_000_000_u32).flat_map(u32::to_le_bytes).collect();
    page.network.serve(URL, FakeResponse::new("application/octet-stream", body));
    let script = "const buffer = await (await fetch('/file')).arrayBuffer();
        return new Uint32Array(buffer).every((value, index) => value === index) && buffer.byteLength;";
    assert_eq!(page.eval_async(script), "20000000");
}

#[test]
fn a_timeout_that_nobody_waits_for_keeps_no_page_busy() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::new("text/plain", "quick"));
    // An hour would be too long for the test.
    let script = "const signal = AbortSignal.timeout(3600000);
        return (await fetch('/file', { signal })).text();";
    assert_eq!(page.eval_async(script), "quick");
    assert!(page.handle().is_idle());
}

#[test]
fn a_timeout_ends_a_fetch_that_takes_too_long() {
    let page = Page::open();
    page.network.serve(URL, FakeResponse::of(FakeBody::Silence));
    assert!(page.error("fetch('/file', { signal: AbortSignal.timeout(10) })").starts_with("TimeoutError"));
}

#[test]
fn urls_are_utf_8_whatever_the_document_is() {
    // Documents without a declaration are in windows-1252.
    let page = Page::html("<!doctype html>");
    let script = "const link = document.createElement('iframe'); link.src = '?\u{ff}';
        [document.characterSet, link.src, new Request('?\u{ff}', { referrer: '?\u{ff}' }).url, Response.redirect('?\u{ff}').headers.get('location')]";
    assert_eq!(
        page.eval(script),
        r#"["windows-1252","https://page.test/?%FF","https://page.test/?%C3%BF","https://page.test/?%C3%BF"]"#
    );
}

#[test]
fn what_was_read_to_its_end_has_a_timing_entry() {
    let page = Page::open();
    page.network.serve("https://page.test/a", FakeResponse::new("text/plain", "text"));
    let body = "const counts = [];
        for (let i = 1; i <= 5; i++) {
            await (await fetch('/a')).text();
            counts.push(performance.getEntriesByName('https://page.test/a').length);
        }
        return counts;";
    assert_eq!(page.eval_async(body), "[1,2,3,4,5]");
}
