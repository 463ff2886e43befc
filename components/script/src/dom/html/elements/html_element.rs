//! <https://html.spec.whatwg.org/multipage/dom.html#htmlelement>

use fetch::ReferrerPolicy;
use html5ever::{LocalName, QualName, local_name};

use super::dom_string_map::DOMStringMap;
use crate::bindings::interfaces::HTMLElementMethods;
use crate::bindings::unions::BooleanOrUnrestrictedDoubleOrDOMString;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/dom.html#htmlelement>
#[dom_struct]
pub struct HTMLElement {
    element: Element,
    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cryptographicnonce>; None: as the attribute.
    nonce: DomRefCell<Option<DOMString>>,
    dataset: MutNullableDom<DOMStringMap>,
}

impl HTMLElement {
    /// Only fields.
    pub(crate) fn new_inherited(name: QualName, document: &Document) -> HTMLElement {
        HTMLElement {
            element: Element::new_inherited(name, document),
            nonce: DomRefCell::new(None),
            dataset: MutNullableDom::default(),
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

    /// `referrerPolicy`, a [referrer policy attribute](https://html.spec.whatwg.org/multipage/urls-and-fetching.html#referrer-policy-attribute),
    /// limited to known values.
    pub(crate) fn reflected_referrer_policy(&self) -> DOMString {
        let value = self.reflected(&local_name!("referrerpolicy")).to_ascii_lowercase();
        let policy: Option<ReferrerPolicy> = value.parse().ok();
        policy.map(|_| value.into()).unwrap_or_default()
    }
}

impl HTMLElementMethods for HTMLElement {
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
