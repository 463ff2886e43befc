//! What html5ever's tree builder wants done, noted down.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, Namespace, QualName, ns};

/// A node by its number in the order of creation; 0 is the document.
pub(crate) type NodeId = usize;

/// The document.
pub(crate) const DOCUMENT: NodeId = 0;

/// What html5ever holds instead of a node.
#[derive(Clone)]
pub(crate) struct Handle(Rc<HandleData>);

struct HandleData {
    id: NodeId,
    /// Of an element.
    name: QualName,
    integration_point: bool,
    /// Of a `template`.
    contents: Option<Handle>,
}

impl Handle {
    /// Which node.
    pub(crate) fn id(&self) -> NodeId {
        self.0.id
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.0.id)
    }
}

/// A node or text that is to be inserted.
#[derive(Debug)]
pub(crate) enum Insertion {
    /// A node.
    Node(NodeId),
    /// Text: goes into the text node before the place, if there is one.
    Text(StrTendril),
}

/// A thing to do.
#[derive(Debug)]
pub(crate) enum Operation {
    /// Make an element. Its number is the next one.
    CreateElement {
        /// Its name.
        name: QualName,
        /// Its attributes.
        attributes: Vec<Attribute>,
        /// The line that its start tag ends in, from 1.
        line: u64,
    },
    /// Make a comment.
    CreateComment(StrTendril),
    /// Make the fragment for a template's contents.
    CreateTemplateContents,
    /// Insert as the last child.
    Append {
        /// The parent.
        parent: NodeId,
        /// What to insert.
        child: Insertion,
    },
    /// Insert before a sibling.
    InsertBefore {
        /// The sibling.
        sibling: NodeId,
        /// What to insert.
        node: Insertion,
    },
    /// Insert before `element` if it has a parent, otherwise as the last child of `previous`.
    InsertByParent {
        /// The element that may have a parent.
        element: NodeId,
        /// The element before it on the stack of open elements.
        previous: NodeId,
        /// What to insert.
        child: Insertion,
    },
    /// Insert a doctype into the document.
    AppendDoctype {
        /// Its name.
        name: StrTendril,
        /// Its public identifier.
        public_id: StrTendril,
        /// Its system identifier.
        system_id: StrTendril,
    },
    /// Add attributes that are not there yet.
    AddMissingAttributes(NodeId, Vec<Attribute>),
    /// Take a node out of its parent.
    Remove(NodeId),
    /// Move all children.
    ReparentChildren {
        /// From this node.
        node: NodeId,
        /// To that one.
        new_parent: NodeId,
    },
    /// The document's quirks mode.
    SetQuirksMode(QuirksMode),
    /// <https://html.spec.whatwg.org/multipage/scripting.html#already-started>
    MarkScriptAlreadyStarted(NodeId),
}

/// The sink.
pub(crate) struct Sink {
    operations: RefCell<Vec<Operation>>,
    next_id: Cell<NodeId>,
    line: Cell<u64>,
    document: Handle,
}

impl Sink {
    /// For one document.
    pub(crate) fn new() -> Self {
        let name = QualName::new(None, ns!(), LocalName::from(""));
        let document = HandleData { id: DOCUMENT, name, integration_point: false, contents: None };
        Self {
            operations: RefCell::default(),
            next_id: Cell::new(DOCUMENT + 1),
            line: Cell::new(1),
            document: Handle(Rc::new(document)),
        }
    }

    /// What is to be done since the last time.
    pub(crate) fn take_operations(&self) -> Vec<Operation> {
        self.operations.take()
    }

    fn note(&self, operation: Operation) {
        self.operations.borrow_mut().push(operation);
    }

    fn create(
        &self,
        operation: Operation,
        name: QualName,
        integration_point: bool,
        contents: Option<Handle>,
    ) -> Handle {
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        self.note(operation);
        Handle(Rc::new(HandleData { id, name, integration_point, contents }))
    }

    fn nameless() -> QualName {
        QualName::new(None, ns!(), LocalName::from(""))
    }
}

fn insertion(node: NodeOrText<Handle>) -> Insertion {
    match node {
        NodeOrText::AppendNode(handle) => Insertion::Node(handle.id()),
        NodeOrText::AppendText(text) => Insertion::Text(text),
    }
}

/// An element's name as html5ever asks for it.
#[derive(Debug)]
pub(crate) struct Name<'a>(&'a QualName);

impl ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = ();
    type ElemName<'a> = Name<'a>;

    fn finish(self) {}

    fn parse_error(&self, message: Cow<'static, str>) {
        tracing::trace!(line = self.line.get(), "parse error: {message}");
    }

    fn get_document(&self) -> Handle {
        self.document.clone()
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> Name<'a> {
        Name(&target.0.name)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let contents = flags
            .template
            .then(|| self.create(Operation::CreateTemplateContents, Self::nameless(), false, None));
        let operation = Operation::CreateElement { name: name.clone(), attributes, line: self.line.get() };
        self.create(operation, name, flags.mathml_annotation_xml_integration_point, contents)
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        self.create(Operation::CreateComment(text), Self::nameless(), false, None)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Handle {
        // The HTML parser makes comments of them by itself, so this is not called.
        self.create_comment(format!("?{target} {data}").into())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.note(Operation::Append { parent: parent.id(), child: insertion(child) });
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let (element, previous) = (element.id(), previous.id());
        self.note(Operation::InsertByParent { element, previous, child: insertion(child) });
    }

    fn append_doctype_to_document(&self, name: StrTendril, public_id: StrTendril, system_id: StrTendril) {
        self.note(Operation::AppendDoctype { name, public_id, system_id });
    }

    fn mark_script_already_started(&self, node: &Handle) {
        self.note(Operation::MarkScriptAlreadyStarted(node.id()));
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        // html5ever asks for those of templates alone.
        target.0.contents.clone().unwrap_or_else(|| target.clone())
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id() == y.id()
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.note(Operation::SetQuirksMode(mode));
    }

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        self.note(Operation::InsertBefore { sibling: sibling.id(), node: insertion(new_node) });
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        self.note(Operation::AddMissingAttributes(target.id(), attributes));
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.note(Operation::Remove(target.id()));
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        self.note(Operation::ReparentChildren { node: node.id(), new_parent: new_parent.id() });
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        handle.0.integration_point
    }

    fn set_current_line(&self, line: u64) {
        self.line.set(line);
    }

    fn allow_declarative_shadow_roots(&self, _intended_parent: &Handle) -> bool {
        false
    }
}
