//! <https://dom.spec.whatwg.org/#interface-text>

use super::character_data::CharacterData;
use super::document::Document;
use super::mutation;
use super::node::{Node, NodeKind};
use crate::bindings::interfaces::TextMethods;
use crate::dom::html::window::Window;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#text>
#[dom_struct]
pub struct Text {
    character_data: CharacterData,
}

impl Text {
    fn new_inherited(data: DOMString, document: &Document) -> Text {
        Text { character_data: CharacterData::new_inherited(NodeKind::Text, data, document) }
    }

    /// A text node of `document`.
    pub(crate) fn new(cx: &mut JSContext, data: DOMString, document: &Document) -> DomRoot<Text> {
        reflect_dom_object(cx, Box::new(Text::new_inherited(data, document)), &document.global())
    }
}

impl TextMethods for Text {
    /// <https://dom.spec.whatwg.org/#dom-text-text>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        data: DOMString,
    ) -> Fallible<DomRoot<Text>> {
        let document = Window::of(global)?.document();
        Ok(reflect_dom_object_with_proto(cx, Box::new(Text::new_inherited(data, &document)), global, proto))
    }

    /// <https://dom.spec.whatwg.org/#dom-text-splittext>
    fn SplitText(&self, cx: &mut JSContext, offset: u32) -> Fallible<DomRoot<Text>> {
        let data: &CharacterData = self.upcast();
        let node: &Node = self.upcast();
        // 1 to 4. The second part.
        let count = data.length().saturating_sub(offset);
        let rest = data.substring(offset, count)?;
        // 5. A new node for it.
        let new = Text::new(cx, rest, &node.node_document());
        // 6 and 7. It comes after this one.
        if let Some(parent) = node.parent() {
            mutation::insert(cx, new.upcast(), &parent, node.next_sibling().as_deref());
        }
        // 8. Cut this one.
        data.replace_data(cx, offset, count, &DOMString::new())?;
        Ok(new)
    }

    /// <https://dom.spec.whatwg.org/#dom-text-wholetext>
    fn WholeText(&self) -> DOMString {
        let node: &Node = self.upcast();
        let mut texts: Vec<_> = node.preceding_siblings().map_while(DomRoot::downcast::<Text>).collect();
        texts.reverse();
        texts.push(DomRoot::from_ref(self));
        texts.extend(node.following_siblings().map_while(DomRoot::downcast::<Text>));
        texts.iter().map(|text| text.upcast::<CharacterData>().data()).collect()
    }
}
