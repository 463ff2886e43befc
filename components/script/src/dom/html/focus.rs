//! Focus: <https://html.spec.whatwg.org/multipage/interaction.html#focus>.
//!
//! A page's window always has the [system focus](https://html.spec.whatwg.org/multipage/interaction.html#tlt-system-focus):
//! there is nothing else that could have it. FIXME(spec): what `tabindex`, `inert` and `autofocus` do besides; without
//! layout, what is not rendered can have focus, too.

use html5ever::local_name;
use service_worker::ClientId;

use super::elements::html_element::is_disabled;
use super::elements::html_iframe_element::HTMLIFrameElement;
use super::frames::client_of;
use super::window::Window;
use super::window_proxy::WindowProxy;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::uievents::focus_event::FocusEvent;
use crate::webidl::*;

/// What can be in a [focus chain](https://html.spec.whatwg.org/multipage/interaction.html#focus-chain); a document stands
/// for its viewport.
#[derive(Clone)]
enum Area {
    Element(DomRoot<Element>),
    Document(DomRoot<Document>),
}

impl PartialEq for Area {
    /// Identity.
    fn eq(&self, other: &Area) -> bool {
        match (self, other) {
            (Area::Element(one), Area::Element(other)) => std::ptr::eq(&raw const **one, &raw const **other),
            (Area::Document(one), Area::Document(other)) => {
                std::ptr::eq(&raw const **one, &raw const **other)
            }
            _ => false,
        }
    }
}

impl Area {
    fn node_document(&self) -> DomRoot<Document> {
        match self {
            Area::Element(element) => element.upcast::<Node>().node_document(),
            Area::Document(document) => document.clone(),
        }
    }

    fn element(&self) -> Option<&Element> {
        match self {
            Area::Element(element) => Some(element),
            Area::Document(_) => None,
        }
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#focus-chain>, from the inside out.
    fn chain(self) -> Vec<Area> {
        // 3. An element's document, a document's container.
        let outer = |area: &Area| match area {
            Area::Element(element) => Some(Area::Document(element.upcast::<Node>().node_document())),
            Area::Document(document) => {
                let container = document.window()?.window_proxy().container()?;
                Some(Area::Element(DomRoot::upcast(container)))
            }
        };
        std::iter::successors(Some(self), outer).collect()
    }

    /// [Fires](https://html.spec.whatwg.org/multipage/interaction.html#fire-a-focus-event) `focus` or `blur` at it, or at a
    /// document's window.
    fn fire(&self, cx: &mut JSContext, type_: &str, related: Option<&Element>) {
        let document = self.node_document();
        let Some(window) = document.window() else { return };
        let event = FocusEvent::of_type(cx, &window, type_, related.map(Element::upcast));
        match self {
            Area::Element(element) => event.fire(cx, element.upcast()),
            Area::Document(_) => event.fire(cx, window.upcast()),
        };
    }
}

/// The element that shows a navigable, and what that shows.
fn content_document(element: &Element) -> Option<DomRoot<Document>> {
    let navigable = element.downcast::<HTMLIFrameElement>()?.content_navigable()?;
    Some(navigable.document())
}

/// The [currently focused area of a top-level traversable](https://html.spec.whatwg.org/multipage/interaction.html#currently-focused-area-of-a-top-level-traversable).
fn currently_focused_area(top: &WindowProxy) -> Area {
    let mut document = top.document();
    loop {
        let Some(element) = document.focused_element() else { return Area::Document(document) };
        match content_document(&element) {
            Some(content) => document = content,
            None => return Area::Element(element),
        }
    }
}

/// <https://html.spec.whatwg.org/multipage/interaction.html#focusable-area>
fn is_focusable(element: &Element) -> bool {
    let has = |name| element.attribute_without_namespace(&name).is_some();
    let is = |name| element.is_html(&name);
    if [local_name!("button"), local_name!("input"), local_name!("select"), local_name!("textarea")]
        .into_iter()
        .any(is)
    {
        let is_hidden = || {
            let kind = element.attribute_without_namespace(&local_name!("type"));
            is(local_name!("input")) && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"))
        };
        return !is_disabled(element) && !is_hidden();
    }
    let is_link = is(local_name!("a")) || is(local_name!("area"));
    let is_media = is(local_name!("audio")) || is(local_name!("video"));
    let tab_index = element.attribute_without_namespace(&local_name!("tabindex"));
    let editable = element.attribute_without_namespace(&local_name!("contenteditable"));
    (is_link && has(local_name!("href")))
        || (is_media && has(local_name!("controls")))
        || tab_index.is_some_and(|value| value.trim().parse::<i32>().is_ok())
        || editable.is_some_and(|value| !value.eq_ignore_ascii_case("false"))
}

/// The [focusing steps](https://html.spec.whatwg.org/multipage/interaction.html#focusing-steps) for an element.
pub(crate) fn focus_element(cx: &mut JSContext, element: &Element) {
    let document = element.upcast::<Node>().node_document();
    if !document.is_fully_active() || !element.upcast::<Node>().is_connected() {
        return;
    }
    // 1–3. What can have focus, or what it shows.
    if let Some(content) = content_document(element) {
        run_focusing_steps(cx, Area::Document(content));
    } else if is_focusable(element) {
        run_focusing_steps(cx, Area::Element(DomRoot::from_ref(element)));
    }
}

/// The focusing steps for what a window shows.
pub(crate) fn focus_window(cx: &mut JSContext, window: &Window) {
    if window.is_active() && window.document().is_fully_active() {
        run_focusing_steps(cx, Area::Document(window.document()));
    }
}

/// The [unfocusing steps](https://html.spec.whatwg.org/multipage/interaction.html#unfocusing-steps).
pub(crate) fn unfocus_element(cx: &mut JSContext, element: &Element) {
    let document = element.upcast::<Node>().node_document();
    let Some(window) = document.window().filter(|_| document.is_fully_active()) else { return };
    let top = window.window_proxy().top();
    // 1–3. It, or what is in it, has focus.
    let chain = currently_focused_area(&top).chain();
    if chain.iter().any(|area| area.element().is_some_and(|other| std::ptr::eq(other, element))) {
        // 4–6. Now the page does.
        run_focusing_steps(cx, Area::Document(top.document()));
    }
}

/// The focusing steps, from step 4 on.
fn run_focusing_steps(cx: &mut JSContext, target: Area) {
    let Some(window) = target.node_document().window() else { return };
    let top = window.window_proxy().top();
    // 5. It has it already.
    let old = currently_focused_area(&top);
    if old == target {
        return;
    }
    // 6–7. The two chains.
    let (old_chain, new_chain) = (old.chain(), target.clone().chain());
    let documents = |chain: &[Area]| {
        let documents = chain.iter().filter(|area| area.element().is_none());
        documents.map(Area::node_document).collect::<Vec<_>>()
    };
    let (before, after) = (documents(&old_chain), documents(&new_chain));
    // 8. Who has focus.
    match &target {
        Area::Document(document) => document.set_focused_element(None),
        Area::Element(_) => {}
    }
    for element in new_chain.iter().filter_map(Area::element) {
        element.upcast::<Node>().node_document().set_focused_element(Some(element));
    }
    tell_service_workers(&window, &before, &after);
    fire_focus_events(cx, &top, &target, old_chain, new_chain);
}

/// The [focus update steps](https://html.spec.whatwg.org/multipage/interaction.html#focus-update-steps). NB: all areas are
/// designated before the first event, so that script sees one state.
fn fire_focus_events(
    cx: &mut JSContext,
    top: &WindowProxy,
    target: &Area,
    mut old_chain: Vec<Area>,
    mut new_chain: Vec<Area>,
) {
    // 1. What is in both stays as it is.
    while let (Some(old), Some(new)) = (old_chain.last(), new_chain.last()) {
        if old != new {
            break;
        }
        old_chain.pop();
        new_chain.pop();
    }
    let related = |last: Option<&Area>, other: Option<&Area>| {
        let both = last.and_then(Area::element).and(other.and_then(Area::element));
        both.map(DomRoot::from_ref)
    };
    let (blurred, focused) = (old_chain.last().cloned(), new_chain.last().cloned());
    // 2. From the inside out. FIXME(spec): `change` of controls.
    for area in &old_chain {
        let is_last = blurred.as_ref() == Some(area);
        let related = related(blurred.as_ref(), focused.as_ref()).filter(|_| is_last);
        area.fire(cx, "blur", related.as_deref());
        // A listener has moved it elsewhere, and that was told.
        if currently_focused_area(top) != *target {
            return;
        }
    }
    // 3. From the outside in.
    for area in new_chain.iter().rev() {
        let is_last = focused.as_ref() == Some(area);
        let related = related(focused.as_ref(), blurred.as_ref()).filter(|_| is_last);
        area.fire(cx, "focus", related.as_deref());
        if currently_focused_area(top) != *target {
            return;
        }
    }
}

/// Window clients have a [focus state](https://w3c.github.io/ServiceWorker/#windowclient-focus-state), and those are first
/// that had focus last.
fn tell_service_workers(window: &Window, before: &[DomRoot<Document>], after: &[DomRoot<Document>]) {
    let Some(services) = window.upcast::<GlobalScope>().services() else { return };
    let clients = |documents: &[DomRoot<Document>]| -> Vec<ClientId> {
        documents.iter().filter_map(|document| document.window()).map(|window| client_of(&window)).collect()
    };
    services.service_workers.focus_moved(clients(before), clients(after));
}

impl Document {
    /// The [has focus steps](https://html.spec.whatwg.org/multipage/interaction.html#has-focus-steps).
    pub(crate) fn has_focus(&self) -> bool {
        let Some(window) = self.window().filter(|_| self.is_fully_active()) else { return false };
        // 1–3. It is that which has focus, or around that.
        let focused = currently_focused_area(&window.window_proxy().top());
        let mut documents = focused.chain().into_iter().filter(|area| area.element().is_none());
        documents.any(|area| std::ptr::eq(&raw const *area.node_document(), self))
    }
}
