//! `Content-Type` (<https://fetch.spec.whatwg.org/#content-type-header>).

use encoding_rs::Encoding;

use crate::HeaderList;
use crate::mime_type::MimeType;

/// <https://fetch.spec.whatwg.org/#concept-header-extract-mime-type>
pub fn extract_mime_type(headers: &HeaderList) -> Option<MimeType> {
    // 1.–3. Nothing yet.
    let mut charset: Option<String> = None;
    let mut essence: Option<String> = None;
    let mut mime_type: Option<MimeType> = None;
    // 4.–6. For each value:
    for value in headers.get_decode_split("Content-Type")? {
        // 6.1–6.2. What can't be read and */* are passed over.
        let Some(mut temporary) = MimeType::parse(&value).filter(|mime| mime.essence() != "*/*") else {
            continue;
        };
        let temporary_essence = temporary.essence();
        if essence.as_ref() != Some(&temporary_essence) {
            // 6.4. A new essence takes its own charset.
            charset = temporary.parameter("charset").map(str::to_owned);
            essence = Some(temporary_essence);
        } else if let (None, Some(charset)) = (temporary.parameter("charset"), &charset) {
            // 6.5. The same essence keeps the charset.
            temporary.set_parameter("charset", charset);
        }
        // 6.3. The last one wins.
        mime_type = Some(temporary);
    }
    // 7.–8. What is left.
    mime_type
}

/// <https://fetch.spec.whatwg.org/#legacy-extract-an-encoding>
pub fn legacy_extract_encoding(
    mime_type: Option<&MimeType>,
    fallback: &'static Encoding,
) -> &'static Encoding {
    mime_type
        .and_then(|mime_type| mime_type.parameter("charset"))
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .unwrap_or(fallback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(values: &[&str]) -> Option<String> {
        let headers = values.iter().map(|value| ("Content-Type", *value)).collect();
        extract_mime_type(&headers).map(|mime_type| mime_type.to_string())
    }

    #[test]
    fn the_last_readable_type_wins_and_keeps_the_charset_of_its_essence() {
        assert_eq!(extract(&["text/plain;charset=gbk, text/html"]).as_deref(), Some("text/html"));
        let kept = Some("text/html;x=y;charset=gbk".to_owned());
        assert_eq!(extract(&["text/html;charset=gbk;a=b, text/html;x=y"]), kept);
        assert_eq!(extract(&["text/html;charset=gbk;a=b", "text/html;x=y"]), kept);
        let lost = extract(&["text/html;charset=gbk", "x/x", "text/html;x=y"]);
        assert_eq!(lost.as_deref(), Some("text/html;x=y"));
        assert_eq!(extract(&["text/html", "cannot-parse"]).as_deref(), Some("text/html"));
        assert_eq!(extract(&["text/html", "*/*"]).as_deref(), Some("text/html"));
        assert_eq!(extract(&["text/html", ""]).as_deref(), Some("text/html"));
        assert_eq!(extract(&["", "*/*"]), None);
        assert_eq!(extract(&[]), None);
    }

    #[test]
    fn an_unknown_charset_falls_back() {
        let encoding =
            |text| legacy_extract_encoding(MimeType::parse(text).as_ref(), encoding_rs::UTF_8).name();
        assert_eq!(encoding("text/html;charset=latin1"), "windows-1252");
        assert_eq!(encoding("text/html;charset=nonsense"), "UTF-8");
        assert_eq!(encoding("nonsense"), "UTF-8");
    }
}
