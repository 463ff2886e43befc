//! Shared workers.

use script::embedder::AgentKind;

use crate::support::{FakeResponse, Page};

const COUNTER: &str = "let count = 0;
    onconnect = event => {
        const [port] = event.ports;
        port.postMessage([++count, name, event.data === '', event.source === port, event.origin === ''].join());
        port.onmessage = ({ data }) => { if (data === 'close') close(); else port.postMessage(`echo ${data}`) };
    };";

fn page_with_counter() -> Page {
    let page = Page::open();
    page.serve_script("worker.js", COUNTER);
    page.run(
        "const connect = (...args) => {
            const worker = new SharedWorker(...args);
            worker.port.onmessage = ({ data }) => console.log(data);
            worker.onerror = ({ constructor }) => console.log(`failed: ${constructor.name}`);
            return worker;
         };",
    );
    page
}

#[test]
fn objects_of_one_url_and_name_share_a_worker() {
    let page = page_with_counter();
    page.run("const one = connect('worker.js', 'a name'); one.port.postMessage('hello')");
    assert_eq!(page.console(), ["1,a name,true,true,true", "echo hello"]);
    page.run("connect('worker.js', { name: 'a name' })");
    assert_eq!(page.console(), ["2,a name,true,true,true"]);
    page.run("connect('worker.js')");
    assert_eq!(page.console(), ["1,,true,true,true"]);
    page.serve_script("worker.js?other", COUNTER);
    page.run("connect('worker.js?other', 'a name')");
    assert_eq!(page.console(), ["1,a name,true,true,true"]);
}

#[test]
fn the_global_of_a_shared_worker_is_what_the_standard_says() {
    let page = page_with_counter();
    page.serve_script(
        "global.js",
        "onconnect = ({ ports: [port] }) => port.postMessage([
            self instanceof SharedWorkerGlobalScope, typeof postMessage, typeof DedicatedWorkerGlobalScope, typeof Worker,
            typeof SharedWorker, String(location), isSecureContext, Object.prototype.toString.call(self),
         ].join());",
    );
    page.run("connect('global.js')");
    assert_eq!(
        page.console(),
        ["true,undefined,undefined,function,undefined,https://page.test/global.js,true,\
          [object SharedWorkerGlobalScope]"]
    );
}

#[test]
fn pages_of_one_origin_share_and_others_do_not() {
    let page = page_with_counter();
    page.run("connect('worker.js')");
    assert_eq!(page.console(), ["1,,true,true,true"]);
    let script =
        "new SharedWorker('https://page.test/worker.js').port.onmessage = ({ data }) => console.log(data)";
    page.open_another("https://page.test/other").evaluate(script.into(), |_| {});
    assert_eq!(page.next_line(), "2,,true,true,true");
    // The network of these tests does not hold the mode "same-origin", which would forbid this.
    page.open_another("https://other.test/").evaluate(script.into(), |_| {});
    assert_eq!(page.next_line(), "1,,true,true,true");
}

#[test]
fn a_shared_worker_ends_with_its_last_page() {
    let page = page_with_counter();
    let script =
        "new SharedWorker('https://page.test/worker.js').port.onmessage = ({ data }) => console.log(data)";
    let one = page.open_another("https://page.test/one");
    one.evaluate(script.into(), |_| {});
    assert_eq!(page.next_line(), "1,,true,true,true");
    let two = page.open_another("https://page.test/two");
    two.evaluate(script.into(), |_| {});
    assert_eq!(page.next_line(), "2,,true,true,true");
    one.close();
    assert_eq!(page.ended(AgentKind::Page).url.path(), "/one");
    page.run("connect('worker.js')");
    assert_eq!(page.console(), ["3,,true,true,true"]);
    page.run("connect('worker.js').port.postMessage('close')");
    page.ended(AgentKind::SharedWorker);
    two.close();
    page.ended(AgentKind::Page);
}

#[test]
fn a_worker_that_closed_is_not_found_any_more() {
    let page = page_with_counter();
    page.run("connect('worker.js').port.postMessage('close')");
    page.ended(AgentKind::SharedWorker);
    page.console();
    page.run("connect('worker.js')");
    assert_eq!(page.console(), ["1,,true,true,true"]);
}

#[test]
fn other_options_than_those_of_the_running_worker_fail() {
    let page = page_with_counter();
    page.run(
        "connect('worker.js', { credentials: 'omit' }); connect('worker.js', { credentials: 'include' })",
    );
    let mut lines = page.console();
    lines.sort();
    assert_eq!(lines, ["1,,true,true,true", "failed: Event"]);
    assert!(page.error("new SharedWorker('https://:0/')").starts_with("SyntaxError: "));
}

#[test]
fn all_objects_are_told_of_a_script_that_can_not_be_had() {
    let page = page_with_counter();
    let body = page
        .network
        .serve_pieces_of("https://page.test/unparsable.js", FakeResponse::new("text/javascript", ""));
    page.start("connect('unparsable.js'); connect('unparsable.js')");
    body.send(Ok("this is no script")).expect("the script is loading");
    drop(body);
    assert_eq!(page.errors().len(), 1);
    assert_eq!(page.console(), ["failed: Event", "failed: Event"]);
    page.ended(AgentKind::SharedWorker);
    page.network.serve("https://page.test/text.js", FakeResponse::new("text/plain", ""));
    for script in ["text.js", "missing.js"] {
        page.start(&format!("connect('{script}')"));
        let errors = page.errors();
        assert_eq!(errors.len(), 1, "{script}: {errors:?}");
        assert_eq!(page.console(), ["failed: Event"], "{script}");
        page.ended(AgentKind::SharedWorker);
    }
}

#[test]
fn an_exception_in_a_shared_worker_is_reported_and_nobody_s() {
    let page = page_with_counter();
    page.serve_script(
        "throws.js",
        "onconnect = ({ ports: [port] }) => port.postMessage('on'); throw new Error('mine')",
    );
    page.start("onerror = () => console.log('no'); connect('throws.js')");
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "Error: mine");
    assert_eq!(page.console(), ["on"]);
}

#[test]
fn a_page_is_not_idle_while_its_shared_worker_is_not() {
    let page = page_with_counter();
    page.serve_script(
        "busy.js",
        "onconnect = async () => {
            for (let i = 0; i < 20; i++) await new Promise(done => setTimeout(done, 1));
            console.log('done');
         };",
    );
    page.run("connect('busy.js')");
    assert_eq!(page.console(), ["done"]);
}

#[test]
fn a_shared_worker_of_a_frame_alone_ends_with_the_frame() {
    let page = page_with_counter();
    page.network.serve("https://page.test/frame", FakeResponse::new("text/html", ""));
    page.run(
        "frames_ = [1, 2].map(() => document.body.appendChild(document.createElement('iframe')));
         for (const { contentWindow } of frames_)
             new contentWindow.SharedWorker('worker.js').port.onmessage = ({ data }) => console.log(data);",
    );
    assert_eq!(page.console(), ["1,,true,true,true", "2,,true,true,true"]);
    page.run("frames_[0].remove(); connect('worker.js', { type: 'module' })");
    assert_eq!(page.console(), ["failed: Event"]);
    page.start("frames_[1].remove(); connect('worker.js', { type: 'module' })");
    assert_eq!(page.console(), ["1,,true,true,true"]);
}
