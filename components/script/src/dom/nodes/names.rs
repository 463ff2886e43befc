//! Names of elements and attributes: <https://dom.spec.whatwg.org/#namespaces>.

use html5ever::{LocalName, Namespace, Prefix, QualName, ns};

use crate::webidl::{DOMString, Error, Fallible};

/// <https://dom.spec.whatwg.org/#valid-element-local-name>
pub(crate) fn is_valid_element_local_name(name: &str) -> bool {
    let Some(first) = name.chars().next() else { return false };
    // 2. Anything that the parser could have made.
    if first.is_ascii_alphabetic() {
        return !name.contains(|c: char| is_ascii_whitespace(c) || matches!(c, '\0' | '/' | '>'));
    }
    // 3 and 4. Or names as XML has them, more or less.
    let starts = matches!(first, ':' | '_') || first >= '\u{80}';
    starts
        && name
            .chars()
            .skip(1)
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_') || c >= '\u{80}')
}

/// <https://dom.spec.whatwg.org/#valid-attribute-local-name>
pub(crate) fn is_valid_attribute_local_name(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(|c: char| is_ascii_whitespace(c) || matches!(c, '\0' | '/' | '=' | '>'))
}

/// <https://dom.spec.whatwg.org/#valid-namespace-prefix>
pub(crate) fn is_valid_namespace_prefix(prefix: &str) -> bool {
    !prefix.is_empty() && !prefix.contains(|c: char| is_ascii_whitespace(c) || matches!(c, '\0' | '/' | '>'))
}

/// <https://infra.spec.whatwg.org/#ascii-whitespace>
pub(crate) fn is_ascii_whitespace(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0C' | '\r' | ' ')
}

/// For whom a name is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameContext {
    /// An element.
    Element,
    /// An attribute.
    Attribute,
}

/// <https://dom.spec.whatwg.org/#validate-and-extract>
pub(crate) fn validate_and_extract(
    namespace: Option<DOMString>,
    qualified_name: &str,
    context: NameContext,
) -> Fallible<QualName> {
    let invalid = || Error::InvalidCharacter(format!("`{qualified_name}` is not a valid name"));
    // 1. The empty string is no namespace.
    let namespace = Namespace::from(namespace.as_deref().unwrap_or_default());
    // 2 to 5. A prefix before the first colon.
    let (prefix, local) = match qualified_name.split_once(':') {
        Some((prefix, local)) => {
            if !is_valid_namespace_prefix(prefix) {
                return Err(invalid());
            }
            (Some(prefix), local)
        }
        None => (None, qualified_name),
    };
    // 6 and 7. The rest has to be a name.
    let valid = match context {
        NameContext::Element => is_valid_element_local_name(local),
        NameContext::Attribute => is_valid_attribute_local_name(local),
    };
    if !valid {
        return Err(invalid());
    }
    // 8 to 11. Prefixes and namespaces that belong together.
    let wrong = |message: &str| Err(Error::Namespace(format!("`{qualified_name}`: {message}")));
    if prefix.is_some() && namespace == ns!() {
        return wrong("a prefix needs a namespace");
    }
    if prefix == Some("xml") && namespace != ns!(xml) {
        return wrong("the prefix `xml` stands for the XML namespace");
    }
    let is_xmlns = qualified_name == "xmlns" || prefix == Some("xmlns");
    if is_xmlns != (namespace == ns!(xmlns)) {
        return wrong("`xmlns` belongs to the XMLNS namespace, and that to it");
    }
    // 12. Done.
    Ok(QualName::new(prefix.map(Prefix::from), namespace, LocalName::from(local)))
}

/// The qualified name that a name is written as.
pub(crate) fn qualified_name(name: &QualName) -> DOMString {
    match &name.prefix {
        Some(prefix) => format!("{prefix}:{}", &*name.local).into(),
        None => (*name.local).into(),
    }
}

impl FromIterator<DOMString> for DOMString {
    /// Puts strings together.
    fn from_iter<I: IntoIterator<Item = DOMString>>(strings: I) -> DOMString {
        let mut strings = strings.into_iter();
        let mut text = match strings.next() {
            None => return DOMString::new(),
            Some(first) => first,
        };
        for next in strings {
            text = if text.ill_formed_units().is_none() && next.ill_formed_units().is_none() {
                let mut both = String::from(text);
                both.push_str(&next);
                both.into()
            } else {
                let mut units = text.to_code_units().into_owned();
                units.extend_from_slice(&next.to_code_units());
                DOMString::from_code_units(&units)
            };
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(namespace: &str, name: &str) -> Fallible<QualName> {
        validate_and_extract(Some(namespace.into()), name, NameContext::Element)
    }

    #[test]
    fn names_are_split_at_the_first_colon() {
        let name = extract("urn:x", "p:local").expect("a fine name");
        assert_eq!(name.prefix.as_deref(), Some("p"));
        assert_eq!(&*name.local, "local");
        assert_eq!(qualified_name(&name), "p:local");
        let name = validate_and_extract(None, "plain", NameContext::Element).expect("a fine name");
        assert_eq!((name.prefix, name.ns), (None, ns!()));
    }

    #[test]
    fn bad_names_and_bad_namespaces_are_refused() {
        assert!(matches!(extract("urn:x", ""), Err(Error::InvalidCharacter(_))));
        assert!(matches!(extract("urn:x", "1"), Err(Error::InvalidCharacter(_))));
        assert!(matches!(extract("urn:x", ":a"), Err(Error::InvalidCharacter(_))));
        assert!(matches!(extract("urn:x", "a b"), Err(Error::InvalidCharacter(_))));
        assert!(matches!(extract("", "p:a"), Err(Error::Namespace(_))));
        assert!(matches!(extract("urn:x", "xml:a"), Err(Error::Namespace(_))));
        assert!(matches!(extract("urn:x", "xmlns"), Err(Error::Namespace(_))));
        assert!(matches!(extract("http://www.w3.org/2000/xmlns/", "a"), Err(Error::Namespace(_))));
        assert!(extract("http://www.w3.org/2000/xmlns/", "xmlns:a").is_ok());
    }

    #[test]
    fn halves_of_a_surrogate_pair_become_whole_when_put_together() {
        let high = DOMString::from_code_units(&[0xd83d]);
        let low = DOMString::from_code_units(&[0xde00]);
        let both: DOMString = [high, low].into_iter().collect();
        assert_eq!(both, "\u{1f600}");
    }
}
