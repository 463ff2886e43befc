//! `document.cookie`: <https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>.

use fetch::{CookieJar, Origin, Request};

use crate::support::{FakeResponse, Page, Setup};

#[test]
fn a_page_has_the_cookies_of_the_network() {
    let page = Page::open();
    let url = "https://page.test/".parse().unwrap();
    let request = Request::new(url, Origin::of(&"https://page.test/".parse().unwrap()));
    let set: [&[u8]; 3] = [b"a=1", b"hidden=1; HttpOnly", b"\xff=2"];
    page.cookies.store_set_cookie(&request, &set);
    assert_eq!(page.eval("document.cookie"), "a=1; \u{fffd}=2");
    page.eval("document.cookie = 'b=\u{e9}; SameSite=Strict'; document.cookie = 'hidden=2'; 0");
    assert_eq!(page.eval("document.cookie"), "a=1; \u{fffd}=2; b=\u{e9}");
    let header = page.cookies.cookie_header(&request).unwrap();
    assert_eq!(header, [&b"a=1; hidden=1; \xff=2; b="[..], "\u{e9}".as_bytes()].concat());
    page.eval("document.cookie = 'a=; Max-Age=0'; document.cookie = 'nonsense\\u0001=1'; 0");
    assert_eq!(page.eval("document.cookie"), "\u{fffd}=2; b=\u{e9}");
}

#[test]
fn a_document_without_a_window_has_none() {
    let page = Page::open();
    page.eval("document.cookie = 'a=1'; 0");
    let other = "const other = new Document(); other.cookie = 'b=1'; other.cookie";
    assert_eq!(page.eval(other), "");
    assert_eq!(page.eval("document.cookie"), "a=1");
}

#[test]
fn a_page_that_is_not_of_http_has_none() {
    let page = Page::with(Setup { url: "about:blank".into(), ..Setup::default() });
    page.eval("document.cookie = 'a=1'; 0");
    assert_eq!(page.eval("document.cookie"), "");
    assert!(page.cookies.all().is_empty());
}

#[test]
fn a_document_with_an_opaque_origin_has_no_cookies() {
    let page = Page::open();
    let html = "<script>for (const use of [() => document.cookie, () => document.cookie = 'a=b']) {
        try { use(); console.log('used') } catch (error) { console.log(error.name) }
    }</script>";
    page.network.serve("https://page.test/frame", FakeResponse::new("text/html", html));
    page.run(
        "document.cookie = 'a=c';
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.src = '/frame';
        document.body.append(frame);",
    );
    assert_eq!(page.console(), ["SecurityError", "SecurityError"]);
    assert_eq!(page.eval("document.cookie"), "a=c");
}
