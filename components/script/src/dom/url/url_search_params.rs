//! The URLSearchParams class: <https://url.spec.whatwg.org/#interface-urlsearchparams>.

use url::form_urlencoded;

use super::dom_url::URL;
use crate::bindings::interfaces::URLSearchParamsMethods;
use crate::bindings::unions::USVStringSequenceSequenceOrUSVStringUSVStringRecordOrUSVString as Init;
use crate::webidl::*;

/// <https://url.spec.whatwg.org/#urlsearchparams>
#[dom_struct]
pub struct URLSearchParams {
    reflector: Reflector,
    list: DomRefCell<Vec<(USVString, USVString)>>,
    /// The URL object.
    url: MutNullableDom<URL>,
}

/// <https://url.spec.whatwg.org/#concept-urlencoded-string-parser>
fn urlencoded_string_parser(input: &str) -> Vec<(USVString, USVString)> {
    form_urlencoded::parse(input.as_bytes())
        .map(|(name, value)| (name.into_owned().into(), value.into_owned().into()))
        .collect()
}

/// <https://url.spec.whatwg.org/#concept-urlencoded-serializer>
fn urlencoded_serializer(list: &[(USVString, USVString)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(list).finish()
}

impl URLSearchParams {
    fn new_inherited(list: Vec<(USVString, USVString)>, url: Option<&URL>) -> URLSearchParams {
        URLSearchParams {
            reflector: Reflector::new(),
            list: DomRefCell::new(list),
            url: MutNullableDom::new(url),
        }
    }

    /// The query object of a URL object.
    pub(super) fn for_url(cx: &mut JSContext, url: &URL) -> DomRoot<URLSearchParams> {
        let list = urlencoded_string_parser(&url.query());
        reflect_dom_object(cx, Box::new(URLSearchParams::new_inherited(list, Some(url))), &url.global())
    }

    /// The URL object's query has changed.
    pub(super) fn set_from_query(&self, query: &str) {
        self.list.set(urlencoded_string_parser(query));
    }

    /// The list, serialized.
    pub(crate) fn serialize(&self) -> String {
        urlencoded_serializer(&self.list.borrow())
    }

    /// <https://url.spec.whatwg.org/#concept-urlsearchparams-update>
    fn update(&self) {
        // 1. Only where there is a URL object.
        let Some(url) = self.url.get() else { return };
        // 2–3. An empty query is none.
        let query = self.serialize();
        // 4–5.
        url.set_query(if query.is_empty() { None } else { Some(&query) });
    }
}

impl URLSearchParamsMethods for URLSearchParams {
    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-urlsearchparams>, with
    /// <https://url.spec.whatwg.org/#urlsearchparams-initialize>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        init: Init,
    ) -> Fallible<DomRoot<URLSearchParams>> {
        let list = match init {
            // 1. Pairs.
            Init::USVStringSequenceSequence(pairs) => pairs
                .into_iter()
                .map(|pair| match <[USVString; 2]>::try_from(pair) {
                    Ok([name, value]) => Ok((name, value)),
                    Err(pair) => Err(Error::Type(format!("expected pairs, got {} strings", pair.len()))),
                })
                .collect::<Fallible<_>>()?,
            // 2. Names and values.
            Init::USVStringUSVStringRecord(record) => record.0,
            // 3. A query, with or without its "?".
            Init::USVString(query) => urlencoded_string_parser(query.strip_prefix('?').unwrap_or(&query)),
        };
        let params = URLSearchParams::new_inherited(list, None);
        Ok(reflect_dom_object_with_proto(cx, Box::new(params), global, proto))
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-size>
    fn Size(&self) -> u32 {
        u32::try_from(self.list.borrow().len()).unwrap_or(u32::MAX)
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-append>
    fn Append(&self, _cx: &mut JSContext, name: USVString, value: USVString) -> Fallible<()> {
        // 1–2.
        self.list.borrow_mut().push((name, value));
        self.update();
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-delete>
    fn Delete(&self, _cx: &mut JSContext, name: USVString, value: Option<USVString>) -> Fallible<()> {
        // 1–2. All of that name, or of that name and value.
        self.list.borrow_mut().retain(|(n, v)| *n != name || value.as_ref().is_some_and(|value| v != value));
        // 3.
        self.update();
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-get>
    fn Get(&self, _cx: &mut JSContext, name: USVString) -> Fallible<Option<USVString>> {
        Ok(self.list.borrow().iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone()))
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-getall>
    fn GetAll(&self, _cx: &mut JSContext, name: USVString) -> Fallible<Vec<USVString>> {
        let list = self.list.borrow();
        Ok(list.iter().filter(|(n, _)| *n == name).map(|(_, value)| value.clone()).collect())
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-has>
    fn Has(&self, _cx: &mut JSContext, name: USVString, value: Option<USVString>) -> Fallible<bool> {
        let list = self.list.borrow();
        Ok(list.iter().any(|(n, v)| *n == name && value.as_ref().is_none_or(|value| v == value)))
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-set>
    fn Set(&self, _cx: &mut JSContext, name: USVString, value: USVString) -> Fallible<()> {
        {
            let mut list = self.list.borrow_mut();
            match list.iter().position(|(n, _)| *n == name) {
                // 1. The first changes, the others go.
                Some(first) => {
                    list[first].1 = value;
                    let mut index = 0;
                    list.retain(|(n, _)| {
                        index += 1;
                        index - 1 <= first || *n != name
                    });
                }
                // 2.
                None => list.push((name, value)),
            }
        }
        // 3.
        self.update();
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-sort>
    fn Sort(&self, _cx: &mut JSContext) -> Fallible<()> {
        // 1. By code units of the names; the sort is stable.
        self.list.borrow_mut().sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        // 2.
        self.update();
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#urlsearchparams-stringification-behavior>
    fn Stringifier(&self, _cx: &mut JSContext) -> Fallible<DOMString> {
        Ok(self.serialize().into())
    }

    /// <https://url.spec.whatwg.org/#interface-urlsearchparams>: the value pairs to iterate over.
    fn PairToIterateOver(&self, _cx: &mut JSContext, index: u32) -> Option<(USVString, USVString)> {
        self.list.borrow().get(usize::try_from(index).ok()?).cloned()
    }
}
