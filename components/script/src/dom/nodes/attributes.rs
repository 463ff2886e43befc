//! Attributes, kept in their element: <https://dom.spec.whatwg.org/#concept-attribute>.
//!
//! An attribute is a name and a value; [`Attr`](super::attr::Attr) is its node, where script wants one.

use html5ever::{LocalName, Namespace, QualName};

use super::names::qualified_name;
use crate::webidl::*;

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Namespace, prefix and local name.
    pub(crate) name: QualName,
    /// The value.
    pub(crate) value: DOMString,
}

/// <https://dom.spec.whatwg.org/#concept-element-attribute>
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    list: Vec<Attribute>,
}

impl Attributes {
    /// Those that the parser found; of several with one name the first.
    pub(crate) fn new(list: Vec<Attribute>) -> Self {
        Self { list }
    }

    /// All, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Attribute> {
        self.list.iter()
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-get-by-namespace>
    pub(crate) fn get(&self, namespace: &Namespace, local: &LocalName) -> Option<&Attribute> {
        self.list.iter().find(|attribute| attribute.name.local == *local && attribute.name.ns == *namespace)
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-get-by-name>; the caller has lower-cased the name where
    /// that is called for.
    pub(crate) fn get_by_qualified_name(&self, name: &str) -> Option<&Attribute> {
        self.list.iter().find(|attribute| has_qualified_name(&attribute.name, name))
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-set-value>; gives the old value.
    pub(crate) fn set(&mut self, name: &QualName, value: DOMString) -> Option<DOMString> {
        let existing = self
            .list
            .iter_mut()
            .find(|attribute| attribute.name.local == name.local && attribute.name.ns == name.ns);
        match existing {
            Some(attribute) => Some(std::mem::replace(&mut attribute.value, value)),
            None => {
                self.list.push(Attribute { name: name.clone(), value });
                None
            }
        }
    }

    /// [`Attributes::set`], but the name is the new one's, too:
    /// <https://dom.spec.whatwg.org/#concept-element-attributes-replace>.
    pub(crate) fn put(&mut self, name: &QualName, value: DOMString) -> Option<DOMString> {
        let old = self.set(name, value);
        let place = self.list.iter_mut().find(|it| it.name.local == name.local && it.name.ns == name.ns);
        if let Some(attribute) = place {
            attribute.name = name.clone();
        }
        old
    }

    /// <https://dom.spec.whatwg.org/#concept-element-attributes-remove>
    pub(crate) fn remove(&mut self, name: &QualName) -> Option<Attribute> {
        let index = self
            .list
            .iter()
            .position(|attribute| attribute.name.local == name.local && attribute.name.ns == name.ns)?;
        Some(self.list.remove(index))
    }

    /// The same attributes, in any order.
    pub(crate) fn equals(&self, other: &Attributes) -> bool {
        let found = |attribute: &Attribute| {
            let Attribute { name, value } = attribute;
            other.get(&name.ns, &name.local).is_some_and(|other| other.value == *value)
        };
        self.list.len() == other.list.len() && self.list.iter().all(found)
    }
}

fn has_qualified_name(name: &QualName, wanted: &str) -> bool {
    match &name.prefix {
        None => *name.local == *wanted,
        Some(_) => *qualified_name(name) == *wanted,
    }
}
