//! What a document is told of its end: <https://html.spec.whatwg.org/multipage/document-lifecycle.html#unloading-documents>.
//!
//! FIXME(spec): `beforeunload` and `visibilitychange`; and what is removed by other methods than those that take one node
//! out, or by the document of a page that ends, is not told.

use super::elements::html_iframe_element::HTMLIFrameElement;
use super::page_transition_event::PageTransitionEvent;
use crate::dom::events::Event;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// The events of <https://html.spec.whatwg.org/multipage/document-lifecycle.html#unload-a-document-and-its-descendants>:
/// script may do anything meanwhile.
pub(super) fn tell_of_unloading(cx: &mut JSContext, document: &Document) {
    // Its children before it.
    for child in document.child_navigables() {
        if !child.is_discarded() {
            tell_of_unloading(cx, &child.document());
        }
    }
    // 6. Once, if it was shown.
    let Some(window) = document.window().filter(|_| document.loading().take_page_showing()) else { return };
    let mut realm = enter_realm(cx, window.reflector().get_jsobject());
    let cx: &mut JSContext = &mut realm;
    PageTransitionEvent::fire(cx, document, "pagehide");
    // 9. That it is over.
    let unload = Event::new(cx, window.upcast(), "unload".into(), false, false);
    unload.fire_at_window_for(cx, window.upcast(), document.upcast());
}

/// A node is about to be taken out of its document by script.
///
/// NB: the standard destroys the documents of frames that are removed without a word; all browsers unload them, and
/// web-platform-tests want it. It is done before anything is removed: script must not run while the tree changes.
pub(crate) fn is_about_to_be_removed(cx: &mut JSContext, node: &Node) {
    if !node.is_connected() || node.node_document().child_navigable_count() == 0 {
        return;
    }
    let frames: Vec<DomRoot<HTMLIFrameElement>> =
        node.inclusive_descendants().filter_map(DomRoot::downcast).collect();
    for frame in frames {
        if let Some(navigable) = frame.content_navigable() {
            tell_of_unloading(cx, &navigable.document());
        }
    }
}
