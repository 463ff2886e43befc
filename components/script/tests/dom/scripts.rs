//! Scripts of documents: when they run, and what they see.

use std::sync::Arc;

use script::embedder::ErrorKind;

use crate::support::{FakeBody, FakeNetwork, FakeResponse, Page, Setup};

fn js(source: &str) -> FakeResponse {
    FakeResponse::new("text/javascript", source)
}

fn page(html: &str, scripts: &[(&str, &str)]) -> Page {
    let network = Arc::new(FakeNetwork::default());
    for (path, source) in scripts {
        network.serve(&format!("https://page.test/{path}"), js(source));
    }
    Page::with(Setup { html: html.into(), network, ..Setup::default() })
}

#[test]
fn inline_scripts_run_where_they_are() {
    let page = page(
        "<p id=a></p><script>console.log(document.getElementById('a') !== null, document.getElementById('b'),
            document.currentScript.textContent.length > 9, document.readyState)</script><p id=b></p>",
        &[],
    );
    assert_eq!(page.console(), ["true null true loading"]);
}

#[test]
fn the_parser_waits_for_an_external_script() {
    let page = page(
        "<script src=one.js></script><p id=a></p><script>console.log('inline')</script><script src=/two.js></script>",
        &[
            ("one.js", "console.log('one', document.getElementById('a'), document.currentScript.src)"),
            ("two.js", "console.log('two', document.getElementById('a') !== null)"),
        ],
    );
    assert_eq!(page.console(), ["one null https://page.test/one.js", "inline", "two true"]);
}

#[test]
fn deferred_scripts_run_in_order_before_domcontentloaded() {
    let page = page(
        "<script>
            document.onreadystatechange = () => console.log(document.readyState);
            addEventListener('DOMContentLoaded', e => console.log('DOMContentLoaded', e.target === document, e.bubbles));
            onload = e => console.log('load', e.target === document, document.readyState);
         </script>
         <script defer src=a.js></script><script defer src=b.js></script><script>console.log('inline')</script>",
        &[("a.js", "console.log('a', document.readyState)"), ("b.js", "console.log('b')")],
    );
    assert_eq!(
        page.console(),
        [
            "inline",
            "interactive",
            "a interactive",
            "b",
            "DOMContentLoaded true true",
            "complete",
            "load true complete"
        ]
    );
    assert!(page.is_loaded());
}

#[test]
fn async_scripts_delay_load() {
    let page = page(
        "<script>onload = () => console.log('load')</script><script async src=a.js></script>",
        &[("a.js", "console.log('async')")],
    );
    assert_eq!(page.console(), ["async", "load"]);
}

#[test]
fn inserted_scripts_run_inline_at_once_external_when_they_are_there() {
    let page = page("", &[("x.js", "console.log('x', document.currentScript.id)")]);
    page.run(
        "const inline = document.createElement('script');
         inline.textContent = 'console.log(\"inline\", document.currentScript === inline)';
         console.log('before'); document.head.appendChild(inline); console.log('after');
         const s = document.createElement('script'); s.id = 'it'; s.src = 'x.js';
         s.onload = () => console.log('loaded'); s.onerror = () => console.log('no');
         console.log(s.async); document.head.append(s); console.log('inserted');",
    );
    assert_eq!(page.console(), ["before", "inline true", "after", "true", "inserted", "x it", "loaded"]);
}

#[test]
fn inserted_scripts_that_are_not_async_keep_their_order() {
    let page =
        page("", &[("1.js", "console.log(1)"), ("2.js", "console.log(2)"), ("3.js", "console.log(3)")]);
    page.run(
        "for (const n of [1, 2, 3]) {
            const s = document.createElement('script'); s.async = false; s.src = n + '.js'; document.head.append(s);
         }",
    );
    assert_eq!(page.console(), ["1", "2", "3"]);
}

#[test]
fn scripts_run_once_and_data_never() {
    let page = page(
        "<script id=s>console.log('once')</script>
         <script type=text/plain>console.log('never')</script><script type='application/json'>{}</script>
         <script type='Text/JavaScript'>console.log('typed')</script><script language=javascript>console.log('old')</script>
         <script nomodule>console.log('never')</script>",
        &[],
    );
    page.run(
        "const s = document.getElementById('s'); s.remove(); document.body.append(s, s.cloneNode(true))",
    );
    assert_eq!(page.console(), ["once", "typed", "old"]);
}

#[test]
fn a_script_that_is_not_there_is_an_error_event_and_is_reported() {
    let page = page("<script src=gone.js onerror='1'></script><script>console.log('next')</script>", &[]);
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].kind, ErrorKind::Load);
    assert!(errors[0].message.contains("https://page.test/gone.js"), "{}", errors[0].message);
    assert_eq!(page.console(), ["next"]);
    page.start(
        "const s = document.createElement('script'); s.src = '/gone.js';
         s.onerror = e => console.log(e.type, e.target === s); s.onload = () => console.log('no');
         document.body.append(s)",
    );
    assert_eq!(page.errors().len(), 1);
    assert_eq!(page.console(), ["error true"]);
}

#[test]
fn an_error_status_is_no_script() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/x.js", FakeResponse { status: 404, ..js("console.log('never')") });
    let page = Page::with(Setup { html: "<script src=x.js></script>".into(), network, ..Setup::default() });
    assert!(page.errors()[0].message.contains("404"));
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn a_syntax_error_is_reported_with_its_place_and_the_rest_runs() {
    let page = page(
        "<!doctype html>\n<p>\n<script>\n  let x = ;\n</script>\n<script src=bad.js></script><script>console.log('rest')</script>",
        &[("bad.js", "\n\n  function (")],
    );
    let errors = page.errors();
    let places: Vec<_> =
        errors.iter().map(|error| (error.filename.as_str(), error.line, error.column)).collect();
    assert_eq!(places, [("https://page.test/", 4, 11), ("https://page.test/bad.js", 3, 12)]);
    assert!(errors.iter().all(|error| error.message.starts_with("SyntaxError: ")), "{errors:?}");
    assert_eq!(page.console(), ["rest"]);
}

#[test]
fn an_exception_names_the_line_of_the_document() {
    let page = page("<p>\n</p><script>\nfunction f() { throw new Error('here') }\nf();</script>", &[]);
    let errors = page.errors();
    assert_eq!((errors[0].line, errors[0].column), (3, 22));
    let stack = errors[0].stack.as_deref().unwrap_or_default();
    assert_eq!(stack, "f@https://page.test/:3:22\n@https://page.test/:4:1");
}

#[test]
fn microtasks_run_between_scripts() {
    let page = page(
        "<script>queueMicrotask(() => console.log('micro')); console.log('first')</script><script>console.log('second')</script>",
        &[],
    );
    assert_eq!(page.console(), ["first", "micro", "second"]);
}

#[test]
fn the_encoding_of_a_script_is_its_own_or_the_documents() {
    let network = Arc::new(FakeNetwork::default());
    let body = b"console.log('\xe9')".to_vec();
    network.serve(
        "https://page.test/a.js",
        FakeResponse::new("text/javascript;charset=iso-8859-1", body.clone()),
    );
    network.serve("https://page.test/b.js", FakeResponse::new("text/javascript", body));
    network.serve("https://page.test/c.js", js("console.log('\u{e9}')"));
    let html = "<meta charset=iso-8859-2><script src=a.js></script><script src=b.js></script>
        <script src=c.js charset=utf-8></script>";
    let page = Page::with(Setup { html: html.into(), network, ..Setup::default() });
    assert_eq!(page.console(), ["\u{e9}", "\u{e9}", "\u{e9}"]);
}

#[test]
fn requests_say_that_they_are_for_scripts() {
    let page = page(
        "<script src=a.js></script><script src=b.js crossorigin nonce=n integrity=sha256-x></script>",
        &[("a.js", ""), ("b.js", "")],
    );
    page.settle();
    let requests = page.network.requests();
    let shown: Vec<_> = requests
        .iter()
        .map(|r| (r.url().path().to_owned(), r.destination.as_str(), r.mode.as_str(), r.credentials.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("/a.js".to_owned(), "script", "no-cors", "include"),
            ("/b.js".to_owned(), "script", "cors", "same-origin"),
        ]
    );
    let last = &requests[1];
    assert_eq!((last.cryptographic_nonce_metadata.as_str(), last.integrity.as_str()), ("n", "sha256-x"));
    let client = last.client.as_ref().expect("the page");
    assert_eq!((client.creation_url.as_str(), client.is_secure_context), ("https://page.test/", true));
}

#[test]
fn a_policy_in_the_markup_is_enforced_from_there_on() {
    let page = page(
        "<head><script>console.log('before')</script>
         <meta http-equiv=Content-Security-Policy content=\"script-src 'nonce-ok'\">
         <script>console.log('never')</script><script nonce=ok>console.log('allowed')</script>",
        &[],
    );
    let console = page.console();
    assert_eq!(console.len(), 3, "{console:?}");
    assert_eq!((console[0].as_str(), console[2].as_str()), ("before", "allowed"));
    assert!(console[1].contains("Content Security Policy"), "{console:?}");
    assert!(page.network.requests().is_empty());
}

#[test]
fn a_policy_that_a_script_inserts_goes_into_later_requests() {
    let page = page("", &[("x.js", "")]);
    page.run(
        "const meta = document.createElement('meta');
         meta.httpEquiv = 'Content-Security-Policy'; meta.content = \"connect-src 'none'\";
         document.head.append(meta);
         const s = document.createElement('script'); s.src = 'x.js'; document.head.append(s)",
    );
    let requests = page.network.requests();
    let policies = &requests[0].policy_container.csp_list.0;
    assert_eq!(policies.len(), 1);
    assert_eq!(policies[0].serialized, "connect-src 'none'");
}

#[test]
fn a_base_element_is_the_base() {
    let page = page(
        "<base href='/sub/'><script src=x.js></script>",
        &[("sub/x.js", "console.log(document.baseURI)")],
    );
    assert_eq!(page.console(), ["https://page.test/sub/"]);
}

#[test]
fn what_is_no_document_is_said() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/", FakeResponse::new("image/png", "png"));
    let page = Page::with(Setup { network, ..Setup::default() });
    let errors = page.errors();
    assert_eq!(errors[0].kind, ErrorKind::Load);
    assert!(errors[0].message.contains("image/png"), "{}", errors[0].message);
}

#[test]
fn a_page_that_cannot_be_loaded_says_why() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/", FakeResponse::of(FakeBody::Failure));
    let page = Page::with(Setup { network, ..Setup::default() });
    let errors = page.errors();
    assert_eq!(errors[0].kind, ErrorKind::Load);
    assert!(
        errors[0].message.starts_with("https://page.test/ could not be loaded: "),
        "{}",
        errors[0].message
    );
}

#[test]
fn plain_text_is_shown_as_it_is() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/", FakeResponse::new("text/plain", "<b>not bold</b>"));
    let page = Page::with(Setup { network, ..Setup::default() });
    assert_eq!(
        page.eval("[document.contentType, document.body.textContent]"),
        r#"["text/plain","<b>not bold</b>"]"#
    );
}

#[test]
fn a_long_document_is_parsed_in_pieces_without_losing_any() {
    let html = format!("<!doctype html><meta charset=utf-8><body>{}", "<p>\u{20ac}</p>".repeat(20_000));
    let page = page(&html, &[]);
    assert_eq!(
        page.eval("[document.getElementsByTagName('p').length, document.body.textContent.length]"),
        "[20000,20000]"
    );
}

#[test]
fn event_handlers_can_be_written_as_attributes() {
    let page = page(
        "<body onload=\"console.log('load', this === window, event.type)\" onmessage='console.log(1)'>
         <script src=x.js id=s onload=\"console.log(this.id, id, URL === document.URL, typeof onload)\"></script>
         <script src=gone.js onerror=\"console.log(arguments.length, event.type)\"></script>",
        &[("x.js", "console.log('x')")],
    );
    assert_eq!(page.errors().len(), 1);
    assert_eq!(page.console(), ["x", "s s true function", "1 error", "load true load"]);
    assert_eq!(page.eval("document.body.onload === window.onload && typeof onmessage"), "function");
}

#[test]
fn every_event_handler_can_be_written_as_an_attribute() {
    let page = Page::open();
    page.run(
        "const without = (element, prototype) => Object.keys(prototype)
            .filter(name => name.startsWith('on'))
            .filter(name => (element.setAttribute(name, '1'), typeof element[name] !== 'function'));
        console.log(without(document.createElement('p'), HTMLElement.prototype).join());
        console.log(without(document.body, HTMLBodyElement.prototype).join());
        document.body.setAttribute('onresize', '1');
        console.log(typeof window.onresize, typeof window.onmessage, 'onplaying' in HTMLElement.prototype);",
    );
    assert_eq!(page.console(), ["", "", "function function true"]);
}

#[test]
fn an_attribute_that_is_no_function_body_is_reported_when_it_is_needed() {
    let page = page("<body onload='}'><script>console.log('fine')</script>", &[]);
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].message.starts_with("SyntaxError: "), "{}", errors[0].message);
    assert_eq!(page.console(), ["fine"]);
    assert_eq!(page.eval("window.onload"), "null");
}

#[test]
fn handlers_in_attributes_come_and_go_with_them() {
    let page = Page::open();
    page.run(
        "const s = document.createElement('script');
         s.setAttribute('onload', 'console.log(1)'); s.dispatchEvent(new Event('load'));
         s.onload = () => console.log(2); s.dispatchEvent(new Event('load'));
         s.setAttribute('onload', 'console.log(3); return false');
         console.log(s.dispatchEvent(new Event('load', {cancelable: true})), s.onload.name);
         s.cloneNode().dispatchEvent(new Event('load'));
         s.removeAttribute('onload'); s.dispatchEvent(new Event('load')); console.log(s.onload);",
    );
    assert_eq!(page.console(), ["1", "2", "3", "false onload", "3", "null"]);
}

#[test]
fn a_policy_forbids_handlers_in_attributes() {
    let page = Page::html(
        "<head><meta http-equiv=Content-Security-Policy content=\"script-src 'self'\"><body onload='console.log(1)'>",
    );
    let console = page.console();
    assert_eq!(console.len(), 1, "{console:?}");
    assert!(console[0].contains("onload was blocked by Content Security Policy"), "{console:?}");
}

#[test]
fn a_script_of_another_origin_tells_nothing_of_its_errors() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://other.test/a.js", js("\nthrow new Error('secret')"));
    network.serve("https://other.test/b.js", js("let x = ;"));
    network.serve("https://other.test/c.js", js("setTimeout(() => null.secret)"));
    let html = "<script>onerror = (...args) => console.log(...args)</script>
        <script src=https://other.test/a.js></script><script src=https://other.test/b.js></script>
        <script src=https://other.test/c.js></script>";
    let page = Page::with(Setup { html: html.into(), network, ..Setup::default() });
    let errors = page.errors();
    assert!(
        errors.iter().all(|error| error.message == "Script error." && error.filename.is_empty()),
        "{errors:?}"
    );
    assert_eq!(page.console(), ["Script error.  0 0 null"; 3]);
}
