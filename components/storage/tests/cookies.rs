//! What a profile keeps of cookies.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::time::{Duration, SystemTime};

use fetch::cookies::SameSite;
use fetch::{Cookie, CookieJar, Origin, Request};
use rusqlite::Connection;
use storage::{Options, Profile};
use support::*;

const PAGE: &str = "https://a.example/x";

/// A server at `PAGE` sets a cookie.
fn set(jar: &dyn CookieJar, cookie: &str) {
    let request = Request::new(url(PAGE), Origin::of(&url(PAGE)));
    jar.store_set_cookie(&request, &[cookie.as_bytes()]);
}

/// What is sent to `PAGE`.
fn sent(jar: &dyn CookieJar) -> String {
    let request = Request::new(url(PAGE), Origin::of(&url(PAGE)));
    String::from_utf8(jar.cookie_header(&request).unwrap_or_default()).unwrap()
}

#[tokio::test]
async fn a_cookie_is_read_back_as_it_was() {
    let folder = Folder::new();
    let profile = folder.open();
    let jar = profile.cookies();
    set(&*jar, "a=1; Max-Age=1000; Secure; HttpOnly; SameSite=Strict; Path=/; Domain=a.example");
    let request = Request::new(url(PAGE), Origin::of(&url(PAGE)));
    jar.store_set_cookie(&request, &[b"b=\xff; Max-Age=1000", b"c=1; Max-Age=1000; Domain=a.example"]);
    jar.store_set_cookie(&request, &[b"c=2; Max-Age=1000"]);
    let in_micros = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
    let all = |profile: &Profile| {
        let mut cookies = profile.cookies().all();
        cookies.sort_by_key(|cookie: &Cookie| (cookie.name.clone(), cookie.host_only));
        let whole = |cookie: Cookie| {
            let times = [cookie.creation_time, cookie.last_access_time, cookie.expiry_time.unwrap()];
            let text = (cookie.name, cookie.value, cookie.path, cookie.host);
            let flags = [cookie.host_only, cookie.secure, cookie.http_only];
            (text, flags, cookie.same_site, times.map(in_micros))
        };
        cookies.into_iter().map(whole).collect::<Vec<_>>()
    };
    let before = all(&profile);
    assert_eq!(before.len(), 4);
    assert_eq!((before[0].1, before[0].2), ([false, true, true], SameSite::Strict));
    drop(profile);
    let profile = folder.open();
    assert_eq!(all(&profile), before);
    let header = profile.cookies().cookie_header(&request);
    assert_eq!(header.as_deref(), Some(&b"a=1; b=\xff; c=1; c=2"[..]));
}

#[tokio::test]
async fn cookies_of_a_session_end_with_it() {
    let folder = Folder::new();
    let profile = folder.open();
    set(&*profile.cookies(), "a=1");
    set(&*profile.cookies(), "b=1; Max-Age=1000");
    set(&*profile.cookies(), "c=1; Max-Age=1000");
    // It becomes one of the session.
    set(&*profile.cookies(), "c=2");
    assert_eq!(sent(&*profile.cookies()), "a=1; b=1; c=2");
    drop(profile);
    assert_eq!(sent(&*folder.open().cookies()), "b=1");
}

#[tokio::test]
async fn what_is_deleted_or_over_is_not_there_any_more() {
    let folder = Folder::new();
    let profile = folder.open();
    set(&*profile.cookies(), "a=1; Max-Age=1000");
    set(&*profile.cookies(), "b=1; Max-Age=1000");
    set(&*profile.cookies(), "a=1; Max-Age=0");
    // By its key, one without a name, too.
    set(&*profile.cookies(), "nameless; Max-Age=1000");
    let nameless = profile.cookies().all().into_iter().find(|cookie| cookie.name.is_empty()).unwrap();
    profile.cookies().remove(&nameless.key());
    assert_eq!(sent(&*profile.cookies()), "b=1");
    profile.cookies().remove(&nameless.key());
    drop(profile);
    // In a file that nobody else has open.
    let database = || Connection::open(folder.path().join("state.sqlite")).unwrap();
    let count =
        || database().query_row("SELECT count(*) FROM cookies", (), |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(count(), 1);
    database().execute("UPDATE cookies SET expires = 1", ()).unwrap();
    drop(folder.open());
    assert_eq!(count(), 0);
}

#[tokio::test]
async fn all_can_be_deleted() {
    let folder = Folder::new();
    let profile = folder.open();
    let jar = profile.cookies();
    set(&*jar, "a=1; Max-Age=1000");
    set(&*jar, "b=1");
    let deleted = jar.clear();
    assert_eq!(sent(&*jar), "");
    deleted.await.unwrap();
    drop(profile);
    assert_eq!(folder.open().cookies().all(), []);
    assert!(jar.clear().await.is_err(), "of a closed profile");
}

#[tokio::test]
async fn a_private_profile_keeps_nothing() {
    let profile = Profile::temporary(&Options::default()).unwrap();
    set(&*profile.cookies(), "a=1; Max-Age=1000");
    assert_eq!(sent(&*profile.cookies()), "a=1");
    drop(profile);
    assert_eq!(sent(&*Profile::temporary(&Options::default()).unwrap().cookies()), "");
}

#[tokio::test]
async fn a_cookie_that_can_not_be_read_is_all_that_is_lost() {
    let folder = Folder::new();
    let profile = folder.open();
    set(&*profile.cookies(), "a=1; Max-Age=1000");
    drop(profile);
    for (damage, place) in [
        ("host = 'a b'", "a b"),
        ("same_site = 'x'", "a.example"),
        ("value = 5", "a.example"),
        ("host = x'ff'", "a host that is not known"),
        ("created = 'x'", "a.example"),
    ] {
        let profile = folder.open();
        set(&*profile.cookies(), "b=1; Max-Age=1000");
        drop(profile);
        let database = Connection::open(folder.path().join("state.sqlite")).unwrap();
        let damaged =
            database.execute(&format!("UPDATE cookies SET {damage} WHERE name = x'62'"), ()).unwrap();
        assert_eq!(damaged, 1);
        drop(database);
        let profile = folder.open();
        assert_eq!(profile.set_aside(), None, "{damage}");
        assert_eq!(sent(&*profile.cookies()), "a=1");
        let [lost] = profile.lost_cookies() else { panic!("{damage}: {:?}", profile.lost_cookies()) };
        assert!(lost.starts_with(&format!("a cookie of {place}: ")), "{lost}");
        drop(profile);
        // It is said once.
        assert!(folder.open().lost_cookies().is_empty());
    }
}

#[tokio::test]
async fn the_jar_of_a_closed_profile_goes_on_in_memory() {
    let profile = Folder::new().open();
    let jar = profile.cookies();
    profile.close();
    set(&*jar, "a=1; Max-Age=1000");
    assert_eq!(sent(&*jar), "a=1");
    let expiry = jar.all()[0].expiry_time.unwrap();
    assert!(expiry > SystemTime::now() + Duration::from_secs(900));
}
