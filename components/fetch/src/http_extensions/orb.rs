//! Opaque Response Blocking (<https://github.com/annevk/orb>, on its way into Fetch as whatwg/fetch#1442), as far as
//! a response's head tells.

use super::content_type::extract_mime_type;
use super::nosniff::determine_nosniff;
use crate::mime_type::MimeType;
use crate::{BlockReason, NetworkError, ResponseHead};

/// Whether an opaque response is kept from its requester: one that is labelled as what neither scripts, styles nor media
/// are.
///
/// FIXME(spec): what is found out by the first bytes of the body, and by parsing it as JavaScript: such responses pass.
pub fn opaque_response_blocking_check(response: &ResponseHead) -> Result<(), NetworkError> {
    // 1.–2. What the server says that it is.
    let Some(mime_type) = extract_mime_type(&response.headers) else { return Ok(()) };
    let essence = mime_type.essence();
    // 3.1. Scripts, styles and images that may be had.
    if mime_type.is_javascript() || matches!(&*essence, "text/css" | "image/svg+xml") {
        return Ok(());
    }
    let is_listed = mime_type.is_html() || mime_type.is_json() || mime_type.is_xml();
    let blocked =
        // 3.2. What is never anything else.
        is_never_sniffed(&essence)
        // 3.3. A part of a document.
        || (response.status == 206 && is_listed)
        // 3.4. A document whose server vouches for its type.
        || (determine_nosniff(&response.headers) && (is_listed || essence == "text/plain"));
    if !blocked {
        return Ok(());
    }
    let message = format!("an opaque response of type {essence} is of no use to a page of another origin");
    let error = NetworkError::blocked(BlockReason::Orb, message);
    Err(match response.url() {
        Some(url) => error.at(url),
        None => error,
    })
}

/// An opaque-blocklisted-never-sniffed MIME type.
fn is_never_sniffed(essence: &str) -> bool {
    const EXACT: [&str; 19] = [
        "application/dash+xml",
        "application/gzip",
        "application/msexcel",
        "application/mspowerpoint",
        "application/msword",
        "application/msword-template",
        "application/pdf",
        "application/vnd.apple.mpegurl",
        "application/vnd.msword",
        "application/x-gzip",
        "application/x-protobuf",
        "application/x-protobuffer",
        "application/zip",
        "audio/mpegurl",
        "multipart/byteranges",
        "multipart/signed",
        "text/csv",
        "text/event-stream",
        "text/vtt",
    ];
    // Office documents, in their families.
    const FAMILIES: [&str; 8] = [
        "application/vnd.ces-quick",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-word",
        "application/vnd.openxmlformats-officedocument.",
        "application/vnd.presentation-openxml",
        "application/vnd.spreadsheet-openxml",
        "application/vnd.wordprocessing-openxml",
    ];
    EXACT.contains(&essence) || FAMILIES.iter().any(|family| essence.starts_with(family))
}

impl MimeType {
    /// <https://mimesniff.spec.whatwg.org/#xml-mime-type>
    pub fn is_xml(&self) -> bool {
        self.subtype().ends_with("+xml") || matches!(&*self.essence(), "text/xml" | "application/xml")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(status: u16, headers: &[(&str, &str)]) -> bool {
        let headers = headers.iter().copied().collect();
        let response = ResponseHead { status, headers, ..ResponseHead::default() };
        opaque_response_blocking_check(&response).is_ok()
    }

    #[test]
    fn documents_are_kept_from_others_where_that_is_sure() {
        for (essence, plain, part, nosniff) in [
            ("text/html", true, false, false),
            ("application/json", true, false, false),
            ("application/rss+xml", true, false, false),
            ("text/plain", true, true, false),
            ("text/csv", false, false, false),
            ("application/vnd.ms-excel.sheet.macroenabled.12", false, false, false),
            ("text/javascript", true, true, true),
            ("text/css", true, true, true),
            ("image/svg+xml", true, true, true),
            ("image/png", true, true, true),
        ] {
            let of_type = ("Content-Type", essence);
            assert_eq!(passes(200, &[of_type]), plain, "{essence}");
            assert_eq!(passes(206, &[of_type]), part, "a part of {essence}");
            let headers = [of_type, ("X-Content-Type-Options", "nosniff")];
            assert_eq!(passes(200, &headers), nosniff, "{essence}, nosniff");
        }
        assert!(passes(200, &[]) && passes(200, &[("Content-Type", "")]));
    }
}
