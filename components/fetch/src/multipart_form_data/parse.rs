//! Reading a form, as browsers do: RFC 7578 in the shape that
//! <https://andreubotella.github.io/multipart-form-data/#multipart-form-data-parser> gives it.

use bytes::Bytes;
use encoding_rs::UTF_8;

use super::{Part, PartValue};

/// The bytes are no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not multipart/form-data with that boundary")]
pub struct MalformedForm;

/// What a part's headers say.
#[derive(Default)]
struct PartHeaders {
    name: Option<String>,
    filename: Option<String>,
    content_type: Option<String>,
}

/// The bytes from here on.
struct Input<'a> {
    bytes: &'a Bytes,
    position: usize,
}

/// The parts of a form. What is behind its end is passed over.
pub fn parse(bytes: &Bytes, boundary: &str) -> Result<Vec<Part>, MalformedForm> {
    let mut input = Input { bytes, position: 0 };
    let delimiter = format!("--{boundary}").into_bytes();
    let between = [b"\r\n", delimiter.as_slice()].concat();
    let mut parts = Vec::new();
    // NB: line breaks before the first part are no harm.
    while input.skip(b"\r\n") {}
    loop {
        // A part begins behind a boundary; two hyphens behind it end the form.
        input.expect(&delimiter)?;
        if input.skip(b"--") {
            return Ok(parts);
        }
        input.skip_blanks();
        input.expect(b"\r\n")?;
        let headers = input.headers()?;
        let name = headers.name.ok_or(MalformedForm)?;
        // The body reaches to the next boundary.
        let length = find(input.rest(), &between).ok_or(MalformedForm)?;
        let body = bytes.slice(input.position..input.position + length);
        input.position += length;
        input.expect(b"\r\n")?;
        let value = match headers.filename {
            Some(name) => {
                let media_type = headers.content_type.unwrap_or_else(|| "text/plain".to_owned());
                PartValue::File { bytes: body, name, media_type }
            }
            None => PartValue::Text(decode(&body)),
        };
        parts.push(Part { name, value });
    }
}

/// Where `needle` is first.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let mut start = 0;
    loop {
        start += haystack.get(start..)?.iter().position(|byte| byte == first)?;
        if haystack[start + 1..].starts_with(rest) {
            return Some(start);
        }
        start += 1;
    }
}

/// <https://encoding.spec.whatwg.org/#utf-8-decode-without-bom>
fn decode(bytes: &[u8]) -> String {
    UTF_8.decode_without_bom_handling(bytes).0.into_owned()
}

/// Takes back what the encoding escapes.
fn unescape(bytes: &[u8]) -> String {
    decode(bytes).replace("%0A", "\n").replace("%0D", "\r").replace("%22", "\"")
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !is_blank(*byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// <https://httpwg.org/specs/rfc9110.html#rule.token.separators>
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

impl<'a> Input<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.position..]
    }

    fn skip(&mut self, expected: &[u8]) -> bool {
        let is_there = self.rest().starts_with(expected);
        if is_there {
            self.position += expected.len();
        }
        is_there
    }

    fn expect(&mut self, expected: &[u8]) -> Result<(), MalformedForm> {
        if self.skip(expected) { Ok(()) } else { Err(MalformedForm) }
    }

    fn take_while(&mut self, condition: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !condition(*byte)).unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    fn skip_blanks(&mut self) {
        self.take_while(is_blank);
    }

    /// The headers of a part, and the empty line behind them.
    fn headers(&mut self) -> Result<PartHeaders, MalformedForm> {
        let mut headers = PartHeaders::default();
        while !self.skip(b"\r\n") {
            let name =
                trim(self.take_while(|byte| !matches!(byte, b'\n' | b'\r' | b':'))).to_ascii_lowercase();
            if name.is_empty() || !name.iter().copied().all(is_token) {
                return Err(MalformedForm);
            }
            self.expect(b":")?;
            self.skip_blanks();
            match &*name {
                b"content-disposition" => self.content_disposition(&mut headers)?,
                b"content-type" => {
                    let value = trim(self.take_while(|byte| !matches!(byte, b'\n' | b'\r')));
                    // Isomorphic decode.
                    headers.content_type = Some(value.iter().copied().map(char::from).collect());
                }
                _ => {
                    self.take_while(|byte| !matches!(byte, b'\n' | b'\r'));
                }
            }
            self.expect(b"\r\n")?;
        }
        Ok(headers)
    }

    /// `form-data` with its parameters. NB: they may come in any order, and without quotes; others are passed over.
    fn content_disposition(&mut self, headers: &mut PartHeaders) -> Result<(), MalformedForm> {
        if !self.take_while(is_token).eq_ignore_ascii_case(b"form-data") {
            return Err(MalformedForm);
        }
        (headers.name, headers.filename) = (None, None);
        loop {
            self.skip_blanks();
            if !self.skip(b";") {
                return Ok(());
            }
            self.skip_blanks();
            let parameter = self.take_while(is_token).to_ascii_lowercase();
            self.expect(b"=")?;
            let value = if self.skip(b"\"") {
                let value = self.take_while(|byte| !matches!(byte, b'\n' | b'\r' | b'"'));
                self.expect(b"\"")?;
                unescape(value)
            } else {
                decode(self.take_while(|byte| is_token(byte) || !byte.is_ascii()))
            };
            match &*parameter {
                b"name" => headers.name = Some(value),
                b"filename" => headers.filename = Some(value),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::multipart_form_data::encode;

    fn parsed(text: &str) -> Result<Vec<Part>, MalformedForm> {
        parse(&Bytes::copy_from_slice(text.as_bytes()), "B")
    }

    fn text(name: &str, value: &str) -> Part {
        Part { name: name.to_owned(), value: PartValue::Text(value.to_owned()) }
    }

    #[test]
    fn parts_with_a_file_name_are_files() {
        let form = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n\
                    --B\r\ncontent-type: text/html\r\nX-Y: z\r\n\
                    CONTENT-DISPOSITION: form-data; filename=\"f%22\"; name=\"c\"\r\n\r\n\r\n--\r\n\
                    --B\r\nContent-Disposition: form-data; name=d; filename=\"\"\r\n\r\n\r\n--B--\r\nmore";
        let file = |name: &str, bytes: &'static str, media_type: &str| PartValue::File {
            bytes: bytes.into(),
            name: name.to_owned(),
            media_type: media_type.to_owned(),
        };
        let expected = vec![
            text("a", "b"),
            Part { name: "c".to_owned(), value: file("f\"", "\r\n--", "text/html") },
            Part { name: "d".to_owned(), value: file("", "", "text/plain") },
        ];
        assert_eq!(parsed(form), Ok(expected));
        assert_eq!(parsed("--B--"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for form in [
            "",
            "--C--\r\n",
            "--B\r\n",
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb",
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb--B--",
            "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n--B--",
            "--B\r\nContent-Disposition: form-data\r\n\r\nb\r\n--B--",
            "--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nb\r\n--B--",
            "--B\r\nContent Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--B--",
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--B",
            "--B\nContent-Disposition: form-data; name=\"a\"\n\nb\n--B--",
        ] {
            assert_eq!(parsed(form), Err(MalformedForm), "{form:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_parsed_again(name in "[^\r\n]*", value in "[^\r\n]*", bytes: Vec<u8>) {
            // (What looks like an escape is one.)
            prop_assume!(!name.contains('%'));
            let file = PartValue::File {
                bytes: bytes.into(), name: name.clone(), media_type: "text/x".to_owned(),
            };
            let parts = vec![text(&name, &value), Part { name, value: file }];
            let form = encode(parts.clone());
            prop_assert_eq!(parse(&form.pieces.concat().into(), &form.boundary), Ok(parts));
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            let _either = parse(&[b"--B\r\n", &*bytes].concat().into(), "B");
        }
    }
}
