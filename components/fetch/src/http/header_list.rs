//! Headers and header lists (<https://fetch.spec.whatwg.org/#headers>).

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{is_http_whitespace, is_token, isomorphic_decode, isomorphic_encode};

/// A header (<https://fetch.spec.whatwg.org/#concept-header>). Serde writes it as a pair of strings, the value
/// isomorphic decoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The name: a token, in the case in which it was given.
    pub name: String,
    /// The value: any bytes but NUL, CR and LF.
    pub value: Vec<u8>,
}

/// A header list: ordered, names compared without regard to ASCII case
/// (<https://fetch.spec.whatwg.org/#concept-header-list>).
///
/// The list does not check what is put into it: whoever takes names and values from a page or a server does,
/// with [`is_header_name`] and [`is_header_value`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HeaderList(Vec<Header>);

/// Whether `name` is a header name (<https://fetch.spec.whatwg.org/#header-name>).
pub fn is_header_name(name: &[u8]) -> bool {
    is_token(name)
}

/// Whether `value` is a header value (<https://fetch.spec.whatwg.org/#header-value>).
pub fn is_header_value(value: &[u8]) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(|&byte| super::is_http_tab_or_space(byte));
    !edge(value.first()) && !edge(value.last()) && !value.iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r'))
}

/// <https://fetch.spec.whatwg.org/#concept-header-value-normalize>
pub fn normalize_header_value(value: &[u8]) -> &[u8] {
    let start = value.iter().position(|&byte| !is_http_whitespace(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|&byte| !is_http_whitespace(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// Convert header names to a sorted-lowercase set
/// (<https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set>).
pub fn sorted_lowercase_set<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    names.into_iter().map(str::to_ascii_lowercase).collect::<BTreeSet<_>>().into_iter().collect()
}

impl Header {
    /// A header.
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Header { name: name.into(), value: value.into() }
    }
}

impl HeaderList {
    /// An empty list.
    pub const fn new() -> Self {
        HeaderList(Vec::new())
    }

    /// The headers in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.iter()
    }

    /// How many headers there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes all headers.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keeps the headers for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Header) -> bool) {
        self.0.retain(keep);
    }

    /// <https://fetch.spec.whatwg.org/#header-list-contains>
    pub fn contains(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// All values of `name`, uncombined, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| &*header.value)
    }

    /// Gets the values of `name`, joined with `, ` (<https://fetch.spec.whatwg.org/#concept-header-list-get>).
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.combined(name).map(Cow::into_owned)
    }

    /// [`HeaderList::get`], which copies nothing where there is one value.
    pub fn combined<'a>(&'a self, name: &'a str) -> Option<Cow<'a, [u8]>> {
        let mut values = self.values(name);
        let mut combined = Cow::Borrowed(values.next()?);
        for value in values {
            let combined = combined.to_mut();
            combined.extend_from_slice(b", ");
            combined.extend_from_slice(value);
        }
        Some(combined)
    }

    /// [`HeaderList::get`], isomorphic decoded.
    pub fn get_string(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| isomorphic_decode(&value))
    }

    /// <https://fetch.spec.whatwg.org/#concept-header-list-append>
    pub fn append(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        // 1. Use the case of the name that is already there.
        let name = self.first(name).map_or_else(|| name.to_owned(), |header| header.name.clone());
        // 2. Append.
        self.0.push(Header { name, value: value.into() });
    }

    /// <https://fetch.spec.whatwg.org/#concept-header-list-delete>
    pub fn delete(&mut self, name: &str) {
        self.0.retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// <https://fetch.spec.whatwg.org/#concept-header-list-set>
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let Some(first) = self.position(name) else {
            // 2. Append where there is none.
            self.0.push(Header::new(name, value));
            return;
        };
        // 1. Change the first, remove the others.
        self.0[first].value = value.into();
        let mut index = 0;
        self.0.retain(|header| {
            let keep = index <= first || !header.name.eq_ignore_ascii_case(name);
            index += 1;
            keep
        });
    }

    /// <https://fetch.spec.whatwg.org/#concept-header-list-combine>
    pub fn combine(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        match self.position(name) {
            // 1. Add to the first value.
            Some(first) => {
                self.0[first].value.extend_from_slice(b", ");
                self.0[first].value.append(&mut value.into());
            }
            // 2. Append where there is none.
            None => self.0.push(Header::new(name, value)),
        }
    }

    /// <https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine>
    pub fn sort_and_combine(&self) -> HeaderList {
        // 1. The new list.
        let mut headers = Vec::new();
        // 2. The names.
        let names = sorted_lowercase_set(self.0.iter().map(|header| header.name.as_str()));
        // 3. For each of them:
        for name in names {
            if name == "set-cookie" {
                // 3.1. Set-Cookie's values stay apart.
                headers.extend(self.values("set-cookie").map(|value| Header::new("set-cookie", value)));
            } else if let Some(value) = self.get(&name) {
                // 3.2. All others are combined.
                headers.push(Header { name, value });
            }
        }
        // 4. Done.
        HeaderList(headers)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|header| header.name.eq_ignore_ascii_case(name))
    }

    fn first(&self, name: &str) -> Option<&Header> {
        self.position(name).map(|index| &self.0[index])
    }
}

impl<'a> IntoIterator for &'a HeaderList {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for HeaderList {
    type Item = Header;
    type IntoIter = std::vec::IntoIter<Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<N: AsRef<str>, V: Into<Vec<u8>>> FromIterator<(N, V)> for HeaderList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        let mut list = HeaderList::new();
        for (name, value) in headers {
            list.append(name.as_ref(), value);
        }
        list
    }
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.name, isomorphic_decode(&self.value)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, value) = <(String, String)>::deserialize(deserializer)?;
        let value = isomorphic_encode(&value)
            .ok_or_else(|| serde::de::Error::custom("a header value with a code point above U+00FF"))?;
        Ok(Header { name, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(headers: &[(&str, &str)]) -> HeaderList {
        headers.iter().copied().collect()
    }

    #[test]
    fn values_of_one_name_are_joined_whatever_its_case() {
        let list = list(&[("A", "1"), ("b", "2"), ("a", "3")]);
        assert_eq!(list.get_string("a").as_deref(), Some("1, 3"));
        assert_eq!(list.get("c"), None);
    }

    #[test]
    fn append_keeps_the_case_of_the_first() {
        let list = list(&[("X-Foo", "1"), ("x-foo", "2")]);
        assert!(list.iter().all(|header| header.name == "X-Foo"));
    }

    #[test]
    fn set_changes_the_first_and_removes_the_others() {
        let mut headers = list(&[("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")]);
        headers.set("A", "5");
        assert_eq!(headers, list(&[("a", "5"), ("b", "2")]));
        headers.set("c", "6");
        assert_eq!(headers.get_string("C").as_deref(), Some("6"));
    }

    #[test]
    fn combine_adds_to_the_first_value() {
        let mut headers = list(&[("a", "1")]);
        headers.combine("A", "2");
        headers.combine("b", "3");
        assert_eq!(headers, list(&[("a", "1, 2"), ("b", "3")]));
    }

    #[test]
    fn delete_removes_all_of_a_name() {
        let mut headers = list(&[("a", "1"), ("b", "2"), ("A", "3")]);
        headers.delete("a");
        assert_eq!(headers, list(&[("b", "2")]));
    }

    #[test]
    fn sorting_combines_all_but_set_cookie() {
        let headers = list(&[("z", "1"), ("Set-Cookie", "x"), ("A", "2"), ("set-cookie", "y"), ("a", "3")]);
        let sorted: Vec<_> = headers
            .sort_and_combine()
            .into_iter()
            .map(|header| (header.name, isomorphic_decode(&header.value)))
            .collect();
        let expected = [("a", "2, 3"), ("set-cookie", "x"), ("set-cookie", "y"), ("z", "1")];
        assert_eq!(sorted, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn values_are_normalized_at_both_ends() {
        assert_eq!(normalize_header_value(b" \t\r\n a b \n"), b"a b");
        assert_eq!(normalize_header_value(b" \r\n"), b"");
        assert_eq!(normalize_header_value(b"\x0ca"), b"\x0ca");
    }

    #[test]
    fn names_are_tokens_and_values_have_no_line_ends() {
        assert!(is_header_name(b"X-A_b!") && !is_header_name(b"") && !is_header_name(b"a b"));
        assert!(!is_header_name(b"a:") && !is_header_name("é".as_bytes()));
        assert!(is_header_value(b"") && is_header_value(b"a\x01\xff b"));
        assert!(!is_header_value(b" a") && !is_header_value(b"a\t") && !is_header_value(b"a\nb"));
        assert!(!is_header_value(b"a\0b") && !is_header_value(b"\r"));
    }
}
