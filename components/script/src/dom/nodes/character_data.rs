//! <https://dom.spec.whatwg.org/#interface-characterdata>

use super::child_node;
use super::document::Document;
use super::element::Element;
use super::node::{Node, NodeKind};
use super::registered_observers::queue_a_data_record;
use crate::bindings::interfaces::CharacterDataMethods;
use crate::bindings::unions::NodeOrDOMString;
use crate::dom::html::tree_steps;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#characterdata>
#[dom_struct]
pub struct CharacterData {
    node: Node,
    data: DomRefCell<DOMString>,
}

impl CharacterData {
    /// Only fields.
    pub(crate) fn new_inherited(kind: NodeKind, data: DOMString, document: &Document) -> CharacterData {
        CharacterData { node: Node::new_inherited(kind, Some(document)), data: DomRefCell::new(data) }
    }

    /// <https://dom.spec.whatwg.org/#concept-cd-data>
    pub(crate) fn data(&self) -> DOMString {
        self.data.borrow().clone()
    }

    /// <https://dom.spec.whatwg.org/#concept-node-length>: in code units.
    pub(crate) fn length(&self) -> u32 {
        let data = self.data.borrow();
        let units = match data.ill_formed_units() {
            Some(units) => units.len(),
            None => data.encode_utf16().count(),
        };
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// Adds to the end.
    pub(crate) fn append(&self, cx: &mut JSContext, data: &DOMString) {
        // The parser does this for each piece of text, so it should not copy what is there.
        let appended = {
            self.queue_record(cx);
            let mut own = self.data.borrow_mut();
            let both = [std::mem::take(&mut *own), data.clone()].into_iter().collect();
            *own = both;
            own.len()
        };
        if appended != 0 {
            self.data_changed(cx);
        }
    }

    /// Replaces all data.
    pub(crate) fn replace_all(&self, cx: &mut JSContext, data: DOMString) {
        self.queue_record(cx);
        *self.data.borrow_mut() = data;
        self.data_changed(cx);
    }

    /// <https://dom.spec.whatwg.org/#concept-cd-replace>
    pub(crate) fn replace_data(
        &self,
        cx: &mut JSContext,
        offset: u32,
        count: u32,
        data: &DOMString,
    ) -> Fallible<()> {
        // 1 to 3. The part that goes.
        let mut units = self.data.borrow().to_code_units().into_owned();
        let (start, end) = range(units.len(), offset, count)?;
        // 4. Tell observers.
        self.queue_record(cx);
        // 5 to 7. Replace it.
        units.splice(start..end, data.to_code_units().iter().copied());
        *self.data.borrow_mut() = DOMString::from_code_units(&units);
        // 12. Tell the parent.
        self.data_changed(cx);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#concept-cd-substring>
    pub(crate) fn substring(&self, offset: u32, count: u32) -> Fallible<DOMString> {
        let data = self.data.borrow();
        let units = data.to_code_units();
        let (start, end) = range(units.len(), offset, count)?;
        Ok(DOMString::from_code_units(&units[start..end]))
    }

    /// Says that the data is about to change.
    fn queue_record(&self, cx: &mut JSContext) {
        if Agent::of_this_thread().mutation_observers().exist() {
            let data = self.data();
            queue_a_data_record(cx, self.upcast(), &data);
        }
    }

    fn data_changed(&self, cx: &mut JSContext) {
        if let Some(parent) = self.upcast::<Node>().parent() {
            tree_steps::children_changed_steps(cx, &parent);
        }
    }
}

/// The part of a string of `length` that offset and count mean.
fn range(length: usize, offset: u32, count: u32) -> Fallible<(usize, usize)> {
    let start = offset as usize;
    if start > length {
        return Err(Error::IndexSize(format!("the offset {offset} is greater than the length {length}")));
    }
    Ok((start, start.saturating_add(count as usize).min(length)))
}

impl CharacterDataMethods for CharacterData {
    /// <https://dom.spec.whatwg.org/#dom-characterdata-data>
    fn Data(&self) -> DOMString {
        self.data()
    }

    /// <https://dom.spec.whatwg.org/#dom-characterdata-data>
    fn SetData(&self, cx: &mut JSContext, data: DOMString) -> Fallible<()> {
        self.replace_all(cx, data);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-characterdata-length>
    fn Length(&self) -> u32 {
        self.length()
    }

    /// <https://dom.spec.whatwg.org/#dom-characterdata-substringdata>
    fn SubstringData(&self, _cx: &mut JSContext, offset: u32, count: u32) -> Fallible<DOMString> {
        self.substring(offset, count)
    }

    /// <https://dom.spec.whatwg.org/#dom-characterdata-appenddata>
    fn AppendData(&self, cx: &mut JSContext, data: DOMString) -> Fallible<()> {
        self.replace_data(cx, self.length(), 0, &data)
    }

    /// <https://dom.spec.whatwg.org/#dom-characterdata-insertdata>
    fn InsertData(&self, cx: &mut JSContext, offset: u32, data: DOMString) -> Fallible<()> {
        self.replace_data(cx, offset, 0, &data)
    }

    /// <https://dom.spec.whatwg.org/#dom-characterdata-deletedata>
    fn DeleteData(&self, cx: &mut JSContext, offset: u32, count: u32) -> Fallible<()> {
        self.replace_data(cx, offset, count, &DOMString::new())
    }

    /// <https://dom.spec.whatwg.org/#dom-characterdata-replacedata>
    fn ReplaceData(&self, cx: &mut JSContext, offset: u32, count: u32, data: DOMString) -> Fallible<()> {
        self.replace_data(cx, offset, count, &data)
    }

    /// <https://dom.spec.whatwg.org/#dom-nondocumenttypechildnode-previouselementsibling>
    fn GetPreviousElementSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.upcast::<Node>().preceding_siblings().find_map(DomRoot::downcast)
    }

    /// <https://dom.spec.whatwg.org/#dom-nondocumenttypechildnode-nextelementsibling>
    fn GetNextElementSibling(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        self.upcast::<Node>().following_siblings().find_map(DomRoot::downcast)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-before>
    fn Before(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        child_node::before(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-after>
    fn After(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        child_node::after(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-replacewith>
    fn ReplaceWith(&self, cx: &mut JSContext, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        child_node::replace_with(cx, self.upcast(), nodes)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-remove>
    fn Remove(&self, cx: &mut JSContext) -> Fallible<()> {
        super::mutation::remove(cx, self.upcast());
        Ok(())
    }
}
