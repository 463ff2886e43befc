//! `Content-Length` (<https://fetch.spec.whatwg.org/#content-length-header>).

use crate::HeaderList;
use crate::http::header_values::{MalformedHeader, parse_digits};

/// <https://fetch.spec.whatwg.org/#header-list-extract-a-length>
pub fn extract_length(headers: &HeaderList) -> Result<Option<u64>, MalformedHeader> {
    // 1.–2. All values.
    let Some(values) = headers.get_decode_split("Content-Length") else { return Ok(None) };
    // 3.–4. They have to agree.
    let candidate = values.first().map_or("", String::as_str);
    if values.iter().any(|value| value != candidate) {
        return Err(MalformedHeader);
    }
    // 5.–6. Digits, or nothing.
    Ok(parse_digits(candidate.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(values: &[&str]) -> Result<Option<u64>, MalformedHeader> {
        extract_length(&values.iter().map(|value| ("content-length", *value)).collect())
    }

    #[test]
    fn equal_lengths_agree_and_others_fail() {
        assert_eq!(length(&["5"]), Ok(Some(5)));
        assert_eq!(length(&["5, 5", "5"]), Ok(Some(5)));
        assert_eq!(length(&["5", "6"]), Err(MalformedHeader));
        assert_eq!(length(&["+5"]), Ok(None));
        assert_eq!(length(&[""]), Ok(None));
        assert_eq!(length(&[]), Ok(None));
    }
}
