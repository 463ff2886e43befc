//! The window and what it has in common with workers.

use script::embedder::ErrorKind;

use crate::support::{Page, Setup};

#[test]
fn the_window_is_itself_in_all_its_names() {
    let page = Page::open();
    let script = "[window, self, frames, parent, top].every(w => w === globalThis)";
    assert_eq!(page.eval(script), "true");
    assert_eq!(page.eval("Object.prototype.toString.call(window)"), "[object Window]");
    assert_eq!(page.eval("[length, closed, name, opener]"), r#"[0,false,"",null]"#);
    assert_eq!(page.eval("window instanceof EventTarget && window instanceof Window"), "true");
    assert_eq!(page.eval("self = 1; self"), "1", "[Replaceable]");
}

#[test]
fn origin_and_secure_context_follow_from_the_url() {
    let page = Page::open();
    assert_eq!(
        page.eval("[origin, isSecureContext, crossOriginIsolated]"),
        r#"["https://page.test",true,false]"#
    );
}

#[test]
fn an_insecure_page_knows_it_and_has_less() {
    let page = Page::with(Setup { url: "http://page.test/".into(), ..Setup::default() });
    assert_eq!(page.eval("[origin, isSecureContext]"), r#"["http://page.test",false]"#);
}

#[test]
fn a_page_on_the_loopback_is_secure() {
    let page = Page::with(Setup { url: "http://127.0.0.1:8080/".into(), ..Setup::default() });
    assert_eq!(page.eval("isSecureContext"), "true");
}

#[test]
fn base64_there_and_back() {
    let page = Page::open();
    assert_eq!(page.eval("btoa('\\xff\\x00a') + atob(' /w Bh ').length"), "/wBh3");
    assert!(page.error("btoa('\\u0100')").starts_with("InvalidCharacterError: "));
    assert!(page.error("atob('a')").starts_with("InvalidCharacterError: "));
}

#[test]
fn structured_clones_are_deep_copies() {
    let page = Page::open();
    let script = "const o = {d: new Date(0), m: new Map([[1, {x: 2}]])}; o.o = o;
        const c = structuredClone(o);
        return [c !== o, c.o === c, c.d.getTime(), c.m.get(1).x];";
    assert_eq!(page.eval_async(script), "[true,true,0,2]");
    assert!(page.error("structuredClone(() => {})").starts_with("DataCloneError: "));
}

#[test]
fn a_reported_error_is_an_event_first() {
    let page = Page::open();
    page.run(
        "addEventListener('error', event => {
            console.log(event.message, event.error, event.lineno > 0, event.cancelable);
            event.preventDefault();
         });
         reportError('oops');",
    );
    assert_eq!(page.console(), ["uncaught exception: oops oops false true"]);
}

#[test]
fn an_error_that_nobody_takes_is_reported() {
    let page = Page::open();
    page.start(
        "window.onerror = (...args) => { console.log(args.length, args[0]) };
        setTimeout(() => { throw new Error('x') })",
    );
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].kind, errors[0].message.as_str()), (ErrorKind::Exception, "Error: x"));
    assert_eq!(page.console(), ["5 Error: x"]);
}

#[test]
fn onerror_that_returns_true_has_taken_care() {
    let page = Page::open();
    page.run("onerror = () => true; setTimeout(() => { throw 1 })");
}

#[test]
fn an_error_in_an_error_listener_does_not_go_round() {
    let page = Page::open();
    page.start(
        "onerror = () => { throw new Error('second') }; setTimeout(() => { throw new Error('first') })",
    );
    let messages: Vec<_> = page.errors().into_iter().map(|error| error.message).collect();
    assert_eq!(messages, ["Error: second", "Error: first"]);
}

#[test]
fn unhandled_rejections_are_events_first() {
    let page = Page::open();
    page.run(
        "onunhandledrejection = event => {
            console.log(event.type, event.reason, event.promise === p, event instanceof PromiseRejectionEvent);
            event.preventDefault();
         };
         const p = Promise.reject('why');",
    );
    assert_eq!(page.console(), ["unhandledrejection why true true"]);
}

#[test]
fn a_rejection_that_is_handled_late_says_so() {
    let page = Page::open();
    page.run(
        "onunhandledrejection = event => { event.preventDefault(); console.log('unhandled');
             setTimeout(() => event.promise.catch(() => {})) };
         onrejectionhandled = event => console.log('handled', event.reason);
         Promise.reject(1);",
    );
    assert_eq!(page.console(), ["unhandled", "handled 1"]);
}

#[test]
fn the_clock_starts_with_the_page() {
    let page = Page::open();
    let script = "const a = performance.now(), b = performance.now();
        return [a >= 0 && b >= a && a < 30000, Math.abs(performance.timeOrigin + a - Date.now()) < 1000,
                performance === window.performance];";
    assert_eq!(page.eval_async(script), "[true,true,true]");
}

#[test]
fn the_navigator_names_the_engine() {
    let page = Page::open();
    assert!(page.eval("navigator.userAgent").contains("Ferry/"));
    assert_eq!(
        page.eval("[navigator.language, navigator.languages, navigator.onLine]"),
        r#"["en-US",["en-US"],true]"#
    );
    assert_eq!(
        page.eval("navigator.languages === navigator.languages && Object.isFrozen(navigator.languages)"),
        "true"
    );
}

#[test]
fn the_location_is_taken_apart() {
    let page = Page::with(Setup { url: "https://page.test:8443/a/b?c=d#e".into(), ..Setup::default() });
    assert_eq!(
        page.eval("[location.href, location.origin, location.protocol, location.host, location.hostname, location.port]"),
        r#"["https://page.test:8443/a/b?c=d#e","https://page.test:8443","https:","page.test:8443","page.test","8443"]"#
    );
    assert_eq!(
        page.eval("[location.pathname, location.search, location.hash, String(location)].join()"),
        "/a/b,?c=d,#e,https://page.test:8443/a/b?c=d#e"
    );
    assert_eq!(page.eval("location.hash = 'new'; location.href"), "https://page.test:8443/a/b?c=d#new");
    assert!(page.error("location.assign('https://:0:/')").starts_with("SyntaxError: "));
}
