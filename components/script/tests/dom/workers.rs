//! Dedicated workers.

use std::time::Duration;

use script::embedder::{AgentKind, ErrorKind, Options};

use crate::support::{FakeResponse, Page, Setup};

/// A page whose `worker.js` is this.
fn page_with_worker(source: &str) -> Page {
    let page = Page::open();
    page.serve_script("worker.js", source);
    page
}

#[test]
fn messages_go_to_a_worker_and_back() {
    let page = page_with_worker(
        "onmessage = ({ data, origin, source, ports, target }) =>
            postMessage([data, origin === '', source, ports.length, target === self]);",
    );
    page.run(
        "const worker = new Worker('worker.js');
         worker.onmessage = ({ data, origin, source, target }) =>
            console.log(JSON.stringify(data), origin === '', source, target === worker);
         worker.postMessage({ early: 1 });",
    );
    assert_eq!(page.console(), [r#"[{"early":1},true,null,0,true] true null true"#]);
    // An idle worker listens on.
    page.run("worker.postMessage('late')");
    assert_eq!(page.console(), [r#"["late",true,null,0,true] true null true"#]);
}

#[test]
fn a_worker_s_global_is_what_the_standard_says() {
    let page = Page::open();
    page.serve_script(
        "worker.js?query",
        "postMessage([
            self instanceof DedicatedWorkerGlobalScope, self instanceof WorkerGlobalScope, self === globalThis, name,
            String(location), location.origin, origin, isSecureContext, typeof importScripts, typeof window,
            typeof document, typeof Worker, typeof SharedWorker, typeof MessageChannel, navigator.userAgent.length > 0,
            Object.prototype.toString.call(self), typeof ServiceWorkerContainer, navigator.serviceWorker.constructor.name,
         ].join());",
    );
    page.run("new Worker('worker.js?query#hash', { name: 'its name' }).onmessage = ({ data }) => console.log(data);");
    assert_eq!(
        page.console(),
        [
            "true,true,true,its name,https://page.test/worker.js?query#hash,https://page.test,https://page.test,true,\
          function,undefined,undefined,function,undefined,function,true,[object DedicatedWorkerGlobalScope],function,\
          ServiceWorkerContainer"
        ]
    );
    assert!(page.error("new Worker('https://:0/')").starts_with("SyntaxError: "));
    assert!(page.error("Worker('worker.js')").starts_with("TypeError: "));
}

#[test]
fn what_a_worker_does_not_catch_is_its_owner_s() {
    let page = page_with_worker("onmessage = ({ data }) => { throw new RangeError(data) }");
    page.run(
        "const worker = new Worker('worker.js');
         worker.onerror = event => {
            const { message, filename, lineno, error, cancelable, bubbles } = event;
            console.log(message, filename, lineno, error, cancelable, bubbles, event instanceof ErrorEvent);
            if (message.includes('handled')) event.preventDefault();
         };
         onerror = (message, filename, line, column, error) => { console.log('window', message, error); return true };
         worker.postMessage('handled');
         worker.postMessage('not')",
    );
    assert_eq!(
        page.console(),
        [
            "RangeError: handled https://page.test/worker.js 1 null true false true",
            "RangeError: not https://page.test/worker.js 1 null true false true",
            "window RangeError: not null"
        ]
    );
    page.start("onerror = null; worker.onerror = null; worker.postMessage('reported')");
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].kind, ErrorKind::Exception);
    assert_eq!((&*errors[0].message, errors[0].line), ("RangeError: reported", 1));
    // In the worker itself.
    page.serve_script(
        "own.js",
        "onerror = message => { postMessage(message); return true }; throw new Error('own')",
    );
    page.run("new Worker('own.js').onmessage = ({ data }) => console.log(data)");
    assert_eq!(page.console(), ["Error: own"]);
}

#[test]
fn a_worker_without_a_script_fires_error_and_ends() {
    let page = Page::open();
    page.serve_script("unparsable.js", "this is no script");
    page.network.serve("https://page.test/text.js", FakeResponse::new("text/plain", "postMessage(1)"));
    let missing = FakeResponse { status: 404, ..FakeResponse::new("text/javascript", "postMessage(1)") };
    page.network.serve("https://page.test/missing.js", missing);
    for script in ["unparsable.js", "text.js", "missing.js", "unreachable.js"] {
        page.start(&format!(
            "{{ const worker = new Worker('{script}');
               worker.onmessage = () => console.log('no');
               worker.onerror = event => console.log(event.constructor.name, event.target === worker, event.cancelable); }}"
        ));
        let errors = page.errors();
        assert_eq!(errors.len(), 1, "{script}");
        assert!(errors[0].to_string().contains(script), "{}", errors[0]);
        assert_eq!(page.console(), ["Event true false"], "{script}");
        assert!(page.ended(AgentKind::DedicatedWorker).url.as_str().ends_with(script));
    }
}

#[test]
fn terminate_ends_a_script_that_never_returns() {
    let page = page_with_worker("postMessage('begun'); for (;;) {}");
    page.run(
        "const worker = new Worker('worker.js');
         worker.onmessage = ({ data }) => { console.log(data); worker.terminate(); worker.postMessage('nobody') };",
    );
    assert_eq!(page.console(), ["begun"]);
    page.ended(AgentKind::DedicatedWorker);
}

#[test]
fn what_a_worker_sent_before_it_was_terminated_is_dropped() {
    let page = page_with_worker("for (let i = 0; i < 100; i++) postMessage(i)");
    page.run(
        "const worker = new Worker('worker.js');
         worker.onmessage = ({ data }) => { console.log(data); worker.terminate() };",
    );
    page.ended(AgentKind::DedicatedWorker);
    assert_eq!(page.console(), ["0"]);
}

#[test]
fn close_lets_the_script_run_to_its_end_and_nothing_after_it() {
    let page = page_with_worker(
        "onmessage = ({ data }) => postMessage(`got ${data}`);
         setTimeout(() => postMessage('timer'));
         close();
         const until = Date.now() + 20;
         while (Date.now() < until) ;
         importScripts('imported.js');
         postMessage('last words');",
    );
    page.serve_script("imported.js", "postMessage('imported');");
    page.run(
        "const worker = new Worker('worker.js');
         worker.onmessage = ({ data }) => console.log(data);
         worker.postMessage('too late');",
    );
    page.ended(AgentKind::DedicatedWorker);
    assert_eq!(page.console(), ["imported", "last words"]);
}

#[test]
fn a_script_that_runs_too_long_is_ended_and_its_worker_lives_on() {
    let options = Options { script_time_limit: Some(Duration::from_millis(100)), ..Options::default() };
    let page = Page::with(Setup { options, ..Setup::default() });
    page.serve_script(
        "worker.js",
        "onmessage = ({ data }) => { if (data) for (;;) {} postMessage('alive') }",
    );
    page.start(
        "const worker = new Worker('worker.js');
         worker.onmessage = ({ data }) => console.log(data);
         worker.postMessage(true); worker.postMessage(false)",
    );
    let errors = page.errors();
    assert_eq!(errors[0].kind, ErrorKind::TimeLimit);
    assert_eq!(page.console(), ["alive"]);
}

#[test]
fn a_page_is_idle_when_its_workers_are() {
    let page = page_with_worker(
        "onmessage = async ({ data }) => {
            for (let i = 0; i < 20; i++) await new Promise(done => setTimeout(done, 1));
            const response = await fetch('data.txt');
            console.log(await response.text());
         };",
    );
    page.network.serve("https://page.test/data.txt", FakeResponse::new("text/plain", "worked"));
    page.run("const worker = new Worker('worker.js'); worker.postMessage('')");
    // Quiet means that the worker has done all of it.
    assert_eq!(page.console(), ["worked"]);
    assert!(page.handle().is_idle());
}

#[test]
fn workers_have_workers_and_end_them_first() {
    let page = page_with_worker(
        "const inner = new Worker('inner.js');
         inner.onmessage = ({ data }) => postMessage(`through ${data}`);
         onmessage = () => close();",
    );
    page.serve_script(
        "inner.js",
        "postMessage(`inner of ${location.pathname}`); setInterval(() => {}, 1000)",
    );
    page.start("const worker = new Worker('worker.js'); worker.onmessage = ({ data }) => console.log(data)");
    assert_eq!(page.next_line(), "through inner of /inner.js");
    page.start_now("worker.postMessage('end')");
    assert_eq!(page.ended(AgentKind::DedicatedWorker).url.path(), "/inner.js");
    assert_eq!(page.ended(AgentKind::DedicatedWorker).url.path(), "/worker.js");
}

#[test]
fn an_error_in_a_worker_s_worker_comes_up_to_the_page() {
    let page = page_with_worker("new Worker('inner.js')");
    page.serve_script("inner.js", "throw new Error('from below')");
    page.start("onerror = message => { console.log(message); return true }; new Worker('worker.js')");
    assert_eq!(page.console(), ["Error: from below"]);
}

#[test]
fn a_worker_ends_with_its_page() {
    let page = page_with_worker("console.log('runs'); for (;;) {}");
    let other = page.open_another("https://page.test/other");
    other.evaluate("new Worker('worker.js')".into(), |_| {});
    assert_eq!(page.next_line(), "runs");
    other.close();
    page.ended(AgentKind::DedicatedWorker);
    assert_eq!(page.ended(AgentKind::Page).url.path(), "/other");
}

#[test]
fn a_worker_that_nobody_knows_ends_when_it_has_nothing_to_do() {
    let page = page_with_worker(
        "let left = 3;
         const timer = setInterval(() => { postMessage(left); if (!--left) clearInterval(timer) }, 5);",
    );
    page.run("new Worker('worker.js').onmessage = ({ data }) => console.log(data)");
    // It is heard for as long as it works, though nobody has the object.
    assert_eq!(page.console(), ["3", "2", "1"]);
    page.start(
        "const collect = setInterval(() => { for (let i = 0; i < 20; i++) new ArrayBuffer(1 << 20) }, 1);",
    );
    page.ended(AgentKind::DedicatedWorker);
    page.start_now("clearInterval(collect)");
}

#[test]
fn a_worker_that_others_can_reach_lives_on_without_its_object() {
    let page = page_with_worker(
        "new BroadcastChannel('questions').onmessage = ({ data }) => console.log(`asked ${data}`);
         onmessage = ({ ports: [port] }) => port.onmessage = ({ data }) => console.log(`sent ${data}`);",
    );
    page.run(
        "const { port1, port2 } = new MessageChannel();
         new Worker('worker.js').postMessage('', [port2]);",
    );
    for _ in 0..4 {
        page.run("for (let i = 0; i < 400; i++) new ArrayBuffer(1 << 20);");
    }
    page.run("port1.postMessage('by port'); new BroadcastChannel('questions').postMessage('by channel')");
    let mut lines = page.console();
    lines.sort();
    assert_eq!(lines, ["asked by channel", "sent by port"]);
}

#[test]
fn scripts_are_imported_in_order_while_the_worker_waits() {
    let page = page_with_worker(
        "importScripts('one.js', 'https://page.test/two.js');
         importScripts();
         const outcome = (...urls) => { try { importScripts(...urls); return 'none' } catch (e) { return `${e.name}` } };
         postMessage([steps.join(), outcome('missing.js'), outcome('text.js'), outcome('one.js', 'https://:0/'),
            steps.join(), outcome('throws.js'), outcome('unparsable.js'), steps.join()].join('; '));",
    );
    page.serve_script("one.js", "var steps = ['one'];");
    page.serve_script("two.js", "steps.push('two');");
    page.serve_script("throws.js", "steps.push('throws'); throw new URIError('mine')");
    page.serve_script("unparsable.js", "no script");
    page.network.serve("https://page.test/text.js", FakeResponse::new("text/plain", "steps.push('text')"));
    page.run("new Worker('worker.js').onmessage = ({ data }) => console.log(data)");
    assert_eq!(
        page.console(),
        ["one,two; NetworkError; NetworkError; SyntaxError; one,two; URIError; SyntaxError; one,two,throws"]
    );
}

#[test]
fn a_worker_s_requests_are_made_by_the_rules_of_its_own_response() {
    let page = Page::html("<meta http-equiv=Content-Security-Policy content=\"connect-src 'self'\">");
    let mut response = FakeResponse::new("text/javascript", "fetch('one.txt').then(() => {}, () => {})");
    response.headers.push(("Content-Security-Policy".into(), "connect-src https://allowed.test".into()));
    response.headers.push(("Referrer-Policy".into(), "no-referrer".into()));
    page.network.serve("https://page.test/sub/worker.js", response);
    let local = "data:text/javascript,fetch('https://page.test/two.txt').then(()=>{},()=>{})";
    page.network.serve(local, FakeResponse::new("text/javascript", &local["data:text/javascript,".len()..]));
    page.run(&format!("new Worker('sub/worker.js'); new Worker(`{local}`)"));
    let requests = page.network.requests();
    let of = |end: &str| {
        requests.iter().find(|request| request.url().path().ends_with(end)).expect("it was asked for")
    };
    let csp = |end: &str| of(end).policy_container.csp_list.0[0].serialized.trim().to_owned();
    // The script is asked for by the page,
    let script = of("/sub/worker.js");
    assert_eq!((script.destination.as_str(), script.mode.as_str()), ("worker", "same-origin"));
    assert_eq!(script.credentials.as_str(), "same-origin");
    assert_eq!(script.client.as_ref().expect("a client").creation_url.as_str(), "https://page.test/");
    assert_eq!(csp("/sub/worker.js"), "connect-src 'self'");
    // what it asks for by itself.
    assert_eq!(csp("/sub/one.txt"), "connect-src https://allowed.test");
    assert_eq!(of("/sub/one.txt").policy_container.referrer_policy.as_str(), "no-referrer");
    assert_eq!(
        of("/sub/one.txt").client.as_ref().expect("a client").creation_url.as_str(),
        "https://page.test/sub/worker.js"
    );
    // A data: URL has its owner's policies, but an origin of its own.
    assert_eq!(csp("/two.txt"), "connect-src 'self'");
    assert!(of("/two.txt").origin.is_opaque());
    assert!(of("/two.txt").client.as_ref().expect("a client").is_secure_context);
}

#[test]
fn a_worker_is_as_secure_as_its_page() {
    let page = Page::with(Setup { url: "http://page.test/".into(), ..Setup::default() });
    let script = FakeResponse::new(
        "text/javascript",
        "postMessage([isSecureContext, typeof ServiceWorkerContainer, 'serviceWorker' in navigator].join())",
    );
    page.network.serve("http://page.test/worker.js", script);
    page.run("new Worker('worker.js').onmessage = ({ data }) => console.log(data)");
    assert_eq!(page.console(), ["false,undefined,false"]);
}

#[test]
fn ports_and_buffers_move_between_workers() {
    let page = page_with_worker(
        "onmessage = ({ data, ports: [port] }) => {
            port.onmessage = ({ data }) => { console.log(name, data.byteLength); port.onclose = () => console.log(name, 'closed') };
            if (data) { const buffer = new ArrayBuffer(8); port.postMessage(buffer, [buffer]); console.log(name, buffer.byteLength) }
         };",
    );
    page.run(
        "const { port1, port2 } = new MessageChannel();
         const one = new Worker('worker.js', { name: 'one' }), two = new Worker('worker.js', { name: 'two' });
         two.postMessage(false, [port2]);
         one.postMessage(true, [port1]);",
    );
    let mut lines = page.console();
    lines.sort();
    assert_eq!(lines, ["one 0", "two 8"]);
    // With the worker its ports go.
    page.run("one.terminate()");
    page.ended(AgentKind::DedicatedWorker);
    assert_eq!(page.console(), ["two closed"]);
}

#[test]
fn a_module_worker_runs_once_what_it_imports_is_there() {
    let page = page_with_worker(
        "import { b } from './b.js';
        import * as own from './worker.js';
        export const a = 'a';
        let failure;
        try { importScripts('b.js'); } catch (error) { failure = error.name; }
        const { c } = await import('./c.js');
        postMessage([b, own.a, c, failure, import.meta.url, typeof this].join());
        onmessage = ({ data }) => postMessage(data);",
    );
    page.serve_script("b.js", "export const b = 'b'");
    page.serve_script("c.js", "export const c = 'c'");
    page.run(
        "const worker = new Worker('worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => console.log(data);
        worker.onerror = event => console.log('error', event.message);",
    );
    assert_eq!(page.console(), ["b,a,c,TypeError,https://page.test/worker.js,undefined"]);
    page.run("worker.postMessage('again')");
    assert_eq!(page.console(), ["again"]);
    let urls = page.network.urls();
    assert_eq!(urls.iter().filter(|url| url.ends_with("/worker.js")).count(), 1, "{urls:?}");
}

#[test]
fn a_module_worker_without_all_of_its_modules_never_runs() {
    let page = page_with_worker("import './none.js'; postMessage('never')");
    page.serve_script("syntax.js", "let let");
    for script in ["worker.js", "syntax.js"] {
        page.start(&format!(
            "var worker = new Worker('{script}', {{ type: 'module' }});
            worker.onmessage = () => console.log('never');
            worker.onerror = event => console.log('error', event.constructor.name);"
        ));
        assert_eq!(page.console_despite_errors(), ["error Event"], "{script}");
    }
}
