//! `document.cookie`: <https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>.

use fetch::cookies::SameSiteMode;
use fetch::schemes::is_http;

use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/dom.html#cookie-averse-document-object>
fn is_cookie_averse(document: &Document) -> bool {
    document.window().is_none() || !is_http(&document.url()) || document.global().origin().is_opaque()
}

/// Which cookies a document has to do with, by what it is in.
fn same_site_mode(document: &Document) -> SameSiteMode {
    match document.global().has_cross_site_ancestor() {
        true => SameSiteMode::None,
        false => SameSiteMode::StrictOrLess,
    }
}

/// The getter.
pub(crate) fn cookies(document: &Document) -> USVString {
    // 1. Some documents have none. 2. FIXME(spec): a SecurityError in those with an opaque origin; they see none.
    if is_cookie_averse(document) {
        return USVString::default();
    }
    // 3. Those that scripts may see.
    let cookies =
        document.global().hosts().cookies.document_cookies(&document.url(), same_site_mode(document));
    USVString(String::from_utf8_lossy(&cookies).into_owned())
}

/// The setter.
pub(crate) fn set_cookie(document: &Document, cookie: &str) {
    // 1. and 2. As above.
    if !is_cookie_averse(document) {
        // 3. As a server would set it, but for what scripts may not.
        let mode = same_site_mode(document);
        document.global().hosts().cookies.set_document_cookie(&document.url(), cookie.as_bytes(), mode);
    }
}
