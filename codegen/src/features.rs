//! Features that can be switched on at run-time: an overlay beside the IDL, which stays as the specs have it.
//!
//! A file `features.txt` in a folder of IDL names, for each feature, the definitions and members that exist only in
//! globals that are created while it is enabled:
//!
//! ```text
//! # Downloads that outlive the page.
//! fancy-downloads: DownloadManager, Navigator.downloads, testing.shout
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;

/// Which definitions and members belong to which feature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// The feature of each definition (`Foo`) or member (`Foo.bar`).
    features: BTreeMap<String, String>,
}

/// What is wrong with a `features.txt`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeatureError {
    /// A line is neither a comment nor a feature with its names.
    #[error("line {0}: write `feature: Name, Name.member`")]
    Syntax(usize),
    /// A name is there twice.
    #[error("`{0}` belongs to two features")]
    Twice(String),
    /// The IDL has nothing of that name.
    #[error(
        "the feature `{feature}` names `{name}`, which is no interface, namespace, callback interface or member"
    )]
    Unknown {
        /// The feature.
        feature: String,
        /// What it names.
        name: String,
    },
}

impl Features {
    /// Reads a `features.txt`.
    pub fn parse(text: &str) -> Result<Features, FeatureError> {
        let mut features = Features::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let wrong = FeatureError::Syntax(index + 1);
            let Some((feature, names)) = line.split_once(':') else { return Err(wrong) };
            for name in names.split(',').map(str::trim) {
                let is_name = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
                if !is_name(feature.trim()) || !is_name(name) {
                    return Err(wrong);
                }
                features.add(feature.trim().to_owned(), name.to_owned())?;
            }
        }
        Ok(features)
    }

    fn add(&mut self, feature: String, name: String) -> Result<(), FeatureError> {
        match self.features.insert(name.clone(), feature) {
            Some(_) => Err(FeatureError::Twice(name)),
            None => Ok(()),
        }
    }

    /// Adds what another file says.
    pub fn extend(&mut self, other: Features) -> Result<(), FeatureError> {
        other.features.into_iter().try_for_each(|(name, feature)| self.add(feature, name))
    }

    /// The feature that a definition or member belongs to.
    pub fn feature_of(&self, name: &str) -> Option<&str> {
        self.features.get(name).map(String::as_str)
    }

    /// Whether the IDL has everything that is named.
    pub fn check(&self, model: &Model) -> Result<(), FeatureError> {
        let names = names(model);
        match self.features.iter().find(|(name, _)| !names.contains(*name)) {
            Some((name, feature)) => {
                Err(FeatureError::Unknown { feature: feature.clone(), name: name.clone() })
            }
            None => Ok(()),
        }
    }
}

/// Everything that a feature can name.
fn names(model: &Model) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |owner: &str, members: &mut dyn Iterator<Item = &String>| {
        names.insert(owner.to_owned());
        names.extend(members.map(|member| format!("{owner}.{member}")));
    };
    for it in &model.interfaces {
        let constants = it.constants.iter().map(|it| &it.member.name);
        let attributes = it.attributes.iter().map(|it| &it.member.name);
        let operations = it.operations.iter().map(|it| &it.member.name);
        add(&it.name, &mut constants.chain(attributes).chain(operations));
    }
    for it in &model.namespaces {
        let constants = it.constants.iter().map(|it| &it.member.name);
        let attributes = it.attributes.iter().map(|it| &it.member.name);
        let operations = it.operations.iter().map(|it| &it.member.name);
        add(&it.name, &mut constants.chain(attributes).chain(operations));
    }
    for it in &model.callback_interfaces {
        add(&it.name, &mut it.constants.iter().map(|it| &it.member.name));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sources, parse, resolve};

    #[test]
    fn a_feature_names_definitions_and_members() {
        let features = Features::parse("# Two.\none: A, B.x\n\ntwo : B.y # the other").expect("it is sound");
        assert_eq!(features.feature_of("A"), Some("one"));
        assert_eq!(features.feature_of("B.y"), Some("two"));
        assert_eq!(features.feature_of("B"), None);
        let model = |text| resolve(parse(Sources::single("a.webidl", text))).expect("the IDL is sound");
        let all = "[Global=G, Exposed=G] interface A {}; [Exposed=G] interface B { undefined x(); attribute long y; };";
        assert_eq!(features.check(&model(all)), Ok(()));
        let error =
            features.check(&model("[Global=G, Exposed=G] interface A {};")).expect_err("B isn't there");
        assert!(error.to_string().contains("`one` names `B.x`"), "{error}");
    }

    #[test]
    fn what_is_wrong_with_the_file_is_said() {
        let twice = Features::parse("one: A\ntwo: A").expect_err("twice");
        assert_eq!(twice, FeatureError::Twice("A".into()));
        for text in ["#\none", "#\none:", "#\none: A,", "#\no ne: A", "#\n: A"] {
            assert_eq!(Features::parse(text), Err(FeatureError::Syntax(2)), "{text}");
        }
    }
}
