//! The place of cookies (<https://fetch.spec.whatwg.org/#cookies>).

use fetch::Request;

/// A cookie store. Without one, requests carry no cookies and responses set none.
pub trait CookieJar: Send + Sync {
    /// The value of the `Cookie` header for a request to its current URL, if there are cookies
    /// (<https://fetch.spec.whatwg.org/#append-a-request-cookie-header>).
    fn cookie_header(&self, request: &Request) -> Option<Vec<u8>>;

    /// Keeps what a response's `Set-Cookie` headers say
    /// (<https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers>).
    fn store_set_cookie(&self, request: &Request, values: &[&[u8]]);
}
