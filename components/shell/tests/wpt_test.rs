//! `ferry wpt-test`, with a harness that says what web-platform-tests' own says, in the same way.

mod common;

use common::*;
use serde_json::{Value, json};

/// The queue between a test and whoever drives it.
const QUEUE: &str = "
window.__wptrunner_testdriver_callback = null;
const queue = [];
window.__wptrunner_process_next_event = () => {
  const callback = window.__wptrunner_testdriver_callback;
  if (!callback || !queue.length) return;
  window.__wptrunner_testdriver_callback = null;
  const item = queue.shift();
  callback([window.__wptrunner_url, item.type, item.payload]);
};
const push = (type, payload) => { queue.push({type, payload}); __wptrunner_process_next_event() };
let last = 0;
const act = (action, more) => new Promise((resolve, reject) => {
  const id = last++;
  addEventListener('message', ({data}) => {
    if (data.cmd_id !== id) return;
    if (data.status === 'success') resolve(JSON.parse(data.message).result); else reject(data.message);
    __wptrunner_process_next_event();
  });
  push('action', {id, action, ...more});
});
const done = (...subtests) => push('complete', [0, null, null, subtests.map(s => [...s, null])]);
";

/// Runs a test whose script is `script`: exit status, standard output, standard error.
fn test(script: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let page = format!("<!doctype html><body><script>{QUEUE}</script><script>{script}</script>");
    let server = Server::start(move |request, stream| {
        if !respond_file(request, stream, &[("/test.html", &page), ("/plain.html", "<p>")]) {
            respond(stream, "404 Not Found", &[("Content-Type", "text/html")], b"no");
        }
    });
    let url = server.url("/test.html");
    run_on(&url, more)
}

fn run_on(url: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let output = ferry(&[&["wpt-test", url], more].concat()).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn results_are_readable() {
    let (status, stdout, stderr) =
        test("done(['one', 0, null], ['two', 1, 'assert: no\\nline two'], ['three', 3, null])", &[]);
    assert_eq!(status, Some(0), "{stderr}");
    let shown = "pass: one\nFAIL: two\n    assert: no\n    line two\nnot run: three\n1 passed, 2 failed\n";
    assert_eq!(stdout, shown);
}

#[test]
fn the_runner_gets_a_line_of_json() {
    let (status, stdout, _) = test("console.log('hello'); done(['one', 0, null])", &["--json"]);
    let result: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(status, Some(0));
    assert_eq!(result, json!({ "type": "wpt-result", "result": [0, null, null, [["one", 0, null, null]]] }));
}

/// What an action comes to, from inside of the test.
fn outcome(action: &str, more: &str) -> String {
    let script = format!(
        "act('{action}', {more}).then(value => 'did ' + JSON.stringify(value), error => 'failed ' + error)
           .then(text => done([text, 0, null]))"
    );
    let (status, stdout, stderr) = test(&script, &[]);
    assert_eq!(status, Some(0), "{stdout}{stderr}");
    stdout.lines().next().unwrap_or_default().trim_start_matches("pass: ").to_owned()
}

#[test]
fn actions_are_done_or_fail_clearly() {
    let permission = "{permission_params: {descriptor: {name: 'background-fetch'}, state: 'denied'}}";
    assert_eq!(outcome("set_permission", permission), "did null");
    let state = "{permission_params: {descriptor: {name: 'background-fetch'}, state: 'maybe'}}";
    assert!(outcome("set_permission", state).contains("no such state"));
    assert_eq!(outcome("delete_all_cookies", "{}"), "did null");
    assert!(outcome("generate_test_report", "{message: 'x'}").contains("no Reporting API"));
    assert!(outcome("set_window_rect", "{rect: {}}").contains("shows no windows"));
    assert!(outcome("delete_all_cookies", "{context: 'other'}").contains("no windows but the test's own"));
    assert!(outcome("levitate", "{}").contains("can't do `levitate`"));
}

#[test]
fn a_click_is_a_trusted_event_at_the_element() {
    let script = "const button = document.createElement('button');
        document.body.append(button);
        const seen = [];
        for (const type of ['mousedown', 'mouseup', 'click']) {
          button.addEventListener(type, e => seen.push(`${e.type} ${e.isTrusted} ${e instanceof MouseEvent} ${e.buttons}`));
        }
        const select = ':root > *|body:nth-child(2) > *|button:nth-child(3)';
        act('click', {selector: select})
          .then(() => act('action_sequence', {actions: [{type: 'pointer', id: 'p', actions: [
            {type: 'pointerMove', x: 0, y: 0, origin: {selector: 'button'}},
            {type: 'pointerDown', button: 0}, {type: 'pointerUp', button: 0}]}]}))
          .then(() => act('click', {selector: 'nav'})).catch(error => seen.push(error))
          .then(() => done([seen.join(), 0, null]))";
    let (status, stdout, stderr) = test(script, &[]);
    assert_eq!(status, Some(0), "{stderr}");
    let once = "mousedown true true 1,mouseup true true 0,click true true 0";
    let line = stdout.lines().next().unwrap();
    assert!(
        line.starts_with(&format!("pass: {once},{once},")) && line.contains("`nav` matches nothing"),
        "{line}"
    );
}

#[test]
fn a_script_that_never_returns_is_a_timeout_and_the_engine_goes_on() {
    let (status, stdout, stderr) = test("console.log('before'); for (;;) {}", &["--timeout=5"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("before") && stderr.contains("gave no result in 5s"), "{stderr}");
    assert_eq!(stdout, "");
    let (status, stdout, _) = test("for (;;) {}", &["--timeout=1", "--json"]);
    assert_eq!((status, stdout.trim()), (Some(1), r#"{"timeout":true,"type":"wpt-result"}"#));
}

#[test]
fn what_is_no_test_is_told_at_once() {
    let server = Server::start(|request, stream| {
        if !respond_file(request, stream, &[("/plain.html", "<p>")]) {
            respond(stream, "404 Not Found", &[("Content-Type", "text/html")], b"no");
        }
    });
    let (status, _, stderr) = run_on(&server.url("/plain.html"), &[]);
    assert!(status == Some(1) && stderr.contains("is it a test?"), "{stderr}");
    // The runner is told what to tell apart from a crash.
    let (_, stdout, _) = run_on(&server.url("/plain.html"), &["--json"]);
    let result: Value = serde_json::from_str(stdout.trim()).unwrap();
    assert!(result["error"].as_str().unwrap().contains("is it a test?"), "{stdout}");
    let (status, _, stderr) = run_on(&server.url("/missing.html"), &[]);
    assert!(status == Some(1) && stderr.contains("404") && stderr.contains("is it a test?"), "{stderr}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (status, _, stderr) = run_on(&format!("http://localhost:{closed}/x.html"), &[]);
    assert!(status == Some(1) && stderr.contains("could not be loaded"), "{stderr}");
    assert_eq!(run_on("nonsense", &[]).0, Some(2));
}
