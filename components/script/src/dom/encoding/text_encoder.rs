//! The TextEncoder class: <https://encoding.spec.whatwg.org/#interface-textencoder>.

use crate::bindings::dictionaries::TextEncoderEncodeIntoResult;
use crate::bindings::interfaces::TextEncoderMethods;
use crate::dom::streams::array_buffers::new_uint8_array;
use crate::webidl::*;

/// <https://encoding.spec.whatwg.org/#textencoder>
#[dom_struct]
pub struct TextEncoder {
    reflector: Reflector,
}

/// <https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto>, of all of `source` that fits into `room` bytes: how
/// many code units are read, and how many bytes are written.
fn fitting(source: &str, room: usize) -> (usize, usize) {
    let mut end = source.len().min(room);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let read =
        if end == source.len() && source.is_ascii() { end } else { source[..end].encode_utf16().count() };
    (read, end)
}

impl TextEncoderMethods for TextEncoder {
    /// <https://encoding.spec.whatwg.org/#dom-textencoder>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TextEncoder>> {
        let encoder = Box::new(TextEncoder { reflector: Reflector::new() });
        Ok(reflect_dom_object_with_proto(cx, encoder, global, proto))
    }

    /// <https://encoding.spec.whatwg.org/#dom-textencoder-encoding>
    fn Encoding(&self) -> DOMString {
        "utf-8".into()
    }

    /// <https://encoding.spec.whatwg.org/#dom-textencoder-encode>
    fn Encode(
        &self,
        cx: &mut JSContext,
        input: USVString,
        mut rval: MutableHandleObject<'_>,
    ) -> Fallible<()> {
        // 1–3. Rust's strings are UTF-8 already.
        rval.set(new_uint8_array(cx, input.as_bytes())?.object().get());
        Ok(())
    }

    /// <https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto>
    fn EncodeInto(
        &self,
        _cx: &mut JSContext,
        source: USVString,
        destination: &BufferSource,
    ) -> Fallible<TextEncoderEncodeIntoResult> {
        // 1–6. Whole characters, as many as fit.
        let (read, written) = fitting(&source, destination.byte_length());
        destination.write(0, &source.as_bytes()[..written]);
        // 7.
        Ok(TextEncoderEncodeIntoResult { read: Some(read as u64), written: Some(written as u64) })
    }
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn only_whole_characters_are_written() {
        assert_eq!(fitting("aé€😀", 1), (1, 1));
        assert_eq!(fitting("aé€😀", 2), (1, 1));
        assert_eq!(fitting("aé€😀", 3), (2, 3));
        assert_eq!(fitting("aé€😀", 9), (3, 6));
    }

    #[test]
    fn characters_outside_of_the_bmp_are_two_units_read() {
        assert_eq!(fitting("aé€😀", 10), (5, 10));
        assert_eq!(fitting("aé€😀", 99), (5, 10));
        assert_eq!(fitting("abc", 99), (3, 3));
    }
}
