//! The store, as requests and documents see it.

use std::time::{Duration, SystemTime};

use super::*;
use crate::{Destination, Origin, Url};

/// A store, and a clock.
struct Browser {
    store: CookieStore,
    now: SystemTime,
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// A request of a page at `from`.
fn request(from: &str, to: &str) -> Request {
    Request::new(url(to), Origin::of(&url(from)))
}

impl Browser {
    fn new() -> Self {
        Browser {
            store: CookieStore::default(),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        }
    }

    fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    /// The server at `at` sets a cookie in its answer to a request of its own page.
    fn set(&mut self, at: &str, cookie: &str) -> Vec<CookieChange> {
        self.store.store_set_cookie(&request(at, at), &[cookie.as_bytes()], self.now)
    }

    /// What its own page sends there.
    fn sent(&mut self, to: &str) -> String {
        self.sent_from(to, to)
    }

    fn sent_from(&mut self, from: &str, to: &str) -> String {
        let header = self.store.cookie_header(&request(from, to), self.now).unwrap_or_default();
        String::from_utf8(header).unwrap()
    }

    fn scripted(&mut self, at: &str, cookie: &str) {
        self.store.set_document_cookie(&url(at), cookie.as_bytes(), SameSiteMode::StrictOrLess, self.now);
    }

    fn shown(&mut self, at: &str) -> String {
        String::from_utf8(self.store.document_cookies(&url(at), SameSiteMode::StrictOrLess, self.now))
            .unwrap()
    }
}

#[test]
fn a_cookie_goes_back_to_the_host_that_set_it() {
    let mut browser = Browser::new();
    browser.set("https://a.example/x", "a=1");
    assert_eq!(browser.sent("https://a.example/"), "a=1");
    assert_eq!(browser.sent("https://a.example:8443/"), "a=1");
    assert_eq!(browser.sent("https://b.a.example/"), "");
    assert_eq!(browser.sent("https://example/"), "");
    assert_eq!(
        browser.store.cookie_header(&request("https://b.a.example/", "https://b.a.example/"), browser.now),
        None
    );
}

#[test]
fn a_domain_takes_those_below_it_along() {
    let mut browser = Browser::new();
    browser.set("https://b.a.example/", "a=1; Domain=a.example");
    for host in ["https://a.example/", "https://b.a.example/", "https://c.b.a.example/"] {
        assert_eq!(browser.sent(host), "a=1", "{host}");
    }
    assert_eq!(browser.sent("https://xa.example/"), "");
    assert_eq!(browser.set("https://b.a.example/", "a=1; Domain=c.a.example"), []);
    assert_eq!(browser.set("https://a.example/", "a=1; Domain=b.a.example"), []);
    assert_eq!(browser.set("https://1.2.3.4/", "a=1; Domain=3.4"), []);
}

#[test]
fn a_public_suffix_has_cookies_for_itself_alone() {
    let mut browser = Browser::new();
    assert_eq!(browser.set("https://a.co.uk/", "a=1; Domain=co.uk"), []);
    assert_eq!(browser.set("https://a.example/", "a=1; Domain=example"), []);
    browser.set("https://co.uk/", "a=1; Domain=co.uk");
    assert_eq!(browser.sent("https://co.uk/"), "a=1");
    assert_eq!(browser.sent("https://a.co.uk/"), "");
}

#[test]
fn paths_match_by_their_segments() {
    let mut browser = Browser::new();
    browser.set("https://a.example/x/y", "default=1");
    browser.set("https://a.example/", "slash=1; Path=/x/");
    browser.set("https://a.example/", "long=1; Path=/x/y");
    assert_eq!(browser.sent("https://a.example/x"), "default=1");
    assert_eq!(browser.sent("https://a.example/x/"), "slash=1; default=1");
    assert_eq!(browser.sent("https://a.example/x/y?z"), "long=1; slash=1; default=1");
    assert_eq!(browser.sent("https://a.example/xy"), "");
    assert_eq!(browser.sent("https://a.example/"), "");
}

#[test]
fn cookies_are_in_the_order_in_which_they_were_first_set() {
    let mut browser = Browser::new();
    for cookie in ["a=1", "b=1", "a=2", "c"] {
        browser.set("https://a.example/", cookie);
        browser.pass(1);
    }
    assert_eq!(browser.sent("https://a.example/"), "a=2; b=1; c");
}

#[test]
fn a_cookie_ends_when_it_says_so() {
    let mut browser = Browser::new();
    let set = browser.set("https://a.example/", "a=1; Max-Age=10");
    assert!(matches!(&set[..], [CookieChange::Set(cookie)] if cookie.expiry_time.is_some()));
    browser.pass(9);
    assert_eq!(browser.sent("https://a.example/"), "a=1");
    browser.pass(1);
    assert_eq!(browser.sent("https://a.example/"), "");
    assert_eq!(browser.store.iter(browser.now).count(), 0);

    browser.set("https://a.example/", "b=1");
    let removed = browser.set("https://a.example/", "b=; Max-Age=0");
    assert!(removed.iter().any(|change| matches!(change, CookieChange::Removed(key) if key.name == b"b")));
    assert!(!removed.iter().any(|change| matches!(change, CookieChange::Set(_))));
    assert_eq!(browser.sent("https://a.example/"), "");
}

#[test]
fn secure_cookies_stay_on_secure_connections() {
    let mut browser = Browser::new();
    assert_eq!(browser.set("http://a.example/", "a=1; Secure"), []);
    browser.set("https://a.example/", "a=1; Secure; Path=/x");
    assert_eq!(browser.sent("http://a.example/x"), "");
    assert_eq!(browser.sent("https://a.example/x"), "a=1");
    // Nor are they covered from an insecure one.
    assert_eq!(browser.set("http://a.example/", "a=2; Path=/x"), []);
    assert_eq!(browser.set("http://a.example/", "a=2; Path=/x/y"), []);
    assert_eq!(browser.set("http://b.a.example/", "a=2; Domain=a.example; Path=/x"), []);
    assert_eq!(browser.set("http://a.example/", "a=2; Path=/").len(), 1);
}

#[test]
fn scripts_neither_see_nor_set_http_only_cookies() {
    let mut browser = Browser::new();
    browser.set("https://a.example/", "a=1; HttpOnly");
    browser.scripted("https://a.example/", "a=2");
    browser.scripted("https://a.example/", "b=1; HttpOnly");
    browser.scripted("https://a.example/", "c=1");
    assert_eq!(browser.shown("https://a.example/"), "c=1");
    assert_eq!(browser.sent("https://a.example/"), "a=1; c=1");
}

#[test]
fn names_with_a_prefix_keep_what_they_promise() {
    let sets = |cookie: &str, at: &str| !Browser::new().set(at, cookie).is_empty();
    let https = |cookie: &str| sets(cookie, "https://a.example/");
    assert!(https("__Secure-a=1; Secure") && !https("__Secure-a=1") && !https("__sEcUrE-a=1"));
    assert!(https("__Host-a=1; Secure; Path=/"));
    for bad in ["Secure", "Path=/", "Secure; Path=/x", "Secure; Path=/; Domain=a.example"] {
        assert!(!https(&format!("__Host-a=1; {bad}")), "{bad}");
    }
    assert!(https("__Http-a=1; Secure; HttpOnly") && !https("__Http-a=1; Secure"));
    assert!(https("__Host-Http-a=1; Secure; HttpOnly; Path=/") && !https("__Host-Http-a=1; Secure; Path=/"));
    assert!(!sets("__Secure-a=1; Secure", "http://a.example/"));
    // Nor does a value that would look like one.
    assert!(!https("=__Secure-a=1; Secure") && !https("__host-a; Secure; Path=/"));
}

#[test]
fn same_site_says_which_requests_take_a_cookie_along() {
    let mut browser = Browser::new();
    for cookie in
        ["strict=1; SameSite=Strict", "lax=1; SameSite=Lax", "unset=1", "none=1; SameSite=None; Secure"]
    {
        browser.set("https://a.example/", cookie);
        browser.pass(1);
    }
    let all = "strict=1; lax=1; unset=1; none=1";
    assert_eq!(browser.sent_from("https://b.a.example/", "https://a.example/"), all);
    assert_eq!(browser.sent_from("https://b.example/", "https://a.example/"), "none=1");
    assert_eq!(browser.sent_from("http://a.example/", "https://a.example/"), "none=1");
    let mut sent = |request: &Request| {
        String::from_utf8(browser.store.cookie_header(request, browser.now).unwrap_or_default()).unwrap()
    };
    // By way of another site.
    let mut redirected = request("https://a.example/", "https://b.example/");
    redirected.push_url(url("https://a.example/"));
    assert_eq!(sent(&redirected), "none=1");
    // A person, a link, and a form.
    let mut navigation = request("https://a.example/", "https://a.example/");
    navigation.destination = Destination::Document;
    assert_eq!(sent(&navigation), all);
    navigation.origin = Origin::of(&url("https://b.example/"));
    navigation.client = Some(crate::RequestClient {
        id: "1".into(),
        creation_url: url("https://b.example/"),
        origin: navigation.origin.clone(),
        is_secure_context: true,
        has_trustworthy_ancestor: false,
        has_cross_site_ancestor: false,
    });
    assert_eq!(sent(&navigation), "lax=1; unset=1; none=1");
    navigation.method = "POST".into();
    assert_eq!(sent(&navigation), "none=1");
}

#[test]
fn a_document_in_one_of_another_site_is_cross_site_for_its_own_cookies() {
    let mut browser = Browser::new();
    browser.set("https://a.example/", "strict=1; SameSite=Strict");
    browser.set("https://a.example/", "none=1; SameSite=None; Secure");
    let at = url("https://a.example/");
    let mut framed = request("https://a.example/", "https://a.example/");
    let client = crate::RequestClient {
        id: "1".into(),
        creation_url: at.clone(),
        origin: framed.origin.clone(),
        is_secure_context: true,
        has_trustworthy_ancestor: true,
        has_cross_site_ancestor: true,
    };
    framed.client = Some(client);
    let sent = browser.store.cookie_header(&framed, browser.now);
    assert_eq!(sent.as_deref(), Some(&b"none=1"[..]));
    assert!(browser.store.store_set_cookie(&framed, &[b"a=1"], browser.now).is_empty());
    // And for its scripts.
    assert_eq!(browser.store.document_cookies(&at, SameSiteMode::None, browser.now), b"none=1");
    assert!(browser.store.set_document_cookie(&at, b"a=1", SameSiteMode::None, browser.now).is_empty());
}

#[test]
fn a_dot_at_the_end_makes_no_suffix_a_site() {
    let mut browser = Browser::new();
    browser.set("https://a.com./", "a=1; Domain=com.");
    browser.set("https://a.co.uk./", "a=1; Domain=co.uk.");
    assert_eq!((browser.sent("https://b.com./"), browser.sent("https://b.co.uk./")), Default::default());
}

#[test]
fn same_site_says_who_may_set_a_cookie() {
    let mut browser = Browser::new();
    let mut set = |cookie: &str| {
        let request = request("https://b.example/", "https://a.example/");
        !browser.store.store_set_cookie(&request, &[cookie.as_bytes()], browser.now).is_empty()
    };
    assert!(!set("a=1; SameSite=Strict") && !set("a=1; SameSite=Lax") && !set("a=1"));
    assert!(!set("a=1; SameSite=None") && set("a=1; SameSite=None; Secure"));
}

#[test]
fn a_host_has_so_many_cookies_and_the_secure_ones_stay() {
    let mut browser = Browser::new();
    browser.set("https://a.example/", "secure=1; Secure");
    for number in 0..MAX_PER_HOST {
        browser.pass(1);
        browser.set("https://a.example/", &format!("a{number}=1"));
        // The first one is used again and again.
        if number > 0 {
            browser.sent("https://a.example/");
        }
    }
    let all = browser.sent("https://a.example/");
    assert_eq!(all.split("; ").count(), MAX_PER_HOST);
    assert!(all.contains("secure=1") && !all.contains("a0=1") && all.contains("a1=1"), "{all}");
    browser.set("https://b.example/", "a=1");
    assert_eq!(browser.sent("https://b.example/"), "a=1");
}

#[test]
fn there_are_so_many_cookies_in_all() {
    let mut browser = Browser::new();
    for host in 0..20 {
        for number in 0..MAX_PER_HOST {
            browser.set(&format!("https://h{host}.example/"), &format!("a{number}=1"));
        }
        browser.pass(1);
    }
    assert_eq!(browser.store.iter(browser.now).count(), MAX_TOTAL);
    assert_eq!(browser.sent("https://h0.example/"), "");
    assert_ne!(browser.sent("https://h19.example/"), "");
}

#[test]
fn a_store_begins_with_what_is_not_over() {
    let mut browser = Browser::new();
    browser.set("https://a.example/", "a=1; Max-Age=10");
    browser.set("https://a.example/", "b=1; Max-Age=20");
    let cookies: Vec<_> = browser.store.iter(browser.now).cloned().collect();
    browser.pass(10);
    browser.store = CookieStore::new(cookies, browser.now);
    assert_eq!(browser.sent("https://a.example/"), "b=1");
    browser.store.clear();
    assert_eq!(browser.sent("https://a.example/"), "");
}
