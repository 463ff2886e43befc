//! The cookie store (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-concepts>).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::SystemTime;

use url::Host;

use super::parse::{DomainAttribute, ParsedCookie, parse_cookie};
use super::{Cookie, CookieChange, CookieKey, MAX_PER_HOST, MAX_TOTAL, SameSite, SameSiteMode};

/// The cookies, by the host that they belong to.
#[derive(Clone, Debug, Default)]
pub struct CookieStore {
    hosts: HashMap<Host<String>, Vec<Cookie>>,
    count: usize,
}

/// Where a cookie comes from, or is to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// Whether over a secure connection.
    pub is_secure: bool,
    pub host: &'a Host<String>,
    /// The URL's path.
    pub path: &'a [u8],
    /// Whether over HTTP, and not by a script.
    pub http_only_allowed: bool,
}

impl CookieStore {
    /// A store with cookies that were stored before, but for those that are over at `now`.
    pub fn new(cookies: impl IntoIterator<Item = Cookie>, now: SystemTime) -> Self {
        let mut store = CookieStore::default();
        for cookie in cookies {
            if !cookie.is_expired(now) {
                store.take(&cookie);
                store.insert(cookie);
            }
        }
        store
    }

    /// All that are not expired.
    pub fn iter(&self, now: SystemTime) -> impl Iterator<Item = &Cookie> {
        self.hosts.values().flatten().filter(move |cookie| !cookie.is_expired(now))
    }

    /// Deletes a cookie.
    pub fn remove(&mut self, key: &CookieKey) -> Vec<CookieChange> {
        let Some(cookies) = self.hosts.get_mut(&key.host) else { return Vec::new() };
        let Some(at) = cookies.iter().position(|cookie| cookie.key() == *key) else { return Vec::new() };
        cookies.remove(at);
        self.recount();
        vec![CookieChange::Removed(key.clone())]
    }

    /// Deletes all.
    pub fn clear(&mut self) {
        *self = CookieStore::default();
    }

    /// Parse and store a cookie, and garbage collect
    /// (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-and-store-a-cookie>).
    pub(super) fn parse_and_store(
        &mut self,
        input: &[u8],
        place: Place<'_>,
        same_site_strict_or_lax_allowed: bool,
        now: SystemTime,
    ) -> Vec<CookieChange> {
        let Some(parsed) = parse_cookie(input, now) else { return Vec::new() };
        let Some(cookie) = self.admit(parsed, place, same_site_strict_or_lax_allowed, now) else {
            return Vec::new();
        };
        let key = cookie.key();
        let host = cookie.host.clone();
        self.insert(cookie);
        let mut changes: Vec<_> =
            self.collect_garbage(&host, now).into_iter().map(CookieChange::Removed).collect();
        // Unless it was over from the start.
        let stored = self.hosts.get(&host).into_iter().flatten().find(|cookie| cookie.key() == key);
        changes.extend(stored.cloned().map(CookieChange::Set));
        changes
    }

    /// Store a cookie, up to its insertion
    /// (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie>).
    fn admit(
        &mut self,
        parsed: ParsedCookie,
        place: Place<'_>,
        same_site_strict_or_lax_allowed: bool,
        now: SystemTime,
    ) -> Option<Cookie> {
        // 3., 5.–7. Whose it is.
        let (host, host_only) = match parsed.domain {
            DomainAttribute::Failure => return None,
            DomainAttribute::Absent => (place.host.clone(), true),
            // 5. A public suffix can have cookies for itself alone.
            DomainAttribute::Host(host) if is_public_suffix(&host) => {
                (host == *place.host).then_some((host, true))?
            }
            DomainAttribute::Host(host) => domain_matches(place.host, &host).then_some((host, false))?,
        };
        let has_path = parsed.path.is_some();
        let mut cookie = Cookie {
            name: parsed.name,
            value: parsed.value,
            secure: parsed.secure,
            host,
            host_only,
            path: parsed.path.unwrap_or_else(|| default_path(place.path)),
            same_site: parsed.same_site,
            http_only: parsed.http_only,
            // 4. Times.
            creation_time: now,
            expiry_time: parsed.expiry_time,
            last_access_time: now,
        };
        // 9. Scripts set no cookies that they could not see.
        if cookie.http_only && !place.http_only_allowed {
            return None;
        }
        // 10. An insecure connection sets no secure cookies, and covers none.
        if !place.is_secure && (cookie.secure || self.covers_a_secure_one(&cookie)) {
            return None;
        }
        // 11. Those for the site are not set from elsewhere.
        if cookie.same_site != SameSite::None && !same_site_strict_or_lax_allowed {
            return None;
        }
        // 12. Those for all sites go over secure connections.
        if cookie.same_site == SameSite::None && !cookie.secure {
            return None;
        }
        // 13.–17. What names promise.
        if !keeps_promises(&cookie, has_path) {
            return None;
        }
        // 18. The one that it replaces. (NB: the draft returns here if only the value is another; RFC 6265 does not.)
        if let Some(old) = self.find(&cookie) {
            if old.http_only && !place.http_only_allowed {
                return None;
            }
            cookie.creation_time = old.creation_time;
        }
        self.take(&cookie);
        Some(cookie)
    }

    /// Step 10.2: whether there is a secure cookie that would be mistaken for `cookie`.
    fn covers_a_secure_one(&self, cookie: &Cookie) -> bool {
        self.hosts.values().flatten().any(|existing| {
            existing.secure
                && existing.name == cookie.name
                && (domain_matches(&existing.host, &cookie.host)
                    || domain_matches(&cookie.host, &existing.host))
                && path_matches(&cookie.path, &existing.path)
        })
    }

    /// Retrieve cookies
    /// (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies>).
    pub(super) fn retrieve(&mut self, place: Place<'_>, mode: SameSiteMode, now: SystemTime) -> Vec<&Cookie> {
        // 1. Those of the host and of the domains above it that fit.
        let fits = |cookie: &Cookie| {
            (!cookie.host_only || cookie.host == *place.host)
                && !cookie.is_expired(now)
                && path_matches(place.path, &cookie.path)
                && (place.is_secure || !cookie.secure)
                && (place.http_only_allowed || !cookie.http_only)
                && mode.allows(cookie.same_site)
        };
        let hosts = hosts_above(place.host);
        for host in &hosts {
            // 3. Now they are used.
            for cookie in self.hosts.get_mut(host).into_iter().flatten().filter(|cookie| fits(cookie)) {
                cookie.last_access_time = now;
            }
        }
        let all = hosts.iter().filter_map(|host| self.hosts.get(host)).flatten();
        let mut cookies: Vec<_> = all.filter(|cookie| fits(cookie)).collect();
        // 2. Long paths first, then old ones.
        cookies.sort_by_key(|cookie| (Reverse(cookie.path.len()), cookie.creation_time));
        // 4. Done.
        cookies
    }

    /// Garbage collect cookies
    /// (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-garbage-collect-cookies>).
    fn collect_garbage(&mut self, host: &Host<String>, now: SystemTime) -> Vec<super::CookieKey> {
        let mut removed = Vec::new();
        // 1. Those that are over. NB: of this host; the others when it gets narrow, or when they are met.
        if let Some(cookies) = self.hosts.get_mut(host) {
            removed
                .extend(cookies.extract_if(.., |cookie| cookie.is_expired(now)).map(|cookie| cookie.key()));
            // 2. Too many of this host: the insecure first, and of those that least recently used.
            if cookies.len() > MAX_PER_HOST {
                let mut order: Vec<_> = cookies
                    .iter()
                    .map(|cookie| (cookie.secure, cookie.last_access_time, cookie.key()))
                    .collect();
                order.sort_by_key(|(secure, access, _)| (*secure, *access));
                order.truncate(cookies.len() - MAX_PER_HOST);
                let excess: Vec<_> = order.into_iter().map(|(_, _, key)| key).collect();
                cookies.retain(|cookie| !excess.contains(&cookie.key()));
                removed.extend(excess);
            }
        }
        self.recount();
        // 3. Too many at all.
        if self.count > MAX_TOTAL {
            for cookies in self.hosts.values_mut() {
                removed.extend(
                    cookies.extract_if(.., |cookie| cookie.is_expired(now)).map(|cookie| cookie.key()),
                );
            }
            let mut order: Vec<_> =
                self.hosts.values().flatten().map(|cookie| (cookie.last_access_time, cookie.key())).collect();
            order.sort_by_key(|(access, _)| *access);
            order.truncate(order.len().saturating_sub(MAX_TOTAL));
            for (_, key) in order {
                if let Some(cookies) = self.hosts.get_mut(&key.host) {
                    cookies.retain(|cookie| cookie.key() != key);
                }
                removed.push(key);
            }
            self.recount();
        }
        removed
    }

    fn recount(&mut self) {
        self.hosts.retain(|_, cookies| !cookies.is_empty());
        self.count = self.hosts.values().map(Vec::len).sum();
    }

    fn insert(&mut self, cookie: Cookie) {
        self.hosts.entry(cookie.host.clone()).or_default().push(cookie);
        self.count += 1;
    }

    fn find(&self, cookie: &Cookie) -> Option<&Cookie> {
        self.hosts.get(&cookie.host)?.iter().find(|other| is_same(other, cookie))
    }

    /// Takes the cookie with the key of `cookie` out.
    fn take(&mut self, cookie: &Cookie) {
        let Some(cookies) = self.hosts.get_mut(&cookie.host) else { return };
        if let Some(at) = cookies.iter().position(|other| is_same(other, cookie)) {
            cookies.remove(at);
            self.count -= 1;
        }
    }
}

fn is_same(a: &Cookie, b: &Cookie) -> bool {
    a.name == b.name && a.path == b.path && a.host == b.host && a.host_only == b.host_only
}

/// Steps 13 to 17 of "store a cookie": prefixes of names, in whatever case.
fn keeps_promises(cookie: &Cookie, has_path: bool) -> bool {
    let starts = |bytes: &[u8], prefix: &str| {
        bytes.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    // 17. A value that would be read as such a name.
    if cookie.name.is_empty()
        && ["__secure-", "__host-", "__http-"].iter().any(|prefix| starts(&cookie.value, prefix))
    {
        return false;
    }
    let is_host = cookie.secure && cookie.host_only && has_path && cookie.path == b"/";
    // NB: the draft says that `HttpOnly` must not be there, and means that it must.
    let is_http = cookie.secure && cookie.http_only;
    let named = |prefix| starts(&cookie.name, prefix);
    (!named("__secure-") || cookie.secure)
        && (!named("__host-") || is_host)
        && (!named("__http-") || is_http)
        && (!named("__host-http-") || (is_host && is_http))
}

/// Whether others than the host's owner have names below it (<https://url.spec.whatwg.org/#host-public-suffix>).
fn is_public_suffix(host: &Host<String>) -> bool {
    match host {
        Host::Domain(domain) => {
            // The name of a domain may end with a dot, its suffix does not.
            let domain = domain.strip_suffix('.').unwrap_or(domain);
            psl::suffix_str(domain) == Some(domain)
        }
        Host::Ipv4(_) | Host::Ipv6(_) => false,
    }
}

/// <https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-domain-matching>
fn domain_matches(host: &Host<String>, attribute: &Host<String>) -> bool {
    match (host, attribute) {
        (Host::Domain(host), Host::Domain(attribute)) => {
            host.strip_suffix(attribute.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
        _ => host == attribute,
    }
}

/// The host, and the domains above it.
fn hosts_above(host: &Host<String>) -> Vec<Host<String>> {
    let mut hosts = vec![host.clone()];
    if let Host::Domain(domain) = host {
        let dots = domain.match_indices('.').map(|(at, _)| &domain[at + 1..]);
        hosts.extend(dots.filter(|above| !above.is_empty()).map(|above| Host::Domain(above.to_owned())));
    }
    hosts
}

/// <https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-default-path>
fn default_path(path: &[u8]) -> Vec<u8> {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) if at > 0 => path[..at].to_owned(),
        _ => b"/".to_vec(),
    }
}

/// <https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-path-matching>
///
/// NB: a path `/a` does not match a cookie's path `/a/`, nor `/ab` one of `/a`, as RFC 6265 has it.
fn path_matches(request: &[u8], cookie: &[u8]) -> bool {
    match request.strip_prefix(cookie) {
        Some(rest) => rest.is_empty() || cookie.ends_with(b"/") || rest.starts_with(b"/"),
        None => false,
    }
}
