//! <https://dom.spec.whatwg.org/#interface-document>, with what HTML adds to it:
//! <https://html.spec.whatwg.org/multipage/dom.html#the-document-object>.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::{Encoding, UTF_8};
use html5ever::interface::QuirksMode;
use html5ever::{LocalName, QualName, local_name, ns};
use url::Url;

use super::attr::Attr;
use super::comment::Comment;
use super::document_fragment::DocumentFragment;
use super::document_type::DocumentType;
use super::element::Element;
use super::html_collection::{Filter, HTMLCollection};
use super::names::{
    NameContext, is_valid_attribute_local_name, is_valid_element_local_name, validate_and_extract,
};
use super::node::{Node, NodeKind};
use super::node_list::NodeList;
use super::text::Text;
use super::{mutation, parent_node};
use crate::bindings::enums::{DocumentReadyState, DocumentVisibilityState};
use crate::bindings::interfaces::DocumentMethods;
use crate::bindings::unions::{DOMStringOrElementCreationOptions, NodeOrDOMString};
use crate::dom::events::event::Event;
use crate::dom::html::create_event::create_event;
use crate::dom::html::document_cookies;
use crate::dom::html::document_loading::LoadingState;
use crate::dom::html::elements::create_element;
use crate::dom::html::elements::html_base::base_element_url;
use crate::dom::html::elements::html_element::HTMLElement;
use crate::dom::html::elements::html_head_element::HTMLHeadElement;
use crate::dom::html::elements::html_iframe_element::HTMLIFrameElement;
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::dom::html::elements::html_title_element::HTMLTitleElement;
use crate::dom::html::location::Location;
use crate::dom::html::navigation::about_blank;
use crate::dom::html::parsing::parser::DocumentParser;
use crate::dom::html::scripting::PendingScripts;
use crate::dom::html::window::Window;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#concept-document>
#[dom_struct]
pub struct Document {
    node: Node,
    /// Of the document that a window shows; none of others.
    window: MutNullableDom<Window>,
    #[no_trace]
    url: RefCell<Url>,
    #[no_trace]
    encoding: Cell<&'static Encoding>,
    #[no_trace]
    content_type: String,
    is_html: bool,
    #[no_trace]
    quirks_mode: Cell<QuirksMode>,
    current_script: MutNullableDom<HTMLScriptElement>,
    scripts: MutNullableDom<HTMLCollection>,
    children: MutNullableDom<HTMLCollection>,
    parser: DomRefCell<Option<Rc<DocumentParser>>>,
    pending_scripts: PendingScripts,
    #[no_trace]
    loading: LoadingState,
    may_have_base_element: Cell<bool>,
    /// Changes whenever the tree or an attribute in it does.
    tree_version: Cell<u64>,
    /// <https://html.spec.whatwg.org/multipage/dom.html#is-initial-about:blank>
    is_initial_about_blank: bool,
    /// <https://html.spec.whatwg.org/multipage/dom.html#concept-document-about-base-url>
    #[no_trace]
    about_base_url: RefCell<Option<Url>>,
    /// <https://html.spec.whatwg.org/multipage/dom.html#the-document's-referrer>
    #[no_trace]
    referrer: RefCell<String>,
    /// <https://html.spec.whatwg.org/multipage/browsers.html#active-sandboxing-flag-set>
    #[no_trace]
    sandboxing: Cell<Sandboxing>,
    /// Its [focused area](https://html.spec.whatwg.org/multipage/interaction.html#focused-area-of-the-document) if that is
    /// an element; else it is the viewport.
    focused_element: MutNullableDom<Element>,
    /// How many elements in it have a content navigable.
    child_navigables: Cell<u32>,
}

/// What a sandbox forbids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sandboxing {
    /// <https://html.spec.whatwg.org/multipage/browsers.html#sandboxed-origin-browsing-context-flag>
    pub(crate) origin: bool,
    /// <https://html.spec.whatwg.org/multipage/browsers.html#sandboxed-scripts-browsing-context-flag>
    pub(crate) scripts: bool,
}

impl Document {
    fn new_inherited(window: Option<&Window>, url: Url, content_type: &str, is_html: bool) -> Document {
        Document {
            node: Node::new_inherited(NodeKind::Document, None),
            window: MutNullableDom::new(window),
            url: RefCell::new(url),
            encoding: Cell::new(UTF_8),
            content_type: content_type.to_owned(),
            is_html,
            quirks_mode: Cell::new(QuirksMode::NoQuirks),
            current_script: MutNullableDom::default(),
            scripts: MutNullableDom::default(),
            children: MutNullableDom::default(),
            parser: DomRefCell::new(None),
            pending_scripts: PendingScripts::default(),
            loading: LoadingState::new(window.is_some()),
            may_have_base_element: Cell::new(false),
            tree_version: Cell::new(0),
            is_initial_about_blank: false,
            about_base_url: RefCell::new(None),
            referrer: RefCell::default(),
            sandboxing: Cell::default(),
            focused_element: MutNullableDom::default(),
            child_navigables: Cell::new(0),
        }
    }

    /// The [initial `about:blank`](https://html.spec.whatwg.org/multipage/dom.html#is-initial-about:blank) of a frame:
    /// empty, and loaded.
    pub(crate) fn new_initial_about_blank(cx: &mut JSContext, window: &Window) -> DomRoot<Document> {
        let document = Document {
            is_initial_about_blank: true,
            loading: LoadingState::new(false),
            ..Document::new_inherited(Some(window), about_blank(), "text/html", true)
        };
        reflect_dom_object(cx, Box::new(document), window.upcast())
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#is-initial-about:blank>
    pub(crate) fn is_initial_about_blank(&self) -> bool {
        self.is_initial_about_blank
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#concept-document-about-base-url>
    pub(crate) fn set_about_base_url(&self, url: Url) {
        *self.about_base_url.borrow_mut() = Some(url);
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#the-document's-referrer>
    pub(crate) fn set_referrer(&self, referrer: String) {
        *self.referrer.borrow_mut() = referrer;
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#active-sandboxing-flag-set>
    pub(crate) fn sandboxing(&self) -> Sandboxing {
        self.sandboxing.get()
    }

    pub(crate) fn set_sandboxing(&self, sandboxing: Sandboxing) {
        self.sandboxing.set(sandboxing);
    }

    /// The element that is the focused area. One that was taken out of the document
    /// [is it no more](https://html.spec.whatwg.org/multipage/interaction.html#focus-fixup-step).
    pub(crate) fn focused_element(&self) -> Option<DomRoot<Element>> {
        let element = self.focused_element.get()?;
        let node = element.upcast::<Node>();
        let is_here = node.is_connected() && std::ptr::eq(&raw const *node.node_document(), self);
        is_here.then_some(element)
    }

    /// It is focused no more.
    pub(crate) fn element_was_removed(&self, element: &Element) {
        if self.focused_element.get().is_some_and(|focused| std::ptr::eq(&raw const *focused, element)) {
            self.focused_element.set(None);
        }
    }

    pub(crate) fn set_focused_element(&self, element: Option<&Element>) {
        self.focused_element.set(element);
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-documentorshadowroot-activeelement>
    pub(crate) fn active_element(&self) -> Option<DomRoot<Element>> {
        // 1 to 5. The focused element, else 6 to 8 what the viewport stands for.
        self.focused_element()
            .or_else(|| self.body_element().map(DomRoot::upcast))
            .or_else(|| self.document_element())
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-n-script> of its nodes.
    pub(crate) fn is_scripting_enabled(&self) -> bool {
        self.is_fully_active() && !self.sandboxing.get().scripts
    }

    /// What requests of the document have for a referrer: of an `about:srcdoc` that is the document around it.
    pub(crate) fn url_as_referrer(&self) -> Url {
        let url = self.url();
        if url.as_str() != "about:srcdoc" {
            return url;
        }
        let container = self.window().and_then(|window| window.window_proxy().container());
        container.map_or(url, |container| container.upcast::<Node>().node_document().url_as_referrer())
    }

    /// An element of this document got a content navigable.
    pub(crate) fn child_navigable_was_created(&self) {
        self.child_navigables.set(self.child_navigables.get() + 1);
    }

    /// One of them ended.
    pub(crate) fn child_navigable_was_destroyed(&self) {
        self.child_navigables.set(self.child_navigables.get().saturating_sub(1));
    }

    /// How many [child navigables](Document::child_navigables) there are.
    pub(crate) fn child_navigable_count(&self) -> u32 {
        self.child_navigables.get()
    }

    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#document-tree-child-navigables>
    pub(crate) fn child_navigables(&self) -> Vec<DomRoot<WindowProxy>> {
        if self.child_navigables.get() == 0 {
            return Vec::new();
        }
        let frames = self.upcast::<Node>().descendants().filter_map(DomRoot::downcast::<HTMLIFrameElement>);
        frames.filter_map(|frame| frame.content_navigable()).collect()
    }

    /// The parser stops where it is.
    pub(crate) fn abort_parser(&self) {
        if let Some(parser) = self.parser() {
            parser.abort();
        }
        self.set_parser(None);
    }

    /// The document is destroyed: no window shows it any more.
    pub(crate) fn leave_window(&self) {
        self.window.set(None);
    }

    /// The document that a window shows.
    pub(crate) fn new_for_window(
        cx: &mut JSContext,
        window: &Window,
        url: Url,
        content_type: &str,
    ) -> DomRoot<Document> {
        let document = Document::new_inherited(Some(window), url, content_type, true);
        reflect_dom_object(cx, Box::new(document), window.upcast())
    }

    /// An HTML document that no window shows.
    pub(crate) fn new_without_window(
        cx: &mut JSContext,
        global: &GlobalScope,
        url: Url,
    ) -> DomRoot<Document> {
        let document = Document::new_inherited(None, url, "text/html", true);
        reflect_dom_object(cx, Box::new(document), global)
    }

    /// A copy without children: <https://dom.spec.whatwg.org/#clone-a-single-node>.
    pub(super) fn clone_alone(&self, cx: &mut JSContext) -> DomRoot<Document> {
        let copy = Document::new_inherited(None, self.url(), &self.content_type, self.is_html);
        copy.encoding.set(self.encoding.get());
        copy.quirks_mode.set(self.quirks_mode.get());
        reflect_dom_object(cx, Box::new(copy), &self.global())
    }

    /// <https://dom.spec.whatwg.org/#concept-document-url>
    pub(crate) fn url(&self) -> Url {
        self.url.borrow().clone()
    }

    /// A navigation within the document.
    pub(crate) fn set_url(&self, url: Url) {
        *self.url.borrow_mut() = url;
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#fallback-base-url>
    pub(crate) fn fallback_base_url(&self) -> Url {
        let url = self.url();
        // 1 and 2. That of whoever made it.
        if matches!(url.as_str(), "about:srcdoc") || url[..url::Position::AfterPath] == *"about:blank" {
            return self.about_base_url.borrow().clone().unwrap_or(url);
        }
        // 3. Its own.
        url
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#document-base-url>
    pub(crate) fn base_url(&self) -> Url {
        let from_element = || base_element_url(self);
        self.may_have_base_element
            .get()
            .then(from_element)
            .flatten()
            .unwrap_or_else(|| self.fallback_base_url())
    }

    pub(crate) fn set_may_have_base_element(&self) {
        self.may_have_base_element.set(true);
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#encoding-parsing-a-url>
    pub(crate) fn parse_url(&self, url: &str) -> Result<Url, url::ParseError> {
        let base = self.base_url();
        let encoding = self.encoding.get();
        if encoding == UTF_8 {
            return base.join(url);
        }
        // Queries are in the document's encoding.
        let encode = query_encoder(encoding);
        Url::options().base_url(Some(&base)).encoding_override(Some(&encode)).parse(url)
    }

    /// <https://dom.spec.whatwg.org/#concept-document-encoding>
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.encoding.get()
    }

    pub(crate) fn set_encoding(&self, encoding: &'static Encoding) {
        self.encoding.set(encoding);
    }

    /// <https://dom.spec.whatwg.org/#concept-document-quirks>
    pub(crate) fn quirks_mode(&self) -> QuirksMode {
        self.quirks_mode.get()
    }

    pub(crate) fn set_quirks_mode(&self, mode: QuirksMode) {
        self.quirks_mode.set(mode);
    }

    /// <https://dom.spec.whatwg.org/#html-document>
    pub(crate) fn is_html_document(&self) -> bool {
        self.is_html
    }

    /// The window that shows this document.
    pub(crate) fn window(&self) -> Option<DomRoot<Window>> {
        self.window.get()
    }

    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#fully-active>
    pub(crate) fn is_fully_active(&self) -> bool {
        let Some(window) = self.window.get() else { return false };
        if !window.is_active() || !std::ptr::eq(&raw const *window.document(), self) {
            return false;
        }
        match window.window_proxy().container() {
            Some(container) => container.upcast::<Node>().node_document().is_fully_active(),
            None => true,
        }
    }

    /// <https://dom.spec.whatwg.org/#document-element>
    pub(crate) fn document_element(&self) -> Option<DomRoot<Element>> {
        self.upcast::<Node>().child_elements().next()
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#the-html-element-2>
    fn html_element(&self) -> Option<DomRoot<Element>> {
        self.document_element().filter(|element| element.is_html(&local_name!("html")))
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#the-head-element-2>
    fn head(&self) -> Option<DomRoot<HTMLHeadElement>> {
        self.html_element()?.upcast::<Node>().child_elements().find_map(DomRoot::downcast)
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#the-body-element-2>
    pub(crate) fn body_element(&self) -> Option<DomRoot<Element>> {
        self.html_element()?.upcast::<Node>().child_elements().find(|element| {
            element.is_html(&local_name!("body")) || element.is_html(&local_name!("frameset"))
        })
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#the-title-element-2>
    fn title_element(&self) -> Option<DomRoot<HTMLTitleElement>> {
        self.upcast::<Node>().descendants().find_map(DomRoot::downcast)
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#document.title>
    pub(crate) fn title_text(&self) -> DOMString {
        // 1 and 2. The text of the first title element, with its whitespace tidied.
        let text = self.title_element().map(|title| title.upcast::<Node>().child_text_content());
        let text = text.unwrap_or_default();
        let words = text.split(super::names::is_ascii_whitespace).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ").into()
    }

    /// Something in the tree changed.
    pub(super) fn tree_changed(&self) {
        self.tree_version.set(self.tree_version.get() + 1);
    }

    /// A number that changes whenever the tree or an attribute in it does.
    pub(crate) fn tree_version(&self) -> u64 {
        self.tree_version.get()
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-currentscript>
    pub(crate) fn current_script(&self) -> Option<DomRoot<HTMLScriptElement>> {
        self.current_script.get()
    }

    pub(crate) fn set_current_script(&self, script: Option<&HTMLScriptElement>) {
        self.current_script.set(script);
    }

    /// The scripts that wait.
    pub(crate) fn pending_scripts(&self) -> &PendingScripts {
        &self.pending_scripts
    }

    /// How far the document is loaded.
    pub(crate) fn loading(&self) -> &LoadingState {
        &self.loading
    }

    /// The parser that builds this document, until it is done.
    pub(crate) fn parser(&self) -> Option<Rc<DocumentParser>> {
        self.parser.borrow().clone()
    }

    pub(crate) fn set_parser(&self, parser: Option<Rc<DocumentParser>>) {
        let old = std::mem::replace(&mut *self.parser.borrow_mut(), parser);
        drop(old);
    }

    /// An element for `createElement` and its like.
    fn element(&self, cx: &mut JSContext, name: QualName) -> DomRoot<Element> {
        create_element(cx, self, name)
    }
}

/// <https://url.spec.whatwg.org/#string-percent-encode-after-encoding>, before percent-encoding.
fn query_encoder(encoding: &'static Encoding) -> impl Fn(&str) -> Cow<'_, [u8]> {
    move |text| encoding.encode(text).0
}

impl PartialEq for Document {
    /// Identity.
    fn eq(&self, other: &Document) -> bool {
        std::ptr::eq(self, other)
    }
}

impl DocumentMethods for Document {
    /// <https://dom.spec.whatwg.org/#dom-document-document>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<Document>> {
        let url = Url::parse("about:blank").map_err(|error| Error::Type(error.to_string()))?;
        let document = Document::new_inherited(None, url, "application/xml", false);
        Ok(reflect_dom_object_with_proto(cx, Box::new(document), global, proto))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-url>
    fn URL(&self) -> USVString {
        String::from(self.url()).into()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-documenturi>
    fn DocumentURI(&self) -> USVString {
        self.URL()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-compatmode>
    fn CompatMode(&self) -> DOMString {
        if self.quirks_mode.get() == QuirksMode::Quirks { "BackCompat" } else { "CSS1Compat" }.into()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-characterset>
    fn CharacterSet(&self) -> DOMString {
        self.encoding.get().name().into()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-charset>
    fn Charset(&self) -> DOMString {
        self.CharacterSet()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-inputencoding>
    fn InputEncoding(&self) -> DOMString {
        self.CharacterSet()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-contenttype>
    fn ContentType(&self) -> DOMString {
        self.content_type.as_str().into()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-doctype>
    fn GetDoctype(&self, _cx: &mut JSContext) -> Option<DomRoot<DocumentType>> {
        self.upcast::<Node>().children().find_map(DomRoot::downcast)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-documentelement>
    fn GetDocumentElement(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.document_element()
    }

    /// <https://dom.spec.whatwg.org/#dom-document-getelementsbytagname>
    fn GetElementsByTagName(&self, cx: &mut JSContext, name: DOMString) -> Fallible<DomRoot<HTMLCollection>> {
        Ok(HTMLCollection::by_qualified_name(cx, self.upcast(), name))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-getelementsbytagnamens>
    fn GetElementsByTagNameNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        local: DOMString,
    ) -> Fallible<DomRoot<HTMLCollection>> {
        Ok(HTMLCollection::by_name(cx, self.upcast(), namespace, &local))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-getelementsbyclassname>
    fn GetElementsByClassName(
        &self,
        cx: &mut JSContext,
        names: DOMString,
    ) -> Fallible<DomRoot<HTMLCollection>> {
        Ok(HTMLCollection::by_classes(cx, self.upcast(), &names))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createelement>
    fn CreateElement(
        &self,
        cx: &mut JSContext,
        local_name: DOMString,
        _options: DOMStringOrElementCreationOptions,
    ) -> Fallible<DomRoot<Element>> {
        // 1. A name?
        if !is_valid_element_local_name(&local_name) {
            return Err(Error::InvalidCharacter(format!("`{local_name}` is not a valid element name")));
        }
        // 2. In HTML in lower case.
        let local = if self.is_html { local_name.to_ascii_lowercase() } else { local_name.into() };
        // 4. The HTML namespace, also for XHTML.
        let is_xhtml = self.content_type == "application/xhtml+xml";
        let namespace = if self.is_html || is_xhtml { ns!(html) } else { ns!() };
        // 5. The element.
        Ok(self.element(cx, QualName::new(None, namespace, LocalName::from(local))))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createattribute>
    fn CreateAttribute(&self, cx: &mut JSContext, local_name: DOMString) -> Fallible<DomRoot<Attr>> {
        // 1. A name?
        if !is_valid_attribute_local_name(&local_name) {
            return Err(Error::InvalidCharacter(format!("`{local_name}` is not a valid attribute name")));
        }
        // 2. In HTML in lower case.
        let local = if self.is_html { local_name.to_ascii_lowercase() } else { local_name.into() };
        // 3.
        Ok(Attr::new(cx, QualName::new(None, ns!(), LocalName::from(local)), None, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createattributens>
    fn CreateAttributeNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        qualified_name: DOMString,
    ) -> Fallible<DomRoot<Attr>> {
        let name = validate_and_extract(namespace, &qualified_name, NameContext::Attribute)?;
        Ok(Attr::new(cx, name, None, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createelementns>
    fn CreateElementNS(
        &self,
        cx: &mut JSContext,
        namespace: Option<DOMString>,
        qualified_name: DOMString,
        _options: DOMStringOrElementCreationOptions,
    ) -> Fallible<DomRoot<Element>> {
        let name = validate_and_extract(namespace, &qualified_name, NameContext::Element)?;
        Ok(self.element(cx, name))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createdocumentfragment>
    fn CreateDocumentFragment(&self, cx: &mut JSContext) -> Fallible<DomRoot<DocumentFragment>> {
        Ok(DocumentFragment::new(cx, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createtextnode>
    fn CreateTextNode(&self, cx: &mut JSContext, data: DOMString) -> Fallible<DomRoot<Text>> {
        Ok(Text::new(cx, data, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createcomment>
    fn CreateComment(&self, cx: &mut JSContext, data: DOMString) -> Fallible<DomRoot<Comment>> {
        Ok(Comment::new(cx, data, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-adoptnode>
    fn AdoptNode(&self, cx: &mut JSContext, node: &Node) -> Fallible<DomRoot<Node>> {
        // 1. A document belongs to itself.
        if node.kind() == NodeKind::Document {
            return Err(Error::NotSupported("a document can't be adopted".into()));
        }
        // 4. Adopt it.
        mutation::adopt(cx, node, self);
        Ok(DomRoot::from_ref(node))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createevent>
    fn CreateEvent(&self, cx: &mut JSContext, interface: DOMString) -> Fallible<DomRoot<Event>> {
        create_event(cx, &self.global(), &interface)
    }

    /// <https://dom.spec.whatwg.org/#dom-nonelementparentnode-getelementbyid>
    fn GetElementById(&self, _cx: &mut JSContext, id: DOMString) -> Fallible<Option<DomRoot<Element>>> {
        Ok(parent_node::element_by_id(self.upcast(), &id))
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-children>
    fn Children(&self, cx: &mut JSContext) -> DomRoot<HTMLCollection> {
        self.children.or_init(|| HTMLCollection::children(cx, self.upcast()))
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-firstelementchild>
    fn GetFirstElementChild(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.document_element()
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-lastelementchild>
    fn GetLastElementChild(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        parent_node::last_element_child(self.upcast())
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-childelementcount>
    fn ChildElementCount(&self) -> u32 {
        parent_node::child_element_count(self.upcast())
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-prepend>
    fn Prepend(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        parent_node::prepend(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-append>
    fn Append(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        parent_node::append(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-queryselector>
    fn QuerySelector(&self, _cx: &mut JSContext, selectors: DOMString) -> Fallible<Option<DomRoot<Element>>> {
        parent_node::query_selector(self.upcast(), &selectors)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-queryselectorall>
    fn QuerySelectorAll(&self, cx: &mut JSContext, selectors: DOMString) -> Fallible<DomRoot<NodeList>> {
        parent_node::query_selector_all(cx, self.upcast(), &selectors)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-replacechildren>
    fn ReplaceChildren(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        parent_node::replace_children(cx, self.upcast(), nodes)
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-document-location>
    fn GetLocation(&self, cx: &mut JSContext) -> Option<DomRoot<Location>> {
        self.window().map(|window| window.location(cx))
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-referrer>
    fn Referrer(&self) -> USVString {
        self.referrer.borrow().as_str().into()
    }

    fn TryCookie(&self) -> Fallible<USVString> {
        document_cookies::cookies(self)
    }

    fn SetCookie(&self, _cx: &mut JSContext, cookie: USVString) -> Fallible<()> {
        document_cookies::set_cookie(self, &cookie)
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-readystate>
    fn ReadyState(&self) -> DocumentReadyState {
        self.loading.readiness()
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#document.title>
    fn Title(&self) -> DOMString {
        self.title_text()
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#document.title>
    fn SetTitle(&self, cx: &mut JSContext, title: DOMString) -> Fallible<()> {
        // The title element, or a new one in the head.
        let element = match self.title_element() {
            Some(element) => DomRoot::upcast::<Node>(element),
            None => {
                let Some(head) = self.head() else { return Ok(()) };
                let name = QualName::new(None, ns!(html), local_name!("title"));
                let element = DomRoot::upcast::<Node>(self.element(cx, name));
                mutation::append(cx, &element, head.upcast())?;
                element
            }
        };
        element.string_replace_all(cx, title);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-body>
    fn GetBody(&self, _cx: &mut JSContext) -> Option<DomRoot<HTMLElement>> {
        self.body_element().and_then(|body| body.downcast::<HTMLElement>().map(DomRoot::from_ref))
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-body>
    fn SetBody(&self, cx: &mut JSContext, new: Option<&HTMLElement>) -> Fallible<()> {
        let hierarchy = |message: &str| Err(Error::HierarchyRequest(message.into()));
        // 1. It has to be one.
        let Some(new) = new else { return hierarchy("the body can't be null") };
        let element: &Element = new.upcast();
        if !element.is_html(&local_name!("body")) && !element.is_html(&local_name!("frameset")) {
            return hierarchy("only a body or a frameset can be the body");
        }
        match (self.body_element(), self.document_element()) {
            // 2. It is that already.
            (Some(old), _) if std::ptr::eq(&raw const *old, element) => Ok(()),
            // 3. Instead of the old one.
            (Some(old), _) => {
                let old: &Node = old.upcast();
                let Some(parent) = old.parent() else { return Ok(()) };
                mutation::replace(cx, old, new.upcast(), &parent)
            }
            // 4. Nowhere to put it.
            (None, None) => hierarchy("the document has no element to put the body into"),
            // 5. At the end of the document's element.
            (None, Some(root)) => mutation::append(cx, new.upcast(), root.upcast()),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-head>
    fn GetHead(&self, _cx: &mut JSContext) -> Option<DomRoot<HTMLHeadElement>> {
        self.head()
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-scripts>
    fn Scripts(&self, cx: &mut JSContext) -> DomRoot<HTMLCollection> {
        self.scripts.or_init(|| HTMLCollection::new(cx, self.upcast(), Filter::Html(local_name!("script"))))
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-currentscript>
    fn GetCurrentScript(&self, _cx: &mut JSContext) -> Option<DomRoot<HTMLScriptElement>> {
        self.current_script()
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-document-defaultview>
    fn GetDefaultView(&self, _cx: &mut JSContext) -> Option<DomRoot<WindowProxy>> {
        self.window().map(|window| window.window_proxy())
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-document-hasfocus>
    fn HasFocus(&self, _cx: &mut JSContext) -> Fallible<bool> {
        Ok(self.has_focus())
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-documentorshadowroot-activeelement>
    fn GetActiveElement(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.active_element()
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-document-hidden>
    fn Hidden(&self) -> bool {
        self.VisibilityState() == DocumentVisibilityState::Hidden
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-document-visibilitystate>
    fn VisibilityState(&self) -> DocumentVisibilityState {
        if self.is_fully_active() {
            DocumentVisibilityState::Visible
        } else {
            DocumentVisibilityState::Hidden
        }
    }
}
