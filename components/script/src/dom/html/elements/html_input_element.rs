//! <https://html.spec.whatwg.org/multipage/input.html#the-input-element>, as far as it holds files.

use html5ever::{LocalName, QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLInputElementMethods;
use crate::dom::fileapi::file_list::FileList;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::webidl::*;

/// The keywords of <https://html.spec.whatwg.org/multipage/input.html#attr-input-type>.
const TYPES: &[&str] = &[
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "file",
    "hidden",
    "image",
    "month",
    "number",
    "password",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

/// <https://html.spec.whatwg.org/multipage/input.html#htmlinputelement>
#[dom_struct]
pub struct HTMLInputElement {
    html_element: HTMLElement,
    /// The [selected files](https://html.spec.whatwg.org/multipage/input.html#concept-input-type-file-selected); made
    /// when they are first asked for.
    files: MutNullableDom<FileList>,
}

impl HTMLInputElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLInputElement {
        HTMLInputElement {
            html_element: HTMLElement::new_inherited(name, document),
            files: MutNullableDom::default(),
        }
    }

    fn is_file_upload(&self) -> bool {
        self.Type() == "file"
    }

    fn has(&self, attribute: &LocalName) -> bool {
        self.upcast::<Element>().has_attribute(attribute)
    }

    fn set(&self, cx: &mut JSContext, attribute: LocalName, present: bool) -> Fallible<()> {
        self.upcast::<Element>().set_boolean_attribute(cx, attribute, present);
        Ok(())
    }
}

impl HTMLInputElementMethods for HTMLInputElement {
    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-accept>
    fn Accept(&self) -> DOMString {
        self.html_element.reflected(&local_name!("accept"))
    }

    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-accept>
    fn SetAccept(&self, cx: &mut JSContext, accept: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("accept"), accept)
    }

    /// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#dom-fe-disabled>
    fn Disabled(&self) -> bool {
        self.has(&local_name!("disabled"))
    }

    /// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#dom-fe-disabled>
    fn SetDisabled(&self, cx: &mut JSContext, disabled: bool) -> Fallible<()> {
        self.set(cx, local_name!("disabled"), disabled)
    }

    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-files>
    fn GetFiles(&self, cx: &mut JSContext) -> Option<DomRoot<FileList>> {
        // 1–2. (Nobody but script can select any.)
        self.is_file_upload().then(|| self.files.or_init(|| FileList::new(cx, &self.global(), &[])))
    }

    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-files>
    fn SetFiles(&self, _cx: &mut JSContext, files: Option<&FileList>) -> Fallible<()> {
        // 1–2.
        if self.is_file_upload() && files.is_some() {
            self.files.set(files);
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-multiple>
    fn Multiple(&self) -> bool {
        self.has(&local_name!("multiple"))
    }

    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-multiple>
    fn SetMultiple(&self, cx: &mut JSContext, multiple: bool) -> Fallible<()> {
        self.set(cx, local_name!("multiple"), multiple)
    }

    /// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#dom-fe-name>
    fn Name(&self) -> DOMString {
        self.html_element.reflected(&local_name!("name"))
    }

    /// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#dom-fe-name>
    fn SetName(&self, cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("name"), name)
    }

    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-type>: limited to known values.
    fn Type(&self) -> DOMString {
        let value = self.html_element.reflected(&local_name!("type")).to_ascii_lowercase();
        if TYPES.contains(&&*value) { value.into() } else { "text".into() }
    }

    /// <https://html.spec.whatwg.org/multipage/input.html#dom-input-type>
    fn SetType(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("type"), value)
    }
}
