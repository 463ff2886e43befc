//! Event handlers that are written as attributes (`<body onload="…">`):
//! <https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-content-attributes>.

#![expect(unsafe_code, reason = "compiles functions")]

use std::ffi::CString;

use fetch::csp::InlineCheckType;
use mozjs::jsapi::{JS_GetFunctionObject, JSFunction, SupportUnscopables};
use mozjs::rooted;
use mozjs::rust::wrappers2::CompileFunction1;
use mozjs::rust::{CompileOptionsWrapper, EnvironmentChain, transform_str_to_source_text};

use super::event_handlers::EventHandlerKind;
use super::event_target::EventTarget;
use crate::dom::csp::report_violations;
use crate::dom::html::console_message;
use crate::dom::html::elements::html_body_element::HTMLBodyElement;
use crate::dom::html::elements::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::embedder::ConsoleLevel;
use crate::runtime::exception;
use crate::webidl::*;

/// The event handlers of all HTML elements: `GlobalEventHandlers`.
const OF_ELEMENTS: &[&str] = &[
    "onabort",
    "onblur",
    "oncanplay",
    "oncanplaythrough",
    "onclick",
    "ondurationchange",
    "onemptied",
    "onended",
    "onerror",
    "onfocus",
    "onload",
    "onloadeddata",
    "onloadedmetadata",
    "onloadstart",
    "onmousedown",
    "onmouseup",
    "onpause",
    "onplay",
    "onplaying",
    "onprogress",
    "onratechange",
    "onresize",
    "onsecuritypolicyviolation",
    "onseeked",
    "onseeking",
    "onsuspend",
    "ontimeupdate",
    "onvolumechange",
    "onwaiting",
];

/// Those of `WindowEventHandlers`, which `body` elements have for their window.
const OF_WINDOWS: &[&str] = &[
    "onmessage",
    "onmessageerror",
    "onoffline",
    "ononline",
    "onpagehide",
    "onpageshow",
    "onrejectionhandled",
    "onunhandledrejection",
    "onunload",
];

/// <https://html.spec.whatwg.org/multipage/webappapis.html#internal-raw-uncompiled-handler>
#[derive(Clone, JSTraceable)]
pub(super) struct UncompiledHandler {
    /// The attribute's element.
    element: Dom<Element>,
    /// Its name.
    #[no_trace]
    name: &'static str,
    /// Its value.
    #[no_trace]
    body: String,
    /// The document's URL.
    #[no_trace]
    location: String,
}

/// An attribute of an element was set or removed:
/// <https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-content-attributes>.
pub(crate) fn attribute_changed(element: &Element, name: &str, value: Option<&DOMString>) {
    // 1. Only of HTML elements. (2.: and only where it is an event handler.)
    let Some(html) = element.downcast::<HTMLElement>() else { return };
    let of_windows = if html.is::<HTMLBodyElement>() { OF_WINDOWS } else { &[] };
    let handler = OF_ELEMENTS.iter().chain(of_windows).find(|handler| **handler == name);
    let Some(&name) = handler else { return };
    let Some(event_type) = name.strip_prefix("on") else { return };
    let kind = if name == "onerror" { EventHandlerKind::OnError } else { EventHandlerKind::Normal };
    // 3. The target: for some handlers of bodies that is the window.
    let Some(target) = element.upcast::<EventTarget>().event_handler_target(event_type) else { return };
    match value {
        // 4. Removed.
        None => target.deactivate_event_handler(event_type),
        // 5. Set: compiled when it is needed.
        Some(value) => {
            // 5.1. The policy may forbid it.
            let global = element.global();
            let policies = global.policy_container().csp_list;
            let (blocked, violations) =
                policies.should_inline_be_blocked(None, InlineCheckType::ScriptAttribute, value);
            report_violations(&global, Some(element), violations);
            if blocked {
                let text = format!("the handler {name} was blocked by Content Security Policy");
                console_message(&global, ConsoleLevel::Error, text);
                return;
            }
            // 5.3 to 5.5.
            let location = element.upcast::<Node>().node_document().url().into();
            let element = Dom::from_ref(element);
            let uncompiled = UncompiledHandler { element, name, body: value.to_string(), location };
            target.set_uncompiled_event_handler(event_type, kind, uncompiled);
        }
    }
}

/// Whether the handler for this event is the window's where it is set at a body: those of `WindowEventHandlers`, and the
/// [Window-reflecting body element event handler set](https://html.spec.whatwg.org/multipage/webappapis.html#window-reflecting-body-element-event-handler-set).
pub(super) fn is_of_window_at_body(event_type: &str) -> bool {
    matches!(event_type, "blur" | "error" | "focus" | "load" | "resize" | "scroll")
        || OF_WINDOWS.iter().any(|name| name.strip_prefix("on") == Some(event_type))
}

/// The target of an element's event handler:
/// <https://html.spec.whatwg.org/multipage/webappapis.html#determining-the-target-of-an-event-handler>.
pub(super) fn target_of_body(body: &HTMLBodyElement) -> Option<DomRoot<EventTarget>> {
    // 1 and 2. For the handlers that are its window's; without one there is none.
    body.upcast::<Node>().node_document().window().map(DomRoot::upcast)
}

impl UncompiledHandler {
    /// Step 1 of [getting the current value](https://html.spec.whatwg.org/multipage/webappapis.html#getting-the-current-value-of-the-event-handler)
    /// of an event handler. None if it can't be compiled, which is reported.
    pub(super) fn compile(&self, cx: &mut JSContext, is_error_of_window: bool) -> Option<RootedObject> {
        // 1.1. Where it is.
        let element = self.element.as_rooted();
        let document: DomRoot<Document> = element.upcast::<Node>().node_document();
        // 1.2. Scripts of documents that are not shown, or that are sandboxed, don't run.
        if !document.is_scripting_enabled() {
            return None;
        }
        let global = element.global();
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        // 1.9. Its parameters.
        let parameters: &[_] = if is_error_of_window {
            &[c"event", c"source", c"lineno", c"colno", c"error"]
        } else {
            &[c"event"]
        };
        let parameters: Vec<_> = parameters.iter().map(|name| name.as_ptr()).collect();
        // 1.10. Its scope: the element, then the document. (There are no forms.)
        let scopes = EnvironmentChain::new(cx, SupportUnscopables::Yes);
        scopes.append(element.reflector().get_jsobject().get());
        scopes.append(document.reflector().get_jsobject().get());
        // Neither has a NUL in it: one is a URL, the other a name of ours.
        let location = CString::new(self.location.as_str()).ok()?;
        let name = CString::new(self.name).ok()?;
        let mut options = CompileOptionsWrapper::new(cx, location, 1);
        options.set_introduction_type(c"eventHandler");
        let mut source = transform_str_to_source_text(&self.body);
        // 1.11. The function.
        // SAFETY: what is passed lives until the call is over; the result is rooted.
        rooted!(&in(cx) let function: *mut JSFunction = unsafe {
            CompileFunction1(
                cx,
                scopes.get(),
                options.ptr,
                name.as_ptr(),
                parameters.len() as u32,
                parameters.as_ptr(),
                &mut source,
            )
        });
        if function.get().is_null() {
            // 1.7. What can't be parsed is reported.
            exception::report_pending(cx);
            return None;
        }
        // SAFETY: a live function.
        Some(RootedObject::from_object(unsafe { JS_GetFunctionObject(function.get()) }))
    }
}
