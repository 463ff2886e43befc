//! XMLHttpRequest: <https://xhr.spec.whatwg.org/>.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fetch::{CredentialsMode, NetworkError, NetworkErrorKind, RequestMode};

use crate::support::{FakeBody, FakeResponse, Page, wait_until_closed};

const URL: &str = "https://page.test/file";

/// Notes each event of a request and its upload as `type state`, or `upload type`.
const FOLLOW: &str = "
    function follow(request, log) {
        const types = ['readystatechange', 'loadstart', 'progress', 'abort', 'error', 'load', 'timeout', 'loadend'];
        for (const type of types) {
            request.addEventListener(type, event => {
                log.push(event instanceof ProgressEvent
                    ? `${type} ${event.loaded}/${event.total}` : `${type} ${request.readyState}`);
            });
            request.upload.addEventListener(type, event => log.push(`upload ${type} ${event.loaded}/${event.total}`));
        }
        return new Promise(resolve => request.addEventListener('loadend', () => setTimeout(() => resolve(log))));
    }";

fn page() -> Page {
    let page = Page::open();
    page.run(FOLLOW);
    page
}

#[test]
fn a_request_goes_through_its_states() {
    let page = page();
    page.network.serve(
        URL,
        FakeResponse {
            headers: vec![
                ("Content-Type".into(), "text/plain".into()),
                ("Content-Length".into(), "5".into()),
                ("X-b".into(), "2".into()),
                ("x-A".into(), "1".into()),
                ("x-a_".into(), "3".into()),
            ],
            ..FakeResponse::new("text/plain", "hello")
        },
    );
    let script = "const request = new XMLHttpRequest();
        const log = [];
        const done = follow(request, log);
        request.open('get', '/file#fragment');
        request.send();
        await done;
        return [log, request.status, request.responseText, request.response, request.responseURL,
            request.getResponseHeader('X-B'), request.getResponseHeader('none'), request.getAllResponseHeaders()];";
    assert_eq!(
        page.eval_async(script),
        concat!(
            r#"[["readystatechange 1","loadstart 0/0","readystatechange 2","readystatechange 3","progress 5/5","#,
            r#""progress 5/5","readystatechange 4","load 5/5","loadend 5/5"],200,"hello","hello","#,
            r#""https://page.test/file","2",null,"#,
            r#""content-length: 5\r\ncontent-type: text/plain\r\nx-a: 1\r\nx-a_: 3\r\nx-b: 2\r\n"]"#
        )
    );
}

#[test]
fn the_request_is_what_the_page_says() {
    let page = page();
    page.network.serve(URL, FakeResponse::new("text/plain", ""));
    let script = "const request = new XMLHttpRequest();
        const done = new Promise(resolve => request.onload = resolve);
        request.open('put', '/file');
        request.withCredentials = true;
        request.setRequestHeader('X-A', '1');
        request.setRequestHeader('x-a', ' 2 ');
        request.setRequestHeader('Host', 'x');
        request.setRequestHeader('Content-Type', 'text/x;charset=latin1;a=b');
        request.send('\\u00e9');
        await done;
        return request.status;";
    assert_eq!(page.eval_async(script), "200");
    let [request] = &*page.network.requests() else { panic!("one request") };
    assert_eq!((&*request.method, request.mode), ("PUT", RequestMode::Cors));
    assert_eq!(request.credentials, CredentialsMode::Include);
    assert_eq!(request.headers.get_string("x-a").as_deref(), Some("1, 2"));
    assert_eq!(request.headers.get_string("content-type").as_deref(), Some("text/x;charset=UTF-8;a=b"));
    assert!(!request.headers.contains("host") && request.unsafe_request && !request.use_cors_preflight);
    assert_eq!(request.body.as_ref().and_then(|body| body.length()), Some(2));
}

#[test]
fn a_response_is_what_its_type_says() {
    let page = page();
    page.network.serve(URL, FakeResponse::new("application/json", r#"{"a":[1]}"#));
    page.network.serve("https://page.test/html", FakeResponse::new("text/html", "<title>x</title><p>\u{e9}"));
    page.run(
        "function get(url, type, mime) {
            const request = new XMLHttpRequest();
            request.open('GET', url);
            request.responseType = type;
            if (mime) request.overrideMimeType(mime);
            request.send();
            return new Promise(resolve => request.onload = () => resolve(request));
        }",
    );
    assert_eq!(page.eval("get('/file', 'json').then(r => r.response.a)"), "[1]");
    assert_eq!(page.eval("get('/html', 'json').then(r => r.response)"), "null");
    assert_eq!(
        page.eval(
            "get('/file', 'arraybuffer').then(r => [r.response.byteLength, r.response === r.response])"
        ),
        "[9,true]"
    );
    let script = "get('/file', 'blob').then(async r => [r.response.type, await r.response.text()])";
    assert_eq!(page.eval(script), r#"["application/json","{\"a\":[1]}"]"#);
    assert_eq!(page.eval("get('/file', 'text', 'text/plain').then(r => r.response)"), r#"{"a":[1]}"#);
    assert_eq!(
        page.eval("get('/html', '', 'text/html;charset=latin1').then(r => r.response.at(-2))"),
        "\u{c3}"
    );
    let script = "get('/html', 'document').then(({ response: d, responseXML }) =>
        [d.title, d.body.textContent, d === responseXML, d.readyState, d.defaultView, d.URL])";
    assert_eq!(page.eval(script), r#"["x","é",true,"complete",null,"https://page.test/html"]"#);
    assert!(page.error("get('/file', 'json').then(r => r.responseText)").starts_with("InvalidStateError"));
    assert!(page.error("get('/file', 'json').then(r => r.responseXML)").starts_with("InvalidStateError"));
}

#[test]
fn scripts_of_a_document_response_do_not_run() {
    let page = page();
    page.network.serve(
        URL,
        FakeResponse::new("text/html", "<script>self.ran = 1</script><noscript><b></b></noscript>"),
    );
    let script = "const request = new XMLHttpRequest();
        request.open('GET', '/file');
        request.responseType = 'document';
        request.send();
        await new Promise(resolve => request.onload = resolve);
        const element = request.response.getElementsByTagName('script')[0];
        document.head.appendChild(element);
        return [request.response.getElementsByTagName('b').length, typeof ran];";
    assert_eq!(page.eval_async(script), r#"[1,"undefined"]"#);
}

#[test]
fn a_synchronous_request_waits() {
    let page = page();
    page.network.serve(URL, FakeResponse { status: 404, ..FakeResponse::new("text/plain", "now") });
    let script = "const request = new XMLHttpRequest();
        const log = [];
        follow(request, log);
        request.open('GET', '/file', false);
        request.send();
        return [request.status, request.responseText, log];";
    let log = r#"["readystatechange 1","readystatechange 4","load 3/0","loadend 3/0"]"#;
    assert_eq!(page.eval_async(script), format!(r#"[404,"now",{log}]"#));
    let script = "const request = new XMLHttpRequest();
        request.open('GET', '/nothing', false);
        try { request.send(); } catch (error) { return [error.name, request.readyState, request.status]; }";
    assert_eq!(page.eval_async(script), r#"["NetworkError",4,0]"#);
    page.console();
    for misuse in ["request.timeout = 1", "request.responseType = 'text'"] {
        let script =
            format!("const request = new XMLHttpRequest(); {misuse}; request.open('GET', '/file', false)");
        assert!(page.error_async(&script).starts_with("InvalidAccessError"), "{misuse}");
    }
}

#[test]
fn an_upload_tells_how_far_it_is() {
    let page = page();
    page.network.serve(URL, FakeResponse::of(FakeBody::Echo));
    let send = |body: &str| {
        page.eval_async(&format!(
            "const request = new XMLHttpRequest();
            const log = [];
            const done = follow(request, log);
            request.open('POST', '/file');
            request.send({body});
            await done;
            return [request.responseText, log.filter(line => line.startsWith('upload'))];"
        ))
    };
    assert_eq!(
        send("new Blob(['four'])"),
        r#"["four",["upload loadstart 0/4","upload progress 4/4","upload load 4/4","upload loadend 4/4"]]"#
    );
    assert_eq!(
        send("''"),
        r#"["",["upload loadstart 0/0","upload progress 0/0","upload load 0/0","upload loadend 0/0"]]"#
    );
    assert_eq!(send("null"), r#"["",[]]"#);
    assert!(page.network.requests().iter().all(|request| request.use_cors_preflight));
}

#[test]
fn a_network_error_ends_request_and_upload() {
    let page = page();
    page.network.serve(URL, FakeResponse::of(FakeBody::Failure));
    let script = "const request = new XMLHttpRequest();
        const log = [];
        const done = follow(request, log);
        request.open('GET', '/file');
        request.send();
        await done;
        return [log.slice(2), request.status, request.responseURL, request.getAllResponseHeaders()];";
    assert_eq!(page.eval_async(script), r#"[["readystatechange 4","error 0/0","loadend 0/0"],0,"",""]"#);
    page.console();
}

#[test]
fn a_body_that_is_cut_is_an_error() {
    let page = page();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    pieces.send(Err(NetworkError::temporary(NetworkErrorKind::Cut, "cut"))).unwrap();
    let script = "const request = new XMLHttpRequest();
        const log = [];
        const done = follow(request, log);
        request.open('GET', '/file');
        request.send();
        await done;
        return [log.slice(2), request.responseText];";
    let log = r#"["readystatechange 2","readystatechange 3","progress 3/0","readystatechange 4","error 0/0","loadend 0/0"]"#;
    assert_eq!(page.eval_async(script), format!(r#"[{log},""]"#));
    page.console();
}

#[test]
fn an_abort_ends_the_transfer() {
    let page = page();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("one")).unwrap();
    let script = "const request = new XMLHttpRequest();
        const log = [];
        const done = follow(request, log);
        request.open('GET', '/file');
        request.send();
        request.onprogress = () => request.abort();
        await done;
        return [log.slice(4), request.readyState, request.status];";
    assert_eq!(
        page.eval_async(script),
        r#"[["progress 3/0","readystatechange 4","abort 0/0","loadend 0/0"],0,0]"#
    );
    wait_until_closed(&pieces);
}

#[test]
fn a_timeout_ends_a_request_that_takes_too_long() {
    let page = page();
    page.network.serve(URL, FakeResponse::of(FakeBody::Silence));
    let script = "const request = new XMLHttpRequest();
        const log = [];
        const done = follow(request, log);
        request.open('POST', '/file');
        request.send('x');
        request.timeout = 10;
        await done;
        return log.slice(-5);";
    assert_eq!(
        page.eval_async(script),
        r#"["upload load 1/1","upload loadend 1/1","readystatechange 4","timeout 0/0","loadend 0/0"]"#
    );
}

#[test]
fn a_request_that_is_opened_again_forgets_the_first() {
    let page = page();
    page.network.serve(URL, FakeResponse::of(FakeBody::Silence));
    page.network.serve("https://page.test/second", FakeResponse::new("text/plain", "second"));
    let script = "const request = new XMLHttpRequest();
        const log = [];
        const done = follow(request, log);
        request.open('GET', '/file');
        request.send();
        request.open('GET', '/second');
        request.send();
        await done;
        return [request.responseText, log.filter(line => line.startsWith('load')).length];";
    // Two `loadstart`, one `load`, one `loadend`.
    assert_eq!(page.eval_async(script), r#"["second",4]"#);
}

#[test]
fn a_request_that_nobody_holds_goes_on() {
    let page = page();
    let pieces = page.network.serve_pieces(URL);
    pieces.send(Ok("kept")).unwrap();
    page.start(
        "(() => {
            const request = new XMLHttpRequest();
            request.open('GET', '/file');
            request.onload = () => console.log(request.responseText);
            request.send();
        })()",
    );
    drop(pieces);
    assert_eq!(page.console(), ["kept"]);
}

#[test]
fn misuse_is_refused() {
    let page = page();
    page.network.serve(URL, FakeResponse::of(FakeBody::Silence));
    let error = |script: &str| {
        let script = format!("const request = new XMLHttpRequest(); {script}");
        page.error_async(&script).split(':').next().unwrap_or_default().to_owned()
    };
    assert_eq!(error("request.send()"), "InvalidStateError");
    assert_eq!(error("request.setRequestHeader('a', 'b')"), "InvalidStateError");
    assert_eq!(error("request.open('a b', '/')"), "SyntaxError");
    assert_eq!(error("request.open('trace', '/')"), "SecurityError");
    assert_eq!(error("request.open('GET', 'http://a b/')"), "SyntaxError");
    assert_eq!(error("request.open('GET', '/'); request.setRequestHeader('a b', 'c')"), "SyntaxError");
    assert_eq!(error("request.open('GET', '/'); request.setRequestHeader('a', 'b\\nc')"), "SyntaxError");
    assert_eq!(
        error(
            "request.open('GET', '/file'); request.send(); setTimeout(() => request.abort()); request.send()"
        ),
        "InvalidStateError"
    );
    let script = "const request = new XMLHttpRequest();
        request.open('GET', '/file');
        request.send();
        try { request.withCredentials = true; } catch (error) { return error.name; } finally { request.abort(); }";
    assert_eq!(page.eval_async(script), "InvalidStateError");
}

#[test]
fn a_request_that_is_sent_anew_while_its_upload_ends_is_the_new_one() {
    let page = Page::open();
    for name in ["old", "new"] {
        page.network.serve(&format!("https://page.test/{name}"), FakeResponse::new("text/plain", name));
    }
    let script = "const x = new XMLHttpRequest(), log = [];
        const sent = new Promise(resolve => x.onloadend = resolve);
        x.open('POST', '/old');
        x.upload.onloadend = () => {
            x.upload.onloadend = null;
            x.open('GET', '/new');
            x.send();
        };
        x.onreadystatechange = () => log.push(x.readyState);
        x.send('');
        await sent;
        return [x.responseText, ...log];";
    assert_eq!(page.eval_async(script), r#"["new",2,3,4]"#);
}

#[test]
fn a_page_that_is_behind_holds_the_server_back() {
    let page = Page::open();
    let taken = Arc::<AtomicUsize>::default();
    page.network.serve(URL, FakeResponse::of(FakeBody::Repeated(vec![b'x'; 64 * 1024], taken.clone())));
    page.network.serve("https://page.test/other", FakeResponse::new("text/plain", "other"));
    // While the page waits for another response, the first one may go on.
    let script = "const request = new XMLHttpRequest();
        request.open('GET', '/file');
        request.send();
        return new Promise(resolve => request.onprogress = ({ loaded }) => {
            const other = new XMLHttpRequest();
            other.open('GET', '/other', false);
            other.send();
            request.abort();
            resolve(loaded);
        })";
    let loaded: usize = page.eval_async(script).parse().unwrap();
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken <= loaded + (1 << 20) + 2 * 64 * 1024, "{taken} bytes were taken, and {loaded} processed");
}
