//! `document.cookie`: <https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>.

use fetch::cookies::SameSiteMode;
use fetch::schemes::is_http;

use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/dom.html#cookie-averse-document-object>
fn is_cookie_averse(document: &Document) -> bool {
    document.window().is_none() || !is_http(&document.url())
}

/// Steps 1 and 2 of both: false for a document that has no cookies.
fn check(document: &Document) -> Fallible<bool> {
    // 1. Some have none.
    if is_cookie_averse(document) {
        return Ok(false);
    }
    // 2. Some are nobody's.
    if document.global().origin().is_opaque() {
        return Err(Error::Security("a document with an opaque origin has no cookies".into()));
    }
    Ok(true)
}

/// Which cookies a document has to do with, by what it is in.
fn same_site_mode(document: &Document) -> SameSiteMode {
    match document.global().has_cross_site_ancestor() {
        true => SameSiteMode::None,
        false => SameSiteMode::StrictOrLess,
    }
}

/// The getter.
pub(crate) fn cookies(document: &Document) -> Fallible<USVString> {
    if !check(document)? {
        return Ok(USVString::default());
    }
    // 3. Those that scripts may see.
    let cookies =
        document.global().hosts().cookies.document_cookies(&document.url(), same_site_mode(document));
    Ok(String::from_utf8_lossy(&cookies).into_owned().into())
}

/// The setter.
pub(crate) fn set_cookie(document: &Document, cookie: &str) -> Fallible<()> {
    if check(document)? {
        // 3. As a server would set it, but for what scripts may not.
        let mode = same_site_mode(document);
        document.global().hosts().cookies.set_document_cookie(&document.url(), cookie.as_bytes(), mode);
    }
    Ok(())
}
