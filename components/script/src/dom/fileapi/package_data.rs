//! Packaging data: <https://w3c.github.io/FileAPI/#packaging-data>.

use encoding_rs::{Encoding, UTF_8};
use fetch::mime_type::MimeType;

use crate::webidl::DOMString;

/// Of the types, those that are text. (The fourth is an ArrayBuffer of the bytes as they are.)
#[derive(Clone, Debug)]
pub(super) enum TextType {
    /// *DataURL*
    DataUrl,
    /// *Text*, with the label of an encoding.
    Text(Option<DOMString>),
    /// *BinaryString*
    BinaryString,
}

/// <https://w3c.github.io/FileAPI/#blob-package-data>
pub(super) fn package_text(bytes: &[u8], text_type: &TextType, mime_type: &str) -> DOMString {
    match text_type {
        TextType::DataUrl => data_url(bytes, mime_type).into(),
        TextType::Text(label) => decode(bytes, label.as_deref(), mime_type).into(),
        TextType::BinaryString => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
    }
}

fn data_url(bytes: &[u8], mime_type: &str) -> String {
    use base64::Engine as _;
    // NB: without a type it says that it is any bytes, as web-platform-tests have it.
    let mime_type = if mime_type.is_empty() { "application/octet-stream" } else { mime_type };
    let mut url = format!("data:{mime_type};base64,");
    base64::engine::general_purpose::STANDARD.encode_string(bytes, &mut url);
    url
}

/// *Text*
fn decode(bytes: &[u8], label: Option<&str>, mime_type: &str) -> String {
    // 1–2. The encoding that is asked for,
    let encoding = label
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        // 3. or that of the type,
        .or_else(|| {
            let mime_type = MimeType::parse(mime_type)?;
            Encoding::for_label(mime_type.parameter("charset")?.as_bytes())
        })
        // 4. or else UTF-8.
        .unwrap_or(UTF_8);
    // 5. Decode; a byte order mark knows better.
    encoding.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], label: Option<&str>, mime_type: &str) -> String {
        package_text(bytes, &TextType::Text(label.map(DOMString::from)), mime_type).as_str().to_owned()
    }

    #[test]
    fn text_is_of_the_encoding_asked_for_then_of_the_types_then_utf_8() {
        assert_eq!(text(b"\xe4", Some("latin1"), "text/plain;charset=utf-8"), "ä");
        assert_eq!(text(b"\xe4", Some("nonsense"), "text/plain;charset=latin1"), "ä");
        assert_eq!(text("ä".as_bytes(), None, "text/plain;charset=nonsense"), "ä");
        assert_eq!(text(b"\xff\xfea\0", Some("utf-8"), ""), "a");
    }

    #[test]
    fn a_data_url_has_a_type_and_base64() {
        let url = |mime_type| package_text(b"\0\xff", &TextType::DataUrl, mime_type);
        assert_eq!(url("text/plain"), "data:text/plain;base64,AP8=");
        assert_eq!(url(""), "data:application/octet-stream;base64,AP8=");
    }

    #[test]
    fn a_binary_string_has_a_code_unit_for_each_byte() {
        assert_eq!(package_text(b"a\xff", &TextType::BinaryString, ""), "a\u{ff}");
    }
}
