//! <https://html.spec.whatwg.org/multipage/dom.html#htmlelement>

use fetch::{CredentialsMode, Destination, ReferrerPolicy, Request, RequestMode, Url};
use html5ever::{LocalName, QualName, local_name};

use super::dom_string_map::DOMStringMap;
use crate::bindings::dictionaries::FocusOptions;
use crate::bindings::interfaces::HTMLElementMethods;
use crate::bindings::unions::BooleanOrUnrestrictedDoubleOrDOMString;
use crate::dom::html::focus;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::uievents::mouse_event::MouseEvent;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/dom.html#htmlelement>
#[dom_struct]
pub struct HTMLElement {
    element: Element,
    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cryptographicnonce>; None: as the attribute.
    nonce: DomRefCell<Option<DOMString>>,
    dataset: MutNullableDom<DOMStringMap>,
    /// <https://html.spec.whatwg.org/multipage/interaction.html#click-in-progress-flag>
    click_in_progress: Cell<bool>,
}

impl HTMLElement {
    /// Only fields.
    pub(crate) fn new_inherited(name: QualName, document: &Document) -> HTMLElement {
        HTMLElement {
            element: Element::new_inherited(name, document),
            nonce: DomRefCell::new(None),
            dataset: MutNullableDom::default(),
            click_in_progress: Cell::new(false),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cryptographicnonce>
    pub(crate) fn cryptographic_nonce(&self) -> DOMString {
        self.nonce.borrow().clone().unwrap_or_else(|| self.reflected(&local_name!("nonce")))
    }

    /// <https://html.spec.whatwg.org/multipage/common-dom-interfaces.html#reflecting-content-attributes-in-idl-attributes>
    pub(crate) fn reflected(&self, attribute: &LocalName) -> DOMString {
        self.upcast::<Element>().attribute_without_namespace(attribute).unwrap_or_default()
    }

    /// The same for a setter.
    pub(crate) fn reflect(&self, cx: &mut JSContext, attribute: LocalName, value: DOMString) -> Fallible<()> {
        self.upcast::<Element>().set_attribute_without_namespace(cx, attribute, value);
        Ok(())
    }

    /// The same for one that is a URL.
    pub(crate) fn reflected_url(&self, attribute: &LocalName) -> USVString {
        let Some(value) = self.upcast::<Element>().attribute_without_namespace(attribute) else {
            return USVString::default();
        };
        match self.upcast::<Node>().node_document().parse_url(&value) {
            Ok(url) => String::from(url).into(),
            Err(_) => value.into(),
        }
    }

    /// The same for an `unsigned long`.
    pub(crate) fn reflected_unsigned(&self, attribute: &LocalName, default: u32) -> u32 {
        let value = self.upcast::<Element>().attribute_without_namespace(attribute);
        value.and_then(|value| parse_non_negative_integer(&value)).unwrap_or(default)
    }

    /// The same for its setter.
    pub(crate) fn reflect_unsigned(
        &self,
        cx: &mut JSContext,
        attribute: LocalName,
        value: u32,
        default: u32,
    ) -> Fallible<()> {
        let value = if value > i32::MAX.unsigned_abs() { default } else { value };
        self.reflect(cx, attribute, value.to_string().into())
    }

    /// `crossOrigin`, a [CORS settings attribute](https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute),
    /// limited to known values.
    pub(crate) fn reflected_cross_origin(&self) -> Option<DOMString> {
        let value = self.upcast::<Element>().attribute_without_namespace(&local_name!("crossorigin"))?;
        let known =
            if value.eq_ignore_ascii_case("use-credentials") { "use-credentials" } else { "anonymous" };
        Some(known.into())
    }

    /// The same for its setter.
    pub(crate) fn reflect_cross_origin(&self, cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        match value {
            Some(value) => self.reflect(cx, local_name!("crossorigin"), value),
            None => {
                self.upcast::<Element>().set_boolean_attribute(cx, local_name!("crossorigin"), false);
                Ok(())
            }
        }
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request>, with the state of the
    /// attribute `crossorigin`.
    pub(crate) fn create_a_potential_cors_request(&self, url: Url, destination: Destination) -> Request {
        let mut request = self.global().new_request(url);
        request.destination = destination;
        (request.mode, request.credentials) = match self.reflected_cross_origin().as_deref() {
            None => (RequestMode::NoCors, CredentialsMode::Include),
            Some("use-credentials") => (RequestMode::Cors, CredentialsMode::Include),
            Some(_) => (RequestMode::Cors, CredentialsMode::SameOrigin),
        };
        request.use_url_credentials = true;
        request
    }

    /// `referrerPolicy`, a [referrer policy attribute](https://html.spec.whatwg.org/multipage/urls-and-fetching.html#referrer-policy-attribute),
    /// limited to known values.
    pub(crate) fn reflected_referrer_policy(&self) -> DOMString {
        let value = self.reflected(&local_name!("referrerpolicy")).to_ascii_lowercase();
        let policy: Option<ReferrerPolicy> = value.parse().ok();
        policy.map(|_| value.into()).unwrap_or_default()
    }
}

/// Whether it is a form control that is [disabled](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#concept-fe-disabled).
pub(crate) fn is_disabled(element: &Element) -> bool {
    let has_attribute =
        |element: &Element| element.attribute_without_namespace(&local_name!("disabled")).is_some();
    let controls =
        [local_name!("button"), local_name!("input"), local_name!("select"), local_name!("textarea")];
    if !controls.iter().any(|name| element.is_html(name)) {
        return false;
    }
    if has_attribute(element) {
        return true;
    }
    // In a field set that is disabled, but not in its first legend.
    let mut inside = DomRoot::from_ref(element.upcast::<Node>());
    while let Some(parent) = inside.parent() {
        if let Some(ancestor) = parent.downcast::<Element>()
            && ancestor.is_html(&local_name!("fieldset"))
            && has_attribute(ancestor)
        {
            let is_legend = |node: &DomRoot<Node>| {
                node.downcast::<Element>().is_some_and(|element| element.is_html(&local_name!("legend")))
            };
            if parent.children().find(is_legend).is_none_or(|legend| legend != inside) {
                return true;
            }
        }
        inside = parent;
    }
    false
}

impl HTMLElementMethods for HTMLElement {
    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-click>
    fn Click(&self, cx: &mut JSContext) -> Fallible<()> {
        let element = self.upcast::<Element>();
        // 1 and 2.
        if is_disabled(element) || self.click_in_progress.replace(true) {
            return Ok(());
        }
        // 4.
        let document = element.upcast::<Node>().node_document();
        let event = MouseEvent::synthetic_click(cx, &document);
        event.fire_untrusted(cx, self.upcast());
        // 5.
        self.click_in_progress.set(false);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-focus>. NB: nothing is drawn, so that the options are of
    /// no account.
    fn Focus(&self, cx: &mut JSContext, _options: &FocusOptions) -> Fallible<()> {
        focus::focus_element(cx, self.upcast());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-blur>
    fn Blur(&self, cx: &mut JSContext) -> Fallible<()> {
        focus::unfocus_element(cx, self.upcast());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-title>
    fn Title(&self) -> DOMString {
        self.reflected(&local_name!("title"))
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-title>
    fn SetTitle(&self, cx: &mut JSContext, title: DOMString) -> Fallible<()> {
        self.reflect(cx, local_name!("title"), title)
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-lang>
    fn Lang(&self) -> DOMString {
        self.reflected(&local_name!("lang"))
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-lang>
    fn SetLang(&self, cx: &mut JSContext, lang: DOMString) -> Fallible<()> {
        self.reflect(cx, local_name!("lang"), lang)
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-dir>: limited to known values.
    fn Dir(&self) -> DOMString {
        let value = self.reflected(&local_name!("dir")).to_ascii_lowercase();
        if matches!(value.as_str(), "ltr" | "rtl" | "auto") { value.into() } else { DOMString::new() }
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-dir>
    fn SetDir(&self, cx: &mut JSContext, dir: DOMString) -> Fallible<()> {
        self.reflect(cx, local_name!("dir"), dir)
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-hidden>
    fn GetHidden(&self, _cx: &mut JSContext) -> Option<BooleanOrUnrestrictedDoubleOrDOMString> {
        let value = self.upcast::<Element>().attribute_without_namespace(&local_name!("hidden"));
        Some(match value {
            // 1. Hidden until it is found.
            Some(value) if value.eq_ignore_ascii_case("until-found") => {
                BooleanOrUnrestrictedDoubleOrDOMString::DOMString("until-found".into())
            }
            // 2–3. Or not.
            value => BooleanOrUnrestrictedDoubleOrDOMString::Boolean(value.is_some()),
        })
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-hidden>
    fn SetHidden(
        &self,
        cx: &mut JSContext,
        value: Option<BooleanOrUnrestrictedDoubleOrDOMString>,
    ) -> Fallible<()> {
        let hidden = match value {
            // 1. Hidden until it is found.
            Some(BooleanOrUnrestrictedDoubleOrDOMString::DOMString(value))
                if value.eq_ignore_ascii_case("until-found") =>
            {
                return self.reflect(cx, local_name!("hidden"), "until-found".into());
            }
            // 2, 3 and 5. What is as good as false.
            None => false,
            Some(BooleanOrUnrestrictedDoubleOrDOMString::Boolean(value)) => value,
            Some(BooleanOrUnrestrictedDoubleOrDOMString::DOMString(value)) => !value.is_empty(),
            Some(BooleanOrUnrestrictedDoubleOrDOMString::UnrestrictedDouble(value)) => {
                value != 0.0 && !value.is_nan()
            }
        };
        self.upcast::<Element>().set_boolean_attribute(cx, local_name!("hidden"), hidden);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-dataset>
    fn Dataset(&self, cx: &mut JSContext) -> DomRoot<DOMStringMap> {
        self.dataset.or_init(|| DOMStringMap::new(cx, self.upcast()))
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#dom-noncedelement-nonce>
    fn Nonce(&self) -> DOMString {
        self.cryptographic_nonce()
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#dom-noncedelement-nonce>
    fn SetNonce(&self, _cx: &mut JSContext, nonce: DOMString) -> Fallible<()> {
        *self.nonce.borrow_mut() = Some(nonce);
        Ok(())
    }
}

/// <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#rules-for-parsing-non-negative-integers>, within
/// what an IDL attribute can show.
fn parse_non_negative_integer(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    let number: u32 = digits[..end].parse().ok()?;
    (number <= i32::MAX.unsigned_abs() && (number == 0 || !text.starts_with('-'))).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_leniently() {
        let parsed = ["7", " +12px", "-0", "-1", "x", "", "2147483648"].map(parse_non_negative_integer);
        assert_eq!(parsed, [Some(7), Some(12), Some(0), None, None, None, None]);
    }
}
