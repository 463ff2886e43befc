//! A document's parser: <https://html.spec.whatwg.org/multipage/parsing.html#overview-of-the-parsing-model>.

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::Encoding;
use fetch::Url;
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};

use super::build::Builder;
use super::encoding::DocumentDecoder;
use super::sink::{Handle, Sink};
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::dom::nodes::document::Document;
use crate::runtime::microtasks;
use crate::webidl::*;

/// The HTML document that these bytes are, parsed with scripting disabled, for a window's script.
pub(crate) fn parse_without_scripting(
    cx: &mut JSContext,
    global: &GlobalScope,
    url: Url,
    encoding: &'static Encoding,
    bytes: &[u8],
) -> DomRoot<Document> {
    let document = Document::new_without_window(cx, global, url);
    let parser = Rc::new(DocumentParser::without_scripting(&document, encoding));
    document.set_parser(Some(parser.clone()));
    parser.feed(cx, bytes);
    parser.end_of_input(cx);
    document.set_parser(None);
    document
}

/// Takes bytes, builds the tree, and stops where a script has to run first.
#[derive(JSTraceable)]
pub(crate) struct DocumentParser {
    document: Dom<Document>,
    builder: Builder,
    #[no_trace]
    tokenizer: Tokenizer<TreeBuilder<Handle, Sink>>,
    #[no_trace]
    input: BufferQueue,
    #[no_trace]
    decoder: RefCell<DocumentDecoder>,
    /// No more bytes come.
    at_end_of_input: Cell<bool>,
    /// A script is waited for: <https://html.spec.whatwg.org/multipage/parsing.html#parser-pause-flag>.
    paused: Cell<bool>,
    running: Cell<bool>,
    stopped: Cell<bool>,
    /// The document is gone.
    aborted: Cell<bool>,
}

impl DocumentParser {
    /// A parser for `document`, which is empty.
    pub(crate) fn new(document: &Document, transport_encoding: Option<&'static Encoding>) -> DocumentParser {
        // Scripts run, so `noscript` elements are text.
        let scripting_enabled = !document.sandboxing().scripts;
        let options = TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() };
        let tree_builder = TreeBuilder::new(Sink::new(), options);
        DocumentParser {
            document: Dom::from_ref(document),
            builder: Builder::new(document),
            tokenizer: Tokenizer::new(tree_builder, TokenizerOpts::default()),
            input: BufferQueue::default(),
            decoder: RefCell::new(DocumentDecoder::new(transport_encoding)),
            at_end_of_input: Cell::new(false),
            paused: Cell::new(false),
            running: Cell::new(false),
            stopped: Cell::new(false),
            aborted: Cell::new(false),
        }
    }

    /// A parser that runs no scripts, for a document that nobody shows.
    fn without_scripting(document: &Document, encoding: &'static Encoding) -> DocumentParser {
        let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        let tree_builder = TreeBuilder::new(Sink::new(), options);
        DocumentParser {
            tokenizer: Tokenizer::new(tree_builder, TokenizerOpts::default()),
            ..DocumentParser::new(document, Some(encoding))
        }
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#abort-a-parser>
    pub(crate) fn abort(&self) {
        self.aborted.set(true);
    }

    /// More of the document's bytes. The document has to hold this parser.
    pub(crate) fn feed(&self, cx: &mut JSContext, bytes: &[u8]) {
        self.decode(bytes, false);
        self.run(cx);
    }

    /// What follows is text, not HTML:
    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#navigate-text>.
    pub(crate) fn start_plain_text(&self, cx: &mut JSContext) {
        self.input.push_back("<pre>\n".into());
        self.run(cx);
        self.tokenizer.set_plaintext_state();
    }

    /// There are no more bytes.
    pub(crate) fn end_of_input(&self, cx: &mut JSContext) {
        self.decode(b"", true);
        self.at_end_of_input.set(true);
        self.run(cx);
    }

    /// The script that was waited for is ready to run.
    pub(crate) fn resume(&self, cx: &mut JSContext) {
        self.paused.set(false);
        self.run(cx);
    }

    fn decode(&self, bytes: &[u8], last: bool) {
        let mut decoder = self.decoder.borrow_mut();
        let text = decoder.decode(bytes, last);
        if let Some(encoding) = decoder.encoding() {
            self.document.set_encoding(encoding);
        }
        if !text.is_empty() {
            self.input.push_back(text.into());
        }
    }

    fn run(&self, cx: &mut JSContext) {
        if self.paused.get() || self.stopped.get() || self.aborted.get() || self.running.replace(true) {
            return;
        }
        // The document holds this parser until it is told to stop at the end of this.
        let document = self.document.as_rooted();
        while !self.aborted.get() {
            // A script that was waited for comes first.
            if let Some(script) = document.take_ready_parsing_blocking_script() {
                script.execute(cx);
                continue;
            }
            if document.has_parsing_blocking_script() {
                self.paused.set(true);
                break;
            }
            match self.tokenizer.feed(&self.input) {
                TokenizerResult::Script(handle) => {
                    self.build(cx);
                    self.end_of_script(cx, &handle);
                }
                // The encoding was found before the first byte was decoded.
                TokenizerResult::EncodingIndicator(_) => self.build(cx),
                TokenizerResult::Done => {
                    self.build(cx);
                    if self.at_end_of_input.get() {
                        self.tokenizer.end();
                        self.build(cx);
                        self.stopped.set(true);
                    }
                    break;
                }
            }
        }
        self.running.set(false);
        if self.stopped.get() && !self.aborted.get() && document.window().is_some() {
            document.stop_parsing(cx);
        }
    }

    /// Does what the tree builder wants done.
    fn build(&self, cx: &mut JSContext) {
        for operation in self.tokenizer.sink.sink.take_operations() {
            // A script may have taken the document away.
            if self.aborted.get() {
                return;
            }
            self.builder.perform(cx, operation);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#scriptEndTag>
    fn end_of_script(&self, cx: &mut JSContext, handle: &Handle) {
        let Some(script) = DomRoot::downcast::<HTMLScriptElement>(self.builder.node(handle.id())) else {
            // An SVG script; those don't run here.
            return;
        };
        // Microtasks first, if no script is running.
        if !is_running_script() {
            microtasks::perform_checkpoint(cx);
        }
        // Then the script, now or later.
        script.prepare(cx);
    }
}
