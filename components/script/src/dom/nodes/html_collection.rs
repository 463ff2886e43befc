//! <https://dom.spec.whatwg.org/#interface-htmlcollection>

use std::collections::HashSet;

use html5ever::{LocalName, Namespace, local_name, ns};

use super::element::Element;
use super::names::is_ascii_whitespace;
use super::node::Node;
use crate::bindings::interfaces::HTMLCollectionMethods;
use crate::webidl::*;

/// Which elements are in a collection.
pub(crate) enum Filter {
    /// The children.
    Children,
    /// The descendants with this qualified name; in an HTML document, HTML elements' names are lower-cased.
    QualifiedName {
        /// As it was given.
        name: DOMString,
        /// The same in ASCII lower case.
        lower: DOMString,
    },
    /// The descendants with this namespace and local name; `None` stands for any.
    Name {
        /// The namespace.
        namespace: Option<Namespace>,
        /// The local name.
        local: Option<LocalName>,
    },
    /// The descendants that have all of these classes.
    Classes(Vec<DOMString>),
    /// The HTML elements of that name among the descendants.
    Html(LocalName),
}

/// <https://dom.spec.whatwg.org/#htmlcollection>
#[dom_struct]
pub struct HTMLCollection {
    reflector: Reflector,
    root: Dom<Node>,
    #[no_trace]
    filter: Filter,
    /// What was in it when the tree was last looked at.
    found: DomRefCell<Vec<Dom<Element>>>,
    found_in_version: Cell<Option<u64>>,
}

impl HTMLCollection {
    /// The elements under `root` that the filter lets through.
    pub(crate) fn new(cx: &mut JSContext, root: &Node, filter: Filter) -> DomRoot<HTMLCollection> {
        let collection = HTMLCollection {
            reflector: Reflector::new(),
            root: Dom::from_ref(root),
            filter,
            found: DomRefCell::default(),
            found_in_version: Cell::new(None),
        };
        reflect_dom_object(cx, Box::new(collection), &root.global())
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-children>
    pub(crate) fn children(cx: &mut JSContext, root: &Node) -> DomRoot<HTMLCollection> {
        Self::new(cx, root, Filter::Children)
    }

    /// <https://dom.spec.whatwg.org/#concept-getelementsbytagname>
    pub(crate) fn by_qualified_name(
        cx: &mut JSContext,
        root: &Node,
        name: DOMString,
    ) -> DomRoot<HTMLCollection> {
        // 1. `*` is every element.
        let filter = if name == "*" {
            Filter::Name { namespace: None, local: None }
        } else {
            // 2 and 3.
            let lower = name.to_ascii_lowercase().into();
            Filter::QualifiedName { name, lower }
        };
        Self::new(cx, root, filter)
    }

    /// <https://dom.spec.whatwg.org/#concept-getelementsbytagnamens>
    pub(crate) fn by_name(
        cx: &mut JSContext,
        root: &Node,
        namespace: Option<DOMString>,
        local: &DOMString,
    ) -> DomRoot<HTMLCollection> {
        let namespace = namespace.unwrap_or_default();
        let filter = Filter::Name {
            namespace: (namespace != "*").then(|| Namespace::from(&*namespace)),
            local: (*local != "*").then(|| LocalName::from(&**local)),
        };
        Self::new(cx, root, filter)
    }

    /// <https://dom.spec.whatwg.org/#concept-getelementsbyclassname>
    pub(crate) fn by_classes(cx: &mut JSContext, root: &Node, names: &DOMString) -> DomRoot<HTMLCollection> {
        let classes = names.split(is_ascii_whitespace).filter(|class| !class.is_empty()).map(Into::into);
        Self::new(cx, root, Filter::Classes(classes.collect()))
    }

    fn is_in(&self, element: &Element) -> bool {
        match &self.filter {
            Filter::Children => true,
            Filter::QualifiedName { name, lower } => {
                let in_html = element.is_html_in_html_document();
                element.qualified_name() == *if in_html { lower } else { name }
            }
            Filter::Name { namespace, local } => {
                namespace.as_ref().is_none_or(|namespace| *namespace == element.name().ns)
                    && local.as_ref().is_none_or(|local| *local == element.name().local)
            }
            Filter::Classes(classes) => {
                !classes.is_empty() && classes.iter().all(|class| element.has_class(class))
            }
            Filter::Html(local) => element.is_html(local),
        }
    }

    /// Brings the list up to date.
    fn look(&self) {
        let version = self.root.node_document().tree_version();
        if self.found_in_version.get() == Some(version) {
            return;
        }
        let nodes: Box<dyn Iterator<Item = DomRoot<Node>>> = match self.filter {
            Filter::Children => Box::new(self.root.children()),
            _ => Box::new(self.root.descendants()),
        };
        let mut found = self.found.borrow_mut();
        found.clear();
        for element in nodes.filter_map(DomRoot::downcast::<Element>) {
            if self.is_in(&element) {
                found.push(Dom::from_ref(&element));
            }
        }
        self.found_in_version.set(Some(version));
    }
}

impl HTMLCollectionMethods for HTMLCollection {
    /// <https://dom.spec.whatwg.org/#dom-htmlcollection-length>
    fn Length(&self) -> u32 {
        self.look();
        u32::try_from(self.found.borrow().len()).unwrap_or(u32::MAX)
    }

    /// <https://dom.spec.whatwg.org/#dom-htmlcollection-item>
    fn Item(&self, _cx: &mut JSContext, index: u32) -> Fallible<Option<DomRoot<Element>>> {
        self.look();
        Ok(self.found.borrow().get(index as usize).map(Dom::as_rooted))
    }

    /// <https://dom.spec.whatwg.org/#dom-htmlcollection-nameditem-key>
    fn NamedItem(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<Option<DomRoot<Element>>> {
        // 1. Nothing has no name.
        if name.is_empty() {
            return Ok(None);
        }
        // 2. The first with that id, or that is of HTML and has that name.
        self.look();
        let found = self.found.borrow();
        let is_named = |element: &&Dom<Element>| names_of(element).contains(&Some(name.clone()));
        Ok(found.iter().find(is_named).map(Dom::as_rooted))
    }

    /// <https://dom.spec.whatwg.org/#interface-htmlcollection>: the supported property names.
    fn SupportedPropertyNames(&self) -> Vec<DOMString> {
        self.look();
        // 1–3. Each element's id and, if it is of HTML, name, the first of each.
        let found = self.found.borrow();
        let names = found.iter().flat_map(|element| names_of(element)).flatten();
        let mut seen = HashSet::new();
        names.filter(|name| !name.is_empty() && seen.insert(name.clone())).collect()
    }
}

/// What an element is found by in a collection: its id and, if it is of HTML, its name.
fn names_of(element: &Element) -> [Option<DOMString>; 2] {
    let name = (element.name().ns == ns!(html))
        .then(|| element.attribute_without_namespace(&local_name!("name")))
        .flatten();
    [element.attribute_without_namespace(&local_name!("id")), name]
}
