//! Trees as HTML text: <https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments>.

use std::io;

use html5ever::serialize::{Serialize, SerializeOpts, Serializer, TraversalScope, serialize};

use super::character_data::CharacterData;
use super::document_type::DocumentType;
use super::element::Element;
use super::node::{Node, NodeKind};
use crate::webidl::*;

impl Node {
    /// The markup of what is in this node.
    pub(crate) fn markup(&self) -> String {
        let mut bytes = Vec::new();
        // Text is written as it is in some elements, of which this may be one.
        let name = self.downcast::<Element>().map(|element| element.name().clone());
        let options = SerializeOpts {
            traversal_scope: TraversalScope::ChildrenOnly(name),
            scripting_enabled: self.node_document().is_scripting_enabled(),
            ..SerializeOpts::default()
        };
        match serialize(&mut bytes, &Markup(self), options) {
            Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => unreachable!("memory can be written to: {error}"),
        }
    }
}

struct Markup<'a>(&'a Node);

/// What is still to be written.
enum Step {
    Open(DomRoot<Node>),
    Close(DomRoot<Element>),
}

impl Serialize for Markup<'_> {
    fn serialize<S: Serializer>(&self, serializer: &mut S, _: TraversalScope) -> io::Result<()> {
        // A stack instead of recursion: trees may be deeper than this one.
        let mut steps: Vec<Step> = self.0.children_vec().into_iter().rev().map(Step::Open).collect();
        while let Some(step) = steps.pop() {
            match step {
                Step::Open(node) => {
                    open(serializer, &node, &mut steps)?;
                }
                Step::Close(element) => serializer.end_elem(element.name().clone())?,
            }
        }
        Ok(())
    }
}

fn open<S: Serializer>(serializer: &mut S, node: &Node, steps: &mut Vec<Step>) -> io::Result<()> {
    if let Some(element) = node.downcast::<Element>() {
        let attributes = element.cloned_attributes();
        let attributes = attributes.iter().map(|attribute| (&attribute.name, &*attribute.value));
        serializer.start_elem(element.name().clone(), attributes)?;
        steps.push(Step::Close(DomRoot::from_ref(element)));
        steps.extend(node.children_vec().into_iter().rev().map(Step::Open));
    } else if let Some(data) = node.downcast::<CharacterData>() {
        match node.kind() {
            NodeKind::Comment => serializer.write_comment(&data.data())?,
            _ => serializer.write_text(&data.data())?,
        }
    } else if let Some(doctype) = node.downcast::<DocumentType>() {
        serializer.write_doctype(doctype.name())?;
    }
    Ok(())
}
