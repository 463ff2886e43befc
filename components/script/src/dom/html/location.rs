//! <https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-location-interface>
//!
//! There is one page and no history, so that navigations to another document are refused; see
//! [`Location::navigate`].

use url::Url;
use url::quirks;

use super::url_parts;
use super::window::Window;
use crate::bindings::interfaces::LocationMethods;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#location>
#[dom_struct]
pub struct Location {
    reflector: Reflector,
    window: Dom<Window>,
}

impl Location {
    /// That of `window`.
    pub(crate) fn new(cx: &mut JSContext, window: &Window) -> DomRoot<Location> {
        let location = Location { reflector: Reflector::new(), window: Dom::from_ref(window) };
        reflect_dom_object(cx, Box::new(location), window.upcast())
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#concept-location-url>
    fn url(&self) -> Url {
        self.window.document().url()
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#location-object-navigate>
    ///
    /// FIXME(spec): only fragments are navigated to.
    fn navigate(&self, url: Url) -> Fallible<()> {
        let (mut from, mut to) = (self.url(), url.clone());
        from.set_fragment(None);
        to.set_fragment(None);
        if from != to || url.fragment().is_none() {
            return Err(Error::NotSupported(format!("navigating to {url} is not supported")));
        }
        self.window.document().set_url(url);
        Ok(())
    }

    fn parse_and_navigate(&self, url: &str) -> Fallible<()> {
        let url = self
            .global()
            .parse_url(url)
            .map_err(|error| Error::Syntax(format!("`{url}` is not a valid URL: {error}")))?;
        self.navigate(url)
    }

    /// A copy of the URL with something changed.
    fn change(&self, change: impl FnOnce(&mut Url)) -> Fallible<()> {
        let mut url = self.url();
        change(&mut url);
        self.navigate(url)
    }
}

impl LocationMethods for Location {
    fn Href(&self) -> USVString {
        self.url().as_str().into()
    }

    fn SetHref(&self, _cx: &mut JSContext, href: USVString) -> Fallible<()> {
        self.parse_and_navigate(&href)
    }

    fn Origin(&self) -> USVString {
        url_parts::origin(&self.url())
    }

    fn Protocol(&self) -> USVString {
        url_parts::protocol(&self.url())
    }

    fn SetProtocol(&self, _cx: &mut JSContext, protocol: USVString) -> Fallible<()> {
        let mut url = self.url();
        if quirks::set_protocol(&mut url, &protocol).is_err() {
            return Err(Error::Syntax(format!("`{protocol}` is not a scheme", protocol = &*protocol)));
        }
        self.navigate(url)
    }

    fn Host(&self) -> USVString {
        url_parts::host(&self.url())
    }

    fn SetHost(&self, _cx: &mut JSContext, host: USVString) -> Fallible<()> {
        self.change(|url| {
            // What is no host changes nothing.
            let _ = quirks::set_host(url, &host);
        })
    }

    fn Hostname(&self) -> USVString {
        url_parts::hostname(&self.url())
    }

    fn SetHostname(&self, _cx: &mut JSContext, hostname: USVString) -> Fallible<()> {
        self.change(|url| {
            let _ = quirks::set_hostname(url, &hostname);
        })
    }

    fn Port(&self) -> USVString {
        url_parts::port(&self.url())
    }

    fn SetPort(&self, _cx: &mut JSContext, port: USVString) -> Fallible<()> {
        self.change(|url| {
            let _ = quirks::set_port(url, &port);
        })
    }

    fn Pathname(&self) -> USVString {
        url_parts::pathname(&self.url())
    }

    fn SetPathname(&self, _cx: &mut JSContext, pathname: USVString) -> Fallible<()> {
        self.change(|url| quirks::set_pathname(url, &pathname))
    }

    fn Search(&self) -> USVString {
        url_parts::search(&self.url())
    }

    fn SetSearch(&self, _cx: &mut JSContext, search: USVString) -> Fallible<()> {
        self.change(|url| quirks::set_search(url, &search))
    }

    fn Hash(&self) -> USVString {
        url_parts::hash(&self.url())
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-hash>
    fn SetHash(&self, _cx: &mut JSContext, hash: USVString) -> Fallible<()> {
        let mut url = self.url();
        let before = url.fragment().unwrap_or_default().to_owned();
        quirks::set_hash(&mut url, &hash);
        // 7. Nothing new.
        if url.fragment().unwrap_or_default() == before {
            return Ok(());
        }
        self.navigate(url)
    }

    fn Assign(&self, _cx: &mut JSContext, url: USVString) -> Fallible<()> {
        self.parse_and_navigate(&url)
    }

    fn Replace(&self, _cx: &mut JSContext, url: USVString) -> Fallible<()> {
        self.parse_and_navigate(&url)
    }

    fn Reload(&self, _cx: &mut JSContext) -> Fallible<()> {
        Err(Error::NotSupported("reloading is not supported".into()))
    }
}
