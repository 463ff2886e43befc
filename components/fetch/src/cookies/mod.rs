//! Cookies (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html>, the part of RFC 6265's
//! successor that is written for browsers), and Fetch's use of them (<https://fetch.spec.whatwg.org/#cookies>).
//!
//! [`CookieStore`] is the model: plain data, that says what changed. A [`CookieJar`] is what the network and the pages of
//! one profile share; whoever implements it keeps the store, and writes down the changes.
//!
//! The crates for cookies are made for HTTP clients: they know no SameSite decision, no prefixes of names, no limits,
//! and not the leniency of the standard's dates. So the model is here, over the public suffix list of the crate `psl`.

mod date;
mod memory;
mod parse;
mod requests;
mod store;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use url::Host;

pub use memory::MemoryCookieJar;
pub use requests::same_site_mode;
pub use store::CookieStore;

use crate::string_enum::string_enum;
use crate::{BoxFuture, Request, Url};

/// The longest name and value of a cookie together, in bytes.
pub const MAX_NAME_AND_VALUE: usize = 4096;
/// The total cookies-per-host limit.
pub const MAX_PER_HOST: usize = 180;
/// The total cookies limit.
pub const MAX_TOTAL: usize = 3300;
/// The cookie age limit.
pub const MAX_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// A cookie (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-struct>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// The name; may be empty.
    pub name: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
    /// Whether it is for secure connections alone.
    pub secure: bool,
    /// The host that it belongs to.
    pub host: Host<String>,
    /// Whether it is for that host alone, without the names below it.
    pub host_only: bool,
    /// The path, beginning with a slash.
    pub path: Vec<u8>,
    /// The `SameSite` attribute.
    pub same_site: SameSite,
    /// Whether scripts don't get to see it.
    pub http_only: bool,
    /// When a cookie of this name was first set here.
    pub creation_time: SystemTime,
    /// When it expires; `None`: with the session.
    pub expiry_time: Option<SystemTime>,
    /// When it was last sent, or shown to a script.
    pub last_access_time: SystemTime,
}

impl Cookie {
    /// Whether it is over at `now`.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.expiry_time.is_some_and(|expiry| expiry <= now)
    }

    /// What tells it from all others of a store.
    pub fn key(&self) -> CookieKey {
        CookieKey {
            host: self.host.clone(),
            host_only: self.host_only,
            path: self.path.clone(),
            name: self.name.clone(),
        }
    }
}

/// What tells a cookie from all others: a store has one of each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CookieKey {
    /// The host that it belongs to.
    pub host: Host<String>,
    /// Whether it is for that host alone.
    pub host_only: bool,
    /// The path.
    pub path: Vec<u8>,
    /// The name.
    pub name: Vec<u8>,
}

string_enum! {
    /// A cookie's same-site.
    SameSite {
        /// The server said nothing. We treat such cookies as `Lax` ones.
        #[default]
        Unset = "unset",
        /// Requests within the site alone.
        Strict = "strict",
        /// Besides, navigations from elsewhere.
        Lax = "lax",
        /// All requests.
        None = "none",
    }
}

/// Which cookies may go with a request, by their [`SameSite`]
/// (<https://fetch.spec.whatwg.org/#determining-the-same-site-mode>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SameSiteMode {
    /// `None` alone.
    None,
    /// Besides, `Lax` ones and those that say nothing.
    LaxOrLess,
    /// All.
    StrictOrLess,
}

impl SameSiteMode {
    /// Whether cookies with `same_site` may go along.
    pub fn allows(self, same_site: SameSite) -> bool {
        let needed = match same_site {
            SameSite::None => SameSiteMode::None,
            SameSite::Unset | SameSite::Lax => SameSiteMode::LaxOrLess,
            SameSite::Strict => SameSiteMode::StrictOrLess,
        };
        self >= needed
    }
}

/// What changed in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CookieChange {
    /// This cookie is there now, instead of another one with its key, if there was one.
    Set(Cookie),
    /// The cookie with this key is gone.
    Removed(CookieKey),
}

/// The cookies of a profile.
pub trait CookieJar: Send + Sync {
    /// The value of the `Cookie` header for a request to its current URL, if there are cookies
    /// (<https://fetch.spec.whatwg.org/#append-a-request-cookie-header>).
    fn cookie_header(&self, request: &Request) -> Option<Vec<u8>>;

    /// Keeps what the `Set-Cookie` headers of a response from the request's current URL say
    /// (<https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers>).
    fn store_set_cookie(&self, request: &Request, values: &[&[u8]]);

    /// What `document.cookie` is in a document with this URL
    /// (<https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>); `mode` is [`SameSiteMode::None`] where
    /// an ancestor of the document is of another site, else [`SameSiteMode::StrictOrLess`].
    fn document_cookies(&self, url: &Url, mode: SameSiteMode) -> Vec<u8>;

    /// Sets a cookie as `document.cookie` does in such a document.
    fn set_document_cookie(&self, url: &Url, cookie: &[u8], mode: SameSiteMode);

    /// All cookies that are not expired.
    fn all(&self) -> Vec<Cookie>;

    /// Deletes a cookie, if it is there.
    fn remove(&self, key: &CookieKey);

    /// Deletes all cookies. Requests have none of them from now on; the future is done when nothing of them is stored
    /// any more.
    fn clear(&self) -> BoxFuture<'static, Result<(), CookieJarError>>;
}

/// Cookies could not be deleted for good.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the cookies could not be deleted from the profile: {0}")]
pub struct CookieJarError(
    /// Why.
    pub String,
);
