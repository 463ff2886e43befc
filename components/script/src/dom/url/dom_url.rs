//! The URL class: <https://url.spec.whatwg.org/#url-class>.

use url::{Url, quirks};

use super::url_search_params::URLSearchParams;
use crate::bindings::interfaces::URLMethods;
use crate::dom::fileapi::blob::Blob;
use crate::webidl::*;

/// <https://url.spec.whatwg.org/#url>
#[dom_struct]
#[expect(clippy::upper_case_acronyms, reason = "named like the interface")]
pub struct URL {
    reflector: Reflector,
    #[no_trace]
    url: DomRefCell<Url>,
    /// The query object; made when it is first asked for.
    query_object: MutNullableDom<URLSearchParams>,
}

/// <https://url.spec.whatwg.org/#api-url-parser>
fn api_url_parser(url: &str, base: Option<&USVString>) -> Option<Url> {
    // 1–2. The base has to be a URL by itself.
    let base = match base {
        Some(base) => Some(Url::parse(base).ok()?),
        None => None,
    };
    // 3. Parse.
    Url::options().base_url(base.as_ref()).parse(url).ok()
}

/// The serialization of a URL's origin: <https://url.spec.whatwg.org/#concept-url-origin>.
fn serialized_origin(url: &Url) -> String {
    if url.scheme() == "blob" {
        // That of the URL in its path, where a blob can come from there.
        return match Url::parse(url.path()) {
            Ok(inner) if matches!(inner.scheme(), "http" | "https" | "file") => quirks::origin(&inner),
            _ => "null".to_owned(),
        };
    }
    quirks::origin(url)
}

impl URL {
    fn new_inherited(url: Url) -> URL {
        URL {
            reflector: Reflector::new(),
            url: DomRefCell::new(url),
            query_object: MutNullableDom::default(),
        }
    }

    /// A URL object.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope, url: Url) -> DomRoot<URL> {
        reflect_dom_object(cx, Box::new(URL::new_inherited(url)), global)
    }

    /// The query, for the query object.
    pub(super) fn query(&self) -> String {
        self.url.borrow().query().unwrap_or_default().to_owned()
    }

    /// Sets the query, where the query object has changed; None for none.
    pub(super) fn set_query(&self, query: Option<&str>) {
        self.url.borrow_mut().set_query(query);
    }

    /// The query has changed: the query object follows.
    fn update_query_object(&self) {
        if let Some(query_object) = self.query_object.get() {
            query_object.set_from_query(&self.query());
        }
    }

    /// Gives the URL to one of [`quirks`]' setters. One that refuses the value leaves the URL as it is.
    fn change<E>(&self, value: &str, setter: impl FnOnce(&mut Url, &str) -> Result<(), E>) -> Fallible<()> {
        let _unchanged = setter(&mut self.url.borrow_mut(), value);
        Ok(())
    }
}

impl URLMethods for URL {
    /// <https://url.spec.whatwg.org/#dom-url-url>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        url: USVString,
        base: Option<USVString>,
    ) -> Fallible<DomRoot<URL>> {
        // 1. Parse.
        let Some(parsed_url) = api_url_parser(&url, base.as_ref()) else {
            // 2.
            return Err(Error::Type(match base {
                Some(base) => format!("'{url}' is not a valid URL with the base '{base}'"),
                None => format!("'{url}' is not a valid URL"),
            }));
        };
        // 3.
        Ok(reflect_dom_object_with_proto(cx, Box::new(URL::new_inherited(parsed_url)), global, proto))
    }

    /// <https://url.spec.whatwg.org/#dom-url-parse>
    fn Parse(
        cx: &mut JSContext,
        global: &GlobalScope,
        url: USVString,
        base: Option<USVString>,
    ) -> Fallible<Option<DomRoot<URL>>> {
        // 1–5.
        Ok(api_url_parser(&url, base.as_ref()).map(|url| URL::new(cx, global, url)))
    }

    /// <https://url.spec.whatwg.org/#dom-url-canparse>
    fn CanParse(
        _cx: &mut JSContext,
        _global: &GlobalScope,
        url: USVString,
        base: Option<USVString>,
    ) -> Fallible<bool> {
        // 1–3.
        Ok(api_url_parser(&url, base.as_ref()).is_some())
    }

    /// <https://w3c.github.io/FileAPI/#dfn-createObjectURL>
    fn CreateObjectURL(_cx: &mut JSContext, global: &GlobalScope, object: &Blob) -> Fallible<DOMString> {
        Ok(global.blob_urls().create(object).into())
    }

    /// <https://w3c.github.io/FileAPI/#dfn-revokeObjectURL>
    fn RevokeObjectURL(_cx: &mut JSContext, global: &GlobalScope, url: DOMString) -> Fallible<()> {
        global.blob_urls().revoke(&url);
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-url-href>
    fn SetHref(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        // 1–2. Parse.
        let url = Url::parse(&value).map_err(|_| Error::Type(format!("'{value}' is not a valid URL")))?;
        // 3–6.
        self.url.set(url);
        self.update_query_object();
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-url-pathname>
    fn SetPathname(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        quirks::set_pathname(&mut self.url.borrow_mut(), &value);
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-url-search>
    fn SetSearch(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        // 1–5. The query.
        quirks::set_search(&mut self.url.borrow_mut(), &value);
        // 6. The query object.
        self.update_query_object();
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-url-searchparams>
    fn SearchParams(&self, cx: &mut JSContext) -> DomRoot<URLSearchParams> {
        self.query_object.or_init(|| URLSearchParams::for_url(cx, self))
    }

    /// <https://url.spec.whatwg.org/#dom-url-hash>
    fn SetHash(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        quirks::set_hash(&mut self.url.borrow_mut(), &value);
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-url-tojson>
    fn ToJSON(&self, _cx: &mut JSContext) -> Fallible<USVString> {
        Ok(self.Href())
    }

    /// <https://url.spec.whatwg.org/#dom-url-href>
    fn Href(&self) -> USVString {
        quirks::href(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-origin>
    fn Origin(&self) -> USVString {
        serialized_origin(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-protocol>
    fn Protocol(&self) -> USVString {
        quirks::protocol(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-username>
    fn Username(&self) -> USVString {
        quirks::username(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-password>
    fn Password(&self) -> USVString {
        quirks::password(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-host>
    fn Host(&self) -> USVString {
        quirks::host(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-hostname>
    fn Hostname(&self) -> USVString {
        quirks::hostname(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-port>
    fn Port(&self) -> USVString {
        quirks::port(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-pathname>
    fn Pathname(&self) -> USVString {
        quirks::pathname(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-search>
    fn Search(&self) -> USVString {
        quirks::search(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-hash>
    fn Hash(&self) -> USVString {
        quirks::hash(&self.url.borrow()).into()
    }

    /// <https://url.spec.whatwg.org/#dom-url-protocol>
    fn SetProtocol(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.change(&value, quirks::set_protocol)
    }

    /// <https://url.spec.whatwg.org/#dom-url-username>
    fn SetUsername(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.change(&value, quirks::set_username)
    }

    /// <https://url.spec.whatwg.org/#dom-url-password>
    fn SetPassword(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.change(&value, quirks::set_password)
    }

    /// <https://url.spec.whatwg.org/#dom-url-host>
    fn SetHost(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.change(&value, quirks::set_host)
    }

    /// <https://url.spec.whatwg.org/#dom-url-hostname>
    fn SetHostname(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.change(&value, quirks::set_hostname)
    }

    /// <https://url.spec.whatwg.org/#dom-url-port>
    fn SetPort(&self, _cx: &mut JSContext, value: USVString) -> Fallible<()> {
        self.change(&value, quirks::set_port)
    }
}
