//! Does to the DOM what the parser wants done.

use html5ever::tendril::StrTendril;

use super::sink::{Insertion, NodeId, Operation};
use crate::dom::html::elements::create_element;
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::dom::html::images::html_image_element::HTMLImageElement;
use crate::dom::html::media::html_media_element::HTMLMediaElement;
use crate::dom::nodes::attributes::{Attribute, Attributes};
use crate::dom::nodes::character_data::CharacterData;
use crate::dom::nodes::comment::Comment;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::document_fragment::DocumentFragment;
use crate::dom::nodes::document_type::DocumentType;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::mutation;
use crate::dom::nodes::node::{Node, NodeKind};
use crate::dom::nodes::text::Text;
use crate::webidl::*;

/// The nodes that the parser knows by number.
#[derive(JSTraceable)]
pub(crate) struct Builder {
    document: Dom<Document>,
    nodes: DomRefCell<Vec<Dom<Node>>>,
}

impl Builder {
    /// For a document that is empty.
    pub(crate) fn new(document: &Document) -> Self {
        let nodes: DomRefCell<Vec<Dom<Node>>> = DomRefCell::default();
        nodes.borrow_mut().push(Dom::from_ref(document.upcast::<Node>()));
        Self { document: Dom::from_ref(document), nodes }
    }

    /// The node with this number.
    pub(crate) fn node(&self, id: NodeId) -> DomRoot<Node> {
        self.nodes.borrow()[id].as_rooted()
    }

    fn add(&self, node: &Node) {
        self.nodes.borrow_mut().push(Dom::from_ref(node));
    }

    /// Does one thing.
    pub(crate) fn perform(&self, cx: &mut JSContext, operation: Operation) {
        match operation {
            Operation::CreateElement { name, attributes, line } => {
                let element = self.create_element(cx, name, attributes, line);
                self.add(element.upcast());
            }
            Operation::CreateComment(text) => {
                let comment = Comment::new(cx, (&*text).into(), &self.document);
                self.add(comment.upcast());
            }
            Operation::CreateTemplateContents => {
                let fragment = DocumentFragment::new(cx, &self.document);
                self.add(fragment.upcast());
            }
            Operation::Append { parent, child } => self.append(cx, &self.node(parent), child),
            Operation::InsertBefore { sibling, node } => {
                let sibling = self.node(sibling);
                // A script may have taken it away; then there is no such place.
                if let Some(parent) = sibling.parent() {
                    self.insert(cx, &parent, Some(&sibling), node);
                }
            }
            Operation::InsertByParent { element, previous, child } => {
                let element = self.node(element);
                match element.parent() {
                    Some(parent) => self.insert(cx, &parent, Some(&element), child),
                    None => self.append(cx, &self.node(previous), child),
                }
            }
            Operation::AppendDoctype { name, public_id, system_id } => {
                let [name, public_id, system_id] = [name, public_id, system_id].map(|text| (&*text).into());
                let doctype = DocumentType::new(cx, name, public_id, system_id, &self.document);
                self.insert_node(cx, self.document.upcast(), None, doctype.upcast());
            }
            Operation::AddMissingAttributes(element, attributes) => {
                if let Some(element) = self.node(element).downcast::<Element>() {
                    element.add_missing_attributes(cx, convert(attributes));
                }
            }
            Operation::Remove(node) => mutation::remove(cx, &self.node(node)),
            Operation::ReparentChildren { node, new_parent } => {
                let new_parent = self.node(new_parent);
                for child in self.node(node).children_vec() {
                    mutation::remove(cx, &child);
                    self.insert_node(cx, &new_parent, None, &child);
                }
            }
            Operation::SetQuirksMode(mode) => self.document.set_quirks_mode(mode),
            Operation::MarkScriptAlreadyStarted(node) => {
                if let Some(script) = self.node(node).downcast::<HTMLScriptElement>() {
                    script.set_already_started();
                }
            }
        }
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#create-an-element-for-the-token>
    fn create_element(
        &self,
        cx: &mut JSContext,
        name: html5ever::QualName,
        attributes: Vec<html5ever::Attribute>,
        line: u64,
    ) -> DomRoot<Element> {
        let element = create_element(cx, &self.document, name);
        element.set_initial_attributes(convert(attributes));
        if let Some(media) = element.downcast::<HTMLMediaElement>() {
            media.was_made(cx);
        } else if let Some(image) = element.downcast::<HTMLImageElement>() {
            image.has_attributes_now(cx);
        }
        if let Some(script) = element.downcast::<HTMLScriptElement>() {
            script.set_parser_inserted(&self.document, u32::try_from(line).unwrap_or(u32::MAX));
        }
        element
    }

    fn append(&self, cx: &mut JSContext, parent: &Node, child: Insertion) {
        self.insert(cx, parent, None, child);
    }

    fn insert(&self, cx: &mut JSContext, parent: &Node, before: Option<&Node>, child: Insertion) {
        match child {
            Insertion::Node(id) => {
                let node = self.node(id);
                // One that is elsewhere already leaves that place first.
                if node.parent().is_some() {
                    mutation::remove(cx, &node);
                }
                self.insert_node(cx, parent, before, &node);
            }
            Insertion::Text(text) => self.insert_text(cx, parent, before, &text),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#insert-an-element-at-the-adjusted-insertion-location>:
    /// only where that is possible.
    fn insert_node(&self, cx: &mut JSContext, parent: &Node, before: Option<&Node>, node: &Node) {
        if mutation::ensure_pre_insertion_validity(node, parent, before).is_ok() {
            mutation::insert(cx, node, parent, before);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#insert-a-character>
    fn insert_text(&self, cx: &mut JSContext, parent: &Node, before: Option<&Node>, text: &StrTendril) {
        // 3. There is no text in documents.
        if parent.kind() == NodeKind::Document {
            return;
        }
        let data: DOMString = (&**text).into();
        // 4. To the text node before the place, if there is one.
        let previous = match before {
            Some(before) => before.previous_sibling(),
            None => parent.last_child(),
        };
        if let Some(previous) = previous.and_then(DomRoot::downcast::<Text>) {
            previous.upcast::<CharacterData>().append(cx, &data);
            return;
        }
        // Otherwise a new one.
        let text = Text::new(cx, data, &self.document);
        self.insert_node(cx, parent, before, text.upcast());
    }
}

fn convert(attributes: Vec<html5ever::Attribute>) -> Attributes {
    let convert = |attribute: html5ever::Attribute| Attribute {
        name: attribute.name,
        value: (&*attribute.value).into(),
    };
    Attributes::new(attributes.into_iter().map(convert).collect())
}
