//! <https://html.spec.whatwg.org/multipage/scripting.html#the-script-element>: the element and its attributes. What
//! becomes of its script is in [`crate::dom::html::scripting`].

use std::cell::RefCell;

use html5ever::{LocalName, QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLScriptElementMethods;
use crate::dom::html::scripting::{ScriptResult, ScriptType};
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/scripting.html#htmlscriptelement>
#[dom_struct]
pub struct HTMLScriptElement {
    html_element: HTMLElement,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#parser-document>
    pub(in crate::dom::html) parser_document: MutNullableDom<Document>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#preparation-time-document>
    pub(in crate::dom::html) preparation_time_document: MutNullableDom<Document>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#script-force-async>
    pub(in crate::dom::html) force_async: Cell<bool>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#concept-script-external>
    pub(in crate::dom::html) from_external_file: Cell<bool>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#already-started>
    already_started: Cell<bool>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#concept-script-type>
    #[no_trace]
    pub(in crate::dom::html) script_type: Cell<Option<ScriptType>>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#concept-script-result>
    #[no_trace]
    pub(in crate::dom::html) result: RefCell<ScriptResult>,
    /// The line of the document that an inline script starts in; 0 if a script made the element.
    pub(in crate::dom::html) line: Cell<u32>,
    /// The record of a module script that is ready; null where there is an error to rethrow.
    pub(in crate::dom::html) module: HeapObject,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-script-error-to-rethrow>
    pub(in crate::dom::html) module_error: HeapValue,
}

impl HTMLScriptElement {
    /// Only fields.
    pub(crate) fn new_inherited(name: QualName, document: &Document) -> HTMLScriptElement {
        HTMLScriptElement {
            html_element: HTMLElement::new_inherited(name, document),
            parser_document: MutNullableDom::default(),
            preparation_time_document: MutNullableDom::default(),
            force_async: Cell::new(true),
            from_external_file: Cell::new(false),
            already_started: Cell::new(false),
            script_type: Cell::new(None),
            result: RefCell::new(ScriptResult::Uninitialized),
            line: Cell::new(0),
            module: HeapObject::default(),
            module_error: HeapValue::default(),
        }
    }

    /// The parser made this element for `document`, for a start tag in this line.
    pub(crate) fn set_parser_inserted(&self, document: &Document, line: u32) {
        self.parser_document.set(Some(document));
        self.force_async.set(false);
        self.line.set(line);
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#already-started>
    pub(crate) fn is_already_started(&self) -> bool {
        self.already_started.get()
    }

    /// The script will not be started (again).
    pub(crate) fn set_already_started(&self) {
        self.already_started.set(true);
    }

    /// The attribute `async` was added.
    pub(crate) fn clear_force_async(&self) {
        self.force_async.set(false);
    }

    /// The element came into a document, got children, or a `src`:
    /// <https://html.spec.whatwg.org/multipage/scripting.html#script-processing-model>.
    pub(crate) fn became_connected(&self, cx: &mut JSContext) {
        // 1. The parser prepares its scripts itself.
        if self.parser_document.is_none()
            && self.upcast::<Node>().is_connected()
            && !self.is_already_started()
        {
            // 2. Prepare it.
            self.prepare(cx);
        }
    }

    pub(in crate::dom::html) fn has(&self, attribute: LocalName) -> bool {
        self.upcast::<Element>().has_attribute(&attribute)
    }

    pub(in crate::dom::html) fn value_of(&self, attribute: LocalName) -> Option<DOMString> {
        self.upcast::<Element>().attribute_without_namespace(&attribute)
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cryptographicnonce>
    pub(in crate::dom::html) fn nonce(&self) -> DOMString {
        self.html_element.cryptographic_nonce()
    }
}

impl HTMLScriptElementMethods for HTMLScriptElement {
    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-type>
    fn Type(&self) -> DOMString {
        self.html_element.reflected(&local_name!("type"))
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-type>
    fn SetType(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("type"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-src>
    fn Src(&self) -> USVString {
        self.html_element.reflected_url(&local_name!("src"))
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-src>
    fn SetSrc(&self, cx: &mut JSContext, src: USVString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("src"), src.into())
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-nomodule>
    fn NoModule(&self) -> bool {
        self.has(local_name!("nomodule"))
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-nomodule>
    fn SetNoModule(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.upcast::<Element>().set_boolean_attribute(cx, local_name!("nomodule"), value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-async>
    fn Async(&self) -> bool {
        self.force_async.get() || self.has(local_name!("async"))
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-async>
    fn SetAsync(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        // 1. Somebody has said what they want.
        self.force_async.set(false);
        // 2 and 3.
        self.upcast::<Element>().set_boolean_attribute(cx, local_name!("async"), value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-defer>
    fn Defer(&self) -> bool {
        self.has(local_name!("defer"))
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-defer>
    fn SetDefer(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.upcast::<Element>().set_boolean_attribute(cx, local_name!("defer"), value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-crossorigin>
    fn GetCrossOrigin(&self) -> Option<DOMString> {
        self.html_element.reflected_cross_origin()
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-crossorigin>
    fn SetCrossOrigin(&self, cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        self.html_element.reflect_cross_origin(cx, value)
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-referrerpolicy>
    fn ReferrerPolicy(&self) -> DOMString {
        self.html_element.reflected_referrer_policy()
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-referrerpolicy>
    fn SetReferrerPolicy(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("referrerpolicy"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-integrity>
    fn Integrity(&self) -> DOMString {
        self.html_element.reflected(&local_name!("integrity"))
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-integrity>
    fn SetIntegrity(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("integrity"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-text>
    fn Text(&self) -> DOMString {
        self.upcast::<Node>().child_text_content()
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-text>
    fn SetText(&self, cx: &mut JSContext, text: DOMString) -> Fallible<()> {
        self.upcast::<Node>().string_replace_all(cx, text);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#dom-script-supports>
    fn Supports(_cx: &mut JSContext, _global: &GlobalScope, script_type: DOMString) -> Fallible<bool> {
        // FIXME(spec): import maps and speculation rules.
        Ok(script_type == "classic" || script_type == "module")
    }
}
