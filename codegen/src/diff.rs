//! What differs between two sets of IDL: not their text, but what they mean, once partials and mixins are merged and
//! typedefs are replaced.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::Model;

/// A definition or member that isn't the same in both sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The definition: `interface Foo`.
    pub definition: String,
    /// The member, `bar` or `bar()`; None if it is about the definition itself.
    pub member: Option<String>,
    /// What the first set says: the text and its place (`file:line`). None if it has no such thing.
    pub a: Option<(String, String)>,
    /// What the second set says.
    pub b: Option<(String, String)>,
}

/// The changes from one model to another, by definition. Of a definition that only one of them has, the members aren't
/// listed. Exposure is compared for the globals that both have.
pub fn diff(a: &Model, b: &Model) -> Vec<Change> {
    let globals = |model: &Model| -> BTreeSet<String> {
        model.globals().map(|(_, global)| global.name.clone()).collect()
    };
    let both: BTreeSet<String> = globals(a).intersection(&globals(b)).cloned().collect();
    let (a_items, b_items) = (a.items(&both), b.items(&both));
    let has = |items: &crate::model::Items, definition: &str| {
        items.contains_key(&(definition.to_owned(), String::new()))
    };
    let keys: BTreeSet<_> = a_items.keys().chain(b_items.keys()).collect();
    let mut changes = Vec::new();
    for key @ (definition, member) in keys {
        let (in_a, in_b) = (a_items.get(key), b_items.get(key));
        let whole = has(&a_items, definition) && has(&b_items, definition);
        if in_a.map(|it| &it.text) == in_b.map(|it| &it.text) || !(whole || member.is_empty()) {
            continue;
        }
        let side = |model: &Model, item: Option<&crate::model::Item>| {
            item.map(|item| {
                let place = model.location(item.span);
                (item.text.clone(), format!("{}:{}", place.file, place.line))
            })
        };
        changes.push(Change {
            definition: definition.clone(),
            member: Some(member.clone()).filter(|member| !member.is_empty()),
            a: side(a, in_a),
            b: side(b, in_b),
        });
    }
    changes
}

impl Change {
    /// What it is about: `interface Foo: bar`.
    pub fn subject(&self) -> String {
        match &self.member {
            Some(member) => format!("{}: {member}", self.definition),
            None => self.definition.clone(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.subject();
        match (&self.a, &self.b) {
            (Some((_, place)), None) => write!(f, "- {subject} ({place})"),
            (None, Some((_, place))) => write!(f, "+ {subject} ({place})"),
            (a, b) => {
                write!(f, "~ {subject}")?;
                for (sign, side) in [("-", a), ("+", b)] {
                    if let Some((text, place)) = side {
                        for line in text.lines() {
                            write!(f, "\n    {sign} {line}")?;
                        }
                        write!(f, " ({place})")?;
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sources, parse, resolve};

    fn model(text: &str) -> Model {
        resolve(parse(Sources::single("x.webidl", text))).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn changes(a: &str, b: &str) -> Vec<String> {
        let globals = "[Global=G, Exposed=G] interface G {};";
        diff(&model(&format!("{globals}{a}")), &model(&format!("{globals}{b}")))
            .iter()
            .map(Change::to_string)
            .collect()
    }

    #[test]
    fn what_means_the_same_is_no_change() {
        let a = "[Exposed=G] interface A { attribute long x; undefined f(L y); }; typedef sequence<long> L;
                 dictionary D { long b; long a; };";
        let b = "interface mixin M { undefined f(sequence<long> y); }; A includes M;
                 [Exposed=*] interface A {}; partial interface A { attribute long x; };
                 dictionary D { long a; }; partial dictionary D { long b; };";
        assert_eq!(changes(a, b), [""; 0]);
    }

    #[test]
    fn changes_name_what_and_where() {
        let a = "[Exposed=G] interface A { attribute long x; undefined f(); }; enum E { \"a\" };";
        let b = "[Exposed=G] interface A { readonly attribute long x; undefined g(); }; dictionary D { long m; };";
        assert_eq!(
            changes(a, b),
            [
                "+ dictionary D (x.webidl:1)",
                "- enum E (x.webidl:1)",
                "- interface A: f() (x.webidl:1)",
                "+ interface A: g() (x.webidl:1)",
                "~ interface A: x\n    - [Exposed=(G)] attribute long x; (x.webidl:1)\n    \
                 + [Exposed=(G)] readonly attribute long x; (x.webidl:1)",
            ]
        );
    }

    #[test]
    fn overloads_are_compared_as_a_set() {
        let a = "[Exposed=G] interface A { undefined f(long x); undefined f(DOMString x); };";
        let b = "[Exposed=G] interface A { undefined f(DOMString x); undefined f(long x); };";
        assert_eq!(changes(a, b), [""; 0]);
        assert_eq!(changes(a, "[Exposed=G] interface A { undefined f(long x); };").len(), 1);
    }
}
