//! <https://dom.spec.whatwg.org/#interface-domtokenlist>

use html5ever::{LocalName, QualName, ns};

use super::element::Element;
use super::names::is_ascii_whitespace;
use crate::bindings::interfaces::DOMTokenListMethods;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#domtokenlist>: an attribute as an ordered set.
///
/// The set is parsed from the attribute at each use: it is then never out of date.
#[dom_struct]
pub struct DOMTokenList {
    reflector: Reflector,
    element: Dom<Element>,
    #[no_trace]
    attribute: LocalName,
    /// <https://dom.spec.whatwg.org/#concept-supported-tokens>, where the attribute defines such.
    #[no_trace]
    supported: Option<&'static [&'static str]>,
}

impl DOMTokenList {
    /// The set in `attribute` of `element`.
    pub(crate) fn new(cx: &mut JSContext, element: &Element, attribute: LocalName) -> DomRoot<DOMTokenList> {
        Self::reflect(cx, element, attribute, None)
    }

    /// The set in an attribute that defines which tokens there are; of those these mean something here.
    pub(crate) fn with_supported(
        cx: &mut JSContext,
        element: &Element,
        attribute: LocalName,
        supported: &'static [&'static str],
    ) -> DomRoot<DOMTokenList> {
        Self::reflect(cx, element, attribute, Some(supported))
    }

    fn reflect(
        cx: &mut JSContext,
        element: &Element,
        attribute: LocalName,
        supported: Option<&'static [&'static str]>,
    ) -> DomRoot<DOMTokenList> {
        let reflector = Reflector::new();
        let list = DOMTokenList { reflector, element: Dom::from_ref(element), attribute, supported };
        reflect_dom_object(cx, Box::new(list), &element.global())
    }

    fn attribute_value(&self) -> Option<DOMString> {
        self.element.attribute(&ns!(), &self.attribute)
    }

    /// The token set.
    fn tokens(&self) -> Vec<DOMString> {
        parse_ordered_set(&self.attribute_value().unwrap_or_default())
    }

    /// <https://dom.spec.whatwg.org/#concept-dtl-update>
    fn update(&self, cx: &mut JSContext, tokens: &[DOMString]) {
        // 1. Nothing comes of nothing.
        if self.attribute_value().is_none() && tokens.is_empty() {
            return;
        }
        // 2. <https://dom.spec.whatwg.org/#concept-ordered-set-serializer>
        let value = tokens.iter().map(|token| &**token).collect::<Vec<_>>().join(" ");
        let name = QualName::new(None, ns!(), self.attribute.clone());
        self.element.set_attribute_value(cx, &name, value.into());
    }

    fn check(tokens: &[DOMString]) -> Fallible<()> {
        for token in tokens {
            if token.is_empty() {
                return Err(Error::Syntax("a token must not be empty".into()));
            }
            if token.contains(is_ascii_whitespace) {
                return Err(Error::InvalidCharacter(format!("the token `{token}` contains whitespace")));
            }
        }
        Ok(())
    }
}

/// <https://dom.spec.whatwg.org/#concept-ordered-set-parser>
pub(crate) fn parse_ordered_set(text: &str) -> Vec<DOMString> {
    let mut tokens: Vec<DOMString> = Vec::new();
    for token in text.split(is_ascii_whitespace).filter(|token| !token.is_empty()) {
        if !tokens.iter().any(|other| *other == token) {
            tokens.push(token.into());
        }
    }
    tokens
}

impl DOMTokenListMethods for DOMTokenList {
    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-length>
    fn Length(&self) -> u32 {
        u32::try_from(self.tokens().len()).unwrap_or(u32::MAX)
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-item>
    fn Item(&self, _cx: &mut JSContext, index: u32) -> Fallible<Option<DOMString>> {
        Ok(self.tokens().into_iter().nth(index as usize))
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-contains>
    fn Contains(&self, _cx: &mut JSContext, token: DOMString) -> Fallible<bool> {
        Ok(self.tokens().contains(&token))
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-add>
    fn Add(&self, cx: &mut JSContext, tokens: Vec<DOMString>) -> Fallible<()> {
        Self::check(&tokens)?;
        let mut set = self.tokens();
        for token in tokens {
            if !set.contains(&token) {
                set.push(token);
            }
        }
        self.update(cx, &set);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-remove>
    fn Remove(&self, cx: &mut JSContext, tokens: Vec<DOMString>) -> Fallible<()> {
        Self::check(&tokens)?;
        let mut set = self.tokens();
        set.retain(|token| !tokens.contains(token));
        self.update(cx, &set);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-toggle>
    fn Toggle(&self, cx: &mut JSContext, token: DOMString, force: Option<bool>) -> Fallible<bool> {
        // 1 and 2. A proper token?
        Self::check(std::slice::from_ref(&token))?;
        let mut set = self.tokens();
        if set.contains(&token) {
            // 3. There: goes, unless it is to stay.
            if force != Some(true) {
                set.retain(|other| *other != token);
                self.update(cx, &set);
                return Ok(false);
            }
            return Ok(true);
        }
        // 4. Not there: comes, unless it is to stay away.
        if force != Some(false) {
            set.push(token);
            self.update(cx, &set);
            return Ok(true);
        }
        // 5. Stays away.
        Ok(false)
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-replace>
    fn Replace(&self, cx: &mut JSContext, token: DOMString, new_token: DOMString) -> Fallible<bool> {
        // 1 and 2. Proper tokens?
        if token.is_empty() || new_token.is_empty() {
            return Err(Error::Syntax("a token must not be empty".into()));
        }
        Self::check(&[token.clone(), new_token.clone()])?;
        // 3. Nothing to replace.
        let set = self.tokens();
        if !set.contains(&token) {
            return Ok(false);
        }
        // 4. <https://infra.spec.whatwg.org/#set-replace>: the first of the two becomes the new one, the other goes.
        let mut replaced = Vec::with_capacity(set.len());
        let mut done = false;
        for other in set {
            if other == token || other == new_token {
                if !std::mem::replace(&mut done, true) {
                    replaced.push(new_token.clone());
                }
            } else {
                replaced.push(other);
            }
        }
        // 5 and 6.
        self.update(cx, &replaced);
        Ok(true)
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-supports>
    fn Supports(&self, _cx: &mut JSContext, token: DOMString) -> Fallible<bool> {
        // <https://dom.spec.whatwg.org/#concept-domtokenlist-validation> 1. Some attributes define no supported tokens.
        let Some(supported) = self.supported else {
            return Err(Error::Type("this list has no supported tokens".into()));
        };
        // 2 to 4.
        Ok(supported.contains(&&*token.to_ascii_lowercase()))
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-value>
    fn Value(&self) -> DOMString {
        self.attribute_value().unwrap_or_default()
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-value>
    fn SetValue(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        let name = QualName::new(None, ns!(), self.attribute.clone());
        self.element.set_attribute_value(cx, &name, value);
        Ok(())
    }
}
