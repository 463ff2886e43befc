//! Authentication entries (<https://fetch.spec.whatwg.org/#authentication-entries>), of the scheme `Basic`
//! (<https://www.rfc-editor.org/rfc/rfc7617>). FIXME(spec): `Digest`, and those of proxies.

use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fetch::http::isomorphic_decode;
use fetch::{HeaderList, Origin};
use percent_encoding::percent_decode_str;
use url::Url;

/// The entries that all fetches share.
#[derive(Default)]
pub(crate) struct AuthenticationEntries(Mutex<Vec<Entry>>);

/// There are no more entries, and no more folders of one: whatever servers say, the oldest has to go.
const MAX_ENTRIES: usize = 256;

/// What a server has accepted.
struct Entry {
    origin: Origin,
    realm: String,
    /// Paths with their last slash: what is in these folders or below them is in the same
    /// [protection space](https://www.rfc-editor.org/rfc/rfc7617#section-2.2).
    folders: Vec<String>,
    authorization: String,
}

impl AuthenticationEntries {
    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The `Authorization` value for a URL, where there is an entry for it: that of the deepest folder.
    pub(crate) fn authorization(&self, url: &Url) -> Option<String> {
        let origin = Origin::of(url);
        let entries = self.lock();
        let of_origin = entries.iter().filter(|entry| entry.origin.same_origin(&origin));
        let found = of_origin.filter_map(|entry| {
            let folders = entry.folders.iter().filter(|folder| url.path().starts_with(&***folder));
            Some((folders.map(String::len).max()?, entry))
        });
        found.max_by_key(|(depth, _)| *depth).map(|(_, entry)| entry.authorization.clone())
    }

    /// Creates the entry of a realm, which takes the place of another one, for a URL that it has opened.
    pub(crate) fn create(&self, url: &Url, realm: String, authorization: String) {
        let origin = Origin::of(url);
        let folder = url.path().rsplit_once('/').map_or("/".to_owned(), |(folder, _)| format!("{folder}/"));
        let mut entries = self.lock();
        let known =
            entries.iter_mut().find(|entry| entry.realm == realm && entry.origin.same_origin(&origin));
        match known {
            Some(entry) => {
                entry.authorization = authorization;
                let is_known = entry.folders.iter().any(|known| folder.starts_with(&**known));
                if !is_known && entry.folders.len() < MAX_ENTRIES {
                    entry.folders.retain(|known| !known.starts_with(&*folder));
                    entry.folders.push(folder);
                }
            }
            None => {
                if entries.len() >= MAX_ENTRIES {
                    entries.remove(0);
                }
                entries.push(Entry { origin, realm, folders: vec![folder], authorization });
            }
        }
    }
}

/// A URL's credentials as an `Authorization` value.
pub(crate) fn authorization_of(url: &Url) -> String {
    let mut credentials = percent_decode_str(url.username()).collect::<Vec<u8>>();
    credentials.push(b':');
    credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

/// The realm of a response's challenge of the scheme `Basic`, if there is one.
///
/// NB: http-auth's parser would refuse realms that are not ASCII, and all of a list with a `token68` in it.
pub(crate) fn basic_realm(headers: &HeaderList) -> Option<String> {
    headers.values("WWW-Authenticate").find_map(|value| {
        let value = isomorphic_decode(value);
        let mut is_basic = false;
        // Challenges and their parameters are in one list; a challenge's first item begins with its scheme.
        list_items(&value).into_iter().find_map(|item| {
            let parameter = match item.split_once([' ', '\t']) {
                Some((scheme, parameter))
                    if !scheme.contains('=') && !parameter.trim_start().starts_with('=') =>
                {
                    is_basic = scheme.eq_ignore_ascii_case("basic");
                    parameter.trim()
                }
                _ => item,
            };
            let (name, value) = parameter.split_once('=')?;
            let is_realm = is_basic && name.trim_end().eq_ignore_ascii_case("realm");
            is_realm.then(|| unquoted(value.trim()))
        })
    })
}

/// The items between the commas that are in no quoted string.
fn list_items(value: &str) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let items = value.split(|character| {
        let escapes = is_quoted && !is_escaped && character == '\\';
        if character == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = escapes;
        character == ',' && !is_quoted
    });
    items.map(str::trim).collect()
}

/// What a quoted string stands for; a token stands for itself.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let (mut text, mut characters) = (String::new(), inner.chars());
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realm(values: &[&str]) -> Option<String> {
        basic_realm(&values.iter().map(|value| ("WWW-Authenticate", *value)).collect())
    }

    #[test]
    fn a_basic_challenge_is_found_among_others() {
        assert_eq!(realm(&["Basic realm=\"a, \\\"b\\\"\", charset=\"UTF-8\""]).as_deref(), Some("a, \"b\""));
        assert_eq!(
            realm(&["Digest realm=\"no\", nonce=\"Basic realm=no\", bAsIc Realm = yes"]).as_deref(),
            Some("yes")
        );
        assert_eq!(realm(&["Basic charset=\"UTF-8\", realm = \"spaced\""]).as_deref(), Some("spaced"));
        assert_eq!(realm(&["Negotiate", "Basic realm=\"second\""]).as_deref(), Some("second"));
        assert_eq!(realm(&["Negotiate YWI=, Basic realm=\"third\""]).as_deref(), Some("third"));
        assert_eq!(realm(&["Basic realm=\"s\u{e9}same\""]).as_deref(), Some("s\u{c3}\u{a9}same"));
        assert_eq!(realm(&["Digest realm=\"no\", algorithm=MD5"]), None);
        assert_eq!(realm(&["Basic", "", "Basic \"", "realm=no"]), None);
        assert_eq!(realm(&[]), None);
    }

    #[test]
    fn an_entry_is_for_its_origin_and_what_is_below_its_folders() {
        let url = |url: &str| Url::parse(url).unwrap();
        let entries = AuthenticationEntries::default();
        entries.create(&url("https://a.test/x/page?q"), "one".into(), "first".into());
        entries.create(&url("https://a.test/x/y/"), "two".into(), "second".into());
        let at = |at: &str| entries.authorization(&url(at));
        assert_eq!(at("https://a.test/x/other").as_deref(), Some("first"));
        assert_eq!(at("https://a.test/x/y/z").as_deref(), Some("second"));
        assert_eq!(at("https://a.test/xy"), None);
        assert_eq!(at("https://b.test/x/page"), None);
        for folder in 0..2 * MAX_ENTRIES {
            entries.create(&url(&format!("https://c.test/{folder}/")), "many".into(), "fourth".into());
            entries.create(&url("https://d.test/"), format!("{folder}"), "fifth".into());
        }
        assert!(entries.lock().len() <= MAX_ENTRIES);
        assert!(entries.lock().iter().all(|entry| entry.folders.len() <= MAX_ENTRIES));
        entries.create(&url("https://a.test/x/page?q"), "one".into(), "first".into());
        entries.create(&url("https://a.test/page"), "one".into(), "third".into());
        assert_eq!(at("https://a.test/x/other").as_deref(), Some("third"));
        assert_eq!(at("https://a.test/xy").as_deref(), Some("third"));
    }

    #[test]
    fn credentials_are_decoded_first() {
        let url = Url::parse("https://us%C3%A9r:p%3Aw@a.test/").unwrap();
        assert_eq!(authorization_of(&url), format!("Basic {}", BASE64_STANDARD.encode("usér:p:w")));
    }
}
