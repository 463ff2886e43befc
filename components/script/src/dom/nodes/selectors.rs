//! Selectors, by the crate of that name: <https://drafts.csswg.org/selectors-4/>.

#![expect(unsafe_code, reason = "elements without roots, while nothing can be collected")]

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ptr::NonNull;

use cssparser::{CssStringWriter, Parser as CssParser, ToCss, match_ignore_ascii_case, serialize_identifier};
use html5ever::local_name;
use precomputed_hash::PrecomputedHash;
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::BloomFilter;
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches,
};
use selectors::matching::{ElementSelectorFlags, matches_selector_list};
use selectors::parser::{
    NonTSPseudoClass, ParseRelative, PseudoElement as PseudoElementTrait, SelectorImpl,
    SelectorParseErrorKind,
};
use selectors::{OpaqueElement, SelectorList};

use super::character_data::CharacterData;
use super::document::Document;
use super::element::Element;
use super::node::Node;
use super::text::Text;
use crate::webidl::*;

/// A parsed [selector list](https://drafts.csswg.org/selectors-4/#selector-list).
pub(crate) struct Selectors(SelectorList<Implementation>);

impl Selectors {
    /// <https://drafts.csswg.org/selectors-4/#parse-a-selector>; `None` for what is none.
    pub(crate) fn parse(text: &str) -> Option<Selectors> {
        let mut input = CssParser::new(text);
        SelectorList::parse(&SelectorParser, &mut input, ParseRelative::No).ok().map(Selectors)
    }

    /// The elements below `root` that match, in tree order:
    /// <https://dom.spec.whatwg.org/#scope-match-a-selectors-string>.
    pub(crate) fn all(&self, root: &Node) -> impl Iterator<Item = DomRoot<Element>> {
        let scope = root.downcast::<Element>().map(DomRoot::from_ref);
        let elements = root.descendants().filter_map(DomRoot::downcast::<Element>);
        elements.filter(move |element| self.matches(element, scope.as_deref()))
    }

    /// <https://drafts.csswg.org/selectors-4/#match-a-selector-against-an-element>
    pub(crate) fn matches(&self, element: &Element, scope: Option<&Element>) -> bool {
        let mut caches = SelectorCaches::default();
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            &mut caches,
            // NB: class names and ids keep their case also in quirks mode.
            QuirksMode::NoQuirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        context.scope_element = scope.map(|scope| selectors::Element::opaque(&Matched::from(scope)));
        matches_selector_list(&self.0, Matched::from(element), &mut context)
    }
}

/// The types that selectors are made of here.
#[derive(Clone, Debug, PartialEq)]
struct Implementation;

impl SelectorImpl for Implementation {
    type ExtraMatchingData<'a> = ();
    type AttrValue = AttributeValue;
    type Identifier = Name;
    type LocalName = Name;
    type NamespaceUrl = Name;
    type NamespacePrefix = Name;
    type BorrowedNamespaceUrl = Name;
    type BorrowedLocalName = Name;
    type NonTSPseudoClass = PseudoClass;
    type PseudoElement = PseudoElement;
}

/// An identifier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Name(String);

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name(text.into())
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, writer: &mut W) -> fmt::Result {
        serialize_identifier(&self.0, writer)
    }
}

impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish() as u32
    }
}

/// What an attribute is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct AttributeValue(String);

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        AttributeValue(text.into())
    }
}

impl AsRef<str> for AttributeValue {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl ToCss for AttributeValue {
    fn to_css<W: fmt::Write>(&self, writer: &mut W) -> fmt::Result {
        writer.write_char('"')?;
        fmt::Write::write_str(&mut CssStringWriter::new(writer), &self.0)?;
        writer.write_char('"')
    }
}

/// The pseudo-classes that don't follow from the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PseudoClass {
    /// `:link` and `:any-link`: nobody has visited anything.
    Link,
    /// `:defined`.
    Defined,
    /// `:focus`.
    Focus,
    /// Those that are never so in a page that nobody sees or touches.
    Never(&'static str),
}

impl ToCss for PseudoClass {
    fn to_css<W: fmt::Write>(&self, writer: &mut W) -> fmt::Result {
        writer.write_str(match self {
            PseudoClass::Link => ":any-link",
            PseudoClass::Defined => ":defined",
            PseudoClass::Focus => ":focus",
            PseudoClass::Never(name) => name,
        })
    }
}

impl NonTSPseudoClass for PseudoClass {
    fn is_active_or_hover(&self) -> bool {
        matches!(self, PseudoClass::Never(":active" | ":hover"))
    }

    fn is_user_action_state(&self) -> bool {
        match self {
            PseudoClass::Never(name) => *name != ":visited",
            PseudoClass::Focus => true,
            PseudoClass::Link | PseudoClass::Defined => false,
        }
    }
}

/// There are none: nothing is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PseudoElement {}

impl ToCss for PseudoElement {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl PseudoElementTrait for PseudoElement {}

struct SelectorParser;

impl<'i> selectors::Parser<'i> for SelectorParser {
    type Impl = Implementation;
    type Error = SelectorParseErrorKind;

    fn parse_nth_child_of(&self) -> bool {
        true
    }

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }

    fn parse_non_ts_pseudo_class(
        &self,
        name: &str,
    ) -> Result<PseudoClass, cssparser::ParseError<SelectorParseErrorKind>> {
        Ok(match_ignore_ascii_case! { name,
            "link" | "any-link" => PseudoClass::Link,
            "defined" => PseudoClass::Defined,
            "visited" => PseudoClass::Never(":visited"),
            "hover" => PseudoClass::Never(":hover"),
            "active" => PseudoClass::Never(":active"),
            "focus" => PseudoClass::Focus,
            "focus-within" => PseudoClass::Never(":focus-within"),
            "focus-visible" => PseudoClass::Never(":focus-visible"),
            _ => return Err(cssparser::ParseError::custom(SelectorParseErrorKind::UnsupportedPseudoClassOrElement)),
        })
    }
}

/// An element while it is looked at. Nothing is rooted: a match allocates nothing that is collected and runs no
/// script, and the tree, which holds its nodes, stays as it is.
#[derive(Clone, Copy, Debug)]
struct Matched(NonNull<Element>);

impl From<&Element> for Matched {
    fn from(element: &Element) -> Self {
        Matched(NonNull::from(element))
    }
}

impl Matched {
    fn element(&self) -> &Element {
        // SAFETY: see the type: the element is in the tree of one that the caller of the match holds.
        unsafe { self.0.as_ref() }
    }

    fn node(&self) -> &Node {
        self.element().upcast()
    }

    fn of(element: Option<DomRoot<Element>>) -> Option<Matched> {
        element.as_deref().map(Matched::from)
    }
}

impl selectors::Element for Matched {
    type Impl = Implementation;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::from_ptr(self.0.cast())
    }

    fn parent_element(&self) -> Option<Self> {
        Matched::of(self.node().parent_element())
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        Matched::of(self.node().preceding_siblings().find_map(DomRoot::downcast))
    }

    fn next_sibling_element(&self) -> Option<Self> {
        Matched::of(self.node().following_siblings().find_map(DomRoot::downcast))
    }

    fn first_element_child(&self) -> Option<Self> {
        Matched::of(self.node().child_elements().next())
    }

    fn is_html_element_in_html_document(&self) -> bool {
        self.element().is_html_in_html_document()
    }

    fn has_local_name(&self, name: &Name) -> bool {
        *self.element().name().local == *name.0
    }

    fn has_namespace(&self, namespace: &Name) -> bool {
        *self.element().name().ns == *namespace.0
    }

    fn is_same_type(&self, other: &Self) -> bool {
        let (name, other) = (self.element().name(), other.element().name());
        name.local == other.local && name.ns == other.ns
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&Name>,
        name: &Name,
        operation: &AttrSelectorOperation<&AttributeValue>,
    ) -> bool {
        self.element().any_attribute(|attribute| {
            let namespace_matches = match namespace {
                NamespaceConstraint::Any => true,
                NamespaceConstraint::Specific(namespace) => *attribute.name.ns == *namespace.0,
            };
            namespace_matches && *attribute.name.local == *name.0 && operation.eval_str(&attribute.value)
        })
    }

    fn match_non_ts_pseudo_class(
        &self,
        class: &PseudoClass,
        _: &mut MatchingContext<'_, Implementation>,
    ) -> bool {
        match class {
            PseudoClass::Link => self.is_link(),
            PseudoClass::Defined => true,
            // <https://html.spec.whatwg.org/multipage/semantics-other.html#selector-focus>
            PseudoClass::Focus => {
                let document = self.node().node_document();
                let focused =
                    document.focused_element().is_some_and(|focused| Matched::from(&*focused).0 == self.0);
                focused && document.has_focus()
            }
            PseudoClass::Never(_) => false,
        }
    }

    fn match_pseudo_element(
        &self,
        element: &PseudoElement,
        _: &mut MatchingContext<'_, Implementation>,
    ) -> bool {
        match *element {}
    }

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn is_link(&self) -> bool {
        let element = self.element();
        (element.is_html(&local_name!("a")) || element.is_html(&local_name!("area")))
            && element.has_attribute(&local_name!("href"))
    }

    fn is_html_slot_element(&self) -> bool {
        self.element().is_html(&local_name!("slot"))
    }

    fn has_id(&self, id: &Name, case: CaseSensitivity) -> bool {
        let value = self.element().attribute_without_namespace(&local_name!("id"));
        value.is_some_and(|value| case.eq(id.0.as_bytes(), value.as_bytes()))
    }

    fn has_class(&self, class: &Name, _: CaseSensitivity) -> bool {
        self.element().has_class(&class.0.as_str().into())
    }

    fn has_custom_state(&self, _: &Name) -> bool {
        false
    }

    fn imported_part(&self, _: &Name) -> Option<Name> {
        None
    }

    fn is_part(&self, _: &Name) -> bool {
        false
    }

    fn is_empty(&self) -> bool {
        !self.node().children().any(|child| {
            child.is::<Element>()
                || child.is::<Text>()
                    && child.downcast::<CharacterData>().is_some_and(|text| !text.data().is_empty())
        })
    }

    fn is_root(&self) -> bool {
        self.node().parent().is_some_and(|parent| parent.is::<Document>())
    }

    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
