//! What HTML adds to changes of the tree: the steps that DOM leaves to "other specifications".

use html5ever::{QualName, local_name, ns};

use super::elements::html_base::note_base;
use super::elements::html_canvas_element::HTMLCanvasElement;
use super::elements::html_iframe_element::HTMLIFrameElement;
use super::elements::html_link_element::HTMLLinkElement;
use super::elements::html_meta_element::HTMLMetaElement;
use super::elements::html_script_element::HTMLScriptElement;
use super::images::html_image_element::HTMLImageElement;
use super::media::html_media_element::HTMLMediaElement;
use super::media::html_source_element::HTMLSourceElement;
use crate::dom::events::content_attributes;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#concept-node-insert-ext>: must not run script.
pub(crate) fn insertion_steps(cx: &mut JSContext, node: &Node) {
    if let Some(meta) = node.downcast::<HTMLMetaElement>() {
        meta.inserted(cx);
    } else if let Some(source) = node.downcast::<HTMLSourceElement>() {
        source.inserted(cx);
    } else if let Some(element) = node.downcast::<Element>() {
        note_base(element);
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-post-connection-ext>: may run script.
pub(crate) fn post_connection_steps(cx: &mut JSContext, node: &Node) {
    if let Some(script) = node.downcast::<HTMLScriptElement>() {
        script.became_connected(cx);
    } else if let Some(frame) = node.downcast::<HTMLIFrameElement>() {
        frame.became_connected(cx);
    } else if let Some(link) = node.downcast::<HTMLLinkElement>() {
        link.became_connected(cx);
    } else if let Some(media) = node.downcast::<HTMLMediaElement>() {
        media.has_attributes_now(cx);
    } else if let Some(image) = node.downcast::<HTMLImageElement>() {
        image.has_attributes_now(cx);
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-remove-ext>
pub(crate) fn removing_steps(cx: &mut JSContext, node: &Node, was_connected: bool) {
    // <https://html.spec.whatwg.org/multipage/interaction.html#focus-fixup-step>: what comes back comes without focus.
    if let Some(element) = node.downcast::<Element>() {
        node.node_document().element_was_removed(element);
    }
    if let Some(frame) = node.downcast::<HTMLIFrameElement>() {
        frame.destroy_content_navigable(cx);
    } else if let Some(media) = node.downcast::<HTMLMediaElement>()
        && was_connected
    {
        media.was_removed(cx);
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-children-changed-ext>
pub(crate) fn children_changed_steps(cx: &mut JSContext, node: &Node) {
    if let Some(script) = node.downcast::<HTMLScriptElement>() {
        script.became_connected(cx);
    }
}

/// <https://dom.spec.whatwg.org/#concept-element-attributes-change-ext>
pub(crate) fn attribute_change_steps(
    cx: &mut JSContext,
    element: &Element,
    name: &QualName,
    old_value: Option<&DOMString>,
    value: Option<&DOMString>,
) {
    if name.ns != ns!() {
        return;
    }
    content_attributes::attribute_changed(element, &name.local, value);
    if let Some(canvas) = element.downcast::<HTMLCanvasElement>()
        && matches!(name.local, local_name!("width") | local_name!("height"))
    {
        canvas.size_changed();
    }
    if let Some(script) = element.downcast::<HTMLScriptElement>() {
        let is_new = old_value.is_none() && value.is_some();
        if name.local == local_name!("src") && is_new {
            script.became_connected(cx);
        } else if name.local == local_name!("async") && is_new {
            script.clear_force_async();
        }
    } else if let Some(frame) = element.downcast::<HTMLIFrameElement>() {
        frame.attribute_changed(cx, &name.local, value);
    } else if let Some(media) = element.downcast::<HTMLMediaElement>() {
        media.attribute_changed(cx, &name.local, value);
    } else if let Some(image) = element.downcast::<HTMLImageElement>() {
        image.attribute_changed(cx, &name.local, old_value, value);
    } else if let Some(link) = element.downcast::<HTMLLinkElement>() {
        link.attribute_changed(cx, &name.local);
    }
}

/// <https://dom.spec.whatwg.org/#concept-node-clone-ext>
pub(crate) fn cloning_steps(cx: &mut JSContext, node: &Node, copy: &Node) {
    if let Some(media) = copy.downcast::<HTMLMediaElement>() {
        media.was_made(cx);
    } else if let Some(image) = copy.downcast::<HTMLImageElement>() {
        image.has_attributes_now(cx);
    }
    if let (Some(script), Some(copy)) =
        (node.downcast::<HTMLScriptElement>(), copy.downcast::<HTMLScriptElement>())
        && script.is_already_started()
    {
        copy.set_already_started();
    }
}
