//! <https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-location-interface>
//!
//! There is no session history: each navigation takes the place of what was there.

use url::Url;
use url::quirks;

use super::frames::{self, NavigateParams};
use super::url_parts;
use super::window::Window;
use crate::bindings::interfaces::{HTMLIFrameElementMethods, LocationMethods};
use crate::runtime::microtasks::incumbent_global;
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
    fn navigate(&self, cx: &JSContext, url: Url) -> Fallible<()> {
        // 1. Whose window it is.
        if !self.window.is_active() {
            return Ok(());
        }
        // 2 and 4. Who asks.
        let source = global_of_object(incumbent_global(cx));
        frames::navigate(&self.window.window_proxy(), NavigateParams::by(&source, url));
        Ok(())
    }

    fn parse_and_navigate(&self, cx: &JSContext, url: &str) -> Fallible<()> {
        let url = global_of_object(incumbent_global(cx))
            .encoding_parse_url(url)
            .map_err(|error| Error::Syntax(format!("`{url}` is not a valid URL: {error}")))?;
        self.navigate(cx, url)
    }

    /// A copy of the URL with something changed.
    fn change(&self, cx: &JSContext, change: impl FnOnce(&mut Url)) -> Fallible<()> {
        let mut url = self.url();
        change(&mut url);
        self.navigate(cx, url)
    }
}

impl LocationMethods for Location {
    fn Href(&self) -> USVString {
        self.url().as_str().into()
    }

    fn SetHref(&self, cx: &mut JSContext, href: USVString) -> Fallible<()> {
        self.parse_and_navigate(cx, &href)
    }

    fn Origin(&self) -> USVString {
        url_parts::origin(&self.url())
    }

    fn Protocol(&self) -> USVString {
        url_parts::protocol(&self.url())
    }

    fn SetProtocol(&self, cx: &mut JSContext, protocol: USVString) -> Fallible<()> {
        let mut url = self.url();
        if quirks::set_protocol(&mut url, &protocol).is_err() {
            return Err(Error::Syntax(format!("`{protocol}` is not a scheme", protocol = &*protocol)));
        }
        self.navigate(cx, url)
    }

    fn Host(&self) -> USVString {
        url_parts::host(&self.url())
    }

    fn SetHost(&self, cx: &mut JSContext, host: USVString) -> Fallible<()> {
        self.change(cx, |url| {
            // What is no host changes nothing.
            let _ = quirks::set_host(url, &host);
        })
    }

    fn Hostname(&self) -> USVString {
        url_parts::hostname(&self.url())
    }

    fn SetHostname(&self, cx: &mut JSContext, hostname: USVString) -> Fallible<()> {
        self.change(cx, |url| {
            let _ = quirks::set_hostname(url, &hostname);
        })
    }

    fn Port(&self) -> USVString {
        url_parts::port(&self.url())
    }

    fn SetPort(&self, cx: &mut JSContext, port: USVString) -> Fallible<()> {
        self.change(cx, |url| {
            let _ = quirks::set_port(url, &port);
        })
    }

    fn Pathname(&self) -> USVString {
        url_parts::pathname(&self.url())
    }

    fn SetPathname(&self, cx: &mut JSContext, pathname: USVString) -> Fallible<()> {
        self.change(cx, |url| quirks::set_pathname(url, &pathname))
    }

    fn Search(&self) -> USVString {
        url_parts::search(&self.url())
    }

    fn SetSearch(&self, cx: &mut JSContext, search: USVString) -> Fallible<()> {
        self.change(cx, |url| quirks::set_search(url, &search))
    }

    fn Hash(&self) -> USVString {
        url_parts::hash(&self.url())
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-hash>
    fn SetHash(&self, cx: &mut JSContext, hash: USVString) -> Fallible<()> {
        let mut url = self.url();
        let before = url.fragment().unwrap_or_default().to_owned();
        quirks::set_hash(&mut url, &hash);
        // 7. Nothing new.
        if url.fragment().unwrap_or_default() == before {
            return Ok(());
        }
        self.navigate(cx, url)
    }

    fn Assign(&self, cx: &mut JSContext, url: USVString) -> Fallible<()> {
        self.parse_and_navigate(cx, &url)
    }

    fn Replace(&self, cx: &mut JSContext, url: USVString) -> Fallible<()> {
        self.parse_and_navigate(cx, &url)
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-reload>
    fn Reload(&self, _cx: &mut JSContext) -> Fallible<()> {
        // 1 and 2. Whose window it is.
        if !self.window.is_active() {
            return Ok(());
        }
        // 4. Once more.
        let navigable = self.window.window_proxy();
        let url = self.url();
        let srcdoc = navigable.container().filter(|_| url.as_str() == "about:srcdoc");
        let srcdoc = srcdoc.map(|container| container.Srcdoc().into());
        let params = NavigateParams { srcdoc, reload: true, ..NavigateParams::by(self.window.upcast(), url) };
        frames::navigate(&navigable, params);
        Ok(())
    }
}
