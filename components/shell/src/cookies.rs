//! Cookies as drivers see them: <https://w3c.github.io/webdriver/#cookies>.

use std::time::UNIX_EPOCH;

use fetch::cookies::{Cookie, SameSite};
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

/// Deletes a cookie of a page: as its server would, by one that is over.
pub fn delete(jar: &dyn CookieJar, url: &Url, cookie: &Cookie) {
    let mut header = [&*cookie.name, b"=; Max-Age=0; HttpOnly; Path=", &*cookie.path].concat();
    if !cookie.host_only {
        header.extend(format!("; Domain={}", cookie.host).bytes());
    }
    if cookie.secure {
        header.extend(b"; Secure");
    }
    set(jar, url, &header);
}

/// Sets a cookie as the page's own server would, by a `Set-Cookie` header.
pub fn set(jar: &dyn CookieJar, url: &Url, header: &[u8]) {
    jar.store_set_cookie(&Request::new(url.clone(), Origin::of(url)), &[header]);
}
