//! <https://html.spec.whatwg.org/multipage/canvas.html#the-canvas-element>

use html5ever::{LocalName, QualName, local_name, ns};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLCanvasElementMethods;
use crate::dom::html::canvas::bitmap::Bitmap;
use crate::dom::html::canvas::canvas_rendering_context_2d::CanvasRenderingContext2D;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/canvas.html#htmlcanvaselement>
#[dom_struct]
pub struct HTMLCanvasElement {
    html_element: HTMLElement,
    /// The [context mode](https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-context-mode): none, or
    /// "2d".
    context: MutNullableDom<CanvasRenderingContext2D>,
    #[no_trace]
    bitmap: DomRefCell<Bitmap>,
}

/// The [bitmap's size](https://html.spec.whatwg.org/multipage/canvas.html#obtain-numeric-values) without attributes.
const DEFAULT_SIZE: [u32; 2] = [300, 150];

/// <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#rules-for-parsing-non-negative-integers>, within
/// what an IDL attribute can show.
fn parse_non_negative_integer(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    let number: u32 = digits[..end].parse().ok()?;
    (number <= i32::MAX.unsigned_abs() && (number == 0 || !text.starts_with('-'))).then_some(number)
}

impl HTMLCanvasElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLCanvasElement {
        HTMLCanvasElement {
            html_element: HTMLElement::new_inherited(name, document),
            context: MutNullableDom::default(),
            bitmap: DomRefCell::new(Bitmap::new(DEFAULT_SIZE)),
        }
    }

    /// What the canvas shows.
    pub(in crate::dom::html) fn bitmap(&self) -> &DomRefCell<Bitmap> {
        // (The parser gives an element its attributes before it counts as changed.)
        if self.bitmap.borrow().size() != [self.Width(), self.Height()] {
            self.renew_bitmap();
        }
        &self.bitmap
    }

    fn dimension(&self, attribute: &LocalName, default: u32) -> u32 {
        let value = self.upcast::<Element>().attribute(&ns!(), attribute);
        value.and_then(|value| parse_non_negative_integer(&value)).unwrap_or(default)
    }

    /// An attribute was set, to whatever value: the context starts anew, the bitmap is cleared and has its size from now on
    /// (<https://html.spec.whatwg.org/multipage/canvas.html#the-canvas-element:attr-canvas-width-6>).
    pub(in crate::dom::html) fn size_changed(&self) {
        if let Some(context) = self.context.get() {
            context.reset_state();
        }
        self.renew_bitmap();
    }

    fn renew_bitmap(&self) {
        self.bitmap.set(Bitmap::new([self.Width(), self.Height()]));
    }

    fn set_dimension(
        &self,
        cx: &mut JSContext,
        attribute: LocalName,
        value: u32,
        default: u32,
    ) -> Fallible<()> {
        // <https://html.spec.whatwg.org/multipage/common-dom-interfaces.html#reflecting-content-attributes-in-idl-attributes>
        let value = if value > i32::MAX.unsigned_abs() { default } else { value };
        self.html_element.reflect(cx, attribute, value.to_string().into())
    }
}

impl HTMLCanvasElementMethods for HTMLCanvasElement {
    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-width>
    fn Width(&self) -> u32 {
        self.dimension(&local_name!("width"), DEFAULT_SIZE[0])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-width>
    fn SetWidth(&self, cx: &mut JSContext, width: u32) -> Fallible<()> {
        self.set_dimension(cx, local_name!("width"), width, DEFAULT_SIZE[0])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-height>
    fn Height(&self) -> u32 {
        self.dimension(&local_name!("height"), DEFAULT_SIZE[1])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-height>
    fn SetHeight(&self, cx: &mut JSContext, height: u32) -> Fallible<()> {
        self.set_dimension(cx, local_name!("height"), height, DEFAULT_SIZE[1])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-getcontext>
    fn GetContext(
        &self,
        cx: &mut JSContext,
        context_id: DOMString,
    ) -> Fallible<Option<DomRoot<CanvasRenderingContext2D>>> {
        // 3. Other contexts there are none.
        Ok((context_id == *"2d").then(|| self.context.or_init(|| CanvasRenderingContext2D::new(cx, self))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_leniently() {
        let parsed = ["7", " +12px", "-0", "-1", "x", "", "2147483648"].map(parse_non_negative_integer);
        assert_eq!(parsed, [Some(7), Some(12), Some(0), None, None, None, None]);
    }
}
