//! <https://dom.spec.whatwg.org/#interface-comment>

use super::character_data::CharacterData;
use super::document::Document;
use super::node::NodeKind;
use crate::bindings::interfaces::CommentMethods;
use crate::dom::html::window::Window;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#comment>
#[dom_struct]
pub struct Comment {
    character_data: CharacterData,
}

impl Comment {
    fn new_inherited(data: DOMString, document: &Document) -> Comment {
        Comment { character_data: CharacterData::new_inherited(NodeKind::Comment, data, document) }
    }

    /// A comment of `document`.
    pub(crate) fn new(cx: &mut JSContext, data: DOMString, document: &Document) -> DomRoot<Comment> {
        reflect_dom_object(cx, Box::new(Comment::new_inherited(data, document)), &document.global())
    }
}

impl CommentMethods for Comment {
    /// <https://dom.spec.whatwg.org/#dom-comment-comment>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        data: DOMString,
    ) -> Fallible<DomRoot<Comment>> {
        let document = Window::of(global)?.document();
        Ok(reflect_dom_object_with_proto(
            cx,
            Box::new(Comment::new_inherited(data, &document)),
            global,
            proto,
        ))
    }
}
