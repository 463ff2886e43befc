//! HTML elements: <https://html.spec.whatwg.org/multipage/semantics.html>.

pub(crate) mod dom_string_map;
pub(crate) mod html_anchor_element;
pub(crate) mod html_area_element;
pub(crate) mod html_base;
pub(crate) mod html_body_element;
pub(crate) mod html_canvas_element;
pub(crate) mod html_data_list_element;
pub(crate) mod html_div_element;
pub(crate) mod html_element;
pub(crate) mod html_form_element;
pub(crate) mod html_head_element;
pub(crate) mod html_html_element;
pub(crate) mod html_iframe_element;
pub(crate) mod html_input_element;
pub(crate) mod html_link_element;
pub(crate) mod html_meta_element;
pub(crate) mod html_option_element;
pub(crate) mod html_script_element;
pub(crate) mod html_select_element;
pub(crate) mod html_span_element;
pub(crate) mod html_title_element;
pub(crate) mod html_unknown_element;

use html5ever::{QualName, local_name, ns};

use self::html_anchor_element::HTMLAnchorElement;
use self::html_area_element::HTMLAreaElement;
use self::html_body_element::HTMLBodyElement;
use self::html_canvas_element::HTMLCanvasElement;
use self::html_data_list_element::HTMLDataListElement;
use self::html_div_element::HTMLDivElement;
use self::html_element::HTMLElement;
use self::html_form_element::HTMLFormElement;
use self::html_head_element::HTMLHeadElement;
use self::html_html_element::HTMLHtmlElement;
use self::html_iframe_element::HTMLIFrameElement;
use self::html_input_element::HTMLInputElement;
use self::html_link_element::HTMLLinkElement;
use self::html_meta_element::HTMLMetaElement;
use self::html_option_element::HTMLOptionElement;
use self::html_script_element::HTMLScriptElement;
use self::html_select_element::HTMLSelectElement;
use self::html_span_element::HTMLSpanElement;
use self::html_title_element::HTMLTitleElement;
use self::html_unknown_element::HTMLUnknownElement;
use crate::dom::html::images::html_image_element::HTMLImageElement;
use crate::dom::html::media::html_audio_element::HTMLAudioElement;
use crate::dom::html::media::html_source_element::HTMLSourceElement;
use crate::dom::html::media::html_video_element::HTMLVideoElement;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::webidl::*;

/// <https://dom.spec.whatwg.org/#concept-create-element>, with the interface that HTML says:
/// <https://html.spec.whatwg.org/multipage/dom.html#elements-in-the-dom>.
pub(crate) fn create_element(cx: &mut JSContext, document: &Document, name: QualName) -> DomRoot<Element> {
    macro_rules! make {
        ($interface:ident) => {{
            let element = Box::new($interface::new_inherited(name, document));
            DomRoot::upcast(reflect_dom_object(cx, element, &document.global()))
        }};
    }
    if name.ns != ns!(html) {
        return reflect_dom_object(cx, Box::new(Element::new_inherited(name, document)), &document.global());
    }
    match name.local {
        local_name!("a") => make!(HTMLAnchorElement),
        local_name!("area") => make!(HTMLAreaElement),
        local_name!("audio") => make!(HTMLAudioElement),
        local_name!("body") => make!(HTMLBodyElement),
        local_name!("canvas") => make!(HTMLCanvasElement),
        local_name!("datalist") => make!(HTMLDataListElement),
        local_name!("div") => make!(HTMLDivElement),
        local_name!("form") => make!(HTMLFormElement),
        local_name!("head") => make!(HTMLHeadElement),
        local_name!("html") => make!(HTMLHtmlElement),
        local_name!("iframe") => make!(HTMLIFrameElement),
        local_name!("img") => make!(HTMLImageElement),
        local_name!("input") => make!(HTMLInputElement),
        local_name!("link") => make!(HTMLLinkElement),
        local_name!("meta") => make!(HTMLMetaElement),
        local_name!("option") => make!(HTMLOptionElement),
        local_name!("script") => make!(HTMLScriptElement),
        local_name!("select") => make!(HTMLSelectElement),
        local_name!("source") => make!(HTMLSourceElement),
        local_name!("span") => make!(HTMLSpanElement),
        local_name!("title") => make!(HTMLTitleElement),
        local_name!("video") => make!(HTMLVideoElement),
        // FIXME(spec): elements that have an interface of their own in HTML, but not here, are this too.
        ref local if is_known(local) => make!(HTMLElement),
        ref local if is_valid_custom_element_name(local) => make!(HTMLElement),
        _ => make!(HTMLUnknownElement),
    }
}

/// The elements that HTML defines.
fn is_known(local: &html5ever::LocalName) -> bool {
    // Those with the interface `HTMLElement` itself, then those with others.
    const KNOWN: &[&str] = &[
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "dd",
        "dfn",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "header",
        "hgroup",
        "i",
        "kbd",
        "main",
        "mark",
        "nav",
        "noscript",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "search",
        "section",
        "small",
        "strong",
        "sub",
        "summary",
        "sup",
        "u",
        "var",
        "wbr",
        "acronym",
        "basefont",
        "big",
        "center",
        "nobr",
        "noembed",
        "noframes",
        "plaintext",
        "rb",
        "rtc",
        "strike",
        "tt", //
        "a",
        "area",
        "base",
        "blockquote",
        "br",
        "button",
        "caption",
        "col",
        "colgroup",
        "data",
        "datalist",
        "del",
        "details",
        "dialog",
        "dir",
        "dl",
        "embed",
        "fieldset",
        "font",
        "form",
        "frame",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "iframe",
        "img",
        "ins",
        "label",
        "legend",
        "li",
        "listing",
        "map",
        "marquee",
        "menu",
        "meter",
        "object",
        "ol",
        "optgroup",
        "option",
        "output",
        "p",
        "param",
        "picture",
        "pre",
        "progress",
        "q",
        "select",
        "selectedcontent",
        "slot",
        "source",
        "span",
        "style",
        "table",
        "tbody",
        "td",
        "template",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "track",
        "ul",
        "video",
        "xmp",
    ];
    KNOWN.contains(&&**local)
}

/// <https://html.spec.whatwg.org/multipage/custom-elements.html#valid-custom-element-name>
fn is_valid_custom_element_name(name: &str) -> bool {
    const RESERVED: &[&str] = &[
        "annotation-xml",
        "color-profile",
        "font-face",
        "font-face-src",
        "font-face-uri",
        "font-face-format",
        "font-face-name",
        "missing-glyph",
    ];
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.contains('-')
        && !name.contains(|c: char| c.is_ascii_uppercase())
        && !RESERVED.contains(&name)
}
