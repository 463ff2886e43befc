//! References to elements, and what is asked of them: <https://w3c.github.io/webdriver/#elements>.

#![expect(unsafe_code, reason = "reads properties by name")]

use std::sync::atomic::{AtomicU64, Ordering};

use html5ever::local_name;
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use mozjs::rust::wrappers2::JS_GetUCProperty;
use serde_json::{Value, json};

use super::execute::pending_error;
use super::json::json_clone;
use crate::automation::{CommandError, ELEMENT_KEY, ErrorCode};
use crate::bindings::interfaces::ElementMethods;
use crate::dom::html::window::Window;
use crate::dom::nodes::character_data::CharacterData;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::names::is_ascii_whitespace;
use crate::dom::nodes::node::Node;
use crate::dom::nodes::text::Text;
use crate::dom::uievents::mouse_event::MouseEvent;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// The elements of a window that a driver has names for, with their numbers:
/// <https://w3c.github.io/webdriver/#dfn-node-id-map>.
#[derive(Default, JSTraceable)]
pub(crate) struct NodeReferences(DomRefCell<Vec<(u64, WeakDom<Element>)>>);

/// A number that no element has had.
fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// `e.AGENT.NUMBER`: a name is never given twice in a process.
fn reference(number: u64) -> String {
    format!("e.{}.{number}", Agent::of_this_thread().info().id.0)
}

impl Window {
    /// <https://w3c.github.io/webdriver/#dfn-get-or-create-a-node-reference>, as an object that says so.
    pub(super) fn reference_to(&self, element: &Element) -> Value {
        let mut known = self.node_references().0.borrow_mut();
        let is_it = |(_, known): &&(u64, WeakDom<Element>)| {
            known.root().is_some_and(|known| std::ptr::eq(&*known, element))
        };
        let number = known.iter().find(is_it).map(|(number, _)| *number).unwrap_or_else(|| {
            let number = next_number();
            known.push((number, WeakDom::new(element)));
            number
        });
        json!({ ELEMENT_KEY: reference(number) })
    }

    /// <https://w3c.github.io/webdriver/#dfn-get-a-known-element>
    pub(super) fn known_element(&self, name: &str) -> Result<DomRoot<Element>, CommandError> {
        let mut parts = name.split('.');
        let parts = (parts.next(), parts.next().map(str::parse::<u64>), parts.next().map(str::parse::<u64>));
        // 2. A name that nobody was given.
        let (Some("e"), Some(Ok(agent)), Some(Ok(number))) = parts else {
            return Err(CommandError::new(ErrorCode::NoSuchElement, format!("`{name}` names no element")));
        };
        // 3 and 4. One of a document that is gone, or that is no longer in the document.
        let stale = || {
            let message = format!("the element `{name}` is not in the document any more");
            CommandError::new(ErrorCode::StaleElementReference, message)
        };
        if agent != Agent::of_this_thread().info().id.0 {
            return Err(stale());
        }
        let known = self.node_references().0.borrow();
        let Some((_, element)) = known.iter().find(|(given, _)| *given == number) else {
            return Err(CommandError::new(ErrorCode::NoSuchElement, format!("`{name}` names no element")));
        };
        element.root().filter(|element| element.upcast::<Node>().is_connected()).ok_or_else(stale)
    }
}

/// <https://w3c.github.io/webdriver/#get-element-text>. NB: without layout all text counts as shown but that of what is
/// never shown, in one line.
pub(super) fn rendered_text(element: &Element) -> String {
    let never_shown = |node: &Node| {
        node.downcast::<Element>().is_some_and(|element| {
            [local_name!("script"), local_name!("style"), local_name!("template"), local_name!("head")]
                .iter()
                .any(|name| element.is_html(name))
        })
    };
    let node = element.upcast::<Node>();
    let mut text = String::new();
    for part in node.descendants().filter_map(DomRoot::downcast::<Text>) {
        let hidden = part.upcast::<Node>().inclusive_ancestors().take_while(|above| **above != *node);
        if !hidden.into_iter().any(|above| never_shown(&above)) {
            text += &part.upcast::<CharacterData>().data();
        }
    }
    text.split(is_ascii_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// <https://w3c.github.io/webdriver/#get-element-attribute>
pub(super) fn attribute(cx: &mut JSContext, element: &Element, name: &str) -> Value {
    /// <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#boolean-attributes> that elements have.
    const BOOLEAN: &[&str] = &[
        "allowfullscreen",
        "async",
        "autofocus",
        "autoplay",
        "checked",
        "controls",
        "default",
        "defer",
        "disabled",
        "formnovalidate",
        "hidden",
        "inert",
        "ismap",
        "itemscope",
        "loop",
        "multiple",
        "muted",
        "nomodule",
        "novalidate",
        "open",
        "playsinline",
        "readonly",
        "required",
        "reversed",
        "selected",
    ];
    match element.GetAttribute(cx, name.into()) {
        Ok(Some(_)) if BOOLEAN.contains(&name.to_ascii_lowercase().as_str()) => json!("true"),
        Ok(Some(value)) => json!(value.as_str()),
        Ok(None) | Err(_) => Value::Null,
    }
}

/// <https://w3c.github.io/webdriver/#get-element-property>
pub(super) fn property(
    cx: &mut JSContext,
    window: &Window,
    element: &Element,
    name: &str,
) -> Result<Value, CommandError> {
    let name: Vec<u16> = name.encode_utf16().collect();
    rooted!(&in(cx) let mut value = UndefinedValue());
    // SAFETY: object and result are rooted, the name lives until the call is over.
    let got = unsafe {
        JS_GetUCProperty(
            cx,
            element.reflector().get_jsobject(),
            name.as_ptr(),
            name.len(),
            value.handle_mut(),
        )
    };
    if !got {
        return Err(pending_error(cx));
    }
    json_clone(cx, window, "", value.handle())
}

/// <https://w3c.github.io/webdriver/#element-click>. NB: without layout nothing is scrolled or hit: the element itself
/// is pressed, at no place.
pub(super) fn click(cx: &mut JSContext, window: &Window, element: &Element) {
    for (type_, buttons) in [("mousedown", 1), ("mouseup", 0), ("click", 0)] {
        let event = MouseEvent::of_primary_button(cx, window, type_, buttons);
        event.fire(cx, element.upcast());
    }
}
