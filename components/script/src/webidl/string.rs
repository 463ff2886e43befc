//! The string types of Web IDL: <https://webidl.spec.whatwg.org/#idl-types>. Short ones, which most are, need no memory of
//! their own.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use compact_str::CompactString;
use mozjs::jsapi::JSTracer;
use smallvec::SmallVec;

use super::JSTraceable;

/// <https://webidl.spec.whatwg.org/#idl-DOMString>: a sequence of 16-bit code units.
///
/// Nearly every string is well-formed, so that it is kept as UTF-8, and used as a `&str` by `Deref`. One with
/// unpaired surrogates also keeps its code units: JavaScript gets back exactly what it gave, comparisons see the
/// units, and only the `&str` has U+FFFD in their place (which is what a conversion to `USVString` gives, too).
#[derive(Clone, Default)]
pub struct DOMString {
    /// The string with each unpaired surrogate replaced.
    text: CompactString,
    /// The code units, if there are unpaired surrogates among them.
    ill_formed: Option<Box<[u16]>>,
}

impl DOMString {
    /// The empty string.
    pub fn new() -> DOMString {
        DOMString::default()
    }

    /// From code units, whatever they are.
    pub fn from_code_units(units: &[u16]) -> DOMString {
        match CompactString::from_utf16(units) {
            Ok(text) => DOMString { text, ill_formed: None },
            Err(_) => {
                DOMString { text: CompactString::from_utf16_lossy(units), ill_formed: Some(units.into()) }
            }
        }
    }

    /// The code units that are not well-formed UTF-16, if that is what this string is.
    pub fn ill_formed_units(&self) -> Option<&[u16]> {
        self.ill_formed.as_deref()
    }

    /// The code units.
    pub fn to_code_units(&self) -> Cow<'_, [u16]> {
        match &self.ill_formed {
            Some(units) => Cow::Borrowed(units),
            None => Cow::Owned(self.text.encode_utf16().collect()),
        }
    }

    /// The string's scalar values: <https://infra.spec.whatwg.org/#javascript-string-convert>.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Deref for DOMString {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for DOMString {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl From<&str> for DOMString {
    fn from(text: &str) -> DOMString {
        DOMString { text: text.into(), ill_formed: None }
    }
}

impl From<String> for DOMString {
    fn from(text: String) -> DOMString {
        CompactString::from(text).into()
    }
}

impl From<CompactString> for DOMString {
    #[inline]
    fn from(text: CompactString) -> DOMString {
        DOMString { text, ill_formed: None }
    }
}

impl From<USVString> for DOMString {
    fn from(string: USVString) -> DOMString {
        string.0.into()
    }
}

impl From<DOMString> for String {
    /// Unpaired surrogates become U+FFFD.
    fn from(string: DOMString) -> String {
        string.text.into()
    }
}

impl PartialEq for DOMString {
    fn eq(&self, other: &DOMString) -> bool {
        self.text == other.text && self.ill_formed == other.ill_formed
    }
}

impl Eq for DOMString {}

impl PartialEq<str> for DOMString {
    fn eq(&self, other: &str) -> bool {
        self.ill_formed.is_none() && self.text == other
    }
}

impl PartialEq<&str> for DOMString {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl Hash for DOMString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for DOMString {
    fn partial_cmp(&self, other: &DOMString) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DOMString {
    /// By code units: <https://infra.spec.whatwg.org/#code-unit-less-than>.
    fn cmp(&self, other: &DOMString) -> std::cmp::Ordering {
        self.to_code_units().cmp(&other.to_code_units())
    }
}

impl fmt::Display for DOMString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl fmt::Debug for DOMString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// <https://webidl.spec.whatwg.org/#idl-USVString>: a sequence of scalar values.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct USVString(CompactString);

impl Deref for USVString {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for USVString {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for USVString {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for USVString {
    fn from(text: &str) -> USVString {
        USVString(text.into())
    }
}

impl From<String> for USVString {
    fn from(text: String) -> USVString {
        USVString(text.into())
    }
}

impl From<CompactString> for USVString {
    #[inline]
    fn from(text: CompactString) -> USVString {
        USVString(text)
    }
}

impl From<DOMString> for USVString {
    fn from(string: DOMString) -> USVString {
        USVString(string.text)
    }
}

impl From<USVString> for String {
    fn from(string: USVString) -> String {
        string.0.into()
    }
}

impl PartialEq<str> for USVString {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for USVString {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for USVString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for USVString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// <https://webidl.spec.whatwg.org/#idl-ByteString>: a sequence of bytes.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteString(SmallVec<[u8; 24]>);

impl ByteString {
    /// The bytes as text, if they are UTF-8 (all ASCII is).
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl Deref for ByteString {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for ByteString {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for ByteString {
    #[inline]
    fn from(bytes: &[u8]) -> ByteString {
        ByteString(SmallVec::from_slice(bytes))
    }
}

impl From<Vec<u8>> for ByteString {
    fn from(bytes: Vec<u8>) -> ByteString {
        ByteString(bytes.into())
    }
}

impl From<&str> for ByteString {
    /// The text's UTF-8 bytes.
    fn from(text: &str) -> ByteString {
        text.as_bytes().into()
    }
}

impl FromIterator<u8> for ByteString {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> ByteString {
        ByteString(bytes.into_iter().collect())
    }
}

impl From<ByteString> for Vec<u8> {
    fn from(string: ByteString) -> Vec<u8> {
        string.0.into_vec()
    }
}

impl fmt::Debug for ByteString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

macro_rules! holds_no_js_thing {
    ($($type:ty),*) => {$(
        // SAFETY: there is nothing to trace in it.
        #[allow(unsafe_code)]
        unsafe impl JSTraceable for $type {
            unsafe fn trace(&self, _tracer: *mut JSTracer) {}
        }
    )*};
}
holds_no_js_thing!(DOMString, USVString, ByteString);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpaired_surrogates_survive_in_a_dom_string() {
        let units = [0x61, 0xd800, 0x62];
        let string = DOMString::from_code_units(&units);
        assert_eq!(&*string, "a\u{fffd}b");
        assert_eq!(&*string.to_code_units(), &units);
        assert_ne!(string, DOMString::from("a\u{fffd}b"));
        assert_ne!(string, "a\u{fffd}b");
    }

    #[test]
    fn dom_strings_are_ordered_by_code_units() {
        // U+FFFF is above U+10000 in UTF-16's code units, below it in UTF-8's.
        let (bmp, astral) = (DOMString::from("\u{ffff}"), DOMString::from("\u{10000}"));
        assert!(bmp > astral);
    }
}
