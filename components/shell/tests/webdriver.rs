//! `ferry --webdriver`, over HTTP, as its clients use it.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::{Mutex, mpsc};

use common::*;
use serde_json::{Value, json};

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A server, and its session if there is one.
struct Driver {
    child: Child,
    address: String,
    session: String,
}

impl Driver {
    /// A server without a session.
    fn start() -> Driver {
        let mut child = ferry(&["--webdriver=0"]).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().split("http://").nth(1).unwrap_or_else(|| panic!("{line:?}"));
        Driver { child, address: address.trim_end_matches('/').to_owned(), session: String::new() }
    }

    /// A server with a session.
    fn session() -> Driver {
        let mut driver = Driver::start();
        let (status, value) = driver.send("POST", "/session", Some(json!({ "capabilities": {} })));
        assert_eq!(status, 200, "{value}");
        driver.session = value["sessionId"].as_str().expect("an id").to_owned();
        driver
    }

    /// A request: the answer's status, and its `value`.
    fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let (status, text) = self.send_raw(method, path, &[("Content-Type", "application/json")], body);
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        (status, answer["value"].clone())
    }

    fn send_raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> (u16, String) {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head += &format!("Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
        (head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"), body.to_owned())
    }

    /// A command of the session.
    fn command(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.send(method, &format!("/session/{}/{path}", self.session), body)
    }

    /// One that succeeds.
    fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, value) = self.command(method, path, body);
        assert_eq!(status, 200, "{method} {path}: {value}");
        value
    }

    /// One that fails: its status and error code.
    fn error(&self, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        let (status, value) = self.command(method, path, body);
        (status, value["error"].as_str().unwrap_or_else(|| panic!("{method} {path}: {value}")).to_owned())
    }

    fn navigate(&self, url: &str) {
        assert_eq!(self.ok("POST", "url", Some(json!({ "url": url }))), Value::Null);
    }

    fn execute(&self, script: &str, arguments: Value) -> Value {
        self.ok("POST", "execute/sync", Some(json!({ "script": script, "args": arguments })))
    }

    fn execute_async(&self, script: &str) -> Value {
        self.ok("POST", "execute/async", Some(json!({ "script": script, "args": [] })))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn site(files: &'static [(&str, &str)]) -> Server {
    Server::start(move |request, stream| {
        if !respond_file(request, stream, files) {
            respond(stream, "404 Not Found", &[("Content-Type", "text/html")], b"<p>gone");
        }
    })
}

fn failure(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

#[test]
fn a_session_is_one_at_a_time_and_commands_without_one_are_refused() {
    let mut driver = Driver::start();
    assert_eq!(driver.send("GET", "/status", None).1["ready"], true);
    driver.session = "none".into();
    assert_eq!(driver.error("GET", "url", None), failure(404, "invalid session id"));
    let wanted = |capabilities: Value| Some(json!({ "capabilities": capabilities }));
    let (status, value) =
        driver.send("POST", "/session", wanted(json!({ "alwaysMatch": { "browserName": "other" } })));
    assert_eq!((status, &value["error"]), (500, &json!("session not created")), "{value}");
    let (status, value) =
        driver.send("POST", "/session", wanted(json!({ "alwaysMatch": { "nonsense": 1 } })));
    assert_eq!((status, &value["error"]), (400, &json!("invalid argument")), "{value}");
    let timeouts = json!({ "alwaysMatch": { "browserName": "ferry", "timeouts": { "script": 7000 } } });
    let (status, value) = driver.send("POST", "/session", wanted(timeouts));
    assert_eq!((status, &value["capabilities"]["browserName"]), (200, &json!("ferry")), "{value}");
    driver.session = value["sessionId"].as_str().unwrap().to_owned();
    assert_eq!(
        driver.ok("GET", "timeouts", None),
        json!({ "script": 7000, "pageLoad": 300000, "implicit": 0 })
    );
    driver.ok("POST", "timeouts", Some(json!({ "script": null, "implicit": 5 })));
    assert_eq!(
        driver.ok("GET", "timeouts", None),
        json!({ "script": null, "pageLoad": 300000, "implicit": 5 })
    );
    let (status, value) = driver.send("POST", "/session", wanted(json!({})));
    assert_eq!((status, &value["error"]), (500, &json!("session not created")), "{value}");
    assert_eq!(driver.send("GET", "/status", None).1["ready"], false);
    let (status, value) = driver.send("DELETE", &format!("/session/{}", driver.session), None);
    assert_eq!((status, value), (200, Value::Null));
    assert_eq!(driver.error("GET", "url", None), failure(404, "invalid session id"));
    // The next session may begin.
    assert_eq!(driver.send("POST", "/session", wanted(json!({}))).0, 200);
}

#[test]
fn unknown_commands_and_methods_are_told_apart() {
    let driver = Driver::session();
    assert_eq!(driver.error("POST", "nonsense", Some(json!({}))), failure(404, "unknown command"));
    assert_eq!(driver.error("POST", "title", Some(json!({}))), failure(405, "unknown method"));
    assert_eq!(driver.error("POST", "url", Some(json!([]))), failure(400, "invalid argument"));
    assert_eq!(driver.error("GET", "screenshot", None), failure(500, "unsupported operation"));
    let report = Some(json!({ "message": "x" }));
    assert_eq!(
        driver.error("POST", "reporting/generate_test_report", report),
        failure(500, "unsupported operation")
    );
}

#[test]
fn pages_of_other_programs_can_not_drive() {
    let driver = Driver::session();
    let send =
        |headers: &[(&str, &str)]| driver.send_raw("POST", "/session/x/url", headers, Some(json!({}))).0;
    assert_eq!(send(&[("Origin", "https://evil.example")]), 500);
    assert_eq!(send(&[("Host", "evil.example")]), 500);
    assert_eq!(send(&[("Content-Type", "text/plain")]), 500);
    // What comes from elsewhere is a matter of the session alone.
    assert_eq!(send(&[("Host", "localhost:1")]), 400);
}

#[test]
fn navigation_waits_for_load_and_knows_its_history() {
    let server = site(&[
        ("/", "<title> One  page </title><script src=late.js></script>"),
        ("/late.js", "addEventListener('load', () => { window.wasLoaded = true })"),
        ("/two", "<title>two</title>"),
    ]);
    let driver = Driver::session();
    assert_eq!(driver.ok("GET", "url", None), "about:blank");
    driver.navigate(&server.url("/"));
    assert_eq!(driver.ok("GET", "title", None), "One page");
    assert_eq!(driver.execute("return window.wasLoaded", json!([])), true);
    driver.navigate(&server.url("/two"));
    assert_eq!(driver.ok("GET", "url", None), server.url("/two"));
    driver.ok("POST", "back", Some(json!({})));
    assert_eq!(driver.ok("GET", "title", None), "One page");
    driver.ok("POST", "forward", Some(json!({})));
    driver.ok("POST", "forward", Some(json!({})));
    assert_eq!(driver.ok("GET", "title", None), "two");
    driver.execute("document.title = 'changed'", json!([]));
    driver.ok("POST", "refresh", Some(json!({})));
    assert_eq!(driver.ok("GET", "title", None), "two");
    // A page that says 404 is a page.
    driver.navigate(&server.url("/missing"));
    let source = driver.ok("GET", "source", None);
    assert_eq!(source, "<html><head></head><body><p>gone</p></body></html>");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nowhere = Some(json!({ "url": format!("http://localhost:{closed}/") }));
    assert_eq!(driver.error("POST", "url", nowhere), failure(500, "unknown error"));
    for bad in ["nonsense", "ftp://localhost/"] {
        assert_eq!(
            driver.error("POST", "url", Some(json!({ "url": bad }))),
            failure(400, "invalid argument")
        );
    }
}

#[test]
fn a_page_that_takes_too_long_to_load_is_a_timeout() {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let server = Server::start(move |request, stream| {
        if !respond_file(request, stream, &[("/", "<script src=/never.js></script>")]) {
            let _ = held.lock().expect("one at a time").recv();
        }
    });
    let driver = Driver::session();
    driver.ok("POST", "timeouts", Some(json!({ "pageLoad": 300 })));
    assert_eq!(driver.error("POST", "url", Some(json!({ "url": server.url("/") }))), failure(500, "timeout"));
    drop(release);
}

#[test]
fn windows_are_pages_of_their_own() {
    let server = site(&[("/", "<title>first</title>")]);
    let driver = Driver::session();
    driver.navigate(&server.url("/"));
    let first = driver.ok("GET", "window", None);
    let second = driver.ok("POST", "window/new", Some(json!({ "type": "tab" })))["handle"].clone();
    assert_eq!(driver.ok("GET", "window/handles", None), json!([first, second]));
    assert_eq!(driver.ok("GET", "window", None), first);
    driver.ok("POST", "window", Some(json!({ "handle": second })));
    assert_eq!(driver.ok("GET", "url", None), "about:blank");
    let reference = driver.execute("return [window, {w: window}]", json!([]));
    assert_eq!(reference[0]["window-fcc6-11e5-b4f8-330a88ab9d7f"], second);
    assert_eq!(driver.ok("DELETE", "window", None), json!([first]));
    assert_eq!(driver.error("GET", "title", None), failure(404, "no such window"));
    assert_eq!(
        driver.error("POST", "window", Some(json!({ "handle": second }))),
        failure(404, "no such window")
    );
    driver.ok("POST", "window", Some(json!({ "handle": first })));
    assert_eq!(driver.ok("GET", "title", None), "first");
    // With the last window the session ends.
    assert_eq!(driver.ok("DELETE", "window", None), json!([]));
    assert_eq!(driver.error("GET", "window", None), failure(404, "invalid session id"));
}

#[test]
fn scripts_take_and_give_json_and_elements() {
    let server = site(&[("/", "<p id=a>text</p>")]);
    let driver = Driver::session();
    driver.navigate(&server.url("/"));
    let values = json!([null, true, 1, 1.5, "text \u{1F600}", [1, [2]], { "a": { "b": "c" } }]);
    assert_eq!(driver.execute("return arguments[0]", json!([values])), values);
    assert_eq!(
        driver.execute("return [undefined, NaN, -0, (() => 1), {toJSON: () => ({x: 1})}]", json!([])),
        json!([null, null, 0, {}, { "x": 1 }])
    );
    assert_eq!(driver.execute("return Promise.resolve(7)", json!([])), 7);
    assert_eq!(driver.execute("return (function () { return arguments })(1, 2)", json!([])), json!([1, 2]));
    assert_eq!(driver.execute_async("setTimeout(arguments[0], 0, 'later')"), "later");
    assert_eq!(driver.execute_async("return new Promise(resolve => resolve('returned'))"), "returned");
    let element = driver.execute("return document.getElementById('a')", json!([]));
    assert!(element[ELEMENT].is_string(), "{element}");
    assert_eq!(driver.execute("return arguments[0].x.textContent", json!([{ "x": element }])), "text");
    assert_eq!(driver.execute("return document.querySelectorAll('p')", json!([])), json!([element]));
    let fails = |script: &str| {
        let (status, value) =
            driver.command("POST", "execute/sync", Some(json!({ "script": script, "args": [] })));
        assert_eq!(status, 500, "{value}");
        (value["error"].as_str().unwrap().to_owned(), value["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(fails("throw new TypeError('no')"), ("javascript error".into(), "TypeError: no".into()));
    assert!(fails("return Promise.reject(new Error('later'))").1.contains("later"));
    assert!(fails("}; (").1.contains("SyntaxError"));
    assert!(fails("const a = []; a.push(a); return a").1.contains("cyclic"));
    assert_eq!(fails("return Symbol()").0, "javascript error");
    driver.ok("POST", "timeouts", Some(json!({ "script": 200 })));
    let never = Some(json!({ "script": "", "args": [] }));
    assert_eq!(driver.error("POST", "execute/async", never), failure(500, "script timeout"));
}

#[test]
fn elements_are_found_read_and_clicked() {
    let server = site(&[(
        "/",
        "<body><div id=d class='x y' data-n=1><a href=/two>a <b>link</b></a><script>var hidden</script></div>
         <p hidden>p</p><button onclick=\"this.clicked = event.isTrusted\">press</button></body>",
    )]);
    let driver = Driver::session();
    driver.navigate(&server.url("/"));
    let find = |using: &str, value: &str| {
        let found = driver.ok("POST", "element", Some(json!({ "using": using, "value": value })));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{found}")).to_owned()
    };
    let get = |element: &str, what: &str| driver.ok("GET", &format!("element/{element}/{what}"), None);
    let div = find("css selector", "body > #d.x:first-child");
    assert_eq!(get(&div, "name"), "div");
    assert_eq!(get(&div, "text"), "a link");
    assert_eq!(get(&div, "attribute/data-n"), "1");
    assert_eq!(get(&div, "attribute/none"), Value::Null);
    assert_eq!(get(&div, "property/className"), "x y");
    assert_eq!(get(&find("css selector", "p"), "attribute/hidden"), "true");
    assert_eq!(get(&find("link text", "a link"), "name"), "a");
    assert_eq!(get(&find("partial link text", "link"), "name"), "a");
    let inside = Some(json!({ "using": "tag name", "value": "b" }));
    assert_eq!(
        driver.ok("POST", &format!("element/{div}/elements"), inside).as_array().map(Vec::len),
        Some(1)
    );
    let none = Some(json!({ "using": "css selector", "value": "i" }));
    assert_eq!(driver.error("POST", "element", none.clone()), failure(404, "no such element"));
    assert_eq!(driver.ok("POST", "elements", none), json!([]));
    let bad = Some(json!({ "using": "css selector", "value": "][" }));
    assert_eq!(driver.error("POST", "element", bad), failure(400, "invalid selector"));
    let button = find("tag name", "button");
    driver.ok("POST", &format!("element/{button}/click"), Some(json!({})));
    assert_eq!(get(&button, "property/clicked"), true);
    // The same as actions.
    driver.execute("document.querySelector('button').clicked = 'no'", json!([]));
    let steps = json!([
        { "type": "pointerMove", "x": 0, "y": 0, "origin": { ELEMENT: button } },
        { "type": "pointerDown", "button": 0 },
        { "type": "pointerUp", "button": 0 },
    ]);
    driver.ok(
        "POST",
        "actions",
        Some(json!({ "actions": [{ "type": "pointer", "id": "p", "actions": steps }] })),
    );
    assert_eq!(get(&button, "property/clicked"), true);
    driver.ok("DELETE", "actions", None);
    driver.execute("document.querySelector('button').remove()", json!([]));
    let click = format!("element/{button}/click");
    assert_eq!(driver.error("POST", &click, Some(json!({}))), failure(404, "stale element reference"));
    assert_eq!(driver.error("GET", "element/nonsense/text", None), failure(404, "no such element"));
    driver.navigate(&server.url("/"));
    assert_eq!(
        driver.error("GET", &format!("element/{div}/text"), None),
        failure(404, "stale element reference")
    );
}

#[test]
fn an_element_that_comes_late_is_waited_for() {
    let server = site(&[("/", "<body>")]);
    let driver = Driver::session();
    driver.navigate(&server.url("/"));
    driver.ok("POST", "timeouts", Some(json!({ "implicit": 20000 })));
    driver.execute("setTimeout(() => document.body.append(document.createElement('i')), 100)", json!([]));
    let late = Some(json!({ "using": "css selector", "value": "i" }));
    assert!(driver.ok("POST", "element", late)[ELEMENT].is_string());
}

const PAGE: &str = "<!doctype html><script>
const registered = (async () => {
  await navigator.serviceWorker.register('/worker.js');
  return navigator.serviceWorker.ready;
})();
const clicked = new Promise(resolve => {
  navigator.serviceWorker.addEventListener('message', event => resolve(event.data));
});
const start = async () => {
  const registration = await registered;
  return (await registration.backgroundFetch.fetch('an id/é', ['/held'])).id;
};
</script>";

const WORKER: &str = "oninstall = () => skipWaiting();
onbackgroundfetchclick = event => event.waitUntil((async () => {
  for (const client of await clients.matchAll({includeUncontrolled: true})) {
    client.postMessage(`clicked ${event.registration.id}`);
  }
})());";

#[test]
fn a_background_fetch_is_clicked_or_the_error_says_what_is_missing() {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let server = Server::start(move |request, stream| {
        let files = [("/", PAGE), ("/worker.js", WORKER), ("/plain", "<p>")];
        if !respond_file(request, stream, &files) {
            let _ = held.lock().expect("one at a time").recv();
        }
    });
    let driver = Driver::session();
    let click = "backgroundfetch/an%20id%2F%C3%A9/click";
    let pressed = || driver.error("POST", click, Some(json!({})));
    // No service worker is registered for the page.
    driver.navigate(&server.url("/plain"));
    assert_eq!(pressed(), failure(400, "invalid service worker state"));
    // One is, but has no such fetch.
    driver.navigate(&server.url("/"));
    driver.execute("return registered.then(() => true)", json!([]));
    assert_eq!(pressed(), failure(404, "background fetch not found"));
    // There is one.
    assert_eq!(driver.execute("return start()", json!([])), "an id/é");
    assert_eq!(driver.ok("POST", click, Some(json!({}))), Value::Null);
    assert_eq!(driver.execute("return clicked", json!([])), "clicked an id/é");
    // The window is closed.
    driver.ok("POST", "window/new", Some(json!({})));
    driver.ok("DELETE", "window", None);
    assert_eq!(pressed(), failure(404, "no such window"));
    drop(release);
}

#[test]
fn a_permission_is_set_for_the_origin_of_the_page() {
    let server = site(&[("/", PAGE), ("/worker.js", WORKER)]);
    let driver = Driver::session();
    driver.navigate(&server.url("/"));
    let denied = json!({ "descriptor": { "name": "background-fetch" }, "state": "denied" });
    driver.ok("POST", "permissions", Some(denied));
    let outcome = "return start().then(() => 'started', error => error.name)";
    assert_eq!(driver.execute(outcome, json!([])), "NotAllowedError");
    let granted = json!({ "descriptor": { "name": "background-fetch" }, "state": "granted" });
    driver.ok("POST", "permissions", Some(granted));
    assert_eq!(driver.execute(outcome, json!([])), "started");
}

#[test]
fn cookies_of_the_page_are_seen_set_and_deleted() {
    let server = Server::start(|_, stream| {
        respond(stream, "200 OK", &[("Content-Type", "text/html"), ("Set-Cookie", "a=1; HttpOnly")], b"<p>");
    });
    let driver = Driver::session();
    driver.navigate(&server.url("/x"));
    let cookie = driver.ok("GET", "cookie/a", None);
    assert_eq!(
        (&cookie["value"], &cookie["httpOnly"], &cookie["path"]),
        (&json!("1"), &json!(true), &json!("/"))
    );
    driver.ok(
        "POST",
        "cookie",
        Some(json!({ "cookie": { "name": "b", "value": "2", "sameSite": "Strict" } })),
    );
    assert_eq!(driver.execute("return document.cookie", json!([])), "b=2");
    assert_eq!(driver.ok("GET", "cookie", None).as_array().map(Vec::len), Some(2));
    let elsewhere = json!({ "cookie": { "name": "c", "value": "3", "domain": "other.example" } });
    assert_eq!(driver.error("POST", "cookie", Some(elsewhere)), failure(500, "unable to set cookie"));
    // Where it is not said, a cookie is for all paths; one for another path is no less refused or set.
    let add = |cookie: Value| driver.command("POST", "cookie", Some(json!({ "cookie": cookie }))).0;
    driver.navigate(&server.url("/deep/down/x"));
    assert_eq!(add(json!({ "name": "d", "value": "4" })), 200);
    assert_eq!(driver.ok("GET", "cookie/d", None)["path"], "/");
    assert_eq!(add(json!({ "name": "e", "value": "5", "path": "/other" })), 200);
    assert_eq!(driver.error("GET", "cookie/e", None), failure(404, "no such cookie"));
    for refused in [
        json!({ "name": "f", "value": "6", "path": "/other", "domain": "other.example" }),
        json!({ "name": "f", "value": "6", "path": "/", "secure": true }),
        json!({ "name": "f; Path=/x", "value": "6" }),
        json!({ "name": "f", "value": "6; Path=/x" }),
        json!({ "name": "f", "value": "6", "expiry": 1, "domain": "other.example" }),
    ] {
        assert_eq!(add(refused.clone()), 500, "{refused}");
    }
    assert_eq!(add(json!({ "name": "d", "value": "4", "expiry": 1 })), 200);
    assert_eq!(driver.error("GET", "cookie/d", None), failure(404, "no such cookie"));
    driver.execute("document.cookie = 'nameless'", json!([]));
    assert_eq!(driver.execute("return document.cookie", json!([])), "nameless; b=2");
    driver.navigate(&server.url("/x"));
    driver.ok("DELETE", "cookie/a", None);
    assert_eq!(driver.error("GET", "cookie/a", None), failure(404, "no such cookie"));
    driver.ok("DELETE", "cookie", None);
    assert_eq!(driver.ok("GET", "cookie", None), json!([]));
}

#[test]
fn it_ends_in_order_when_it_is_told_to() {
    let (begin, begun) = mpsc::channel();
    let begin = Mutex::new(begin);
    let server = Server::start(move |request, stream| {
        if !respond_file(request, stream, &[("/", "<p>")]) {
            begin.lock().expect("one at a time").send(()).expect("the test waits");
        }
    });
    let mut driver = Driver::session();
    driver.navigate(&server.url("/"));
    // While a command is under way: its script has begun, and never calls back.
    let (address, session) = (driver.address.clone(), driver.session.clone());
    let waiting = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(&address).expect("it listens");
        let body = json!({ "script": "fetch('/begun')", "args": [] }).to_string();
        let head = format!(
            "POST /session/{session}/execute/async HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        // Whatever comes, it does not take for ever.
        let _ = stream.read(&mut [0; 100]);
    });
    begun.recv().expect("the script runs");
    let pid = driver.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(driver.child.wait().unwrap().code(), Some(0));
    waiting.join().unwrap();
}

/// A command that is sent, and whose answer is not waited for.
fn begin(driver: &Driver, path: &str, body: &Value) -> TcpStream {
    let mut stream = TcpStream::connect(&driver.address).expect("it listens");
    let body = body.to_string();
    let head = format!(
        "POST /session/{}/{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        driver.session,
        driver.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("it reads");
    stream
}

#[test]
fn a_page_that_is_stuck_is_a_timeout_and_does_not_keep_its_session() {
    let (begin_script, begun) = mpsc::channel();
    let begin_script = Mutex::new(begin_script);
    let server = Server::start(move |request, stream| {
        if !respond_file(request, stream, &[("/", "<p>")]) {
            respond(stream, "204 No Content", &[], b"");
            begin_script.lock().expect("one at a time").send(()).expect("the test waits");
        }
    });
    let mut driver = Driver::session();
    driver.navigate(&server.url("/"));
    driver.ok("POST", "timeouts", Some(json!({ "script": 100 })));
    let stuck = json!({
        "script": "const x = new XMLHttpRequest(); x.open('GET', '/begun', false); x.send(); for (;;);", "args": []
    });
    assert_eq!(driver.error("POST", "execute/sync", Some(stuck.clone())), failure(500, "script timeout"));
    assert_eq!(driver.error("GET", "title", None), failure(500, "timeout"));
    // Another page takes its place.
    driver.navigate(&server.url("/"));
    assert_eq!(driver.execute("return 1", json!([])), 1);
    driver.ok("POST", "timeouts", Some(json!({ "script": null })));
    begun.recv().expect("the first one ran");
    // One that is stuck for ever, and one that waits for it.
    let mut first = begin(&driver, "execute/sync", &stuck);
    begun.recv().expect("the second one runs");
    let mut second = begin(&driver, "execute/sync", &json!({ "script": "return 2", "args": [] }));
    driver.ok("DELETE", "", None);
    for stream in [&mut first, &mut second] {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.contains("invalid session id"), "{answer}");
    }
    let (status, value) = driver.send("POST", "/session", Some(json!({ "capabilities": {} })));
    assert_eq!(status, 200, "{value}");
    driver.session = value["sessionId"].as_str().expect("an id").to_owned();
    driver.navigate(&server.url("/"));
}

#[test]
fn frames_are_switched_to_and_left() {
    let server = site(&[
        ("/", "<title>top</title><p>top</p><iframe src=/a></iframe><iframe srcdoc='<p id=b>b</p>'></iframe>"),
        ("/a", "<p id=a>a</p><iframe src=/c></iframe>"),
        ("/c", "<p id=c>c</p>"),
    ]);
    let driver = Driver::session();
    driver.navigate(&server.url("/"));
    let find = |selector: &str| {
        driver.command("POST", "element", Some(json!({ "using": "css selector", "value": selector })))
    };
    let text = || driver.execute("return document.querySelector('p').textContent", json!([]));
    let switch = |id: Value| driver.command("POST", "frame", Some(json!({ "id": id })));
    let (_, paragraph) = find("p");
    assert_eq!(switch(json!(0)), (200, Value::Null));
    assert_eq!(text(), "a");
    // What is of the window stays so; elements are those of the frame.
    assert_eq!(driver.ok("GET", "title", None), "top");
    assert_eq!(driver.ok("GET", "url", None), server.url("/"));
    let (status, value) =
        driver.command("GET", &format!("element/{}/text", paragraph[ELEMENT].as_str().unwrap()), None);
    assert_eq!((status, value["error"].as_str()), (404, Some("no such element")));
    let (_, inner) = find("iframe");
    assert_eq!(switch(inner).0, 200);
    assert_eq!(text(), "c");
    driver.ok("POST", "frame/parent", Some(json!({})));
    assert_eq!(text(), "a");
    driver.ok("POST", "frame/parent", Some(json!({})));
    assert_eq!(text(), "top");
    driver.ok("POST", "frame/parent", Some(json!({})));
    assert_eq!(text(), "top");
    assert_eq!(switch(json!(1)).0, 200);
    assert_eq!(text(), "b");
    assert_eq!(switch(Value::Null).0, 200);
    assert_eq!(text(), "top");
    for (id, error) in [(json!(2), "no such frame"), (paragraph, "no such frame")] {
        let (status, value) = switch(id);
        assert_eq!((status, value["error"].as_str()), (404, Some(error)));
    }
    // A frame that is gone.
    assert_eq!(switch(json!(0)).0, 200);
    driver.execute("frameElement.remove()", json!([]));
    assert_eq!(
        driver.error("POST", "execute/sync", Some(json!({ "script": "", "args": [] }))),
        failure(404, "no such window")
    );
    assert_eq!(switch(Value::Null).0, 200);
    assert_eq!(text(), "top");
    // A navigation leads to the top.
    assert_eq!(switch(json!(0)).0, 200);
    driver.navigate(&server.url("/a"));
    assert_eq!(text(), "a");
}
