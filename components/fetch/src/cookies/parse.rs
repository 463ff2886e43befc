//! Parse a cookie (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie>).

use std::time::{Duration, SystemTime};

use url::Host;

use super::date::parse_date;
use super::{MAX_AGE, MAX_NAME_AND_VALUE, SameSite};

/// Longer attribute values are ignored.
const MAX_ATTRIBUTE_VALUE: usize = 1024;

/// A cookie as a server or a script writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParsedCookie {
    pub name: Vec<u8>,
    pub value: Vec<u8>,
    pub secure: bool,
    pub domain: DomainAttribute,
    /// The `Path` attribute; `None` for the default path.
    pub path: Option<Vec<u8>>,
    pub same_site: SameSite,
    pub http_only: bool,
    pub expiry_time: Option<SystemTime>,
}

/// The `Domain` attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum DomainAttribute {
    /// There is none.
    #[default]
    Absent,
    /// It names a host.
    Host(Host<String>),
    /// It names none; the cookie will be refused.
    Failure,
}

/// Parses `input` at the time `now`; `None` for what is no cookie.
pub(super) fn parse_cookie(input: &[u8], now: SystemTime) -> Option<ParsedCookie> {
    // 1. Control characters other than a tab.
    if input.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
        return None;
    }
    // 2.–6. The pair, and the attributes.
    let mut parts = input.split(|byte| *byte == b';');
    let pair = parts.next().unwrap_or_default();
    // 7.–11. Name and value. Without an equals sign it is all value.
    let (name, value) = split_at_equals(pair).unwrap_or((&[], trim(pair)));
    // 12. Neither nothing nor too much.
    if !(1..=MAX_NAME_AND_VALUE).contains(&(name.len() + value.len())) {
        return None;
    }
    // 13.–14. The default path is for who stores it.
    let mut cookie = ParsedCookie {
        name: name.to_owned(),
        value: value.to_owned(),
        secure: false,
        domain: DomainAttribute::Absent,
        path: None,
        same_site: SameSite::Unset,
        http_only: false,
        expiry_time: None,
    };
    let mut max_age_seen = false;
    // 15. The attributes; the last of a name counts.
    for attribute in parts {
        let (name, value) = split_at_equals(attribute).unwrap_or((trim(attribute), &[]));
        if value.len() > MAX_ATTRIBUTE_VALUE {
            continue;
        }
        match &*name.to_ascii_lowercase() {
            // `Max-Age` wins over it, in whichever order they come.
            b"expires" if !max_age_seen => {
                if let Some(expiry) = parse_date(value) {
                    cookie.expiry_time = Some(expiry.min(now + MAX_AGE));
                }
            }
            b"max-age" => {
                if let Some(expiry) = parse_max_age(value, now) {
                    cookie.expiry_time = Some(expiry);
                    max_age_seen = true;
                }
            }
            b"domain" => cookie.domain = parse_domain(value),
            // NB: a path that is none takes an earlier one back, as RFC 6265 has it and engines do.
            b"path" => cookie.path = value.starts_with(b"/").then(|| value.to_owned()),
            b"secure" => cookie.secure = true,
            b"httponly" => cookie.http_only = true,
            b"samesite" => {
                // NB: as engines do, what isn't known is as if there were no attribute.
                cookie.same_site = match &*value.to_ascii_lowercase() {
                    b"none" => SameSite::None,
                    b"strict" => SameSite::Strict,
                    b"lax" => SameSite::Lax,
                    _ => SameSite::Unset,
                };
            }
            _ => {}
        }
    }
    // 16. Done.
    Some(cookie)
}

fn split_at_equals(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    Some((trim(&bytes[..at]), trim(&bytes[at + 1..])))
}

fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// `None` for what is no number of seconds.
fn parse_max_age(value: &[u8], now: SystemTime) -> Option<SystemTime> {
    let (is_negative, digits) = match value {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number that is too large for us is too large for the limit.
    let seconds = std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX);
    if is_negative || seconds == 0 {
        return Some(SystemTime::UNIX_EPOCH);
    }
    Some(now + Duration::from_secs(seconds).min(MAX_AGE))
}

fn parse_domain(value: &[u8]) -> DomainAttribute {
    let value = value.strip_prefix(b".").unwrap_or(value);
    // NB: as RFC 6265 has it and engines do, an empty one is none.
    if value.is_empty() {
        return DomainAttribute::Absent;
    }
    let host = std::str::from_utf8(value).ok().filter(|value| value.is_ascii());
    host.and_then(|host| Host::parse(host).ok()).map_or(DomainAttribute::Failure, DomainAttribute::Host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    fn parse(text: &str) -> Option<ParsedCookie> {
        parse_cookie(text.as_bytes(), now())
    }

    fn pair(text: &str) -> Option<(String, String)> {
        let text_of = |bytes| String::from_utf8(bytes).unwrap();
        parse(text).map(|cookie| (text_of(cookie.name), text_of(cookie.value)))
    }

    fn lasts(text: &str) -> Option<i64> {
        parse(text).unwrap().expiry_time.map(|expiry| match expiry.duration_since(now()) {
            Ok(after) => after.as_secs() as i64,
            Err(_) => -1,
        })
    }

    #[test]
    fn a_pair_is_split_at_the_first_equals_sign_and_trimmed() {
        let is = |text, name: &str, value: &str| {
            assert_eq!(pair(text), Some((name.into(), value.into())), "{text}")
        };
        is("a=b", "a", "b");
        is(" \ta = b c=d \t; Secure", "a", "b c=d");
        is("a=", "a", "");
        is("=b", "", "b");
        is("b", "", "b");
        is("a=\"b;c\"", "a", "\"b");
        assert_eq!(pair(""), None);
        assert_eq!(pair("; Secure"), None);
        assert_eq!(pair("= ;"), None);
    }

    #[test]
    fn control_characters_and_too_many_bytes_make_it_no_cookie() {
        assert_eq!(pair("a=b\u{1}"), None);
        assert_eq!(pair("a=b; x=\u{7f}"), None);
        assert!(pair("a=b\tc").is_some());
        assert!(pair(&format!("ab={}", "x".repeat(4094))).is_some());
        assert_eq!(pair(&format!("abc={}", "x".repeat(4094))), None);
    }

    #[test]
    fn max_age_wins_over_expires_and_nothing_lasts_longer_than_the_limit() {
        let limit = MAX_AGE.as_secs() as i64;
        assert_eq!(lasts("a=b"), None);
        assert_eq!(lasts("a=b; max-age=10"), Some(10));
        assert_eq!(lasts("a=b; Max-Age=99999999999999999999999"), Some(limit));
        assert_eq!(lasts("a=b; Max-Age=-99999999999999999999999"), Some(-1));
        assert_eq!(lasts("a=b; Max-Age=0"), Some(-1));
        for nonsense in ["", "x", "1x", "--1", "+1", "1.5"] {
            assert_eq!(lasts(&format!("a=b; Max-Age={nonsense}")), None, "{nonsense}");
        }
        assert_eq!(lasts("a=b; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), Some(10));
        assert_eq!(lasts("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10"), Some(10));
        assert_eq!(lasts("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), Some(-1));
        assert_eq!(lasts("a=b; Expires=Thu, 01 Jan 2970 00:00:00 GMT"), Some(limit));
        assert_eq!(lasts("a=b; Expires=soon"), None);
    }

    #[test]
    fn attributes_are_read_whatever_their_case() {
        let cookie =
            parse("a=b; sEcUrE; HTTPONLY=x; path=/x/; samesite=lax; domain=.EXAMPLE.com; other=1").unwrap();
        assert!(cookie.secure && cookie.http_only);
        assert_eq!(cookie.path.as_deref(), Some(&b"/x/"[..]));
        assert_eq!(cookie.same_site, SameSite::Lax);
        assert_eq!(cookie.domain, DomainAttribute::Host(Host::Domain("example.com".into())));
    }

    #[test]
    fn the_last_attribute_of_a_name_counts() {
        let cookie =
            parse("a=b; path=/x; path=y; domain=no host; domain=c.d; samesite=lax; samesite=x").unwrap();
        assert_eq!(cookie.path, None);
        assert_eq!(cookie.domain, DomainAttribute::Host(Host::Domain("c.d".into())));
        assert_eq!(cookie.same_site, SameSite::Unset);
        assert_eq!(parse("a=b; domain=x; domain=").unwrap().domain, DomainAttribute::Absent);
        assert_eq!(parse("a=b; domain=no host").unwrap().domain, DomainAttribute::Failure);
    }

    #[test]
    fn an_attribute_that_is_too_long_is_ignored() {
        let path = |length: usize| parse(&format!("a=b; path=/{}", "x".repeat(length - 1))).unwrap().path;
        assert!(path(1024).is_some());
        assert_eq!(path(1025), None);
    }
}
