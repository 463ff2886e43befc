//! <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>

use bytes::Bytes;
use futures::StreamExt;
use uuid::Uuid;

use super::{Part, PartValue};
use crate::{BodySource, BodyStream, NetworkError};

/// An encoded form. Files in it are shared, not copied.
#[derive(Clone, Debug)]
pub struct EncodedForm {
    /// The [boundary string](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-boundary-string).
    pub boundary: String,
    /// The bytes, in pieces that follow each other.
    pub pieces: Vec<Bytes>,
}

impl EncodedForm {
    /// The number of bytes.
    pub fn length(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.len() as u64).sum()
    }

    /// The value of `Content-Type`.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }
}

impl BodySource for EncodedForm {
    fn length(&self) -> Option<u64> {
        Some(self.length())
    }

    fn is_replayable(&self) -> bool {
        true
    }

    fn open(&self) -> Result<BodyStream, NetworkError> {
        Ok(futures::stream::iter(self.pieces.clone()).map(Ok).boxed())
    }
}

/// The multipart/form-data encoding algorithm, in UTF-8.
pub fn encode(parts: impl IntoIterator<Item = Part>) -> EncodedForm {
    // Nobody can know it before, and so have it in what is sent.
    let boundary = format!("----FerryFormBoundary{}", Uuid::new_v4().simple());
    let mut pieces = Vec::new();
    // What was written since the last file.
    let mut text = String::new();
    for part in parts {
        let name = escape(&normalize_newlines(&part.name));
        text.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\""));
        match part.value {
            PartValue::Text(value) => {
                text.push_str(&format!("\r\n\r\n{}", normalize_newlines(&value)));
            }
            PartValue::File { bytes, name, media_type } => {
                let media_type =
                    if media_type.is_empty() { "application/octet-stream" } else { media_type.as_str() };
                let filename = escape(&name);
                text.push_str(&format!("; filename=\"{filename}\"\r\nContent-Type: {media_type}\r\n\r\n"));
                pieces.push(Bytes::from(std::mem::take(&mut text)));
                if !bytes.is_empty() {
                    pieces.push(bytes);
                }
            }
        }
        text.push_str("\r\n");
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    pieces.push(text.into());
    EncodedForm { boundary, pieces }
}

/// Every line ending becomes CRLF.
fn normalize_newlines(text: &str) -> String {
    let mut normalized = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                normalized.push_str("\r\n");
            }
            '\n' => normalized.push_str("\r\n"),
            other => normalized.push(other),
        }
    }
    normalized
}

/// What would end a name is escaped.
fn escape(name: &str) -> String {
    name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(parts: Vec<Part>) -> String {
        let form = encode(parts);
        let bytes = form.pieces.concat();
        assert_eq!(form.length(), bytes.len() as u64);
        String::from_utf8(bytes).unwrap().replace(&form.boundary, "B")
    }

    #[test]
    fn texts_have_a_name_and_files_a_name_and_a_type() {
        let file = |media_type: &str| PartValue::File {
            bytes: Bytes::from_static(b"x\ny"),
            name: "f\n".to_owned(),
            media_type: media_type.to_owned(),
        };
        let parts = vec![
            Part { name: "a\"\n".to_owned(), value: PartValue::Text("b\rc\r\nd\n".to_owned()) },
            Part { name: "ä".to_owned(), value: file("text/x") },
            Part { name: String::new(), value: file("") },
        ];
        assert_eq!(
            encoded(parts),
            "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0A\"\r\n\r\nb\r\nc\r\nd\r\n\r\n\
             --B\r\nContent-Disposition: form-data; name=\"ä\"; filename=\"f%0A\"\r\nContent-Type: text/x\r\n\r\n\
             x\ny\r\n\
             --B\r\nContent-Disposition: form-data; name=\"\"; filename=\"f%0A\"\r\n\
             Content-Type: application/octet-stream\r\n\r\nx\ny\r\n--B--\r\n"
        );
    }

    #[test]
    fn a_form_without_parts_is_its_end() {
        assert_eq!(encoded(Vec::new()), "--B--\r\n");
    }
}
