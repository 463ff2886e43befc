//! <https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#the-domparser-interface>

use encoding_rs::UTF_8;

use super::parser::parse_without_scripting;
use crate::bindings::enums::DOMParserSupportedType;
use crate::bindings::interfaces::DOMParserMethods;
use crate::dom::html::window::Window;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#domparser>
#[dom_struct]
pub struct DOMParser {
    reflector: Reflector,
}

impl DOMParserMethods for DOMParser {
    /// <https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-domparser-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<DOMParser>> {
        let parser = Box::new(DOMParser { reflector: Reflector::new() });
        Ok(reflect_dom_object_with_proto(cx, parser, global, proto))
    }

    /// <https://html.spec.whatwg.org/multipage/dynamic-markup-insertion.html#dom-domparser-parsefromstring>
    ///
    /// FIXME(spec): the four types of XML.
    fn ParseFromString(
        &self,
        cx: &mut JSContext,
        string: DOMString,
        mime_type: DOMParserSupportedType,
    ) -> Fallible<DomRoot<Document>> {
        if mime_type != DOMParserSupportedType::TextHtml {
            return Err(Error::NotSupported(format!("{} can't be parsed yet", mime_type.as_str())));
        }
        // 2 and 3. A document with the URL of this object's own, parsed without its scripts.
        let global = self.global();
        let url = Window::of(&global)?.document().url();
        Ok(parse_without_scripting(cx, &global, url, UTF_8, string.as_bytes()))
    }
}
