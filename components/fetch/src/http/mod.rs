//! Fetch's "HTTP" section (<https://fetch.spec.whatwg.org/#http>), a file per sub-section.

pub mod bodies;
pub mod content_range;
pub mod filtered_responses;
pub mod forbidden;
pub mod header_list;
pub mod header_values;
pub mod methods;
pub mod ranges;
pub mod request_enums;
pub mod requests;
pub mod responses;
pub mod safelist;
pub mod statuses;

/// Isomorphic decode: each byte becomes the code point of the same value
/// (<https://infra.spec.whatwg.org/#isomorphic-decode>).
pub fn isomorphic_decode(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Isomorphic encode; `None` where a code point is above U+00FF
/// (<https://infra.spec.whatwg.org/#isomorphic-encode>).
pub fn isomorphic_encode(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// HTTP tab or space byte (<https://fetch.spec.whatwg.org/#http-tab-or-space-byte>).
pub const fn is_http_tab_or_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ')
}

/// HTTP whitespace byte (<https://fetch.spec.whatwg.org/#http-whitespace-byte>).
pub const fn is_http_whitespace(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\t' | b' ')
}

/// Whether `bytes` matches RFC 9110's `token`.
pub fn is_token(bytes: &[u8]) -> bool {
    static IN_TOKENS: [bool; 256] = {
        let (mut table, others, mut at) = ([false; 256], b"!#$%&'*+-.^_`|~", 0);
        while at < 256 {
            table[at] = (at as u8).is_ascii_alphanumeric();
            at += 1;
        }
        at = 0;
        while at < others.len() {
            table[others[at] as usize] = true;
            at += 1;
        }
        table
    };
    !bytes.is_empty() && bytes.iter().all(|&byte| IN_TOKENS[usize::from(byte)])
}
