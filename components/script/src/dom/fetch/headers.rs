//! The Headers class: <https://fetch.spec.whatwg.org/#headers-class>.

use std::cell::Cell;

use fetch::HeaderList;
use fetch::http::forbidden::{is_forbidden_request_header, is_forbidden_response_header_name};
use fetch::http::header_list::{is_header_name, is_header_value, normalize_header_value};
use fetch::http::safelist::{
    is_no_cors_safelisted_request_header, is_no_cors_safelisted_request_header_name,
    is_privileged_no_cors_request_header_name,
};

use crate::bindings::interfaces::HeadersMethods;
use crate::bindings::unions::ByteStringSequenceSequenceOrByteStringByteStringRecord as HeadersInit;
use crate::webidl::*;

/// <https://fetch.spec.whatwg.org/#headers-guard>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// "immutable"
    Immutable,
    /// "request"
    Request,
    /// "request-no-cors"
    RequestNoCors,
    /// "response"
    Response,
    /// "none"
    None,
}

/// <https://fetch.spec.whatwg.org/#headers>
#[dom_struct]
pub struct Headers {
    reflector: Reflector,
    /// The header list. That of a request or response object is the one here: the object asks for it.
    #[no_trace]
    header_list: DomRefCell<HeaderList>,
    #[no_trace]
    guard: Cell<Guard>,
}

/// A name as text: header names are tokens, which are ASCII.
fn header_name(name: &[u8]) -> Fallible<&str> {
    match std::str::from_utf8(name) {
        Ok(text) if is_header_name(name) => Ok(text),
        _ => Err(Error::Type(format!("'{}' is not a header name", name.escape_ascii()))),
    }
}

impl Guard {
    /// <https://fetch.spec.whatwg.org/#headers-validate>, but for the name alone, which [`header_name`] checks.
    fn validate(self, name: &str, value: &[u8]) -> Fallible<bool> {
        // 1. A header.
        if !is_header_value(value) {
            return Err(Error::Type(format!("'{}' is not a header value", value.escape_ascii())));
        }
        match self {
            // 2.
            Guard::Immutable => Err(Error::Type("the headers are immutable".into())),
            // 3.
            Guard::Request if is_forbidden_request_header(name, value) => Ok(false),
            // 4.
            Guard::Response if is_forbidden_response_header_name(name) => Ok(false),
            // 5.
            _ => Ok(true),
        }
    }

    /// <https://fetch.spec.whatwg.org/#concept-headers-append>, to a header list with this guard.
    pub(crate) fn append(self, list: &mut HeaderList, name: &[u8], value: &[u8]) -> Fallible<()> {
        // 1. Normalize.
        let value = normalize_header_value(value);
        // 2. Validate.
        let name = header_name(name)?;
        if !self.validate(name, value)? {
            return Ok(());
        }
        // 3. All values together have to be safe.
        if self == Guard::RequestNoCors {
            let mut temporary_value = list.get(name).unwrap_or_default();
            if list.contains(name) {
                temporary_value.extend_from_slice(b", ");
            }
            temporary_value.extend_from_slice(value);
            if !is_no_cors_safelisted_request_header(name, &temporary_value) {
                return Ok(());
            }
        }
        // 4.
        list.append(name, value);
        // 5.
        self.remove_privileged_no_cors_request_headers(list);
        Ok(())
    }

    /// `set()`: <https://fetch.spec.whatwg.org/#dom-headers-set>
    fn set(self, list: &mut HeaderList, name: &[u8], value: &[u8]) -> Fallible<()> {
        // 1. Normalize.
        let value = normalize_header_value(value);
        // 2. Validate.
        let name = header_name(name)?;
        if !self.validate(name, value)? {
            return Ok(());
        }
        // 3.
        if self == Guard::RequestNoCors && !is_no_cors_safelisted_request_header(name, value) {
            return Ok(());
        }
        // 4.
        list.set(name, value);
        // 5.
        self.remove_privileged_no_cors_request_headers(list);
        Ok(())
    }

    /// `delete()`: <https://fetch.spec.whatwg.org/#dom-headers-delete>
    fn delete(self, list: &mut HeaderList, name: &[u8]) -> Fallible<()> {
        // 1. Validate.
        let name = header_name(name)?;
        if !self.validate(name, b"")? {
            return Ok(());
        }
        // 2.
        if self == Guard::RequestNoCors
            && !is_no_cors_safelisted_request_header_name(name)
            && !is_privileged_no_cors_request_header_name(name)
        {
            return Ok(());
        }
        // 3.
        if !list.contains(name) {
            return Ok(());
        }
        // 4.
        list.delete(name);
        // 5.
        self.remove_privileged_no_cors_request_headers(list);
        Ok(())
    }

    /// <https://fetch.spec.whatwg.org/#concept-headers-remove-privileged-no-cors-request-headers>, where the guard is
    /// "request-no-cors".
    fn remove_privileged_no_cors_request_headers(self, list: &mut HeaderList) {
        if self == Guard::RequestNoCors {
            list.retain(|header| !is_privileged_no_cors_request_header_name(&header.name));
        }
    }
}

impl Headers {
    fn new_inherited(header_list: HeaderList, guard: Guard) -> Headers {
        Headers {
            reflector: Reflector::new(),
            header_list: DomRefCell::new(header_list),
            guard: Cell::new(guard),
        }
    }

    /// A Headers object of this list, with this guard.
    pub(crate) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        header_list: HeaderList,
        guard: Guard,
    ) -> DomRoot<Headers> {
        reflect_dom_object(cx, Box::new(Headers::new_inherited(header_list, guard)), global)
    }

    /// A copy of the header list.
    pub(crate) fn header_list(&self) -> HeaderList {
        self.header_list.borrow().clone()
    }

    /// Looks at the header list.
    pub(crate) fn with_list<R>(&self, look: impl FnOnce(&HeaderList) -> R) -> R {
        look(&self.header_list.borrow())
    }

    /// Changes the header list, with no regard to the guard.
    pub(crate) fn change_list(&self, change: impl FnOnce(&mut HeaderList)) {
        change(&mut self.header_list.borrow_mut());
    }

    /// The guard.
    pub(crate) fn guard(&self) -> Guard {
        self.guard.get()
    }

    /// Sets the guard.
    pub(crate) fn set_guard(&self, guard: Guard) {
        self.guard.set(guard);
    }

    /// <https://fetch.spec.whatwg.org/#concept-headers-append>
    pub(crate) fn append(&self, name: &[u8], value: &[u8]) -> Fallible<()> {
        self.guard().append(&mut self.header_list.borrow_mut(), name, value)
    }

    /// <https://fetch.spec.whatwg.org/#concept-headers-fill>
    pub(crate) fn fill(&self, object: &HeadersInit) -> Fallible<()> {
        match object {
            // 1. Pairs.
            HeadersInit::ByteStringSequenceSequence(headers) => {
                for header in headers {
                    let [name, value] = &**header else {
                        let length = header.len();
                        return Err(Error::Type(format!(
                            "expected a name and a value, got {length} strings"
                        )));
                    };
                    self.append(name, value)?;
                }
            }
            // 2. Names and values.
            HeadersInit::ByteStringByteStringRecord(headers) => {
                for (name, value) in headers.iter() {
                    self.append(name, value)?;
                }
            }
        }
        Ok(())
    }
}

impl HeadersMethods for Headers {
    /// <https://fetch.spec.whatwg.org/#dom-headers>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        init: Option<HeadersInit>,
    ) -> Fallible<DomRoot<Headers>> {
        // 1.
        let headers = Box::new(Headers::new_inherited(HeaderList::new(), Guard::None));
        // 2.
        if let Some(init) = init {
            headers.fill(&init)?;
        }
        Ok(reflect_dom_object_with_proto(cx, headers, global, proto))
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-append>
    fn Append(&self, _cx: &mut JSContext, name: ByteString, value: ByteString) -> Fallible<()> {
        self.append(&name, &value)
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-delete>
    fn Delete(&self, _cx: &mut JSContext, name: ByteString) -> Fallible<()> {
        self.guard().delete(&mut self.header_list.borrow_mut(), &name)
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-get>
    fn Get(&self, _cx: &mut JSContext, name: ByteString) -> Fallible<Option<ByteString>> {
        // 1–2.
        let name = header_name(&name)?;
        Ok(self.header_list.borrow().combined(name).map(|value| ByteString::from(&*value)))
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-getsetcookie>
    fn GetSetCookie(&self, _cx: &mut JSContext) -> Fallible<Vec<ByteString>> {
        // 1–2.
        Ok(self.header_list.borrow().values("set-cookie").map(ByteString::from).collect())
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-has>
    fn Has(&self, _cx: &mut JSContext, name: ByteString) -> Fallible<bool> {
        // 1–2.
        let name = header_name(&name)?;
        Ok(self.header_list.borrow().contains(name))
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-set>
    fn Set(&self, _cx: &mut JSContext, name: ByteString, value: ByteString) -> Fallible<()> {
        self.guard().set(&mut self.header_list.borrow_mut(), &name, &value)
    }

    /// <https://fetch.spec.whatwg.org/#headers-class>: the value pairs to iterate over.
    fn PairToIterateOver(&self, _cx: &mut JSContext, index: u32) -> Option<(ByteString, ByteString)> {
        let sorted = self.header_list.borrow().sort_and_combine();
        let header = sorted.into_iter().nth(usize::try_from(index).ok()?)?;
        Some((header.name.as_str().into(), header.value.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(headers: &[(&str, &str)]) -> HeaderList {
        headers.iter().copied().collect()
    }

    #[test]
    fn values_are_normalized_and_checked() {
        let mut headers = HeaderList::new();
        assert_eq!(Guard::None.append(&mut headers, b"a", b" \t1\r\n"), Ok(()));
        assert_eq!(headers, list(&[("a", "1")]));
        assert!(Guard::None.append(&mut headers, b"a", b"1\n2").is_err());
        assert!(Guard::None.append(&mut headers, b"a b", b"1").is_err());
        assert!(Guard::None.append(&mut headers, b"", b"1").is_err());
    }

    #[test]
    fn immutable_headers_refuse_every_change() {
        let mut headers = list(&[("a", "1")]);
        assert!(Guard::Immutable.append(&mut headers, b"b", b"2").is_err());
        assert!(Guard::Immutable.set(&mut headers, b"b", b"2").is_err());
        assert!(Guard::Immutable.delete(&mut headers, b"z").is_err());
        assert_eq!(headers, list(&[("a", "1")]));
    }

    #[test]
    fn forbidden_headers_are_silently_ignored() {
        let mut headers = HeaderList::new();
        for name in [&b"Host"[..], b"sec-fetch-mode", b"Cookie", b"Proxy-x"] {
            assert_eq!(Guard::Request.append(&mut headers, name, b"x"), Ok(()));
            assert_eq!(Guard::Request.set(&mut headers, name, b"x"), Ok(()));
        }
        assert_eq!(Guard::Response.append(&mut headers, b"Set-Cookie", b"x"), Ok(()));
        assert!(headers.is_empty());
        assert_eq!(Guard::Response.append(&mut headers, b"Cookie", b"x"), Ok(()));
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn requests_in_mode_no_cors_take_safe_headers_alone() {
        let mut headers = HeaderList::new();
        let mut append = |name: &[u8], value: &[u8]| {
            Guard::RequestNoCors.append(&mut headers, name, value).unwrap();
        };
        append(b"X-Own", b"1");
        append(b"Content-Type", b"application/json");
        append(b"Accept", b"text/*");
        append(b"Accept", &[b'a'; 130]);
        append(b"Content-Type", b"text/plain");
        assert_eq!(headers, list(&[("Accept", "text/*"), ("Content-Type", "text/plain")]));
    }

    #[test]
    fn a_change_in_mode_no_cors_removes_the_range() {
        let mut headers = list(&[("Range", "bytes=0-"), ("Accept", "*/*")]);
        Guard::RequestNoCors.set(&mut headers, b"X-Own", b"1").unwrap();
        assert!(headers.contains("range"));
        Guard::RequestNoCors.set(&mut headers, b"accept", b"text/*").unwrap();
        assert_eq!(headers, list(&[("Accept", "text/*")]));
    }
}
