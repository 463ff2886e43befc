//! <https://html.spec.whatwg.org/multipage/dom.html#domstringmap>

use html5ever::{LocalName, QualName, ns};

use crate::bindings::interfaces::DOMStringMapMethods;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::names::is_valid_attribute_local_name;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/dom.html#domstringmap>: an element's `data-` attributes.
#[dom_struct]
pub struct DOMStringMap {
    reflector: Reflector,
    element: Dom<Element>,
}

impl DOMStringMap {
    /// That of an element.
    pub(crate) fn new(cx: &mut JSContext, element: &Element) -> DomRoot<DOMStringMap> {
        let map = DOMStringMap { reflector: Reflector::new(), element: Dom::from_ref(element) };
        reflect_dom_object(cx, Box::new(map), &element.global())
    }
}

/// The name of the attribute for a name in the map.
fn attribute_name(name: &str) -> LocalName {
    let mut attribute = String::from("data-");
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            attribute.push('-');
        }
        attribute.push(c.to_ascii_lowercase());
    }
    LocalName::from(attribute)
}

/// The name in the map of an attribute, if it has one.
fn property_name(attribute: &QualName) -> Option<DOMString> {
    if attribute.ns != ns!() {
        return None;
    }
    let rest = attribute.local.strip_prefix("data-")?;
    if rest.contains(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let mut name = String::with_capacity(rest.len());
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.next_if(|next| c == '-' && next.is_ascii_lowercase()) {
            Some(letter) => name.push(letter.to_ascii_uppercase()),
            None => name.push(c),
        }
    }
    Some(name.into())
}

/// A hyphen with a letter after it would come back as something else.
fn comes_back(name: &str) -> bool {
    !name.as_bytes().windows(2).any(|pair| pair[0] == b'-' && pair[1].is_ascii_lowercase())
}

impl DOMStringMapMethods for DOMStringMap {
    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-domstringmap-nameditem>
    fn NamedGetter(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<DOMString> {
        Ok(self.element.attribute_without_namespace(&attribute_name(&name)).unwrap_or_default())
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-domstringmap-setitem>
    fn NamedSetter(&self, cx: &mut JSContext, name: DOMString, value: DOMString) -> Fallible<()> {
        // 1. Names that would not come back.
        if !comes_back(&name) {
            return Err(Error::Syntax(format!("`{name}` has a hyphen before a lower-case letter")));
        }
        // 2–3. The attribute's name.
        let attribute = attribute_name(&name);
        // 4. A name?
        if !is_valid_attribute_local_name(&attribute) {
            return Err(Error::InvalidCharacter(format!("`{attribute}` is not a valid attribute name")));
        }
        // 5.
        self.element.as_rooted().set_attribute_without_namespace(cx, attribute, value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-domstringmap-removeitem>
    fn NamedDeleter(&self, cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        let name = QualName::new(None, ns!(), attribute_name(&name));
        self.element.as_rooted().remove_attribute(cx, &name);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#concept-domstringmap-pairs>: their names.
    fn SupportedPropertyNames(&self) -> Vec<DOMString> {
        self.element.attribute_names().iter().filter_map(property_name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for (attribute, name) in [
            ("data-foo", "foo"),
            ("data-foo-bar", "fooBar"),
            ("data--", "-"),
            ("data-", ""),
            ("data--a", "A"),
        ] {
            let attribute = LocalName::from(attribute);
            let found = property_name(&QualName::new(None, ns!(), attribute.clone()));
            assert_eq!(found.as_deref(), Some(name));
            assert_eq!(attribute_name(name), attribute);
            assert!(comes_back(name));
        }
        assert!(!comes_back("a-b"));
        assert_eq!(property_name(&QualName::new(None, ns!(), "data-A".into())), None);
        assert_eq!(property_name(&QualName::new(None, ns!(), "id".into())), None);
    }
}
