//! Taking header values apart (<https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split>,
//! <https://fetch.spec.whatwg.org/#extract-header-list-values>).

use super::header_list::HeaderList;
use super::{is_http_tab_or_space, is_token, isomorphic_decode};

/// A header that does not follow its own grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the header's value does not follow its grammar")]
pub struct MalformedHeader;

/// The end of the [HTTP quoted string](https://fetch.spec.whatwg.org/#collect-an-http-quoted-string) that starts
/// at `input[start]`, a quotation mark: the index behind its closing one, or the input's end.
fn end_of_quoted_string(input: &[u8], start: usize) -> usize {
    let mut position = start + 1;
    while let Some(&byte) = input.get(position) {
        position += 1;
        match byte {
            b'"' => return position,
            // A backslash takes the next byte with it.
            b'\\' => position += 1,
            _ => {}
        }
    }
    input.len()
}

/// Splits a header value at its commas, but not at those in quoted strings
/// (<https://fetch.spec.whatwg.org/#header-value-get-decode-and-split>).
pub fn get_decode_and_split(value: &[u8]) -> Vec<String> {
    let mut values = Vec::new();
    let (mut start, mut position) = (0, 0);
    // 5. Until the end:
    loop {
        match value.get(position) {
            // 5.1. All but quotes and commas goes into the item.
            Some(byte) if !matches!(byte, b'"' | b',') => position += 1,
            // 5.2. A quoted string too.
            Some(b'"') => position = end_of_quoted_string(value, position),
            // 5.3–5.8. A comma or the end closes the item.
            end => {
                values.push(isomorphic_decode(trim_tab_or_space(&value[start..position])));
                if end.is_none() {
                    return values;
                }
                position += 1;
                start = position;
            }
        }
    }
}

fn trim_tab_or_space(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&byte| !is_http_tab_or_space(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|&byte| !is_http_tab_or_space(byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

impl HeaderList {
    /// <https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split>
    pub fn get_decode_split(&self, name: &str) -> Option<Vec<String>> {
        self.get(name).map(|value| get_decode_and_split(&value))
    }

    /// Extracts header list values of a header whose grammar is a list of tokens (`#method`, `#field-name`):
    /// none where it is absent (<https://fetch.spec.whatwg.org/#extract-header-list-values>).
    pub fn extract_tokens(&self, name: &str) -> Result<Option<Vec<String>>, MalformedHeader> {
        // 1. Absent.
        if !self.contains(name) {
            return Ok(None);
        }
        // 3.–4. All values of all headers of this name; RFC 9110 lets empty items pass.
        let mut values = Vec::new();
        for value in self.values(name) {
            for item in value.split(|&byte| byte == b',').map(trim_tab_or_space) {
                if is_token(item) {
                    values.push(isomorphic_decode(item));
                } else if !item.is_empty() {
                    return Err(MalformedHeader);
                }
            }
        }
        // 5. Done.
        Ok(Some(values))
    }

    /// Extracts a header that may be there once and is a number of seconds (`delta-seconds`).
    pub fn extract_seconds(&self, name: &str) -> Result<Option<u64>, MalformedHeader> {
        let mut values = self.values(name);
        let Some(value) = values.next() else { return Ok(None) };
        // 2. More than one where the grammar has one.
        if values.next().is_some() {
            return Err(MalformedHeader);
        }
        parse_digits(value).map(Some).ok_or(MalformedHeader)
    }
}

/// Reads ASCII digits; a number that is too large becomes the largest.
pub(crate) fn parse_digits(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |number: u64, digit: &u8| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(digits.iter().fold(0, add))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(value: &str) -> Vec<String> {
        get_decode_and_split(value.as_bytes())
    }

    #[test]
    fn values_are_split_at_commas_outside_quotes() {
        assert_eq!(split("nosniff,"), ["nosniff", ""]);
        assert_eq!(split(""), [""]);
        assert_eq!(split("text/html;\", x/x"), ["text/html;\", x/x"]);
        assert_eq!(split("x/x;test=\"hi\",y/y"), ["x/x;test=\"hi\"", "y/y"]);
        assert_eq!(split("x / x,,,1"), ["x / x", "", "", "1"]);
        assert_eq!(split("\"1,2\", 3"), ["\"1,2\"", "3"]);
        assert_eq!(split("\"a\\\",b\",c"), ["\"a\\\",b\"", "c"]);
        assert_eq!(split("a\"b\"c,d"), ["a\"b\"c", "d"]);
        assert_eq!(split("\"\\"), ["\"\\"]);
    }

    #[test]
    fn headers_of_one_name_are_one_value() {
        let headers: HeaderList = [("A", "nosniff"), ("B", "sniff"), ("A", "")].into_iter().collect();
        assert_eq!(headers.get_decode_split("a"), Some(vec!["nosniff".into(), "".into()]));
        assert_eq!(headers.get_decode_split("c"), None);
    }

    #[test]
    fn token_lists_may_have_empty_items_but_no_others() {
        let headers: HeaderList =
            [("M", "PUT,, PATCH"), ("M", "*"), ("E", ""), ("X", "a b")].into_iter().collect();
        assert_eq!(headers.extract_tokens("m"), Ok(Some(vec!["PUT".into(), "PATCH".into(), "*".into()])));
        assert_eq!(headers.extract_tokens("e"), Ok(Some(vec![])));
        assert_eq!(headers.extract_tokens("x"), Err(MalformedHeader));
        assert_eq!(headers.extract_tokens("y"), Ok(None));
    }

    #[test]
    fn seconds_are_digits_and_saturate() {
        let headers: HeaderList =
            [("a", "60"), ("b", "-1"), ("c", "99999999999999999999999"), ("d", "1"), ("d", "2")]
                .into_iter()
                .collect();
        assert_eq!(headers.extract_seconds("a"), Ok(Some(60)));
        assert_eq!(headers.extract_seconds("b"), Err(MalformedHeader));
        assert_eq!(headers.extract_seconds("c"), Ok(Some(u64::MAX)));
        assert_eq!(headers.extract_seconds("d"), Err(MalformedHeader));
        assert_eq!(headers.extract_seconds("e"), Ok(None));
    }

    proptest::proptest! {
        #[test]
        fn splitting_never_panics_and_always_gives_an_item(value: Vec<u8>) {
            assert!(!get_decode_and_split(&value).is_empty());
        }
    }
}
