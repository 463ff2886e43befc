//! The engine from its embedder's point of view, and what the runtime does for a page beyond its scripts.

use std::time::Duration;

use script::embedder::{ErrorKind, Options};

use crate::support::{FakeBody, FakeNetwork, FakeResponse, Page, Setup};

#[test]
fn a_script_that_runs_too_long_is_ended_and_the_page_lives_on() {
    let options = Options { script_time_limit: Some(Duration::from_millis(100)), ..Options::default() };
    let page = Page::with(Setup { options, ..Setup::default() });
    page.start("setTimeout(() => { try { for (;;) {} } finally { console.log('no') } }); setTimeout(() => console.log('on'))");
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].kind, ErrorKind::TimeLimit);
    assert_eq!(page.console(), ["on"]);
}

#[test]
fn a_script_in_a_document_that_never_returns_does_not_keep_the_rest_from_running() {
    let options = Options { script_time_limit: Some(Duration::from_millis(100)), ..Options::default() };
    let html = "<script>for (;;) {}</script><script>console.log('next')</script>".into();
    let page = Page::with(Setup { html, options, ..Setup::default() });
    assert_eq!(page.errors()[0].kind, ErrorKind::TimeLimit);
    // The rest of that task is ended with it.
    assert!(page.is_loaded());
}

#[test]
fn a_page_is_not_idle_while_something_is_on_its_way() {
    let network = std::sync::Arc::new(FakeNetwork::default());
    let body = network.serve_pieces("https://page.test/");
    let page = Page::with(Setup { network, ..Setup::default() });
    assert!(!page.handle().is_idle());
    body.send(Ok("<script>console.log('first')</script>")).expect("the page is loading");
    body.send(Ok("<script>console.log('second')</script>")).expect("the page is loading");
    drop(body);
    assert_eq!(page.console(), ["first", "second"]);
    assert!(page.is_loaded());
}

#[test]
fn a_document_that_is_cut_says_so_and_shows_what_came() {
    let network = std::sync::Arc::new(FakeNetwork::default());
    let body = network.serve_pieces("https://page.test/");
    let page = Page::with(Setup { network, ..Setup::default() });
    body.send(Ok("<p>came</p>")).expect("the page is loading");
    let cut = fetch::NetworkError::temporary(fetch::NetworkErrorKind::Cut, "the connection ended");
    body.send(Err(cut)).expect("the page is loading");
    drop(body);
    let errors = page.errors();
    assert_eq!(errors[0].kind, ErrorKind::Load);
    assert!(errors[0].message.contains("the connection ended"), "{}", errors[0].message);
    assert_eq!(page.eval("document.body.textContent"), "came");
}

#[test]
fn a_page_without_a_document_answers_that_it_has_none() {
    let network = std::sync::Arc::new(FakeNetwork::default());
    network.serve("https://page.test/", FakeResponse::of(FakeBody::Failure));
    let page = Page::with(Setup { network, ..Setup::default() });
    assert_eq!(page.errors().len(), 1);
    let (sender, receiver) = std::sync::mpsc::channel();
    page.handle().evaluate("1".into(), move |result| {
        let _ = sender.send(result);
    });
    let error = receiver.recv_timeout(Duration::from_secs(30)).expect("an answer").expect_err("no document");
    assert_eq!(error.message, "the page has no document");
}

#[test]
fn webassembly_is_compiled_off_the_thread_and_comes_back() {
    let page = Page::open();
    // (module (func (export "f") (result i32) i32.const 42))
    let script = "const bytes = new Uint8Array([0,97,115,109,1,0,0,0,1,5,1,96,0,1,127,3,2,1,0,7,5,1,1,102,0,0,10,6,1,4,0,65,42,11]);
        const {instance} = await WebAssembly.instantiate(bytes);
        return instance.exports.f();";
    assert_eq!(page.eval_async(script), "42");
    assert!(page.error("WebAssembly.compile(new Uint8Array(3))").starts_with("CompileError: "));
}

#[test]
fn a_policy_without_unsafe_eval_forbids_eval_and_its_like() {
    let page =
        Page::html("<head><meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">");
    page.start(
        "const tried = [() => eval('1'), () => new Function('return 1')(), () => setTimeout('console.log(\"no\")')]
            .map(f => { try { f(); return 'ran' } catch (e) { return e.name } });
         console.log(tried.join())",
    );
    let console = page.console();
    assert_eq!(
        console.iter().filter(|line| line.contains("Content Security Policy")).count(),
        3,
        "{console:?}"
    );
    assert!(console.contains(&"EvalError,EvalError,ran".to_owned()), "{console:?}");
}

#[test]
fn finalization_registries_are_called_after_a_collection() {
    let page = Page::open();
    let script = "const called = new Promise(resolve => {
            globalThis.registry = new FinalizationRegistry(resolve);
        });
        (() => registry.register({}, 'held'))();
        await new Promise(done => setTimeout(done));
        let value;
        called.then(held => value = held);
        // Buffers that are never written to cost no memory, but count towards the next collection.
        for (let i = 0; i < 200 && !value; i++) {
            new ArrayBuffer(1 << 20);
            await new Promise(done => setTimeout(done));
        }
        return value;";
    assert_eq!(page.eval_async(script), "held");
}

#[test]
fn memory_is_not_shared_between_agents() {
    let page = Page::open();
    assert_eq!(page.eval("typeof SharedArrayBuffer"), "undefined");
    let memory = "new WebAssembly.Memory({ shared: true, initial: 0, maximum: 1 }).buffer";
    assert_eq!(page.eval(&format!("{memory}.constructor.name")), "SharedArrayBuffer");
    assert!(page.error(&format!("structuredClone({memory})")).starts_with("DataCloneError"));
}

#[test]
fn recursion_without_end_is_an_error_of_the_page() {
    let page = Page::open();
    page.start("setTimeout(function f() { f() }); setTimeout(() => console.log('on'))");
    assert!(page.errors()[0].message.contains("too much recursion"));
    assert_eq!(page.console(), ["on"]);
    // Through the binding and back, at each step.
    let script = "const target = new EventTarget; let depth = 0;
        target.addEventListener('x', () => { depth++; target.dispatchEvent(new Event('x')) });
        target.dispatchEvent(new Event('x'));
        depth > 10";
    page.start(&format!("console.log(eval({script:?}))"));
    let errors = page.errors();
    assert!(errors.iter().all(|error| error.message.contains("too much recursion")), "{errors:?}");
    assert_eq!(page.console().last().map(String::as_str), Some("true"));
}
