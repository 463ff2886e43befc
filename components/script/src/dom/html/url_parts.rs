//! The parts of a URL as `Location` and `WorkerLocation` show them:
//! <https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-location-interface>.

use url::Url;
use url::quirks;

use crate::webidl::USVString;

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-origin>
pub(super) fn origin(url: &Url) -> USVString {
    fetch::Origin::of(url).ascii_serialization().into()
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-protocol>
pub(super) fn protocol(url: &Url) -> USVString {
    quirks::protocol(url).into()
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-host>
pub(super) fn host(url: &Url) -> USVString {
    quirks::host(url).into()
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-hostname>
pub(super) fn hostname(url: &Url) -> USVString {
    quirks::hostname(url).into()
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-port>
pub(super) fn port(url: &Url) -> USVString {
    quirks::port(url).into()
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-pathname>
pub(super) fn pathname(url: &Url) -> USVString {
    quirks::pathname(url).into()
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-search>
pub(super) fn search(url: &Url) -> USVString {
    quirks::search(url).into()
}

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location-hash>
pub(super) fn hash(url: &Url) -> USVString {
    quirks::hash(url).into()
}
