//! The CORS-preflight cache (<https://fetch.spec.whatwg.org/#cors-preflight-cache>).

use std::time::{Duration, Instant};

use url::Url;

use super::preflight::PreflightGrant;
use crate::http::methods::is_cors_safelisted_method;
use crate::http::safelist::{cors_unsafe_request_header_names, is_cors_non_wildcard_request_header_name};
use crate::{CredentialsMode, Request};

/// The cache holds so many entries at most; the oldest go first.
const CAPACITY: usize = 4096;

/// A CORS-preflight cache. Time is given by the caller.
#[derive(Debug, Default)]
pub struct PreflightCache {
    entries: Vec<Entry>,
}

/// A [cache entry](https://fetch.spec.whatwg.org/#concept-cache).
// FIXME(spec): the network partition key; there is one partition so far.
#[derive(Debug)]
struct Entry {
    origin: String,
    url: Url,
    expires: Instant,
    credentials: bool,
    what: Granted,
}

#[derive(Debug, PartialEq, Eq)]
enum Granted {
    Method(String),
    HeaderName(String),
}

impl PreflightCache {
    /// Whether a preflight has to be made before `request`: the conditions of
    /// <https://fetch.spec.whatwg.org/#http-fetch>'s step on `makeCORSPreflight`.
    pub fn needs_preflight(&self, request: &Request, now: Instant) -> bool {
        let matching: Vec<&Granted> = self.matching(request, now).map(|entry| &entry.what).collect();
        // The method, unless it is safe and no preflight was asked for in particular.
        let method_granted = || {
            matching.iter().any(
                |what| matches!(what, Granted::Method(method) if *method == request.method || method == "*"),
            )
        };
        if (!is_cors_safelisted_method(&request.method) || request.use_cors_preflight) && !method_granted() {
            return true;
        }
        // Each unsafe header.
        cors_unsafe_request_header_names(&request.headers).iter().any(|name| {
            !matching.iter().any(|what| match what {
                Granted::HeaderName(granted) if granted == "*" => {
                    !is_cors_non_wildcard_request_header_name(name)
                }
                Granted::HeaderName(granted) => granted.eq_ignore_ascii_case(name),
                Granted::Method(_) => false,
            })
        })
    }

    /// Keeps what a server granted: the last steps of
    /// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>.
    pub fn store(&mut self, request: &Request, grant: &PreflightGrant, now: Instant) {
        let expires = now + Duration::from_secs(grant.max_age);
        let origin = request.serialize_origin();
        let credentials = request.credentials == CredentialsMode::Include;
        let methods = grant.methods.iter().cloned().map(Granted::Method);
        let names = grant.header_names.iter().cloned().map(Granted::HeaderName);
        self.entries.retain(|entry| entry.expires > now);
        for what in methods.chain(names) {
            let known = self.entries.iter_mut().find(|entry| {
                entry.what == what && entry.is_for(&origin, request.current_url(), credentials)
            });
            match known {
                Some(entry) => entry.expires = expires,
                None => self.entries.push(Entry {
                    origin: origin.clone(),
                    url: request.current_url().clone(),
                    expires,
                    credentials,
                    what,
                }),
            }
        }
        let excess = self.entries.len().saturating_sub(CAPACITY);
        self.entries.drain(..excess);
    }

    /// <https://fetch.spec.whatwg.org/#concept-cache-clear>
    pub fn clear(&mut self, request: &Request) {
        let origin = request.serialize_origin();
        self.entries.retain(|entry| entry.origin != origin || entry.url != *request.current_url());
    }

    /// The entries with a [cache entry match](https://fetch.spec.whatwg.org/#concept-cache-match).
    fn matching<'a>(&'a self, request: &Request, now: Instant) -> impl Iterator<Item = &'a Entry> {
        let origin = request.serialize_origin();
        let url = request.current_url().clone();
        let credentials = request.credentials == CredentialsMode::Include;
        self.entries
            .iter()
            .filter(move |entry| entry.expires > now && entry.is_for(&origin, &url, credentials))
    }
}

impl Entry {
    fn is_for(&self, origin: &str, url: &Url, credentials: bool) -> bool {
        self.origin == origin && self.url == *url && (self.credentials || !credentials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, headers: &[(&str, &str)]) -> Request {
        let url = Url::parse("https://b.example/").unwrap();
        let mut request = Request::new(url, "https://a.example".parse().unwrap());
        request.method = method.to_owned();
        request.headers = headers.iter().copied().collect();
        request
    }

    fn grant(methods: &[&str], header_names: &[&str]) -> PreflightGrant {
        let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        PreflightGrant { methods: owned(methods), header_names: owned(header_names), max_age: 5 }
    }

    #[test]
    fn what_was_granted_is_not_asked_for_again_until_it_expires() {
        let (mut cache, now) = (PreflightCache::default(), Instant::now());
        let put = request("PUT", &[("X-A", "1")]);
        assert!(cache.needs_preflight(&put, now));
        cache.store(&put, &grant(&["PUT"], &["x-a"]), now);
        assert!(!cache.needs_preflight(&put, now + Duration::from_secs(4)));
        assert!(cache.needs_preflight(&put, now + Duration::from_secs(5)));
        assert!(cache.needs_preflight(&request("DELETE", &[]), now));
        assert!(cache.needs_preflight(&request("PUT", &[("X-B", "1")]), now));
    }

    #[test]
    fn simple_requests_never_ask() {
        assert!(!PreflightCache::default().needs_preflight(&request("GET", &[]), Instant::now()));
    }

    #[test]
    fn a_grant_without_credentials_is_none_with_them() {
        let (mut cache, now) = (PreflightCache::default(), Instant::now());
        let put = request("PUT", &[]);
        cache.store(&put, &grant(&["*"], &[]), now);
        let with = Request { credentials: CredentialsMode::Include, ..put.clone() };
        assert!(cache.needs_preflight(&with, now) && !cache.needs_preflight(&put, now));
        cache.store(&with, &grant(&["PUT"], &[]), now);
        assert!(!cache.needs_preflight(&with, now) && !cache.needs_preflight(&put, now));
    }

    #[test]
    fn a_wildcard_does_not_grant_authorization() {
        let (mut cache, now) = (PreflightCache::default(), Instant::now());
        let get = request("GET", &[("Authorization", "x"), ("X-A", "1")]);
        cache.store(&get, &grant(&[], &["*"]), now);
        assert!(cache.needs_preflight(&get, now));
        assert!(!cache.needs_preflight(&request("GET", &[("X-A", "1")]), now));
    }

    #[test]
    fn grants_are_for_one_url_and_can_be_cleared() {
        let (mut cache, now) = (PreflightCache::default(), Instant::now());
        let put = request("PUT", &[]);
        cache.store(&put, &grant(&["PUT"], &[]), now);
        let mut elsewhere = put.clone();
        elsewhere.set_url(Url::parse("https://b.example/other").unwrap());
        assert!(cache.needs_preflight(&elsewhere, now));
        cache.clear(&put);
        assert!(cache.needs_preflight(&put, now));
    }

    #[test]
    fn the_cache_is_bounded() {
        let (mut cache, now) = (PreflightCache::default(), Instant::now());
        for number in 0..CAPACITY + 10 {
            cache.store(&request("PUT", &[]), &grant(&[&format!("M{number}")], &[]), now);
        }
        assert_eq!(cache.entries.len(), CAPACITY);
    }
}
