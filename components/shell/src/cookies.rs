//! Cookies as drivers see them: <https://w3c.github.io/webdriver/#cookies>.

use std::time::{SystemTime, UNIX_EPOCH};

use fetch::cookies::{Cookie, MemoryCookieJar, SameSite};
use fetch::{CookieJar, Origin, Request, Url};
use serde_json::{Value, json};

/// [All associated cookies](https://w3c.github.io/webdriver/#dfn-all-associated-cookies) of a page.
pub fn of_page(jar: &dyn CookieJar, url: &Url) -> Vec<Cookie> {
    jar.all().into_iter().filter(|cookie| is_for(cookie, url)).collect()
}

fn is_for(cookie: &Cookie, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let of = cookie.host.to_string();
    let below = !cookie.host_only && host.strip_suffix(&of).is_some_and(|rest| rest.ends_with('.'));
    let path = String::from_utf8_lossy(&cookie.path);
    let rest = url.path().strip_prefix(&*path);
    let on_path = rest.is_some_and(|rest| rest.is_empty() || path.ends_with('/') || rest.starts_with('/'));
    (host == of || below) && on_path && (!cookie.secure || url.scheme() == "https")
}

/// <https://w3c.github.io/webdriver/#dfn-serialized-cookie>
pub fn serialized(cookie: &Cookie) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let domain = if cookie.host_only { cookie.host.to_string() } else { format!(".{}", cookie.host) };
    let mut value = json!({
        "name": text(&cookie.name), "value": text(&cookie.value), "path": text(&cookie.path), "domain": domain,
        "secure": cookie.secure, "httpOnly": cookie.http_only,
    });
    let expiry = cookie.expiry_time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    if let Some(expiry) = expiry {
        value["expiry"] = json!(expiry.as_secs());
    }
    let same_site = match cookie.same_site {
        SameSite::Unset => None,
        SameSite::Strict => Some("Strict"),
        SameSite::Lax => Some("Lax"),
        SameSite::None => Some("None"),
    };
    if let Some(same_site) = same_site {
        value["sameSite"] = json!(same_site);
    }
    value
}

/// Sets a cookie as the page's own server would, by a `Set-Cookie` header.
fn set(jar: &dyn CookieJar, url: &Url, header: &[u8]) {
    jar.store_set_cookie(&Request::new(url.clone(), Origin::of(url)), &[header]);
}

/// Sets a cookie as the page's own server would, by a `Set-Cookie` header without `Expires`. False if it is none that the
/// server can set.
pub fn add(
    jar: &dyn CookieJar,
    url: &Url,
    header: &[u8],
    wanted: (&str, &str),
    expires: Option<SystemTime>,
) -> bool {
    // What it comes to, apart from all others.
    let alone = MemoryCookieJar::default();
    set(&alone, url, header);
    let Some(cookie) = alone.all().pop() else { return false };
    let is_wanted = |bytes: &[u8], wanted: &str| bytes.trim_ascii() == wanted.as_bytes().trim_ascii();
    if !is_wanted(&cookie.name, wanted.0) || !is_wanted(&cookie.value, wanted.1) {
        return false;
    }
    // One that is over deletes.
    if expires.is_some_and(|time| time <= SystemTime::now()) {
        jar.remove(&cookie.key());
        return true;
    }
    let expires =
        expires.map(|time| format!("; Expires={}", httpdate::fmt_http_date(time))).unwrap_or_default();
    set(jar, url, &[header, expires.as_bytes()].concat());
    // Others may be in its way.
    jar.all().iter().any(|there| there.key() == cookie.key() && there.value == cookie.value)
}
