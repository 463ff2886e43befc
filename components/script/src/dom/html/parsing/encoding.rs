//! Which encoding a document is in: <https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding>.

use std::cell::Cell;

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use html5ever::buffer_queue::BufferQueue;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::{local_name, ns};

/// How many bytes are looked at for a `meta` element.
const PRESCAN: usize = 1024;

/// Turns a document's bytes into text. Holds them back until it knows the encoding.
pub(crate) struct DocumentDecoder {
    /// From `Content-Type`.
    transport: Option<&'static Encoding>,
    start: Vec<u8>,
    decoder: Option<Decoder>,
}

impl DocumentDecoder {
    /// For a document whose `Content-Type` names this encoding.
    pub(crate) fn new(transport: Option<&'static Encoding>) -> Self {
        Self { transport, start: Vec::new(), decoder: None }
    }

    /// The encoding, once it is known.
    pub(crate) fn encoding(&self) -> Option<&'static Encoding> {
        self.decoder.as_ref().map(Decoder::encoding)
    }

    /// The text of these bytes, as far as it is certain. `last` says that no more bytes come.
    pub(crate) fn decode(&mut self, bytes: &[u8], last: bool) -> String {
        match &mut self.decoder {
            Some(decoder) => decode(decoder, bytes, last),
            None => {
                self.start.extend_from_slice(bytes);
                if self.start.len() < PRESCAN && !last {
                    return String::new();
                }
                let start = std::mem::take(&mut self.start);
                let decoder = self.decoder.insert(determine(&start, self.transport).new_decoder());
                decode(decoder, &start, last)
            }
        }
    }
}

fn decode(decoder: &mut Decoder, bytes: &[u8], last: bool) -> String {
    let mut text = String::new();
    // More than enough for any input, or as much as there is: then it is asked for again.
    text.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3));
    let mut rest = bytes;
    loop {
        let (result, read, _replaced) = decoder.decode_to_string(rest, &mut text, last);
        rest = &rest[read..];
        match result {
            encoding_rs::CoderResult::InputEmpty => return text,
            encoding_rs::CoderResult::OutputFull => text.reserve(rest.len() * 3 + 16),
        }
    }
}

/// The encoding of a document that starts with these bytes. (The decoder itself looks for a byte order mark.)
fn determine(start: &[u8], transport: Option<&'static Encoding>) -> &'static Encoding {
    // 4. From the transport layer.
    transport
        // 5. From a `meta` element at the beginning.
        .or_else(|| prescan(start))
        // 9. The default of most locales.
        .unwrap_or(WINDOWS_1252)
}

/// <https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding>
///
/// NB: the tokenizer itself looks for the tags. What differs from the spec's bare algorithm are `meta` tags inside of
/// scripts and the like, which are in comments or text for both as good as always.
pub(crate) fn prescan(start: &[u8]) -> Option<&'static Encoding> {
    let (text, _, _) = WINDOWS_1252.decode(&start[..start.len().min(PRESCAN)]);
    let tokenizer = Tokenizer::new(MetaFinder::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back((&*text).into());
    // What is incomplete at the end does not count, so the tokenizer is not told of an end.
    let _ = tokenizer.feed(&input);
    tokenizer.sink.found.get()
}

#[derive(Default)]
struct MetaFinder {
    found: Cell<Option<&'static Encoding>>,
}

impl TokenSink for MetaFinder {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
            && tag.name == local_name!("meta")
            && self.found.get().is_none()
        {
            self.found.set(from_meta(&tag));
        }
        TokenSinkResult::Continue
    }
}

/// What a `meta` tag says: steps 2.2 to 2.2.2.9 of the prescan.
fn from_meta(tag: &Tag) -> Option<&'static Encoding> {
    let attribute = |local| {
        tag.attrs
            .iter()
            .find(|attribute| attribute.name.ns == ns!() && attribute.name.local == local)
            .map(|attribute| &*attribute.value)
    };
    let encoding = match attribute(local_name!("charset")) {
        Some(label) => Encoding::for_label(label.as_bytes()),
        None => {
            let pragma = attribute(local_name!("http-equiv"))?;
            if !pragma.eq_ignore_ascii_case("content-type") {
                return None;
            }
            extract_from_meta(attribute(local_name!("content"))?)
        }
    }?;
    // It was readable as ASCII, so it can't be this.
    Some(if encoding == UTF_16BE || encoding == UTF_16LE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    })
}

/// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#algorithm-for-extracting-a-character-encoding-from-a-meta-element>
fn extract_from_meta(content: &str) -> Option<&'static Encoding> {
    let mut rest = content;
    loop {
        // 2. The next `charset`.
        let at = rest.to_ascii_lowercase().find("charset")?;
        rest = rest[at + "charset".len()..].trim_start();
        // 4. Followed by an equals sign.
        if let Some(value) = rest.strip_prefix('=') {
            let value = value.trim_start();
            // 6. Quoted or not.
            let label = match value.chars().next()? {
                quote @ ('"' | '\'') => value[1..].split_once(quote)?.0,
                _ => value.split(|c: char| c.is_ascii_whitespace() || c == ';').next()?,
            };
            return Encoding::for_label(label.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(transport: Option<&'static Encoding>, chunks: &[&[u8]]) -> (String, &'static str) {
        let mut decoder = DocumentDecoder::new(transport);
        let mut text = String::new();
        for chunk in chunks {
            text += &decoder.decode(chunk, false);
        }
        text += &decoder.decode(b"", true);
        (text, decoder.encoding().expect("it was determined at the end").name())
    }

    #[test]
    fn a_meta_element_at_the_beginning_names_the_encoding() {
        let (text, encoding) = text_of(None, &[b"<!doctype html><meta charset=utf-8>\xc3\xa9"]);
        assert_eq!(encoding, "UTF-8");
        assert!(text.ends_with('\u{e9}'));
        let content: &[u8] =
            b"<meta http-equiv='Content-Type' content='text/html; charset=\"iso-8859-2\"'>\xb1";
        let (text, encoding) = text_of(None, &[content]);
        assert_eq!(encoding, "ISO-8859-2");
        assert!(text.ends_with('\u{105}'));
    }

    #[test]
    fn the_transport_layer_has_the_say_before_a_meta_element() {
        let (text, encoding) = text_of(Some(UTF_8), &[b"<meta charset=iso-8859-2>\xc3", b"\xa9"]);
        assert_eq!(encoding, "UTF-8");
        assert!(text.ends_with('\u{e9}'));
    }

    #[test]
    fn a_byte_order_mark_has_the_say_before_all_and_is_no_text() {
        let (text, encoding) = text_of(Some(WINDOWS_1252), &[b"\xef\xbb\xbf\xc3\xa9"]);
        assert_eq!((text.as_str(), encoding), ("\u{e9}", "UTF-8"));
    }

    #[test]
    fn without_any_sign_it_is_windows_1252() {
        let (text, encoding) = text_of(None, &[b"<p>\x80"]);
        assert_eq!((text.as_str(), encoding), ("<p>\u{20ac}", "windows-1252"));
    }

    #[test]
    fn a_meta_in_a_comment_does_not_count() {
        assert_eq!(text_of(None, &[b"<!-- <meta charset=utf-8> --><p>"]).1, "windows-1252");
    }

    #[test]
    fn a_document_that_claims_utf_16_in_ascii_is_utf_8() {
        assert_eq!(text_of(None, &[b"<meta charset=utf-16>"]).1, "UTF-8");
    }
}
