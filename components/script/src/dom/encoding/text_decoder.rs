//! The TextDecoder class: <https://encoding.spec.whatwg.org/#interface-textdecoder>.

use std::cell::{Cell, RefCell};

use encoding_rs::{Decoder, DecoderResult, Encoding};

use crate::bindings::dictionaries::{TextDecodeOptions, TextDecoderOptions};
use crate::bindings::interfaces::TextDecoderMethods;
use crate::bindings::unions::ArrayBufferOrSharedArrayBufferOrAllowSharedArrayBufferView as AllowSharedBufferSource;
use crate::webidl::*;

/// <https://encoding.spec.whatwg.org/#textdecoder>
#[dom_struct]
pub struct TextDecoder {
    reflector: Reflector,
    #[no_trace]
    encoding: &'static Encoding,
    fatal: bool,
    ignore_bom: bool,
    #[no_trace]
    state: RefCell<DecoderState>,
    /// Do not flush.
    do_not_flush: Cell<bool>,
}

/// Decoder, BOM seen, and I/O queue.
struct DecoderState {
    decoder: Decoder,
    /// What a failed call left unread.
    unread: Vec<u8>,
}

/// The bytes are not of the encoding, and the error mode is "fatal".
#[derive(Debug, PartialEq, Eq)]
struct Malformed;

impl DecoderState {
    fn new(encoding: &'static Encoding, ignore_bom: bool) -> DecoderState {
        let decoder = if ignore_bom {
            encoding.new_decoder_without_bom_handling()
        } else {
            encoding.new_decoder_with_bom_removal()
        };
        DecoderState { decoder, unread: Vec::new() }
    }

    /// Decodes `input`; `last` where nothing follows it.
    fn decode(&mut self, input: &[u8], fatal: bool, last: bool) -> Result<String, Malformed> {
        let queue;
        let mut input = input;
        if !self.unread.is_empty() {
            queue = [std::mem::take(&mut self.unread).as_slice(), input].concat();
            input = &queue;
        }
        let mut output = String::new();
        if !fatal {
            // Where the length is not known before, memory would run out first.
            output.reserve(self.decoder.max_utf8_buffer_length(input.len()).unwrap_or(input.len()));
            let (_, mut read, _) = self.decoder.decode_to_string(input, &mut output, last);
            while read < input.len() {
                output.reserve(input.len() - read + 16);
                read += self.decoder.decode_to_string(&input[read..], &mut output, last).1;
            }
            return Ok(output);
        }
        output.reserve(
            self.decoder.max_utf8_buffer_length_without_replacement(input.len()).unwrap_or(input.len()),
        );
        loop {
            let (result, read) = self.decoder.decode_to_string_without_replacement(input, &mut output, last);
            input = &input[read..];
            match result {
                DecoderResult::InputEmpty => return Ok(output),
                DecoderResult::OutputFull => output.reserve(input.len() + 16),
                DecoderResult::Malformed(..) => {
                    self.unread = input.to_vec();
                    return Err(Malformed);
                }
            }
        }
    }
}

impl TextDecoderMethods for TextDecoder {
    /// <https://encoding.spec.whatwg.org/#dom-textdecoder>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        label: DOMString,
        options: &TextDecoderOptions,
    ) -> Fallible<DomRoot<TextDecoder>> {
        // 1–2. The encoding; "replacement" is none.
        let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else {
            return Err(Error::Range(format!("'{label}' is not the label of an encoding")));
        };
        // 3–5.
        let decoder = TextDecoder {
            reflector: Reflector::new(),
            encoding,
            fatal: options.fatal,
            ignore_bom: options.ignore_bom,
            state: RefCell::new(DecoderState::new(encoding, options.ignore_bom)),
            do_not_flush: Cell::new(false),
        };
        Ok(reflect_dom_object_with_proto(cx, Box::new(decoder), global, proto))
    }

    /// <https://encoding.spec.whatwg.org/#dom-textdecoder-encoding>
    fn Encoding(&self) -> DOMString {
        self.encoding.name().to_ascii_lowercase().into()
    }

    /// <https://encoding.spec.whatwg.org/#dom-textdecoder-fatal>
    fn Fatal(&self) -> bool {
        self.fatal
    }

    /// <https://encoding.spec.whatwg.org/#dom-textdecoder-ignorebom>
    fn IgnoreBOM(&self) -> bool {
        self.ignore_bom
    }

    /// <https://encoding.spec.whatwg.org/#dom-textdecoder-decode>
    fn Decode(
        &self,
        _cx: &mut JSContext,
        input: Option<AllowSharedBufferSource>,
        options: &TextDecodeOptions,
    ) -> Fallible<USVString> {
        let mut state = self.state.borrow_mut();
        // 1. Begin anew, unless the last call said that more follows.
        if !self.do_not_flush.get() {
            *state = DecoderState::new(self.encoding, self.ignore_bom);
        }
        // 2.
        self.do_not_flush.set(options.stream);
        // 3–5. Decode.
        let input = match input {
            None => Vec::new(),
            Some(
                AllowSharedBufferSource::ArrayBuffer(source)
                | AllowSharedBufferSource::SharedArrayBuffer(source)
                | AllowSharedBufferSource::AllowSharedArrayBufferView(source),
            ) => source.to_vec(),
        };
        match state.decode(&input, self.fatal, !options.stream) {
            Ok(output) => Ok(output.into()),
            Err(Malformed) => Err(Error::Type(format!("the data is not valid {}", self.encoding.name()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{SHIFT_JIS, UTF_8, UTF_16LE};

    use super::*;

    #[test]
    fn characters_may_be_cut_between_calls() {
        let mut state = DecoderState::new(UTF_8, false);
        assert_eq!(state.decode(b"\xe2\x82", false, false).as_deref(), Ok(""));
        assert_eq!(state.decode(b"\xac!", false, false).as_deref(), Ok("€!"));
        assert_eq!(state.decode(b"\xe2", false, true).as_deref(), Ok("\u{fffd}"));
    }

    #[test]
    fn a_byte_order_mark_is_removed_unless_it_is_to_be_ignored() {
        assert_eq!(DecoderState::new(UTF_8, false).decode(b"\xef\xbb\xbfa", false, true).as_deref(), Ok("a"));
        assert_eq!(
            DecoderState::new(UTF_8, true).decode(b"\xef\xbb\xbfa", false, true).as_deref(),
            Ok("\u{feff}a")
        );
        let mut cut = DecoderState::new(UTF_16LE, false);
        assert_eq!(cut.decode(b"\xff", true, false).as_deref(), Ok(""));
        assert_eq!(cut.decode(b"\xfea\0", true, true).as_deref(), Ok("a"));
    }

    #[test]
    fn fatal_decoders_refuse_what_is_malformed() {
        assert_eq!(DecoderState::new(UTF_8, false).decode(b"a\xff", true, true), Err(Malformed));
        assert_eq!(DecoderState::new(UTF_8, false).decode(b"a\xe2\x82", true, true), Err(Malformed));
        assert_eq!(DecoderState::new(UTF_8, false).decode(b"\xe2\x82", true, false).as_deref(), Ok(""));
        assert_eq!(DecoderState::new(SHIFT_JIS, false).decode(b"\x82\xa0", true, true).as_deref(), Ok("あ"));
    }
}
