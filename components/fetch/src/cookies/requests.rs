//! Where cookies meet requests and documents: <https://fetch.spec.whatwg.org/#cookies>,
//! <https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>.

use std::time::SystemTime;

use url::{Host, Url};

use super::store::Place;
use super::{Cookie, CookieChange, CookieStore, SameSiteMode};
use crate::site::same_site;
use crate::{Destination, Origin, RedirectTaint, Request};

impl CookieStore {
    /// What goes into the `Cookie` header of a request to its current URL
    /// (<https://fetch.spec.whatwg.org/#append-a-request-cookie-header>).
    pub fn cookie_header(&mut self, request: &Request, now: SystemTime) -> Option<Vec<u8>> {
        // 2.–5. What fits.
        let url = request.current_url();
        let host = host(url)?;
        let cookies = self.retrieve(place(url, &host, true), same_site_mode(request), now);
        // 6.–7. As the header has it.
        if cookies.is_empty() { None } else { Some(serialize(&cookies)) }
    }

    /// Keeps what the `Set-Cookie` headers of a response from a request's current URL say
    /// (<https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers>).
    pub fn store_set_cookie(
        &mut self,
        request: &Request,
        values: &[&[u8]],
        now: SystemTime,
    ) -> Vec<CookieChange> {
        let url = request.current_url();
        let Some(host) = host(url) else { return Vec::new() };
        // 5. NB: "lax-or-less" allows it too: otherwise no document could set a cookie as it is loaded.
        let allowed = same_site_mode(request) >= SameSiteMode::LaxOrLess;
        // 6. Each header.
        let store = |value: &&[u8]| self.parse_and_store(value, place(url, &host, true), allowed, now);
        values.iter().flat_map(store).collect()
    }

    /// What a script in a document with this URL sees
    /// (<https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>); `mode` is [`SameSiteMode::None`] where
    /// an ancestor of the document is of another site, else [`SameSiteMode::StrictOrLess`].
    pub fn document_cookies(&mut self, url: &Url, mode: SameSiteMode, now: SystemTime) -> Vec<u8> {
        let Some(host) = host(url) else { return Vec::new() };
        serialize(&self.retrieve(place(url, &host, false), mode, now))
    }

    /// Keeps the cookie that a script in a document with this URL sets
    /// (<https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>); `mode` as above.
    pub fn set_document_cookie(
        &mut self,
        url: &Url,
        cookie: &[u8],
        mode: SameSiteMode,
        now: SystemTime,
    ) -> Vec<CookieChange> {
        let Some(host) = host(url) else { return Vec::new() };
        let allowed = mode >= SameSiteMode::LaxOrLess;
        self.parse_and_store(cookie, place(url, &host, false), allowed, now)
    }
}

fn host(url: &Url) -> Option<Host<String>> {
    url.host().map(|host| host.to_owned())
}

fn place<'a>(url: &'a Url, host: &'a Host<String>, http_only_allowed: bool) -> Place<'a> {
    Place { is_secure: url.scheme() == "https", host, path: url.path().as_bytes(), http_only_allowed }
}

/// <https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-serialize-cookies>
fn serialize(cookies: &[&Cookie]) -> Vec<u8> {
    let mut output = Vec::new();
    for cookie in cookies {
        if !output.is_empty() {
            output.extend(b"; ");
        }
        if !cookie.name.is_empty() {
            output.extend(&cookie.name);
            output.push(b'=');
        }
        output.extend(&cookie.value);
    }
    output
}

/// Determine the same-site mode (<https://fetch.spec.whatwg.org/#determining-the-same-site-mode>).
///
/// NB: Fetch's text leaves a request to another site out, and lets no navigation have `Strict` cookies. This is RFC
/// 6265bis's "same-site" request, with Fetch's steps for what it adds.
pub fn same_site_mode(request: &Request) -> SameSiteMode {
    let is_document = request.destination == Destination::Document;
    // A person's own navigation comes from no site.
    if is_document && request.client.is_none() {
        return SameSiteMode::StrictOrLess;
    }
    // 4. Who asks: a client, and all documents that it is in. A request without a client (a background fetch, a worker's
    // script) is for the origin that it is made for.
    let is_within_site = !request.client.as_ref().is_some_and(|client| client.has_cross_site_ancestor);
    // 5. It is all within the site, on the whole way.
    if is_within_site
        && same_site(&request.origin, &Origin::of(request.current_url()))
        && request.redirect_taint() != RedirectTaint::CrossSite
    {
        return SameSiteMode::StrictOrLess;
    }
    // 2.–3. A link from elsewhere.
    if is_document && matches!(&*request.method, "GET" | "HEAD" | "OPTIONS" | "TRACE") {
        return SameSiteMode::LaxOrLess;
    }
    SameSiteMode::None
}
