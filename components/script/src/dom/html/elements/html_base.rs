//! The `base` element, of which only the URL matters here:
//! <https://html.spec.whatwg.org/multipage/semantics.html#the-base-element>.

use html5ever::local_name;
use url::Url;

use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// Remembers that a document has a `base` element, so that others need not look for one.
pub(crate) fn note_base(element: &Element) {
    if element.is_html(&local_name!("base")) {
        element.upcast::<Node>().node_document().set_may_have_base_element();
    }
}

/// <https://html.spec.whatwg.org/multipage/semantics.html#frozen-base-url> of a document's first `base` element that
/// has an `href`.
pub(crate) fn base_element_url(document: &Document) -> Option<Url> {
    let node: &Node = document.upcast();
    let href = node
        .descendants()
        .filter_map(DomRoot::downcast::<Element>)
        .filter(|element| element.is_html(&local_name!("base")))
        .find_map(|element| element.attribute_without_namespace(&local_name!("href")))?;
    let url = document.fallback_base_url().join(&href).ok()?;
    // 3. Not these.
    (!matches!(url.scheme(), "data" | "javascript")).then_some(url)
}
