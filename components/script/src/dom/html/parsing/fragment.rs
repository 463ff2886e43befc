//! Parsing a piece of a document: <https://html.spec.whatwg.org/multipage/parsing.html#parsing-html-fragments>.

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, TreeSink};
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{TokenizerResult, local_name};

use super::build::Builder;
use super::sink::{Handle, Sink};
use crate::dom::html::navigation::about_blank;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::document_fragment::DocumentFragment;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::mutation;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// The nodes that the markup stands for within an element:
/// <https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#fragment-parsing-algorithm-steps>, for HTML.
pub(crate) fn parse_fragment(
    cx: &mut JSContext,
    context: &Element,
    markup: &str,
) -> Fallible<DomRoot<DocumentFragment>> {
    let document = context.upcast::<Node>().node_document();
    // 1–4. A document that nobody shows, in the same mode.
    let inert = Document::new_without_window(cx, &document.global(), about_blank());
    inert.set_quirks_mode(document.quirks_mode());
    // 5. Whether `noscript` is text.
    let scripting_enabled = document.is_scripting_enabled();
    // 6–13. A parser that is where the element is.
    let sink = Sink::new();
    let mut ancestors =
        context.upcast::<Node>().inclusive_ancestors().filter_map(DomRoot::downcast::<Element>);
    let form = ancestors.find(|element| element.is_html(&local_name!("form")));
    let form = form.map(|form| handle_of(&sink, &form));
    let handle = handle_of(&sink, context);
    let options = TreeBuilderOpts {
        scripting_enabled,
        quirks_mode: document.quirks_mode(),
        ..TreeBuilderOpts::default()
    };
    let tree_builder = TreeBuilder::new_for_fragment(sink, handle, form, options);
    let initial_state = Some(tree_builder.tokenizer_state_for_context_elem(scripting_enabled));
    let tokenizer = Tokenizer::new(tree_builder, TokenizerOpts { initial_state, ..TokenizerOpts::default() });
    // 14–15. All of the markup. Its scripts count as having run.
    let input = BufferQueue::default();
    input.push_back(markup.into());
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let builder = RootedBox::new(Builder::new(&inert));
    for operation in tokenizer.sink.sink.take_operations() {
        builder.perform(cx, operation);
    }
    // 16. What is in the root element.
    let fragment = DocumentFragment::new(cx, &document);
    if let Some(root) = inert.document_element() {
        for child in root.upcast::<Node>().children_vec() {
            mutation::append(cx, &child, fragment.upcast())?;
        }
    }
    Ok(fragment)
}

/// What the parser knows an element by that is not of its document.
fn handle_of(sink: &Sink, element: &Element) -> Handle {
    sink.create_element(element.name().clone(), Vec::new(), ElementFlags::default())
}
